"""Random programs that build a ``paddle.nn.Layer``: what they register, freeze, share, take apart, and what Paddle refuses of it.

A program is the text of a file with a class ``Net``, or with a model ``net`` at module level. The same number gives the same text.
"""

from __future__ import annotations

import random
from collections.abc import Callable

HEADER = """\
import collections, copy, functools
from collections import OrderedDict
import paddle
import paddle.nn as nn
import paddle.nn.functional as F
from paddle import ParamAttr


class Block(nn.Layer):
    made = 0

    def __init__(self, n, depth=2, act=nn.ReLU):
        super().__init__()
        Block.made += 1
        self.n = n
        self.body = nn.Sequential(*(layer for i in range(depth) for layer in (nn.Linear(n + i, n + i + 1), act())))
        self.post()

    def post(self):
        self.gain = self.create_parameter([self.n])

    def forward(self, x):
        return self.body(x)


class Wide(Block):
    def post(self):
        self.gain = self.create_parameter([self.n, 2], attr=ParamAttr(trainable=False))
        self.register_buffer("seen", paddle.zeros([self.n]))

"""

# Classes that replace what Paddle's own code calls.
OVERRIDES = (
    "class Over(nn.Sequential):\n    def add_sublayer(self, name, sublayer):\n        return super().add_sublayer(name, {layer})\n",
    "class Over(nn.Sequential):\n    def append(self, module):\n        return super().append({layer})\n",
    "class Over(nn.LayerList):\n    def add_sublayer(self, name, sublayer):\n        super().add_sublayer(name + 'x', sublayer)\n        return sublayer\n",
    "class Over(nn.LayerList):\n    def __len__(self):\n        return {small}\n",
    "class Over(nn.LayerList):\n    def append(self, sublayer):\n        super().append(sublayer)\n        return super().append({layer})\n",
    "class Over(nn.LayerList):\n    def extend(self, sublayers):\n        return super().extend([{layer}])\n",
    "class Over(nn.Sequential):\n    def __setattr__(self, name, value):\n        if isinstance(value, nn.Linear):\n            value = {layer}\n        super().__setattr__(name, value)\n",
    "class Over(nn.LayerList):\n    def sublayers(self, include_self=False):\n        return super().sublayers(include_self)[:{small}]\n",
    "class Over(nn.Sequential):\n    def parameters(self, include_sublayers=True):\n        return super().parameters(include_sublayers)[:{small}]\n",
    "class Over(nn.Sequential):\n    def named_sublayers(self, *args, **kwargs):\n        for pair in super().named_sublayers(*args, **kwargs):\n            yield pair\n            break\n",
    "class Over(nn.Sequential):\n    def children(self):\n        return iter(list(super().children())[:{small}])\n",
    "class Over(nn.Sequential):\n    def train(self, mode=True):\n        self.extra = {layer}\n        return super().train(mode)\n",
    "class Over(nn.Sequential):\n    def __getattr__(self, name):\n        if name == 'missing':\n            return {small}\n        return super().__getattr__(name)\n",
)
LINEAR_OVERRIDES = (
    "class Lin(nn.Linear):\n    def create_parameter(self, shape, **options):\n        return super().create_parameter([size + {small} for size in shape], **options)\n",
    "class Lin(nn.Linear):\n    def __setattr__(self, name, value):\n        if name == 'bias':\n            value = None\n        super().__setattr__(name, value)\n",
    "class Lin(nn.Linear):\n    def __init__(self, n, m):\n        super().__init__(n, m)\n        self.more = self.create_parameter([n])\n",
    "class Lin(nn.Linear):\n    def __init__(self, n, m):\n        super().__init__(m, n, bias_attr=False)\n        self.bias = self.create_parameter([{small}], is_bias=True)\n",
    "class Lin(nn.Linear):\n    in_features = 7\n",
    "class Lin(nn.Linear):\n    def extra_repr(self):\n        return 'x'\n",
)

EXCEPTIONS = ("Exception", "ValueError", "TypeError", "KeyError", "AttributeError", "AssertionError", "RuntimeError", "IndexError",
              "(KeyError, TypeError)", "(ValueError, AssertionError)", "LookupError", "NotImplementedError")


class Program:
    """One program. ``self_`` is what layers are registered on: ``self`` in a class, ``net`` at module level."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.indent = 0
        self.count = 0
        self.names: list[str] = []  # attributes that hold layers, as far as the generator knows
        self.self_ = "self"

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def size(self, low: int = 1, high: int = 9) -> int:
        return self.random.randint(low, high)

    def write(self, text: str) -> None:
        self.lines.extend("    " * self.indent + line if line else "" for line in text.split("\n"))

    def name(self) -> str:
        """An attribute: mostly a new one, at times one that is taken."""
        if self.names and self.random.random() < 0.12:
            return self.random.choice(self.names)
        self.count += 1
        name = f"a{self.count}"
        self.names.append(name)
        return name

    def known(self) -> str:
        return self.random.choice(self.names) if self.names and self.random.random() < 0.95 else "nothing"

    # Expressions ------------------------------------------------------------------------------------------------------

    def attr(self) -> str:
        return self.pick("None", "None", "False", "True", "ParamAttr(trainable=False)", "ParamAttr(learning_rate=0.0)", "ParamAttr()",
                         "nn.initializer.Constant(0.5)", "paddle.regularizer.L2Decay(1e-4)", f"ParamAttr(name='p{self.size(1, 40)}')",
                         f"'q{self.size(1, 60)}'", "ParamAttr(initializer=nn.initializer.Normal())", "ParamAttr(regularizer=None, need_clip=False)")

    def layer(self, depth: int = 0) -> str:
        s = self.size
        simple: list[Callable[[], str]] = [
            lambda: f"nn.Linear({s()}, {s()})",
            lambda: f"nn.Linear({s()}, {s()}, bias_attr={self.attr()})",
            lambda: f"nn.Linear({s()}, {s()}, {self.attr()}, {self.attr()})",
            lambda: f"nn.Conv2D({s()}, {s()}, {s(1, 3)}, bias_attr={self.attr()})",
            lambda: f"nn.Conv2D({2 * s(1, 3)}, {2 * s(1, 3)}, ({s(1, 3)}, 2), groups=2, weight_attr={self.attr()})",
            lambda: f"nn.Conv1D({s()}, {s()}, {s(1, 3)})",
            lambda: f"nn.Conv2DTranspose({s()}, {s()}, 2, bias_attr={self.attr()})",
            lambda: f"nn.BatchNorm2D({s()})",
            lambda: f"nn.BatchNorm1D({s()}, weight_attr={self.attr()}, bias_attr={self.attr()})",
            lambda: f"nn.BatchNorm({s()})",
            lambda: f"nn.LayerNorm([{s()}, {s()}], bias_attr={self.attr()})",
            lambda: f"nn.LayerNorm({s()})",
            lambda: f"nn.GroupNorm(2, {2 * s()}, weight_attr={self.pick('None', 'False')})",
            lambda: f"nn.InstanceNorm2D({s()})",
            lambda: f"nn.Embedding({s()}, {s()})",
            lambda: f"nn.PReLU({s()})",
            lambda: f"nn.LSTM({s()}, {s()}, num_layers={s(1, 2)}, direction={self.pick(repr('forward'), repr('bidirect'))})",
            lambda: f"nn.GRU({s()}, {s()})",
            lambda: f"nn.LSTMCell({s()}, {s()})",
            lambda: f"nn.SimpleRNN({s()}, {s()})",
            lambda: f"nn.MultiHeadAttention(8, {self.pick('2', '4')}, kdim={self.pick('None', '6')})",
            lambda: f"nn.TransformerEncoderLayer(8, 2, {s()})",
            lambda: f"nn.Bilinear({s()}, {s()}, {s()})",
            lambda: "nn.ReLU()", lambda: "nn.Dropout(0.1)", lambda: "nn.Identity()", lambda: "nn.Flatten()",
            lambda: f"Block({s()}, {s(1, 2)})", lambda: f"Wide({s()})", lambda: f"Lin({s()}, {s()})",
            lambda: f"nn.SyncBatchNorm({s()})", lambda: f"nn.SpectralNorm([{s()}, {s()}], dim=0, power_iters=1)",
        ]
        if depth < 2:
            simple += [
                lambda: f"nn.Sequential({self.layer(depth + 1)}, {self.layer(depth + 1)})",
                lambda: f"nn.Sequential(('x', {self.layer(depth + 1)}), ('y', {self.layer(depth + 1)}))",
                lambda: f"nn.Sequential(OrderedDict([('x', {self.layer(depth + 1)}), ('y', {self.layer(depth + 1)})]))",
                lambda: f"nn.LayerList([{self.layer(depth + 1)} for _ in range({s(0, 3)})])",
                lambda: f"nn.LayerDict({{'k': {self.layer(depth + 1)}, 'l': {self.layer(depth + 1)}}})",
                lambda: f"Over({self.layer(depth + 1)}, {self.layer(depth + 1)})" if self.over == "Sequential" else
                f"Over([{self.layer(depth + 1)}, {self.layer(depth + 1)}])",
            ]
        return self.random.choice(simple)()

    def value(self) -> str:
        """Something that is put where a layer, a parameter or a buffer may be."""
        s = self.size
        return self.random.choice((
            lambda: self.layer(1), lambda: self.layer(1), lambda: "None", lambda: "5", lambda: "'text'", lambda: f"[{self.layer(1)}]",
            lambda: f"paddle.zeros([{s()}])", lambda: f"paddle.create_parameter([{s()}, {s()}], 'float32')",
            lambda: f"{self.self_}.create_parameter([{s()}])", lambda: f"nn.Parameter(paddle.ones([{s()}]))", lambda: "nn.Linear",
            lambda: f"{self.self_}.{self.known()}",
        ))()

    def condition(self) -> str:
        me, k = self.self_, self.known()
        return self.pick(
            f"hasattr({me}, '{k}')", f"isinstance({me}.{k}, (nn.Linear, nn.Sequential))", f"len({me}.sublayers()) > {self.size(0, 6)}",
            f"len({me}.parameters()) % 2 == 0", f"'{k}.weight' in dict({me}.named_parameters())", f"{me}.training",
            f"getattr({me}, '{k}', None) is None", f"hasattr(nn.Linear(2, 3), '{self.attribute()}')", f"'{k}' in {me}._sub_layers",
            f"{me}.{k} is {me}.{self.known()}", f"len({me}.buffers()) > 0", f"Block.made > {self.size(0, 3)}")

    def attribute(self) -> str:
        return self.pick("in_features", "out_features", "weight", "bias", "name", "_dtype", "num_features", "_num_features", "add_module",
                         "register_module", "full_name", "named_modules", "modules", "_in_features", "requires_grad_", "get_submodule",
                         "_sub_layers", "_modules", "sublayers", "zero_grad", "extra_repr", "device", "dtype", "_full_name", "weight_attr",
                         "_weight_attr", "bias_attr", "T_destination", "register_full_backward_hook", "parameters", "_built")

    # Statements -------------------------------------------------------------------------------------------------------

    def statement(self, depth: int = 0) -> None:
        roll = self.random.random()
        if depth < 2 and roll < 0.16:
            self.attempt(depth)
        elif depth < 2 and roll < 0.28:
            self.write(f"if {self.condition()}:")
            self.block(depth, self.size(1, 2))
            self.write("else:")
            self.block(depth, 1)
        elif depth < 2 and roll < 0.32:
            self.write(f"for i in range({self.size(0, 3)}):")
            self.block(depth, 1)
        else:
            self.perhaps(self.simple())

    def perhaps(self, text: str) -> None:
        """A statement; mostly what it raises is caught, and the type of the exception decides on a layer."""
        if self.random.random() < 0.2:
            self.write(text)
            return
        self.write("try:")
        self.indent += 1
        self.write(text)
        self.indent -= 1
        self.write(f"except Exception as e:\n    {self.self_}.add_sublayer('{self.name()}', nn.Linear(len(type(e).__name__), {self.size()}))")

    def block(self, depth: int, count: int) -> None:
        self.indent += 1
        before = list(self.names)
        for _ in range(count):
            self.statement(depth + 1)
        self.names = before
        self.indent -= 1

    def attempt(self, depth: int) -> None:
        self.write("try:")
        self.block(depth, self.size(1, 2))
        for _ in range(self.size(1, 2)):
            self.write(f"except {self.pick(*EXCEPTIONS)}:")
            self.block(depth, 1)
        if self.random.random() < 0.3:
            self.write("else:")
            self.block(depth, 1)

    def simple(self) -> str:
        return self.random.choice((self.registration, self.registration, self.registration, self.change, self.container, self.container,
                                   self.freezing, self.reading, self.tying))()

    def registration(self) -> str:
        me, n, s = self.self_, self.name(), self.size
        return self.random.choice((
            lambda: f"{me}.{n} = {self.layer()}", lambda: f"{me}.{n} = {self.layer()}", lambda: f"{me}.{n} = {self.layer()}",
            lambda: f"{me}.{n} = {self.value()}",
            lambda: f"{me}.add_sublayer('{n}', {self.value()})", lambda: f"{me}.add_sublayer('{n}', {self.layer()})",
            lambda: f"{me}.add_module('{n}', {self.layer()})", lambda: f"{me}.register_module('{n}', {self.layer()})",
            lambda: f"setattr({me}, '{n}', {self.layer()})",
            lambda: f"{me}.add_parameter('{n}', {me}.create_parameter([{s()}, {s()}]))",
            lambda: f"{me}.add_parameter('{n}', {self.value()})", lambda: f"{me}.register_parameter('{n}', {me}.create_parameter([{s()}]))",
            lambda: f"{me}.add_parameter('{self.pick('', 'a.b', 'training', 'w')}', {me}.create_parameter([{s()}]))",
            lambda: f"{me}.register_buffer('{n}', paddle.zeros([{s()}]), persistable={self.pick('True', 'False')})",
            lambda: f"{me}.register_buffer('{n}', {self.value()})",
            lambda: f"{me}.register_buffer('{self.pick('', 'a.b', 'training', 'bb')}', paddle.ones([{s()}]))",
            lambda: f"{me}.{n} = paddle.ones([{s()}, {s()}])",
            lambda: f"{me}.{n} = {me}.create_parameter([{s()}, {s()}], attr={self.attr()}, is_bias={self.pick('True', 'False')})",
            lambda: f"{me}.{n} = {me}.create_parameter(shape=[{s()}], dtype={self.dtype()}, "
            f"default_initializer={self.pick('None', 'nn.initializer.Constant(1.0)')})",
            lambda: f"{me}.{n} = paddle.create_parameter([{s()}], 'float32', attr={self.attr()})",
            lambda: f"{me}.{n} = nn.Parameter(paddle.ones([{s()}, {s()}]), requires_grad={self.pick('True', 'False')})",
            lambda: f"{me}.__dict__['{n}'] = {self.layer()}", lambda: f"{me}._sub_layers['{n}'] = {self.layer()}",
            lambda: f"{me}._parameters['{n}'] = {me}.create_parameter([{s()}])",
            lambda: f"object.__setattr__({me}, '{n}', {self.layer()})", lambda: f"nn.Layer.__setattr__({me}, '{n}', {self.layer()})",
            lambda: f"{me}.set_sublayer('{n}', {self.value()})", lambda: f"{me}.{n} = [{self.layer()}, {self.layer()}]",
            lambda: f"{me}.{n} = {me}.create_tensor()" if False else f"{me}.{n} = {self.wrong_call()}",
            lambda: f"{me}.{n} = nn.Conv2d({s()}, {s()}, 3)" if s() > 4 else f"{me}.{n} = nn.ModuleList([nn.Linear({s()}, 2)])",
        ))()

    def dtype(self) -> str:
        return self.pick("'float32'", "'float64'", "None", "'int32'", "'int64'", "paddle.float32", "'float16'", "'bool'", "paddle.int32")

    def wrong_call(self) -> str:
        return self.pick("nn.Linear(3, 4, bias=False)", "nn.Linear(3)", "nn.Linear(-1, 4)", "nn.Linear('a', 4)", "nn.Conv2D(3, 4, 3, groups=2)",
                         "nn.MultiHeadAttention(8, 3)", "nn.InstanceNorm2D(4, weight_attr=False)", "nn.GroupNorm(3, 4)", "nn.Linear(2.5, 3)",
                         "nn.Conv2D(3, 4, [1, 2, 3])", "nn.LayerNorm('x')", "nn.Embedding(4, 3, padding_idx=9)", "nn.Dropout(2.0)",
                         "nn.LSTM(3, 4, direction='both')", "nn.Linear(3, 4, weight_attr=3)", "nn.Embedding(0, 4)", "nn.PReLU(0)",
                         "nn.BatchNorm2D(3, data_format='X')", "nn.Linear(3, 4, 5, 6, 7, 8)", "nn.Sequential(3)", "nn.LayerList([3])",
                         "nn.Sequential(nn.ReLU(), None)", "nn.LayerDict([('a', nn.ReLU())])", "nn.LayerList([None])", "nn.Flatten(1, 2, 3)",
                         "nn.Conv2D(0, 4, 3)", "nn.TransformerEncoderLayer(7, 2, 4)", "nn.Bilinear(0, 2, 3)", "nn.GRU(3, 0)",
                         "nn.AdaptiveAvgPool2D(1)", "nn.Softmax(dim=1)", "nn.GELU('tanh')", "nn.Upsample(scale_factor=2)", "nn.Pad2D(1)")

    def change(self) -> str:
        me, k, s = self.self_, self.known(), self.size
        return self.random.choice((
            lambda: f"{me}.{k} = {self.value()}", lambda: f"del {me}.{k}", lambda: f"delattr({me}, '{k}')",
            lambda: f"{me}.{k}.{self.pick('weight', 'bias')} = {self.value()}", lambda: f"{me}.{k} = None",
            lambda: f"{me}.{k}.weight = {me}.create_parameter([{s()}, {s()}])", lambda: f"del {me}.{k}.bias",
            lambda: f"{me}.{k}.bias = None", lambda: f"{me}.{k}.add_parameter('extra', {me}.create_parameter([{s()}]))",
            lambda: f"{me}.{k}.register_buffer('extra', paddle.zeros([{s()}]))", lambda: f"{me}.{k}.{self.name()} = {self.layer()}",
            lambda: f"{me}.{k}.add_sublayer('inner', {self.layer()})", lambda: f"{me}.{k}.weight.set_value(paddle.zeros([{s()}, {s()}]))",
            lambda: f"{me}._sub_layers.pop('{k}')", lambda: f"{me}._sub_layers.clear()", lambda: f"{me}.training = False",
            lambda: f"{me}.{self.pick('train()', 'eval()', 'train(False)', 'float()', 'astype(' + repr('float64') + ')', 'clear_gradients()')}",
            lambda: f"{me}.set_state_dict({me}.{k}.state_dict())", lambda: f"{me}.{k}.load_state_dict({me}.{k}.state_dict())",
            lambda: f"{me}.{k}.load_state_dict({me}.state_dict())", lambda: f"{me}.__init__()" if s() > 8 else "pass",
            lambda: f"{me}.apply(lambda layer: setattr(layer, 'mark', {me}.create_parameter([{s()}])) if isinstance(layer, nn.Linear) else None)",
            lambda: f"isinstance({me}.{k}, nn.Layer) and {me}.{k}.apply(lambda layer: layer.add_sublayer('applied', nn.Linear(1, {s()})))",
        ))()

    def container(self) -> str:
        me, n, s, layer = self.self_, self.name(), self.size, self.layer
        at, index = self.pick("0", "1", "-1", "2", "5", "-4"), self.pick("0", "1", "-1", "'0'", "'x'", "3", "-3", "True", "1.0")
        part = self.pick("1:", ":2", "::2", "-2:", "::-1", "5:", "1:1")
        small = f"nn.{self.pick('LayerList', 'LayerList', 'Over')}([nn.Linear(1, 2), {layer(1)}, nn.Linear(2, {s()})])"
        if self.over == "Sequential":
            small = small.replace("nn.Over([", "nn.LayerList([")
        small = small.replace("nn.Over(", "Over(")
        row = f"nn.Sequential(nn.Linear(1, 2), {layer(1)}, nn.Linear(2, {s()}))"
        named = f"nn.Sequential(('x', nn.Linear(1, 2)), ('0', {layer(1)}), ('y', nn.Linear(2, {s()})))"
        kind = self.pick(small, small, row, named)
        table = f"nn.LayerDict([('x', {layer(1)}), ('y', {layer(1)})])"
        values = f"nn.ParameterList([{me}.create_parameter([i + 1]) for i in range({s(0, 3)})])"
        pairs = f"nn.ParameterDict({{'u': {me}.create_parameter([{s()}]), 'v': {me}.create_parameter([{s()}])}})"
        return self.random.choice((
            lambda: f"{me}.{n} = {kind}\n{me}.{n}[{index}] = {self.value()}", lambda: f"{me}.{n} = {kind}\ndel {me}.{n}[{index}]",
            lambda: f"{me}.{n} = {kind}\n{me}.{n}.append({self.value()})", lambda: f"{me}.{n} = {kind}\n{me}.{n}.insert({at}, {self.value()})",
            lambda: f"{me}.{n} = {kind}\n{me}.{n}.extend([{layer()}, {self.value()}])", lambda: f"{me}.{n} = {kind}\n{me}.{n} = {me}.{n}[{part}]",
            lambda: f"{me}.{n} = {kind}\ndel {me}.{n}[{part}]", lambda: f"{me}.{n} = {kind}\n{me}.{n}o = {me}.{n}.pop({at})",
            lambda: f"{me}.{n} = {kind}\n{me}.{n} += [{layer()}]", lambda: f"{me}.{n} = {kind} + [{layer()}]",
            lambda: f"{me}.{n} = {kind}\n{me}.{n}o = {me}.{n}[{index}]", lambda: f"{me}.{n} = {kind}\ndel {me}.{n}[0]\n{me}.{n}.append({layer()})",
            lambda: f"{me}.{n} = {kind}\ndel {me}.{n}[1]\n{me}.{n}.insert(0, {layer()})",
            lambda: f"{me}.{n} = {kind}\n{me}.{n}.{self.pick('zz', 'extra')} = {layer()}\n{me}.{n}.append({layer()})",
            lambda: f"{me}.{n} = {kind}\nfor child in {me}.{n}:\n    child.add_sublayer('more', nn.Linear(1, {s()}))",
            lambda: f"{me}.{n} = {kind}\nfor i, child in enumerate({me}.{n}):\n    {me}.add_sublayer('c%d' % i, child)",
            lambda: f"{me}.{n} = {table}\n{me}.{n}[{self.pick(repr('x'), repr('z'), '1')}] = {self.value()}",
            lambda: f"{me}.{n} = {table}\n{me}.{n}.pop({self.pick(repr('x'), repr('z'))})", lambda: f"{me}.{n} = {table}\ndel {me}.{n}['y']",
            lambda: f"{me}.{n} = {table}\n{me}.{n}.update({self.pick('{}', '5', '[(1,)]')})",
            lambda: f"{me}.{n} = {table}\n{me}.{n}.update({{'x': {layer()}, 'w': {self.value()}}})",
            lambda: f"{me}.{n} = {table}\n{me}.{n}o = nn.LayerDict({me}.{n})\nif 'x' in {me}.{n}:\n    {me}.{n}.clear()",
            lambda: f"{me}.{n} = {table}\n{me}.{n}o = nn.Linear(len({me}.{n}), len(list({me}.{n}.keys())))\n{me}.{n}p = list({me}.{n}.values())[0]",
            lambda: f"{me}.{n} = {values}\n{me}.{n}.append({self.value()})", lambda: f"{me}.{n} = {values}\n{me}.{n}o = {me}.{n}[{at}]",
            lambda: f"{me}.{n} = {values}\n{me}.{n}[0] = {me}.create_parameter([{s(1, 2)}])",
            lambda: f"{me}.{n} = {pairs}\n{me}.{n}[{self.pick(repr('u'), repr('w'))}] = {self.value()}",
            lambda: f"{me}.{n} = {pairs}\n{me}.{n}.update({{'w': {self.value()}}})", lambda: f"{me}.{n} = {pairs}\n{me}.{n}o = {me}.{n}['u']",
            lambda: f"{me}.{n} = {row}\n{me}.{n}o = nn.Linear(len({me}.{n}), len({me}.{n}[0].parameters()) + 1)",
            lambda: f"{me}.{n} = nn.Sequential(*{kind})", lambda: f"{me}.{n} = nn.LayerList({kind})",
            lambda: f"{me}.{n} = nn.Sequential({self.value()}, {self.value()})", lambda: f"{me}.{n} = nn.LayerList([{self.value()}])",
            lambda: f"{me}.{n} = nn.Sequential({{'a': {layer()}}})", lambda: f"{me}.{n} = nn.Sequential([{layer()}, {layer()}])",
            lambda: f"{me}.{n} = nn.LayerList(sublayers=[{layer()}])", lambda: f"{me}.{n} = nn.LayerDict(sublayers={{'a.b': {layer()}}})",
        ))()

    def freezing(self) -> str:
        me, k, flag = self.self_, self.known(), self.pick("True", "False")
        word = self.pick("stop_gradient", "stop_gradient", "trainable", "requires_grad")
        return self.pick(
            f"for p in {me}.parameters():\n    p.{word} = {flag}", f"for p in {me}.{k}.parameters():\n    p.{word} = {flag}",
            f"for n, p in {me}.named_parameters():\n    if n.endswith('{self.pick('weight', 'bias', '_mean', 'gain')}'):\n        p.{word} = {flag}",
            f"for layer in {me}.sublayers():\n    if isinstance(layer, (nn.{self.pick('Linear', 'Conv2D', 'BatchNorm2D', 'LayerNorm')}, Block)):\n"
            f"        for p in layer.parameters({self.pick('', 'include_sublayers=False', 'False')}):\n            p.stop_gradient = {flag}",
            f"{me}.{k}.requires_grad_({flag})", f"{me}.{k}.weight.stop_gradient = {flag}", f"{me}.{k}.weight.trainable = {self.pick(flag, '1')}",
            f"for p in list({me}.{k}.parameters())[:1]:\n    p.{word} = not p.{word}",
            f"[setattr(p, 'stop_gradient', {flag}) for p in {me}.parameters()]",
            f"any(p.stop_gradient for p in {me}.parameters()) and setattr({me}, '{self.name()}', {self.layer()})")

    def reading(self) -> str:
        me, k, n = self.self_, self.known(), self.name()
        return self.pick(
            f"{me}.{n} = nn.Linear(1 + len({me}.{self.pick('sublayers()', 'parameters()', 'buffers()', 'state_dict()', '_sub_layers', '_parameters')}), 2)",
            f"{me}.{n} = nn.Linear(sum(p.size for p in {me}.parameters()) % 13 + 1, 1)" if False else
            f"{me}.{n} = nn.Linear(len([q for q, _ in {me}.named_parameters()]) + 1, 1)",
            f"{me}.{n} = nn.Linear(len(list({me}.{self.pick('children()', 'named_children()', 'named_sublayers()', 'modules()', 'named_modules()', 'named_buffers()')})) + 1, 3)",
            f"{me}.{n} = nn.Linear({me}.{k}.weight.shape[0], {me}.{k}.weight.shape[-1])",
            f"{me}.{n} = nn.Linear({me}.{k}.{self.attribute()}, 3)", f"{me}.{n} = nn.Linear(int(hasattr({me}.{k}, '{self.attribute()}')) + 1, 3)",
            f"{me}.{n} = nn.Linear(getattr({me}.{k}, '{self.attribute()}', 5), 3)", f"{me}.{n} = {me}.get_sublayer('{k}')",
            f"{me}.{n} = {me}.get_sublayer('{k}.{self.pick('0', 'body', 'body.0', 'x')}')", f"{me}.{n} = {me}.get_parameter('{k}.weight')",
            f"{me}.{n} = nn.Linear(len({me}.{k}), 2)", f"{me}.{n} = {me}.{k}.{self.pick('weight', 'bias', 'body', '_mean', 'missing')}",
            f"{me}.{n} = nn.Linear({me}.{k}.missing, 2)", f"{me}.{n} = nn.Linear(len({me}.{k}.__class__.__name__), 1)",
            f"{me}.{n} = nn.Linear(2, 3)({self.pick('paddle.zeros([4, 2])', 'paddle.zeros([4, 5])')})",
            f"{me}.{n} = {me}.{k}(paddle.zeros([2, 3]))",
            f"{me}.{n} = nn.Linear({'{'}True: 2, False: 3{'}'}['{k}' in dict({me}.named_children())], 1)",
            f"{me}.{n} = nn.Linear(sum(1 for p in {me}.parameters() if not p.stop_gradient) + 1, 1)",
            f"{me}.{n} = nn.Linear({me}.{k}.weight.ndim, {me}.{k}.weight.size)")

    def tying(self) -> str:
        me, k, n = self.self_, self.known(), self.name()
        return self.pick(
            f"{me}.{n} = {me}.{k}", f"{me}.{n} = copy.deepcopy({me}.{k})", f"{me}.{n} = nn.LayerList([{me}.{k}, {me}.{k}])",
            f"{me}.{n} = nn.Linear(3, 4)\n{me}.{n}.weight = {me}.{k}.weight", f"{me}.{n} = nn.Sequential({me}.{k}, {self.layer()})",
            f"shared = {self.layer()}\n{me}.{n} = shared\n{me}.{n}s = shared", f"{me}.{n} = {me}.{k}.weight",
            f"{me}.{n} = copy.copy({me}.{k})", f"{me}.{n} = nn.utils.weight_norm(nn.Linear(3, {self.size()}))",
            f"{me}.{n} = nn.LayerList([copy.deepcopy({me}.{k}) for _ in range(2)])",
            f"w = nn.ParameterList([{me}.{k}.weight])\n{me}.{n} = w", f"{me}.{n} = nn.utils.spectral_norm(nn.Linear(3, {self.size()}))")

    # Programs ---------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        self.write(HEADER)
        chosen = self.random.choice(OVERRIDES)
        self.over = "Sequential" if "nn.Sequential" in chosen else "LayerList"
        self.write(chosen.format(layer=f"nn.Linear({self.size()}, 9)", small=self.size(0, 3)) + "\n")
        self.write(self.random.choice(LINEAR_OVERRIDES).format(small=self.size(0, 3)) + "\n")
        if self.random.random() < 0.3:
            self.self_ = "net"
            base = self.pick("nn.Layer()", "nn.Layer()", "nn.Sequential(nn.Linear(2, 3))", "Block(3)", "nn.Linear(2, 3)")
            self.write(f"net = {base}")
        else:
            base = self.pick("nn.Layer", "nn.Layer", "nn.Layer", "Block", "Wide", "nn.Sequential", "nn.LayerList", "nn.Linear")
            arguments = {"Block": "3", "Wide": "2", "nn.Linear": "2, 3"}.get(base, "")
            self.write(f"class Net({base}):\n    def __init__(self):")
            self.indent = 2
            if self.random.random() < 0.04:
                self.write(self.registration())
            if self.random.random() < 0.98:
                self.write(f"super().__init__({arguments})")
        for _ in range(self.size(2, 6)):
            self.statement()
        return "\n".join(self.lines) + "\n"

    over = "Sequential"


def program(seed: int) -> tuple[str, str]:
    """The text of a file, and what to ask of it."""
    made = Program(seed)
    text = made.text()
    return text, "Net()" if made.self_ == "self" else "net"
