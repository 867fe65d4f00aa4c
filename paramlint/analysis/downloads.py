"""Models that fetch weights while they are built.

Loading weights does not change how big a model is, but whether there are any often does: builders pick another normalisation, or freeze layers,
where they expect weights. So a model that downloads is built once more without: with each argument that was left to its default, on the
way from the target to the download, replaced by None or False. Nothing is downloaded here, so that build is the answer; where it is another
model than the one that is made for downloaded weights, the answer says so and names both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from paramlint.core.unknown import Reason, Why
from paramlint.interpreter.values import Instance
from paramlint.model.tree import Model
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.machine import Interpreter

_MOST = 4  # arguments that are tried


class Download(NamedTuple):
    """A download, and the arguments that would turn it off: their names and what to pass instead."""

    reason: Reason
    switches: tuple[tuple[str, bool | None], ...]


def note(it: Interpreter, reason: Reason) -> Download:
    """The download that happens now."""
    frames: list[Frame] = []
    frame = it.frame
    while frame is not None:
        frames.append(frame)
        frame = frame.caller
    for frame in reversed(frames):
        switches = _left_to_default(frame)
        if switches:
            return Download(reason, switches)
    return Download(reason, ())


def _left_to_default(frame: Frame) -> tuple[tuple[str, bool | None], ...]:
    """The parameters of a running function that nobody has passed and that may stand for weights."""
    if frame.function is None or frame.kind != "function":
        return ()
    code = frame.function.code
    args, kwargs = frame.given
    names = [p.name for p in (*code.positional_only, *code.parameters)][len(args):] + [p.name for p in code.keyword_only]
    found: list[tuple[str, bool | None]] = []
    for name in names:
        default = frame.vars.get(name)
        if name not in kwargs and (default is True or isinstance(default, Instance | str)):
            found.append((name, False if default is True else None))
    return tuple(found[:_MOST])


def settled(model: Model, downloads: list[Download], node: ir.Expr, again: Callable[[ir.Expr], tuple[Model, bool]]) -> Model:
    """The model itself if it is the same without its downloads, else the one that is built without them, with a note on the other.

    ``again`` builds a changed target, and says whether that downloads too.
    """
    first = downloads[0]
    if model.root is None:
        return model
    call = node if isinstance(node, ir.Call) else ir.Call(node.at, node, (), ())
    for name, value in first.switches:
        if any(key == name for key, _ in call.keywords):
            continue
        changed = ir.Call(call.at, call.func, call.args, (*call.keywords, (name, ir.Constant(call.at, value))))
        other, downloads_still = again(changed)
        if other.root is None or downloads_still or same(model, other):
            continue
        message = (f"{first.reason.message}, and nothing is downloaded here: this is the model with `{name}={value}` ({_shown(other)}). "
                   f"For downloaded weights the code builds another one ({_shown(model)})")
        other.reasons = (*other.reasons, Reason(Why.DOWNLOAD, message, first.reason.site))
        return other
    return model


def same(left: Model, right: Model) -> bool:
    """Whether two models have the same counts."""
    return all(repr(a.value) == repr(b.value) and a.bound == b.bound and a.assumed == b.assumed for a, b in (
        (left.params, right.params), (left.trainable, right.trainable), (left.buffers, right.buffers)))


def _shown(model: Model) -> str:
    counts = [count.value for count in (model.params, model.trainable)]
    params, trainable = (f"{value:,}" if isinstance(value, int) else str(value) for value in counts)
    return f"{params} parameters, {trainable} of them trained"
