"""What has no end, ends: a cold process answers with a reason, in two seconds of its own time and 300 MB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

resource = pytest.importorskip("resource")

SECONDS, MEGABYTES = 2.0, 300
PROGRAMS = {
    "an endless loop": "while True:\n        pass",
    "endless recursion": "return net()",
    "a list of 10**12": "return nn.Linear(*[0] * 10**12)",
    "deep calls": "f = lambda n: f(n - 1) if n else nn.Linear(1, 1)\n    return f(100_000)",
    "a huge comprehension": "return nn.Sequential(*[nn.Linear(1, 1) for i in range(10**9)])",
    "a nested comprehension": "return [[[0 for a in range(1000)] for b in range(1000)] for c in range(1000)]",
    "a class that builds itself": ("class A(nn.Module):\n        def __init__(self):\n            super().__init__()\n            self.a = A()\n"
                                   "    return A()"),
    "a list that doubles": "x = [1]\n    while True:\n        x = x + x",
    "a text that doubles": "x = 'a'\n    while True:\n        x = x + x",
    "a list of itself twice": "x = [1]\n    for _ in range(60):\n        x = [x, x]\n    return nn.Linear(x, str(x))",
    "a huge power": "return nn.Linear(2 ** 10**9, 1)",
    "an endless generator": "def g():\n        while True:\n            yield nn.Linear(1, 1)\n    return nn.Sequential(*g())",
    "layers without end": "x = nn.ModuleList()\n    while True:\n        x.append(nn.Linear(100, 100))",
    "modules without end": "x = nn.Linear(1, 1)\n    while True:\n        x = nn.Sequential(x)",
}
PROBE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stdout, done.stderr, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_cold_process_answers_with_a_reason(program: str, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(f"import torch.nn as nn\ndef net():\n    {program}\n")
    command = [sys.executable, "-m", "paramlint", "summary", "--isolated", "--format", "json", "net.py::net"]
    probe = subprocess.run([sys.executable, "-c", PROBE, *command], cwd=tmp_path, capture_output=True, text=True, check=True)
    code, out, err, seconds, kilobytes = json.loads(probe.stdout)
    assert code == 0, err
    (model,) = json.loads(out)
    assert model["status"] in ("unknown", "lower-bound") and model["reasons"]
    assert seconds < 2 * SECONDS, "twice, since other processes slow this one down"
    assert kilobytes < MEGABYTES * 1024
