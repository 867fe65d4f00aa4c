"""``functools.lru_cache`` and ``cache``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue
from paramlint.interpreter import containers, hashing
from paramlint.interpreter.natives import raw
from paramlint.interpreter.stdlib import named_tuples
from paramlint.interpreter.values import ABSENT, Either, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_FIELDS = ("hits", "misses", "maxsize", "currsize")
_MARK: Any = object()


class Cache:
    """Results by arguments, the one that was used last at the end. In a branch nothing is kept: whether it happens is not known."""

    def __init__(self, it: Interpreter, func: Any, maxsize: int | None, *, typed: bool) -> None:
        self.func = func
        self.maxsize = maxsize
        self.typed = typed
        self.kept: dict[Any, Any] = it.made({})
        self.hits = self.misses = 0
        self.doubtful = False  # whether calls have been made that may have been kept

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        try:
            key = self._key(it, args, kwargs)
        except NeedsValue:
            key = ABSENT
        if it.state.branching or key is ABSENT:
            self.doubtful = True
            return it.call(self.func, args, kwargs)
        self.doubtful = self.doubtful or bool(it.state.logs)
        it.write(self.kept)
        known = self.kept.get(key)
        if isinstance(known, Either) and ABSENT in known.alternatives:  # it may have been called before
            self.doubtful = True
            return it.fork([lambda: it.call(self.func, args, kwargs), lambda: containers.present(known)], known.reason)
        if key in self.kept:
            self.hits += 1
            found = self.kept[key] = self.kept.pop(key)
        else:
            self.misses += 1
            found = it.call(self.func, args, kwargs)
            if self.maxsize != 0:
                self.kept[key] = found
            if self.maxsize is not None and len(self.kept) > self.maxsize:
                del self.kept[next(iter(self.kept))]
        return found

    def _key(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """As CPython's: a lone number or text is its own key, keyword arguments count in their order."""
        if len(args) == 1 and not kwargs and not self.typed and type(args[0]) in (int, str):
            return args[0]
        parts = [*args, *((_MARK, *(part for pair in kwargs.items() for part in pair)) if kwargs else ())]
        kinds = tuple(id(it.class_of(value)) for value in (*args, *kwargs.values())) if self.typed else ()
        return (*(hashing.key_of(it, part) for part in parts), *kinds)

    def clear(self, it: Interpreter) -> None:
        it.write(self.kept)
        self.kept.clear()
        self.hits = self.misses = 0
        self.doubtful = False

    def info(self, it: Interpreter) -> Any:
        if self.doubtful:
            raise it.not_followed("how often a cached function has been called")
        cls = named_tuples.build(it, "CacheInfo", _FIELDS, {}, "functools")
        return it.instance(cls, payload=(self.hits, self.misses, self.maxsize, len(self.kept)))


def remembering(it: Interpreter, func: Any, maxsize: int | None, *, typed: bool) -> Any:
    kept = Cache(it, func, maxsize, typed=typed)
    wrapper = Native(getattr(func, "name", "cached"), kept.call, binds=True)
    for name in ("__name__", "__qualname__", "__doc__", "__module__"):
        value = it.get_or(func, name, ABSENT)
        if value is not ABSENT:
            wrapper.attrs[name] = value
    wrapper.attrs.update({
        "__wrapped__": func,
        "cache_clear": raw("cache_clear", lambda it, /: kept.clear(it)),
        "cache_info": raw("cache_info", lambda it, /: kept.info(it)),
        "cache_parameters": raw("cache_parameters", lambda it, /: it.made({"maxsize": maxsize, "typed": typed})),
    })
    return wrapper
