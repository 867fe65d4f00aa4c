"""Bytes to text, as Python decodes source files."""

from __future__ import annotations

import io
import tokenize

from paramlint.syntax.problem import SyntaxProblem


def decode(data: bytes) -> str:
    """The text of a source file: its byte order mark decides, else its coding cookie (PEP 263), else UTF-8. Line ends stay as they are.

    Raises:
        SyntaxProblem: for an unknown encoding, one that is no text encoding, a cookie that contradicts the byte order mark, and
            bytes that do not fit; the line is that of the first of them.
    """
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
        column = len(before[start:].decode(encoding, "replace")) + 1
        shown = f"byte 0x{data[error.start]:02x} is not {encoding}" if error.start < len(data) else f"the file is not {encoding}"
        raise SyntaxProblem(shown, line, column, "encoding") from None
    except (LookupError, UnicodeError, ValueError, TypeError, AttributeError) as error:
        raise SyntaxProblem(f"the encoding {encoding} cannot be used: {error}", _cookie_line(data), 1, "encoding") from None
    if encoding != "utf-8" and "coding" not in text[:4096] and "coding" in data[:4096].decode("ascii", "replace"):
        raise SyntaxProblem(f"the encoding {encoding} does not fit: it cannot read its own declaration", _cookie_line(data), 1, "encoding")
    return text.removeprefix("\ufeff")


def _encoding(data: bytes) -> str:
    # Universal newlines for the first two lines, so that ``\r`` alone ends a line here as it does for the parser.
    head = b"\n".join(data[:4096].splitlines()[:2])
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(head).readline)
    except (SyntaxError, UnicodeError, ValueError) as error:
        if not _cookie_line(data, default=0):
            return "utf-8"  # the head is not UTF-8, and decoding says where
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        raise SyntaxProblem(message, _cookie_line(data), 1, "encoding") from None
    return encoding


def _cookie_line(data: bytes, default: int = 1) -> int:
    for number, line in enumerate(data[:4096].splitlines()[:2], 1):
        if b"coding" in line:
            return number
    return default
