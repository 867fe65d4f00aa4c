"""Statements are parsed without those annotations of their signatures that do nothing; everything else stays where it is."""

from __future__ import annotations

import libcst as cst
import pytest

from paramlint.syntax.outline import outline
from paramlint.syntax.parse import lower

BLANKED = {
    "parameters": ("def f(a: int, b: 'str' = 1, *c: str, d: dict[int, 'C']=2, **e: set): pass",
                   "def f(a     , b        = 1, *c     , d                =2, **e     ): pass"),
    "result": ("def f() -> int: pass", "def f()       : pass"),
    "methods": ("class A:\n  def f(self, x: int) -> 'A':\n    return x", "class A:\n  def f(self, x     )       :\n    return x"),
    "lines": ("def f(\n  a: int,  # why: because\n  b: int = 1,\n) -> None:\n  pass", "def f(\n  a     ,  # why: because\n  b      = 1,\n)        :\n  pass"),
    "async": ("async def f(a : int ) -> str : pass", "async def f(a" + " " * 6 + " ) " + " " * 6 + " : pass"),
}
KEPT = {
    "brackets": "def f(a: (int), b: (\n  int) = 1) -> (int): pass",
    "over lines": "def f(a: A[\n  int], b:\n  int) -> A[\n  int]: pass",
    "not ascii": "def f(ä: int, b: 'ö') -> int: pass",
    "calls": "def f(a: g(1), *, b: A[h()] = 1) -> i(): pass",
    "none": "def f(a, b=lambda c: 1): return {a: b}",
    "names that are not bound": "def f(a: T, *, b: A[int] = 1) -> c.d: pass",
    "its own class": "class A:\n  def f(self, x: A) -> A: pass",
    "unions with texts": "def f(a: int | 'A'): pass",
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


def test_names_that_are_bound_before_are_passed_over() -> None:
    bound = "import a.b\nfrom c import d as e\nT = 1\nclass A: pass\ndef g(): pass\n"
    assert outline(bound + "def f(a: T, b: e[A], c: g): pass\n").statements[-1].parsed == "def f(a   , b      , c   ): pass\n"
    text = "def f(a: T): pass\n"
    assert outline(bound + "del T\n" + text).statements[-1].parsed == text
    assert outline("if x: T = 1\n" + text).statements[-1].parsed == text
    assert outline("from __future__ import annotations\n" + text).statements[-1].parsed != text


def test_what_modules_are_asked_for_is_looked_up_once() -> None:
    first, second = outline("import a\ndef f(x: a.b): pass\ndef g(x: a.b): pass\n").statements[1:]
    assert first.parsed == "def f(x: a.b): pass\n" and second.parsed == "def g(x     ): pass\n"
    assert first.binding_only is not None and first.binding_only.dotted == {"a.b"}
