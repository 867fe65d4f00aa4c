"""The models of fixtures/models with what is said beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "fixtures" / "models"
_NAME = re.compile(r"\s*(?:class|def)\s+(\w+)|\s*(\w+)\s*(?::[^=]*)?=")
_MARK = re.compile(r"# (params|trainable|buffers|status|raises): ([^#]+)")


@dataclass(frozen=True)
class Expected:
    """A model and what is known of it: numbers, or a formula as text."""

    file: Path
    line: int
    name: str
    params: int | str | None = None
    trainable: int | None = None
    buffers: int | None = None
    status: str = ""
    raises: str = ""  # the exception of the real code

    def __str__(self) -> str:
        return f"{self.file.stem}-{self.name}"


def expected(framework: str, *, oracle: bool = False) -> list[Expected]:
    """Every model with a mark; with ``oracle`` those that the real framework can build."""
    return [model for file in sorted((FOLDER / framework).glob("*.py")) for model in _in(file, oracle)]


def _in(file: Path, oracle: bool) -> Iterator[Expected]:
    text = file.read_text(encoding="utf-8")
    if oracle and "# oracle: no" in text:
        return
    guarded = False
    for number, line in enumerate(text.splitlines(), 1):
        guarded = guarded or line.startswith("if __name__")
        marks = {key: value.strip() for key, value in _MARK.findall(line)}
        found = _NAME.match(line)
        if marks and found and not (oracle and (guarded or "status" in marks)):
            values = {key: value if key in ("status", "raises") else _number(value) for key, value in marks.items()}
            yield Expected(file, number, found[1] or found[2], **values)


def _number(text: str) -> int | str:
    return int(text) if text.replace("_", "").isdigit() else text
