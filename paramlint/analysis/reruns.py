"""Code that a framework runs more than once where the code calls it once: what each run changes anew depends on how often that is.

How often the `call` of a layer is run to draw a graph, or to build it, differs between the backends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Reason, Unknown
from paramlint.interpreter.held import blurred
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.state import same
from paramlint.interpreter.values import ABSENT, Instance

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

_PLAIN = (bool, int, float, str, bytes)
_OWN = frozenset({"built", "training", *modules.TABLES})  # attributes that the framework sets


def followed(overlay: Overlay, it: Interpreter, what: str, run: Callable[[], Any]) -> Any:
    """Run something that the framework may run again."""
    log = it.state.follow()
    try:
        result = run()
    finally:
        it.state.stay(log)
    changed = [container for container, before in log.saved.values() if _differences(overlay, before, container)]
    if changed:
        _forget(overlay, it, changed, it.unknown_reason(f"how often `{what}` is run"), run)
    return result


def _differences(overlay: Overlay, before: Any, after: Any) -> list[Any]:
    """What a run has changed of a container of the analysed code: the keys of a dict, all of anything else."""
    if overlay.is_own(after):
        return []
    if not isinstance(after, dict):
        return [] if len(before) == len(after) and all(map(_alike, before, after)) else [ABSENT]
    keys = [key for key in after if not _alike(before.get(key, ABSENT), after[key]) and not _is_own(key)]
    return [] if all(isinstance(after[key], Instance | TensorValue) for key in keys) else keys


def _is_own(key: Any) -> bool:
    return isinstance(key, str) and (key.startswith("<") or key in _OWN)


def _alike(one: Any, other: Any) -> bool:
    return one is other or same(one, other)


def _forget(overlay: Overlay, it: Interpreter, changed: list[Any], reason: Reason, run: Callable[[], Any]) -> None:
    """What another run would change once more is not known."""
    try:
        with overlay.unheard():
            _, after, _ = it.state.run(run)
    except Raised:
        after = {id(container): (container, type(container)(), container) for container in changed}
    for container in changed:
        if id(container) not in after:
            continue
        keys = _differences(overlay, container, after[id(container)][1])
        if not keys:
            continue
        it.write(container)
        if isinstance(container, dict):
            container.update({key: Unknown(reason, data=isinstance(container.get(key), _PLAIN)) for key in keys})
        elif isinstance(container, list):
            container[:] = blurred(container, reason)
        if not isinstance(container, dict) or any(key not in container for key in keys):
            it.state.mark_open(container, reason, 0)
