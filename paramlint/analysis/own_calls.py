"""Calls of models that a file makes itself, on tensors that it makes itself: ``net(torch.randn(1, 3, 32, 32))``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from paramlint.analysis import modules
from paramlint.analysis.tensors import TensorValue
from paramlint.analysis.ways import trail
from paramlint.core.dims import Formula
from paramlint.core.shapes import Shape
from paramlint.core.tensor import DTYPE_BYTES, Tensor
from paramlint.core.unknown import NeedsValue
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import Instance
from paramlint.syntax.lexical import masked

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter

# What a file that makes tensors calls for it, whatever the framework.
_MAKES = re.compile(r"\b(?:randn?|zeros|ones|empty|full|arange|randint|normal|uniform|random_normal|random_uniform|standard_normal"
                    r"|tensor|Tensor|FloatTensor|LongTensor|to_tensor|as_tensor|convert_to_tensor)\s*\(")
_WORDS = ("rand", "zeros(", "ones(", "empty(", "full(", "arange(", "normal", "uniform(", "ensor(")
_TESTS = re.compile(r"class \w*Test\w*|class \w+\([\w.]*TestCase\)")
_DERIVED = re.compile(r"(?:@[^\n]*\n)*class \w+\(")
_PLAIN = (int, float, str, bool, type(None))


class OwnCall:
    """One call: the module, what it is called with, where, and the exception that it ends with."""

    __slots__ = ("args", "calls", "certain", "kwargs", "module", "raised", "site")

    def __init__(self, it: Interpreter, module: Instance, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.module = module
        self.args = [fresh(value) for value in args]
        self.kwargs = {name: fresh(value) for name, value in kwargs.items()}
        self.site = it.site()
        self.calls = trail(it)
        self.certain = not it.state.logs and it.loop_reason is None  # whether it certainly happens as it stands here
        self.raised: Raised | None = None

    @property
    def tensors(self) -> list[tuple[str, Tensor]]:
        """The tensors among the arguments, those by keyword with their name."""
        named = [("", value) for value in self.args] + list(self.kwargs.items())
        return [(name, leaf.tensor) for name, value in named for leaf in _leaves(value) if isinstance(leaf, TensorValue)]


def makes_tensors(text: str) -> bool:
    """Whether some source may make a tensor to call a model with."""
    if not any(word in text for word in _WORDS) or _MAKES.search(text) is None:  # the words alone are found much faster
        return False
    return _MAKES.search(masked(text)) is not None  # and not in an example in the documentation


def may_call(statements: Sequence[Any]) -> bool:
    """Whether a file may call a model of its own on a tensor that it makes, by its text."""
    making = [statement for statement in statements if (
        statement.kind in ("def", "other") or (statement.kind == "class" and _TESTS.match(statement.text) is not None))
        and makes_tensors(statement.text)]
    if not making:
        return False
    called = _models(statements)
    return any(called.search(statement.text, _after_name(statement)) is not None for statement in making)


def _models(statements: Sequence[Any]) -> re.Pattern[str]:
    """A call of what a file makes models with: its classes that have a base, and what calls one of them or a class of models."""
    classes = [name for statement in statements if statement.kind == "class" and _DERIVED.match(statement.text) for name in statement.binds]
    made = re.compile(rf"\b(?:{'|'.join(map(re.escape, [*classes, 'Sequential', 'Model']))})\s*\(")
    makers = [name for statement in statements if statement.kind in ("def", "other") and made.search(statement.text) for name in statement.binds]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, [*classes, *makers, 'Sequential']))})\s*\(")


def _after_name(statement: Any) -> int:
    """Where the text of a function goes on behind its own name."""
    return int(statement.text.find("(")) if statement.kind == "def" else 0


def noted(overlay: Overlay, it: Interpreter, module: Any, args: list[Any], kwargs: dict[str, Any], action: Callable[[], Any]) -> Any:
    """Run a call and keep it, if all of its arguments are known; the calls inside it are not kept."""
    watched, overlay.watched = overlay.watched, None
    call: OwnCall | None = None
    if watched is not None and isinstance(module, Instance) and _is_known([*args, *kwargs.values()]):
        call = OwnCall(it, module, args, kwargs)
        call.certain = call.certain and not is_doubtful(overlay, it, module)
        watched.append(call)
    try:
        return action()
    except Raised as raised:
        if call is not None:
            call.raised = raised
        raise
    finally:
        overlay.watched = watched


def is_doubtful(overlay: Overlay, it: Interpreter, module: Instance) -> bool:
    """Whether a module may hold other layers than it shows."""
    try:
        return any(not isinstance(inner, Instance) or overlay.doubts(inner) is not None for _, inner in modules.walk(it, module))
    except NeedsValue:
        return True


def _is_known(values: list[Any]) -> bool:
    """Whether these are tensors of known shapes, at least one, and plain values beside them."""
    leaves = [leaf for value in values for leaf in _leaves(value)]
    tensors = [leaf for leaf in leaves if isinstance(leaf, TensorValue)]
    return bool(tensors) and all(map(_has_shape, tensors)) and all(isinstance(leaf, (TensorValue, *_PLAIN)) for leaf in leaves)


def _has_shape(value: TensorValue) -> bool:
    shape = value.tensor.shape
    drawn = getattr(value, "step", None) is not None  # stands for data that is given later
    return not drawn and isinstance(shape, Shape) and all(type(size) in (int, Formula) for size in shape)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    else:
        yield value


def fresh(value: Any) -> Any:
    """An argument for another call: tensors of the same shapes, without what the first call does with them."""
    if isinstance(value, TensorValue):
        tensor = value.tensor
        dtype = tensor.dtype if tensor.dtype in DTYPE_BYTES else "float32"
        framework = getattr(value, "framework", None)
        if framework is not None:
            return type(value)(Tensor(tensor.shape, dtype), framework)  # type: ignore[call-arg]
        return TensorValue(Tensor(tensor.shape, dtype, tensor.data), kind=value.kind)
    if isinstance(value, list | tuple):
        return type(value)(map(fresh, value)) if type(value) in (list, tuple) else value
    return {key: fresh(item) for key, item in value.items()} if isinstance(value, dict) else value
