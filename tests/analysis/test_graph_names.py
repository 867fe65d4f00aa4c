from __future__ import annotations

from typing import Any

from paramlint.analysis.graph import unique


def test_layers_of_one_name_are_numbered_in_order() -> None:
    table: dict[str, Any] = {}
    for _ in range(70):
        table[unique(table, "dense", None)] = object()  # type: ignore[arg-type]
    assert list(table) == ["dense", *(f"dense_{number}" for number in range(1, 70))]


def test_a_gap_gives_a_name_that_is_free() -> None:
    table: dict[str, Any] = dict.fromkeys(["dense", "dense_1", "dense_3", "dense_4"])
    assert unique(table, "dense", None) not in table  # type: ignore[arg-type]
