"""The answer does not depend on how one asks: a file's list, a model by its name and ``check`` agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from paramlint import api
from paramlint.model.statuses import of_model
from paramlint.model.tree import Model

FOLDER = Path(__file__).parents[2] / "fixtures"
FILES = sorted([*(FOLDER / "models").glob("*/*.py"), *(FOLDER / "rules").glob("*/*.py"), *(FOLDER / "mysteries").glob("*.py")])


def _answer(model: Model) -> tuple[object, ...]:
    return (model.status, *(count.value if count is not None else None for count in (model.params, model.trainable, model.buffers)),
            str(model.output), model.macs.value if model.macs is not None else None, [reason.message for reason in model.reasons], of_model(model))


@pytest.mark.parametrize("file", [pytest.param(file, id=f"{file.parent.name}-{file.stem}") for file in FILES])
def test_a_file_and_its_names_give_the_same_answers(file: Path) -> None:
    listed = {model.target: model for result in api.summary([str(file)]) for model in result.models}
    for target, model in listed.items():
        name = target.partition("::")[2]
        if not name.isidentifier():
            continue
        (alone,) = next(iter(api.summary([target]))).models
        assert _answer(alone) == _answer(model), target
