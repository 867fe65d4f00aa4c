"""Lists and rows of layers: an element is found by its name, and names may have gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from paramlint.analysis.sublayer_calls import REQUIRED, Args, Kwargs, bound, send
from paramlint.analysis.sublayer_elements import ALIASES, Elements, Method
from paramlint.core.unknown import Unknown
from paramlint.interpreter import containers
from paramlint.interpreter.containers import index_of
from paramlint.interpreter.handed import obscure
from paramlint.interpreter.hashing import put
from paramlint.interpreter.iteration import elements_or_unknown
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class LayerList(Elements):
    """Layers under the numbers from 0 on."""

    def init(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        sublayers = bound(it, "LayerList.__init__", args, kwargs, ALIASES, sublayers=None)[0]
        self.begin(it, args[0])
        if sublayers is not None:
            self.add_all(it, args[0], sublayers, 0)

    def name_at(self, it: Interpreter, self_: Instance, index: Any) -> Any:
        """The name of the element at an index, which need not be there; or an Unknown."""
        index = index if isinstance(index, str | float | None) else index_of(it, index)
        if isinstance(index, Unknown | Either | str | float | None):
            return index if isinstance(index, Unknown | Either) else str(index)
        if not isinstance(index, int):
            return it.decide(lambda: str(index.__index__()))
        count = self.count(it, self_)
        if isinstance(count, Unknown | Either):
            return str(index) if 0 <= index < len(self.items(self_)) else Unknown(count.reason)
        if not -count <= index < count:
            it.throw("IndexError", f"index {index} is out of range, should be an integer in range [{-count}, {count})")
        return str(index + count if index < 0 else index)

    def item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, index = args
        if isinstance(index, slice):
            part = self.part(it, self_, index)
            return part if isinstance(part, Unknown) else it.call(self_.cls, [part])
        name = self.name_at(it, self_, index)
        return containers.any_of(it, self.items(self_), name) if isinstance(name, Unknown) else self.named(it, self_, name)

    def set_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, index, value = args
        name = str(index) if isinstance(index, slice) else self.name_at(it, self_, index)
        if isinstance(name, Unknown | Either):
            put(it, self.items(self_), name, value)
            return
        it.set(self_, name, value)

    def delete_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, index = args
        if isinstance(index, slice):
            numbers = it.item(it.made(list(range(len(self.items(self_))))), index)
            chosen = [numbers] if isinstance(numbers, Unknown) else [str(number) for number in numbers]
        else:
            chosen = [self.name_at(it, self_, index)]
        for name in chosen:
            if isinstance(name, Unknown | Either):
                obscure(it, self.items(self_), name.reason)
                return
            send(it, self_, "__delattr__", name)
        if it.state.open_reason(self.items(self_)) is None:
            values = list(self.items(self_).values())
            it.write(self_.attrs)
            self_.attrs[self.table] = it.made({str(position): value for position, value in enumerate(values)})

    def append(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        value = bound(it, "append", args, kwargs, ALIASES, sublayer=REQUIRED)[0]
        count = self.count(it, args[0])
        self.add(it, args[0], count if isinstance(count, Unknown | Either) else str(count), value)
        return args[0]

    def extend(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        values = bound(it, "extend", args, kwargs, ALIASES, sublayers=REQUIRED)[0]
        if values is args[0] and len(self.items(args[0])) > 1:
            it.throw("RuntimeError", "OrderedDict mutated during iteration")
        self.add_all(it, args[0], values, self.count(it, args[0]))
        return args[0]

    def insert(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        index, value = bound(it, "insert", args, kwargs, ALIASES, index=REQUIRED, sublayer=REQUIRED)
        self.shift(it, args[0], index, value, "AssertionError")

    def shift(self, it: Interpreter, self_: Instance, index: Any, value: Any, error: str) -> None:
        """Move the elements from an index on to the next name each, and put one there."""
        items = self.items(self_)
        reason = it.state.open_reason(items)
        if reason is not None or isinstance(index, Unknown | Either):
            put(it, items, Unknown(reason or index.reason), value)
            return
        if not isinstance(index, int) or not -len(items) <= index <= len(items):
            it.throw(error, f"index should be an integer in range [{-len(items)}, {len(items)}]")
        it.write(items)
        if index < 0:  # True is another name than 1
            count = self.count(it, self_)
            if not isinstance(count, int):
                put(it, items, Unknown(count.reason), value)
                return
            index += count
        for position in range(len(items), index, -1):
            items[str(position)] = self.named(it, self_, str(position - 1))
        items[str(index)] = value

    def plus(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        made = it.call(self.cls)
        for side in args:
            self.add_all(it, made, side, len(self.items(made)))
        return made

    def methods(self) -> Mapping[str, Method]:
        return {"__init__": self.init, "__len__": self.length, "__iter__": self.iterate, "__getitem__": self.item,
                "__setitem__": self.set_item, "__delitem__": self.delete_item, "append": self.append, "extend": self.extend,
                "insert": self.insert, "pop": self.pop, "__add__": self.plus,
                "__iadd__": lambda it, args, kwargs: send(it, args[0], "extend", args[1])}


class Sequential(LayerList):
    """Layers that are called one after the other, under numbers or names of their own."""

    def init(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, *layers = args
        bound(it, "Sequential.__init__", args[:1], kwargs)
        self.begin(it, self_)
        self.overlay.made_row(self_)
        first = layers[0] if layers else None
        if len(layers) == 1 and isinstance(first, Instance) and isinstance(first.payload, dict) and first.cls.name == "OrderedDict":
            self.pairs(it, self_, first)
        elif isinstance(first, list | tuple):
            for pair in layers:
                self.add_pair(it, self_, pair)
        else:
            for position, layer in enumerate(layers):
                self.add(it, self_, str(position), layer)

    def add_pair(self, it: Interpreter, self_: Instance, pair: Any) -> None:
        items = elements_or_unknown(it, pair)
        if isinstance(items, Unknown):
            it.state.mark_open(self.items(self_), items.reason)
        elif len(items) != 2:
            it.throw("ValueError", f"{'too many' if len(items) > 2 else 'not enough'} values to unpack (expected 2)")
        else:
            self.add(it, self_, items[0], items[1])

    def item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        self_, index = args
        if isinstance(index, slice):
            part = self.part(it, self_, index)
            return part if isinstance(part, Unknown) else it.call(self_.cls, part)
        index = index if isinstance(index, str) else index_of(it, index)
        if isinstance(index, str):
            return self.named(it, self_, index)
        values = self.iterate(it, [self_], {})
        if isinstance(index, Unknown) or isinstance(values, Unknown):
            return containers.any_of(it, self.items(self_), index if isinstance(index, Unknown) else values)
        if isinstance(index, int) and not -len(values) <= index < len(values):
            it.throw("IndexError", f"index {index} is out of range")
        return it.item(values, index)

    def set_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, name, value = args
        if isinstance(name, Unknown | Either):
            put(it, self.items(self_), name, value)
            return
        if not self.overlay.is_module(value) and not isinstance(value, Unknown | Either):
            it.throw("AssertionError", "")
        it.set(self_, str(name), value)

    def delete_item(self, it: Interpreter, args: Args, kwargs: Kwargs) -> None:
        self_, name = args
        if not isinstance(name, Unknown | Either) and str(name) not in self.items(self_) and it.state.open_reason(self.items(self_)) is None:
            it.throw("AssertionError", "")
        self.remove(it, self_, name if isinstance(name, Unknown | Either) else str(name))

    def append(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        value = bound(it, "append", args, kwargs, module=REQUIRED)[0]
        return super().append(it, [args[0], value], {})

    def extend(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        values = bound(it, "extend", args, kwargs, sequential=REQUIRED)[0]
        if values is args[0] and len(self.items(args[0])) > 1:
            it.throw("RuntimeError", "OrderedDict mutated during iteration")
        found = elements_or_unknown(it, values)
        if isinstance(found, Unknown):
            self.add_all(it, args[0], values, 0)
            return args[0]
        for value in found:
            send(it, args[0], "append", value)
        return args[0]

    def insert(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        index, value = bound(it, "insert", args, kwargs, index=REQUIRED, module=REQUIRED)
        if not self.overlay.is_module(value) and not isinstance(value, Unknown | Either):
            it.throw("AssertionError", "module should be of type: <class 'paddle.nn.layer.layers.Layer'>")
        if not isinstance(index, int | Unknown | Either):
            it.throw("TypeError", f"'<=' not supported between instances of 'int' and '{type_name(index)}'")
        size = len(self.items(args[0]))
        self.shift(it, args[0], index + size if isinstance(index, int) and -size <= index < 0 else index, value, "IndexError")
        return args[0]

    def forward(self, it: Interpreter, args: Args, kwargs: Kwargs) -> Any:
        value = bound(it, "Sequential.forward", args, kwargs, input=REQUIRED)[0]
        for layer in it.elements(self.iterate(it, args[:1], {})):
            value = it.call(layer, [value])
        return value

    def methods(self) -> Mapping[str, Method]:
        own = {**super().methods(), "forward": self.forward}
        return {name: code for name, code in own.items() if name not in ("pop", "__add__", "__iadd__")}
