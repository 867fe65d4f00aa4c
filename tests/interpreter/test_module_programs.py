"""A short run of ``module_programs``, always with the same programs."""

from __future__ import annotations

from pathlib import Path

import module_programs
import pytest


@pytest.mark.parametrize("seed", range(0, 120, 3))
def test_what_is_read_is_what_python_does(seed: int, tmp_path: Path) -> None:
    assert module_programs.verdict(seed, tmp_path) in ("same", "same error", "not exact")
