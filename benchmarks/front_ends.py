"""What the front ends cost where there is nothing to find, as ratios measured side by side.

    python benchmarks/front_ends.py

`paramlint --version` against `python -c pass` (at most 3), and flake8 with the plugin against flake8 without it over files
that hold no layer (at most 1.05): the modules of the standard library that the prefilter refuses.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from paramlint.analysis.prefilter import may_hold_layers

# Runs flake8 with all plugins, or without ours.
FLAKE8 = """
import importlib.metadata as metadata, sys
every = metadata.distributions
if sys.argv.pop(1) == "without":
    metadata.distributions = lambda **known: (one for one in every(**known) if one.metadata["Name"] != "paramlint")
from flake8.main.cli import main
sys.exit(main())
"""


def seconds(command: list[str], cwd: str) -> tuple[float, float]:
    """Wall and processor time of a command."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - start, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def best(commands: dict[str, list[str]], cwd: str, rounds: int, measure: int) -> dict[str, float]:
    """The least time of each command, run in turns so that the machine's moods hit all alike."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command, cwd)[measure])
    return {name: min(values) for name, values in times.items()}


def main() -> None:
    folder = Path(sysconfig.get_path("stdlib"))
    plain = [path for path in sorted(folder.glob("*.py")) if not may_hold_layers(path.read_bytes())][:60]
    with tempfile.TemporaryDirectory() as empty:
        start = best({"pass": [sys.executable, "-c", "pass"], "version": [sys.executable, "-m", "paramlint", "--version"]}, empty, 20, 0)
        runs = {name: [sys.executable, "-c", FLAKE8, name, "-j1", "--exit-zero", *map(str, plain)] for name in ("with", "without")}
        lint = best(runs, empty, 5, 1)
    print(f"paramlint --version / python -c pass      {start['version'] / start['pass']:.2f}   (at most 3)")
    print(f"flake8 with / without, {len(plain)} plain files    {lint['with'] / lint['without']:.3f}  (at most 1.05)")


if __name__ == "__main__":
    main()
