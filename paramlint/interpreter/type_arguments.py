"""How many arguments a type takes, and of what kind: what ``typing`` refuses as soon as the brackets are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.values import ClassValue, Foreign
from paramlint.syntax.type_words import COUNTS

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_COUNTS = {"list": 1, "dict": 2, "set": 1, "frozenset": 1, "type": 1, "defaultdict": 2, "deque": 1}
_ONE = frozenset({"Optional", "ClassVar", "Final", "Required", "NotRequired", "TypeGuard", "Unpack"})
_ALONE = frozenset({"Any", "Self", "Never", "NoReturn", "LiteralString", "TypeAlias", "AnyStr"})
_PLAIN = frozenset({"Optional", "Union", "ClassVar", "Final", "Annotated", "Literal", "Concatenate", "TypeGuard", "Required", "NotRequired"})


def refuse_class(it: Interpreter, cls: ClassValue, args: tuple[Any, ...]) -> None:
    """Raise the analysed code's TypeError for arguments that a class of ``typing`` or ``collections.abc`` does not take."""
    if cls.module == "typing" and cls.name in ("Generic", "Protocol"):
        repeated = len({id(part) for part in args}) < len(args)
        if not args or repeated or any(part is None or isinstance(part, ClassValue | int | list | str) for part in args):
            _throw(it, f"Parameters to {cls.name}[...] must all be type variables or parameter specification variables.")
    if cls.module not in ("collections.abc", "collections"):
        return
    if cls.name in ("Hashable", "Sized"):
        _throw(it, f"{cls} is not a generic class")
    if cls.name == "Callable" and len(args) != 2:
        _throw(it, "Callable must be used as Callable[[arg, ...], result].")
    count = COUNTS.get("AbstractSet" if cls.name == "Set" else cls.name)
    if (count is not None and len(args) != count) or (cls.name == "Callable" and isinstance(args[0], ClassValue | int | str | None)):
        raise it.not_followed(f"whether `{cls.name}` is that of `typing`, which refuses such arguments")


def refuse_typing(it: Interpreter, cls: ClassValue, args: tuple[Any, ...]) -> None:
    """The same for a class under the name that ``typing`` has for it."""
    count = _COUNTS.get(cls.name)
    if count is not None and len(args) != count:
        word = "few" if len(args) < count else "many"
        _throw(it, f"Too {word} arguments for {cls}; actual {len(args)}, expected {count}")
    for part in args:
        _refuse_plain(it, part)


def refuse_special(it: Interpreter, name: str, index: Any) -> None:
    """The same for ``Union``, ``Optional`` and their like."""
    args = index if isinstance(index, tuple) else (index,)
    if name in _ALONE:
        _throw(it, f"typing.{name} is not subscriptable")
    if name in _ONE and isinstance(index, tuple):
        _throw(it, f"typing.{name} accepts only a single type.")
    if name == "Annotated" and len(args) < 2:
        _throw(it, "Annotated[...] should be used with at least two arguments (a type and an annotation).")
    if name == "Union" and not args:
        _throw(it, "Cannot take a Union of no types.")
    if name in ("Union", "Optional"):
        for part in args:
            _refuse_plain(it, part)


def _refuse_plain(it: Interpreter, part: Any) -> None:
    plain = isinstance(part, Foreign) and getattr(part, "name", "") in _PLAIN and getattr(part, "args", None) == ()
    if plain or (isinstance(part, ClassValue) and part.module == "typing" and part.name in ("Generic", "Protocol")):
        _throw(it, f"Plain {part} is not valid as type argument")


def _throw(it: Interpreter, message: str) -> None:
    it.library_throw("TypeError", message)
