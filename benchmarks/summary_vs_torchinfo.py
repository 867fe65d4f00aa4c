"""Shapes and costs from source, beside torchinfo: torchvision's resnet50 on 1×3×224×224, both in fresh processes, in turns.

    python benchmarks/summary_vs_torchinfo.py FOLDER [--rounds N] [--python PYTHON] [--torchinfo PLACE]

FOLDER is torchvision's unpacked wheel; PYTHON one that has torch (by default this one); PLACE a folder that has torchinfo, where PYTHON has
none. One side is the command `paramlint summary --input 1,3,224,224`, the other builds the model and runs it on the CPU in torchinfo. Where
torchvision cannot be imported, the source of the model alone is (as in summary_vs_torch.py), which only makes that side quicker. Both
figures are compared: parameters, and mult-adds as torchinfo counts them. Asked for is 8 times the speed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile

from summary_vs_torch import RUN, TARGET, run

SUMMARISE = """
def build():
    from torchinfo import summary
    from torchvision.models.resnet import resnet50
    found = summary(resnet50(), input_size=(1, 3, 224, 224), device="cpu", verbose=0)
    print(found)
    print(found.total_params, found.total_mult_adds)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--torchinfo", default="")
    given = parser.parse_args()
    folder = os.path.abspath(given.folder)
    place = f"import sys\nsys.path.append({os.path.abspath(given.torchinfo)!r})\n" if given.torchinfo else ""
    command = [sys.executable, "-m", "paramlint", "summary", "--isolated", "--input", "1,3,224,224", TARGET]
    theirs = [given.python, "-W", "ignore", "-c", place + SUMMARISE + RUN, folder]
    times: dict[str, list[float]] = {"paramlint": [], "torchinfo": []}
    with tempfile.TemporaryDirectory() as bytecode:
        counted = json.loads(run([*command, "--convention", "torchinfo", "--format", "json"], folder, bytecode)[2])[0]
        figures = {"paramlint": (counted["params"], counted["cost"])}
        sides = (("paramlint", command, bytecode), ("torchinfo", theirs, None))
        for name, side, kept in sides:  # once for the bytecode
            out = run(side, folder, kept)[2]
            if name == "torchinfo":
                params, cost = out.split()[-2:]
                figures[name] = int(params), int(cost)
        for _ in range(given.rounds):  # in turns, so that the machine's moods hit both alike
            for name, side, kept in sides:
                times[name].append(run(side, folder, kept)[0])
    for name, seconds in times.items():
        params, cost = figures[name]
        print(f"{name:12}{params:>14,} parameters{cost:>16,} mult-adds{min(seconds):9.2f} s")
    equal = "equal" if figures["paramlint"] == figures["torchinfo"] else "DIFFERENT"
    print(f"{'ratio':12}{equal:>51}{min(times['torchinfo']) / min(times['paramlint']):9.1f} ×   (at least 8)")


if __name__ == "__main__":
    main()
