"""Random expressions of built-in values: what the interpreter says is known is what CPython gives, and it raises what CPython raises."""

from __future__ import annotations

import sys
import warnings
from random import Random
from typing import Any

import expressions
import language
import pytest

from paramlint.core.unknown import NeedsValue, Unknown
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import ClassValue, Either, Foreign, Instance

CONTAINERS = (list, tuple, set, frozenset, dict)


class NotKnown(Exception):
    pass


def shown(it: Any, value: Any) -> str:
    """As ``expressions.shown``, of a value of the interpreter's."""
    if isinstance(value, Unknown | Either) or (isinstance(value, list | dict | set) and it.state.open_reason(value) is not None):
        raise NotKnown
    if isinstance(value, Instance) and isinstance(value.payload, CONTAINERS):
        return shown(it, value.payload).replace(type(value.payload).__name__, value.cls.name, 1)
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__} {sorted(shown(it, item) for item in value)}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} {[shown(it, item) for item in value]}"
    if isinstance(value, dict):
        return f"{type(value).__name__} {[(shown(it, key), shown(it, item)) for key, item in value.items()]}"
    if value is None or isinstance(value, int | float | complex | str | bytes | range):
        return repr(value)
    cls = it.class_of(value)
    if isinstance(value, Foreign) or not isinstance(cls, ClassValue):
        raise NotKnown
    return "type" if isinstance(value, ClassValue) else cls.name


def interpreted(it: Any, function: Any) -> tuple[str, str]:
    try:
        return "gives", shown(it, it.call(function))
    except Raised as raised:
        return "raises", raised.value.cls.name
    except (NotKnown, NeedsValue, LimitReached):
        return "unknown", ""


@pytest.mark.parametrize("seed", range(4))
def test_random_expressions_give_what_cpython_gives(seed: int) -> None:
    random = Random(seed)
    texts = [expressions.expression(random) for _ in range(400)]
    text = expressions.HEADER + "".join(f"def f{at}():\n    return {code}\n\n" for at, code in enumerate(texts))
    namespace: dict[str, Any] = {}
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(text, "program.py", "exec", dont_inherit=True), namespace)
            it, module = language.interpreter(text)
            module.turns.start(it)
            known = 0
            for at, code in enumerate(texts):
                wanted = expressions.outcome(namespace[f"f{at}"])
                found = interpreted(it, module.lookup(it, f"f{at}"))
                known += found[0] != "unknown"
                assert found[0] == "unknown" or found == wanted, f"{code}: {found} is not {wanted}"
    finally:
        sys.setrecursionlimit(usual)
    assert known > len(texts) // 2
