"""What the real Paddle makes of programs; ``python tests/oracle/paddle_truth.py`` records it in Paddle's environment.

The record holds programs by the number that the generator makes them of, and bodies of functions that were written to break the answer.
"""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

from paddle_programs import program

RECORD = Path(__file__).parents[2] / "fixtures" / "oracle" / "paddle-3.3.1-programs.json"
BODIES = Path(__file__).parents[2] / "fixtures" / "models" / "paddle_bodies.txt"
SEEDS = range(1, 61)
HEADER = """\
import collections, copy
from collections import OrderedDict
import numpy as np
import paddle
import paddle.nn as nn
import paddle.nn.functional as F
from paddle import ParamAttr


def build():
"""


def bodies() -> list[str]:
    return [body.strip("\n") for body in BODIES.read_text(encoding="utf-8").split("---\n") if body.strip()]


def function(body: str) -> str:
    """The text of a file whose function ``build`` runs a body and returns its ``model``."""
    return HEADER + "".join(f"    {line}\n" if line else "\n" for line in body.split("\n")) + "    return model\n"


def truth(text: str, target: str) -> dict[str, Any]:
    """The counts of the real model, or the exception that is raised on the way to them."""
    import paddle
    from paddle.base import unique_name

    module = sys.modules["program"] = types.ModuleType("program")
    unique_name.dygraph_parameter_name_checker._name_set.clear()
    unique_name.switch()
    paddle.set_default_dtype("float32")
    paddle.nn.initializer.set_global_initializer(None)
    try:
        exec(compile(text, "program.py", "exec"), module.__dict__)
        model = eval(target, module.__dict__)
        parameters = [parameter for _, parameter in model.named_parameters()]
        return {"params": sum(parameter.size for parameter in parameters),
                "trainable": sum(parameter.size for parameter in parameters if not parameter.stop_gradient),
                "buffers": sum(buffer.size for _, buffer in model.named_buffers())}
    except Exception as error:
        return {"error": type(error).__name__}
    finally:
        del sys.modules["program"]


def wrong(answer: Any, true: dict[str, Any]) -> str:
    """What of an answer is not so; empty where nothing is."""
    reasons = [reason.message for reason in answer.reasons]
    if answer.status.value == "exact":
        found = {name: getattr(answer, name).value for name in ("params", "trainable", "buffers")}
        return "" if found == true else f"exact {found}"
    raised = next((reason for reason in reasons if "the code raises" in reason), "")
    return raised if raised and "error" not in true else ""


def record() -> dict[str, Any]:
    return {"programs": {str(seed): truth(*program(seed)) for seed in SEEDS}, "bodies": [truth(function(body), "build()") for body in bodies()]}


if __name__ == "__main__":
    RECORD.write_text(json.dumps(record(), indent=0) + "\n", encoding="utf-8", newline="\n")
