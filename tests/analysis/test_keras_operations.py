"""Operations on Keras tensors: the shape that is found is the one that the real Keras gives, and what it refuses is refused."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import pytest

from paramlint.analysis.session import Session
from paramlint.analysis.targets import evaluate

# Of x (None, 4, 6), y (None, 6), i (None, 8, 8, 3), n (None, None, 6).
EXPRESSIONS = """
x + 1; x + y[:, None]; x * x; 2 / x; -x; x ** 2; x // 2; x % 3; x > 0; x == x; x @ ops.transpose(x, (0, 2, 1)); abs(y)
x[:, 0]; x[:, 1:3]; x[..., -1]; x[:, ::2]; x[:, :, None]; x[:, -3:]; x[0]; n[:, 2:]; x[:, None, :, 2:4]; x[:, 7:]
ops.reshape(x, (-1, 24)); ops.reshape(x, (-1, 2, 12)); ops.reshape(x, (-1, 6)); ops.reshape(n, (-1, 6)); ops.reshape(n, (-1, 3))
ops.reshape(x, (-1, 4, 3, 2)); ops.reshape(y, (-1, 2, 3)); ops.reshape(x, (-1, 5))
ops.transpose(x); ops.transpose(x, (0, 2, 1)); ops.swapaxes(x, 1, 2)
ops.moveaxis(i, 3, 1); ops.moveaxis(i, (1, 2), (2, 3)); ops.transpose(x, (0, 1))
ops.expand_dims(x, 1); ops.expand_dims(x, -1); ops.squeeze(x[:, :1], 1); ops.squeeze(x, 1); ops.ravel(x)
ops.concatenate([x, x], axis=1); ops.concatenate([x, n], axis=1); ops.concatenate([x, x[:, :2]], axis=-1); ops.concatenate([x, n], axis=2)
ops.stack([y, y]); ops.stack([y, y], axis=1); ops.stack([y, y], axis=-1); ops.stack([x, y])
ops.split(x, 2, axis=1); ops.split(x, [1, 3], axis=1); ops.split(x, 3, axis=2)
ops.split(x, 5, axis=2); ops.unstack(x, axis=1); ops.unstack(x, axis=-1)
ops.tile(x, (1, 2, 1)); ops.tile(x, 2); ops.repeat(x, 3, axis=1); ops.pad(x, ((0, 0), (1, 2), (0, 1))); ops.pad(x, [[0, 0], [1, 1], [2, 0]])
ops.mean(x, axis=1); ops.sum(x, axis=(1, 2)); ops.max(x, axis=-1, keepdims=True)
ops.mean(x); ops.var(x, axis=[1]); ops.any(x > 0, axis=1); ops.sum(x, axis=3)
ops.argmax(x, axis=-1); ops.argmin(x, axis=1); ops.argmax(x); ops.logsumexp(x, axis=1); ops.norm(x, axis=-1); ops.std(x, axis=2)
ops.matmul(x, ops.ones((6, 9))); ops.matmul(y, ops.ones((6, 9))); ops.matmul(x, ops.ones((5, 9))); ops.dot(x, ops.ones((6, 2)))
ops.einsum("bij,bkj->bik", x, x); ops.einsum("bij,j->bi", x, ops.ones((6,))); ops.einsum("...j,jk->...k", x, ops.ones((6, 7)))
ops.tensordot(x, ops.ones((6, 5)), 1); ops.tensordot(x, ops.ones((4, 6, 2)), axes=[[1, 2], [0, 1]])
ops.relu(x); ops.softmax(x, axis=1); ops.glu(x); ops.cast(x, "int32")
ops.clip(x, 0, 1); ops.flip(x, axis=1); ops.cumsum(x, axis=1); ops.log_softmax(x)
ops.where(x > 0, x, 0.0); ops.where(x > 0, x, ops.zeros_like(x)); ops.maximum(x, 0)
ops.minimum(x, y[:, None]); ops.add(x, n); ops.multiply(x, i)
ops.take(x, ops.arange(3), axis=1); ops.take(x, 0, axis=1); ops.one_hot(ops.cast(y, "int32"), 5); ops.broadcast_to(y[:, None], (2, 4, 6))
ops.top_k(x, 2); ops.moments(x, axes=[1]); ops.image.resize(i, (4, 5)); ops.ones_like(x); ops.full_like(x, 3.0); ops.sort(x); ops.tril(x)
keras.activations.gelu(x); keras.activations.glu(x); ops.linspace(0.0, 1.0, 5) + x[:, :, :5]
ops.arange(6) * x; ops.eye(4) @ x; ops.zeros((4, 6)) + x
layers.Dense(ops.shape(x)[1])(x); layers.Dense(x.shape[-1] * 2)(x)
layers.Reshape((x.shape[2], x.shape[1]))(x); layers.Dense(3)(x[:, 0] + y)
layers.Lambda(lambda t: t[:, 0])(x)
ops.image.extract_patches(i, 4); ops.image.extract_patches(i, (3, 2), strides=2, padding="same"); ops.image.extract_patches(i, 3, 1, 2)
ops.image.pad_images(i, 1, 2, 3, 4); ops.image.crop_images(i, 1, 2, 3, None, None, 4); ops.image.rgb_to_grayscale(i)
ops.image.gaussian_blur(i, (3, 3), (0.1, 0.1)); keras.applications.resnet.preprocess_input(i)
ops.fft2((x, x))[0]; ops.fft((x, x)); ops.fft2((x, y)); ops.rfft(x)[0]; ops.rfft(x, 3); ops.irfft((x, x))
ops.stft(y, 4, 2, 6); ops.stft(x, 4, 2, 6, center=False)
ops.conv(i, ops.ones((3, 3, 3, 5)), 2, padding="same"); ops.conv(i, ops.ones((3, 3, 2, 5))); ops.conv(x, ops.ones((3, 6, 2)), dilation_rate=1)
ops.depthwise_conv(i, ops.ones((3, 3, 3, 2))); ops.conv_transpose(i, ops.ones((3, 3, 5, 3)), 2, padding="same")
ops.max_pool(i, 2); ops.average_pool(i, (3, 2), strides=1, padding="same"); ops.max_pool(x, 3, 2)
ops.dot_product_attention(i, i, i); ops.layer_normalization(x); ops.rms_normalization(x)
ops.hstack([x, x]); ops.vstack([x[:, :3], x[:, 1:4]]); ops.append(x, x, axis=1); x + ops.cast(ops.meshgrid(ops.arange(6), ops.arange(4))[0], "float32"); ops.hstack([y, y])
x + ops.cast(ops.meshgrid(ops.arange(4), ops.arange(6), indexing="ij")[1], "float32")
ops.take_along_axis(x, ops.ones((1, 2, 6), "int32"), axis=1)
ops.diagonal(i, axis1=1, axis2=2); ops.diagonal(x, offset=1, axis1=1, axis2=2); ops.trace(x, axis1=1, axis2=2); ops.inner(x, ops.ones((3, 6)))
ops.nanmax(x, axis=1); ops.fmax(x, 0.0); ops.erfc(x); ops.isclose(x, x)
layers.Lambda(lambda t: ops.sum(t, 1), output_shape=(6,))(x); layers.Dense(2)(ops.reshape(i, (-1, 8, 24)))
"""
CASES = [text.strip() for line in EXPRESSIONS.strip().splitlines() for text in line.split("; ")]
HEAD = """import keras
from keras import layers, ops
x, y, i, n = keras.Input((4, 6)), keras.Input((6,)), keras.Input((8, 8, 3)), keras.Input((None, 6))
"""


def _listed(shape: Any) -> Any:
    return [_listed(size) for size in shape] if isinstance(shape, list | tuple) else shape


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("operations") / "models.py"
    path.write_text(HEAD + "".join(f"def f{at}():\n    return keras.Model([x, y, i, n], {text})\n" for at, text in enumerate(CASES)))
    return path


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.mark.parametrize("at", range(len(CASES)), ids=CASES)
def test_each_is_decided(at: int, file: Path, session: Session) -> None:
    """An operation has a shape or is refused; none is unknown."""
    model = evaluate(session, str(file), f"f{at}")
    assert model.root is not None or all(reason.kind.value == "error" for reason in model.reasons), model.reasons


@pytest.mark.oracle
@pytest.mark.parametrize("at", range(len(CASES)), ids=CASES)
def test_against_keras(at: int, file: Path, session: Session) -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    space: dict[str, Any] = {}
    exec(HEAD, space)
    model = evaluate(session, str(file), f"f{at}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            real = keras.Model([space[name] for name in "xyin"], eval(CASES[at], space))
    except Exception:
        assert model.root is None, model.output
        return
    assert _listed(model.output) == _listed(real.output_shape), model.reasons
    assert model.params.value == real.count_params()
