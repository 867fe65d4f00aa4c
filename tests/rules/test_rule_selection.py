"""Which rules run."""

from __future__ import annotations

import pytest

from paramlint.rules.registry import ALL, find
from paramlint.rules.selection import Selection, known_prefix, nearest


def enabled(**fields) -> set[str]:
    return {rule.code for rule in ALL if Selection(**fields).enabled(rule)}


ALWAYS = {"PRM000", "PRM001"}


def test_default_is_all_but_the_rules_that_are_off():
    assert enabled() == {rule.code for rule in ALL if rule.default}


@pytest.mark.parametrize(("fields", "more"), [
    ({"select": ("PRM101",)}, {"PRM101"}),
    ({"select": ("layer-over-budget",)}, {"PRM101"}),
    ({"select": ("prm203",)}, {"PRM203"}),
    ({"select": ()}, set()),
    ({"select": ("PRM101",), "extend_select": ("PRM901",)}, {"PRM101", "PRM901"}),
    ({"select": ("PRM101", "PRM203"), "ignore": ("PRM1",)}, {"PRM101", "PRM203"}),
    ({"select": ("PRM1", "PRM203"), "ignore": ("PRM101", "PRM102", "PRM103", "PRM104", "PRM105", "PRM106", "PRM107")}, {"PRM203"}),
    ({"select": ("PRM101", "PRM203"), "ignore": ("PRM101",)}, {"PRM203"}),
    ({"select": ("PRM101", "PRM203"), "file_ignore": ("PRM1",)}, {"PRM203"}),
    ({"select": ("PRM203",), "ignore": ("ALL",)}, {"PRM203"}),
])
def test_selection(fields, more):
    on = enabled(**fields)
    always = set() if fields.get("ignore") == ("ALL",) else ALWAYS
    assert on == more | always


def test_all_means_the_rules_that_are_off_too():
    assert enabled(select=("ALL",)) == enabled(select=("PRM",)) == {rule.code for rule in ALL}


def test_only_an_explicit_ignore_hides_that_a_file_was_not_read():
    assert enabled(select=("PRM101",)) >= ALWAYS
    assert not enabled(ignore=("PRM0",)) & ALWAYS
    assert "PRM001" not in enabled(file_ignore=("PRM001",))


def test_known_selectors_and_the_nearest_right_one():
    assert all(known_prefix(word) for word in ("ALL", "PRM", "PRM1", "prm101", "layer-over-budget"))
    assert not any(known_prefix(word) for word in ("", "E501", "PRM7", "PRM1011", "layer"))
    assert nearest("PRM1O1") == "PRM101"
    assert nearest("layer-over-buget") == "layer-over-budget"
    assert find("PRM101") is find("layer-over-budget")
