"""The functions and layers of einops beside the real ones: shapes and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from paramlint.analysis.layer_calls import shape_tree
from paramlint.analysis.session import Session
from paramlint.interpreter.signals import Raised

torch = pytest.importorskip("torch")
pytest.importorskip("einops")
pytestmark = pytest.mark.oracle

HEAD = """import torch
import einops
from einops import einsum, pack, parse_shape, rearrange, reduce, repeat, unpack
from einops.layers.torch import EinMix, Rearrange, Reduce

x = torch.zeros(2, 3, 8, 12)
y = torch.zeros(2, 5, 6)
"""
EXPRESSIONS = """
rearrange(x, "b c h w -> b h w c")
rearrange(x, "b c h w -> b c (h w)")
rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", p=4, q=3)
rearrange(x, "b c (h p) (w p) -> (b h w) c p p1", p=4)
rearrange(x, "b c (h p) w -> b c h w p", p=5)
rearrange(x, "b c (h p) w -> b c h w p", h=2, p=5)
rearrange(x, "b ... -> ... b")
rearrange(x, "b ... w -> b (...) w")
rearrange(x, "b c ... -> b (c ...)")
rearrange(x, "b c h w -> b c h w 1")
rearrange(x, "b c h w -> b c () h w")
rearrange(x, "b c h w -> b c h")
rearrange(x, "b c h -> b c h")
rearrange(x, "b c h w -> b c h w d")
rearrange(x, "b c (h h2 h3) w -> b c h h2 h3 w", h=2)
rearrange(x, "b c h w -> b (c h w", h=8)
rearrange(x, "b c h w -> b c h w", d=3)
rearrange(x, "b c h w -> b c h w 2")
rearrange(y, "b n (k d) -> k b n d", k=3)
rearrange(y, "b n (d k) -> k b n d", k=4)
rearrange([y, y, y], "k b n d -> b n (k d)")
rearrange(y, "b n d -> (b n) d")
rearrange(y[0], "n d -> 1 n d")
rearrange(y[:1], "1 n d -> n d")
rearrange(y, "1 n d -> n d")
rearrange(y[:, :1], "b () d -> b d")
repeat(y, "b n d -> b n d k", k=4)
repeat(y, "b n d -> b (n k) d", k=4)
repeat(y, "b n d -> (2 b) n d")
repeat(y, "b n d -> b n d k")
repeat(y[:1], "1 n d -> b n d", b=7)
repeat(y[0, 0], "d -> b n d", b=2, n=3)
repeat(y, "b n d -> b n")
repeat(y, "... d -> ... (d r)", r=2)
reduce(x, "b c h w -> b c", "mean")
reduce(x, "b c (h p) (w q) -> b c h w", "max", p=2, q=2)
reduce(x, "b c (h 2) (w 2) -> b c h w", "max")
reduce(x, "b c h w -> b c 1 1", "sum")
reduce(x, "b c ... -> b c", "mean")
reduce(x, "b c h w ->", "sum")
reduce(x, "b c h w -> b c", "median")
reduce(x, "b c h w -> b c k", "mean")
reduce(x, "... h w -> ...", "min")
einsum(y, y, "b i d, b j d -> b i j")
einsum(y, y, "b i d, b j e -> b i j")
einsum(y, y, "b i d, b j e -> b (i j)")
einsum(y, torch.zeros(6, 9), "... i, i o -> ... o")
einsum(y, torch.zeros(7, 9), "... i, i o -> ... o")
einsum(y, "b i d -> d b")
parse_shape(x, "b c _ w")
parse_shape(x, "b c h")
pack([y, y], "b * d")[0]
pack([y, torch.zeros(2, 6), torch.zeros(2, 3, 4, 6)], "b * d")[0]
pack([y, torch.zeros(2, 6)], "b * d")[1]
unpack(y, [[2], [3]], "b * d")
Rearrange("b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4)(x)
Rearrange("b c h w -> b c")
Rearrange("b c h w -> b (h w) c")(y)
Reduce("b c h w -> b c", "mean")(x)
Reduce("b c (h 2) w -> b c h w", reduction="max")(x)
EinMix("b n d -> b n e", weight_shape="d e", bias_shape="e", d=6, e=9)(y)
EinMix("b n d -> b m d", weight_shape="n m", n=5, m=7)(y)
EinMix("b n d -> b m d", weight_shape="n m", n=4, m=7)(y)
EinMix("b n (h d) -> b n (h e)", weight_shape="h d e", bias_shape="h e", h=2, d=3, e=4)(y)
EinMix("b n d -> b n e", weight_shape="d e", d=6)
EinMix("b ... d -> b ... e", weight_shape="d e", bias_shape="e", d=12, e=5)(x)
EinMix("b n d -> b n e", "d e", bias_shape="e", d=6, e=9).bias
EinMix("b n (h d) -> b n (h e)", weight_shape="h d e", bias_shape="h e", h=2, d=3, e=4).bias
EinMix("b ... d -> b ... e", weight_shape="d e", bias_shape="e", d=12, e=5).bias
"""
CASES = EXPRESSIONS.strip().splitlines()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("einops") / "calls.py"
    path.write_text(HEAD + "".join(f"def f{at}():\n    return {text}\n" for at, text in enumerate(CASES)))
    return path


@pytest.mark.parametrize("at", range(len(CASES)), ids=CASES)
def test_against_einops(at: int, file: Path) -> None:
    space: dict[str, Any] = {}
    exec(HEAD, space)
    try:
        wanted: Any = _sizes(eval(CASES[at], space))
    except Exception:
        wanted = "refused"
    found = Session().module(str(file))
    assert found is not None
    it, module = found
    it.start()
    try:
        value = it.call(module.attribute(it, f"f{at}"))
        answer: Any = _sizes(value if isinstance(value, dict) else _shapes(value))
    except Raised:
        answer = "refused"
    finally:
        it.stop()
    assert answer == wanted


def _shapes(value: Any) -> Any:
    """Shapes of tensors; sizes are as they are."""
    if isinstance(value, list | tuple) and all(isinstance(one, int) for one in value):
        return value
    return [_shapes(one) for one in value] if isinstance(value, list | tuple) else shape_tree(value)


def _sizes(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return list(value.shape)
    if isinstance(value, list | tuple):
        return [_sizes(one) for one in value]
    return value
