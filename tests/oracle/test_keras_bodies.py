"""Programs that were written to break the answer: an exact count is Keras' own, and code is said to raise only where it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from keras_truth import RECORD, bodies, text_of, wrong

from paramlint import api

TRUE = json.loads(RECORD.read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", range(len(TRUE)))
def test_bodies(number: int, tmp_path: Path) -> None:
    body = bodies()[number]
    path = tmp_path / "program.py"
    path.write_text(text_of(body), encoding="utf-8")
    (result,) = api.summary([f"{path}::model"], api.configs(isolated=True))
    assert not result.problem, result.problem
    assert wrong(result.models[0], TRUE[number]) == "", body
