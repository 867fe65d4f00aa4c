"""Methods of str and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter import texts
from paramlint.interpreter.limits import CHARACTERS
from paramlint.interpreter.natives import known, plain
from paramlint.interpreter.values import Either

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def _native(name: str) -> Any:
    def method(it: Interpreter, value: Any, /, *args: Any, **kwargs: Any) -> Any:
        known(it, args, list(kwargs.values()))
        it.charge(len(value) // CHARACTERS)
        return getattr(value, name)(*(_inner(arg) for arg in args), **kwargs)

    return method


def _inner(value: Any) -> Any:
    return tuple(map(plain, value)) if isinstance(value, tuple) else value


_SHARED = ("capitalize", "count", "endswith", "find", "index", "isalnum", "isalpha", "isascii", "isdigit", "islower", "isspace", "istitle",
           "isupper", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "rfind", "rindex", "rpartition", "rsplit", "rstrip",
           "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper")
OF_TEXTS = frozenset(_SHARED)  # those that take texts and numbers, and make nothing larger than what they are given
STR: dict[str, Any] = {name: _native(name) for name in (*_SHARED, "casefold", "encode", "isdecimal", "isidentifier", "isnumeric",
                                                        "isprintable")}
BYTES: dict[str, Any] = {name: _native(name) for name in (*_SHARED, "decode", "hex")}


def _padded(name: str) -> Any:
    def method(it: Interpreter, value: Any, width: Any, /, *fill: Any) -> Any:
        known(it, width)
        if isinstance(width, int) and width > it.limits.text:
            it.limit(f"a string of {width:,} characters")
        return getattr(value, name)(width, *fill)

    return method


for _name in ("ljust", "rjust", "center", "zfill"):
    STR[_name] = BYTES[_name] = _padded(_name)


def _replace(it: Interpreter, value: Any, old: Any, new: Any, count: Any = -1, /) -> Any:
    known(it, old, new, count)
    found = value.count(old)
    size = len(value) + found * len(new)
    if size > it.limits.text:
        it.limit(f"a string of {size:,} characters")
    return value.replace(old, new, count)


def _expand_tabs(it: Interpreter, value: Any, /, tabsize: Any = 8) -> Any:
    known(it, tabsize)
    tabs = value.count("\t" if isinstance(value, str) else b"\t")
    if tabs * tabsize > it.limits.text:
        it.limit(f"a string of {tabs * tabsize:,} characters")
    return value.expandtabs(tabsize)


def _join(it: Interpreter, value: Any, iterable: Any, /) -> Any:
    items = [plain(item) for item in it.elements(iterable)]
    for item in items:
        if isinstance(item, Unknown | Either):
            raise NeedsValue(Unknown(item.reason))
    size = sum(len(item) for item in items if isinstance(item, str | bytes)) + len(value) * len(items)
    if size > it.limits.text:
        it.limit(f"a string of {size:,} characters")
    return value.join(items)


def _format(it: Interpreter, value: str, /, *args: Any, **kwargs: Any) -> Any:
    return texts.str_format(it, value, list(args), kwargs)


def _format_map(it: Interpreter, value: str, mapping: Any, /) -> Any:
    if isinstance(mapping, Unknown | Either):
        raise NeedsValue(Unknown(mapping.reason))
    return texts.str_format(it, value, [], mapping)


def _translate(it: Interpreter, value: str, table: Any, /) -> Any:
    known(it, table)
    longest = max((len(text) for text in table.values() if isinstance(text, str)), default=1)
    if len(value) * longest > it.limits.text:
        it.limit(f"a string of {len(value) * longest:,} characters")
    return value.translate(table)


for _table in (STR, BYTES):
    _table.update({"replace": _replace, "expandtabs": _expand_tabs, "join": _join})
STR.update({"translate": _translate})
AS_THEY_ARE = {"format": _format, "format_map": _format_map, "join": STR.pop("join")}  # methods of texts that get the objects themselves
