"""Values of literals, as Python evaluates them."""

from __future__ import annotations

import ast
import re

from paramlint.syntax.problem import SyntaxProblem

_ESCAPE_OR_QUOTE = re.compile(r'\\.|"|\\\Z', re.DOTALL)


def integer(text: str) -> int:
    """The value of an integer literal.

    Raises:
        SyntaxProblem: for decimal literals that Python itself refuses to convert (``sys.set_int_max_str_digits``).
    """
    try:
        return int(text) if text.isdigit() else int(text, 0)
    except ValueError as error:
        raise SyntaxProblem(f"an integer literal of {len(text):,} characters cannot be read: {error}", kind="limit") from None


def floating(text: str) -> float:
    return float(text)


def imaginary(text: str) -> complex:
    return complex(0.0, float(text[:-1]))


def string(text: str) -> str | bytes:
    """The value of one string or bytes literal, prefix and quotes included in ``text``."""
    if text[0] in "\"'" and "\\" not in text:
        quotes = 3 if text[:3] in ('"""', "'''") else 1
        return text[quotes:-quotes]
    return _evaluate(text)


def formatted_text(text: str, raw: bool) -> str:
    """The value of the text between the fields of an f-string."""
    if "{" in text or "}" in text:
        text = text.replace("\\N{", "\\N\0").replace("{{", "{").replace("}}", "}").replace("\\N\0", "\\N{")
    if raw or "\\" not in text:
        return text
    value = _evaluate('"""' + _ESCAPE_OR_QUOTE.sub(_protect, text) + '"""')
    assert isinstance(value, str)
    return value


def _protect(match: re.Match[str]) -> str:
    found = match[0]
    return "\\" + found if len(found) == 1 else found  # a bare quote, or a backslash that ends the text


def _evaluate(text: str) -> str | bytes:
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise SyntaxProblem(f"a string literal cannot be read: {reason}") from None
    assert isinstance(value, (str, bytes))
    return value
