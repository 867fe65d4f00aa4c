"""``copy``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter import operators, watched
from paramlint.interpreter.addresses import Address
from paramlint.interpreter.natives import Table, copied_openness
from paramlint.interpreter.operands import VIEWS
from paramlint.interpreter.stdlib import reduction
from paramlint.interpreter.values import ABSENT, BoundMethod, ClassValue, Either, Foreign, GeneratorValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
COPIED = "copied"  # the fact of a library's class that says why a copy of an object is not known; None where it holds copies of what that holds


def names(it: Interpreter) -> dict[str, Any]:
    error = ClassValue("Error", (it.classes["Exception"],), {}, module="copy")
    return {**FUNCTIONS, "Error": error, "error": error}


@FUNCTIONS.raw("copy")
def copy(it: Interpreter, x: Any) -> Any:
    if isinstance(x, list | dict | set):
        return copied_openness(it, x, x.copy())
    if isinstance(x, Either):
        return it.each(x, lambda item: copy(it, item))
    if isinstance(x, Instance):
        if x.cls.fact(COPIED) is not None:  # one that is made anew, and shares nothing
            return deepcopy(it, x)
        custom = x.cls.find("__copy__")
        if custom is not ABSENT:
            return it.call(it.get(x, "__copy__"))
        if x.cls.fact("members") is not None:
            return x
        if reduction.is_customised(it, x):
            return reduction.reconstructed(it, x, reduction.reduced(it, x), lambda made: None, lambda item: item)
        payload = x.payload
        if isinstance(payload, list | dict | set):
            payload = copied_openness(it, payload, payload.copy())
        elif hasattr(payload, "shallow_copy"):
            payload = payload.shallow_copy(it)
        return it.instance(x.cls, copied_openness(it, x.attrs, x.attrs.copy()), payload)
    if isinstance(x, GeneratorValue | VIEWS):
        return _of_iterator(it, x)
    if isinstance(x, Foreign) and hasattr(x, "shallow_copy"):
        return x.shallow_copy(it)
    return x


def _of_iterator(it: Interpreter, x: Any) -> Any:
    """Generators and views are not copied; what other iterators become is not followed."""
    if isinstance(x, GeneratorValue) and not x.is_generator:
        raise it.not_followed("a copy of an iterator")
    return it.throw("TypeError", f"cannot pickle '{operators.type_name(x)}' object")


@FUNCTIONS.raw("deepcopy")
def deepcopy(it: Interpreter, x: Any, memo: Any = None) -> Any:
    """A deep copy; ``memo`` is the dict of the analysed code, from the address of an original to its copy, so that sharing is kept."""
    memo = it.made({}) if not isinstance(memo, dict) else memo
    return _deep(it, x, memo)


def _deep(it: Interpreter, x: Any, memo: dict[Any, Any]) -> Any:
    found = memo.get(Address(x), ABSENT)
    if found is not ABSENT:
        return found
    it.step()
    if isinstance(x, list | dict | set):
        return _deep_container(it, x, memo)
    if type(x) in (tuple, frozenset):
        items = [_deep(it, item, memo) for item in x]
        return x if all(new is old for new, old in zip(items, x, strict=True)) else type(x)(items)
    if isinstance(x, Either):
        return Either(tuple(_deep(it, item, memo) for item in x.alternatives), x.reason)
    if isinstance(x, Instance):
        return _deep_instance(it, x, memo)
    if isinstance(x, BoundMethod):
        return BoundMethod(x.func, _deep(it, x.self, memo))
    if isinstance(x, GeneratorValue | VIEWS):
        return _of_iterator(it, x)
    if hasattr(x, "deep_copy") and not isinstance(x, ClassValue):
        made = x.deep_copy(it, memo)
        _remember(it, memo, x, made)
        return made
    return x


def _deep_container(it: Interpreter, x: Any, memo: dict[Any, Any]) -> Any:
    made = watched.empty(it, x, memo)
    copied_openness(it, x, made)
    _remember(it, memo, x, made)
    if isinstance(x, list):
        made.extend(_deep(it, item, memo) for item in list(x))
    elif isinstance(x, dict):
        made.update((_deep(it, key, memo), _deep(it, item, memo)) for key, item in list(x.items()))
    else:
        made.update(_deep(it, item, memo) for item in list(x))
    return made


def _remember(it: Interpreter, memo: dict[Any, Any], original: Any, made: Any) -> None:
    it.write(memo)
    memo[Address(original)] = made


def _deep_instance(it: Interpreter, x: Instance, memo: dict[Any, Any]) -> Any:
    otherwise = x.cls.fact(COPIED)
    unknown = otherwise(it, x) if otherwise is not None else None
    if unknown is not None:
        return unknown
    custom = reduction.hook(it, x, "__deepcopy__")
    if custom is not None:
        made = it.call(custom, [memo])
        if made is not x:
            _remember(it, memo, x, made)
        return made
    if x.cls.fact("members") is not None:
        return x
    if reduction.is_customised(it, x):
        return reduction.reconstructed(it, x, reduction.reduced(it, x), lambda made: _remember(it, memo, x, made), lambda item: _deep(it, item, memo))
    made = it.instance(x.cls)
    made.site = x.site
    copied_openness(it, x.attrs, made.attrs)
    _remember(it, memo, x, made)
    if x.payload is not None:
        made.payload = x.payload.deep_copy(it, memo) if hasattr(x.payload, "deep_copy") else _deep(it, x.payload, memo)
    for name, value in list(x.attrs.items()):
        made.attrs[name] = _deep(it, value, memo)
    return made


@FUNCTIONS.raw("replace")
def replace(it: Interpreter, obj: Any, /, **changes: Any) -> Any:
    return it.call(it.get(obj, "__replace__"), [], changes)
