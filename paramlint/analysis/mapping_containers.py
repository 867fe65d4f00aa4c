"""Containers of modules and parameters by name, as torch and Paddle have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis.containers import Args, Container, Kwargs
from paramlint.analysis.dispatch import send
from paramlint.analysis.modules import prepare
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter.comparison import contains
from paramlint.interpreter.constructors import forget_values
from paramlint.interpreter.containers import delete_item, mapping_or_unknown
from paramlint.interpreter.hashing import put
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, Either, GeneratorValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class MappingContainer(Container):
    """Methods of containers by name."""

    @property
    def keeps_attributes(self) -> bool:
        """Whether an element is looked up as an attribute of the container, as parameters are in torch."""
        return self.sends and self.kind == "_parameters"

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
        """An element by its name, which a dict of parameters has as an attribute."""
        name = args[1]
        if self.keeps_attributes and not isinstance(name, Unknown | Either):
            if not isinstance(name, str):
                it.throw("TypeError", "Index given to ParameterDict cannot be used as a key as it is not a string")
            return it.get(args[0], name)
        return it.item(self.items(it, args[0]), name)

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
        """Names and elements of a mapping, of another container, or of what gives pairs."""
        named = self.overlay.is_module(source) and (not self.sends or self.cls is None or source.cls.derives(self.cls))
        if named and it.get_or(source, "items", ABSENT) is not ABSENT:
            source = it.call(it.get(source, "items"))
        elif not self._gives_pairs(it, source):
            found = mapping_or_unknown(it, source)
            if isinstance(found, Unknown):
                return found
            sorts = self.keeps_attributes and not (isinstance(source, Instance) and source.cls.find("move_to_end") is not ABSENT)
            return sorted(found.items(), key=lambda pair: pair[0]) if sorts and all(isinstance(name, str) for name in found) else list(found.items())
        pairs = elements_or_unknown(it, source)
        if isinstance(pairs, Unknown):
            return pairs
        return [self._pair(it, at, pair) for at, pair in enumerate(pairs)]

    def _gives_pairs(self, it: Interpreter, source: Any) -> bool:
        """Whether something that is no module is iterated for pairs. Raises in the analysed code for what cannot be iterated."""
        if isinstance(source, dict | Unknown | Either):
            return False
        if self.sends and self.overlay.is_module(source):
            return True
        if isinstance(source, Instance):
            return not isinstance(source.payload, dict) and it.get_or(source, "keys", ABSENT) is ABSENT
        if self.sends and isinstance(source, bool | int | float | None):
            it.throw("TypeError", f"an iterable of key/value pairs is expected, got {type_name(source)}")
        return self.sends or isinstance(source, list | tuple)

    def _pair(self, it: Interpreter, at: int, pair: Any) -> Any:
        """A name and an element; what is not known is a name that is not known."""
        found = elements_or_unknown(it, pair) if not isinstance(pair, TensorValue) else Unknown(it.unknown_reason("a tensor as a pair"))
        if isinstance(found, Unknown):
            return found, found
        if len(found) != 2:
            it.throw("ValueError", f"update sequence element #{at} has length {len(found)}; 2 is required")
        return tuple(found)

    def copy(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        made = it.instance(self.cls if self.cls is not None else args[0].cls)
        prepare(it, made)
        self.update(it, [made, args[0]], {})
        return made

    def merged(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        made = it.call(it.get(args[0], "copy"))
        it.call(it.get(made, "update"), [args[1]])
        return made

    def merged_behind(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return self.merged(it, [args[1], args[0]], {})

    def merge(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        it.call(it.get(args[0], "update"), [args[1]])
        return args[0]

    def set_default(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        name, default = args[1], args[2] if len(args) > 2 else kwargs.get("default")
        found = contains(it, self.items(it, args[0]), name)
        if isinstance(found, Unknown):
            raise NeedsValue(found)
        if not found:
            send(it, args[0], "__setitem__", self.set_named, [name, default])
        return send(it, args[0], "__getitem__", self.named_item, [name])

    def pop_last(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        items = self.items(it, args[0])
        unknown = it.state.element(items)
        if unknown is not None:
            raise NeedsValue(unknown)
        if not items:
            it.throw("KeyError", "dictionary is empty")
        name = next(reversed(items))
        value = items[name]
        send(it, args[0], "__delitem__", self.delete_named, [name])
        return name, value

    def reversed(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        found = self.mapping(it, args[0])
        return found if isinstance(found, Unknown) else GeneratorValue(iter([*found][::-1]), "reversed")

    def from_keys(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        made = it.instance(self.cls if self.cls is not None else args[0].cls)
        prepare(it, made)
        default = args[2] if len(args) > 2 else kwargs.get("default")
        for name in it.elements(args[1]):
            self.set_named(it, [made, name, default], {})
        return made

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
