"""One record a framework: what differs between frameworks, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework's names and conventions.

    ``roots`` are its top-level packages. ``aliases`` map a dotted prefix to the canonical one (``tensorflow.keras`` to ``keras``), longest first match.
    ``families`` are the modules of ours that hold its entries. ``layers`` and ``ops`` are the modules whose entries examples are written in.
    """

    name: str
    roots: tuple[str, ...]
    aliases: Mapping[str, str]
    families: tuple[str, ...]
    layers: str  # "torch.nn"
    module_bases: tuple[str, ...]  # qualified names of the base class of modules
    call: str  # the method a call of a module runs: "forward" or "call"
    builds_on_call: bool = False  # weights are made on the first call
    constants: Mapping[str, object] = field(default_factory=dict)  # names with plain values: "torch.__version__"
