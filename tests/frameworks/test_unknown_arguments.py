"""Examples of every entry of every framework: they come out as they say, and an argument that is not known never gives a wrong number.

Each argument of each example is replaced by an Unknown, and each size by a free name. The result must then be Unknown, a bound that
is not above the truth, or a formula that gives the truth; no exception but ``NeedsValue``, and no refusal.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

import paramlint.frameworks
from paramlint.core.counts import Count
from paramlint.core.dims import Formula, is_unsized, unsized
from paramlint.core.shapes import Shape
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.schema.conditions import Refused
from paramlint.schema.example import Example
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer
from paramlint.schema.registry import Registry
from paramlint.schema.weights import Weights


def _frameworks() -> list[Framework]:
    modules = [importlib.import_module(f"{paramlint.frameworks.__name__}.{info.name}")
               for info in pkgutil.iter_modules(paramlint.frameworks.__path__) if info.ispkg]
    return [module.FRAMEWORK for module in modules if hasattr(module, "FRAMEWORK")]


REGISTRY = Registry(_frameworks())


@dataclass(frozen=True)
class Call:
    """An example's call, its arguments evaluated."""

    framework: Framework
    entry: type[Layer]
    example: Example
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def build(self) -> Layer:
        return self.entry.build(self.args, self.kwargs)


class NotLiteral(Exception):
    """An argument that is more than literals and calls of entries."""


def _value(node: ast.expr, framework: Framework) -> Any:
    if isinstance(node, ast.Call):
        entry = REGISTRY.find(f"{framework.layers}.{ast.unparse(node.func)}")
        if entry is None or not issubclass(entry, Layer):
            raise NotLiteral(ast.unparse(node))
        return entry.build([_value(arg, framework) for arg in node.args], _keywords(node, framework))
    if isinstance(node, ast.List | ast.Tuple):
        items = [_value(item, framework) for item in node.elts]
        return items if isinstance(node, ast.List) else tuple(items)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise NotLiteral(ast.unparse(node)) from None


def _keywords(node: ast.Call, framework: Framework) -> dict[str, Any]:
    return {str(keyword.arg): _value(keyword.value, framework) for keyword in node.keywords}


def _calls() -> Iterator[Any]:
    for framework in REGISTRY.frameworks:
        for entry in dict.fromkeys(REGISTRY.entries(framework).values()):
            for example in entry.EXAMPLES if issubclass(entry, Layer) else ():
                if not isinstance(example, Example):
                    continue
                node = ast.parse(example.call, mode="eval").body
                assert isinstance(node, ast.Call), example.call
                try:
                    args = tuple(_value(arg, framework) for arg in node.args)
                    call = Call(framework, entry, example, args, _keywords(node, framework))
                except NotLiteral:
                    continue
                yield pytest.param(call, id=f"{framework.name}: {example.call}")


CALLS = list(_calls())


# What a layer answers -------------------------------------------------------------------------------------------------


@dataclass
class Answer:
    """Counts, output and MACs of a layer; an Unknown where asking needs a value that is not known."""

    params: Count
    trainable: Count
    buffers: Count
    output: Any
    macs: Any


def _shapes(given: Any) -> Any:
    """Shapes as layers take them; a size that the framework leaves open (None) is one free name an axis."""
    if isinstance(given, list):
        return [_shapes(one) for one in given]
    return Shape(unsized(f"axis {axis}") if size is None else size for axis, size in enumerate(given))


def _bind(method: Callable[..., Any], inputs: list[Any]) -> dict[str, Any]:
    """The inputs under the names of the method's parameters."""
    names = [name for name, parameter in inspect.signature(method).parameters.items()
             if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    return dict(zip(names, inputs, strict=False))


def _asked(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except NeedsValue as needs:
        return needs.unknown


def answer(layer: Layer, inputs: list[Any]) -> Answer:
    given = _bind(layer.shape, inputs)

    def weights() -> Weights:
        if not layer.BUILDS_ON_CALL:
            return layer.weights()
        names = inspect.signature(layer.weights).parameters
        return layer.weights(**{name: value for name, value in given.items() if name in names})

    found = _asked(weights) if given or not layer.BUILDS_ON_CALL else Unknown.because(Why.INPUT, "no input")
    if isinstance(found, Unknown):
        counts = [Count.of(found)] * 3
    else:
        counts = [found.total(), found.total(trainable=True), found.total(buffers=True)]
    output = _asked(lambda: layer.shape(**given)) if given else None
    macs = _asked(lambda: _macs(layer, given, output)) if given and not isinstance(output, Unknown) else None
    return Answer(*counts, output, macs)


def _macs(layer: Layer, given: Mapping[str, Any], output: Any) -> Any:
    names = inspect.signature(layer.macs).parameters
    return layer.macs(**{name: value for name, value in {**given, "y": output}.items() if name in names})


def _inputs(example: Example) -> list[Any]:
    """The inputs of the example's call, one a parameter."""
    if example.input is None:
        return []
    return [_shapes(one) for one in (example.input if isinstance(example.input, list) else [example.input])]


# Examples as they stand -----------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    if is_unsized(value):
        return None
    return tuple(_plain(one) for one in value) if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("call", CALLS)
def test_example_comes_out(call: Call) -> None:
    found, example = answer(call.build(), _inputs(call.example)), call.example
    for name in ("params", "trainable", "buffers"):
        wanted = getattr(example, name)
        if wanted is not None and (example.input is not None or not call.entry.BUILDS_ON_CALL):
            count = getattr(found, name)
            assert (count.exact, count.value) == (True, wanted), name
    if example.output is not None:
        assert _plain(found.output) == _plain(example.output)
    if example.macs is not None:
        assert found.macs == example.macs


# Examples with something unknown --------------------------------------------------------------------------------------

UNKNOWN = Unknown.because(Why.ARGUMENT, "not known")
FREE = "free"


def _holes(value: Any, hole: Callable[[Any], Any]) -> Iterator[Any]:
    """The value with each of its parts replaced: as a whole, and item by item."""
    replaced = hole(value)
    if replaced is not None:
        yield replaced
    if isinstance(value, list | tuple) and not isinstance(value, Shape):
        for at, item in enumerate(value):
            for other in _holes(item, hole):
                yield type(value)([*value[:at], other, *value[at + 1:]])


def _changed(call: Call, hole: Callable[[Any], Any]) -> Iterator[tuple[str, Call]]:
    for at, value in enumerate(call.args):
        for other in _holes(value, hole):
            yield f"argument {at}", replace(call, args=(*call.args[:at], other, *call.args[at + 1:]))
    for name, value in call.kwargs.items():
        for other in _holes(value, hole):
            yield f"`{name}`", replace(call, kwargs={**call.kwargs, name: other})


def _defaults(call: Call) -> Iterator[tuple[str, Call]]:
    """The call with each argument that it leaves to its default given as Unknown."""
    signature = call.entry.signature()
    given = {call.entry.ALIASES.get(name, name) for name in call.kwargs}
    positional = [field for field in signature.fields if not field.keyword_only][len(call.args):]
    for field in (*positional, *(field for field in signature.fields if field.keyword_only)):
        if field.name not in given and not field.required and not _refuses_its_default(call, field.name, field.default):
            yield f"default `{field.name}`", replace(call, kwargs={**call.kwargs, field.name: UNKNOWN})


def _refuses_its_default(call: Call, name: str, default: Any) -> bool:
    """Whether an argument may not be given at all here, whatever it is (``proj_size`` of an RNN)."""
    try:
        replace(call, kwargs={**call.kwargs, name: default}).build()
    except Refused:
        return True
    return False


def _at(value: Any, number: int) -> Any:
    """A formula's value where the free name is a number; None where it holds more than polynomials."""
    if isinstance(value, Unknown):
        return None
    if not isinstance(value, Formula):
        return value
    if value.names != {FREE}:
        return None
    return sum(factor * number ** sum(power for _, power in monomial) for monomial, factor in value.terms.items())


def _holds(name: str, found: Count, truth: Count, number: int) -> str:
    """What is wrong with a count; nothing where it is a bound or the truth."""
    value = _at(found.value, number)
    if value is None or (found.bound and value <= truth.value):
        return ""
    if not found.bound and value == truth.value:
        return ""
    return f"{name} is {'at least ' if found.bound else ''}{found.value}, in truth {truth.value}"


def _fits(found: Any, truth: Any, number: int) -> bool:
    """Whether a result has nothing in it that contradicts the truth."""
    if isinstance(found, Unknown) or found is None or truth is None:
        return True
    if isinstance(found, tuple | list):
        return isinstance(truth, tuple | list) and len(found) == len(truth) and all(
            _fits(one, two, number) for one, two in zip(found, truth, strict=True))
    if isinstance(truth, Formula):
        return isinstance(found, Formula) and (any(FREE in name for name in found.names) or found.same(truth))
    value = _at(found, number)
    return value is None or value == truth


def _check(what: str, call: Call, inputs: list[Any], truth: Answer, number: int = 0) -> str:
    try:
        found = answer(call.build(), inputs)
    except Exception as error:  # the report names the argument
        return f"{what}: {type(error).__name__}: {error}"
    wrong = [_holds(name, getattr(found, name), getattr(truth, name), number) for name in ("params", "trainable", "buffers")]
    wrong += [f"{name} is {getattr(found, name)}, in truth {getattr(truth, name)}" for name in ("output", "macs")
              if not _fits(getattr(found, name), getattr(truth, name), number)]
    return f"{what}: " + "; ".join(filter(None, wrong)) if any(wrong) else ""


@pytest.mark.parametrize("call", CALLS)
def test_unknown_argument_gives_no_wrong_number(call: Call) -> None:
    inputs = _inputs(call.example)
    truth = answer(call.build(), inputs)
    changed = [*_changed(call, lambda value: UNKNOWN), *_defaults(call)]
    wrong = [_check(what, other, inputs, truth) for what, other in changed]
    assert not list(filter(None, wrong))


@pytest.mark.parametrize("call", CALLS)
def test_free_size_gives_no_wrong_formula(call: Call) -> None:
    inputs = _inputs(call.example)
    truth = answer(call.build(), inputs)
    numbers: list[int] = []

    def hole(value: Any) -> Any:
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:  # negative ones are commands, no sizes
            return None
        numbers.append(value)
        return Formula.free(FREE)

    wrong = [_check(f"{what} free", other, inputs, truth, numbers[-1]) for what, other in _changed(call, hole)]
    assert not list(filter(None, wrong))


@pytest.mark.parametrize("call", [param for param in CALLS if param.values[0].example.input is not None])
def test_unknown_input_size_gives_no_wrong_number(call: Call) -> None:
    inputs = _inputs(call.example)
    truth = answer(call.build(), inputs)
    wrong = []
    for which, one in enumerate(inputs):
        for axis, size in enumerate(one if isinstance(one, Shape) else ()):
            if is_unsized(size):
                continue
            for other in (UNKNOWN, Formula.free(FREE)):
                changed = [*inputs[:which], one.replace(axis, other), *inputs[which + 1:]]
                wrong.append(_check(f"input {which}, axis {axis}, {other}", call, changed, truth, size))
    assert not list(filter(None, wrong))
