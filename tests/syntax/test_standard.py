"""Both ways to the IR lead to the same: LibCST's tree, and the standard library's for what is only evaluated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import reference
from sources import FORMS

import paramlint
from paramlint.syntax import ir
from paramlint.syntax.outline import Outline, outline
from paramlint.syntax.parse import lower
from paramlint.syntax.positions import spans, text
from paramlint.syntax.problem import SyntaxProblem

OWN = sorted(Path(paramlint.__file__).parent.rglob("*.py"))[::9]
REPORTED = ir.Call | ir.FunctionDef | ir.Name | ir.Attribute | ir.Assign | ir.Return | ir.If | ir.For | ir.With | ir.While | ir.Try


def plain(value: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(reference, "LEFT_OUT", {"at"})  # the names of scopes too
    return reference.plain(value)


def every(cut: Outline) -> list[tuple[ir.Stmt, ...]]:
    return [lower(cut, index) for index in range(len(cut.statements) + len(cut.members))]


def nodes(value: Any) -> list[Any]:
    """The nodes that are reported, in the order of their places in the IR; an f-string's are at the whole of it."""
    if isinstance(value, tuple):
        return [node for item in value for node in nodes(item)]
    if not isinstance(value, ir.Node) or isinstance(value, ir.FString):
        return []
    inner = [node for name in value.__struct_fields__ for node in nodes(getattr(value, name))]
    return [value, *inner] if isinstance(value, REPORTED) else inner


@pytest.mark.parametrize("source", [*FORMS.values(), *[path.read_text(encoding="utf-8") for path in OWN]],
                         ids=[*FORMS, *[path.stem for path in OWN]])
def test_both_ways_lead_to_the_same(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = outline(source), outline(source, lossless=False)
    assert one.lossless and (other.lossless is other.whole)
    for mine, theirs in zip(every(one), every(other), strict=True):
        assert plain(theirs, monkeypatch) == plain(mine, monkeypatch)


@pytest.mark.parametrize("source", [form for form in FORMS.values() if "elif" not in form and "else:" not in form])
def test_both_ways_know_the_same_places(source: str) -> None:
    one, other = outline(source), outline(source, lossless=False)
    for index in range(len(one.statements)):
        mine, theirs = nodes(lower(one, index)), nodes(lower(other, index))
        assert [type(node) for node in mine] == [type(node) for node in theirs]
        left, right = spans(one, index, [node.at for node in mine]), spans(other, index, [node.at for node in theirs])
        assert [left[node.at] for node in mine] == [right[node.at] for node in theirs]


def test_places_count_characters() -> None:
    cut = outline("x = 1\ny = 'é', f(a)\nasync  def  g(): # x: y\n  if a: # b: c\n    z\n", lossless=False)
    (assign,), (function,) = lower(cut, 1), lower(cut, 2)
    call, branch = assign.value.items[1], function.function.body[0]
    assert text(cut, 1, call.at) == "f(a)" and spans(cut, 1, [call.at])[call.at].column == 10
    assert text(cut, 2, function.at) == "g" and text(cut, 2, branch.at) == "if a:"


def test_what_is_too_large_is_refused_either_way() -> None:
    source = "x = " + "(" * 80 + ")" * 80 + "\ny = 1\n"
    for lossless in (True, False):
        cut = outline(source, lossless=lossless)
        with pytest.raises(SyntaxProblem, match="brackets") as caught:
            lower(cut, 0)
        assert (caught.value.kind, caught.value.line) == ("limit", 1)


def test_newer_syntax_is_read_by_libcst() -> None:
    if sys.version_info < (3, 15):
        cut = outline("lazy import a\nb = 1", lossless=False)
        assert cut.lossless and isinstance(lower(cut, 0)[0], ir.Import)


def test_a_summary_imports_no_libcst(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("import torch.nn as nn\nfrom blocks import block\ndef net():\n    return nn.Sequential(block(2), nn.Linear(2, 1))\n")
    (tmp_path / "blocks.py").write_text("import torch.nn as nn\ndef block(size):\n    return nn.Linear(size, size)\n")
    code = ("import sys\nfrom paramlint.__main__ import main\nmain(['summary', '--isolated', '--format', 'json', 'net.py::net'])\n"
            "assert 'libcst' not in sys.modules")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONUTF8": "1"})
    assert done.returncode == 0, done.stderr
    (model,) = json.loads(done.stdout)
    assert model["params"] == 9 and [layer["line"] for layer in model["layers"]][1:] == [3, 4]
