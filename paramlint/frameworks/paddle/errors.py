"""What Paddle's layers raise of an input that is no tensor, or a tensor of another type than their weights.

Source: Paddle 3.3.1, called with such inputs on a CPU.
"""

from __future__ import annotations

_VALUE = ("activation", "attention", "dropout", "elu", "embedding", "gelu", "group norm", "leaky relu", "linear", "maxout", "relu", "relu6",
          "softmax", "spectral norm")
_ATTRIBUTE = ("adaptive avg pool", "adaptive max pool", "avg pool", "batch norm", "convolution", "fractional max pool", "glu", "gru", "gru cell",
              "instance norm", "layer norm", "local response norm", "lp pool", "lstm", "lstm cell", "max pool", "padding", "rnn",
              "rnn cell", "shape", "transformer", "transposed convolution", "upsample")
_TYPE = ("bilinear", "distance", "loss", "max unpool")

# Kind of layer, or class → exception.
UNTENSORED = {
    **dict.fromkeys(_VALUE, "ValueError"), **dict.fromkeys(_ATTRIBUTE, "AttributeError"), **dict.fromkeys(_TYPE, "TypeError"),
    **dict.fromkeys(("AvgPool2D", "AvgPool3D", "BatchNorm", "SyncBatchNorm", "Conv3D", "Dropout", "MaxPool2D", "MaxPool3D", "Flatten",
                     "PixelShuffle"), "ValueError"),
    **dict.fromkeys(("AlphaDropout", "Dropout2D", "Dropout3D", "FeatureAlphaDropout", "Softmax2D"), "AttributeError"),
    **dict.fromkeys(("Transformer", "TransformerDecoder", "TransformerDecoderLayer"), "TypeError"),
}

# Kind of layer → exceptions for other fractions than the weights are, and for whole numbers.
INPUT_TYPES = {
    **dict.fromkeys(("attention", "bilinear", "group norm", "gru cell", "linear", "lstm cell", "rnn cell", "transformer"),
                    ("ValueError", "ValueError")),
    **dict.fromkeys(("batch norm", "convolution", "gru", "instance norm", "layer norm", "lstm", "prelu", "rnn", "transposed convolution"),
                    ("ValueError", "RuntimeError")),
    "embedding": ("NotImplementedError", ""),
}
