"""Random statements of a program that draws a model with Keras."""

from __future__ import annotations

import os
import random
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras


class Statements:
    """Statements for the tensors, layers and models that a program has so far."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self.raises = False
        self.count = 0

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def fresh(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def tensors(self) -> list[str]:
        return [name for name, value in self.names.items() if isinstance(value, keras.KerasTensor)]

    def recent(self) -> str:
        known = self.tensors()
        return self.pick(*known[-3:]) if self.random.random() < 0.75 else self.pick(*known)

    def like(self, name: str) -> str:
        """Another tensor, mostly of the same shape."""
        shape = self.names[name].shape
        known = self.tensors()
        same = [other for other in known if self.names[other].shape == shape]
        return self.pick(*(same if self.random.random() < 0.85 else known))

    def layers_(self) -> list[str]:
        return [name for name, value in self.names.items() if isinstance(value, keras.layers.Layer)]

    def models(self) -> list[str]:
        return [name for name, value in self.names.items() if isinstance(value, keras.Model) and getattr(value, "inputs", None)]

    # Statements ----------------------------------------------------------------------------------------------------------

    def statement(self) -> str:
        x = self.recent()
        rank = len(self.names[x].shape)
        kind = self.random.choices(
            ("layer", "operation", "operator", "merge", "shared", "held", "model", "nested", "row", "custom", "parts", "frozen", "block", "from model",
             "loop", "lambda", "input", "function"), (30, 16, 10, 10, 5, 5, 5, 6, 5, 6, 4, 3, 3, 4, 2, 3, 2, 3))[0]
        method = getattr(self, "_" + kind.replace(" ", "_"))
        found: str = method(x, rank)
        return found

    def units(self) -> int:
        return self.random.randint(1, 8)

    def _options(self) -> str:
        chosen = []
        if self.random.random() < 0.08:
            chosen.append(f'name="{self.pick("a", "b", "dense", "stem", "head", "conv")}"')
        if self.random.random() < 0.04:
            chosen.append("trainable=False")
        return "".join(f", {one}" for one in chosen)

    def constructor(self, rank: int) -> str:
        """A layer that takes one tensor, mostly of this rank."""
        o, u, r = self._options(), self.units(), self.random
        any_rank = [f"layers.Dense({u}{o})", f"layers.Dense({u}, use_bias=False{o})", f'layers.Activation("{self.pick("relu", "tanh", "gelu")}"{o})',
                    f"layers.Dropout(0.2{o})", f"layers.BatchNormalization({self.pick('', 'scale=False', 'center=False', 'axis=1')})",
                    f"layers.LayerNormalization({self.pick('', 'axis=1', 'center=False', 'axis=[1, -1]')})", "layers.ReLU(6.0)", f"layers.PReLU({self.pick('', 'shared_axes=[1]')})",
                    f"layers.Flatten({o[2:]})", "layers.LeakyReLU()", "layers.Softmax()", "layers.UnitNormalization()", "layers.RMSNormalization()",
                    "layers.GaussianNoise(0.1)", "layers.Rescaling(0.5)", f"Scale({self.pick('', 'axis=-1', 'axis=1')})", f"Residual({u}{o})", f"Promised({u})",
                    "Specified()", f"Inner({u}, {self.pick(1, 2)})", "layers.Identity()", f"layers.GroupNormalization({self.pick(1, 2, -1)})",
                    f"layers.Reshape(({self.pick('-1', '-1, 1', '2, -1', '1, -1', '-1, 2')},))"]
        if rank == 2:
            any_rank += [f"layers.RepeatVector({self.pick(1, 2, 3)})", f"layers.Reshape(({self.pick('1, 1, -1', '-1, 4', '2, 2, -1')}))",
                         f"layers.Embedding({self.pick(5, 10)}, {u})"]
        elif rank == 3:
            any_rank += [f"layers.Conv1D({u}, {self.pick(1, 2, 3)}, padding='{self.pick('same', 'valid', 'causal')}'{o})", "layers.GlobalAveragePooling1D()",
                         f"layers.MaxPooling1D({self.pick('', '2, padding=chr(115) + chr(97) + chr(109) + chr(101)', '3, 1')})", f"layers.LSTM({u}{self.pick('', ', return_sequences=True')}{o})",
                         f"layers.GRU({u}, reset_after={self.pick(True, False)})", f"layers.SimpleRNN({u}, return_sequences=True)", "layers.GlobalMaxPooling1D(keepdims=True)",
                         f"layers.Bidirectional(layers.LSTM({u}, return_sequences={self.pick(True, False)}){self.pick('', ', merge_mode=chr(115) + chr(117) + chr(109)')})",
                         f"layers.TimeDistributed(layers.Dense({u}))", "layers.Permute((2, 1))", f"layers.Conv1DTranspose({u}, 3, strides={self.pick(1, 2)})",
                         f"layers.ZeroPadding1D({self.pick(1, 2)})", "layers.UpSampling1D(2)", "layers.Cropping1D((1, 0))", f"layers.SeparableConv1D({u}, 2)",
                         f"layers.DepthwiseConv1D(2, depth_multiplier={self.pick(1, 2)})", f"layers.EinsumDense('abc,cd->abd', output_shape=(None, {u}), bias_axes='d')",
                         f"layers.RNN([layers.LSTMCell({u}), layers.GRUCell(3)])", "layers.SpatialDropout1D(0.1)", f"layers.RNN(layers.SimpleRNNCell({u}))"]
        elif rank == 4:
            any_rank += [f"layers.Conv2D({u}, {self.pick(1, 2, 3)}{self.pick('', ', strides=2', ', padding=chr(115) + chr(97) + chr(109) + chr(101)', ', dilation_rate=2')}{o})",
                         f"layers.Conv2D({u * 2}, 3, padding='same', groups={self.pick(1, 1, 2)}, use_bias={self.pick(True, False)})", "layers.GlobalAveragePooling2D()",
                         f"layers.MaxPooling2D({self.pick('', '2', '3, 1')})", f"layers.DepthwiseConv2D(3, padding='same', depth_multiplier={self.pick(1, 2)})",
                         f"layers.SeparableConv2D({u}, 3, padding='same')", f"layers.Conv2DTranspose({u}, {self.pick(2, 3)}, strides=2, padding='{self.pick('same', 'valid')}')",
                         f"layers.ZeroPadding2D({self.pick(1, '((0, 1), (1, 0))')})", "layers.UpSampling2D()", "layers.Cropping2D(1)", "layers.AveragePooling2D(2)",
                         "layers.Permute((3, 1, 2))", f"layers.TimeDistributed(layers.LSTM({u}))", f"layers.TimeDistributed(layers.Conv1D({u}, 2))", "layers.SpatialDropout2D(0.1)",
                         "layers.GlobalMaxPooling2D(keepdims=True)", "layers.Reshape((-1, 3))", f"layers.EinsumDense('abcd,de->abce', output_shape=(None, None, {u}))"]
        common = any_rank[:6] + any_rank[23:] * 2
        return str(r.choice(any_rank if r.random() < 0.5 else common))

    def _layer(self, x: str, rank: int) -> str:
        return f"{self.fresh('x')} = {self.constructor(rank)}({x})"

    def _held(self, x: str, rank: int) -> str:
        layer = self.fresh("f")
        return f"{layer} = {self.constructor(rank)}\n{self.fresh('x')} = {layer}({x})"

    def _shared(self, x: str, rank: int) -> str:
        known = self.layers_()
        if not known:
            return self._held(x, rank)
        return f"{self.fresh('x')} = {self.pick(*known)}({x if self.random.random() < 0.6 else self.pick(*self.tensors())})"

    def _operation(self, x: str, rank: int) -> str:
        a, y = self.random.randint(-rank, rank - 1), self.like(x)
        one = self.pick(
            f"ops.mean({x}, axis={a}, keepdims={self.pick(True, False)})", f"ops.max({x}, axis={a})", f"ops.sum({x}, axis=({a}, {self.pick(0, 1, -1)}))",
            f"ops.reshape({x}, {self.pick((-1, 4), (-1, 1, 6), (-1, 2), (2, -1), (-1, 3, 2))})", f"ops.reshape({x}, (-1, ops.shape({x})[-1]))",
            f"ops.transpose({x}, {tuple(self.random.sample(range(rank), rank))})", f"ops.expand_dims({x}, {a})", f"ops.squeeze({x}{self.pick('', f', axis={a}')})",
            f"ops.concatenate([{x}, {y}], axis={a})", f"ops.stack([{x}, {y}], axis={a})", f"ops.matmul({x}, {y})", f"ops.matmul({x}, ops.swapaxes({x}, -1, -2))",
            f"ops.relu({x})", f"ops.softmax({x}, axis={a})", f"ops.where({x} > 0, {x}, {y})", f"ops.rot90({x}, axes=({a}, {self.random.randint(0, rank - 1)}))",
            f"ops.diff({x}, axis={a})", f"ops.flip({x}, axis={a})", f"ops.roll({x}, 1, axis={a})", f"ops.tile({x}, {tuple(self.pick(1, 2) for _ in range(rank))})",
            f"ops.repeat({x}, 2, axis={a})", f"ops.pad({x}, {tuple((0, self.pick(0, 1)) for _ in range(rank))})", f"ops.cumsum({x}, axis={a})", f"ops.argmax({x}, axis={a})",
            f"ops.cast({x}, 'float32')", f"ops.one_hot(ops.argmax({x}, axis=-1), {self.pick(3, 5)})", f"ops.take({x}, [0, 0], axis={a})", f"ops.glu({x})", f"ops.norm({x}, axis={a})",
            f"ops.einsum('{'abcd'[:rank]}->{''.join(self.random.sample('abcd'[:rank], rank))}', {x})", f"ops.top_k({x}, 2)[0]", f"ops.var({x}, axis={a}, keepdims=True)",
            f"ops.moveaxis({x}, {a}, {self.random.randint(0, rank - 1)})", f"ops.maximum({x}, {y})", f"ops.multiply({x}, {self.pick(2, 0.5, y)})", f"ops.slice({x}, {[0] * rank}, {[1] * rank})",
            f"ops.add({x}, {y})", f"ops.trace({x})", f"ops.dot({x}, {y})", f"ops.tensordot({x}, {y}, axes={self.pick(0, 1)})", f"ops.broadcast_to({x}, {self.pick((2, 3, 4), (4, 3, 1))})",
            f"ops.ravel({x})", f"ops.linalg.norm({x}, axis=-1)", f"ops.nn.relu6({x})", f"ops.sort({x}, axis={a})", f"ops.get_item({x}, {a})", f"ops.array_split({x}, 2, axis={a})[0]",
            f"ops.count_nonzero({x}, axis={a})", f"ops.logsumexp({x}, axis={a})", f"ops.normalize({x}, axis={a})", f"ops.swapaxes({x}, {a}, -1)", f"ops.vstack([{x}, {y}])")
        return f"{self.fresh('x')} = {one}"

    def _operator(self, x: str, rank: int) -> str:
        y = self.like(x)
        index = ", ".join(self.pick(":", ":", "1:", ":-1", "0", "-1", "::2", "None", "...", ":2") for _ in range(self.random.randint(1, rank)))
        one = self.pick(f"{x} + {y}", f"{x} * {y}", f"{x} - 1", f"1.0 / ({x} + 2)", f"{x} ** 2", f"-{x}", f"abs({x})", f"{x}[:, {index}]", f"{x}[{index}]", f"{x} @ {y}",
                        f"2 * {x} - {y}", f"{x}[..., :1]", f"{x}[:, 0]", f"{x} // 2", f"({x} > {y})", f"{x} % 2", f"0.5 * ({x} + {y})")
        return f"{self.fresh('x')} = {one}"

    def _merge(self, x: str, rank: int) -> str:
        others = [x, *(self.like(x) for _ in range(self.pick(1, 1, 2)))]
        kind = self.pick("Add", "Multiply", "Average", "Maximum", "Subtract", "Concatenate", "Concatenate", "Dot", "add", "concatenate", "multiply", "attention", "heads")
        listed = f"[{', '.join(others)}]"
        if kind == "Concatenate":
            return f"{self.fresh('x')} = layers.Concatenate({self.pick('', 'axis=1', 'axis=-1')})({listed})"
        if kind == "Dot":
            return f"{self.fresh('x')} = layers.Dot(axes={self.pick(1, -1)})([{x}, {self.like(x)}])"
        if kind == "attention":
            return f"{self.fresh('x')} = layers.{self.pick('Attention', 'AdditiveAttention')}()([{x}, {self.like(x)}])"
        if kind == "heads":
            return f"{self.fresh('x')} = layers.MultiHeadAttention({self.pick(1, 2)}, {self.units()})({x}, {self.like(x)})"
        return f"{self.fresh('x')} = layers.{kind}{'' if kind.islower() else '()'}({listed})"

    def _model(self, x: str, rank: int) -> str:
        """A model of what has been drawn so far."""
        known = self.tensors()
        inputs = [name for name in known if name.startswith("i")] if self.random.random() < 0.7 else [self.pick(*known)]
        outputs = [x] if self.random.random() < 0.7 else [x, self.pick(*known)]
        ends = [f"[{', '.join(one)}]" if len(one) > 1 or self.random.random() < 0.2 else one[0] for one in (inputs, outputs)]
        extra = self.pick("", "", "", ", name='sub'", ", trainable=False")
        return f"{self.fresh('m')} = keras.Model({ends[0]}, {ends[1]}{extra})"

    def _nested(self, x: str, rank: int) -> str:
        known = self.models()
        if not known:
            return self._model(x, rank)
        model = self.pick(*known)
        inputs = self.names[model].inputs
        fitting = [next((name for name in reversed(self.tensors()) if self.names[name].shape[1:] == one.shape[1:] and self.random.random() < 0.7), x) for one in inputs]
        return f"{self.fresh('x')} = {model}({fitting[0] if len(fitting) == 1 else '[' + ', '.join(fitting) + ']'})"

    def _row(self, x: str, rank: int) -> str:
        inside = [self.constructor(rank) for _ in range(self.random.randint(1, 3))]
        shape = self.names[x].shape
        if self.random.random() < 0.4:
            inside.insert(0, f"keras.Input({tuple(shape[1:])})")
        row = self.fresh("m")
        text = f"{row} = keras.Sequential([{', '.join(inside)}])"
        if self.random.random() < 0.3:
            text += f"\n{row}.add({self.constructor(2)})"
        if self.random.random() < 0.15:
            text += f"\n{row}.pop()"
        return f"{text}\n{self.fresh('x')} = {row}({x})"

    def _custom(self, x: str, rank: int) -> str:
        y = self.like(x)
        one = self.pick(f"Mixer({self.units()})({x}, {y})", f"Mixer({self.units()})({x}, b={y})")
        if self.random.random() < 0.5:
            return f"{self.fresh('x')}, {self.fresh('x')} = {one}"
        return f"{self.fresh('x')} = {self.pick('Scale()', f'Residual({self.units()})', f'Promised({self.units()})', f'Inner({self.units()})')}({x})"

    def _parts(self, x: str, rank: int) -> str:
        a, b, c = (self.fresh("x") for _ in range(3))
        axis = self.random.randint(1, rank - 1) if rank > 1 else 0
        return str(self.pick(
            f"{a}, {b} = ops.split({x}, 2, axis={axis})", f"{a}, {b}, {c} = layers.LSTM({self.units()}, return_state=True)({x})",
            f"{a}, {b} = ops.split({x}, [1], axis={axis})", f"{a}, {b} = ops.unstack({x}, axis={axis})", f"{a}, {b} = ops.moments({x}, axes=[{axis}])",
            f"{a}, {b} = layers.GRU({self.units()}, return_state=True, return_sequences=True)({x})", f"{a}, *{self.fresh('rest')} = ops.split({x}, 2, axis={axis})"))

    def _frozen(self, x: str, rank: int) -> str:
        known = self.layers_()
        if not known:
            return self._held(x, rank)
        name = self.pick(*known)
        if isinstance(self.names[name], keras.Model) and self.random.random() < 0.5:
            return f"for layer in {name}.layers{self.pick('', '[:1]', '[1:]', '[:-1]')}:\n    layer.trainable = False"
        return f"{name}.trainable = {self.pick(True, False, False)}"

    def _block(self, x: str, rank: int) -> str:
        return f"{self.fresh('x')} = block({x}, {self.units()}{self.pick('', ', depth=2')})"

    def _from_model(self, x: str, rank: int) -> str:
        known = self.models()
        if not known:
            return self._model(x, rank)
        name = self.pick(*known)
        model = self.names[name]
        count = len(model.layers)
        layer = self.pick(*model.layers) if count else None
        one = self.pick(f"{name}.output", f"{name}.layers[{self.random.randint(-1, max(count - 1, 0))}].output", f"{name}.inputs[0]", f"{name}.outputs[-1]",
                        f"{name}.get_layer('{layer.name if layer else 'a'}').output", f"{name}.get_layer(index={max(count - 1, 0)}).output")
        if self.random.random() < 0.4:
            return f"{self.fresh('m')} = keras.Model({name}.{self.pick('input', 'inputs')}, {one})"
        return f"{self.fresh('x')} = {one}"

    def _loop(self, x: str, rank: int) -> str:
        y = self.fresh("x")
        inside = self.pick(f"layers.Dense(2 + k)({y})", f"layers.Dense(4)({y}) + {x}[..., :1]", f"layers.Concatenate()([{y}, {x}])", f"layers.Conv1D(k + 1, 1)({y})")
        return f"{y} = {x}\nfor k in range({self.pick(1, 2, 3)}):\n    {y} = {inside}"

    def _lambda(self, x: str, rank: int) -> str:
        body = self.pick("t * 2", "ops.mean(t, axis=-1, keepdims=True)", "t[:, :1]", "ops.concatenate([t, t], axis=-1)", "ops.reshape(t, (-1, 2))", "t + ops.sum(t)",
                         "ops.squeeze(t)", "t[..., 0]")
        return f"{self.fresh('x')} = layers.Lambda(lambda t: {body}{self.pick('', '', ', output_shape=(3,)')})({x})"

    def _input(self, x: str, rank: int) -> str:
        return f"{self.fresh('i')} = keras.Input({self.input_shape()})"

    def _function(self, x: str, rank: int) -> str:
        return f"{self.fresh('x')} = keras.activations.{self.pick('relu', 'gelu', 'softmax', 'get(chr(114) + chr(101) + chr(108) + chr(117))')}({x})"

    def input_shape(self) -> str:
        one = self.random.choice
        shape = one(((one((4, 6, 8)),), (one((4, 6, None)), one((3, 4, 8))), (one((8, 6, None)), one((8, 6)), one((2, 3, 4))), (4, 4, 4), (one((3, 7, 12)),)))
        return f"{shape}{self.pick('', '', '', ', batch_size=2', ', name=chr(97)')}"
