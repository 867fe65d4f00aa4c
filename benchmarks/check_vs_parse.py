"""How long `check` takes over a tree, beside `libcst.parse_module` alone on the files that the prefilter lets through.

    python benchmarks/check_vs_parse.py FOLDER [FOLDER ...] [--most RATIO]

One process, cold: the first file pays for what paramlint imports. Both take turns, file by file, so that the machine's moods hit them alike;
every other file is parsed first. The times are those of the processor. With `--most` the exit code says whether each ratio is at most that.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import libcst

from paramlint import api
from paramlint.analysis.prefilter import may_hold_layers


def timed(action: Callable[[], Any]) -> float:
    begin = time.process_time()
    action()
    return time.process_time() - begin


def check(path: Path, settings: Any) -> None:
    for result in api.check([str(path)], settings, jobs=1):
        for finding in result.diagnostics:
            print(f"{result.path}:{finding.span.line}: {finding.code} {finding.message}", file=sys.stderr)


def compare(folder: str) -> float:
    settings = api.configs(isolated=True)
    ours = theirs = size = 0.0
    every = sorted(Path(folder).rglob("*.py"))
    parsed = 0
    for number, path in enumerate(every):
        data = path.read_bytes()
        turns: list[Callable[[], None]] = [lambda path=path: check(path, settings)]  # type: ignore[misc]
        if may_hold_layers(data):
            parsed += 1
            size += len(data)
            turns.append(lambda data=data: libcst.parse_module(data))  # type: ignore[misc]
        times = [timed(turn) for turn in (turns if number % 2 else reversed(turns))]
        ours += times[0 if number % 2 else -1]
        theirs += sum(times) - times[0 if number % 2 else -1]
    print(f"{folder}: {parsed} of {len(every)} files, {size / 1e6:.1f} MB; check {ours:.2f} s, parse_module {theirs:.2f} s, "
          f"ratio {ours / theirs:.2f}", flush=True)
    return ours / theirs


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--most", type=float, default=float("inf"))
    options = parser.parse_args()
    return 0 if max(map(compare, options.folders)) <= options.most else 1


if __name__ == "__main__":
    sys.exit(main())
