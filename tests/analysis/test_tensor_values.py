"""Tensors in the analysed code: identity, views, in-place changes, layers that are called, and what calls cost."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from paramlint.analysis.session import Session
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.interpreter.signals import Raised
from paramlint.syntax.outline import outline

_HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom somewhere import unknown\n\n"


class Code:
    """Source text as a module, and its names as values."""

    def __init__(self, source: str) -> None:
        self.it, self.module = Session().alone("code.py", outline(_HEAD + textwrap.dedent(source)))
        self.overlay: Any = self.it.library
        self.it.start()

    def __getitem__(self, name: str) -> Any:
        return self.module.attribute(self.it, name)

    def shape(self, name: str) -> Any:
        value = self[name]
        assert isinstance(value, TensorValue)
        return value.tensor.shape if isinstance(value.tensor.shape, Unknown) else tuple(value.tensor.shape)


def test_in_place_methods_give_back_the_same_tensor() -> None:
    code = Code("""
        p = nn.Parameter(torch.zeros(2, 3))
        r = p.requires_grad_(False)
        q = p.fill_(1)
        nn.init.trunc_normal_(p)
        s = nn.init.normal_(p)
        p += 1
        p.data.mul_(2)
        p[...] = 0
    """)
    assert code["p"] is code["q"] is code["r"] is code["s"]
    assert code["p"].is_parameter and code["p"].state["requires_grad"] is False
    assert code.shape("p") == (2, 3)


def test_data_of_another_shape_makes_the_parameter_another() -> None:
    code = Code("p = nn.Parameter(torch.zeros(2, 3))\np.data = torch.zeros(5)")
    assert code.shape("p") == (5,)


def test_a_change_is_seen_through_every_view() -> None:
    code = Code("""
        def run():
            a = torch.arange(4)
            b = a.view(2, 2)
            c = a + 0
            b[0, 0] = 7
            return a[0].item(), c[0].item()

        first, other = run()
    """)
    assert isinstance(code["first"], Unknown)
    assert code["other"] == 0


def test_a_change_on_one_way_is_forgotten_on_both() -> None:
    code = Code("""
        a = torch.arange(3)
        if unknown:
            a.add_(1)
        x = torch.zeros(1, 4)
        if unknown:
            x.squeeze_(0)
        last = a[2].item()
        kept = torch.arange(3)[2].item()
    """)
    assert isinstance(code["last"], Unknown)
    assert isinstance(code.shape("x"), Unknown)
    assert code["kept"] == 2


def test_ways_of_one_shape_are_one_tensor() -> None:
    code = Code("""
        x = torch.rand(2, 3)
        y = x.flatten() if unknown else x.view(6)
        z = y + 1
        u = (x if unknown else x.t()) * 2
    """)
    assert code.shape("z") == (6,)


def test_unknown_shapes_flow_without_an_error() -> None:
    code = Code("""
        x = torch.zeros(unknown)
        y = F.relu(nn.Linear(3, 4)(x.view(-1, 3)).transpose(0, 1)[..., None] @ x)
        n = x.shape
        m = x.lu_solve(x, x)
        k = torch.lobpcg(x)
        s = x.chunk(2)
    """)
    assert isinstance(code.shape("y"), Unknown)
    for name, reason in (("m", "lu_solve"), ("k", "lobpcg")):
        assert isinstance(code[name], Unknown) and reason in code[name].reason.message
    assert isinstance(code["n"], Unknown) and isinstance(code["s"], Unknown)
    assert code.it.get_or(code["x"], "whatever_this_is", None) is None  # torch has no such attribute


@pytest.mark.parametrize(("call", "words", "fits"), [
    ("nn.Linear(30, 5)(torch.zeros(2, 20))", "Linear: expected 30 at dimension -1, got 20: (2, 20)", 20),
    ("nn.Conv2d(32, 8, 3)(torch.zeros(1, 16, 9, 9))", "Conv2d: expected 32 channels, got 16: (1, 16, 9, 9)", 16),
    ("torch.zeros(2, 3) @ torch.zeros(4, 5)", "MatrixProduct: (2, 3) and (4, 5) cannot be multiplied: 3 and 4 differ", 3),
    ("torch.zeros(2, 3) + torch.zeros(4)", "Add: shapes (2, 3) and (4,) cannot be broadcast", None),
    ("torch.zeros(4).view(3, -1)", "Reshape: (4,) has 4 elements, which (3, -1) does not divide", None),
])
def test_shapes_that_do_not_fit_raise(call: str, words: str, fits: int | None) -> None:
    code = Code(f"def run():\n    return {call}\n")
    with pytest.raises(Raised) as raised:
        code.it.call(code["run"])
    error = raised.value.value
    assert error.cls.name == "RuntimeError"
    assert isinstance(error.attrs["args"][0], Unknown)  # the words of torch are others
    assert error.attrs["<told>"] == words
    assert error.attrs["<clash>"].fits == fits


def test_the_analysed_code_catches_what_does_not_fit() -> None:
    code = Code("""
        try:
            torch.zeros(2, 3).view(5)
        except RuntimeError:
            found = "refused"
        try:
            torch.zeros(2)[3]
        except IndexError:
            index = "refused"
    """)
    assert code["found"] == code["index"] == "refused"


def test_lazy_layers_are_exact_once_they_are_called() -> None:
    code = Code("""
        layer = nn.LazyConv2d(8, 3)
        y = layer(torch.zeros(1, 5, 9, 9))
        w = layer.weight
        norm = nn.LazyBatchNorm2d()
        z = norm(y)
        g = norm.weight
    """)
    assert code.shape("y") == code.shape("z") == (1, 8, 7, 7)
    assert code.shape("w") == (8, 5, 3, 3)
    assert code.shape("g") == (8,)


def test_a_replaced_weight_decides() -> None:
    code = Code("""
        layer = nn.Conv2d(3, 8, 3)
        layer.weight = nn.Parameter(torch.zeros(8, 4, 3, 3))
        y = layer(torch.zeros(1, 4, 9, 9))
    """)
    assert isinstance(code.shape("y"), Unknown)


def test_results_have_names() -> None:
    code = Code("""
        found = torch.zeros(2, 3).max(dim=1)
        values, places = found
        again = found.values
        kind = found.indices.dtype
    """)
    assert code.shape("values") == code.shape("again") == code.shape("places") == (2,)
    assert repr(code["kind"]) == "torch.int64"


def test_calls_are_recorded_with_the_module_that_runs() -> None:
    code = Code("""
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 8, 3)
                self.norm = nn.BatchNorm2d(8)

            def forward(self, x):
                x = self.norm(self.conv(x)).flatten(2)
                return x @ x.transpose(1, 2)

        net = Net()
        def run(x):
            return net(x)
    """)
    calls = code.overlay.calls = []
    result = code.it.call(code["run"], [code.it.call(code.it.library_attribute("torch", "zeros"), [1, 3, 9, 9])])
    assert result.tensor.shape == (1, 8, 8)
    found = [(type(call.entry).__name__, call.module.cls.name, call.kind, call.outputs, call.macs) for call in calls if not call.whole]
    assert found == [
        ("Conv2d", "Conv2d", "convolution", (1, 8, 7, 7), 8 * 49 * 27),
        ("BatchNorm2d", "BatchNorm2d", "batch norm", (1, 8, 7, 7), 0),
        ("MatrixProduct", "Net", "matmul", (1, 8, 8), 64 * 49),
    ]
    assert code.overlay.running == []


def test_functions_with_a_derivative_of_their_own() -> None:
    code = Code("""
        class Twice(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return torch.cat([x, x])

            @staticmethod
            def backward(ctx, grad):
                return grad

        y = Twice.apply(torch.rand(2, 3))
    """)
    assert code.shape("y") == (4, 3)


def test_constants_with_one_answer_and_checkpoints() -> None:
    code = Code("""
        from torch.utils.checkpoint import checkpoint
        a = 1 if torch.jit.is_scripting() else 2
        y = checkpoint(lambda x: x.flatten(), torch.zeros(2, 3), use_reentrant=False)
    """)
    assert code["a"] == 2
    assert code.shape("y") == (6,)
