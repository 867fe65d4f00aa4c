"""Programs that are written to take all the time and memory there is: each ends with an answer, within the limits of a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

resource = pytest.importorskip("resource")

FOLDER = Path(__file__).parents[2] / "fixtures" / "hostile"
SECONDS, BYTES = 20, 2 << 30  # far above what any of them needs, so that only what has no end meets them


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_hostile_program_has_an_answer(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    given = ["--input", "1,2"] if "def forward(self, x)" in text and "__main__" not in text and "main()" not in text else []
    command = [sys.executable, "-P", "-m", "paramlint", "summary", "--isolated", "--format", "json", *given, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=_limited, check=False)
    assert done.returncode == 0, done.stderr
    for model in json.loads(done.stdout):
        assert model["status"] in ("exact", "assumed") or model["reasons"], model
        assert not any("internal error" in reason["message"] for reason in model["reasons"])
