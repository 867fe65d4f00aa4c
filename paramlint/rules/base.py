"""What a rule is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import msgspec

from paramlint.core.diagnostic import Diagnostic, Fix, Severity
from paramlint.core.spans import Span
from paramlint.core.text import one_line
from paramlint.model.facts import FileFacts, LayerCall

_CODE = re.compile(r"PRM\d{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_CALL = 72


class Budgets(msgspec.Struct, frozen=True):
    """How big things may be; None is no limit.

    ``by_type`` maps patterns over a layer's qualified name (``torch.nn.Linear``, ``keras.layers.*``) to parameters;
    the most specific pattern that fits a layer wins over the others and over ``max_layer_params``.
    """

    max_layer_params: int | None = None
    by_type: Mapping[str, int | None] = msgspec.field(default_factory=dict)
    max_model_params: int | None = None
    max_layer_macs: int | None = None
    macs_by_type: Mapping[str, int | None] = msgspec.field(default_factory=dict)  # as ``by_type``
    max_model_macs: int | None = None
    max_weight_bytes: int | None = None
    weight_dtype: str | None = None  # None: each weight in its own
    max_activation_bytes: int | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What the rules found in a file, and which comments silenced something."""

    rules: tuple[Rule, ...]  # every rule there is
    enabled: frozenset[str]  # the codes of those that ran
    used: Mapping[int, frozenset[str]]  # position in ``FileFacts.suppressions`` → the codes of the findings that it silenced
    judged: tuple[int, ...]  # the positions of the comments that were taken into account


class Rule:
    """Base of all rules.

    A rule states what it finds in class variables and in its docstring, which is its page: a summary and the sections
    "What it does", "Why is this bad?" and "Examples". The fenced Python blocks of the last are its tests: each line
    that must be found ends with ``# error: CODE``; a TOML block before them is the configuration they run with.
    """

    code: ClassVar[str]  # "PRM101"
    name: ClassVar[str]  # "layer-over-budget"
    message: ClassVar[str]  # a template for str.format; its words are given to ``report``
    default: ClassVar[bool] = True  # whether it runs when nobody selects rules
    always: ClassVar[bool] = False  # whether it also runs when a selection leaves it out: only ``ignore`` silences it
    suppressible: ClassVar[bool] = True  # whether a comment silences it
    severity: ClassVar[Severity] = Severity.ERROR

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for attribute, pattern in (("code", _CODE), ("name", _NAME), ("message", re.compile(r"(?s).+"))):
            value = getattr(cls, attribute, None)
            if not isinstance(value, str) or not pattern.fullmatch(value):
                raise TypeError(f"{cls.__name__}.{attribute}: {value!r} is not a rule's {attribute}")

    def named_by(self, selector: str) -> int:
        """How precisely a selector names this rule: by its code or name, the beginning of the code, ``ALL``; 0 if it does not."""
        selector = selector.strip()
        if selector.upper() == "ALL":
            return 1
        if selector == self.name:
            return len(self.code) + 1
        return len(selector) + 1 if selector and self.code.startswith(selector.upper()) else 0

    def check(self, facts: FileFacts, budgets: Budgets) -> Iterator[Diagnostic]:
        """What this rule finds in one file."""
        yield from ()

    def review(self, facts: FileFacts, outcome: Outcome) -> Iterator[Diagnostic]:
        """What this rule has to say about what the others found; asked after all of them."""
        yield from ()

    def report(self, path: str, span: Span, *, help: str = "", detail: str = "", fix: Fix | None = None, **words: Any) -> Diagnostic:
        """A finding of this rule; ``words`` fill its message."""
        text = " ".join(self.message.format(**words).split())
        return Diagnostic(path, span, self.code, self.name, text, help[:1].upper() + help[1:], detail, self.severity, fix)


def shown(call: LayerCall) -> str:
    """The call as written, on one line; its arguments are left out where they are long."""
    text = one_line(call.text) or call.name
    if len(text) <= _LONGEST_CALL:
        return text
    head = text.partition("(")[0]
    return f"{head if len(head) <= _LONGEST_CALL else call.name}(…)"


def by_way_of(way: tuple[str, ...]) -> str:
    """``Net() → make_stage(64, 128)``: the calls that lead to a place, outermost first; the middle of a long way is left out."""
    steps = way if len(way) <= 6 else (*way[:3], "…", *way[-2:])
    return " → ".join(" ".join(step.split()) for step in steps)
