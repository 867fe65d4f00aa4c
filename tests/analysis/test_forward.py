"""Built models that are called: shapes, costs and what is not known, as `fixtures/models/calls` says it beside the code."""

from __future__ import annotations

import re
from ast import literal_eval
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from paramlint.analysis.forward import Feed
from paramlint.analysis.inputs import BadInputError, parse
from paramlint.analysis.session import Session
from paramlint.analysis.target_names import TargetProblem
from paramlint.analysis.targets import summarise
from paramlint.model.tree import Model

FOLDER = Path(__file__).parents[2] / "fixtures" / "models" / "calls"
_CLASS = re.compile(r"class (\w+)\(.*# (.*)")
_LAYER = re.compile(r".*# (output|cost): (.*)")
_FACT = re.compile(r"(\w+): (.*?)(?=  \w+: |$)")


def cases() -> list[Any]:
    """Each class with its facts, and the facts beside its layers by line."""
    found = []
    for file in sorted(FOLDER.glob("*.py")):
        facts: dict[str, str] | None = None
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if (match := _CLASS.match(line)) is not None:
                facts = dict(_FACT.findall(match[2]))
                found.append(pytest.param(file.name, match[1], facts, id=f"{file.stem}-{match[1]}"))
            elif facts is not None and (match := _LAYER.match(line)) is not None:
                facts[str(number)] = match[2]
    return found


@cache
def session() -> Session:
    return Session()


def called(target: str, *inputs: str, convention: str = "macs") -> Model:
    model = next(iter(summarise(session(), target, Feed(parse(inputs), convention))))
    session().locate(model, layers=True)
    return model


@pytest.mark.parametrize(("file", "name", "facts"), cases())
def test_what_stands_beside_the_code(file: str, name: str, facts: dict[str, str]) -> None:
    convention, _, cost = facts.get("convention", "macs").partition(" ")
    model = called(f"{FOLDER / file}::{name}", facts["input"], convention=convention)
    if "params" in facts:
        assert model.params.value == int(facts["params"]) and model.params.exact
    if "output" in facts:
        assert tuple(model.output) == tuple(literal_eval(facts["output"]))
    if "macs" in facts:
        assert written(model) == facts["macs"], model.macs.reasons
    if cost:
        assert model.cost.exact and model.cost.value == int(cost)
    beside = {model.places[node.site][1]: node for node in model.root.walk() if node.site in model.places} if model.root else {}
    for line, fact in facts.items():
        if line.isdigit():
            node = beside[int(line)]
            assert (node.cost.value == int(fact)) if convention != "macs" else (tuple(node.output) == literal_eval(fact)), line


def written(model: Model) -> str:
    """The cost as the fixtures have it."""
    if model.macs.exact:
        return f"{model.macs.value:_}"
    assert model.macs.reasons and all(reason.site is not None for reason in model.macs.reasons)
    return f">= {model.macs.value:_}" if model.macs.value else "unknown"


def test_an_open_batch_gives_a_formula() -> None:
    model = called(f"{FOLDER / 'hand_calculations.py'}::LeNet5", "N,1,32,32")
    assert (str(model.macs.value), model.macs.status, str(model.output[0])) == ("416520*N", "symbolic", "N")


@pytest.mark.parametrize(("shape", "message"), [
    ("1,3,32,32", "expected 1 channels, got 3"),
    ("1,1", "dimensions, got 2"),
    ("1,1,32,64", "400"),
])
def test_an_input_that_the_model_refuses_is_a_problem_of_the_target(shape: str, message: str) -> None:
    with pytest.raises(TargetProblem, match=message):
        called(f"{FOLDER / 'hand_calculations.py'}::LeNet5", shape)


@pytest.mark.parametrize(("text", "message"), [
    ("1,-3,4", "cannot be negative"),
    ("int63[1]", "there is no dtype 'int63'"),
    ("1;2", "expected sizes"),
    ("", "expected sizes"),
    ("1,,2", "expected sizes"),
    ("[1,2", "expected sizes"),
    ("9" * 40, "too large"),
    ("1.5,2", "expected sizes"),
])
def test_a_text_that_is_no_input_says_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        parse([text])


def test_inputs_have_names_dtypes_and_open_sizes() -> None:
    first, second, third = parse(["(1, 3, 8)", "half[]", "mask=bool[N, 4]"])
    assert (first.tensor.shape, first.tensor.dtype, first.name) == ((1, 3, 8), "float32", "")
    assert (second.tensor.shape, second.tensor.dtype) == ((), "float16")
    assert (third.name, third.tensor.dtype, str(third.tensor.shape[0]), third.text) == ("mask", "bool", "N", "mask=bool[N, 4]")
    with pytest.raises(BadInputError, match="without a name"):
        parse(["x=1", "2"])


# What the tools print for the model; of ptflops also the sum of its rows (132,768) with the functions that are called beside the modules.
WHOLE = {"torchinfo": 93_402, "fvcore": 125_248, "thop": 105_216, "ptflops=0.7.5": 142_816, "ptflops": 136_416, "ptflops=aten": 120_032,
         "calflops": 239_488, "calflops=macs": 112_704}


@pytest.mark.parametrize("convention", WHOLE)
def test_a_whole_model_in_every_convention(convention: str) -> None:
    model = called(f"{FOLDER / 'whole_conventions.py'}::Mixed", "1,3,16,16", convention=convention)
    assert model.cost is not None and model.cost.exact and model.cost.value == WHOLE[convention]
    assert bool(model.note) == (convention == "ptflops")
