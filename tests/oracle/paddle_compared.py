"""Random programs of Paddle's layers beside the real framework, in an environment that has it and paramlint's requirements.

``python tests/oracle/paddle_compared.py 1000 0 [FOLDER]`` compares so many programs from this seed on, and prints what differs; the
programs that do so stay in the folder.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from paddle_programs import program
from paddle_truth import truth, wrong

from paramlint import api


def compared(seed: int, folder: Path) -> tuple[str, str, dict[str, Any]]:
    """What is wrong with the answer to a program, the answer's status, and the truth."""
    text, target = program(seed)
    path = folder / f"program_{seed}.py"
    path.write_text(text, encoding="utf-8")
    real = _apart(text, target)
    (result,) = api.summary([f"{path}::{target}"], api.configs(isolated=True))
    if result.problem:
        return f"problem {result.problem}", "problem", real
    answer = result.models[0]
    internal = next((reason.message for reason in answer.reasons if "internal error" in reason.message), "")
    found = internal or wrong(answer, real) or _other_error(answer, real)
    if not found:
        path.unlink()
    return found, answer.status.value, real


def _apart(text: str, target: str) -> dict[str, Any]:
    """The truth from a process of its own: a program may leave something behind in Paddle."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, json.dumps(truth(text, target)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:
        found: dict[str, Any] = json.loads(answer.read())
    os.waitpid(child, 0)
    return found


def _other_error(answer: Any, real: dict[str, Any]) -> str:
    """An exception that the code is said to raise where Paddle raises another one."""
    said = next((reason.message for reason in answer.reasons if "the code raises" in reason.message), "")
    kind = said.partition("the code raises ")[2].partition(":")[0]
    return said if kind.isidentifier() and "error" in real and kind != real["error"] and kind.endswith(("Error", "Exception")) else ""


def main(count: int, seed: int, folder: Path) -> int:
    import paddle  # noqa: F401  every process begins with it

    folder.mkdir(parents=True, exist_ok=True)
    table: Counter[str] = Counter()
    for number in range(seed, seed + count):
        found, status, real = compared(number, folder)
        table[f"{status}, {'raises' if 'error' in real else 'runs'} in Paddle"] += 1
        if found:
            table["DIFFERENT"] += 1
            print(number, found, real, flush=True)
    print(dict(table))
    return 1 if table["DIFFERENT"] else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    sys.setrecursionlimit(20_000)
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp())))
