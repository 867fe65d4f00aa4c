"""Containers of modules and parameters: Sequential, lists and dicts, as torch and Paddle have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.analysis import registration
from paramlint.analysis.dispatch import override, overrides, send, spelled
from paramlint.analysis.modules import prepare, table
from paramlint.analysis.tensors import TensorValue
from paramlint.analysis.unknown_bases import may_be_module
from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.containers import any_of, delete_item, index_of, present
from paramlint.interpreter.fixed_width import FIXED
from paramlint.interpreter.handed import obscure
from paramlint.interpreter.hashing import put
from paramlint.interpreter.held import loose
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance
from paramlint.schema.conditions import Refused
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Args = list[Any]
Kwargs = dict[str, Any]


class Container:
    """Methods of one kind of container; ``kind`` is the table in which its elements stand."""

    def __init__(self, overlay: Overlay, kind: str, framework: Framework | None = None) -> None:
        self.overlay = overlay
        self.kind = kind
        self.sends = framework is not None and bool(framework.dispatched)  # whether it does what the analysed code may override by its methods
        self.cls: ClassValue | None = None

    def items(self, it: Interpreter, self_: Instance) -> dict[str, Any]:
        prepare(it, self_)
        return table(self_, self.kind)

    def put(self, it: Interpreter, self_: Instance, name: Any, value: Any) -> None:
        """Register an element as the framework does."""
        items = self.items(it, self_)
        reason = may_be_module(self.overlay, value) if self.kind == "_modules" else None
        if reason is not None:
            value = Unknown(reason, (value,))
        if self.kind == "_modules" and not self.overlay.is_module(value) and not isinstance(value, Unknown | Either) and value is not None:
            self._refuse(it, self_, value, f"{type_name(value)} is not a Module subclass")
        elif self.sends and self.kind == "_modules":
            send(it, self_, "add_module", lambda it, args, kwargs: registration.register_module(self.overlay, it, args, kwargs), [name, value])
        elif isinstance(name, Unknown | Either):
            put(it, items, name, value)
        elif self.sends and isinstance(value, TensorValue):
            it.set(self_, name, value if value.is_parameter else self.overlay.parameter(it, value))
        else:
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
        if self.sends and self.kind == "_parameters" and isinstance(values, TensorValue):
            it.throw("TypeError", f"{self_.cls.name}.extend should be called with an iterable, but got {type_name(values)}")
        if values is self_ and self.kind == "_modules" and self.size(it, self_) != 0:
            it.throw("RuntimeError", "dictionary changed size during iteration")
        found = elements_or_unknown(it, values)
        known = (values if isinstance(values, list) else []) if isinstance(found, Unknown) else found
        offset = self.size(it, self_)
        for position, value in enumerate(known):
            self.put(it, self_, str(offset + position) if isinstance(offset, int) else offset, value)
        if isinstance(found, Unknown):
            it.state.mark_open(self.items(it, self_), found.reason, None, found.held)

    def size(self, it: Interpreter, self_: Instance) -> Any:
        """How many elements there are, as the framework asks for it to name the next one."""
        found = override(it, self_, spelled(self_, "__len__")) if self.sends else ABSENT
        return len(self.items(it, self_)) if found is ABSENT else it.call(found)

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
        if index is None:
            it.throw("TypeError", "'NoneType' object cannot be interpreted as an integer")
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
        return items.values() if unknown is None else unknown

    def item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, index = args
        if isinstance(index, slice):
            return self.part(it, self_, index)
        if isinstance(index, str) and self.kind == "_modules" and not self.sends:
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
        names = list(items)[slice(*parts)]
        keeps_names = self_.cls.fact("keeps names")
        if self.sends and self_.cls is not self.cls:  # made by a call of the class, which may have an ``__init__`` of its own
            given: Any = [items[name] for name in names]
            if keeps_names:
                given = it.call(it.library_attribute("collections", "OrderedDict"), [[(name, items[name]) for name in names]])
            return it.call(self_.cls, [given])
        made = it.instance(self_.cls)
        prepare(it, made)
        for position, name in enumerate(names):
            self.items(it, made)[name if keeps_names else str(position)] = items[name]
        return made

    def set_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, index, value = args
        key = self.key(it, self_, index)
        items = self.items(it, self_)
        if isinstance(key, Unknown):
            put(it, items, key, value)
        elif self.sends and (value is None or self.overlay.is_module(value) or self.kind == "_parameters"):
            made = isinstance(value, TensorValue) and not value.is_parameter
            it.set(self_, key, self.overlay.parameter(it, value) if made else value)
        else:
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

    def append(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, value = args[0], args[1] if len(args) > 1 else next(iter(kwargs.values()), None)
        size = self.size(it, self_)
        self.put(it, self_, str(size) if isinstance(size, int) else size, value)
        return self_

    def extend(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self.put_all(it, args[0], args[1])
        return args[0]

    def extend_by_append(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        """``extend`` of what appends element by element."""
        self_, values = args
        found = override(it, self_, spelled(self_, "append"))
        if found is ABSENT:
            return self.extend(it, args, kwargs)
        for value in it.elements(values):
            it.call(found, [value])
        return self_

    def insert(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, index, value = args
        items = self.items(it, self_)
        values = list(items.values())
        if self.sends and isinstance(index, str | float | None):
            it.throw("TypeError", f"'{type_name(index)}' object cannot be interpreted as an integer")
        at = it.decide(lambda: int(index))
        if self.sends and isinstance(at, int) and it.state.open_reason(items) is None:
            self._move_up(it, self_, items, at, value)
            return self_ if self_.cls.fact("row") else None
        values.insert(at, value)
        self.rebuild(it, self_, values)
        return self_

    def _move_up(self, it: Interpreter, self_: Instance, items: dict[str, Any], at: int, value: Any) -> None:
        """Give each element from a place on the next number, and the place to another."""
        size = len(items)
        if self_.cls.fact("row"):
            if not self.overlay.is_module(value) and not isinstance(value, Unknown | Either):
                it.throw("AssertionError", "module should be of type: <class 'torch.nn.modules.module.Module'>")
            if not -size <= at <= size:
                it.throw("IndexError", f"Index out of range: {at}")
            at += size if at < 0 else 0
        it.write(items)
        for position in range(size, at, -1):
            if str(position - 1) not in items:
                it.throw("KeyError", str(position - 1))
            items[str(position)] = items[str(position - 1)]
        items[str(at)] = value

    def pop(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_ = args[0]
        index = args[1] if len(args) > 1 else kwargs.get("key", -1)
        if self.sends and (isinstance(index, slice) or overrides(it, self_, "__getitem__", "__delitem__")):
            value = it.item(self_, index)
            delete_item(it, self_, index)
            return value
        key = self.key(it, self_, index)
        if isinstance(key, Unknown):
            found = it.result_of(key, list(self.items(it, self_).values()))
            obscure(it, self.items(it, self_), key.reason)
            return found
        value = self.items(it, self_)[key]
        self.delete_item(it, [self_, list(self.items(it, self_)).index(key)], {})
        return value

    def plus(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self._only_rows(it, args[1])
        plain = self.cls if self.sends and self.cls is not None else args[0].cls
        made = it.instance(plain)
        prepare(it, made)
        for side in args:
            self.put_all(it, made, side)
        return made

    def plus_in_place(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self._only_rows(it, args[1])
        if self.cls is not None and self.cls.fact("row"):
            return self.extend(it, args, kwargs)
        return send(it, args[0], "extend", self.extend, [args[1]])

    def times(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        """The same modules several times over, in a new row."""
        row, count = args
        made = it.instance(self.cls if self.cls is not None else row.cls)
        prepare(it, made)
        for _ in range(self._times(it, row, count)):
            self.put_all(it, made, row)
        return made

    def times_in_place(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        row, count = args
        held = list(self.items(it, row).values())
        count = self._times(it, row, count) - 1
        unnumbered = next((str(at) for at in range(len(held)) if str(at) not in self.items(it, row)), None) if count else None
        if unnumbered is not None and it.state.open_reason(self.items(it, row)) is None:
            it.throw("KeyError", unnumbered)
        for _ in range(count):
            for module in held:
                send(it, row, "append", self.append, [module])
        return row

    def _times(self, it: Interpreter, row: Instance, count: Any) -> int:
        if isinstance(count, Unknown | Either | Formula):
            raise NeedsValue(it.unknown(Why.ARGUMENT, "how often the modules of a row are repeated"))
        if not isinstance(count, int) or count.__class__ in FIXED:
            it.library_throw("TypeError", f"unsupported operand type(s) for *: {row.cls.name} and {type_name(count)}")
        if count <= 0:
            it.library_throw("ValueError", "Non-positive multiplication factor")
        it.charge(count * len(self.items(it, row)))
        return int(count)

    def _only_rows(self, it: Interpreter, other: Any) -> None:
        """Rows of modules are added to their like alone."""
        rows = self.sends and self.cls is not None and self.cls.fact("row")
        if rows and not isinstance(other, Unknown | Either) and not (
                isinstance(other, Instance) and self.cls is not None and other.cls.derives(self.cls)):
            it.throw("ValueError", "add operator supports only objects of Sequential class")
