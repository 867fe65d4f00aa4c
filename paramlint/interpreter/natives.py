"""How natives are written: Python functions that take the interpreter and then exactly the parameters of what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import UNKNOWNS, NeedsValue, Unknown, Why
from paramlint.interpreter.held import loose
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.limits import ELEMENTS
from paramlint.interpreter.unanswered import may_fail
from paramlint.interpreter.values import ABSENT, Either, Foreign, GeneratorValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Function = Callable[..., Any]  # (interpreter, *args, **kwargs), with the parameters of the built-in
PLAIN = (int, float, complex, str, bytes, tuple, list, dict, set, frozenset, range)
_FAILURES = (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError)
_DATA = (int, float, complex, str, bytes, range, type(None))
_DEPTH = 4
REST = "<rest>"  # the attribute of a native: what a call does whose ``*`` or ``**`` has contents that are not known


class Table(dict[str, Any]):
    """Natives by name."""

    def raw(self, *names: str, binds: bool = False) -> Callable[[Function], Function]:
        """The function gets its arguments as they are."""
        return self._adding(names, binds, call_guarded)

    def pure(self, *names: str, binds: bool = False) -> Callable[[Function], Function]:
        """The function gets Python values: an Unknown argument is the answer, one of several is each of them in turn."""
        return self._adding(names, binds, call_each)

    def _adding(self, names: tuple[str, ...], binds: bool, caller: Callable[..., Any]) -> Callable[[Function], Function]:
        def add(function: Function) -> Function:
            for name in names:
                self[name] = Native(name, lambda it, args, kwargs: caller(it, function, args, kwargs), binds=binds)
            return function

        return add


def raw(name: str, function: Function, *, binds: bool = False) -> Native:
    return Native(name, lambda it, args, kwargs: call_guarded(it, function, args, kwargs), binds=binds)


def pure(name: str, function: Function, *, binds: bool = False) -> Native:
    return Native(name, lambda it, args, kwargs: call_each(it, function, args, kwargs), binds=binds)


def call_guarded(it: Interpreter, function: Function, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call; a Python error that comes of a value that is not known is no error of the analysed code."""
    try:
        return function(it, *args, **kwargs)
    except _FAILURES:
        hidden = abstract(it, [*args, *kwargs.values()])
        if hidden is None:
            raise
        return loose(hidden.reason, (hidden, *args, *kwargs.values()))


def call_each(it: Interpreter, function: Function, args: list[Any], kwargs: dict[str, Any]) -> Any:
    for position, value in enumerate(args):
        if value.__class__ in UNKNOWNS and isinstance(value, Unknown):
            may_fail(it, value, "ValueError*", "TypeError")
            return value.result if not value.data or only_data((*args, *kwargs.values())) else value.picked
        if value.__class__ is Either:
            return it.each(value, lambda item, at=position: call_each(it, function, [*args[:at], item, *args[at + 1:]], kwargs))  # type: ignore[misc]
    for key, value in kwargs.items():
        if value.__class__ in UNKNOWNS and isinstance(value, Unknown):
            return value.result if not value.data or only_data((*args, *kwargs.values())) else value.picked
        if value.__class__ is Either:
            return it.each(value, lambda item, at=key: call_each(it, function, args, {**kwargs, at: item}))  # type: ignore[misc]
    return call_guarded(it, function, [plain(value) for value in args], {key: plain(value) for key, value in kwargs.items()})


def plain(value: Any) -> Any:
    """The Python object behind an instance of a subclass of int, str …, or the value itself."""
    if value.__class__ is Instance and isinstance(value.payload, PLAIN):
        return value.payload
    return value


_SIMPLE = frozenset({str, int, float, bool, bytes, type(None)})


def abstract(it: Interpreter, value: Any, depth: int = 0) -> Unknown | None:
    """What makes a value less than known, as an Unknown; None for a value that is known throughout."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Either):
        return Unknown(value.reason)
    if isinstance(value, Formula | Quotient):
        return it.unknown(Why.ARGUMENT, f"depends on `{value}`")
    if isinstance(value, Foreign):
        return it.unknown(Why.UNSUPPORTED, f"a {value.type_name()} in a function of Python's own")
    if isinstance(value, list | dict | set):
        reason = it.state.open_reason(value)
        if reason is not None:
            return Unknown(reason)
    if depth < _DEPTH and isinstance(value, list | tuple | set | frozenset | dict):
        items = [*value, *value.values()] if isinstance(value, dict) else value
        it.charge(len(items) // ELEMENTS)
        for item in items:
            found = None if item.__class__ in _SIMPLE else abstract(it, item, depth + 1)
            if found is not None:
                return found
    return None


def known(it: Interpreter, *values: Any) -> None:
    """Raise NeedsValue unless every value is known throughout."""
    for value in values:
        found = None if value.__class__ in _SIMPLE else abstract(it, value)
        if found is not None:
            raise NeedsValue(found)


def lazy(steps: Any, name: str) -> GeneratorValue:
    made = GeneratorValue(iter(steps), name)
    made.kind, made.is_generator = _KINDS.get(name, name), name == "generator"
    return made


# What CPython calls iterators over its own containers.
_KINDS = {"dict_iterator": "dict_keyiterator", "dict_keys_iterator": "dict_keyiterator", "dict_values_iterator": "dict_valueiterator",
          "dict_items_iterator": "dict_itemiterator", "str_iterator": "str_ascii_iterator", "frozenset_iterator": "set_iterator",
          "deque_iterator": "_deque_iterator"}


def opened(it: Interpreter, container: Any, rest: Unknown) -> Any:
    """A new container with more elements than are known, for which ``rest`` stands."""
    it.made(container)
    it.state.mark_open(container, rest.reason, None, rest.held)
    return container


def copied_openness(it: Interpreter, source: Any, result: Any) -> Any:
    """A new container made of another: open where that is."""
    share_openness(it, source, it.made(result))
    return result


def share_openness(it: Interpreter, source: Any, container: Any) -> None:
    """A container that gets what another has is open where that is."""
    entry = it.state.open.get(id(source))
    if entry is not None and entry.container is source:
        it.state.mark_open(container, entry.reason, entry.fixed, entry.held)


def without_absent(it: Interpreter, value: Any, default: Any) -> Any:
    """A value read from a container, ``default`` where it may be absent."""
    if value.__class__ is Either and ABSENT in value.alternatives:
        present = [item for item in value.alternatives if item is not ABSENT]
        result = default
        for item in present:
            result = it.state.join(result, item, value.reason)
        return result
    return value


def only_data(values: Iterable[Any], depth: int = 0) -> bool:
    """Whether nothing in the values is an object of the analysed code: what is made of them is none either."""
    for value in values:
        if isinstance(value, list | tuple | set | dict) and depth < _DEPTH:
            if not only_data((*value, *value.values()) if isinstance(value, dict) else value, depth + 1):
                return False
        elif not (isinstance(value, _DATA) or (isinstance(value, Unknown) and value.data)):
            return False
    return True


def effect(name: str, *, data: bool = True, raises: str = "") -> Native:
    """A function that reads or changes the outside world; its result is not known: data, or else anything. It may raise what ``raises`` names."""
    message = f"`{name}()` depends on the outside world"

    def call(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if raises:
            may_raise(it, raises, f"`{name}()` succeeds")
        return it.outside(message) if data else it.unknown(Why.EFFECT, message)

    return Native(name, call)


def inert(name: str, result: Any = None, *, raises: str = "") -> Native:
    """A function whose effect has no consequence for what is counted, besides that it may raise what ``raises`` names."""

    def call(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if raises:
            may_raise(it, raises, f"`{name}()` succeeds")
        return result

    return Native(name, call)
