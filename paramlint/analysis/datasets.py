"""Sets of examples: what their classes refuse, and how many examples there are where that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis.effects import Inert
from paramlint.analysis.tensors import TensorValue
from paramlint.analysis.word_signatures import bound
from paramlint.core.shapes import differs
from paramlint.core.unknown import Unknown
from paramlint.interpreter.library_names import hedge
from paramlint.interpreter.values import Either, Instance
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class Dataset(Inert):
    """A set of examples; ``size`` is their number, None where that is not known."""

    __slots__ = ("size",)

    def __init__(self, name: str, held: tuple[Any, ...], size: Any = None) -> None:
        super().__init__(name, held)
        self.size = size

    def length(self, it: Interpreter) -> Any:
        return super().length(it) if self.size is None else self.size


class NoExamples(Dataset):
    """An object of the base class itself, which leaves the examples to those that derive from it."""

    __slots__ = ()

    def length(self, it: Interpreter) -> Any:
        return it.library_throw("TypeError", "the base class of sets of examples has no length")

    def item(self, it: Interpreter, index: Any) -> Any:
        return it.library_throw("NotImplementedError", "the base class of sets of examples has none")


def make(framework: Framework, name: str, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """A set of examples, or several."""
    return _MADE[framework.datasets[name]](it, name, args, kwargs)


def _abstract(it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> Dataset:
    if args or kwargs:
        it.library_throw("TypeError", f"`{name}` takes no arguments")
    return NoExamples(name, ())


def _of_tensors(it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> Dataset:
    if kwargs:
        it.library_throw("TypeError", f"`{name}` takes tensors")
    sizes: list[Any] = []
    for value in args:
        if isinstance(value, bool | int | float | str | list | tuple | dict | None):
            it.library_throw("" if isinstance(value, str | list | tuple | dict) else "AttributeError", f"`{name}` takes tensors")
        shape = value.tensor.shape if isinstance(value, TensorValue) else None
        if shape is None or isinstance(shape, Unknown):
            if not isinstance(value, TensorValue | Unknown | Either):
                hedge(it, f"`{name}` takes such an object")
        elif not shape:
            it.library_throw("IndexError", "a number has no rows")
        else:
            sizes.append(shape[0])
    if any(differs(sizes[0], size) for size in sizes):
        it.library_throw("AssertionError", "Size mismatch between tensors")
    return Dataset(name, tuple(args), sizes[0] if sizes else None)


def _split(it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    given = bound(it, name, "dataset: lengths: generator=", args, kwargs)
    lengths, size = given["lengths"], _size(it, given["dataset"])
    if not isinstance(lengths, list | tuple) or it.state.open_reason(lengths) is not None:
        if not isinstance(lengths, Unknown | Either):
            hedge(it, f"`{name}` takes such lengths")
        return Unknown(it.unknown_reason(f"the parts of `{name}`"), (given["dataset"],))
    if any(isinstance(length, bool | str | list | None) for length in lengths) or not lengths:
        hedge(it, f"`{name}` takes such lengths")
    known = all(isinstance(length, int | float) and not isinstance(length, bool) for length in lengths)
    fractions = known and abs(sum(lengths) - 1) < 1e-9 and all(0 <= length <= 1 for length in lengths) and any(
        isinstance(length, float) for length in lengths)
    if known and not fractions:
        if any(isinstance(length, float) or length < 0 for length in lengths):
            hedge(it, f"`{name}` takes such lengths")
        elif isinstance(size, int) and sum(lengths) != size:
            it.library_throw("ValueError", "Sum of input lengths does not equal the length of the input dataset!")
        elif size is None:
            hedge(it, f"`{name}` takes such a set")
        known = known and not any(isinstance(length, float) for length in lengths)
    parts = [Dataset(f"{name.rpartition('.')[0]}.Subset", (given["dataset"],), length if known and not fractions else None) for length in lengths]
    return it.made(list(parts))


def _size(it: Interpreter, value: Any) -> Any:
    """The number of examples; Unknown where it is not known, None for what has none."""
    if isinstance(value, Unknown | Either):
        return Unknown(it.unknown_reason("how many examples there are"))
    if isinstance(value, int | float | None):
        return it.library_throw("TypeError", "a set of examples has a length")
    if isinstance(value, Dataset | list | tuple | range | str | TensorValue | Instance):
        return it.call(it.builtins["len"], [value])
    return Unknown(it.unknown_reason("how many examples there are")) if isinstance(value, Inert) else None


_MADE: dict[str, Callable[[Interpreter, str, list[Any], dict[str, Any]], Any]] = {
    "abstract": _abstract, "tensors": _of_tensors, "split": _split}
