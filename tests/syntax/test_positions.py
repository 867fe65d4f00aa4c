from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from sources import FORMS

import paramlint
from paramlint.core.spans import Span
from paramlint.syntax import ir
from paramlint.syntax.outline import outline
from paramlint.syntax.parse import lower
from paramlint.syntax.positions import spans, text

OWN = sorted((Path(paramlint.__file__).parent / "syntax").glob("*.py"))
KINDS = {ir.Call: ast.Call, ir.Name: ast.Name, ir.Attribute: ast.Attribute, ir.Binary: ast.BinOp}


def nodes(value: Any) -> list[Any]:
    """Every node outside of f-strings, for whose fields the standard library's positions are unreliable before Python 3.12."""
    if isinstance(value, tuple):
        return [node for item in value for node in nodes(item)]
    if not isinstance(value, ir.Node) or isinstance(value, ir.FString):
        return []
    return [value, *nodes(tuple(getattr(value, name) for name in value.__struct_fields__ if name != "annotations"))]


def ours(source: str, kind: type[ir.Expr]) -> set[Span]:
    cut = outline(source)
    found: set[Span] = set()
    for index in range(len(cut.statements) + len(cut.members)):
        anchors = [node.at for node in nodes(lower(cut, index)) if type(node) is kind and "<" not in getattr(node, "id", "")]
        found |= set(spans(cut, index, anchors).values())
    return found


def theirs(source: str, kind: type[ast.expr]) -> set[Span]:
    source = outline(source).source
    lines = source.split("\n")
    found = set()
    pending: list[Any] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr):
            continue
        if isinstance(node, ast.arg):
            continue  # annotations of parameters are in the IR where they may do something only
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        if type(node) is kind:
            start = len(lines[node.lineno - 1].encode()[: node.col_offset].decode()) + 1
            end = len(lines[node.end_lineno - 1].encode()[: node.end_col_offset].decode()) + 1
            found.add(Span(node.lineno, start, node.end_lineno, end))
        pending.extend(ast.iter_child_nodes(node))
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", [*FORMS.values(), *[path.read_text(encoding="utf-8") for path in OWN[::3]]])
def test_spans_are_those_of_the_standard_library(source: str, kind: type[ir.Expr]) -> None:
    # A target that stands for an augmented assignment or a pattern is a Name on both sides; walrus and keyword names are on neither.
    found, wanted = ours(source, kind), theirs(source, KINDS[kind])
    if kind is ir.Name:
        walrus = {Span(n.target.lineno, 0, 0, 0) for n in ast.walk(ast.parse(outline(source).source)) if isinstance(n, ast.NamedExpr)}
        wanted -= {span for span in wanted - found if span._replace(column=0, end_line=0, end_column=0) in walrus}
    assert found == wanted


PLACES = {
    "x = f(a)[0]": ["x = f(a)[0]", "f(a)[0]", "f(a)", "f", "a", "0", "x"],
    "\n\n@d(1)\n# c\nclass Ab(B): pass": ["Ab", "d(1)", "d", "1", "B"],
    "async  def  f(x = (1)): return x": ["f", "1", "return x", "x"],
    "if (a): # c\n    b()\nelif c:\n    pass": ["if (a):", "a", "b()", "b()", "b", "c"],
    "x = (1, [\n  2])": ["x = (1, [", "(1, [\n  2])", "1", "[\n  2]", "2", "x"],
    "a; bc(\n);  d": ["a", "a", "bc(", "bc(\n)", "bc", "d", "d"],
    "with a as b, c:  # d\n  pass": ["with a as b, c:", "a", "b", "c"],
    "é = 'ü' + ((ö))": ["é = 'ü' + ((ö))", "'ü' + ((ö))", "'ü'", "ö", "é"],
    "x = (i for i in y)": ["x = (i for i in y)", "(i for i in y)", "y", "i", "i", "x"],
    "for a in b: c": ["for a in b:", "b", "a", "c", "c"],
    "while a:\n  break": ["while a:", "a", "break"],
    "try:\n  a\nexcept B: c": ["try:", "a", "a", "B", "c", "c"],
    "x = lambda: (y)": ["x = lambda: (y)", "lambda: (y)", "y", "y", "x"],
    "x = -a if b else c": ["x = -a if b else c", "-a if b else c", "b", "-a", "a", "c", "x"],
    "raise A from b": ["raise A from b", "A", "b"],
}


@pytest.mark.parametrize("source", PLACES)
def test_text_of_every_anchor(source: str) -> None:
    cut = outline(source)
    assert [text(cut, 0, anchor) for anchor in range(len(PLACES[source]))] == PLACES[source]


def test_places_are_those_of_the_file() -> None:
    cut = outline("import a\r\n\r\n\r\nif b:\r\n    c = d(1,\r\n      2)\r\n")
    anchors = {node.at: text(cut, 1, node.at) for node in nodes(lower(cut, 1)) if isinstance(node, ir.Call)}
    (anchor,) = anchors
    assert anchors[anchor] == "d(1,\n      2)"
    assert spans(cut, 1, [anchor]) == {anchor: Span(5, 9, 6, 9)}


def test_asking_again_gives_the_same() -> None:
    cut = outline("x = f(g(a), b + c)\n")
    calls = [node.at for node in nodes(lower(cut, 0)) if isinstance(node, ir.Call)]
    first = spans(cut, 0, calls)
    every = spans(cut, 0, range(len(nodes(lower(cut, 0)))))
    assert {anchor: every[anchor] for anchor in calls} == first
    assert spans(cut, 0, calls) == first
    with pytest.raises(LookupError):
        spans(cut, 0, [1000])


def test_newer_syntax() -> None:
    cut = outline("# c\ntype X = int\n\n@d\nclass A[T]:\n    x = f(1)\n")
    (call,) = [node for node in nodes(lower(cut, 1)) if isinstance(node, ir.Call)]
    assert spans(cut, 1, [call.at, 0]) == {call.at: Span(6, 9, 6, 13), 0: Span(5, 7, 5, 8)}
    assert text(cut, 1, call.at) == "f(1)"


def test_problems_that_only_libcst_and_the_literals_find_have_their_place() -> None:
    from paramlint.syntax.problem import SyntaxProblem

    with pytest.raises(SyntaxProblem) as caught:
        outline("type X = int\nx = 1\ny = f(\n  " + "9" * 5000 + ")")
    assert (caught.value.line, caught.value.column, caught.value.kind) in [(4, 3, "limit"), (4, 3, "syntax")]
