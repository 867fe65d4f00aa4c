"""Limits hold before memory or time is spent; symbolic numbers stay formulas through the built-ins."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import language
import pytest

from paramlint.core.dims import Formula, Quotient, render
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter.limits import Limits
from paramlint.interpreter.signals import LimitReached, Raised
from paramlint.interpreter.values import Native

SMALL = Limits(steps=200_000)
COSTLY = [
    "'a' * 10**9", "2 ** 10**9", "[0] * 10**12", "1 << 10**9", "list(range(10**12))", "[x for x in range(10**9)]", "f'{1:1000000000}'",
    "'%1000000000d' % 1", "'%*d' % (10**9, 1)", "'{:>{w}}'.format(1, w=10**9)", "'x'.ljust(10**9)", "('ab' * 1000).replace('a', 'b' * 10**5)",
    "','.join(['a' * 900_000] * 9)", "sum(1 for _ in iter(int, 1))", "list(__import__('itertools').count())",
    "(lambda f: f(f))(lambda f: f(f))", "dict.fromkeys(range(10**9))", "sorted(range(10**9))", "bytes(10**10)", "(1).to_bytes(10**10, 'big')",
    "'a\\t'.expandtabs(10**10)", "max(range(10**10))", "set(range(10**8))", "[[0] * 1000] * 1000 * 1000", "tuple(iter(lambda: 0, 1))",
]
IMPORTED = {
    "itertools": ["list(itertools.count())", "list(itertools.product(range(1000), repeat=5))", "list(itertools.permutations(range(50)))",
                  "list(itertools.repeat(1))", "list(itertools.cycle([1]))"],
    "re": ["re.match(r'(a+)+b', 'a' * 200)", "re.match(r'(a|a)*(a|a)*(a|a)*b', 'a' * 5000)", "re.sub('a', 'b' * 10**6, 'a' * 10**6)",
           "re.search(r'(?:a|aa)+[bc][0-9]x', 'a' * 300)", "[re.search(r'(?:aa?)+[bc][0-9]x', 'a' * (300 + i)) for i in range(500)][-1]",
           "re.search(r'(a|aa)+[bc][0-9]x', 'a' * 300)"],
    "fractions": ["fractions.Fraction('1e99999999')", "fractions.Fraction(__import__('decimal').Decimal('1e99999999'))",
                  "fractions.Fraction(2) ** 10**9", "2 ** fractions.Fraction(10**9)", "round(fractions.Fraction(1, 3), 10**8)"],
    "decimal": ["f'{decimal.Decimal(1):.900000000f}'", "f'{decimal.Decimal(\"1e99999999\"):f}'", "int(decimal.Decimal('1e99999999'))",
                "decimal.Decimal('1e99999999').as_integer_ratio()"],
    "heapq": ["heapq.nlargest(3, iter(int, 1))", "list(heapq.merge(range(10**9), range(10**9)))"],
    "bisect": ["[bisect.bisect(list(range(1000)), k) for k in range(10**6)]"],
    "math": ["math.factorial(10**6)", "math.comb(10**6, 5 * 10**5)"],
}
SHARED = "x = y = {leaf}\nfor _ in range(60):\n    x, y = {pair}\n"  # few objects, and 2**60 of them once they are written out
WRITTEN_OUT = ["str(x)", "f'{x}'", "'%s' % (x,)", "x == y", "x in [y]", "max(x, y)", "x != y"]
PROGRAMS = [*(f"x = {code}" for code in COSTLY), *(f"import {name}\nx = {code}" for name, codes in IMPORTED.items() for code in codes),
            *(SHARED.format(leaf="[1]", pair="[x, x], [y, y]") + f"x = {code}" for code in WRITTEN_OUT),
            SHARED.format(leaf="(1,)", pair="(x, x), (y, y)") + "x = {x: 1}",
            SHARED.format(leaf="{'a': 1}", pair="{'a': x, 'b': x}, {'a': y, 'b': y}") + "x = x == y",
            "import json\n" + SHARED.format(leaf="[1]", pair="[x, x], [y, y]") + "x = json.dumps(x)",
            "while True:\n    pass", "def f(n):\n    return f(n + 1)\nx = f(0)", "xs = [1]\nfor x in xs:\n    xs.append(x)",
            "class A:\n    def __init__(self):\n        self.a = A()\nx = A()"]


@pytest.fixture
def room() -> Iterator[None]:
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(usual)


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("text", PROGRAMS)
def test_costly_programs_end_with_a_reason(text: str) -> None:
    it, module = language.interpreter(text + "\n", SMALL)
    started = time.process_time()
    try:
        module.turns.start(it)
        value = module.lookup(it, "x")
        assert module.missing(it, "x") or isinstance(value, Unknown) or it.state.open_reason(value) is not None, value
    except LimitReached as limit:
        assert limit.reason.message
    except Raised as raised:
        pytest.fail(f"raises {raised.value!r}")
    assert time.process_time() - started < 5


def evaluated(expression: str, **names: Any) -> Any:
    it, module = language.interpreter(f"import math, operator\nx = {expression}\n")
    for name, value in names.items():
        it.builtins[name] = value
    return module.lookup(it, "x")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("int(n)", "n"),
        ("int(n / 2)", "int(0.5*n)"),
        ("int(n * 4.0)", "4*n"),
        ("max(n, n)", "n"),
        ("max(n, 8)", "max(n, 8)"),
        ("abs(n)", "abs(n)"),
        ("math.prod([2, n])", "2*n"),
        ("sum([n, n, 1])", "2*n + 1"),
        ("math.ceil(n / 2)", "ceil(0.5*n)"),
        ("round(n)", "n"),
        ("operator.mul(n, 3)", "3*n"),
        ("math.floor(4 * n / 2)", "2*n"),
        ("divmod(6 * n, 3)[0]", "2*n"),
        ("pow(n, 2)", "n**2"),
    ],
)
def test_symbols_stay_formulas(expression: str, expected: str) -> None:
    value = evaluated(expression, n=Formula.free("n"))
    assert isinstance(value, Formula)
    assert render(value) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "str(n)",
        "f'{n}'",
        "len(n)",
        "math.sqrt(n)",
        "n < 3",
        "'x' * n",
        "[0] * n",
        "len(list(range(n)))",
        "isinstance(n, int)",
        "{1: 2}.get(n)",
        "[1, 2][n]",
        "'%d' % n",
        "','.join([n])",
        "sorted([n, 1])",
        "hash(n)",
        "int(u)",
        "len(u)",
        "getattr(u, 'a')",
        "hasattr(u, 'a')",
        "u.x.y(1)[2]",
        "[*u][0]",
        "{**u}['a']",
        "max(u, 1)",
        "isinstance(u, int)",
        "str([1, u])",
        "'a' in u",
        "'{}'.format(u)",
        "math.sqrt(u)",
        "bool(u)",
        "dict(a=1, **u)['a']",
    ],
)
def test_what_depends_on_the_unknown_is_unknown(expression: str) -> None:
    value = evaluated(expression, n=Formula.free("n"), u=Unknown.because(Why.ARGUMENT, "u"))
    assert isinstance(value, Unknown), value


def test_float_of_a_symbol_is_a_quotient() -> None:
    assert isinstance(evaluated("float(n)", n=Formula.free("n")), Quotient)


def test_a_native_error_of_an_unknown_argument_is_no_error() -> None:
    failing = Native("native", lambda it, args, kwargs: it.elements(args[0]))
    assert isinstance(evaluated("native(u)", native=failing, u=Unknown.because("argument", "u")), Unknown)  # type: ignore[arg-type]
