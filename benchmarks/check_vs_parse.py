"""How long `check` takes over a tree, beside `libcst.parse_module` alone on the files that the prefilter lets through.

    python benchmarks/check_vs_parse.py FOLDER [FOLDER ...] [--most RATIO]

Both in one process, one after the other, in rounds; each `check` of a round is cold, since nothing is kept between two files. The times are
those of the processor. With `--most` the exit code says whether the best ratio is at most that.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import libcst

from paramlint import api
from paramlint.analysis.prefilter import may_hold_layers

ROUNDS = 3


def timed(action: Callable[[], Any]) -> float:
    begin = time.process_time()
    action()
    return time.process_time() - begin


def check(folder: str) -> None:
    for result in api.check([folder], api.configs(isolated=True), jobs=1):
        for finding in result.diagnostics:
            print(f"{result.path}:{finding.span.line}: {finding.code} {finding.message}", file=sys.stderr)


def parse(sources: Iterable[bytes]) -> None:
    for source in sources:
        libcst.parse_module(source)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--most", type=float, default=float("inf"))
    options = parser.parse_args()
    worst = 0.0
    for folder in options.folders:
        every = [path.read_bytes() for path in sorted(Path(folder).rglob("*.py"))]
        sources = [data for data in every if may_hold_layers(data)]
        rounds = [(timed(lambda folder=folder: check(folder)), timed(lambda sources=sources: parse(sources)))  # type: ignore[misc]
                  for _ in range(ROUNDS)]
        ours, theirs = min(rounds, key=lambda round_: round_[0] / round_[1])
        worst = max(worst, ours / theirs)
        print(f"{folder}: {len(sources)} of {len(every)} files, {sum(map(len, sources)) / 1e6:.1f} MB; check {ours:.2f} s, "
              f"parse_module {theirs:.2f} s, ratio {ours / theirs:.2f} (rounds: {', '.join(f'{a / b:.2f}' for a, b in rounds)})", flush=True)
    return 0 if worst <= options.most else 1


if __name__ == "__main__":
    sys.exit(main())
