"""Containers of modules and parameters: Sequential, lists and dicts, as torch and Paddle have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis.modules import prepare, table
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter.constructors import forget_values
from paramlint.interpreter.containers import any_of, index_of, present
from paramlint.interpreter.handed import obscure
from paramlint.interpreter.hashing import put
from paramlint.interpreter.held import loose
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance
from paramlint.schema.conditions import Refused

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Args = list[Any]
Kwargs = dict[str, Any]


class Container:
    """Methods of one kind of container; ``kind`` is the table in which its elements stand."""

    def __init__(self, overlay: Overlay, kind: str) -> None:
        self.overlay = overlay
        self.kind = kind
        self.cls: ClassValue | None = None

    def items(self, it: Interpreter, self_: Instance) -> dict[str, Any]:
        prepare(it, self_)
        return table(self_, self.kind)

    def put(self, it: Interpreter, self_: Instance, name: Any, value: Any) -> None:
        items = self.items(it, self_)
        if isinstance(name, Unknown | Either):
            put(it, items, name, value)
            return
        if self.kind == "_modules" and not self.overlay.is_module(value) and not isinstance(value, Unknown | Either) and value is not None:
            from paramlint.interpreter.operators import type_name

            self._refuse(it, self_, value, f"{type_name(value)} is not a Module subclass")
            return
        if self.kind == "_parameters" and isinstance(value, TensorValue) and not value.is_parameter:
            value = self.overlay.parameter(it, value)
        it.write(items)
        items[name] = value

    def _refuse(self, it: Interpreter, self_: Instance, value: Any, message: str) -> None:
        """What is no module: a finding where layer calls are looked at one by one, an error of the code elsewhere."""
        site, plain = it.site(), isinstance(value, str | int | float | list | tuple | dict)
        if plain and self.cls is not None and self.overlay.refused(it, self.cls, site, Refused(message), self_.cls is self.cls):
            self.overlay.doubt(it, self_, Reason(Why.ERROR, message, site))
            return
        it.library_throw("TypeError", message)

    def put_all(self, it: Interpreter, self_: Instance, values: Any) -> None:
        """Append each of some elements; elements that are not known leave the container open."""
        found = elements_or_unknown(it, values)
        if isinstance(found, Unknown):
            items = self.items(it, self_)
            known = values if isinstance(values, list) else []
            for value in known:
                self.put(it, self_, str(len(items)), value)
            it.state.mark_open(items, found.reason, None, found.held)
            return
        for value in found:
            self.put(it, self_, str(len(self.items(it, self_))), value)

    def rebuild(self, it: Interpreter, self_: Instance, values: list[Any]) -> None:
        items = self.items(it, self_)
        it.write(items)
        items.clear()
        for position, value in enumerate(values):
            items[str(position)] = value

    def key(self, it: Interpreter, self_: Instance, index: Any) -> Any:
        """The name at an index, or an Unknown."""
        items = self.items(it, self_)
        index = index_of(it, index)
        reason = it.state.open_reason(items)
        if isinstance(index, Unknown):
            return index
        if not isinstance(index, int):
            return it.decide(lambda: index.__index__())
        if reason is not None and not 0 <= index < len(items):
            return Unknown(reason)
        names = list(items)
        if not -len(names) <= index < len(names):
            it.library_throw("IndexError", f"index {index} is out of range")
        return names[index]

    # Methods of sequences ----------------------------------------------------------------------------------------

    def length(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        items = self.items(it, args[0])
        reason = it.state.open_reason(items)
        return Unknown(reason) if reason is not None else len(items)

    def iterate(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        items = self.items(it, args[0])
        unknown = it.state.element(items)
        return list(items.values()) if unknown is None else unknown

    def item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, index = args
        if isinstance(index, slice):
            return self.part(it, self_, index)
        if isinstance(index, str) and self.kind == "_modules":
            return self.items(it, self_).get(index) or it.throw("KeyError", index)
        key = self.key(it, self_, index)
        return any_of(it, self.items(it, self_), key) if isinstance(key, Unknown) else present(self.items(it, self_)[key])

    def part(self, it: Interpreter, self_: Instance, index: slice) -> Any:
        items = self.items(it, self_)
        parts = [None if p is None else index_of(it, p) for p in (index.start, index.stop, index.step)]
        unknown = next((p for p in parts if isinstance(p, Unknown)), None)
        reason = unknown.reason if unknown is not None else it.state.open_reason(items)
        if reason is not None or not all(p is None or isinstance(p, int) for p in parts):
            return loose(reason, items.values()) if reason is not None else it.decide(lambda: [p.__index__() for p in parts if p is not None])
        made = it.instance(self_.cls)
        prepare(it, made)
        names = list(items)[slice(*parts)]
        keeps_names = self_.cls.fact("keeps names")
        for position, name in enumerate(names):
            self.items(it, made)[name if keeps_names else str(position)] = items[name]
        return made

    def set_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, index, value = args
        key = self.key(it, self_, index)
        items = self.items(it, self_)
        if isinstance(key, Unknown):
            put(it, items, key, value)
            return
        self.put(it, self_, key, value)

    def delete_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, index = args
        items = self.items(it, self_)
        names = list(items)
        if isinstance(index, slice):
            gone = set(names[index])
        else:
            key = self.key(it, self_, index)
            if isinstance(key, Unknown):
                obscure(it, items, key.reason)
                return
            gone = {key}
        self.rebuild(it, self_, [items[name] for name in names if name not in gone])

    def set_by_name(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, name, value = args
        self.put(it, self_, str(name) if isinstance(name, int) else name, value)

    def delete_by_name(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, name = args
        if isinstance(name, Unknown | Either):
            put(it, self.items(it, self_), name, ABSENT)
            return
        self.delete_named(it, [self_, str(name)], {})

    def append(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self.put(it, args[0], str(len(self.items(it, args[0]))), args[1])
        return args[0]

    def extend(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self.put_all(it, args[0], args[1])
        return args[0]

    def insert(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, index, value = args
        values = list(self.items(it, self_).values())
        values.insert(it.decide(lambda: int(index)), value)
        self.rebuild(it, self_, values)
        return self_

    def pop(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_ = args[0]
        key = self.key(it, self_, args[1] if len(args) > 1 else -1)
        if isinstance(key, Unknown):
            found = it.result_of(key, list(self.items(it, self_).values()))
            obscure(it, self.items(it, self_), key.reason)
            return found
        value = self.items(it, self_)[key]
        self.delete_item(it, [self_, list(self.items(it, self_)).index(key)], {})
        return value

    def plus(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        made = it.instance(args[0].cls)
        prepare(it, made)
        for side in args:
            self.put_all(it, made, side)
        return made

    # Methods of mappings -----------------------------------------------------------------------------------------

    def mapping(self, it: Interpreter, self_: Instance) -> Any:
        items = self.items(it, self_)
        unknown = it.state.element(items)
        return items if unknown is None else unknown

    def keys(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        found = self.mapping(it, args[0])
        return found if isinstance(found, Unknown) else list(found)

    def values(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        found = self.mapping(it, args[0])
        return found if isinstance(found, Unknown) else list(found.values())

    def pairs(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        found = self.mapping(it, args[0])
        return found if isinstance(found, Unknown) else list(found.items())

    def contains(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        from paramlint.interpreter.comparison import contains

        return contains(it, self.items(it, args[0]), args[1])

    def named_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return it.item(self.items(it, args[0]), args[1])

    def set_named(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self.put(it, args[0], args[1], args[2])

    def delete_named(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        from paramlint.interpreter.containers import delete_item

        delete_item(it, self.items(it, args[0]), args[1])

    def pop_named(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        value = self.named_item(it, args[:2], {})
        self.delete_named(it, args[:2], {})
        return value

    def get_named(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return it.call(it.get(self.items(it, args[0]), "get"), [args[1], args[2] if len(args) > 2 else kwargs.get("default")])

    def update(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        from paramlint.interpreter.containers import mapping_or_unknown

        source = args[1]
        if isinstance(source, Instance) and self.overlay.is_module(source):
            source = self.items(it, source)
        if isinstance(source, list | tuple):
            pairs = elements_or_unknown(it, source)
            found: Any = pairs if isinstance(pairs, Unknown) else dict(it.elements(pair) for pair in pairs)
        else:
            found = mapping_or_unknown(it, source)
        if isinstance(found, Unknown):
            forget_values(it, self.items(it, args[0]), found.reason, (found,))
            return
        for name, value in found.items():
            self.put(it, args[0], name, value)

    def clear(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        items = self.items(it, args[0])
        it.write(items)
        items.clear()
