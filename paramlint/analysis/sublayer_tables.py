"""Dicts of layers, lists and dicts of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from paramlint.analysis.sublayer_calls import REQUIRED, Args, Kwargs, bound, send
from paramlint.analysis.sublayer_elements import ALIASES, Elements, Method
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.interpreter import containers
from paramlint.interpreter.comparison import contains
from paramlint.interpreter.containers import index_of
from paramlint.interpreter.hashing import put
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class LayerDict(Elements):
    """Layers under names."""

    def init(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        sublayers = bound(it, "LayerDict.__init__", args, kwargs, ALIASES, sublayers=None)[0]
        self.begin(it, args[0])
        if sublayers is not None:
            send(it, args[0], "update", sublayers)

    def item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return self.named(it, args[0], args[1])

    def set_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        send(it, args[0], self.adding, args[1], args[2])

    def delete_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self.remove(it, args[0], args[1])

    def update(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self.pairs(it, args[0], bound(it, "update", args, kwargs, ALIASES, sublayers=REQUIRED)[0])

    def view(self, name: str) -> Method:
        """``keys``, ``values``, ``items`` or an iterator, which follow what changes."""
        def run(it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
            items = self.items(args[0])
            it.ordered[id(items)] = items
            return send(it, items, name)

        return run

    def contains(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return contains(it, self.items(args[0]), args[1])

    def clear(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        it.write(self.items(args[0]))
        self.items(args[0]).clear()

    def methods(self) -> Mapping[str, Method]:
        return {"__init__": self.init, "__len__": self.length, "__iter__": self.view("__iter__"), "__contains__": self.contains,
                "__getitem__": self.item, "__setitem__": self.set_item, "__delitem__": self.delete_item, "keys": self.view("keys"),
                "values": self.view("values"), "items": self.view("items"), "pop": self.pop, "update": self.update, "clear": self.clear}


class ParameterList(Elements):
    """Parameters under the numbers from 0 on."""

    table = "_parameters"
    adding = "add_parameter"

    def init(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        parameters = bound(it, "ParameterList.__init__", args, kwargs, parameters=None)[0]
        self.begin(it, args[0])
        if parameters is not None:
            self.add_all(it, args[0], parameters, 0)

    def add(self, it: Interpreter, self_: Instance, name: Any, value: Any) -> None:
        _asserted(it, value)
        super().add(it, self_, name, value)

    def item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, index = args
        index = index_of(it, index) if not isinstance(index, str | float | slice | None) else index
        if isinstance(index, Unknown | Either):
            return containers.any_of(it, self.items(self_), Unknown(index.reason))
        return self.named(it, self_, str(index))

    def set_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, index, value = args
        if not isinstance(value, TensorValue | Unknown | Either):
            it.throw("TypeError", f"param should be 'Parameter' or 'Tensor', but received {type_name(value)}")
        if isinstance(index, Unknown | Either):
            self.overlay.doubt(it, self_, index.reason)
            return
        old = it.get(self_, str(index))
        if isinstance(old, TensorValue) and isinstance(value, TensorValue):
            old.become(it, value.tensor)
        else:
            self.overlay.doubt(it, self_, it.unknown_reason("a parameter is filled by what is not known"))

    def append(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        value = bound(it, "append", args, kwargs, parameter=REQUIRED)[0]
        reason = it.state.open_reason(self.items(args[0]))
        send(it, args[0], self.adding, str(len(self.items(args[0]))) if reason is None else Unknown(reason), value)
        return args[0]

    def methods(self) -> Mapping[str, Method]:
        return {"__init__": self.init, "__len__": self.length, "__iter__": self.iterate, "__getitem__": self.item,
                "__setitem__": self.set_item, "append": self.append}


class ParameterDict(Elements):
    """Parameters under names."""

    table = "_parameters"
    adding = "add_parameter"

    def init(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        parameters = bound(it, "ParameterDict.__init__", args, kwargs, parameters=None)[0]
        self.begin(it, args[0])
        if parameters is not None:
            send(it, args[0], "update", parameters)

    def item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        return self.named(it, args[0], args[1])

    def set_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, name, value = args
        _asserted(it, value)
        if isinstance(name, Unknown | Either):
            put(it, self.items(self_), name, value)
        elif isinstance(name, str):
            it.set(self_, name, value)
        else:
            it.throw("TypeError", f"attribute name must be string, not '{type_name(name)}'")

    def update(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self.pairs(it, args[0], bound(it, "update", args, kwargs, parameters=REQUIRED)[0])

    def methods(self) -> Mapping[str, Method]:
        return {"__init__": self.init, "__len__": self.length, "__iter__": self.names, "__getitem__": self.item, "__setitem__": self.set_item,
                "update": self.update}


def _asserted(it: Interpreter, value: Any) -> None:
    if not isinstance(value, Unknown | Either) and not (isinstance(value, TensorValue) and value.is_parameter):
        it.throw("AssertionError", "")
