"""How long `paramlint check` takes over a tree, beside TorchFix on the same files.

    python benchmarks/check_vs_torchfix.py FOLDER [--torchfix COMMAND]

Both as cold processes, one after the other in one run, each with one process; the times are those of the processor. TorchFix is a
benchmark's dependency only: `pip install torchfix==0.7.0` into any environment, and name its command.
"""

from __future__ import annotations

import argparse
import resource
import shlex
import subprocess
import sys


def processor_time(command: list[str]) -> float:
    """Seconds of the processor that a command takes, its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--torchfix", default="torchfix", help="the command that runs TorchFix")
    given = parser.parse_args()
    ours = processor_time([sys.executable, "-m", "paramlint", "check", "--isolated", "--jobs", "1", given.folder])
    theirs = processor_time([*shlex.split(given.torchfix), given.folder])
    print(f"{given.folder}: check {ours:.2f} s, TorchFix {theirs:.2f} s, {theirs / ours:.1f} times as long")


if __name__ == "__main__":
    main()
