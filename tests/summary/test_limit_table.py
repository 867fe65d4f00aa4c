"""The page about limits has every number as the code has it."""

from __future__ import annotations

from pathlib import Path

from paramlint.analysis.limit_table import document


def test_the_page_has_the_table() -> None:
    assert document() in (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
