"""Statements are parsed without the annotations of their signatures; everything else stays where it is."""

from __future__ import annotations

import libcst as cst
import pytest

from paramlint.syntax.outline import outline
from paramlint.syntax.parse import lower

BLANKED = {
    "parameters": ("def f(a: int, b: 'str' = 1, *c: T, d: A[B, C]=2, **e: D): pass", "def f(a     , b        = 1, *c   , d         =2, **e   ): pass"),
    "result": ("def f() -> int: pass", "def f()       : pass"),
    "methods": ("class A:\n  def f(self, x: int) -> A:\n    return x", "class A:\n  def f(self, x     )     :\n    return x"),
    "lines": ("def f(\n  a: int,  # why: because\n  b: int = 1,\n) -> None:\n  pass", "def f(\n  a     ,  # why: because\n  b      = 1,\n)        :\n  pass"),
    "async": ("async def f(a : int ) -> b . c : pass", "async def f(a" + " " * 6 + " ) " + " " * 8 + " : pass"),
}
KEPT = {
    "brackets": "def f(a: (int), b: (\n  int) = 1) -> (int): pass",
    "over lines": "def f(a: A[\n  int], b:\n  int) -> A[\n  int]: pass",
    "not ascii": "def f(ä: int, b: 'ö') -> int: pass",
    "calls": "def f(a: g(1), *, b: A[h()] = 1) -> i(): pass",
    "none": "def f(a, b=lambda c: 1): return {a: b}",
    "variables": "class A:\n  a: int = 1\n  b: str",
}


@pytest.mark.parametrize("name", BLANKED)
def test_annotations_of_signatures_are_not_parsed(name: str) -> None:
    source, parsed = BLANKED[name]
    (statement,) = outline(source + "\n").statements
    assert statement.parsed == parsed + "\n"
    assert statement.text == source + "\n"
    assert lower(outline(source + "\n"), 0) == lower(outline(parsed + "\n"), 0)


@pytest.mark.parametrize("name", KEPT)
def test_what_is_not_plainly_an_annotation_stays(name: str) -> None:
    (statement,) = outline(KEPT[name] + "\n").statements
    assert statement.parsed == KEPT[name] + "\n"


def test_libcst_checks_nodes_again_after_parsing() -> None:
    lower(outline("a = f(1)\n"), 0)
    with pytest.raises(cst.CSTValidationError):
        cst.Name("")
