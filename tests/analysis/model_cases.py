"""Models in `fixtures/models` with what is said beside them: `def name():  # params: 21  shape: (None, 1)`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures" / "models"
_MODEL = re.compile(r"^(?:def|class) (\w+)\(.*\):  # (params: .*)$", re.MULTILINE)
_FACT = re.compile(r"(\w+): (.*?)(?=  \w+: |$)")


class Case(NamedTuple):
    """A class or function of a file, and what is said about the model that it makes."""

    path: Path
    name: str
    facts: dict[str, str]

    @property
    def status(self) -> str:
        return self.facts.get("status", "exact")

    def number(self, fact: str, default: str) -> str:
        """A count as it is written, without underscores."""
        return self.facts.get(fact, self.facts.get(default, "0")).replace("_", "")


def cases(framework: str) -> list[Case]:
    return [Case(path, match[1], dict(_FACT.findall(match[2])))
            for path in sorted((FIXTURES / framework).glob("*.py")) for match in _MODEL.finditer(path.read_text(encoding="utf-8"))]


def parametrise(found: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", found, ids=lambda case: f"{case.path.name}::{case.name}")
