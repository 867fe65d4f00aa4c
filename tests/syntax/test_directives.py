from __future__ import annotations

import pytest

from paramlint.core.spans import Span
from paramlint.syntax.directives import Directive, directives


def one(source: str) -> Directive:
    (found,) = directives(source)
    return found


CODES = {
    "x = 1  # noqa": ("noqa", []),
    "x = 1  # NOQA : PRM101": ("noqa", ["PRM101"]),
    "x = 1  #noqa:prm101,PRM2": ("noqa", ["PRM101", "PRM2"]),
    "x = 1  # type: ignore # noqa: E501 PRM101": ("noqa", ["E501", "PRM101"]),
    "x = 1  # noqa: because": ("noqa", []),
    "x = 1  # paramlint: ignore": ("ignore", []),
    "x = 1  # paramlint: ignore[PRM101]": ("ignore", ["PRM101"]),
    "x = 1  # paramlint:ignore[ PRM101 , PRM2 ] ": ("ignore", ["PRM101", "PRM2"]),
    "x = 1  # paramlint: ignore[PRM101]  # why": ("ignore", ["PRM101"]),
    "x = 1  # paramlint: ignor[PRM101]": ("unknown", []),
    "x = 1  # paramlint:": ("unknown", []),
}


@pytest.mark.parametrize("source", CODES)
def test_codes(source: str) -> None:
    found = one(source)
    assert (found.kind, [code.name for code in found.codes]) == CODES[source]
    assert not found.own_line


def test_places() -> None:
    source = "a = 1\r\nif b:\r\n    é = f(  # x  # noqa: PRM101, PRM202 why\r\n    )\r\n"
    found = one(source)
    lines = source.split("\r\n")
    assert found.span == Span(3, 18, 3, 40)
    assert lines[2][found.span.column - 1 : found.span.end_column - 1] == "# noqa: PRM101, PRM202"
    assert [lines[2][code.span.column - 1 : code.span.end_column - 1] for code in found.codes] == ["PRM101", "PRM202"]
    ignore = one("x = 1\n  # paramlint: ignore[PRM1]")
    assert (ignore.span, ignore.codes[0].span, ignore.own_line) == (Span(2, 3, 2, 28), Span(2, 23, 2, 27), True)


def test_settings() -> None:
    found = one("class A:  # paramlint: input=(1, 3, 224, 224)  \n")
    assert (found.kind, found.name, found.value) == ("setting", "input", "(1, 3, 224, 224)")
    assert found.span == Span(1, 11, 1, 46)
    assert one("# paramlint: max-layer-params = 10M").name == "max-layer-params"
    assert one("# paramlint: nonsense here").value == "nonsense here"


NONE = [
    "x = '# noqa'",
    "x = '''\n# noqa\n# paramlint: ignore\n'''",
    'x = f"{a} # noqa"',
    "x = r'\\' # noqa'",
    "x = 1  # nothing",
    "noqa = paramlint = 1",
    "x = 1  # noqaaa",
    "",
]


@pytest.mark.parametrize("source", NONE)
def test_no_directives(source: str) -> None:
    assert directives(source) == ()


def test_several_in_the_order_of_the_source() -> None:
    source = "# noqa\nx = '#' # paramlint: ignore # noqa: E1\n'''\n''' # noqa\ny = \"'\" # noqa: PRM9\n"
    assert [(d.kind, d.span.line) for d in directives(source)] == [("noqa", 1), ("ignore", 2), ("noqa", 2), ("noqa", 4), ("noqa", 5)]


def test_text_that_is_no_python() -> None:
    assert [d.span.line for d in directives("x = ( '''\n# noqa\n")] == [2]
    assert [d.span.line for d in directives("x = 'abc # noqa\ny # noqa\n")] == [1, 2]
    assert directives("'" * 10_001 + "\\" * 10_000 + " noqa") == ()
