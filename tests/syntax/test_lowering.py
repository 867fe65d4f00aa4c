from __future__ import annotations

import ast
import pickle
import symtable
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from reference import constant, expected, plain
from sources import FORMS, complete

import paramlint
from paramlint.syntax import ir
from paramlint.syntax.outline import normalised, outline
from paramlint.syntax.parse import lower
from paramlint.syntax.problem import SyntaxProblem

OWN = sorted((Path(paramlint.__file__).parent / "syntax").glob("*.py"))


def lowered(source: str) -> tuple[ir.Stmt, ...]:
    cut = outline(source)
    return tuple(statement for index in range(len(cut.statements)) for statement in complete(cut, index))


def shapes(source: str) -> Any:
    return tuple(plain(statement) for statement in lowered(source))


def only(source: str) -> Any:
    (statement,) = lowered(source)
    return statement


@pytest.mark.parametrize("form", FORMS)
def test_every_form_lowers_as_the_standard_library_reads_it(form: str) -> None:
    source = FORMS[form]
    assert shapes(source) == expected(normalised(source))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_real_files_lower_as_the_standard_library_reads_them(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert shapes(source) == expected(source)


def functions(value: Any) -> list[ir.Function]:
    if isinstance(value, tuple):
        return [function for item in value for function in functions(item)]
    if not isinstance(value, ir.Node):
        return []
    inner = functions(tuple(getattr(value, name) for name in value.__struct_fields__))
    return [value, *inner] if isinstance(value, ir.Function) else inner


COMPREHENSIONS = ("listcomp", "genexpr", "setcomp", "dictcomp")


def symbols(table: symtable.SymbolTable, inlined: frozenset[str]) -> list[Any]:
    found = []
    for child in table.get_children():
        if child.get_type() == "function" and child.get_name() not in COMPREHENSIONS:
            kinds = [
                sorted(s.get_name() for s in child.get_symbols() if kind(s) and s.get_name() not in inlined)
                for kind in (symtable.Symbol.is_local, symtable.Symbol.is_declared_global, symtable.Symbol.is_nonlocal)
            ]
            found.append(kinds)
        found += symbols(child, inlined)
    return found


def inlined_names(source: str) -> frozenset[str]:
    """The variables of comprehensions, which the symbol tables of Python 3.12 and later give to the function around them (PEP 709)."""
    if sys.version_info < (3, 12):
        return frozenset()
    targets = [node.target for node in ast.walk(ast.parse(source)) if isinstance(node, ast.comprehension)]
    return frozenset(name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


@pytest.mark.parametrize("source", [*FORMS.values(), *[path.read_text(encoding="utf-8") for path in OWN[::4]]])
def test_functions_know_their_local_names(source: str) -> None:
    source = normalised(source)
    inlined = inlined_names(source)
    found = [[sorted(f.locals - inlined), sorted(f.global_names), sorted(f.nonlocal_names)] for f in functions(lowered(source))]
    assert Counter(map(str, found)) == Counter(map(str, symbols(symtable.symtable(source, "f", "exec"), inlined)))


def test_anchors_number_the_nodes_in_the_order_they_are_met() -> None:
    statement = only("x = f(a, b)")
    assert (statement.at, statement.value.at, statement.value.func.at) == (0, 1, 2)
    assert lowered(FORMS["functions"]) == lowered(FORMS["functions"])


def test_ir_pickles() -> None:
    for source in FORMS.values():
        statements = lowered(source)
        assert pickle.loads(pickle.dumps(statements)) == statements


def test_an_answer_is_kept() -> None:
    cut = outline("x = 1")
    assert lower(cut, 0) is lower(cut, 0)


LIFTED = {
    "x = f(g(), (yield a), h())": "t1 = g()\nt2 = yield a\nx = f(t1, t2, h())",
    "x = f(a, (yield b))": "t1 = yield b\nx = f(a, t1)",
    "x = (yield a) + (yield b)": "t1 = yield a\nt2 = yield b\nx = t1 + t2",
    "return 1 + (yield (yield a))": "t1 = yield a\nt2 = yield t1\nreturn 1 + t2",
    "x = yield f((yield))": "t1 = yield\nx = yield f(t1)",
    "x = a and (yield b)": "t1 = a\nif t1: t1 = yield b\nx = t1",
    "x = a or f((yield b)) or c": "t1 = a\nif not t1:\n  t2 = T(b)\n",
    "x = (yield a) if b else c": "if b: t1 = yield a\nelse: t1 = c\nx = t1",
    "if (yield a): b\nelif c: d\nelif (yield e): f\nelse: g": (
        "t2 = yield a\nif t2: b\nelif c: d\nelse:\n  t1 = yield e\n  if t1: f\n  else: g"
    ),
    "while (yield a): b": "while True:\n  t1 = yield a\n  if not t1: break\n  b",
    "for x in (yield a): b": "t1 = yield a\nfor x in t1: b",
    "with (yield a) as b, c: d": "t1 = yield a\nwith t1 as b, c: d",
    "match (yield a):\n  case 1: b": "t1 = yield a\nmatch t1:\n  case 1: b",
    "f(*g(), **(yield))": "t1 = g()\nt2 = yield\nf(*t1, **t2)",
    "x = {a: (yield b), **c}": "t1 = yield b\nx = {a: t1, **c}",
    "x = f'{a}{(yield b)}'": "t1 = yield b\nx = f'{a}{t1}'",
    "assert (yield a), b": "t1 = yield a\nassert t1, b",
    "raise f((yield))": "t1 = yield\nraise f(t1)",
    "x = [lambda: (yield)]": "x = [lambda: (yield)]",
}


def in_generator(body: str) -> str:
    return "def f():\n" + "".join(f"  {line}\n" for line in [*body.splitlines(), "yield"])


@pytest.mark.parametrize("source", [source for source in LIFTED if "T(" not in LIFTED[source]])
def test_yields_are_lifted_out_of_larger_expressions(source: str) -> None:
    wanted = str(plain(only(in_generator(LIFTED[source]))))
    for number in (1, 2):
        wanted = wanted.replace(f"'t{number}'", f"'<yield {number}>'")
    assert str(plain(only(in_generator(source)))) == wanted


def test_a_lifted_yield_in_a_chain_is_guarded_by_what_comes_before() -> None:
    body = only(in_generator("x = a or f((yield b)) or c")).function.body
    first, guard, assign = body[0], body[1], body[2]
    assert plain(first) == ("Assign", (("Name", "<yield 1>"),), ("Name", "a"))
    assert plain(guard.branches[0][0]) == ("Unary", "not", ("Name", "<yield 1>"))
    assert isinstance(guard.branches[0][1][0].value, ir.Yield)
    assert plain(assign.value) == ("Name", "<yield 1>")


def test_temporaries_are_local() -> None:
    assert only("def f():\n  g((yield))").function.locals == {"<yield 1>"}


NEWER = {
    "type X[T] = list[T]": ("TypeAlias", "X", ("Subscript", ("Name", "list"), constant("T"))),
    "x = f'{d['a']}'": ("Assign", (("Name", "x"),), ("FString", ("Formatted", ("Subscript", ("Name", "d"), constant("a")), None, None))),
    "x = t'a{b}'": ("Assign", (("Name", "x"),), ("Name", "<template string>")),
    "class A[T: int](B[T], k=T): pass": (
        "ClassDef", "A", (("Subscript", ("Name", "B"), constant("T")),), (("k", constant("T")),), (), (), None,
    ),
    "lazy import a.b": ("Import", (("a.b", None),)),
    "x = {**a for a in b}": (
        "Assign", (("Name", "x"),),
        ("Comprehension", "dict", ("Starred", ("Name", "a")), None, (("Clause", ("Name", "a"), ("Name", "b"), (), False),)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", NEWER)
def test_newer_syntax_is_read_by_libcst(source: str) -> None:
    assert shapes(source) == (NEWER[source],)


def test_a_generic_function_is_a_function() -> None:
    statement = only("def f[T](x: T) -> T: return x")
    assert [parameter.name for parameter in statement.function.parameters] == ["x"]


def test_huge_integers() -> None:
    with pytest.raises(SyntaxProblem) as caught:
        lowered("x = 1\ny = " + "9" * 5000)
    assert caught.value.line == 2
    assert "5000 digits" in caught.value.message or "4300 digits" in caught.value.message
    assert only("x = 0x" + "f" * 50_000).value.value == 16**50_000 - 1


def test_huge_integers_where_libcst_reads_the_file() -> None:
    with pytest.raises(SyntaxProblem):
        lowered("type X = int\ny = " + "9" * 5000)
