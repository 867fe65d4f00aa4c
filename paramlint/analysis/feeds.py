"""What models are called with, and who says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from paramlint.analysis.inputs import Input
    from paramlint.analysis.session import Session
    from paramlint.interpreter.values import Instance
    from paramlint.model.facts import Problem


class Feed(msgspec.Struct, frozen=True):
    """What models are called with, and the convention in which their cost is wanted too."""

    inputs: tuple[Input, ...]
    convention: str = "macs"
    dtype: str | None = None  # the type that floating-point tensors are taken to have, for their memory; None: their own
    details: bool = False  # whether a person wants to read what training takes
    arithmetic: bool = False  # whether a person wants to read how sizes are computed
    origin: str = ""  # who says so: "the comment in line 12"; empty for the command line
    values: tuple[list[Any], dict[str, Any]] | None = None  # the arguments themselves, where the analysed code has made them
    drawn: bool = False  # whether they are what the model was drawn from: its shapes are known already, as its framework writes them

    @property
    def text(self) -> str:
        return ", ".join(one.text for one in self.inputs)

    @property
    def sizes(self) -> frozenset[int]:
        """The numbers in the inputs' shapes."""
        return frozenset(size for one in self.inputs for size in one.tensor.shape if isinstance(size, int))

    @property
    def given(self) -> str:
        """The inputs, and who says so."""
        return f"{self.text}, from {self.origin}" if self.origin else self.text


class Comments(msgspec.Struct, frozen=True):
    """What the comments of a file say: the input of each class by its dotted name, with the line that says so; and those that say nothing."""

    inputs: dict[str, tuple[tuple[Input, ...], int]] = msgspec.field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def feeds(session: Session, path: str, value: Instance) -> Iterator[Feed]:
    """What a model is to be called with as its file says it: by a comment, else by the file's own calls, the nearest first."""
    for cls in value.cls.mro:
        if cls.site is None:
            continue
        said = session.comments(cls.site.path).inputs.get(cls.qualname)
        if said is not None:
            yield Feed(said[0], origin=f"the comment in line {said[1]}")
            return
    known = session.own_calls(path)
    if not known and value.cls.fact("lazy") is None:
        return  # most files say nothing
    from paramlint.analysis.stated import calls_of, drawn, feed_of

    found = calls_of(known, value)
    if not found and (symbolic := drawn(value)) is not None:
        yield symbolic
    for call in found:
        yield feed_of(call, session.line_of(call.site))
