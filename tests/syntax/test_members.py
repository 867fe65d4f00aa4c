"""Methods that are parsed by themselves are the same as when their class is parsed whole, and stand in the same place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from reference import expected, plain
from sources import FORMS, complete
from test_positions import KINDS, nodes, ours, theirs

import paramlint
from paramlint.syntax import ir, members
from paramlint.syntax.outline import normalised, outline
from paramlint.syntax.parse import lower

FILES = sorted((Path(paramlint.__file__).parent).rglob("*.py"))[::12]
ODD = {
    "decorated": "class A:\n  @property\n  @b(c,\n     d)\n  def e(self):\n    return 1 + 1\n\n  def f(self): return 2\n",
    "signature over lines": "class A:\n  def f(\n    self, x: int = (\n      1), *a: str, **b,\n  ) -> Dict[\n    int, int\n  ]:  # c\n    # d\n    return x\n  y = 1\n",
    "strings": "class A:\n  def f(self):\n    '''doc\n    '''\n    a = \"\"\"\\\n\n'''\"\"\"\n    return '\\\\' '\"'\n  z = 2",
    "continued": "class A:\n  def f(self): \\\n    return 1\n  def g(self):\n    return 1 + \\\n      2\n",
    "decorated inside": "class A:\n  def f(self):\n    @a\n    def g(): pass\n    return g\n",
    "mangled": "class _A:\n  def f(self):\n    self.__x = __y\n    return super().f(__class__)\n",
    "tabs": "class A:\n\tdef f(self):\n\t\treturn  1\n\tasync  def g(self):\n\t\tawait x\n",
    "wide": "class Ä:\n  def f(self, ä='ö'):\n    return 'ü', ß\n  x = ä\n",
    "nested": "class A:\n  if b:\n    def f(self):\n      return 1\n  class C:\n    def g(self):\n      return 2\n  def h(self):\n    return 3\n",
    "last": "class A:\n  def f(self):\n    return 1\n  # comment\nx = 1\nclass B:\n  def f(self):\n    return 2 # end",
}
SOURCES = {**FORMS, **ODD, **{path.stem: path.read_text(encoding="utf-8") for path in FILES}}


@pytest.fixture(autouse=True)
def every_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "WORTH_IT", 9)


@pytest.mark.parametrize("name", SOURCES)
def test_methods_lower_as_in_their_class(name: str) -> None:
    cut = outline(SOURCES[name])
    found: list[Any] = [plain(node) for index in range(len(cut.statements)) for node in complete(cut, index)]
    assert tuple(found) == expected(normalised(SOURCES[name]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ODD)
def test_methods_stand_where_they_are_written(name: str, kind: type[ir.Expr]) -> None:
    assert ours(ODD[name], kind) == theirs(ODD[name], KINDS[kind])


def test_a_class_without_the_bodies_of_its_methods_keeps_its_size() -> None:
    for source in SOURCES.values():
        for statement in outline(source).statements:
            assert [len(line) for line in statement.parsed.split("\n")] == [len(line) for line in statement.text.split("\n")]


def test_bodies_are_left_out() -> None:
    cut = outline(ODD["decorated"])
    assert [member.start + 1 for member in cut.members] == [5]
    assert all(node.value != 1 for node in nodes(lower(cut, 0)) if isinstance(node, ir.Constant))
    assert any(node.value == 1 for node in nodes(lower(cut, cut.members[0].index)) if isinstance(node, ir.Constant))


def test_a_method_that_is_too_deep_costs_itself_only() -> None:
    cut = outline("class A:\n  def f(self):\n    return " + "(" * 90 + "1" + ")" * 90 + "\n  x = 1\n")
    assert len(cut.members) == 1 and lower(cut, 0)
