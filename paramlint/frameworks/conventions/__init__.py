"""What tools call a FLOP: for each a convention that says what it counts for a call, bugs included.

    find("thop").cost(CallFacts.of_layer(entry, {"input": x}, y))
"""

from __future__ import annotations

from importlib import import_module

from paramlint.frameworks.conventions.base import Convention
from paramlint.frameworks.conventions.facts import CallFacts

# By name, the module that has it: one run needs one or two of them.
_MODULES = {
    "macs": "plain",
    "flops": "plain",
    "paddle": "paddle_flops",
    "fvcore": "fvcore",
    "thop": "thop",
    "ptflops": "ptflops",
    "ptflops=0.7.5": "ptflops",
    "ptflops=aten": "ptflops_aten",
    "calflops": "calflops",
    "calflops=macs": "calflops",
    "torchinfo": "torchinfo",
}


def conventions() -> tuple[Convention, ...]:
    """All conventions, the default first."""
    return tuple([find(name) for name in _MODULES])


def find(name: str) -> Convention:
    """The convention of this name. Raises KeyError with the names that exist."""
    if name not in _MODULES:
        raise KeyError(f"no convention of cost is called {name!r}; there are {', '.join(_MODULES)}")
    module = import_module(f"{__name__}.{_MODULES[name]}")
    return next(found for found in vars(module).values() if isinstance(found, Convention) and found.name == name)


__all__ = ["CallFacts", "Convention", "conventions", "find"]
