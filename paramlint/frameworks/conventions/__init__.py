"""What tools call a FLOP: for each a convention that says what it counts for a call, bugs included.

    find("thop").cost(CallFacts.of_layer(entry, {"input": x}, y))
"""

from __future__ import annotations

from paramlint.frameworks.conventions.base import Convention
from paramlint.frameworks.conventions.calflops import CALFLOPS, CALFLOPS_MACS
from paramlint.frameworks.conventions.facts import CallFacts
from paramlint.frameworks.conventions.functions import concerns
from paramlint.frameworks.conventions.fvcore import FVCORE
from paramlint.frameworks.conventions.paddle_flops import PADDLE
from paramlint.frameworks.conventions.plain import FLOPS, MACS
from paramlint.frameworks.conventions.ptflops import PTFLOPS, PTFLOPS_075
from paramlint.frameworks.conventions.ptflops_aten import PTFLOPS_ATEN
from paramlint.frameworks.conventions.thop import THOP
from paramlint.frameworks.conventions.torchinfo import TORCHINFO

_ALL = (MACS, FLOPS, PADDLE, FVCORE, THOP, PTFLOPS, PTFLOPS_075, PTFLOPS_ATEN, CALFLOPS, CALFLOPS_MACS, TORCHINFO)


def conventions() -> tuple[Convention, ...]:
    """All conventions, the default first."""
    return _ALL


def find(name: str) -> Convention:
    """The convention of this name. Raises KeyError with the names that exist."""
    for convention in _ALL:
        if convention.name == name:
            return convention
    raise KeyError(f"no convention of cost is called {name!r}; there are {', '.join(one.name for one in _ALL)}")


__all__ = ["CallFacts", "Convention", "concerns", "conventions", "find"]
