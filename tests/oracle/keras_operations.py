"""Random calls of `keras.ops` on symbolic tensors: the real Keras beside our entries.

``python tests/oracle/keras_operations.py 10000 0`` makes so many calls from this seed and prints each that differs.
"""

from __future__ import annotations

import collections
import inspect
import os
import random
import sys
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras

from paramlint.analysis.signatures import refused_arguments
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.tensor import Tensor
from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.frameworks import REGISTRY
from paramlint.schema.conditions import Refused
from paramlint.schema.example import arguments
from paramlint.schema.op import Op

_TENSORS = (
    "x x1 x2 a b y array inputs data sorted_sequence values target output query key value mean variance abs_ angle targets predictions "
    "variable weights gamma beta scale offset condition tensor targets elems q bins kernel depthwise_kernel pointwise_kernel segment_ids")
LISTS = {"concatenate", "stack", "hstack", "vstack", "dstack"}
DATA = {"percentile", "nanpercentile", "quantile", "nanquantile"}
# They run functions, make no tensors, or are known from the data alone.
_LEFT_OUT = (
    "associative_scan cond convert_to_numpy custom_gradient dtype fori_loop is_tensor jvp map scan shape size ndim switch vectorize vectorized_map "
    "while_loop nonzero unique convert_to_tensor array empty ctc_decode ctc_loss unravel_index segment_max segment_min segment_prod segment_sum")
TENSORS, LEFT_OUT = frozenset(_TENSORS.split()), frozenset(_LEFT_OUT.split())


class Calls:
    """Calls from a seed: each with its name, arguments and keywords; shapes stand for tensors."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def shape(self) -> tuple[Any, ...]:
        rank = self.random.choices((0, 1, 2, 3, 4, 5), (1, 3, 6, 8, 8, 1))[0]
        return tuple(self.pick(None, 2) if axis == 0 else self.pick(None, 1, 2, 3, 4, 4, 6) for axis in range(rank))

    def like(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """A shape that may go with another."""
        how = self.random.random()
        if how < 0.45:
            return shape
        if how < 0.6:
            return tuple(self.pick(size, size, 1) for size in shape)
        if how < 0.7:
            return shape[self.random.randint(0, len(shape)):]
        if how < 0.85 and len(shape) >= 2:
            return (*shape[:-2], shape[-1], shape[-2])
        return self.shape()

    def axis(self, rank: int) -> int:
        return self.random.randint(-rank - (self.random.random() < 0.1), max(rank - (self.random.random() < 0.9), 0))

    def axes(self, rank: int) -> Any:
        if self.random.random() < 0.5:
            return self.axis(rank)
        return tuple(self.axis(rank) for _ in range(self.random.randint(0 if self.random.random() < 0.1 else 1, 2)))

    def number(self) -> int:
        return self.random.choices((-1, 0, 1, 2, 3, 4, 6), (1, 1, 4, 4, 3, 2, 1))[0]

    def sizes(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """A shape to reshape or broadcast to."""
        known = 1
        for size in shape[1:]:
            known *= size or 1
        options = [(-1,), (-1, known), (-1, 2), (2, -1), (-1, 1, known), (shape[0] if shape else 1, -1), (known,), (3, -1, 2), (-1, -1), (4, 3, -1)]
        return self.pick(*options, self.like(shape), tuple(size or 2 for size in shape), (2, *(size or 1 for size in shape)))

    def value(self, name: str, function: str, shape: tuple[Any, ...]) -> Any:
        """An argument that is no tensor."""
        rank = len(shape)
        if name in ("axis", "axes", "axis1", "axis2", "axisa", "axisb", "axisc", "source", "destination"):
            if function == "transpose":
                return self.random.sample(range(rank), rank) if self.random.random() < 0.9 else self.axes(rank)
            if function == "tensordot":
                return self.pick(1, 2, 0, ((1,), (0,)), ([-1], [1]), (self.axis(rank), self.axis(rank)))
            if function in ("rot90", "moveaxis", "moments", "squeeze", "expand_dims", "flip", "roll", "norm") or name == "axis":
                if function in ("rot90",):
                    return (self.axis(rank), self.axis(rank))
                return self.axes(rank) if self.random.random() < 0.5 else self.axis(rank)
            return self.axis(rank)
        if name in ("newshape", "shape"):
            plain = function in ("zeros", "ones", "full", "unravel_index", "scatter")
            return tuple(size or 3 for size in shape) if plain else self.sizes(shape)
        if name == "pad_width":
            pair = (self.number(), self.number())
            return self.pick(self.number(), pair, (pair,), tuple((abs(self.number()), abs(self.number())) for _ in range(rank)))
        if name == "repeats":
            return tuple(abs(self.number()) for _ in range(self.pick(rank, rank, 1, rank + 1))) if function == "tile" else self.number()
        if name == "indices_or_sections":
            return self.pick(1, 2, 3, 4, [1], [1, 2], [2, 3], (1, 3))
        if name == "indices":
            return self.pick(0, 1, [0, 1], [[0, 1], [1, 0]], -1, self.shape())
        if name in ("start_indices",):
            return [0] * rank
        if name == "mode":
            return self.pick("constant", "reflect") if function == "pad" else self.pick("valid", "same", "full") if function == "correlate" else "reduced"
        if name == "dtype":
            return self.pick("float32", "int32", None)
        if name == "data_format":
            return self.pick("channels_last", "channels_first", None)
        if name == "padding":
            return self.pick("valid", "same") if function != "unfold" else self.pick(0, 1)
        if name in ("pool_size", "strides", "output_size", "kernel_size", "block_size", "dilation", "stride", "dilation_rate"):
            return self.pick(1, 2, 2, 3, (2, 1), (2, 2), (1,))
        if name == "base":
            return 10
        if name == "reduction":
            return self.pick(None, "add", "max")
        if name in ("attn_logits_soft_cap", "flash_attention", "output_padding"):
            return None
        if name == "order":
            return self.pick(1, 2)
        if name == "ord":
            return self.pick(None, 1, 2, "fro", "nuc")
        if name == "indexing":
            return self.pick("xy", "ij")
        if name == "side":
            return self.pick("left", "right")
        if name == "method":
            return self.pick("linear", "nearest", "lower")
        if name in ("num_classes", "k", "n", "num", "sequence_length", "sequence_stride", "N", "M", "num_segments", "length", "kth"):
            return self.number() if name not in ("k", "n") else self.pick(0, 1, 1, 2, -1, 3)
        if name in ("start", "stop", "step"):
            return self.pick(0, 1, 2, 5, 7, -3, 2.5)
        if name in ("keepdims", "from_logits", "increasing", "full_matrices", "compute_uv", "upper", "lower", "endpoint", "sorted", "is_causal"):
            return self.pick(True, False)
        if name in ("offset", "shift", "decimals", "minlength"):
            return self.number()
        return self.pick(0.5, 1.0, 2)

    def call(self, function: str) -> tuple[list[Any], dict[str, Any]]:
        """Arguments of a call; a tensor is a `T`."""
        parameters = list(inspect.signature(getattr(keras.ops, function)).parameters.values())
        first, args, kwargs = self.shape(), [], {}
        if function == "einsum":
            return self.einsum()
        for at, parameter in enumerate(parameters):
            if parameter.kind in (parameter.VAR_KEYWORD,):
                continue
            if parameter.kind is parameter.VAR_POSITIONAL:
                args += [T(self.shape()[:self.pick(1, 1, 2)]) for _ in range(self.random.randint(1, 3))]
                continue
            if parameter.default is not parameter.empty and self.random.random() < 0.5:
                continue
            name = parameter.name
            given: Any
            if function in LISTS and at == 0:
                given = [T(first), *(T(self._joined(first)) for _ in range(self.random.randint(0, 2)))]
            elif function in ("get_item",) and at == 1:
                given = self.key(first)
            elif at == 0 and name in TENSORS:
                given = T(first)
            elif function == "clip" or (name in ("values", "offset", "scale", "key") and function in ("trace", "diagonal")):
                given = self.value(name, function, first)
            elif name == "indices" and function == "take_along_axis":
                given = T(self.like(first), "int32")
            elif name in TENSORS and not (function in DATA and name == "q"):
                plain = name in ("x2", "y") and self.random.random() < 0.05
                given = self.pick(1, 2.5) if plain else T(self.like(first), "int32" if name == "segment_ids" else "float32")
            else:
                given = self.value(name, function, first)
                if name == "indices" and isinstance(given, tuple):
                    given = T(given, "int32")
            if parameter.default is parameter.empty and not kwargs and self.random.random() < 0.8:
                args.append(given)
            else:
                kwargs[name] = given
        if self.random.random() < 0.02:
            kwargs[self.pick("keepdims", "axis", "name", "nope")] = self.pick(1, False)
        return args, kwargs

    def _joined(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.random.random() < 0.2 or not shape:
            return self.like(shape)
        at = self.random.randrange(len(shape))
        return tuple(self.pick(None, 1, 2, 3, 4) if axis == at and self.random.random() < 0.7 else size for axis, size in enumerate(shape))

    def key(self, shape: tuple[Any, ...]) -> Any:
        def one(size: Any) -> Any:
            return self.pick(0, 1, -1, slice(None), slice(1, None), slice(None, -1), slice(None, 2), slice(None, None, 2), slice(-2, None), None, ...,
                             slice(None, None, -1), slice(3, 1), 3)
        keys = tuple(one(size) for size in shape[:self.random.randint(0, len(shape))])
        return keys[0] if len(keys) == 1 and self.random.random() < 0.5 else keys

    def einsum(self) -> tuple[list[Any], dict[str, Any]]:
        pool = {c: self.pick(1, 2, 3, None) for c in "abcd"}
        pool["b"] = None
        terms = ["".join(self.random.sample("abcd", self.random.randint(1, 3))) for _ in range(self.random.randint(1, 3))]
        letters = sorted(set("".join(terms)))
        output = "".join(self.random.sample(letters, self.random.randint(0, len(letters))))
        if self.random.random() < 0.2:
            terms, output = [f"...{term}" for term in terms], f"...{output}"
        text = ",".join(terms) + (f"->{output}" if self.random.random() < 0.9 else "")
        shapes = []
        for term in terms:
            shape = [pool[c] if self.random.random() < 0.95 else 5 for c in term.replace("...", "")]
            if term.startswith("..."):
                shape = [self.pick(1, 2, None) for _ in range(self.random.randint(0, 2))] + shape
            shapes.append(T(tuple(shape)))
        return [text, *shapes], {}


class T:
    """A tensor among the arguments of a call."""

    def __init__(self, shape: tuple[Any, ...], dtype: str = "float32") -> None:
        self.shape = shape
        self.dtype = dtype

    def __repr__(self) -> str:
        return f"T{self.shape}"


def mapped(value: Any, change: Any) -> Any:
    if isinstance(value, T):
        return change(value)
    if isinstance(value, list | tuple):
        return type(value)(mapped(one, change) for one in value)
    return {key: mapped(one, change) for key, one in value.items()} if isinstance(value, dict) else value


RAISES = "raises"


def real(function: str, args: Any, kwargs: Any) -> tuple[Any, str]:
    def tensor(given: T) -> Any:
        return keras.KerasTensor(given.shape, dtype=given.dtype)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _plain(getattr(keras.ops, function)(*mapped(args, tensor), **mapped(kwargs, tensor))), ""
    except Exception as error:
        return RAISES, f"{type(error).__name__}: {str(error)[:150]}"


def ours(function: str, args: Any, kwargs: Any) -> tuple[Any, str]:
    def tensor(given: T) -> Any:
        return Tensor(arguments(given.shape)[0], given.dtype)

    name = f"keras.ops.{function}"
    entry = REGISTRY.find(name)
    if entry is None or not issubclass(entry, Op):
        return "no entry", ""
    framework = REGISTRY.framework_of(name)
    assert framework is not None
    refused = refused_arguments(framework, name, len(args), kwargs)
    if refused:
        return RAISES, refused
    try:
        op = entry.build(mapped(args, tensor), mapped(kwargs, tensor))
        op.drawn = True
        return _plain(op.outcome()), ""
    except (Refused, ShapeMismatch) as error:
        return RAISES, error.message
    except NeedsValue as needs:
        return "not known", str(needs)
    except Exception as error:
        return "not known", f"strange: {type(error).__name__}: {error}"


def _plain(output: Any) -> Any:
    if isinstance(output, Tensor):
        output = output.shape
    if isinstance(output, Unknown):
        return "not known"
    if isinstance(output, Shape):
        if any(isinstance(size, Unknown) for size in output):
            return "not known"
        return [size if isinstance(size, int) else None for size in output]
    if hasattr(output, "shape"):
        return list(output.shape)
    if isinstance(output, list | tuple):
        found = [_plain(one) for one in output]
        return "not known" if "not known" in found else found
    return output


def functions() -> list[str]:
    return [name for name in sorted(dir(keras.ops)) if not name.startswith("_") and name not in LEFT_OUT
            and not inspect.ismodule(getattr(keras.ops, name))]


def verdict(truth: Any, answer: Any) -> str:
    """What is wrong; empty where nothing is."""
    if answer in ("not known", "no entry") or answer == truth:
        return ""
    return "ALLOWED-BUT-RAISES" if truth == RAISES else "FALSE-REFUSAL" if answer == RAISES else "DIFFERENT"


class Outcome(NamedTuple):
    """A call, what Keras and what the entry makes of it, and what is wrong."""

    number: int
    call: str
    truth: Any
    answer: Any
    wrong: str

    def __str__(self) -> str:
        return f"{self.number} {self.wrong} {self.call}\n     keras: {self.truth[0]} {self.truth[1]}\n     entry: {self.answer[0]} {self.answer[1]}"


def outcomes(count: int, seed: int, only: list[str] | None = None) -> Iterator[Outcome]:
    names = only or functions()
    for number in range(seed, seed + count):
        function = names[number % len(names)]
        args, kwargs = Calls(number).call(function)
        truth, answer = real(function, args, kwargs), ours(function, args, kwargs)
        yield Outcome(number, f"ops.{function}{tuple(args)} {kwargs}", truth, answer, verdict(truth[0], answer[0]))


def signature_text(function: Any) -> str:
    """The parameters of a function, as they are recorded."""
    words, starred = [], False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            words, starred = [*words, f"*{parameter.name}"], True
        elif parameter.kind is parameter.VAR_KEYWORD:
            words.append(f"**{parameter.name}")
        else:
            if parameter.kind is parameter.KEYWORD_ONLY and not starred:
                words, starred = [*words, "*"], True
            words.append(parameter.name + ("" if parameter.default is parameter.empty else "="))
    return ", ".join(words)


def main(count: int, seed: int, only: list[str]) -> None:
    counts: collections.Counter[str] = collections.Counter()
    shown: collections.Counter[str] = collections.Counter()
    unknown: collections.Counter[str] = collections.Counter()
    for outcome in outcomes(count, seed, only):
        truth, answer = outcome.truth[0], outcome.answer[0]
        counts[outcome.wrong or ("both raise" if truth == RAISES == answer else answer if isinstance(answer, str) else "same")] += 1
        function = outcome.call[4:].partition("(")[0]
        if answer in ("not known", "no entry") and truth != RAISES:
            unknown[f"{function}: {outcome.answer[1][:60]}"] += 1
        if outcome.wrong:
            shown[f"{function} {outcome.wrong}"] += 1
            if shown[f"{function} {outcome.wrong}"] <= 3:
                print(outcome)
    print(dict(counts))
    for what, times in shown.most_common(80):
        print("   ", times, what)
    for what, times in unknown.most_common(20):
        print("   unknown", times, what)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
