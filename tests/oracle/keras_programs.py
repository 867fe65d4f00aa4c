"""Programs that draw random models with Keras: one statement after the other, each tried with the real Keras."""

from __future__ import annotations

import contextlib
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from keras_statements import Statements

HEAD = '''import keras
from keras import layers, ops


class Scale(layers.Layer):
    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[self.axis],), initializer="ones", name="gamma")
        self.moving = self.add_weight(shape=(), initializer="zeros", name="moving", trainable=False)

    def call(self, x):
        return x * self.gamma + self.moving


class Residual(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.inner = layers.Dense(units, activation="relu")
        self.norm = layers.BatchNormalization()

    def build(self, shape):
        self.outer = layers.Dense(shape[-1], use_bias=False)
        self.inner.build(shape)
        self.norm.build((*shape[:-1], self.units))
        self.outer.build((*shape[:-1], self.units))

    def call(self, x):
        return x + self.outer(self.norm(self.inner(x)))


class Mixer(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.left, self.right = layers.Dense(units), layers.Dense(units)

    def call(self, a, b):
        return self.left(a) + self.right(b), ops.concatenate([self.left(a), b], axis=-1)


class Promised(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units)
        self.units = units

    def build(self, shape):
        self.dense.build(shape)
        self.built = True

    def call(self, x):
        return self.dense(x)

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units + WIDER)


class Specified(layers.Layer):
    def call(self, x):
        return ops.sum(x, axis=-1, keepdims=True)

    def compute_output_spec(self, x):
        return keras.KerasTensor((*x.shape[:-1], 1), dtype=x.dtype)


class Inner(keras.Model):
    def __init__(self, units, depth=2):
        super().__init__()
        self.blocks = [layers.Dense(units, activation="tanh") for _ in range(depth)]
        self.drop = layers.Dropout(0.1)

    def call(self, x, training=False):
        for block in self.blocks:
            x = self.drop(block(x), training=training)
        return x


def block(x, units, depth=1):
    for at in range(depth):
        y = layers.Dense(units * (at + 1), activation="relu")(x)
        x = layers.LayerNormalization()(y)
    return x


def build():
'''


class Program(Statements):
    """A program from a seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.head = HEAD.replace("WIDER", str(self.pick(0, 0, 0, 1)))

    def source(self) -> str:
        keras.backend.clear_session()
        exec(compile(self.head + "    pass\n", "head", "exec"), self.names)
        for _ in range(self.pick(1, 1, 2)):
            self.grown(f"{self.fresh('i')} = keras.Input({self.input_shape()})")
        for _ in range(self.random.randint(3, 14)):
            if self.raises:
                break
            with contextlib.suppress(ValueError, IndexError):  # no such statement on a tensor of this rank
                self.grown(self.statement())
        if not self.raises:
            self.finished()
        body = "\n".join(f"    {line}" for text in self.lines for line in text.splitlines())
        return f"{self.head}{body}\n    return model\n\n\nmodel = build()\n"

    def grown(self, text: str) -> bool:
        """Add a statement if Keras takes it; rarely, also if it does not."""
        before = dict(self.names)
        try:
            exec(text, self.names)
        except Exception:
            self.names = before
            if self.random.random() < 0.03:
                self.lines.append(text)
                self.raises = True
            return False
        if any(len(value.shape) > 6 or any((size or 0) > 5000 for size in value.shape) for value in self.names.values() if isinstance(value, keras.KerasTensor)):
            self.names = before
            return False
        self.lines.append(text)
        return True

    def finished(self) -> None:
        known = self.tensors()
        outputs = list(dict.fromkeys([known[-1], *(self.pick(*known) for _ in range(self.pick(0, 0, 1, 2)))]))
        inputs = [name for name in known if name.startswith("i")]
        how = self.random.random()
        ends = outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]" if how < 0.7 else "{" + ", ".join(f"'{one}': {one}" for one in outputs) + "}"
        starts = inputs[0] if len(inputs) == 1 and how < 0.9 else f"[{', '.join(inputs)}]"
        for _ in range(3):
            if self.grown(f"model = keras.Model({starts}, {ends}{self.pick('', '', ', name=chr(122)')})") or self.raises:
                return
            ends = known[-1]
        self.lines.append("model = None")
        self.raises = True
