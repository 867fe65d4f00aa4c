"""What an answer costs from source, beside the real thing: torchvision's resnet50, both in fresh processes, in turns.

    python benchmarks/summary_vs_torch.py FOLDER [--rounds N] [--python PYTHON]

FOLDER is torchvision's unpacked wheel; PYTHON one that has torch (by default this one). One side is the command `paramlint summary`, the
other imports torch and torchvision, builds the model on the meta device and counts. Where torchvision is not installed, or not for the
torch that is there, the source of the model alone is imported from FOLDER, with nothing in the place of the package around it and of
Pillow, which only makes that side quicker and smaller. Both sides have their bytecode, as installed packages have: a run before the
first that counts makes it. Asked for are 10 times the speed and less than a fifth of the memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

TARGET = "torchvision/models/resnet.py::resnet50()"

BUILD = """
def build():
    import torch
    from torchvision.models.resnet import resnet50
    with torch.device("meta"):
        model = resnet50()
    print(sum(parameter.numel() for parameter in model.parameters()))
"""
RUN = """
import sys, types, torch
def stand_in(name, **attributes):
    module = sys.modules[name] = types.ModuleType(name)
    module.__getattr__ = lambda word: type(word, (), {}) if not word.startswith("__") else None
    module.__dict__.update({"__file__": name, **attributes})
    parent, _, last = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], last, module)
try:
    build()
except Exception:
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    folder = sys.argv[1] + "/torchvision"
    stand_in("torchvision", __path__=[folder])
    stand_in("torchvision.models", __path__=[folder + "/models"])
    for name in ("PIL", "PIL.Image", "PIL.ImageColor", "PIL.ImageDraw", "PIL.ImageFont", "PIL.ImageEnhance", "PIL.ImageOps"):
        if name not in sys.modules:
            stand_in(name)
    build()
"""


def run(command: list[str], cwd: str, bytecode: str | None) -> tuple[float, int, str]:
    """Seconds, peak kilobytes and output of a command that keeps its bytecode in a folder, or where Python usually does."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment.update({"PYTHONPYCACHEPREFIX": bytecode} if bytecode is not None else {})
    probe = ("import json, resource, subprocess, sys\ndone = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
             "print(json.dumps([done.returncode, done.stdout, done.stderr[-800:], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))")
    start = time.perf_counter()
    answer = subprocess.run([sys.executable, "-S", "-c", probe, *command], cwd=cwd, capture_output=True, text=True, check=True, env=environment)
    seconds = time.perf_counter() - start
    code, out, err, peak = json.loads(answer.stdout)
    if code != 0:
        raise SystemExit(f"{' '.join(command[:4])} … failed:\n{err}")
    return seconds, peak, out


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", default=sys.executable)
    given = parser.parse_args()
    folder = os.path.abspath(given.folder)
    ours = [sys.executable, "-m", "paramlint", "summary", "--isolated", "--no-layers", "--format", "json", TARGET]
    theirs = [given.python, "-W", "ignore", "-c", BUILD + RUN, folder]
    results: dict[str, list[tuple[float, int]]] = {"paramlint": [], "torch": []}
    counts = {}
    with tempfile.TemporaryDirectory() as bytecode:
        sides = (("paramlint", ours, bytecode), ("torch", theirs, None))
        for _, command, kept in sides:
            run(command, folder, kept)
        for _ in range(given.rounds):  # in turns, so that the machine's moods hit both alike
            for name, command, kept in sides:
                seconds, peak, out = run(command, folder, kept)
                results[name].append((seconds, peak))
                counts[name] = json.loads(out)[0]["params"] if name == "paramlint" else int(out.split()[-1])
    best = {name: (min(seconds for seconds, _ in runs), min(peak for _, peak in runs)) for name, runs in results.items()}
    for name, (seconds, peak) in best.items():
        print(f"{name:12}{counts[name]:>14,} parameters{seconds:9.2f} s{peak / 1024:9.0f} MB")
    print(f"{'ratio':12}{'equal' if len(set(counts.values())) == 1 else 'DIFFERENT':>25}{best['torch'][0] / best['paramlint'][0]:9.1f} ×"
          f"{best['torch'][1] / best['paramlint'][1]:9.1f} ×   (at least 10 and 5)")


if __name__ == "__main__":
    main()
