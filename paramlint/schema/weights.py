"""Named weights of a layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from paramlint.core.counts import Count
from paramlint.core.dims import Formula, Size, product
from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.schema.fields import truth


class Weight(msgspec.Struct, frozen=True, eq=False):
    """One tensor that a layer owns.

    ``shape`` is a tuple of sizes, or an Unknown where not even the rank is known. ``trainable`` may be an Unknown. ``maybe`` is the
    reason why it is not known whether the tensor exists at all. ``buffer`` tensors are state, not parameters. ``name`` is what the code
    calls the parameter, where a framework keeps names of its own. A buffer that is not ``saved`` holds nothing that a copy or a state dict has.
    """

    shape: Any
    trainable: bool | Unknown = True
    buffer: bool = False
    dtype: str = "float32"
    maybe: Reason | None = None
    name: Any = None
    saved: bool = True

    @property
    def numel(self) -> Size:
        return self.shape if isinstance(self.shape, Unknown) else product(self.shape)

    @property
    def count(self) -> Count:
        if self.maybe is not None:
            return Count(0, True, (self.maybe,))
        return Count.of(self.numel)


Entry = Weight | tuple[Any, ...] | Unknown | None


class Weights(Mapping[str, Weight]):
    """Weights in the order and with the names of the framework's state.

    Values are a shape (a trainable parameter), a ``Weight``, or None (not there, left out).
    """

    def __init__(self, entries: Mapping[str, Entry] | Iterable[tuple[str, Entry]] = (), /, **named: Entry) -> None:
        self._weights: dict[str, Weight] = {}
        for name, entry in {**dict(entries), **named}.items():
            if entry is not None:
                self._weights[name] = entry if isinstance(entry, Weight) else Weight(entry)

    def __getitem__(self, name: str) -> Weight:
        return self._weights[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._weights)

    def __len__(self) -> int:
        return len(self._weights)

    def __repr__(self) -> str:
        return f"Weights({ {name: weight.shape for name, weight in self.items()} })"

    def under(self, prefix: str) -> dict[str, Weight]:
        """The same weights, named ``prefix.name``."""
        return {f"{prefix}.{name}": weight for name, weight in self.items()}

    def frozen(self) -> Weights:
        """The same weights, none of them trainable."""
        return Weights({name: replace(weight, trainable=False) for name, weight in self.items()})

    def of_type(self, dtype: str) -> Weights:
        """The same weights in another type; whole numbers stay whole."""
        return Weights({name: replace(weight, dtype=dtype) if weight.dtype.startswith("float") else weight for name, weight in self.items()})

    def total(self, *, trainable: bool | None = None, buffers: bool = False) -> Count:
        """Elements of the parameters (or of the buffers), all or only the (non-)trainable ones."""
        count = Count()
        for weight in self.values():
            if weight.buffer != buffers:
                continue
            if trainable is not None and isinstance(weight.trainable, Unknown):
                count = count + Count.of(weight.trainable)
            elif trainable is None or trainable == weight.trainable:
                count = count + weight.count
        return count


def inner_weights(modules: Mapping[str, Any]) -> dict[str, Weight]:
    """The weights of modules inside another one, by full name.

    A module is whatever has ``weights()``: an entry or a module that the analysis passes as an argument. One that is Unknown may have
    any number of weights, and so may a free name; None and plain values have none.
    """
    found: dict[str, Weight] = {}
    for prefix, module in modules.items():
        if isinstance(module, Unknown | Formula):
            unknown = module if isinstance(module, Unknown) else Unknown.because(Why.ARGUMENT, f"the module `{module}` is an argument")
            found[prefix] = Weight(unknown)
        elif getattr(module, "BUILDS_ON_CALL", False):
            found[prefix] = Weight(Unknown.because(Why.INPUT, f"the weights of `{prefix}` are made on the first call"))
        elif callable(own := getattr(module, "weights", None)) and not isinstance(module, type):
            found.update(own().under(prefix))
    return found


def optional(condition: Any, shape: Any, **kind: Any) -> Weight | None:
    """A weight that is there if the condition holds; "maybe" where that is not known."""
    held = truth(condition)
    if held is None:
        reason = condition.reason if isinstance(condition, Unknown) else Reason(Why.ARGUMENT, f"depends on `{condition}`")
        return Weight(shape, maybe=reason, **kind)
    return Weight(shape, **kind) if held else None


def buffer(shape: Any, dtype: str = "float32") -> Weight:
    """State that is no parameter (running statistics)."""
    return Weight(shape, trainable=False, buffer=True, dtype=dtype)


def frozen(shape: Any, dtype: str = "float32") -> Weight:
    """A parameter that is not trained."""
    return Weight(shape, trainable=False, dtype=dtype)
