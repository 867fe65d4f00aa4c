"""``python tests/oracle/record_objects.py keras`` records what the classes of losses, metrics, optimizers and the like take for arguments.

Each argument of each class is tried by itself with values of each kind in the real framework; see ``paramlint.schema.object_signatures``
for what is written.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

PACKAGES = Path(__file__).parents[2] / "paramlint" / "frameworks"
KINDS: Mapping[str, tuple[Any, ...]] = {
    "n": (None,), "b": (True, False), "z": (0,), "Z": (0.0,), "i": (1,), "p": (2, 3, 64, 200), "f": (0.05, 0.5, 0.99), "g": (1.0, 1.5, 100.0),
    "m": (-1, -0.5), "t": ("abc", "some words", "float"), "l": ([], [1], [0.5, 0.7], (1, 2)), "c": (abs, lambda x: x), "/": ("a/b",), **dict.fromkeys("sokrP", ()),
    "x": (object(), {}, {1, 2}, 1j, b"x", ((1, 2), (3, 4)), float("nan")),
}
WORDS = (
    "auto", "min", "max", "sum", "mean", "none", "sum_over_batch_size", "mean_with_sample_weight", "micro", "macro", "weighted", "ROC", "PR",
    "interpolation", "minoring", "majoring", "float16", "float32", "float64", "bfloat16", "mixed_float16", "mixed_bfloat16", "int32", "epoch",
    "batch", "cos", "linear", "triangular", "triangular2", "exp_range", "cycle", "iterations", "rel", "abs",
)
NEEDED = {
    "initial_learning_rate": 0.1, "boundaries": [1, 2], "values": [0.1, 0.2, 0.3], "fn": abs, "thresholds": 0.5, "name": "q", "recall": 0.5,
    "precision": 0.5, "sensitivity": 0.5, "specificity": 0.5, "target_class_ids": [0], "decay_rate": 0.9, "schedule": abs, "filepath": "m.keras",
    "d_model": 8, "gamma": 0.9, "milestones": [1, 2], "coeff": 0.1, "max": 1.0, "clip_norm": 1.0, "lr_lambda": lambda epoch: 0.9,
    "start_lr": 0.1, "end_lr": 0.2, "value": 0.1, "max_learning_rate": 0.1, "base_learning_rate": 0.1, "total_steps": 5, "step_size_up": 3, "decay_steps": 3,
    "backup_dir": "d", "filename": "f.csv", "learning_rate": 0.1,
}


def keras() -> tuple[str, ...]:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return tuple(f"keras.{name}" for name in ("callbacks", "constraints", "initializers", "losses", "metrics", "optimizers",
                                                      "optimizers.schedules", "dtype_policies", "random", "regularizers"))


def paddle() -> tuple[str, ...]:
    return ("paddle.metric", "paddle.optimizer", "paddle.optimizer.lr", "paddle.nn")


MODULES: Mapping[str, Callable[[], tuple[str, ...]]] = {"keras": keras, "paddle": paddle}
ABSTRACT = ("Loss", "Metric", "Optimizer", "LearningRateSchedule", "CallbackList", "Initializer", "Regularizer", "Constraint")
# What depends on other arguments, or on how a text ends, and otherwise in older versions.
GIVEN = {
    "paddle.metric.Accuracy": {"topk": "l"}, "paddle.optimizer.lr.LinearWarmup": {"start_lr": "zZf", "end_lr": "zZipfg"},
    "paddle.optimizer.lr.PiecewiseDecay": {"boundaries": "l", "values": "l"}, "paddle.optimizer.lr.OneCycleLR": {"phase_pct": "f"},
    "keras.optimizers.schedules.PiecewiseConstantDecay": {"boundaries": "l", "values": "l"},
    "keras.callbacks.ModelCheckpoint": {"filepath": "t/", "save_weights_only": "b"}}


def classes(modules: tuple[str, ...]) -> Iterator[tuple[str, type]]:
    for module in modules:
        owner = __import__(module, fromlist=["_"])
        for name in sorted(vars(owner)):
            found = getattr(owner, name)
            if isinstance(found, type) and not name.startswith("_") and found.__module__.startswith(("keras.", module)) and (
                    module != "paddle.nn" or name.startswith("ClipGrad")):
                yield f"{module}.{name}", found


def takes(cls: type, arguments: Mapping[str, Any]) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cls(**arguments)
    except Exception:
        return False
    return True


def signature(cls: type, known: Mapping[str, str]) -> str:
    """The parameters of a class and what each takes; "abstract" where that is not found out."""
    parameters = [one for one in inspect.signature(cls).parameters.values() if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    base = {one.name: needed(one.name) for one in parameters if one.default is one.empty or one.name == "parameters"}
    if not takes(cls, base):
        return "abstract"
    switched = {**base, **{one.name: True for one in parameters if one.default is False}}
    bases = [base, switched] if takes(cls, switched) else [base]
    words, used = [], dict(base)
    for one in parameters:
        def fit(value: Any, name: str = one.name) -> bool:
            return all(takes(cls, {**given, name: value}) for given in bases)

        tries = {kind: (*values, *further(kind)) for kind, values in KINDS.items()}
        fits = [kind for kind, values in tries.items() if values and all(map(fit, values))]
        spelled = [word for word in WORDS if "t" not in fits and fit(word)]
        tried = next((value for value in (0.5, 2, *spelled, "abc", [1]) if fit(value)), None)
        apart = [name for name, other in used.items() if tried is not None and not takes(cls, {**base, name: other, one.name: tried})]
        if tried is not None and not apart:
            used[one.name] = tried
        if one.kind == one.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        kinds = known.get(one.name) or ("x" if all(kind in fits for kind in tries if tries[kind]) else "".join(fits))
        mark = ":" if one.default is one.empty else "="
        words.append(f"{one.name}{mark}@{'|'.join((kinds, *spelled))}{''.join(f'!{name}' for name in apart)}")
    return " ".join(words)


def needed(name: str) -> Any:
    given = {"inner_optimizer": "o", "parameters": "P"}.get(name)
    return further(given)[0] if given else NEEDED.get(name, 2)


def further(kind: str) -> tuple[Any, ...]:
    """Values of a kind that a framework makes."""
    if kind == "x":
        import numpy

        return (numpy.ones((2, 2)),)
    if framework == "paddle":
        import paddle

        return {"s": (paddle.optimizer.lr.StepDecay(0.1, 2),), "k": (paddle.nn.ClipGradByNorm(1.0),), "r": (paddle.regularizer.L2Decay(0.1),),
                "P": (paddle.nn.Linear(2, 3).parameters(),), "o": (paddle.optimizer.SGD(0.1, paddle.nn.Linear(2, 3).parameters()),)}.get(kind, ())
    import keras

    return {"s": (keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9),), "o": (keras.optimizers.SGD(0.1),)}.get(kind, ())


if __name__ == "__main__":
    framework = sys.argv[1]
    record = {name: "abstract" if cls.__name__ in ABSTRACT else signature(cls, GIVEN.get(name, {}))
              for name, cls in classes(MODULES[framework]())}
    text = json.dumps(record, indent=0, sort_keys=True)
    (PACKAGES / framework / "objects.json").write_text(text + "\n", encoding="utf-8", newline="\n")
