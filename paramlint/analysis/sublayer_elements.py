"""What containers share that add their elements through methods of the layer protocol, under names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules
from paramlint.analysis import sublayer_attributes as attributes
from paramlint.analysis.sublayer_calls import REQUIRED, Args, Kwargs, bound, overrides, send
from paramlint.analysis.tensors import TensorValue
from paramlint.core.dims import NoNumber
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter import containers
from paramlint.interpreter.handed import obscure
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Instance
from paramlint.schema.conditions import Refused

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

Method = Callable[["Interpreter", Args, Kwargs], Any]
ALIASES = {"modules": "sublayers", "module": "sublayer"}
_STEPS = 10  # what making a container counts, so that the limit of steps stands for about the same time whatever the code does


class Elements:
    """What all containers share; ``table`` is where their elements stand and ``adding`` the method that puts them there."""

    table = "_modules"
    adding = "add_sublayer"

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.cls: ClassValue

    def methods(self) -> Mapping[str, Method]:
        """What the class has, by name."""
        raise NotImplementedError

    def items(self, self_: Instance) -> dict[str, Any]:
        return modules.table(self_, self.table)

    def begin(self, it: Interpreter, self_: Instance) -> None:
        it.steps += _STEPS
        attributes.init(self.overlay, it, [self_], {})

    def count(self, it: Interpreter, self_: Instance) -> Any:
        """``len(self)``."""
        return send(it, self_, "__len__")

    def add(self, it: Interpreter, self_: Instance, name: Any, value: Any) -> None:
        """Add an element; what is plainly none is a finding where calls are looked at one by one, and an error of the code elsewhere."""
        plain = isinstance(value, str | int | float | list | tuple | dict)
        if plain and not overrides(self_, self.adding):
            message, site = f"{type_name(value)} is not a {'Layer' if self.table == '_modules' else 'Parameter'}", it.site()
            if self.overlay.refused(it, self.cls, site, Refused(message), self_.cls is self.cls):
                self.overlay.doubt(it, self_, Reason(Why.ERROR, message, site))
                return
        send(it, self_, self.adding, name, value)

    def add_all(self, it: Interpreter, self_: Instance, values: Any, offset: Any) -> None:
        """Add elements under the numbers from ``offset`` on; elements that are not known leave the container open."""
        found = elements_or_unknown(it, values)
        if isinstance(found, Unknown) or isinstance(offset, Unknown | Either):
            known = values if isinstance(found, Unknown) and isinstance(values, list) else found if isinstance(found, list) else ()
            for value in known:
                self.add(it, self_, str(len(self.items(self_))), value)
            reason = found.reason if isinstance(found, Unknown) else offset.reason
            it.state.mark_open(self.items(self_), reason, None, found.held if isinstance(found, Unknown) else ())
            return
        for position, value in enumerate(found):
            self.add(it, self_, str(offset + position), value)

    def pairs(self, it: Interpreter, self_: Instance, values: Any) -> None:
        """Add elements by their names: from a mapping, a container, or pairs."""
        source = values.payload if isinstance(values, Instance) and isinstance(values.payload, dict) else values
        if isinstance(values, Instance) and self.cls in values.cls.mro:
            source = self.items(values)
        unknown = source if isinstance(source, Unknown | Either) else it.state.element(source) if isinstance(source, dict) else None
        if unknown is not None:
            it.state.mark_open(self.items(self_), unknown.reason)
            return
        if isinstance(source, dict):
            for name, value in list(source.items()):
                self.add(it, self_, name, value)
            return
        plain = isinstance(source, int | float | NoNumber | TensorValue | None)
        if plain or (isinstance(source, Instance) and source.cls.find("__iter__") is ABSENT):
            it.throw("AssertionError", f"The type of sublayers is not iterable of key/value pairs, the type of sublayers is {type_name(source)}")
        for position, pair in enumerate(it.elements(source)):
            items = it.elements(pair) if isinstance(pair, list | tuple | str | dict) else [it.item(pair, 0), it.item(pair, 1)]
            if len(items) != 2:
                it.throw("ValueError", f"The length of the {position}'s element in sublayers is {len(items)}, which must be 2.")
            self.add(it, self_, items[0], items[1])

    # Methods of all ----------------------------------------------------------------------------------------------------

    def length(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        reason = it.state.open_reason(self.items(args[0]))
        return Unknown(reason) if reason is not None else len(self.items(args[0]))

    def iterate(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        unknown = it.state.element(self.items(args[0]))
        return list(self.items(args[0]).values()) if unknown is None else unknown

    def names(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        unknown = it.state.element(self.items(args[0]))
        return list(self.items(args[0])) if unknown is None else unknown

    def named(self, it: Interpreter, self_: Instance, name: Any) -> Any:
        return it.item(self.items(self_), name)

    def remove(self, it: Interpreter, self_: Instance, name: Any) -> None:
        if isinstance(name, Unknown | Either):
            obscure(it, self.items(self_), name.reason)
            return
        containers.delete_item(it, self.items(self_), name)

    def part(self, it: Interpreter, self_: Instance, index: slice) -> Any:
        """The elements of a slice, in a list."""
        values = self.iterate(it, [self_], {})
        return values if isinstance(values, Unknown) else it.item(it.made(values), index)

    def pop(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        key = bound(it, "pop", args, kwargs, key=REQUIRED)[0]
        value = send(it, args[0], "__getitem__", key)
        send(it, args[0], "__delitem__", key)
        return value
