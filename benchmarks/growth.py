"""How the time grows with a model's size: the same network with 50, 200 and 2,000 layers, in one process.

    python benchmarks/growth.py [--rounds N]

Four times the layers are to cost about four times as much: residual blocks in a ModuleList, a Sequential, layers called one after the
other in `forward`, a network written out line by line, and a functional Keras model. Each is built, and called on an input where it says
so.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable

from paramlint import api

SIZES = (50, 200, 2_000)

BLOCKS = """
import torch.nn as nn
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.act = nn.ReLU()
    def forward(self, x):
        return self.act(x + self.norm(self.conv(x)))
class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.blocks = nn.ModuleList([Block(16) for _ in range(depth // 3)])
    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x
"""
SEQUENTIAL = """
import torch.nn as nn
def net(depth):
    layers = []
    for i in range(depth // 2):
        layers += [nn.Linear(32, 32), nn.ReLU()]
    return nn.Sequential(*layers)
"""
KERAS = """
import keras
from keras import layers
def net(depth):
    inputs = x = keras.Input((16, 16, 8))
    for i in range(depth // 3):
        y = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
        x = layers.Add()([x, layers.BatchNormalization()(y)])
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
"""


def written_out(depth: int) -> str:
    """A network of ``depth`` statements in ``__init__`` and as many in ``forward``."""
    made = "".join(f"        self.layer{i} = nn.Linear(32, 32)\n" for i in range(depth))
    called = "".join(f"        x = self.layer{i}(x)\n" for i in range(depth))
    return ("import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n" + made
            + "    def forward(self, x):\n" + called + "        return x\n")


Case = tuple[Callable[[int], str], str, tuple[str, ...]]  # the source, the expression, the inputs
CASES: dict[str, Case] = {
    "residual blocks": (lambda depth: BLOCKS, "Net({depth})", ()),
    "residual blocks, called": (lambda depth: BLOCKS, "Net({depth})", ("1,16,8,8",)),
    "Sequential": (lambda depth: SEQUENTIAL, "net({depth})", ()),
    "Sequential, called": (lambda depth: SEQUENTIAL, "net({depth})", ("1,32",)),
    "written out": (written_out, "Net()", ()),
    "written out, called": (written_out, "Net()", ("1,32",)),
    "functional Keras": (lambda depth: KERAS, "net({depth})", ()),
}


def seconds(folder: str, case: Case, depth: int) -> tuple[float, str]:
    source, expression, inputs = case
    path = os.path.join(folder, f"net{depth}.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source(depth))
    start = time.process_time()
    (answer,) = api.summary([f"{path}::{expression.format(depth=depth)}"], jobs=1, inputs=inputs, places=False)
    taken = time.process_time() - start
    (model,) = answer.models
    bounded = model.macs is not None and model.macs.bound
    said = model.status.value if model.status != "exact" or not bounded else "cost not followed"
    return taken, said if said == "exact" else f"{said}: {model.reasons[0].message if model.reasons else ''}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(f"{'':28}" + "".join(f"{size:>9,} layers" for size in SIZES) + "     × for 4 × the layers, for 10 × more")
    with tempfile.TemporaryDirectory() as folder:
        for name, case in CASES.items():
            seconds(folder, case, 2)  # imports
            best = {size: min(seconds(folder, case, size) for _ in range(rounds if size < 1_000 else 1)) for size in SIZES}
            said = {found[1] for found in best.values()} - {"exact"}
            taken = [best[size][0] for size in SIZES]
            print(f"{name:28}" + "".join(f"{one:14.3f} s" for one in taken)
                  + f"{taken[1] / taken[0]:12.1f}{taken[2] / taken[1]:12.1f}  {'; '.join(sorted(said))}", flush=True)


if __name__ == "__main__":
    main()
