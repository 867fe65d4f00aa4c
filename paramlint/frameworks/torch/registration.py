"""How torch registers: what it refuses, and which methods its own code calls, so that a subclass may override them.

Source: torch/nn/modules/module.py, container.py and the constructors of the layers.
"""

from __future__ import annotations

from collections.abc import Mapping

REGISTRATION: Mapping[str, tuple[str, str]] = {
    "parameters uninitialised": ("AttributeError", "cannot assign parameters before Module.__init__() call"),
    "parameter uninitialised": ("AttributeError", "cannot assign parameter before Module.__init__() call"),
    "buffer uninitialised": ("AttributeError", "cannot assign buffer before Module.__init__() call"),
    "module uninitialised": ("AttributeError", "cannot assign module before Module.__init__() call"),
    "tables uninitialised": ("AttributeError", "'{cls}' object has no attribute '_modules'"),
    "arguments": ("TypeError", "{cls}.__init__() takes 1 positional argument but {count} were given"),
    "keywords": ("TypeError", "{cls}.__init__() got an unexpected keyword argument '{name}'"),
    "name": ("TypeError", "{kind} name should be a string. Got {type}"),
    "parameter dotted": ("KeyError", 'parameter name can\'t contain "."'),
    "buffer dotted": ("KeyError", 'buffer name can\'t contain "."'),
    "module dotted": ("KeyError", 'module name can\'t contain ".", got: {name}'),
    "empty": ("KeyError", '{kind} name can\'t be empty string ""'),
    "taken": ("KeyError", "attribute '{name}' already exists"),
    "parameter": ("TypeError", "cannot assign '{type}' object to parameter '{name}' (torch.nn.Parameter or None required)"),
    "buffer": ("TypeError", "cannot assign '{type}' object to buffer '{name}' (torch Tensor or None required)"),
    "module": ("TypeError", "{type} is not a Module subclass"),
    "assigned parameter": ("TypeError", "cannot assign '{type}' as parameter '{name}' (torch.nn.Parameter or None expected)"),
    "assigned module": ("TypeError", "cannot assign '{type}' as child module '{name}' (torch.nn.Module or None expected)"),
    "assigned buffer": ("TypeError", "cannot assign '{type}' as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None expected)"),
    "training": ("ValueError", "training mode is expected to be boolean"),
}

DISPATCHED: Mapping[str, str] = {name: name for name in (
    "add_module", "register_parameter", "register_buffer", "append", "extend", "update", "__setitem__", "__getitem__", "__delitem__",
    "__len__", "__iter__", "__iadd__", "items", "train", "apply", "_apply", "children", "named_children", "modules", "named_modules",
    "parameters", "named_parameters", "buffers", "named_buffers", "_named_members", "state_dict", "_save_to_state_dict", "_load_from_state_dict",
    "get_submodule", "__setattr__", "__delattr__", "__eq__", "__hash__", "get_extra_state", "set_extra_state",
)}

_RESET: Mapping[str, tuple[str, ...]] = {"reset_parameters": ()}
_NORMALISES: Mapping[str, tuple[str, ...]] = {"reset_parameters": ("reset_running_stats",), "reset_running_stats": ()}
_RECURS: Mapping[str, tuple[str, ...]] = {"reset_parameters": (), "flatten_parameters": (), "_init_flat_weights": ("flatten_parameters",)}
_EMBEDS: Mapping[str, tuple[str, ...]] = {"reset_parameters": ("_fill_padding_idx_with_zero",), "_fill_padding_idx_with_zero": ()}
_ATTENDS: Mapping[str, tuple[str, ...]] = {"_reset_parameters": ()}
_RESETTING = ("linear", "bilinear", "convolution", "transposed convolution", "layer norm", "group norm", "rms norm", "rnn cell", "lstm cell",
              "gru cell", "prelu")

LAYER_METHODS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(_RESETTING, _RESET), **dict.fromkeys(("batch norm", "instance norm"), _NORMALISES),
    **dict.fromkeys(("rnn", "lstm", "gru"), _RECURS), "embedding": _EMBEDS, **dict.fromkeys(("attention", "transformer"), _ATTENDS),
}
CONSTRUCTOR_CALLS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*_RESETTING, "batch norm", "instance norm", "embedding"), ("reset_parameters",)),
    **dict.fromkeys(("rnn", "lstm", "gru"), ("_init_flat_weights", "reset_parameters")),
    **dict.fromkeys(("attention", "transformer"), ("_reset_parameters",)),
}

# What a layer raises whose input is no tensor, by its kind or by its name: its function says what it takes, or a method of a tensor is not found.
UNTENSORED: Mapping[str, str] = {
    **dict.fromkeys(("linear", "convolution", "transposed convolution", "bilinear", "relu", "relu6", "activation", "gelu", "prelu", "leaky relu",
                     "elu", "layer norm", "rms norm", "dropout", "avg pool", "fold", "shuffle", "Embedding", "MaxPool1d", "MaxPool2d",
                     "MaxPool3d", "AdaptiveAvgPool1d", "AdaptiveMaxPool1d"), "TypeError"),
    **dict.fromkeys(("batch norm", "instance norm", "group norm", "lstm", "gru", "RNN", "lstm cell", "gru cell", "RNNCell", "lp pool",
                     "adaptive avg pool", "adaptive max pool", "shape", "upsample", "Softmax", "LogSoftmax", "Softmax2d", "Softsign",
                     "Tanhshrink", "GLU", "EmbeddingBag", "Dropout1d", "Dropout2d", "Dropout3d", "FractionalMaxPool2d",
                     "FractionalMaxPool3d", "LazyLinear", *(f"LazyConv{kind}{rank}d" for kind in ("", "Transpose") for rank in "123")),
                    "AttributeError"),
}
