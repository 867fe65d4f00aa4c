"""Random models: what training is said to keep is what the real autograd saves, or it is not exact. `kept_programs.py` runs more of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("torch")

from kept_programs import compared

pytestmark = pytest.mark.oracle


@pytest.mark.filterwarnings("ignore")
def test_random_programs_keep_what_torch_saves(tmp_path: Path) -> None:
    found = {seed: compared(seed, tmp_path) for seed in range(7_000, 7_060)}
    assert {seed: why for seed, (outcome, why) in found.items() if outcome == "DIFFERENT"} == {}
    assert Counter(outcome for outcome, _ in found.values())["equal"] > 30
