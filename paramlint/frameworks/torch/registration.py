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

# What a layer raises whose input is of another type of fractions than its weights, and whose input is whole numbers, by its kind.
INPUT_TYPES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("linear", "convolution", "transposed convolution", "bilinear", "layer norm", "group norm", "prelu", "attention", "transformer",
                     "rnn cell", "lstm cell", "gru cell"), ("RuntimeError", "RuntimeError")),
    **dict.fromkeys(("rnn", "lstm", "gru"), ("ValueError", "ValueError")),
    **dict.fromkeys(("batch norm", "instance norm"), ("RuntimeError", "NotImplementedError")),
    "embedding": ("RuntimeError", ""),
}

_ITEMS = {"__getitem__": "idx", "__setitem__": "idx module", "__delitem__": "idx", "__len__": "", "__iter__": "", "append": "module",
          "insert": "index module", "pop": "key", "__add__": "other"}
_NAMED = {"__getitem__": "key", "__setitem__": "key module", "__delitem__": "key", "__len__": "", "__iter__": "", "__contains__": "key",
          "clear": "", "pop": "key", "keys": "", "items": "", "values": ""}

# What methods take: of modules by their names, of containers behind the class's; ``=`` stands behind what may be left out.
TAKES: Mapping[str, str] = {
    "register_buffer": "name tensor persistent=", "register_parameter": "name param", "add_module": "name module",
    "register_module": "name module", "get_submodule": "target", "set_submodule": "target module strict=", "get_parameter": "target",
    "get_buffer": "target", "_apply": "fn recurse=", "apply": "fn", "cuda": "device=", "cpu": "", "type": "dst_type", "float": "", "double": "",
    "half": "", "bfloat16": "", "_save_to_state_dict": "destination prefix keep_vars", "load_state_dict": "state_dict strict= assign=",
    "_load_from_state_dict": "state_dict prefix local_metadata strict missing_keys unexpected_keys error_msgs",
    "_named_members": "get_members_fn prefix= recurse= remove_duplicate=", "parameters": "recurse=",
    "named_parameters": "prefix= recurse= remove_duplicate=", "buffers": "recurse=", "named_buffers": "prefix= recurse= remove_duplicate=",
    "children": "", "named_children": "", "modules": "remove_duplicate=", "named_modules": "memo= prefix= remove_duplicate=",
    "train": "mode=", "eval": "", "requires_grad_": "requires_grad=", "zero_grad": "set_to_none=", "share_memory": "", "_get_name": "",
    "extra_repr": "",
    **{f"Sequential.{name}": takes for name, takes in {**_ITEMS, "__iadd__": "other", "extend": "sequential", "forward": "input"}.items()},
    **{f"ModuleList.{name}": takes for name, takes in {**_ITEMS, "__iadd__": "modules", "extend": "modules", "__init__": "modules="}.items()},
    **{f"ModuleDict.{name}": takes for name, takes in {**_NAMED, "update": "modules", "__init__": "modules="}.items()},
    **{f"ParameterList.{name}": takes for name, takes in {
        "__init__": "values=", "__getitem__": "idx", "__setitem__": "idx param", "__len__": "", "__iter__": "", "__iadd__": "parameters",
        "append": "value", "extend": "values"}.items()},
    **{f"ParameterDict.{name}": takes for name, takes in {
        **_NAMED, "__setitem__": "key value", "get": "key default=", "update": "parameters", "__init__": "parameters="}.items()},
}
