"""What a call of a layer's class is known by, and which of its numbers must be Python's own."""

from __future__ import annotations

from typing import Any

from paramlint.core.unknown import MayRefuse, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.fixed_width import int64
from paramlint.schema.conditions import WrongKind
from paramlint.schema.layer import Layer

_PLAIN = (int, str, float, bool, type(None))


def key(entry: type[Layer], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What a layer's call is known by, where its arguments are plain: True and 1 differ, as they are stored."""
    parts: list[Any] = [entry]
    for name, value in (*enumerate(args), *kwargs.items()):
        if isinstance(value, tuple) and all(isinstance(item, _PLAIN) for item in value):
            parts.append((name, value, tuple(map(type, value))))
        elif isinstance(value, _PLAIN):
            parts.append((name, value, type(value)))
        else:
            return None
    return tuple(parts)


def require_plain(entry: type[Layer], qualified: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Refuse numbers of arrays where the framework asks for an ``int`` of Python."""
    framework = REGISTRY.framework_of(qualified)
    if framework is None:
        return
    names = framework.plain_integers.get(qualified.rpartition(".")[2], ())
    given = {**dict(zip((field.name for field in entry.signature().fields), args, strict=False)), **kwargs}
    usual = "ValueError" if framework.builds_on_call else ""
    for text in names:
        name, _, error = text.partition(":")
        if given.get(name).__class__ is int64:
            raise WrongKind(f"`{name}` must be an int, got a numpy.int64", field=name, error=error or usual)
    for name in framework.plain_integers.get("*", ()):
        if given.get(name).__class__ is int64:
            raise MayRefuse(Unknown.because(Why.UNSUPPORTED, f"a numpy.int64 as `{name}`"))
