"""What the real Keras makes of programs that were written to break the answer; ``python tests/oracle/keras_truth.py`` records it.

Each body is the text of a module that makes a ``model``; it runs in a process of its own, as it may set up Keras for all that follows.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import types
import warnings
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORD = FIXTURES / "oracle" / "keras-3.15.1-bodies.json"
BODIES = FIXTURES / "models" / "keras_bodies.txt"
HEADER = """\
import keras, numpy as np
from keras import layers, ops, Model, Sequential, Input
from keras.layers import *
L = layers


"""


def bodies() -> list[str]:
    return [body.strip("\n") for body in BODIES.read_text(encoding="utf-8").split("---\n") if body.strip()]


def text_of(body: str) -> str:
    return f"{HEADER}{body}\n"


def truth(text: str) -> dict[str, Any]:
    """The counts of the real model, or the exception that is raised on the way to them."""
    module = sys.modules["program"] = types.ModuleType("program")
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            exec(compile(text, "program.py", "exec"), module.__dict__)
            weights, trained = ({id(one): one for one in found} for found in (module.model.weights, module.model.trainable_weights))
            sizes = [sum(int(one.numpy().size) for one in found.values()) for found in (weights, trained)]
            return {"params": sizes[0], "trainable": sizes[1]}
    except Exception as error:
        return {"error": type(error).__name__}


def apart(text: str) -> dict[str, Any]:
    """The truth, found in a process of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, json.dumps(truth(text)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        found: dict[str, Any] = json.loads(pipe.read())
    os.waitpid(child, 0)
    return found


def wrong(answer: Any, true: dict[str, Any]) -> str:
    """What of an answer is not so; empty where nothing is."""
    raised = next((reason.message for reason in answer.reasons if "the code raises" in reason.message), "")
    if answer.status.value == "exact":
        found = {name: getattr(answer, name).value for name in ("params", "trainable") if getattr(answer, name).exact}
        return "" if found.items() <= true.items() else f"exact {found}, truth {true}"
    return f"{raised}, truth {true}" if raised and "error" not in true and answer.root is None else ""


if __name__ == "__main__":
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras
    import torch

    torch.set_num_threads(1)
    keras.Sequential([keras.layers.Dense(2)]).build((None, 2))
    keras.utils.clear_session()
    RECORD.write_text(json.dumps([apart(text_of(body)) for body in bodies()], indent=0) + "\n", encoding="utf-8", newline="\n")
