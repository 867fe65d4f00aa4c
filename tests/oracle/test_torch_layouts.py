"""How results lie in memory, and what is refused for that, against the real torch: through source code whose tensors lie in several ways."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from paramlint.analysis.session import Session
from paramlint.analysis.tensors import UNCLEAR, TensorValue
from paramlint.core.unknown import NeedsValue
from paramlint.frameworks import strides
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import Instance
from paramlint.syntax.outline import outline

pytestmark = pytest.mark.oracle

TABLE = Path(__file__).parents[2] / "fixtures" / "oracle" / "torch-2.13.0-operations.txt"
LINES = [line.removeprefix("? ") for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
VIEWS = (
    "x.view(-1)", "x.view(2, -1)", "x.view(6, 4)", "x.view(2, 12)", "x.view(2, 3, 2, 2)", "x.view(2, 1, 3, 4)", "x[:, 1:].view(-1)",
    "x[..., 0].view(6)", "x.reshape(6, 4).view(-1)", "x.contiguous().view(-1)", "x.transpose(1, 2).view(2, -1)", "(x + 1).view(-1)",
    "x.permute(2, 0, 1).clone().view(4, 6)", "im.mean(1).view(2, -1)", "im.flatten(2).view(6, 64)", "im.view(2, 3, -1)", "im.view(6, 8, 8)",
    "F.relu(im).view(2, -1)", "torch.nn.Conv2d(3, 4, 3)(im).view(2, -1)", "torch.nn.BatchNorm2d(3)(im).view(2, 192)", "torch.kron(x, x)",
    "torch.kron(m, torch.ones(2, 1))", "torch.nn.LSTM(4, 5, batch_first=True)(x)[0].view(-1, 5)", "torch.nn.LSTM(4, 5)(x)[0].view(-1, 5)",
    "torch.nn.Linear(4, 2)(x).view(-1)", "(x @ x.transpose(1, 2)).view(2, 9)", "x.view_as(torch.ones(24))", "x.add_(1)", "x[0].mul_(2)",
    "torch.nn.ReLU(inplace=True)(im)", "x.contiguous(memory_format=torch.contiguous_format).view(-1)", "x.unbind(1)[0].view(-1)",
    "im.contiguous(memory_format=torch.channels_last).view(2, -1)", "x.split(1, 1)[0].view(-1)", "x.squeeze().view(-1)", "x.mT.view(-1)",
    "x.repeat(1, 2, 1).view(-1)", "torch.cat([x, x], 1).view(-1)", "torch.stack([x, x]).view(-1)", "x.softmax(-1).view(-1)", "x.data.view(-1)",
    "torch.nn.Parameter(x.float()).view(-1)", "next(iter(x)).view(-1)", "x.float().view(-1)", "x.double().view(-1)", "x.expand(2, 3, 4).view(-1)")
SIZES = {"p": 2, "q": 3, "r": 4, "s": 8}
IN_ORDER = {
    "v": "torch.arange(s)", "m": "torch.ones(q, r)", "x": "torch.ones(p, q, r)", "y": "torch.ones(p, q, r, dtype=torch.int64)",
    "im": "torch.ones(p, q, s, s)", "b": "torch.ones(p, q, dtype=torch.bool)", "k": "torch.arange(r)",
    "z": "torch.ones(p, q, r, dtype=torch.complex64)", "w": "torch.ones(p, 1, r)", "c": "torch.tensor(3.5)", "e": "torch.ones(0, q)",
}
LAID = {
    "in order": {},
    "reordered": {"m": "torch.ones(r, q).t()", "x": "torch.ones(q, r, p).permute(2, 0, 1)", "im": "torch.ones(p, s, s, q).permute(0, 3, 1, 2)",
                  "y": "torch.ones(p, r, q, dtype=torch.int64).transpose(1, 2)", "w": "torch.ones(r, 1, p).transpose(0, 2)",
                  "b": "torch.ones(q, p, dtype=torch.bool).t()", "z": "torch.ones(q, p, r, dtype=torch.complex64).transpose(0, 1)"},
    "expanded": {"m": "torch.ones(q, 1).expand(q, r)", "x": "torch.ones(p, 1, r).expand(p, q, r)", "im": "torch.ones(p, 1, s, s).expand(p, q, s, s)",
                 "y": "torch.ones(p, q, 2 * r, dtype=torch.int64)[..., ::2]"},
    "with gaps": {"m": "torch.ones(q, 2 * r)[:, 1::2]", "x": "torch.ones(q, p, r).transpose(0, 1)", "im": "torch.ones(p, q, s, s).transpose(2, 3)"},
}
OPEN = ("bernoulli_", "init.normal_", "init.trunc_normal_", "as_strided")  # which do not say that they refuse


def _source(expression: str, laid: str) -> str:
    tensors = {**IN_ORDER, **LAID[laid]}
    setup = "".join(f"    {name} = {tensors[name]}\n" for name in tensors if re.search(rf"\b{name}\b", expression))
    return f"import torch\nimport torch.nn.functional as F\n\ndef case(p, q, r, s):\n{setup}    return {expression}\n"


def _real(source: str) -> Any:
    space: dict[str, Any] = {}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        exec(source, space)
        return space["case"](**SIZES)


def _tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, torch.Tensor | TensorValue):
        yield value
    elif isinstance(value, Instance):
        yield from _tensors(value.payload)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.mark.parametrize("laid", LAID)
def test_results_lie_as_in_torch(laid: str, session: Session) -> None:
    wrong = [f"{line}: {found}" for line in (*LINES, *VIEWS) if not any(name in line for name in OPEN)
             and (found := _difference(_source(line, laid), session))]
    assert not wrong, "\n".join(wrong)


def _difference(source: str, session: Session) -> str:
    try:
        truth: Any = _real(source)
    except Exception as error:
        truth = error
    it, module = session.alone("case.py", outline(source))
    it.library.granted.hedges.clear()  # type: ignore[attr-defined]
    it.start()
    try:
        answer: Any = it.call(module.attribute(it, "case"), list(SIZES.values()))
    except Raised as raised:
        answer = raised
    except NeedsValue:
        return ""
    finally:
        it.stop()
    if isinstance(truth, Exception):
        told = isinstance(answer, Raised) or not re.search("view size|single memory", str(truth)) or _is_hedged(it)
        return "" if told else f"torch refuses: {truth}"
    if isinstance(answer, Raised):
        return "torch does not refuse"
    return next(filter(None, map(_otherwise, _tensors(truth), _tensors(answer))), "")


def _is_hedged(it: Any) -> bool:
    return bool(it.library.granted.hedges)


def _otherwise(truth: Any, answer: TensorValue) -> str:
    shape = answer.tensor.shape
    known = isinstance(shape, tuple) and all(isinstance(size, int) for size in shape)
    if not known or answer.lies is UNCLEAR or truth.layout != torch.strided or tuple(truth.shape) != tuple(shape) or 0 in truth.shape:
        return ""
    found = strides.in_order(shape) if answer.lies is None else answer.lies
    same = all(one == other or size == 1 for size, one, other in zip(shape, truth.stride(), found, strict=True))
    return "" if same else f"{found}, not {truth.stride()}"
