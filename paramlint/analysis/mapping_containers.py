"""Containers of modules and parameters by name, as torch and Paddle have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis.containers import Args, Container, Kwargs
from paramlint.analysis.dispatch import send
from paramlint.core.unknown import Unknown
from paramlint.interpreter.comparison import contains
from paramlint.interpreter.constructors import forget_values
from paramlint.interpreter.containers import delete_item, mapping_or_unknown
from paramlint.interpreter.hashing import put
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.values import ABSENT, Either, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class MappingContainer(Container):
    """Methods of containers by name."""

    def mapping(self, it: Interpreter, self_: Instance) -> Any:
        items = self.items(it, self_)
        unknown = it.state.element(items)
        return items if unknown is None else unknown

    def keys(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        found = self.mapping(it, args[0])
        return found if isinstance(found, Unknown) else found.keys()

    def values(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        found = self.mapping(it, args[0])
        return found if isinstance(found, Unknown) else found.values()

    def pairs(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        found = self.mapping(it, args[0])
        return found if isinstance(found, Unknown) else found.items()

    def contains(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return contains(it, self.items(it, args[0]), args[1])

    def named_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return it.item(self.items(it, args[0]), args[1])

    def set_named(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, name, value = args
        if self.kind == "_parameters" and self.sends and not isinstance(name, str | Unknown | Either):
            it.throw("TypeError", "Index given to ParameterDict cannot be used as a key as it is not a string")
        self.put(it, self_, name, value)

    def delete_named(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        delete_item(it, self.items(it, args[0]), args[1])

    def pop_named(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        given = [args[0], args[1] if len(args) > 1 else kwargs.get("key")]
        value = send(it, args[0], "__getitem__", self.named_item, given[1:])
        send(it, args[0], "__delitem__", self.delete_named, given[1:])
        return value

    def get_named(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return it.call(it.get(self.items(it, args[0]), "get"), [args[1], args[2] if len(args) > 2 else kwargs.get("default")])

    def update(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, source = args[0], args[1] if len(args) > 1 else next(iter(kwargs.values()), None)
        self.put_pairs(it, self_, source, lambda name, value: send(it, self_, "__setitem__", self.set_named, [name, value]))

    def put_pairs(self, it: Interpreter, self_: Instance, source: Any, put: Callable[[Any, Any], Any]) -> None:
        """Put each element of a mapping by its name; what is not known may be any."""
        found = self._pairs(it, source)
        if isinstance(found, Unknown):
            forget_values(it, self.items(it, self_), found.reason, (found,))
            return
        for name, value in found:
            put(name, value)

    def _pairs(self, it: Interpreter, source: Any) -> Any:
        """Names and elements of a mapping, of another container, or of a list of pairs."""
        if isinstance(source, Instance) and self.overlay.is_module(source):
            source = it.call(it.get(source, "items"))
        elif not isinstance(source, list | tuple):
            found = mapping_or_unknown(it, source)
            return found if isinstance(found, Unknown) else list(found.items())
        pairs = elements_or_unknown(it, source)
        if isinstance(pairs, Unknown):
            return pairs
        return [tuple(it.elements(pair)) if self._is_pair(it, pair) else None for pair in pairs]

    def _is_pair(self, it: Interpreter, pair: Any) -> bool:
        count = len(it.elements(pair))
        if count != 2:
            it.throw("ValueError", f"update sequence element has length {count}; 2 is required")
        return True

    def set_by_name(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, name, value = args
        self.put(it, self_, str(name) if isinstance(name, int) else name, value)

    def delete_by_name(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, name = args
        if isinstance(name, Unknown | Either):
            put(it, self.items(it, self_), name, ABSENT)
            return
        self.delete_named(it, [self_, str(name)], {})

    def clear(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        items = self.items(it, args[0])
        it.write(items)
        items.clear()
