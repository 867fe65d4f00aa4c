from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from reference import expected, plain
from sources import FORMS

from paramlint.syntax.outline import Outline, TopLevel, normalised, outline
from paramlint.syntax.parse import lower
from paramlint.syntax.problem import SyntaxProblem


def one(source: str) -> TopLevel:
    (statement,) = outline(source).statements
    return statement


@pytest.mark.parametrize("form", FORMS)
def test_statements_hold_every_line_of_code_once(form: str) -> None:
    cut = outline(FORMS[form])
    lines = cut.source.split("\n")
    seen = [line for statement in cut.statements for line in range(statement.start, statement.end + 1)]
    assert seen == sorted(set(seen))
    rest = [lines[number - 1] for number in range(1, len(lines) + 1) if number not in seen]
    assert all(line.strip() in ("", "\\") or line.strip().startswith("#") for line in rest)
    assert [statement.index for statement in cut.statements] == list(range(len(cut.statements)))


@pytest.mark.parametrize("form", FORMS)
def test_a_statement_parsed_alone_is_what_it_is_in_its_file(form: str) -> None:
    cut = outline(FORMS[form])
    alone = [node for statement in cut.statements for node in ast.parse(statement.text).body]
    assert [ast.dump(node) for node in alone] == [ast.dump(node) for node in ast.parse(normalised(FORMS[form])).body]


def test_lines() -> None:
    cut = outline("import a\n\n# c\n@d(\n  1)\ndef f():\n  x\n\n  # e\n\nx = 1; y = 2\nz = '''\n'''; w = 1\n")
    assert [(s.start, s.end, s.kind) for s in cut.statements] == [(1, 1, "import"), (4, 7, "def"), (11, 11, "other"), (12, 13, "other")]
    assert cut.statements[2].binds == {"x", "y"}
    assert [s.kind for s in outline("import a; import b\nclass A: pass\nasync def f(): pass\nimport c; d = 1").statements] == [
        "import", "class", "def", "other",
    ]  # fmt: skip


BINDS = {
    "a = b.c = d[e] = (f, [*g]) = 1": "a f g",
    "a: int = 1": "a",
    "a: int": "",
    "a += 1": "",
    "import a.b, c.d as e": "a e",
    "from a import b, c as d": "b d",
    "from a import *": "*",
    "def f(x=(a := 1)): b = 1": "f a",
    "class A(B, k=(b := 1)):\n  c = 1\n  def d(self): pass": "A b",
    "if a: b = 1\nelif c: d = 1\nelse:\n  for e, f in g: h = 1": "b d e f h",
    "try: a = 1\nexcept B as c: d = 1\nelse: e = 1\nfinally: f = 1": "a c d e f",
    "with a as b, c as (d, *e): f = 1": "b d e f",
    "while (a := b): c = 1": "a c",
    "x = [a for a in b if (c := a)]": "x c",
    "match a:\n  case [b, *c] | {'d': b, **c}: g = 1\n  case A(h, i=j) as k: pass": "b c g j h k",
    "lambda: (a := 1)": "",
    "(a := 1)": "a",
    "del a": "",
}


@pytest.mark.parametrize("source", BINDS)
def test_binds(source: str) -> None:
    assert one(source).binds == set(BINDS[source].split())


TOUCHES = {
    "a.b = 1": "a",
    "a[b].c[d] = e": "a",
    "a().b = 1": "a",
    "a += 1": "a",
    "a.b += 1": "a",
    "del a, b.c, d[e]": "a b d",
    "a.append(b)": "a b",
    "f(a, *b, c=d, **e)": "f a b d e",
    "[a.append(x) for x in b]": "a b",
    "for a.b in c: d.e(f)": "a d f",
    "if x: a.b = 1": "a",
    "x = a.pop()": "",
    "'doc'": "",
    "def f(): a.b = 1": "",
    "class A:\n  b.c = 1\n  d += 1": "b",
}


@pytest.mark.parametrize("source", TOUCHES)
def test_touches(source: str) -> None:
    assert one(source).touches == set(TOUCHES[source].split())


READS = {
    "a = b.c + d[e]": "b d e",
    "@a\ndef f(x=b, *, y=c): d": "a b c",
    "@a\nclass A(B, k=c):\n  x = d\n  @e\n  def f(self, y=g): h": "a B c d e g",
    "x = lambda a=b: c": "b",
    "x = [a + b for a in c if d]": "b c d",
    "x = {a: b for a, b in c for d in a}": "c",
    "a += b": "a b",
    "a: b = c": "b c",
    "try: a\nexcept B: c": "a B c",
    "f'{a:{b}}'": "a b",
    "match a:\n  case B.c | D(): e": "a B D e",
    "if a: b\nelse: c": "a b c",
}


@pytest.mark.parametrize("source", READS)
def test_reads(source: str) -> None:
    assert one(source).reads == set(READS[source].split())


def test_mentions_are_identifiers_outside_of_strings_and_comments() -> None:
    source = "def f(x):\n  # Comment\n  'Conv2d'; b\"Bytes\"\n  return nn.Linear(x, f'{Field}', '''Long\n# ''', '\\'', 'Q') # End\n"
    assert one(source).mentions == {"f", "x", "nn", "Linear", "Field"}
    assert one("ﬁ = 1").mentions == {"fi"}


@pytest.mark.parametrize("source", ["if __name__ == '__main__': a", "if '__main__' == __name__:\n  a"])
def test_main_guard(source: str) -> None:
    assert one(source).is_main_guard
    assert one(source).kind == "other"


@pytest.mark.parametrize("source", ["if __name__ != '__main__': a", "if __name__ == 'main': a", "if a: b", "x = __name__ == '__main__'"])
def test_no_main_guard(source: str) -> None:
    assert not one(source).is_main_guard


NEWER = "type X = int\n\n# c\n@a.b\n@c\nclass A[T](B):\n  d = e\n  def f(self): g\n\nif __name__ == '__main__':\n  h.i(j)\nk.l = m\nn += 1"


def test_newer_syntax_has_the_same_outline() -> None:
    new = outline(NEWER)
    old = outline(NEWER.replace("type X = int", "X = int").replace("A[T]", "A"))
    assert new.whole == (sys.version_info < (3, 12))
    assert not old.whole
    facts = [[(s.start, s.end, s.kind, s.is_main_guard, s.touches, s.binds) for s in cut.statements] for cut in (new, old)]
    assert facts[0] == facts[1]
    for ours, theirs in zip(new.statements, old.statements, strict=True):
        assert ours.reads >= theirs.reads - {"int"}  # what an alias stands for is read when it is asked for
        assert ours.mentions >= theirs.mentions - {"T"}


def problem(source: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        cut = outline(source)
        for index in range(len(cut.statements)):
            lower(cut, index)
    return caught.value


BAD = {
    "x = 1\ny = (\n": (2, 5, "syntax"),
    "x = 1\ny = 'abc\n": (2, 5, "syntax"),
    "x = 1\n\n'''abc\n": (3, 1, "syntax"),
    "if a:\nb\n": (2, 1, "syntax"),
    "if a:\n    b\n  c\n": (3, 4, "syntax"),
    "x = 0777\n": (1, 5, "syntax"),
    "print 'a'\n": (1, 1, "syntax"),
    "a = 1\nb = a +\n": (2, 8, "syntax"),
    "f(a=1, b)\n": (1, 9, "syntax"),
    "x = 1\n\0": (2, 1, "encoding"),
    "x = 1\ny = '\ud800'": (2, 6, "encoding"),
    "x = f'{a b}'": (1, 8, "syntax"),
    "type X = int\n\n\nx = = 3": (4, 6, "syntax"),
    "x = 1\ny = (1,\n     f'{a b}')": (3, 9, "syntax"),
    "x = 1 \\\n": (1, 8, "syntax"),
    "x = $": (1, 5, "syntax"),
    "é = $": (1, 5, "syntax"),
}


@pytest.mark.parametrize("source", BAD)
def test_problems_have_their_place(source: str) -> None:
    found = problem(source)
    assert (found.line, found.kind) == (BAD[source][0], BAD[source][2])
    assert abs(found.column - BAD[source][1]) <= 1  # Python versions differ by one here and there
    assert found.message
    assert str(found) == f"{found.line}:{found.column}: {found.message}"


def test_whole_files_are_read_without_importing_libcst() -> None:
    code = (
        "import sys, paramlint.syntax.outline as o, paramlint.syntax.guards, paramlint.syntax.parse, paramlint.syntax.positions, "
        "paramlint.syntax.directives, paramlint.syntax.decode\n"
        "cut = o.outline('class A:\\n  x = 1\\n'); cut.statements[0].mentions\n"
        "assert 'libcst' not in sys.modules\n"
        "paramlint.syntax.parse.lower(cut, 0)\nassert 'libcst' in sys.modules and 'libcst.matchers' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr == ""


def test_warnings_in_the_source_are_not_raised() -> None:
    code = (
        "from paramlint.syntax.outline import outline; from paramlint.syntax.parse import lower\n"
        "lower(outline(r\"x = '\\d' f'\\d'\"), 0)"
    )
    assert subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True).stderr == ""


def test_an_outline_knows_its_source_as_python_sees_it() -> None:
    cut: Outline = outline("\ufeffa = 1\r\nb = 2\rc = 3")
    assert cut.source == "a = 1\nb = 2\nc = 3"
    assert [plain(lower(cut, i)) for i in range(3)] == [(node,) for node in expected(cut.source)]


@pytest.mark.parametrize("text", ["return 1", "def f(a, a): pass", "for x in y: pass\nelse: continue", "def f():\n  nonlocal a", "[x := 1 for x in y]",
                                  "def f(a):\n  global a", "def f(): return [(yield) for x in y]", "*a = b", "f(a=1, a=2)", "from __future__ import a"])
def test_what_python_does_not_compile_cannot_be_read(text: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        outline("a = 1\n" * (not text.startswith("from")) + text + "\n", lossless=False)
    assert caught.value.kind == "syntax"
