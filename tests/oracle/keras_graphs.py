"""Random models that are drawn with Keras: the real framework beside our answer.

``python tests/oracle/keras_graphs.py 1000 0`` writes so many programs from this seed and prints what differs. A program grows by one
statement at a time, each tried with the real Keras, so most of them build a model; some end with a statement that raises.
"""

from __future__ import annotations

import collections
import contextlib
import io
import os
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from keras_programs import Program

from paramlint.core.unknown import Unknown

# Truth and answer ---------------------------------------------------------------------------------------------------------


def truth(source: str) -> dict[str, Any]:
    keras.backend.clear_session()
    names: dict[str, Any] = {"__name__": "program"}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, "program", "exec"), names)
        except Exception as error:
            return {"error": f"{type(error).__name__}: {str(error)[:150]}", "line": traceback.extract_tb(error.__traceback__)[-1].lineno}
        model = names["model"]
        if model is None:
            return {"error": "no model"}
        return {"params": model.count_params(), "trainable": sum(int(weight.numpy().size) for weight in model.trainable_weights),
                "output": plain(keras.tree.map_structure(lambda tensor: tensor.shape, _ends(model))), "layers": len(model.layers)}


def _ends(model: Any) -> Any:
    """The outputs of a model as it gives them."""
    return model.outputs[0] if isinstance(model, keras.Sequential) else model.output


def plain(shape: Any) -> Any:
    if isinstance(shape, dict):
        return [plain(shape[key]) for key in sorted(shape)]
    if isinstance(shape, list | tuple) and all(size is None or isinstance(size, int) for size in shape):
        return [size if isinstance(size, int) else None for size in shape]
    return [plain(one) for one in shape] if isinstance(shape, list | tuple) else None


def answer(path: Path) -> dict[str, Any]:
    from paramlint import api

    try:
        result = next(iter(api.summary([f"{path}::model"], api.configs(isolated=True))))
    except Exception as error:
        return {"status": "CRASH", "reasons": [f"{type(error).__name__}: {error}"]}
    if result.problem:
        return {"status": "problem", "reasons": [str(result.problem)]}
    model = result.models[0]
    return {"status": model.status.value, "params": model.params.value, "trainable": model.trainable.value if model.trainable.exact else None,
            "output": _output(model.output), "reasons": [reason.message for reason in model.reasons]}


def _output(shape: Any) -> Any:
    if isinstance(shape, dict):
        return [_output(shape[key]) for key in sorted(shape)]
    if isinstance(shape, list | tuple):
        if all(not isinstance(one, list | tuple | dict) for one in shape):
            return ["?" if isinstance(size, Unknown) else size if isinstance(size, int) else None for size in shape]
        return [_output(one) for one in shape]
    return "?"


def _same(answer: Any, truth: Any) -> bool:
    """Whether an answer is the truth; what it says is not known may be anything."""
    if isinstance(truth, list) and len(truth) == 1 and isinstance(truth[0], list):  # a list of one
        return _same(answer, truth[0])
    if isinstance(answer, list) and isinstance(truth, list):
        return len(answer) == len(truth) and all(map(_same, answer, truth))
    return answer == "?" or answer == truth


def verdict(real: dict[str, Any], found: dict[str, Any]) -> str:
    """What is wrong; empty where nothing is."""
    reasons = found["reasons"]
    if found["status"] in ("CRASH", "problem") or any("internal error" in reason for reason in reasons):
        return "INTERNAL"
    if found["status"] == "exact":
        if "error" in real:
            return "EXACT-BUT-RAISES"
        for key in ("params", "trainable", "output"):
            if found[key] is not None and not _same(found[key], real[key]):
                return f"EXACT-BUT-DIFFERENT {key}: real {real[key]} paramlint {found[key]}"
        return ""
    if "error" not in real:
        if any("the code raises" in reason for reason in reasons):
            return "FALSE-REFUSAL"
        if found["status"] == "lower-bound" and isinstance(found["params"], int) and found["params"] > real["params"]:
            return f"BOUND-WRONG real {real['params']} paramlint at least {found['params']}"
    return ""


def compared(seed: int, folder: Path) -> tuple[str, dict[str, Any], dict[str, Any]]:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        source = Program(seed).source()
    path = folder / f"p{seed}.py"
    path.write_text(source)
    return source, truth(source), answer(path)


def main(count: int, seed: int) -> None:
    folder = Path(os.environ.get("FUZZ_WORK") or tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    counts: collections.Counter[str] = collections.Counter()
    whys: collections.Counter[str] = collections.Counter()
    for number in range(seed, seed + count):
        _, real, found = compared(number, folder)
        raises = "error" in real
        counts["real raises" if raises else "real ok"] += 1
        counts[found["status"] + (" raises" if raises else "")] += 1
        wrong = verdict(real, found)
        if wrong:
            counts[wrong.split(" ")[0]] += 1
            print(number, wrong, "|", real.get("error", ""), real.get("line", ""), "|", found["reasons"][:1], flush=True)
        else:
            (folder / f"p{number}.py").unlink()
        if found["status"] != "exact" and not raises:
            whys[f"{(found['reasons'] or ['?'])[0][:110]} ({number})"] += 1
    print(dict(counts))
    for why, times in whys.most_common(40):
        print("   ", times, why)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
