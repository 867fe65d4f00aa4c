from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable

import pytest
from sources import FORMS

from paramlint.syntax import guards
from paramlint.syntax.outline import MAX_FILE, outline
from paramlint.syntax.parse import lower
from paramlint.syntax.positions import spans
from paramlint.syntax.problem import SyntaxProblem

DEEP: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: "x = " + "(" * n + "1" + ")" * n,
    "lists": lambda n: "x = " + "[" * n + "1" + "]" * n,
    "dicts": lambda n: "x = " + "{1:" * n + "1" + "}" * n,
    "calls": lambda n: "x = " + "f(" * n + "1" + ")" * n,
    "keywords": lambda n: "x = " + "f(a=1, b=" * n + "1" + ")" * n,
    "subscripts": lambda n: "x = " + "a[" * n + "0" + "]" * n,
    "bracketed lambdas": lambda n: "x = " + "(lambda: " * n + "1" + ")" * n,
    "comprehensions": lambda n: "x = " + "[y for y in " * n + "1" + "]" * n,
    "f-string fields": lambda n: "type X = int; x = " + "f'{" * n + "1" + "}'" * n,
    "format specs": lambda n: "type X = int; x = f'" + "{a:" * n + "}" * n + "'",
    "brackets in a field": lambda n: "x = f'{" + "(" * n + "1" + ")" * n + "}'",
    "unclosed": lambda n: "x = " + "(" * n,
}
LONG: dict[str, Callable[[int], str]] = {
    "attributes": lambda n: "x = a" + ".b" * n,
    "call chain": lambda n: "x = f" + "()" * n,
    "subscript chain": lambda n: "x = f" + "[0]" * n,
    "lambda": lambda n: "x = " + "lambda: " * n + "1",
    "lambda with parameters": lambda n: "x = " + "lambda a, b: " * n + "1",
    "sum": lambda n: "x = 1" + "+1" * n,
    "sum over lines": lambda n: "x = (1" + "\n  + 1" * n + ")",
    "sum continued": lambda n: "x = 1" + " \\\n  + 1" * n,
    "power": lambda n: "x = 1" + "**1" * n,
    "not": lambda n: "x = " + "not " * n + "1",
    "minus": lambda n: "x = " + "-" * n + "1",
    "or": lambda n: "x = 1" + " or 1" * n,
    "conditional": lambda n: "x = " + "1 if a else " * n + "1",
    "clauses": lambda n: "x = [1 " + "for a, b in c " * n + "]",
    "strings": lambda n: "x = " + "'a' " * 10 * n,
    "alternatives": lambda n: "match x:\n  case " + "1 | " * n + "1: pass",
}


def problem(source: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        cut = outline(source)
        for index in range(len(cut.statements)):
            lower(cut, index)
    return caught.value


def read(source: str) -> int:
    cut = outline(source)
    return sum(len(lower(cut, index)) for index in range(len(cut.statements)))


@pytest.mark.parametrize("n", [150, 1_000, 20_000])
@pytest.mark.parametrize("shape", DEEP)
def test_deep_brackets_are_an_answer(shape: str, n: int) -> None:
    found = problem("y = 1\n" + DEEP[shape](n) + "\n")
    assert (found.kind, found.line) == ("limit", 2)
    assert f"the limit is {guards.MAX_BRACKETS}" in found.message


@pytest.mark.parametrize("n", [700, 5_000, 30_000])
@pytest.mark.parametrize("shape", LONG)
def test_long_chains_are_an_answer(shape: str, n: int) -> None:
    start = time.process_time()
    found = problem("y = 1\n" + LONG[shape](n) + "\n")
    assert found.kind == "limit"
    assert found.line >= 2
    assert f"the limit is {guards.MAX_PATH}" in found.message
    assert time.process_time() - start < 20  # seconds; some of these take hours, or the process, without a limit


@pytest.mark.parametrize("shape", [*DEEP, *LONG])
def test_what_people_write_is_no_problem(shape: str) -> None:
    n = {"f-string fields": 4, "format specs": 2, "unclosed": 0}.get(shape, 25)
    if shape == "unclosed":
        n, source = 1, "x = (1)"
    else:
        source = {**DEEP, **LONG}[shape](n)
    assert read(source) >= 1


@pytest.mark.parametrize("shape", ["parentheses", "calls", "subscripts", "lists"])
def test_the_limit_itself_is_read_quickly(shape: str) -> None:
    start = time.process_time()
    assert read(DEEP[shape](guards.MAX_BRACKETS)) == 1
    assert time.process_time() - start < 5


def test_elif_chains() -> None:
    chain = "if a: pass\n" + "elif a: pass\n" * (guards.MAX_ELIFS + 1)
    found = problem("y = 1\n" + chain)
    assert (found.kind, found.line) == ("limit", 3 + guards.MAX_ELIFS)
    assert "elif" in found.message
    assert read(("if a: pass\n" + "elif a: pass\n" * 100) * 10) == 10
    inner = "".join(f"  {line}\n" for line in ("if a: pass\n" + "elif a: pass\n" * 300).splitlines())
    assert read(f"def f():\n{inner}{inner}") == 1


def test_flat_lists() -> None:
    found = problem("y = 1\nx = [" + "0," * 84_000 + "]")
    assert (found.kind, found.line) == ("limit", 2)
    assert f"{guards.MAX_TOKENS:,} tokens" in found.message


def test_long_lines_and_files() -> None:
    assert problem("x = '" + "a" * 10_000_000 + "'").kind == "limit"
    assert problem("x = [" + "0," * 900_000 + "]").kind == "limit"
    assert read("x = '" + "(" * 1_000_000 + "'") == 1
    assert f"{MAX_FILE:,}" in problem(" " * (MAX_FILE + 1)).message


def test_many_statements() -> None:
    cut = outline("x = 1\n" * 20_000)
    assert len(cut.statements) == 20_000
    assert lower(cut, 19_999)


def test_indentation() -> None:
    assert problem("".join(" " * i + "if a:\n" for i in range(150)) + " " * 150 + "pass").line in range(97, 102)
    assert read("".join(" " * i + "if a:\n" for i in range(90)) + " " * 90 + "pass") == 1


NOT_FOOLED = {
    "strings": "x = '''" + "(" * 500 + "''' + \"" + "[" * 500 + '"',
    "bytes": "x = rb'" + "(\\'" * 500 + "'",
    "comments": "x = 1 # " + "(" * 500 + "\n# " + "- " * 1000 + "\n",
    "text of an f-string": "x = f'" + "([" * 500 + "{a}" + "{{" * 300 + "'",
    "text of a triple f-string": "x = f'''" + "(\n'\"" * 500 + "{a!r:>{b}}" + "(" * 500 + "'''",
    "strings in fields": "x = f'{a[\"" + "(" * 500 + "\"]}'",
    "brackets side by side": "x = [" + "(1, 2), " * 2000 + "]",
    "calls side by side": "f(1)\n" * 2000,
    "one table": "x = {\n" + "    'a': [1, 2, {'b': c.d.e(f)}],\n" * 1000 + "}",
    "strings side by side": "x = (\n" + "    '\\u0000\\u0001'\n" * 256 + ")",
    "commas in lambdas": "x = [\n" + "    lambda a, b: (a, b),\n" * 500 + "]",
}


@pytest.mark.parametrize("form", NOT_FOOLED)
def test_what_only_looks_deep_is_read(form: str) -> None:
    assert read(NOT_FOOLED[form]) >= 1


HIDDEN = {
    "after a quote in an f-string": "type X = int\nx = f'{a['b']}' + " + "(" * 500 + "1" + ")" * 500,
    "in a string in a field": "type X = int\nx = f'{'a' + " + "(" * 500 + "1" + ")" * 500 + " + 'b'}'",
    "after a comment with a quote": "x = 1 # '''\ny = " + "(" * 500 + "1" + ")" * 500 + " # '''",
    "after an escape": "x = '\\'' + " + "(" * 500 + "1" + ")" * 500 + " + '\\''",
    "after a spec": "x = f'{a:{b}}' + " + "(" * 500 + "1" + ")" * 500,
    "after a prefix that is a keyword": "x = a or'b' + " + "(" * 500 + "1" + ")" * 500 + " + 'c'",
}


@pytest.mark.parametrize("form", HIDDEN)
def test_what_is_deep_does_not_hide(form: str) -> None:
    found = problem(HIDDEN[form])
    assert found.kind == "limit"


def test_measure() -> None:
    assert guards.measure("x = 1").brackets == 0
    size = guards.measure("x = (a, [b, {c: d}])\ny = f(g)\n")
    assert (size.brackets, size.brackets_at) == (3, 12)
    assert guards.measure(FORMS["branches"]).elifs == 2
    assert all(guards.measure(source).path < 80 for source in FORMS.values())


QUOTED = ['"(("', "'[[{'", '"""(\n("""', "r'\\('", 'b"{"', 'f"{a}"', 'f"{a[0]}(("', "f'{a:{b}}'", "f'{{(('", 'f"""{a}\n{("b")}"""', '""', '"a" "b"',
          "'\\''", 'f"{a!r:>10}"', "f\"{d['k']}\"", "f'{f(a)(b)}'", "rf'{a}('"]
BREAKS = ["", "", "", "\n", "  \n # ( [ {\n", '\n#"\n']


def expression(draw: random.Random, depth: int, many: int) -> str:
    """A random expression over several lines; now and then with about ``many`` brackets or operators."""
    def inner() -> str:
        return draw.choice(BREAKS) + expression(draw, depth - 1, many) + draw.choice(BREAKS)

    kind = draw.random()
    if depth <= 0 or kind < 0.12:
        return draw.choice(["a", "1", "x.y.z", *QUOTED])
    count = draw.choice([1, 2, many // 2, many, many + 3]) if draw.random() < 0.15 else 1
    if kind < 0.35:
        opened, closed = draw.choice([("(", ")"), ("[", "]"), ("f(", ")"), ("a[", "]"), ("{1:", "}"), ("(lambda x: ", ")")])
        return opened * count + inner() + closed * count
    if kind < 0.5:
        return "(" + draw.choice(["+", " or "]).join(["b.c"] * 3 * count + [inner()]) + ")"
    if kind < 0.75:
        return "[" + ",".join(inner() for _ in range(draw.randint(1, 6))) + "]"
    if kind < 0.85:
        return f"[{inner()} for q in {inner()}]"
    return f"({inner()})" + ".m()" * count if kind < 0.95 else "(" + "-" * count + inner() + ")"


@pytest.mark.parametrize("seed", range(6))
def test_what_is_told_by_its_lines_is_within_the_limits(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(seed)
    brackets, path = draw.choice([(60, 400), (8, 40), (5, 20)])
    monkeypatch.setattr(guards, "MAX_BRACKETS", brackets)
    monkeypatch.setattr(guards, "MAX_PATH", path)
    told = 0
    for _ in range(700):
        text = "".join(f"x = {expression(draw, draw.randint(1, 5), brackets)}\n" for _ in range(draw.randint(1, 4)))
        if guards.is_shallow(text):
            told += 1
            size = guards.measure(text)
            assert (size.brackets <= brackets, size.path <= path) == (True, True), text
    assert told > 50


def on_small_stack(work: Callable[[], object]) -> object:
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(work())
        except SyntaxProblem as error:
            outcome.append(error)

    usual = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(usual)
    thread.join()
    return outcome[0]


@pytest.mark.parametrize("shape", ["parentheses", "calls", "f-string fields"])
def test_threads_with_small_stacks(shape: str) -> None:
    assert on_small_stack(lambda: read(DEEP[shape](guards.MAX_BRACKETS if shape != "f-string fields" else 4))) in (1, 2)
    answer = on_small_stack(lambda: read(DEEP[shape](190)))
    assert isinstance(answer, SyntaxProblem)
    assert answer.kind == "limit"


def test_a_deep_caller() -> None:
    source = "x = " + "-" * 300 + "f()"

    def dive(levels: int) -> int:
        if levels:
            return dive(levels - 1)
        cut = outline(source)
        assert lower(cut, 0)
        return len(spans(cut, 0, [0]))

    room = sys.getrecursionlimit()
    depth = 0
    frame = sys._getframe()
    while frame is not None:
        depth += 1
        frame = frame.f_back  # type: ignore[assignment]
    assert dive(room - depth - 60) == 1
