"""What is wrong with a source text."""

from __future__ import annotations

from typing import Literal

Kind = Literal["syntax", "encoding", "limit"]


class SyntaxProblem(Exception):
    """A source text that cannot be read: not Python, not decodable, or beyond a documented limit.

    ``line`` and ``column`` count from 1, columns in characters.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1, kind: Kind = "syntax") -> None:
        super().__init__(message, line, column, kind)  # all of them, so that the exception pickles
        self.message = message
        self.line = max(line, 1)
        self.column = max(column, 1)
        self.kind: Kind = kind

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"
