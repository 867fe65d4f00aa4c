"""Methods of numbers."""

from __future__ import annotations

from typing import Any


def _native(name: str) -> Any:
    return lambda it, value, /, *args, **kwargs: getattr(value, name)(*args, **kwargs)


INT = {name: _native(name) for name in ("bit_length", "bit_count", "to_bytes", "conjugate", "as_integer_ratio")}
INT["is_integer"] = lambda it, value, /: True
FLOAT = {name: _native(name) for name in ("is_integer", "hex", "as_integer_ratio", "conjugate")}


def _checked_to_bytes(it: Any, value: int, /, length: Any = 1, byteorder: Any = "big", *, signed: Any = False) -> Any:
    if isinstance(length, int) and length > it.limits.text:
        it.limit(f"{length:,} bytes")
    return value.to_bytes(length, byteorder, signed=signed)


INT["to_bytes"] = _checked_to_bytes
