"""Which exception the real frameworks raised where they refused a recorded call: the ``except`` clause of that type runs here too."""

from __future__ import annotations

from pathlib import Path

import pytest
from rows import IMPORTS, Row, rows

from paramlint.analysis.session import Session
from paramlint.analysis.targets import evaluate

ERRORS = ("ValueError", "TypeError", "NotImplementedError", "RuntimeError", "AssertionError", "IndexError", "ZeroDivisionError", "KeyError")
MODEL = {
    "torch": "nn.Linear({size}, 1, bias=False)",
    "keras": "keras.Sequential([keras.Input(({size},)), layers.Dense(1, use_bias=False)])",
    "paddle": "nn.Linear({size}, 1, bias_attr=False)",
}
INPUT = {"torch": "torch.zeros({})", "keras": "keras.Input(batch_shape={})", "paddle": "paddle.zeros({})"}


def _raised(row: Row) -> str:
    return str(next((row[key] for key in ("raises", "forward_raises", "call_raises") if key in row), ""))


def _function(framework: str, number: int, row: Row) -> str:
    lines = [f"def build_{number}():", "    kind = 1", "    try:", f"        made = {row['call']}"]
    if "raises" not in row:
        shape = row["input_shape"]
        lines.append(f"        made({INPUT[framework].format(tuple(shape))})")
    for kind, error in enumerate(ERRORS, 2):
        lines += [f"    except {error}:", f"        kind = {kind}"]
    lines += ["    except Exception:", "        kind = 20", f"    return {MODEL[framework].format(size='kind')}"]
    return "\n".join(lines) + "\n"


def _is_written(row: Row) -> bool:
    shape = row.get("input_shape")
    return "raises" in row or ("call_kwargs" not in row and isinstance(shape, list) and all(isinstance(size, int | None) for size in shape))


@pytest.mark.parametrize("framework", ["torch", "keras", "paddle"])
def test_the_clause_for_the_type_of_the_error_runs(framework: str, tmp_path: Path) -> None:
    given = [row for row in rows(framework) if _raised(row) and _is_written(row)]
    path = tmp_path / "errors.py"
    path.write_text(IMPORTS[framework] + "".join(_function(framework, number, row) for number, row in enumerate(given)))
    session = Session()
    wrong = []
    for number, row in enumerate(given):
        model = evaluate(session, str(path), f"build_{number}()")
        if model.status != "exact":
            continue
        kind = model.params.value - 2
        if not (0 <= kind < len(ERRORS) and ERRORS[kind] == _raised(row)):
            wrong.append((row["call"], row.get("input_shape"), _raised(row), ERRORS[kind] if 0 <= kind < len(ERRORS) else kind))
    assert not wrong, "\n".join(map(str, wrong))
