"""Operations of torch against the real torch: shapes, dtypes, refusals and contents, through source code that calls them."""

from __future__ import annotations

import re
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from torch.utils.flop_counter import FlopCounterMode

from paramlint.analysis.session import Session
from paramlint.analysis.tensors import TensorValue
from paramlint.core.contents import flat
from paramlint.core.dims import Formula, render
from paramlint.core.nearly import Nearly
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import Either, Instance
from paramlint.schema.op import Op
from paramlint.syntax.outline import outline

pytestmark = pytest.mark.oracle

TABLE = Path(__file__).parents[2] / "fixtures" / "oracle" / "torch-2.13.0-operations.txt"
SIZES = {"p": 2, "q": 3, "r": 4, "s": 8}
TENSORS = {
    "v": "torch.arange(s)", "m": "torch.ones(q, r)", "x": "torch.ones(p, q, r)", "y": "torch.ones(p, q, r, dtype=torch.int64)",
    "im": "torch.ones(p, q, s, s)", "b": "torch.ones(p, q, dtype=torch.bool)", "k": "torch.arange(r)",
    "z": "torch.ones(p, q, r, dtype=torch.complex64)", "w": "torch.ones(p, 1, r)", "c": "torch.tensor(3.5)", "e": "torch.ones(0, q)",
}
REFUSED = "refused"
OPEN = "not known"


def _lines() -> list[str]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _source(expression: str) -> str:
    used = [name for name in TENSORS if re.search(rf"\b{name}\b", expression)]
    setup = "".join(f"    {name} = {TENSORS[name]}\n" for name in used)
    return f"import torch\nimport torch.nn.functional as F\n\ndef case(p, q, r, s):\n{setup}    return {expression}\n"


# What comes out, in plain Python ------------------------------------------------------------------------------------------


@cache
def _real(expression: str) -> Any:
    space: dict[str, Any] = {}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            exec(_source(expression), space)
            return _described(space["case"](**SIZES))
        except Exception:  # whatever torch raises is a refusal
            return REFUSED


def _described(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return {"shape": list(value.shape), "dtype": str(value.dtype).removeprefix("torch."),
                "data": value.flatten().tolist() if value.numel() <= 4096 else None}
    if isinstance(value, tuple | list):
        return [_described(item) for item in value]
    return value


SESSION = Session()


@cache
def _module(expression: str) -> Any:
    return SESSION.alone("case.py", outline(_source(expression)))


def _ours(expression: str, sizes: dict[str, Any]) -> Any:
    it, module = _module(expression)
    it.start()
    try:
        return _answer(it, it.call(module.attribute(it, "case"), list(sizes.values())))
    except Raised:
        return REFUSED
    except NeedsValue:
        return OPEN
    finally:
        it.stop()


def _macs(expression: str) -> Any:
    """Multiply-accumulates of the calls of an expression, as the analysis records them."""
    it, _ = _module(expression)
    calls = it.library.calls = []
    try:
        _ours(expression, SIZES)
    finally:
        it.library.calls = None
    return sum(call.macs for call in calls)


def _answer(it: Any, value: Any) -> Any:
    if isinstance(value, TensorValue):
        tensor = value.tensor
        shape: Any = OPEN if isinstance(tensor.shape, Unknown) else [_answer(it, size) for size in tensor.shape]
        return {"shape": shape, "dtype": tensor.dtype, "data": None if tensor.data is None else flat(tensor)}
    if isinstance(value, Unknown | Either) or it.state.open_reason(value) is not None:
        return OPEN
    if isinstance(value, Instance) and isinstance(value.payload, tuple):
        return _answer(it, value.payload)
    if isinstance(value, tuple | list):
        return [_answer(it, item) for item in value]
    return value


def _wrong(truth: Any, answer: Any, *, exact: bool) -> str:
    """Where an answer contradicts the truth; with ``exact`` also where it leaves something open. Contents may always be left out."""
    if isinstance(answer, str) and answer == OPEN:
        return "left open" if exact else ""
    if isinstance(answer, Formula):
        found = eval(render(answer), {"min": min, "max": max, "abs": abs, "int": int}, dict(SIZES))
        return "" if found == truth else f"{answer} is {found}, not {truth}"
    if isinstance(truth, dict) and isinstance(answer, dict):
        found = _wrong(truth["shape"], answer["shape"], exact=exact)
        if not found and answer["dtype"] != truth["dtype"] and (exact or answer["dtype"] != "unknown"):
            found = f"dtype {answer['dtype']}, not {truth['dtype']}"
        kept = answer["data"]
        return found or ("" if kept is None or _same_contents(kept, truth["data"]) else f"contents {kept}, not {truth['data']}")
    if isinstance(truth, list) and isinstance(answer, list):
        if len(truth) != len(answer):
            return f"{answer}, not {truth}"
        return next(filter(None, (_wrong(one, other, exact=exact) for one, other in zip(truth, answer, strict=True))), "")
    return "" if type(truth) is type(answer) and truth == answer else f"{answer!r}, not {truth!r}"


def _same_contents(kept: list[Any], truth: list[Any]) -> bool:
    """Whether every number is the true one, or an interval around it."""
    return len(kept) == len(truth) and all(
        one.low <= other <= one.high if isinstance(one, Nearly) else one == other for one, other in zip(kept, truth, strict=True))


# Tests --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", _lines())
def test_operation(line: str) -> None:
    expression = line.removeprefix("? ")
    assert not _wrong(_real(expression), _ours(expression, SIZES), exact=not line.startswith("? "))


@pytest.mark.parametrize("line", _lines())
def test_open_sizes_give_nothing_wrong(line: str) -> None:
    """A size that is not known, or a formula, never becomes a number that is not the truth, nor a refusal that torch does not make."""
    expression = line.removeprefix("? ")
    truth = _real(expression)
    for name in SIZES:
        if not re.search(rf"\b{name}\b", _source(expression).partition(":\n")[2]):
            continue
        for hole in (Formula.free(name), Unknown.because(Why.ARGUMENT, f"`{name}` is not known")):
            answer = _ours(expression, {**SIZES, name: hole})
            if truth != REFUSED:
                assert not _wrong(truth, answer, exact=False), f"with {name} = {hole!r}"


def _flops(expression: str) -> int:
    space: dict[str, Any] = {}
    exec(_source(expression), space)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        space["case"](**SIZES)
    return int(counter.get_total_flops())


@pytest.mark.parametrize("line", [line for line in _lines() if re.search(r"@|conv|einsum|attention|linear\(|mm\(|matmul", line)])
def test_multiply_accumulates(line: str) -> None:
    if _real(line) == REFUSED:
        return
    counted = _flops(line)
    if counted:  # products of vectors are not counted by torch
        assert 2 * _macs(line) == counted


def test_every_operation_is_called() -> None:
    entries = {entry for entry in REGISTRY.entries(REGISTRY.framework_of("torch")).values() if issubclass(entry, Op)}
    called: set[type[Op]] = set()

    def build(cls: type[Op], *args: Any, **kwargs: Any) -> Op:
        called.add(cls)
        return original(cls, *args, **kwargs)

    original = Op.build.__func__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Op, "build", classmethod(build))
        for line in _lines():
            _ours(line.removeprefix("? "), SIZES)
    assert not entries - called
