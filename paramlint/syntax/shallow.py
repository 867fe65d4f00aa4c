"""Source that is far from every limit, told without reading its tokens one by one.

Nearly all statements are. Strings and comments are taken out, and what is left is cut into logical lines, none of which can have more
tokens than characters, nor deeper brackets than it opens. What cannot be told like this is measured (``guards``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STRING = r"'''(?:[^'\\]++|\\.|'(?!''))*+'''|\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"\"\"|'(?:[^'\\\n]++|\\.)*+'|\"(?:[^\"\\\n]++|\\.)*+\""
_FIELD = r"\{[^{}'\"\\\n#]*+\}"
_QUOTED = re.compile(
    rf"""\#[^\n]*+
    |(?:[rRbBuU]|[bB][rR]|[rR][bB])?(?:{_STRING})
    |(?P<formatted>[fFtT][rR]?(?:'(?:[^{{}}'\\\n]|{_FIELD})*+'(?!')|"(?:[^{{}}"\\\n]|{_FIELD})*+"(?!")))
    |(?P<other>(?:[fFtT][rR]?|[rR][fFtT])?['"])""",
    re.VERBOSE | re.DOTALL,
)
_FIELDS = re.compile(_FIELD)


def logical_lines(text: str) -> Iterator[str] | None:
    """The logical lines of a text with a name in place of each string; None where they cannot be told."""
    bare = _QUOTED.sub(_bare, text).replace("\\\n", " ")
    return None if "'" in bare else _joined(bare)


def _bare(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind is None:
        return "" if found[0][0] == "#" else " _ "
    return f"({''.join(_FIELDS.findall(found[0]))})" if kind == "formatted" else "'"


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
