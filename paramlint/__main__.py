"""``python -m paramlint`` and the console script. The version is told before anything is imported."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 clean, 1 findings, 2 failure."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"] and sys.stdout is not None:
        from paramlint import __version__

        try:
            print(f"paramlint {__version__}", flush=True)
            return 0
        except OSError:  # nobody can read it, which the command line knows how to say
            pass
    try:
        from paramlint.cli import run
        from paramlint.core.garbage import ALLOCATIONS
    except (ImportError, MemoryError, OSError) as error:  # an installation that is not complete, or limits that are too low for Python
        print(f"Error: paramlint cannot be loaded: {error or 'there is not enough memory'}", file=sys.stderr)
        return 2
    gc.set_threshold(ALLOCATIONS)
    code = run(given)
    if arguments is None:
        gc.freeze()  # the process ends here: looking for garbage once more costs a tenth of a short run
    return code


def _folder() -> str:
    """The folder that we are in; nothing where it has been deleted."""
    try:
        return os.getcwd()
    except OSError:
        return ""


if __name__ == "__main__":
    if sys.path and not sys.flags.safe_path and sys.path[0] == _folder():
        del sys.path[0]  # a file of the project named as a module of Python's is read, and never imported
    sys.exit(main())
