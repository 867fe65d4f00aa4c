"""Programs that build layers of Paddle: an exact answer is Paddle's own, and the code raises only where it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from paddle_programs import program
from paddle_truth import RECORD, SEEDS, bodies, function, truth, wrong

from paramlint import api

TRUE = json.loads(RECORD.read_text(encoding="utf-8"))


def answer(text: str, target: str, folder: Path) -> Any:
    path = folder / "program.py"
    path.write_text(text, encoding="utf-8")
    (result,) = api.summary([f"{path}::{target}"], api.configs(isolated=True))
    assert not result.problem, result.problem
    return result.models[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_programs(seed: int, tmp_path: Path) -> None:
    text, target = program(seed)
    assert wrong(answer(text, target, tmp_path), TRUE["programs"][str(seed)]) == "", text


@pytest.mark.parametrize("number", range(len(TRUE["bodies"])))
def test_bodies(number: int, tmp_path: Path) -> None:
    body = bodies()[number]
    assert wrong(answer(function(body), "build()", tmp_path), TRUE["bodies"][number]) == "", body


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(1000, 1040))
def test_random_programs_beside_paddle(seed: int, tmp_path: Path) -> None:
    pytest.importorskip("paddle")
    text, target = program(seed)
    assert wrong(answer(text, target, tmp_path), truth(text, target)) == "", text
