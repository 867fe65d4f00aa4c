"""What was found in one source file: layer calls, problems, suppressions, models."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

import msgspec

from paramlint.core.counts import Count, Status
from paramlint.core.spans import Span
from paramlint.core.unknown import Reason
from paramlint.model.conflicts import Conflict
from paramlint.model.tree import Model, ModuleNode


class Source(Protocol):
    """Finds the place and the text of a site; costs a parse, so it is asked only for what is reported."""

    path: str

    def span(self, site: Any) -> Span: ...

    def text(self, site: Any) -> str: ...

    def line(self, number: int) -> str: ...


class WeightFact(msgspec.Struct, frozen=True):
    """One tensor of a layer: sizes are ints or formulas; ``shape`` is None where it is not known."""

    name: str
    shape: tuple[Any, ...] | None
    trainable: bool
    buffer: bool
    dtype: str = "float32"


class Refusal(msgspec.Struct, frozen=True):
    """The framework raises here. ``kind`` is "arguments", "integer" (a size that is not one) or "shape"."""

    kind: str
    message: str
    help: str = ""


class Evaluation(msgspec.Struct, frozen=True):
    """One way in which a layer call is reached, and what it makes then."""

    weights: tuple[WeightFact, ...]
    params: Count
    trainable: Count
    buffers: Count
    refusal: Refusal | None = None
    way: tuple[str, ...] = ()  # the calls that lead here: ("Net()", "make_stage(64, 128)")

    @property
    def formula(self) -> str:
        """The hand calculation: ``3·3·3·16 + 16 = 448``; a symbolic count is its formula."""
        from paramlint.model.formula import hand_calculation

        return hand_calculation(self.weights, self.params)


class LayerCall(msgspec.Struct, frozen=True, dict=True):
    """A call of a framework's layer class in the source."""

    source: Source
    site: Any
    name: str  # qualified and canonical: "torch.nn.Conv2d"
    framework: str
    evaluations: tuple[Evaluation, ...]  # distinct ones; empty where the call is never reached or could not be evaluated
    reason: Reason | None = None  # why there is no exact count

    @cached_property
    def span(self) -> Span:
        return self.source.span(self.site)

    @cached_property
    def text(self) -> str:
        return self.source.text(self.site)

    @property
    def largest(self) -> Evaluation | None:
        """The evaluation with the most parameters; the first where they cannot be compared; a refused one where all are refused."""
        built = self.built or self.evaluations
        known = [e for e in built if isinstance(e.params.value, int)]
        return max(known, key=lambda e: int(e.params.value)) if known else next(iter(built), None)

    @property
    def built(self) -> tuple[Evaluation, ...]:
        """The evaluations that the framework accepts."""
        return tuple(e for e in self.evaluations if e.refusal is None)

    @property
    def status(self) -> Status:
        built = self.built
        if not built:
            return Status.UNKNOWN
        if len(built) > 1:
            return Status.LOWER_BOUND
        return built[0].params.status


class MissingInit(msgspec.Struct, frozen=True):
    """A module that registers something, at ``site``, before the ``__init__`` of its base class has run.

    ``first`` is the first statement of its own ``__init__``, ``late`` the one that calls the base class's too late (None: there is none);
    ``bare`` says whether the base class's needs no arguments.
    """

    source: Source
    site: Any
    name: str  # of the class
    framework: str
    first: Any
    late: Any
    bare: bool


class Problem(msgspec.Struct, frozen=True):
    """What could not be read. ``kind`` is "syntax", "encoding", "limit", "read", "target", "comment" or "internal"."""

    message: str
    line: int = 1
    column: int = 1
    kind: str = "syntax"
    help: str = ""


class Suppression(msgspec.Struct, frozen=True):
    """A comment that silences rules on a line; no codes means all of ours."""

    span: Span
    codes: tuple[str, ...]
    blanket: bool  # ``# noqa`` without codes, which belongs to other tools too and is never reported as unused
    marker: str  # "noqa" or "paramlint"


class Declared(msgspec.Struct, frozen=True):
    """What the configuration says of one model; None is nothing."""

    name: str = ""
    params: int | None = None
    max_params: int | None = None
    max_weight_bytes: int | None = None
    dtype: str | None = None
    max_layer_macs: int | None = None
    max_macs: int | None = None
    max_activation_bytes: int | None = None


class ModelFact(msgspec.Struct, frozen=True):
    """A model that a file offers, or that the configuration declares; ``span`` is the line of its class or function.

    Where an input is known the model has been called: ``model.macs`` is not None then, and its modules have shapes and costs.
    """

    model: Model
    span: Span
    declared: Declared | None = None
    source: Source | None = None  # the file's, under the name by which its sites know it

    def place(self, node: ModuleNode) -> Span | None:
        """Where the call stands that makes a module; None for one that another file makes."""
        site = node.site
        return self.source.span(site) if self.source is not None and site is not None and site.path == self.source.path else None

    @property
    def name(self) -> str:
        """What a person calls it: ``the small net``, ``Net(depth=18)``."""
        return (self.declared.name if self.declared is not None else "") or self.model.target.partition("::")[2]


class FileFacts(msgspec.Struct, frozen=True):
    """Everything that rules read of one file."""

    path: str
    source: Source | None
    calls: tuple[LayerCall, ...] = ()
    models: tuple[ModelFact, ...] = ()
    conflicts: tuple[Conflict, ...] = ()  # shapes that do not fit, wherever the file calls something or whatever its input is
    missing_inits: tuple[MissingInit, ...] = ()
    problems: tuple[Problem, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    extra: Mapping[str, Any] = msgspec.field(default_factory=dict)
