"""Source that is far from every limit, told without reading its tokens one by one.

Nearly all statements are. Strings and comments are taken out, and what is left is cut into logical lines, none of which can have more
tokens than characters, nor deeper brackets than it opens. What cannot be told like this is measured (``guards``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

STRING = r"'''(?:[^'\\]++|\\.|'(?!''))*+'''|\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"\"\"|'(?:[^'\\\n]++|\\.)*+'|\"(?:[^\"\\\n]++|\\.)*+\""
_WORD = r"(?:'[^'\"(){}\[\]\\\n]*+'|\"[^'\"(){}\[\]\\\n]*+\")"  # a string in a field of an f-string
_FIELD = rf"\{{[^{{}}'\"\\\n#]*+(?:{_WORD}[^{{}}'\"\\\n#]*+)*+\}}"
_QUOTED = re.compile(rf"#[^\n]*+|{STRING}|['\"]", re.DOTALL)
_FIELDS = re.compile(_FIELD)
_FORMATTED = re.compile(rf"(?:[^{{}}\\]|\\[^{{}}N]|{_FIELD})*+", re.DOTALL)
_WORDS = re.compile(_WORD)


def logical_lines(text: str) -> Iterator[str] | None:
    """The logical lines of a text with a name in place of each string; None where they cannot be told."""
    bare = _QUOTED.sub(_bare, text).replace("\\\n", " ")
    return None if "'" in bare else _joined(bare)


def _bare(found: re.Match[str]) -> str:
    """What stands for a string or comment: a quote for one that is not understood."""
    quoted, at = found[0], found.start()
    if quoted[0] == "#":
        return ""
    if len(quoted) == 1:
        return "'"
    before = found.string[max(at - 2, 0):at].lower()
    if before[-1:] not in ("f", "t") and before not in ("fr", "tr"):
        return " _ "
    if _FORMATTED.fullmatch(quoted) is None:
        return "'"
    return f"({_WORDS.sub(' _ ', ''.join(_FIELDS.findall(quoted)))})"


def _joined(bare: str) -> Iterator[str]:
    """Lines, joined while a bracket is open."""
    parts: list[str] = []
    depth = 0
    for line in bare.split("\n"):
        depth += line.count("(") + line.count("[") + line.count("{") - line.count(")") - line.count("]") - line.count("}")
        if depth <= 0 and not parts:
            yield line
            depth = 0
            continue
        parts.append(line)
        if depth <= 0:
            yield "\n".join(parts)
            parts, depth = [], 0
    if parts:
        yield "\n".join(parts)
