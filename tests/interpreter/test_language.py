"""Python's semantics: every fixture says what CPython gives, CPython agrees, and so does the interpreter."""

from __future__ import annotations

from pathlib import Path

import language
import pytest

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "language").glob("*.py"))



@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_comments_say_what_cpython_gives(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert sorted(language.executed(text)) == sorted(language.expected(text))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_interpreter_agrees_with_cpython(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert language.interpreted(text) == language.executed(text)


def test_there_are_fixtures() -> None:
    assert len(FIXTURES) >= 14
    assert all("reveal(" in path.read_text(encoding="utf-8") for path in FIXTURES)
