"""Random programs: what the interpreter says is known is what CPython computes."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import language
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import Writer

from paramlint.core.unknown import Unknown
from paramlint.interpreter.values import ABSENT, Either, Instance

PROFILE = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@PROFILE
@given(st.integers(0, 2**32), st.integers(1, 9), st.booleans())
def test_known_programs_give_what_cpython_gives(seed: int, statements: int, in_function: bool) -> None:
    text = Writer(Random(seed)).program(statements, in_function)
    it, values = language.revealed(text)
    wanted, error = language.computed(text)
    if error is not None:
        assert values is None, text
    else:
        assert values is not None, text
        for value, actual in zip(values, wanted, strict=True):
            assert agrees(it, value, actual, exact=True), f"{value!r} is not {actual!r} in\n{text}"


@PROFILE
@given(st.integers(0, 2**32), st.integers(1, 8), st.booleans())
def test_what_is_known_holds_whatever_the_unknown_is(seed: int, statements: int, in_function: bool) -> None:
    holds(Writer(Random(seed), mysteries=True).program(statements, in_function))


def holds(text: str) -> None:
    """What is known of a program is so, whatever its mysteries are."""
    it, values = language.revealed(text)
    for variant in range(6):
        wanted, error = language.computed(text, lambda n, variant=variant: (7 * n + 5 * variant) % 11 % 4)
        if error is not None:  # a way that raises is assumed not to be taken
            continue
        for value, actual in zip(values or (), wanted, strict=values is not None):
            assert agrees(it, value, actual), f"{value!r} cannot be {actual!r} (variant {variant}) in\n{text}"


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "fixtures" / "mysteries").glob("*.py")), ids=lambda path: path.stem)
def test_what_is_known_holds_in_small_programs(path: Path) -> None:
    for text in path.read_text(encoding="utf-8").split("\n\n\n"):
        holds(text)


def agrees(it: Any, value: Any, actual: Any, *, exact: bool = False, depth: int = 0) -> bool:
    """Whether a value of the interpreter leaves room for a value of CPython; with ``exact`` it must be that value."""
    if isinstance(value, Unknown):
        return not exact
    if isinstance(value, Either):
        return not exact and any(alternative is not ABSENT and agrees(it, alternative, actual) for alternative in value.alternatives)
    if depth > 6:
        return True
    if isinstance(value, tuple):
        return isinstance(actual, tuple) and len(value) == len(actual) and all(
            agrees(it, a, b, exact=exact, depth=depth + 1) for a, b in zip(value, actual, strict=True))
    if isinstance(value, list | dict | set) and it.state.open_reason(value) is not None:
        return not exact and type(actual) is type(value)
    if isinstance(value, list):
        return isinstance(actual, list) and len(actual) == len(value) and all(
            agrees(it, a, b, exact=exact, depth=depth + 1) for a, b in zip(value, actual, strict=True))
    if isinstance(value, dict):
        return isinstance(actual, dict) and value.keys() == actual.keys() and all(
            agrees(it, item, actual[key], exact=exact, depth=depth + 1) for key, item in value.items())
    if isinstance(value, Instance):
        return type(actual).__name__ == value.cls.name and agrees(it, value.attrs, vars(actual), exact=exact, depth=depth + 1)
    return type(value) is type(actual) and bool(value == actual)


@pytest.mark.parametrize("text", [
    "a = 1\nif mystery(0):\n    a = 2\nreveal(a)\n",
    "def f():\n    if mystery(0):\n        return 1\n    return 2\nreveal(f())\n",
    "xs = []\nfor i in range(3):\n    if mystery(i):\n        break\n    xs.append(i)\nreveal(xs)\n",
])
def test_branches_that_are_not_known_are_not_exact(text: str) -> None:
    it, values = language.revealed(text)
    assert values is not None
    assert isinstance(values[0], Unknown | Either) or it.state.open_reason(values[0]) is not None
