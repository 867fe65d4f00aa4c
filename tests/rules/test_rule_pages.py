"""Codes, names, pages and tests are held in step."""

from __future__ import annotations

import json

import pytest

from paramlint.rules import pages
from paramlint.rules.base import Rule
from paramlint.rules.registry import ALL, find

RULES = [pytest.param(rule, id=rule.code) for rule in ALL]


def test_codes_and_names_are_unique_and_in_order():
    codes = [rule.code for rule in ALL]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in ALL}) == len(ALL)
    assert {"PRM000", "PRM001", "PRM002", "PRM101", "PRM201", "PRM203", "PRM901"} <= set(codes)


def test_only_what_is_not_evaluated_is_off_by_default():
    assert {rule.code[:4] for rule in ALL if not rule.default} == {"PRM9"}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_lives_in_the_module_of_its_name(rule):
    assert type(rule).__module__ == f"paramlint.rules.{rule.code.lower()}_{rule.name.replace('-', '_')}"


@pytest.mark.parametrize("rule", RULES)
def test_a_page_has_a_summary_and_its_sections_in_order(rule):
    text = pages.page(rule.code)
    places = [text.index(f"\n## {section}\n") for section in pages.SECTIONS]
    assert places == sorted(places)
    assert pages.listing()[ALL.index(rule)]["summary"].endswith(".")


@pytest.mark.parametrize("rule", RULES)
def test_a_page_shows_at_most_three_examples_and_one_that_is_found(rule):
    examples = pages.examples(rule)
    assert len(examples) <= 3
    found = {expectation.code for example in examples for expectation in example.expected}
    assert rule.code in found or rule.code == "PRM000"  # nobody can write code that paramlint fails on


def test_a_page_is_found_by_code_and_by_name():
    assert pages.page("PRM101") == pages.page("prm101") == pages.page("layer-over-budget")
    with pytest.raises(KeyError):
        pages.page("PRM777")


def test_the_list_is_json():
    listed = json.loads(json.dumps(pages.listing()))
    assert [entry["code"] for entry in listed] == [rule.code for rule in ALL]
    assert listed[0].keys() >= {"code", "name", "message", "default", "summary", "doc"}
    assert {entry["code"]: entry["default"] for entry in listed}["PRM901"] is False


def test_a_rule_without_a_proper_code_or_name_is_refused_when_it_is_made():
    with pytest.raises(TypeError, match="code"):
        type("Bad", (Rule,), {"code": "PRM1", "name": "bad", "message": "text"})
    with pytest.raises(TypeError, match="name"):
        type("Bad", (Rule,), {"code": "PRM199", "name": "Bad Name", "message": "text"})
    with pytest.raises(TypeError, match="message"):
        type("Bad", (Rule,), {"code": "PRM199", "name": "bad"})
    assert find("PRM199") is None
