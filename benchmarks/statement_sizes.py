"""The deepest and largest top-level statements of source trees: the evidence for the limits of ``paramlint.syntax.guards``.

    python benchmarks/statement_sizes.py DIRECTORY [DIRECTORY …]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from paramlint.syntax import guards
from paramlint.syntax.decode import decode
from paramlint.syntax.outline import MAX_FILE, outline
from paramlint.syntax.problem import SyntaxProblem


class Record(NamedTuple):
    value: int
    place: str


def records(directory: Path) -> tuple[int, dict[str, Record]]:
    """The number of statements of a tree, and the largest value of each measure with its place."""
    best = dict.fromkeys(("brackets", "path", "elifs", "tokens", "characters of the file"), Record(0, ""))
    count = 0
    for path in sorted(directory.rglob("*.py")):
        try:
            source = decode(path.read_bytes())
            statements = outline(source).statements
        except SyntaxProblem as problem:
            print(f"{path}: {problem}", file=sys.stderr)
            continue
        best["characters of the file"] = max(best["characters of the file"], Record(len(source), str(path)))
        for statement in statements:
            count += 1
            size = guards.measure(statement.text)
            for name in ("brackets", "path", "elifs", "tokens"):
                best[name] = max(best[name], Record(getattr(size, name), f"{path}:{statement.start}"))
    return count, best


def main(directories: list[str]) -> None:
    limits = {
        "brackets": guards.MAX_BRACKETS,
        "path": guards.MAX_PATH,
        "elifs": guards.MAX_ELIFS,
        "tokens": guards.MAX_TOKENS,
        "characters of the file": MAX_FILE,
    }
    for directory in directories:
        count, best = records(Path(directory))
        print(f"{directory}: {count:,} statements")
        for name, record in best.items():
            print(f"  {name:24} {record.value:>9,} of {limits[name]:>9,}   {record.place}")


if __name__ == "__main__":
    main(sys.argv[1:])
