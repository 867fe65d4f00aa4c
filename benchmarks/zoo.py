"""How many models of a package are counted as its framework counts them.

    python benchmarks/zoo.py FOLDER TRUTH [--jobs N] [--only TEXT] [--reasons N] [--beside-parse]

FOLDER is an unpacked wheel (`pip download --no-deps PACKAGE && unzip`), TRUTH a JSON list of rows with `target` (a file of the wheel and
an expression), `params`, `trainable` and, where known, `buffers`, as the real framework counts them. A count that is marked exact and
differs, or a bound above the truth, is WRONG and ends the run with exit code 1. With ``--beside-parse`` the processor's time for the table
is held against what ``libcst.parse_module`` takes for every file of the package: every other file before the table, the others after it.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys
import time
from collections import Counter, defaultdict
from typing import Any

from paramlint import api
from paramlint.model.tree import Model

OUTCOMES = ("exact", "assumed", "lower-bound", "symbolic", "unknown", "WRONG")


def outcome(model: Model | None, row: dict[str, Any]) -> str:
    """The status of an answer, or WRONG."""
    if model is None or model.root is None:
        return "unknown"
    counts = ((model.params, row["params"]), (model.trainable, row.get("trainable")), (model.buffers, row.get("buffers")))
    for count, truth in counts:
        if truth is None or not isinstance(count.value, int):
            continue
        if (count.exact and count.value != truth) or (count.bound and count.value > truth):
            return "WRONG"
    return model.status.value


def family(target: str) -> str:
    """The folder of a target inside its package: ``models/detection``; the file where there is no folder."""
    parts = target.partition("::")[0].split("/")[1:]
    return "/".join(parts[:-1][:2] if len(parts) > 2 else parts[:1])


def why(model: Model | None, problem: str) -> str:
    """The first reason of an answer that is not exact."""
    return model.reasons[0].message if model is not None and model.reasons else problem or "a formula in its arguments"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("truth")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="only the targets with this text")
    parser.add_argument("--beside-parse", action="store_true", help="compare with the parse of the package; with --jobs 1 only")
    parser.add_argument("--reasons", type=int, default=20, help="how many reasons to show")
    given = parser.parse_args()
    with open(given.truth, encoding="utf-8") as file:
        rows = [row for row in json.load(file) if "params" in row and given.only in row["target"]]
    targets = [os.path.join(given.folder, row["target"]) for row in rows]
    tables: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    files = sorted(pathlib.Path(given.folder, rows[0]["target"].split("/")[0]).rglob("*.py")) if given.beside_parse else []
    before = parse(files[::2])
    start, began = time.perf_counter(), time.process_time()
    for row, result in zip(rows, api.summary(targets, api.configs(isolated=True), jobs=given.jobs, places=False), strict=True):
        model = next(iter(result.models), None)
        found = outcome(model, row)
        tables[family(row["target"])][found] += 1
        if found == "WRONG" and model is not None:
            print(f"WRONG {row['target']}: {model.params.value:,} parameters, {model.trainable.value:,} trained, "
                  f"{model.buffers.value:,} in buffers; the framework: {row['params']:,}, {row.get('trainable')}, {row.get('buffers')}")
        elif found != "exact":
            reason = why(model, result.problem)[:110]
            reasons[reason] += 1
            examples.setdefault(reason, row["target"])
    seconds, busy = time.perf_counter() - start, time.process_time() - began
    report(tables, seconds, len(rows))
    if files:
        parsed = before + parse(files[1::2])
        print(f"the table {busy:.1f} s, libcst.parse_module of {len(files)} files {parsed:.1f} s: {busy / parsed:.2f} times the parse\n")
    for reason, count in reasons.most_common(given.reasons):
        print(f"{count:5}  {reason}\n         such as {examples[reason]}")
    return 1 if any(table["WRONG"] for table in tables.values()) else 0


def parse(files: list[pathlib.Path]) -> float:
    """Seconds of the processor to parse files with LibCST."""
    import libcst

    began = time.process_time()
    for file in files:
        libcst.parse_module(file.read_bytes())
    return time.process_time() - began


def report(tables: dict[str, Counter[str]], seconds: float, models: int) -> None:
    """The table by family."""
    print(f"{'family':40}" + "".join(f"{name:>13}" for name in OUTCOMES) + f"{'exact':>9}")
    total: Counter[str] = Counter()
    for name, table in sorted(tables.items()):
        total.update(table)
        print(line(name, table))
    print(line("all", total))
    print(f"{models:,} models in {seconds:.1f} s, {seconds / max(models, 1):.3f} s a model\n")


def line(name: str, table: Counter[str]) -> str:
    """A row of the table."""
    return f"{name[:40]:40}" + "".join(f"{table[key]:13,}" for key in OUTCOMES) + f"{table['exact'] / max(table.total(), 1):9.1%}"


if __name__ == "__main__":
    sys.exit(main())
