"""Limits on what LibCST is given."""

from __future__ import annotations


def check(text: str, first_line: int = 1) -> None:
    pass
