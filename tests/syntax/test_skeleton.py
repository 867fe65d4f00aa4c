"""Files read without the bodies of their functions: the same outline as with them."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from paramlint.syntax.decode import decode
from paramlint.syntax.outline import Outline, outline, verify
from paramlint.syntax.problem import SyntaxProblem
from paramlint.syntax.skeleton import WORTH_IT, skeleton

ROOT = Path(__file__).parents[2]
LIBRARY = Path(sysconfig.get_path("stdlib"))
FILLING = "# what makes a file worth it\n" * (WORTH_IT // 28)
BODY = "    first = 'a body that is long enough to be worth taking out of the file that it stands in'\n    second = first + first\n"
DEEPER = indent(BODY, "    ")

HARD = {
    "a string that begins lines": f'def f(x):\n    """\ndef g(y):\n    no code\n"""\n{BODY}\nlast = 1\n',
    "a bracket that closes at the margin": f"def f(\n    x,\n    y=(1, 2),\n):\n{BODY}    return g(\n        x,\n)\n\nlast = 1\n",
    "arguments at the margin": f"def f(x):\n{BODY}    return g(\nx,\n1)\n\nlast = 1\n",
    "comments behind and between": f"def f(x):\n    # first\n\n{BODY}# at the margin\n    return x\n    # behind\n\n# more\nlast = 1\n",
    "a comment that ends a string's line": f"def f(x):\n{BODY}    return '# none'  # one\nlast = 1\n",
    "a line that goes on at the margin": f"def f(x):\n{BODY}    return 1 + \\\nx\nlast = 1\n",
    "colons in the header": f"def f(x: dict[str, int] = {{'a': 1}}, *, y=lambda z: z) -> 'dict[str: 1]':\n{BODY}last = 1\n",
    "a body on the line of its header": f"def f(x): return x\ndef g(x):\n{BODY}last = 1\n",
    "functions in functions": f"def f(x):\n    def g(y):\n{DEEPER}\n        return y\n    return g\nlast = 1\n",
    "decorated first statements": f"def f(x):\n    @wraps(x)\n    def g(y):\n        return x, x, x, x, x, x, x, x, x\n{BODY}    return g\nlast = 1\n",
    "methods": f"class A(B):\n    def f(self):\n{DEEPER}\n    @property\n    async def g(self):\n{DEEPER}    size: int = 3\nlast = 1\n",
    "functions in branches": f"if x:\n    def f(x):\n{DEEPER}else:\n    f = None\nlast = 1\n",
    "statements that share a line": f"a = 1; b = 2\ndef f(x):\n{BODY}last = 1; more = 2\n",
    "no end of line at the end": f"def f(x):\n{BODY}    return x",
    "formatted strings": "def f(x):\n    a = f'{x!r:>{10}} {{}} def g(y):' f\"{x['a']}\" rf'\\d{x}'\n" + BODY + "last = 1\n",
    "quotes in comments": f"def f(x):  # it's\n{BODY}    # don't \"\"\"\n    return x\nlast = 1\n",
    "words that begin like def": f"define = 1\ndefault = define\ndef f(x):\n{BODY}default(define)\n",
}


def parts(cut: Outline) -> list[Any]:
    return [
        (top.index, top.start, top.end, top.binds, top.touches, top.reads, top.decorators, top.kind, top.is_main_guard, top.offset, top.text,
         top.parsed, top.annotations, [(m.index, m.owner, m.ordinal, m.start, m.end, m.text, m.offset, m.body) for m in top.members])
        for top in cut.statements
    ]


@pytest.mark.parametrize("name", HARD)
def test_equal_outlines_of_hard_cases(name: str) -> None:
    source = FILLING + HARD[name]
    brief = outline(source, lossless=False, brief=True)
    assert parts(brief) == parts(outline(source, lossless=False))
    if name != "arguments at the margin":
        assert brief.brief, "the body is in the file still"


@pytest.mark.parametrize("folder", [ROOT / "paramlint", ROOT / "fixtures", LIBRARY / "asyncio", LIBRARY / "email"], ids=lambda path: path.name)
def test_equal_outlines_of_real_files(folder: Path) -> None:
    read = brief = 0
    for path in sorted(folder.rglob("*.py")):
        try:
            source = decode(path.read_bytes())
            whole = outline(source, lossless=False)
        except SyntaxProblem:
            continue
        short = outline(source, lossless=False, brief=True)
        assert parts(short) == parts(whole), path
        read += 1
        brief += short.brief
    assert read
    assert folder.name == "fixtures" or brief > read // 4


@pytest.mark.parametrize("text", [f"def f(x):\n{BODY}\tlast = 1\n", f"def f(x):\n{BODY}    a = 'open\n", f"def f(x:\n{BODY}", f"x = def f(y):\n{BODY}"])
def test_what_is_not_easily_told_apart_is_read_whole(text: str) -> None:
    source = FILLING + text
    assert skeleton(source) is None
    with pytest.raises(SyntaxProblem):
        outline(source, lossless=False, brief=True)


def test_errors_in_bodies_show_when_they_are_asked_for() -> None:
    source = f"{FILLING}def f(x):\n{BODY}    return x x\n"
    cut = outline(source, lossless=False, brief=True)
    assert cut.brief
    with pytest.raises(SyntaxProblem) as caught:
        verify(cut)
    with pytest.raises(SyntaxProblem) as whole:
        outline(source)
    assert (caught.value.line, caught.value.message) == (whole.value.line, whole.value.message)


def test_a_target_with_an_error_in_a_body_is_refused(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text(f"{FILLING}def broken(x):\n{BODY}    return x x\n\ndef fine():\n    return 3\n")
    (tmp_path / "net.py").write_text("from torch import nn\nfrom part import fine\n\n\nclass Net(nn.Linear):\n    def __init__(self):\n        super().__init__(fine(), 4)\n")
    command = [sys.executable, "-m", "paramlint", "summary", "--isolated", "--no-layers", "--format", "csv"]
    done = subprocess.run([*command, "net.py::Net()", "part.py::broken"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "16" in done.stdout  # 3 × 4 + 4
    assert done.returncode == 2
    assert "invalid syntax" in done.stdout + done.stderr
