"""How numbers, sizes and lists are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramlint.config import values


@pytest.mark.parametrize(("written", "number"), [
    (10_000_000, 10_000_000), ("10M", 10_000_000), ("10_000_000", 10_000_000), ("1.5B", 1_500_000_000), ("2k", 2_000), (" 3 K ", 3_000),
    ("0.25g", 250_000_000), ("1T", 10**12), (1e6, 1_000_000), (0, 0), (".5M", 500_000),
])
def test_counts(written: object, number: int) -> None:
    assert values.COUNT.parse(written, "") == number


@pytest.mark.parametrize("written", [
    True, None, -1, "-1", 1.5, "1.5", "1.0001K", "10 MB", "ten", "", "M", "1e6", "1__0", "1,000", float("inf"), float("nan"), [1], {},
    "9" * 10**6, "٣",
])
def test_what_is_no_count(written: object) -> None:
    with pytest.raises(ValueError, match="expected a whole number"):
        values.COUNT.parse(written, "")


@pytest.mark.parametrize(("written", "number"), [("500MB", 500_000_000), ("2GiB", 2 * 2**30), ("1.5 kb", 1_500), (4096, 4096), ("7", 7)])
def test_bytes(written: object, number: int) -> None:
    assert values.BYTES.parse(written, "") == number


@given(st.integers(0, 10**15), st.sampled_from(["", "K", "M", "B"]))
def test_a_count_is_what_its_digits_say(number: int, unit: str) -> None:
    assert values.COUNT.parse(f"{number:_}{unit}", "") == number * {"": 1, "K": 10**3, "M": 10**6, "B": 10**9}[unit]


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.booleans(), st.none(), st.lists(st.integers(), max_size=2)))
def test_any_value_is_a_number_or_an_error(value: object) -> None:
    for kind in (values.COUNT, values.BYTES):
        try:
            number = kind.parse(value, "")
        except ValueError as error:
            assert "expected" in str(error)
        else:
            assert isinstance(number, int) and number >= 0


def test_budgets_by_type_may_be_lifted() -> None:
    assert values.BUDGETS.parse({"torch.nn.Linear": "1M", "torch.nn.Embedding": "none"}, "") == {
        "torch.nn.Linear": 1_000_000, "torch.nn.Embedding": None}


def test_paths_are_relative_to_the_file() -> None:
    assert values.PATHS.parse(["src", "../lib", "/abs"], "/project/a") == ("/project/a/src", "/project/lib", "/abs")
