"""How option values are written: in TOML, as a flag's text, in a flake8 file. Each kind parses all of these to the same value.

A parser gets the value and the folder that relative paths in it are relative to; it raises ValueError, which says what is expected.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sized
from math import isfinite
from typing import Any

import msgspec

from paramlint.core.tensor import DTYPE_BYTES

_COUNT_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "g": 10**9, "t": 10**12}
_BYTE_UNITS = {
    "": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
    "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40,
}
_NUMBER = re.compile(r"(?P<digits>\d+(?:_\d+)*(?:\.\d+)?|\.\d+)\s*(?P<unit>[A-Za-z]*)\Z", re.ASCII)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z", re.ASCII)  # which codes and names there are is checked by whoever knows rules
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")
_DOTTED_GLOB = re.compile(r"[\w*?]+(\.[\w*?]+)*\Z")
_LONGEST_NUMBER = 40
_LARGEST_NUMBER = 10**40
MOST_ENTRIES = 2_000  # of a list or table: rules, models and overrides are looked through for each file


class Patterns(msgspec.Struct, frozen=True):
    """Patterns as in ``.gitignore``, and the folder that they are relative to."""

    base: str = ""
    globs: tuple[str, ...] = ()


class Kind(msgspec.Struct, frozen=True):
    """A way of writing values. ``many`` is "list" or "table" where a flag may be given several times."""

    parse: Callable[[Any, str], Any]
    metavar: str
    expected: str
    many: str = ""


def shown(value: object) -> str:
    """A value in a message: short, and as TOML has it."""
    try:
        text = str(value).lower() if isinstance(value, bool) else repr(value)
    except (ValueError, RecursionError):  # an integer of more digits than Python writes, maybe in a list
        return "a value that is too large"
    return text if len(text) <= 60 else text[:57] + "…"


def _scaled(value: Any, units: Mapping[str, int], expected: str) -> int:
    from fractions import Fraction  # here, because it costs as much as everything else that is needed to register options

    wrong = ValueError(f"expected {expected}, got {shown(value)}")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong
    if isinstance(value, str):
        text = value.strip()
        match = _NUMBER.match(text) if len(text) <= _LONGEST_NUMBER else None
        scale = units.get(match["unit"].lower()) if match else None
        if match is None or scale is None:
            raise wrong
        number = Fraction(match["digits"].replace("_", "")) * scale
    elif isinstance(value, float) and not value.is_integer():  # also infinite and NaN
        raise wrong
    else:
        number = Fraction(value)
    if number.denominator != 1 or not 0 <= number < _LARGEST_NUMBER:
        raise wrong
    return int(number)


def _listed(value: Any, expected: str) -> list[str]:
    """A list of strings; one string may hold several, parted by commas."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError(f"expected {expected}, got {shown(value)}")
    return [item.strip() for item in items if item.strip()]


def limited(value: Sized) -> None:
    """Raises ValueError for more entries than anybody writes."""
    if len(value) > MOST_ENTRIES:
        raise ValueError(f"{len(value):,} entries, and the limit is {MOST_ENTRIES:,}")


def _table(value: Any, expected: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"expected {expected}, got {shown(value)}")
    limited(value)
    return value


def _keyed(key: str, parse: Callable[[Any, str], Any], value: Any, base: str) -> Any:
    try:
        return parse(value, base)
    except ValueError as error:
        raise ValueError(f'"{key}": {error}') from None


def _count(value: Any, base: str) -> int:
    return _scaled(value, _COUNT_UNITS, COUNT.expected)


def _bytes(value: Any, base: str) -> int:
    return _scaled(value, _BYTE_UNITS, BYTES.expected)


def _codes(value: Any, base: str) -> tuple[str, ...]:
    codes = tuple(_listed(value, CODES.expected))
    limited(codes)
    for code in codes:
        if not _CODE.match(code):
            raise ValueError(f"expected {CODES.expected}, got {shown(code)}")
    return codes


def _globs(value: Any, base: str) -> Patterns:
    return Patterns(base, tuple(_listed(value, GLOBS.expected)))


def _path(value: Any, base: str) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError(f"expected {PATH.expected}, got {shown(value)}")
    return os.path.normpath(os.path.join(base, os.path.expanduser(value.strip())))


def _paths(value: Any, base: str) -> tuple[str, ...]:
    items = _listed(value, PATHS.expected)
    limited(items)
    return tuple(_path(item, base) for item in items)


def _budgets(value: Any, base: str) -> dict[str, int | None]:
    budgets: dict[str, int | None] = {}
    for name, budget in _table(value, BUDGETS.expected).items():
        if not _DOTTED_GLOB.match(name):
            raise ValueError(f"expected a layer's qualified name or a pattern of it, got {shown(name)}")
        budgets[name] = None if budget == "none" else _keyed(name, _count, budget, base)
    return budgets


def _bases(value: Any, base: str) -> dict[str, str]:
    for name, target in _table(value, BASES.expected).items():
        if not isinstance(target, str) or not _DOTTED.match(target) or not _DOTTED.match(name):
            raise ValueError(f"expected {BASES.expected}, got {name} = {shown(target)}")
    return dict(value)


def _codes_by_glob(value: Any, base: str) -> tuple[tuple[Patterns, tuple[str, ...]], ...]:
    table = _table(value, CODES_BY_GLOB.expected)
    return tuple((Patterns(base, (glob,)), _keyed(glob, _codes, codes, base)) for glob, codes in table.items())


def _text(value: Any, base: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"expected {TEXT.expected}, got {shown(value)}")
    return value


def _texts(value: Any, base: str) -> tuple[str, ...]:
    if isinstance(value, str):  # one input shape holds commas of its own
        return (value,)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"expected {TEXTS.expected}, got {shown(value)}")
    limited(value)
    return tuple(value)


def _target(value: Any, base: str) -> str:
    """``PATH`` or ``PATH::EXPRESSION``; the path as seen from anywhere."""
    path, separator, expression = _text(value, base).strip().partition("::")
    if separator and not expression.strip():
        raise ValueError(f"expected {TARGET.expected}, got {shown(value)}")
    return _path(path, base) + separator + expression.strip()


def _arguments(value: Any, base: str) -> str:
    """The inside of a call: as written, or from a list or a table."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return ", ".join(_literal(item) for item in value)
    table = _table(value, ARGUMENTS.expected)
    wrong = next((name for name in table if not name.isidentifier()), None)
    if wrong is not None:
        raise ValueError(f"{shown(wrong)} is no name of an argument")
    return ", ".join(f"{name}={_literal(item)}" for name, item in table.items())


def _literal(value: Any) -> str:
    """A value of TOML as Python writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str) or (isinstance(value, int) and abs(value) < _LARGEST_NUMBER) or (isinstance(value, float) and isfinite(value)):
        return repr(value)
    raise ValueError(f"an argument is a number, a text, a flag, a list or a table, not {shown(value)}")


def _dtype(value: Any, base: str) -> str:
    if not isinstance(value, str) or value not in DTYPE_BYTES:
        raise ValueError(f"expected {DTYPE.expected}, got {shown(value)}")
    return value


COUNT = Kind(_count, "NUMBER", 'a whole number such as 10_000_000, "10M" or "1.5B"')
BYTES = Kind(_bytes, "BYTES", 'a number of bytes such as 500_000_000, "500MB" or "2GiB"')
CODES = Kind(_codes, "CODES", 'a list of rule codes or their beginnings such as ["PRM101", "PRM2"], or ["ALL"]', "list")
GLOBS = Kind(_globs, "PATTERNS", "a list of patterns as in .gitignore", "list")
PATH = Kind(_path, "PATH", "a path")
PATHS = Kind(_paths, "PATHS", "a list of paths", "list")
BUDGETS = Kind(_budgets, "NAME=NUMBER", 'a table such as {"torch.nn.Linear" = "1M", "keras.layers.*" = "5M"}', "table")
BASES = Kind(_bases, "NAME=BASE", 'a table of class names such as {"lightning.LightningModule" = "torch.nn.Module"}', "table")
CODES_BY_GLOB = Kind(_codes_by_glob, "PATTERN=CODES", 'a table such as {"tests/*" = ["PRM1"]}', "table")
TEXT = Kind(_text, "TEXT", "a text")
TEXTS = Kind(_texts, "TEXTS", "a text or a list of texts", "list")
TARGET = Kind(_target, "TARGET", '"PATH" or "PATH::EXPRESSION"')
ARGUMENTS = Kind(_arguments, "ARGUMENTS", 'arguments as a table {depth = 18}, a list [18], or a text "depth=18"')
DTYPE = Kind(_dtype, "DTYPE", f"one of {', '.join(DTYPE_BYTES)}")
