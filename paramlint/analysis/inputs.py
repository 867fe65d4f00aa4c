"""What a person says a model is called with: ``1,3,224,224``, ``int64[1,128]``, ``mask=bool[1,128]``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

import msgspec

from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.text import shortened

_FORM = re.compile(r"(?:(?P<name>[^\W\d]\w*)\s*=\s*)?(?:(?P<dtype>[^\W\d]\w*)\s*)?(?P<open>[\[(]?)(?P<sizes>[^\[\]()]*)(?P<close>[\])]?)")
_SHORT = {"float": "float32", "double": "float64", "half": "float16", "int": "int32", "long": "int64", "short": "int16"}
_LARGEST = 2**40  # elements along an axis; frameworks hold them in 64 bits, and products of a few must fit too
_EXPECTED = "expected sizes such as 1,3,224,224, with a dtype int64[1,128], with a name mask=bool[1,128]"


class BadInputError(ValueError):
    """A text that is no input; the message says what was expected."""


class Input(msgspec.Struct, frozen=True):
    """One tensor of a call: its argument's name (empty for the next position), its shape and its dtype."""

    name: str
    tensor: Tensor

    @property
    def text(self) -> str:
        shape = self.tensor.shape
        assert isinstance(shape, Shape)
        plain = shape.text if self.tensor.dtype == "float32" else f"{self.tensor.dtype}[{', '.join(map(str, shape))}]"
        return f"{self.name}={plain}" if self.name else plain


def parse(texts: Iterable[str]) -> tuple[Input, ...]:
    """The inputs of one call, in order; a size that is a name (``N,3,224,224``) stays open. Raises BadInputError."""
    return _in_order([_parsed(text) for text in texts])


def _in_order(found: list[Input]) -> tuple[Input, ...]:
    late = next((after for before, after in itertools.pairwise(found) if before.name and not after.name), None)
    if late is not None:
        raise BadInputError(f"{shortened(late.text)}: an input without a name cannot follow one that has a name")
    return tuple(found)


def listed(text: str) -> tuple[Input, ...]:
    """The inputs in one text, as a comment has them: ``(1, 3, 32, 32)``, ``int64[1, 128], mask=bool[1, 128]``. Raises BadInputError."""
    parts = _parts(_unwrapped(text.strip()))
    enclosed = [part for part in parts if any(bracket in part for bracket in "([")]
    if not enclosed:  # ``1, 3, 32, 32``
        return parse([text])
    bare = next((part for part in parts if part not in enclosed), None)
    if bare is not None:
        raise BadInputError(f"{shortened(text)!r}: {shortened(bare)!r} stands outside of the brackets; {_EXPECTED}")
    return parse(parts)


def entry(texts: Iterable[str]) -> tuple[Input, ...]:
    """The inputs of a configuration: one text each, or several in one text. Raises BadInputError."""
    return _in_order([one for text in texts for one in listed(text)])


def _unwrapped(text: str) -> str:
    """``(1, 3), (1, 4)`` of ``[(1, 3), (1, 4)]``."""
    inner = text[1:-1]
    if text[:1] in ("[", "(") and text[-1:] in ("]", ")") and any(bracket in inner for bracket in "([") and _parts(text) == [text]:
        return inner.strip().removesuffix(",")
    return text


def _parts(text: str) -> list[str]:
    """The text cut at the commas that stand in no brackets."""
    depth, start, found = 0, 0, []
    for at, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            found.append(text[start:at].strip())
            start = at + 1
    found.append(text[start:].strip())
    return found


def _parsed(text: str) -> Input:
    match = _FORM.fullmatch(text.strip())
    if match is None or {"[": "]", "(": ")", "": ""}[match["open"]] != match["close"]:
        raise BadInputError(f"{shortened(text)!r} is no input: {_EXPECTED}")
    dtype, sizes = match["dtype"], match["sizes"]
    if dtype is not None and not match["open"]:  # ``N,3,224,224``: the word is the first size
        dtype, sizes = None, f"{dtype}{sizes}"
    return Input(match["name"] or "", Tensor(_shape(text, sizes, bool(match["open"])), _dtype(text, dtype)))


def _dtype(text: str, given: str | None) -> str:
    dtype = _SHORT.get(given, given) if given is not None else "float32"
    if dtype not in DTYPE_BYTES:
        raise BadInputError(f"{shortened(text)!r}: there is no dtype {shortened(str(given))!r}; expected one of {', '.join(DTYPE_BYTES)}")
    return dtype


def _shape(text: str, sizes: str, enclosed: bool) -> Shape:
    parts = [part.strip() for part in sizes.replace("×", ",").split(",")]
    if parts[-1] == "" and (len(parts) > 1 or enclosed):  # ``(5,)``, ``float32[]``
        parts.pop()
    return Shape(_size(text, part) for part in parts)


def _size(text: str, part: str) -> int | Formula:
    if re.fullmatch(r"[0-9_]+", part) and part.strip("_"):
        size = int(part.replace("_", "")) if len(part) < 30 else _LARGEST + 1
        if size > _LARGEST:
            raise BadInputError(f"{shortened(text)!r}: the size {shortened(part)} is too large; expected at most {_LARGEST:,}")
        return size
    if re.fullmatch(r"-\s*[0-9]+", part):
        raise BadInputError(f"{shortened(text)!r}: a size cannot be negative, got {shortened(part)}; expected whole numbers from 0")
    if part.isidentifier():
        return Formula.free(part)
    raise BadInputError(f"{shortened(text)!r}: {shortened(part)!r} is no size; {_EXPECTED}")
