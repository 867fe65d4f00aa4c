"""Random models whose forward pass is a chain of operations, to hold what training is said to keep against the real torch.

    python tests/oracle/kept_programs.py COUNT SEED [FOLDER]

writes and compares COUNT programs; those that differ are left in FOLDER. The same seed gives the same programs.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from torch.autograd.graph import saved_tensors_hooks

from paramlint import api

HEAD = '''\
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sigmoid() * 2

    @staticmethod
    def backward(ctx, gradient):
        x, = ctx.saved_tensors
        return gradient * x


def helper(module, x):
    return F.dropout(x, 0.25, module.training) if module.training else x
'''
LAYERS = (
    "nn.Linear({last}, {width})", "nn.Linear({last}, {width}, bias=False)", "nn.LayerNorm({last})", "nn.LayerNorm({last}, elementwise_affine=False)",
    "nn.BatchNorm1d({second})", "nn.BatchNorm2d({second})", "nn.BatchNorm2d({second}, track_running_stats=False)", "nn.BatchNorm2d({second}).eval()",
    "nn.GroupNorm(2, {second})", "nn.Conv1d({second}, {width}, 3, padding=1)", "nn.Conv2d({second}, {width}, 3, padding=1)",
    "nn.Conv2d({second}, {second}, 3, padding='same', groups={second})", "nn.Conv2d({second}, {width}, 2, padding='same')",
    "nn.Conv2d({second}, {width}, 1, bias=False)", "nn.Conv2d({second}, {width}, 3, padding=1, padding_mode='reflect')",
    "nn.ConvTranspose2d({second}, {width}, 2, stride=2)", "nn.MaxPool2d(2)", "nn.AvgPool2d(2)", "nn.AdaptiveAvgPool2d(1)", "nn.AdaptiveAvgPool2d(2)",
    "nn.AdaptiveMaxPool2d(2)", "nn.MaxPool1d(2)", "nn.AvgPool1d(2)", "nn.ReLU()", "nn.ReLU(inplace=True)", "nn.GELU()", "nn.SiLU()", "nn.SiLU(True)",
    "nn.Hardswish()", "nn.Hardswish(True)", "nn.ELU()", "nn.ELU(inplace=True)", "nn.LeakyReLU(0.1)", "nn.LeakyReLU(0.1, True)", "nn.PReLU()", "nn.PReLU({second})",
    "nn.Mish()", "nn.Softplus()", "nn.Hardsigmoid()", "nn.Hardtanh()", "nn.ReLU6(True)", "nn.Sigmoid()", "nn.Tanh()", "nn.Softmax(-1)", "nn.LogSoftmax(1)",
    "nn.Dropout(0.5)", "nn.Dropout(0.0)", "nn.Dropout(1.0)", "nn.Dropout(0.3, inplace=True)", "nn.Dropout2d(0.3)", "nn.Dropout1d(0.3)", "nn.AlphaDropout(0.2)",
    "nn.Flatten()", "nn.Flatten(2)", "nn.Unflatten(1, (2, -1))", "nn.Upsample(scale_factor=2)", "nn.Upsample(scale_factor=2, mode='bilinear')",
    "nn.PixelShuffle(2)", "nn.ZeroPad2d(1)", "nn.ReflectionPad2d(1)", "nn.Identity()", "nn.MultiheadAttention({last}, 2, batch_first=True)",
    "nn.MultiheadAttention({last}, 1, dropout=0.1)", "nn.InstanceNorm2d({second})", "nn.RMSNorm({last})", "nn.Unfold(2)", "nn.GLU(1)", "nn.Softsign()",
    "nn.Tanhshrink()", "nn.SELU()", "nn.CELU()", "nn.Threshold(0.1, 1.0)", "nn.LogSigmoid()", "nn.ChannelShuffle(2)", "nn.LSTM({last}, {width}, batch_first=True)",
    "nn.RReLU()", "nn.Softmax2d()", "nn.LocalResponseNorm(2)", "nn.CosineSimilarity()", "nn.Bilinear({last}, {last}, {width})",
)
STEPS = (
    "{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / ({b} + 2)", "{a} * 2", "2 * {a}", "{a} / 3", "3 / ({a} + 5)", "1 - {a}", "-{a}", "{a} ** 2", "{a}.square()", "{a} ** 0.5",
    "{a} * {a}", "{a} @ {b}.transpose(-1, -2)", "{a}.transpose(-1, -2) @ {a}", "torch.matmul({a}, {a}.mT)", "{a}.relu()", "F.relu({a})", "F.gelu({a})", "F.silu({a})",
    "F.softmax({a}, -1)", "{a}.softmax(1)", "F.log_softmax({a}, dim=1)", "{a}.sigmoid()", "torch.tanh({a})", "{a}.exp()", "{a}.abs()", "({a}.abs() + 1).log()", "({a}.abs() + 1).sqrt()",
    "{a}.sin()", "({a} ** 2 + 1).rsqrt()", "{a}.clamp(-1, 1)", "{a}.clamp(min=0)", "F.leaky_relu({a}, 0.2)", "F.elu({a})", "F.hardtanh({a})", "F.relu6({a})", "F.softplus({a})",
    "{a}.sum(-1)", "{a}.sum(1, keepdim=True)", "{a}.mean(1)", "{a}.mean((-1, -2), keepdim=True)", "{a}.max(1)[0]", "{a}.max(dim=-1, keepdim=True).values", "{a}.amax(1)", "{a}.max()",
    "{a}.var(1)", "{a}.std(-1)", "{a}.norm(dim=-1)", "{a}.prod(1)", "{a}.cumsum(1)", "{a}.logsumexp(1)", "{a}.min(1)[0]", "torch.maximum({a}, {b})", "torch.max({a}, {b})",
    "{a}.reshape({a}.shape[0], -1)", "{a}.flatten(1)", "{a}.view({a}.shape[0], -1)", "{a}.transpose(1, 2)", "{a}.transpose(0, 1)", "{a}.permute(0, 2, 1)", "{a}.permute(0, 2, 3, 1)",
    "{a}.permute(0, 3, 1, 2)", "{a}.permute(2, 0, 1)", "{a}.contiguous()", "{a}.unsqueeze(1)", "{a}.squeeze(1)", "{a}.unsqueeze(-1)", "{a}[:, 0]", "{a}[:, 1:]", "{a}[..., ::2]", "{a}[0]",
    "{a}[:, None]", "{a}[:, [0, 1]]", "{a}[:, torch.tensor([1, 0])]", "{a}.index_select(1, torch.tensor([0, 1]))", "{a}.narrow(1, 0, 1)", "{a}.select(1, 0)", "{a}.expand(2, *{a}.shape)",
    "{a}.repeat(2, *[1] * ({a}.dim() - 1))", "torch.cat([{a}, {b}], 1)", "torch.cat([{a}, {a}], -1)", "torch.stack([{a}, {b}], 1)", "torch.stack([{a}, {a}])", "{a}.chunk(2, 1)[1]",
    "{a}.split(1, 1)[0]", "{a}.unbind(1)[0]", "torch.flip({a}, [1])", "torch.roll({a}, 1, 1)", "F.pad({a}, (1, 1))", "F.pad({a}, (1, 1, 1, 1), mode='reflect')", "F.pad({a}, (1, 1, 1, 1), mode='circular')",
    "F.pad({a}, (1, 1, 1, 1), mode='replicate')", "{a}.tril()", "{a}.diagonal(0, -1, -2)", "F.normalize({a}, dim=-1)", "F.normalize({a})", "F.layer_norm({a}, {a}.shape[-1:])",
    "F.group_norm({a}, 2)", "F.dropout({a}, 0.5, self.training)", "F.dropout({a}, 0.5, False)", "F.dropout({a})", "helper(self, {a})", "F.max_pool2d({a}, 2)", "F.avg_pool2d({a}, 2)",
    "F.adaptive_avg_pool2d({a}, 1)", "F.adaptive_avg_pool2d({a}, (2, 1))", "F.interpolate({a}, scale_factor=2)", "F.interpolate({a}, size=(3, 3), mode='bicubic')", "F.unfold({a}, 2)",
    "F.pixel_unshuffle({a}, 2)", "torch.where({a} > 0, {a}, {b})", "{a}.masked_fill({a} > 1, 0.0)", "torch.where({a} > 0, {a}, torch.zeros_like({a}))", "{a}.masked_fill({b} > 0, 1)",
    "{a}.detach()", "{a}.detach() * {a}", "{a}.clone()", "{a}.double()", "{a}.double().float()", "{a}.to({b}.dtype)", "{a}.type_as({b})", "{a}.float()", "torch.zeros_like({a}) + {a}",
    "{a} * torch.rand_like({a})", "{a}.new_ones({a}.shape) * {a}", "{a} * self.scale", "{a} + self.scale", "{a} * self.table", "{a} * self.loose", "{a} @ self.matrix", "{a} * self.frozen",
    "F.linear({a}, self.square)", "F.linear({a}, self.square * 2)", "F.linear({a}, self.square.t())", "F.conv2d({a}, self.kernel)", "F.conv2d({a}, self.kernel * self.kernel)",
    "F.scaled_dot_product_attention({a}, {a}, {a})", "F.scaled_dot_product_attention({a}, {b}, {b}, dropout_p=0.1)", "F.scaled_dot_product_attention({a}, {a}, {a}, is_causal=True)",
    "torch.einsum('abc,adc->abd', {a}, {a})", "torch.einsum('abc,abd->acd', {a}, {b})", "torch.einsum('ab,cb->ac', {a}, {a})", "torch.einsum('abcd,bc->abd', {a}, {a}[0, :, :, 0])",
    "Twice.apply({a})", "checkpoint(torch.tanh, {a}, use_reentrant=False)", "sum(one for one in {a})", "[one * 2 for one in {a}][0]", "{a}.relu_()", "{a}.mul_(2)", "{a}.add_({b})", "{a}.mul_({b})",
    "{a}.clone().mul_({b})", "{a}.clone().clamp_(0)", "{a}.clone().tanh_()", "{a}.clone().exp_()", "{a}.clone().zero_()", "({a} > 0) * {a}", "({a} > 0).float()", "{a}.argmax(1)", "{a}.topk(1, 1)[0]",
    "{a}.sort(1)[0]", "{a}.gather(1, torch.zeros_like({a}, dtype=torch.long))", "{a}.repeat_interleave(2, 1)", "torch.outer({a}[0], {a}[0])", "{a}.mean()", "torch.bmm({a}, {a}.transpose(1, 2))",
    "torch.baddbmm({a} @ {a}.mT, {a}, {a}.mT)", "{a}.view_as({b}) * {b}", "{a}.unflatten(1, (2, -1))", "{a}.swapaxes(1, 2)", "{a}.movedim(1, -1)", "{a}.round()", "{a}.sign()", "{a} % 2", "{a} // 2",
    "torch.lerp({a}, {b}, 0.5)", "torch.addcmul({a}, {a}, {b})", "F.one_hot({a}.argmax(1)).float()", "F.cosine_similarity({a}, {b})", "F.mse_loss({a}, {b})", "{a}.log1p()", "{a}.expm1()", "F.glu({a}, 1)",
    "F.hardswish({a})", "F.mish({a})", "F.selu({a})", "F.celu({a})", "F.logsigmoid({a})", "F.softsign({a})", "F.tanhshrink({a})", "{a}.erf()", "torch.atan2({a}, {b})", "2 ** {a}", "{a}.pow(3)", "{a}.pow({b})",
)
BLOCKS = (
    "{new} = {a}.clone()\n{new}[:, 0] = 0", "{new} = torch.zeros_like({a})\n{new}[:, 0] = {a}[:, 0]", "{new} = {a} * 1\n{new} += {b}", "{new} = {a} * 1\n{new} *= {b}",
    "with torch.no_grad():\n    {new} = torch.tanh({a}) * self.scale", "{new}, other = {a}.chunk(2, 1)", "{new} = {a}\nfor _ in range(2):\n    {new} = torch.sin({new})",
    "{new} = {a} if self.training else {a} * 2", "{new} = {a} * 2 if self.training and {a}.requires_grad else {a}", "first, *rest = {a}.unbind(1)\n{new} = first",
    "{new} = {a}.transpose(0, 1)\n{new} = {new} @ {new}.mT", "q, k, v = {a}.unsqueeze(0).expand(3, *{a}.shape)\n{new} = q * k + v",
)
SHAPES = ((2, 4), (3, 4, 6), (2, 4, 5, 5), (2, 4, 4, 4), (2, 8, 4), (1, 4, 6, 6))


def program(seed: int) -> tuple[str, tuple[int, ...]]:
    """A model as source, and the shape of its input. Each step has run."""
    chance = random.Random(seed)
    shape = chance.choice(SHAPES)
    made = ["self.scale = nn.Parameter(torch.ones(1))", "self.register_buffer('table', torch.ones(1))", "self.loose = torch.ones(1)",
            f"self.matrix = nn.Parameter(torch.ones({shape[-1]}, 3))", "self.frozen = nn.Parameter(torch.ones(1), requires_grad=False)",
            f"self.square = nn.Parameter(torch.ones({shape[-1]}, {shape[-1]}))", f"self.kernel = nn.Parameter(torch.ones(3, {shape[1]}, 1, 1))"]
    steps: list[str] = []
    names: dict[str, tuple[int, ...]] = {"x": shape}
    for at in range(chance.randint(2, 9)):
        for _ in range(20):
            trial = step(chance, names, at)
            body = source([*made, *trial[0]], [*steps, trial[1]], [*list(names)[-1:], f"v{at}"])
            found = shapes_of(body, shape, f"v{at}")
            if found is not None:
                made += trial[0]
                steps.append(trial[1])
                names[f"v{at}"] = found
                break
    if chance.random() < 0.2:
        made.append("[parameter.requires_grad_(False) for name, parameter in self.named_parameters() if 'weight' in name]")
    return source(made, steps, chance.sample(list(names), min(len(names), 2))), shape


def step(chance: random.Random, names: dict[str, tuple[int, ...]], at: int) -> tuple[list[str], str]:
    """What a step needs in ``__init__``, and the step."""
    one = chance.choice(list(names)[-3:])
    same = [name for name, shape in names.items() if shape == names[one]]
    other, new = chance.choice(same), f"v{at}"
    kind = chance.random()
    if kind < 0.4:
        shape = names[one]
        second = shape[1] if len(shape) > 1 else 1
        layer = chance.choice(LAYERS).format(last=shape[-1] if shape else 1, second=second, width=chance.choice((2, 3, 4, 8)))
        call = f"self.l{at}({one})"
        if "Attention" in layer:
            call = f"self.l{at}({one}, {one}, {one}{chance.choice(('', ', need_weights=False'))})[0]"
        if "LSTM" in layer:
            call += "[0]"
        if "Bilinear" in layer or "Cosine" in layer:
            call = f"self.l{at}({one}, {other})"
        return [f"self.l{at} = {layer}"], f"{new} = {call}"
    if kind < 0.9:
        return [], f"{new} = {chance.choice(STEPS).format(a=one, b=other)}"
    return [], chance.choice(BLOCKS).format(a=one, b=other, new=new)


def source(made: list[str], steps: list[str], given: list[str]) -> str:
    lines = [HEAD, "", "class Net(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    lines += [f"        {line}" for line in made]
    lines += ["", "    def forward(self, x):"]
    lines += [f"        {line}" for step in steps for line in step.split("\n")]
    return "\n".join([*lines, f"        return {', '.join(dict.fromkeys(given))}", ""])


def built(text: str, device: str) -> Any:
    space: dict[str, Any] = {"__name__": "program"}
    with torch.device(device):
        exec(compile(text, "program.py", "exec"), space)
        return space["Net"]().train()


def shapes_of(text: str, shape: tuple[int, ...], name: str) -> tuple[int, ...] | None:
    """The shape of a variable; None where the program raises."""
    try:
        with torch.device("meta"):
            found = built(text, "meta")(torch.ones(shape))
    except Exception:
        return None
    last = found[-1] if isinstance(found, tuple) else found
    return tuple(last.shape) if isinstance(last, torch.Tensor) and last.dtype == torch.float32 and last.numel() < 100_000 else None


def kept(text: str, shape: tuple[int, ...], device: str) -> int | None:
    """Bytes that autograd saves; None where the program raises."""
    saved: dict[int, Any] = {}

    def pack(tensor: Any) -> Any:
        saved.setdefault(tensor.untyped_storage()._cdata, tensor)
        return tensor

    try:
        model = built(text, device)
        with torch.device(device), saved_tensors_hooks(pack, lambda tensor: tensor):
            result = model(torch.ones(shape))
    except Exception:
        return None
    own = {tensor.untyped_storage()._cdata for tensor in (*model.parameters(), *model.buffers())}
    del result
    return sum(tensor.untyped_storage().nbytes() for key, tensor in saved.items() if key not in own)


def compared(seed: int, folder: Path) -> tuple[str, str]:
    """What a program comes to: ``equal``, ``not exact`` with the reason, ``DIFFERENT`` with the figures; its file is there where it differs."""
    text, shape = program(seed)
    file = folder / f"program_{seed}.py"
    file.write_text(text, encoding="utf-8")
    real = {device: kept(text, shape, device) for device in ("meta", "cpu")}
    result, = api.summary([f"{file}::Net()"], api.configs(isolated=True), inputs=[",".join(map(str, shape))])
    model = next(iter(result.models), None)
    memory = model.memory if model is not None else None
    if None in real.values():  # the meta device takes shapes that the CPU refuses
        found = ("DIFFERENT", "torch raises") if memory is not None and memory.kept.exact else ("refused", "")
    elif memory is None:
        found = "not exact", result.problem or "not called"
    elif not memory.kept.exact:
        wrong = isinstance(memory.kept.value, int) and memory.kept.value > max(value or 0 for value in real.values())
        found = ("DIFFERENT", f"at least {memory.kept.value}: {real}") if wrong else ("not exact", memory.kept.reasons[0].message)
    elif memory.kept.value == real["meta"] and (real["cpu"] == real["meta"] or "attention" in text.lower()):
        found = "equal", ""
    else:
        found = "DIFFERENT", f"{memory.kept.value}: {real}"
    if found[0] != "DIFFERENT":
        file.unlink()
    return found


def main() -> int:
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp())
    folder.mkdir(exist_ok=True, parents=True)
    torch.set_num_threads(1)
    table: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for number in range(seed, seed + count):
        found, why = compared(number, folder)
        table[found] += 1
        reasons[why] += found == "not exact"
        if found == "DIFFERENT":
            print(f"{folder}/program_{number}.py: {why}", flush=True)
    print(dict(table))
    for reason, times in reasons.most_common(25):
        print(f"{times:5}  {reason}")
    return 1 if table["DIFFERENT"] else 0


if __name__ == "__main__":
    sys.exit(main())
