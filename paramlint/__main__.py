"""``python -m paramlint`` and the console script. The version is told before anything is imported."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 clean, 1 findings, 2 failure."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"]:
        from paramlint import __version__

        print(f"paramlint {__version__}")
        return 0
    from paramlint.core.garbage import ALLOCATIONS

    gc.set_threshold(ALLOCATIONS)
    from paramlint.cli import run

    code = run(given)
    if arguments is None:
        gc.freeze()  # the process ends here: looking for garbage once more costs a tenth of a short run
    return code


if __name__ == "__main__":
    if sys.path and sys.path[0] == os.getcwd() and not sys.flags.safe_path:
        del sys.path[0]  # a file of the project named as a module of Python's is read, and never imported
    sys.exit(main())
