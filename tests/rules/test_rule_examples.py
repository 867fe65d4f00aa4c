"""Every example of every rule's page, and every file in fixtures/rules, goes through the front door."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from paramlint import api
from paramlint.rules import pages
from paramlint.rules.registry import ALL

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
FILES = sorted(FIXTURES.glob("PRM*/*.py"))
EXAMPLES = [pytest.param(rule, example, id=f"{rule.code}-{number}")
            for rule in ALL for number, example in enumerate(pages.examples(rule), 1)]


def found_in(folder: Path, source: str, configuration: str) -> list[tuple[int, str, str]]:
    """The findings in a file with a pyproject.toml beside it."""
    (folder / "pyproject.toml").write_text(configuration, encoding="utf-8")
    (folder / "net.py").write_text(source, encoding="utf-8")
    results = list(api.check([str(folder / "net.py")], api.configs()))
    return sorted((finding.span.line, finding.code, finding.message) for result in results for finding in result.diagnostics)


def assert_expected(found: list[tuple[int, str, str]], expected: tuple[pages.Expectation, ...]) -> None:
    assert [(line, code) for line, code, _ in found] == sorted((e.line, e.code) for e in expected), found
    for wanted in expected:
        assert any(wanted.words in message for line, code, message in found if (line, code) == (wanted.line, wanted.code)), (wanted, found)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_examples_of_a_page_hold(rule, example, tmp_path):
    assert_expected(found_in(tmp_path, example.source, example.configuration), example.expected)


@pytest.mark.parametrize("file", [pytest.param(file, id=f"{file.parent.name}-{file.stem}") for file in FILES])
def test_fixtures_hold(file, tmp_path):
    source = file.read_text(encoding="utf-8")
    settings = "".join(f"{line}\n" for line in re.findall(r"^# config: (.*)$", source, re.MULTILINE))
    assert_expected(found_in(tmp_path, source, f"[tool.paramlint]\n{settings}"), pages.expectations(source))


def test_every_rule_has_edge_cases_in_a_folder_of_its_code():
    assert {file.parent.name for file in FILES} <= {rule.code for rule in ALL}
