"""A poisoned project through every command and format: no text of it acts on a terminal, a page, a spreadsheet or a runner of checks."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import flake8, paramlint
from markdown_it import MarkdownIt

ACTING = [  # on terminals, people and runners of checks
    "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;https://example.org\x1b\\here", "\x1bPq#0\x1b\\", "\x9b2J", "\x90q\x9c", "\x08\x08\x08ok", "\x7fdel",
    "a\x00b", "a\rb", "a\r\n::error::x", "a\n::error file=x::y", "a\x0b::error::x", "a\x0c::error::x", "a\x1c::error::x", "a\x85::error::x",
    "a\u2028::error::x", "a\u2029::error::x", "::error::x", "  ::warning::x", "::add-mask::x", "::stop-commands::x", "##[error]x", "a ##[group]x",
    "##vso[task.setvariable variable=x]y", "##teamcity[x]", "\u202egnp.exe", "a\u2066b\u2069", "a\u200bb", "a\u200db", "a\ufeffb", "a\u00adb",
    "a\u3164b", "a\u034fb", "a\U000e0041b", "a\udc80b", "a\ufff9b",
]
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", " =1+1", "\uff1d1+1",
    "=cmd|' /C calc'!A0", "a;=1+1", 'a","=1+1', "a\n=1+1", "a\r\n=1+1", "a\u2028=1+1", "::=1+1",
]
MARKS = [  # of Markdown
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "</code><b>x</b>", "<!-- x",
    "&lt;b&gt;", "[here](https://example.org)", "![x](https://example.org/x.png)", "[x]: https://example.org", "https://example.org", "www.example.org",
    "a`b", "```\nx", "``x", "a|b", "|---|", "# heading", "- item", "1. item", "> quote", "---", "===", "***", "**b**", "_b_", "~~s~~", "$x$", "@octocat",
    "#1", "GH-1", "octo/repo#1", ":tada:", "user@example.org", "\\", "\\[x](y)", "a\\|b", "{0}", "%0A::error::x", "%s %d", "[bold]x[/bold]", "$(id)", "`id`",
]
POISONS = ACTING + FORMULAS + MARKS
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
                     r"\U000e0000-\U000e0fff\ud800-\udfff]")
STYLE = re.compile(r"\x1b\[[0-9;]*m")
CHECKS = ("full", "concise", "json", "github", "sarif")


def program(poison: str) -> str:
    text = ascii(poison)
    return f"""
from torch import nn
import importlib


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module({text}, nn.Linear(1, 1))
        self.inner = nn.ModuleDict({{{text}: nn.Sequential(nn.Linear(2, 2), nn.ReLU())}})
        self.register_parameter({text} + "w", nn.Parameter(__import__("torch").zeros(2)))
        self.register_buffer({text} + "b", __import__("torch").zeros(2))


class Raised(nn.Module):
    def __init__(self):
        super().__init__()
        raise ValueError({text})


class Lost(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = importlib.import_module({text}).Layer(1)
        self.b = {{}}[{text}]


class Refused(nn.Module):
    def __init__(self, a={text}):
        super().__init__()
        self.a = nn.Conv2d(1, 2, 3, padding_mode={text})
        self.b = nn.Linear(a, 3)


class Opened(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(int(open({text}).read()), 1)
        self.b = getattr(self, {text})


Made = type({text}, (nn.Module,), {{"__doc__": {text}}})


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.made = Made()
        self.made.a = nn.Linear(1, 2)


nn.Linear({text}, -1)
nn.Linear(-1, len({text}))
nn.Conv2d(1, 1, kernel_size={text})
nn.Embedding(10, 10, 3, {text}, *{text})
"""


def raw(poison: str) -> str:
    """Source in which the poison stands as it is, in texts and comments, as far as Python takes it there."""
    plain = poison.replace("\\", "/").replace('"', "'")
    line = re.sub(r"[\r\n\x00]", " ", plain)
    return f'''from torch import nn

nn.Linear("""{plain}""", -1)  # {line}
nn.Linear("{line}", 3)  # noqa: {line}
nn.Linear(1, "{line}")  # noqa: PRM{line}
# paramlint: {line}
# paramlint: input={line}


class Net(nn.Module):  # paramlint: input=({line}
    def __init__(self, x="{line}"):
        super().__init__()
        self.x = nn.Linear(x, 1)
'''


def poisoned(folder: Path, poison: str) -> list[str]:
    """The files of a project, also one of that name where the system has such names."""
    files = {"a.py": program(poison).encode(), "c.py": f"def {poison} (:\n".encode("utf-8", "replace")}
    named = poison.replace("/", "\u2215").replace("\0", "") + ".py"
    files[named if not named.startswith("-") else f"./{named}"] = raw(poison).encode("utf-8", "replace")
    for path, data in files.items():
        (folder / path).write_bytes(data)
    return list(files)


def acted(text: str, *, commands: bool = False) -> Iterator[str]:
    """The lines of an output on which somebody could act."""
    for line in text.split("\n"):
        if CONTROL.search(line) or re.search(r"##\w*\[", line) or (not commands and line.strip().startswith("::")):
            yield ascii(line)


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, list[str]]:
    return tmp_path, poisoned(tmp_path, request.param)


@pytest.fixture(params=[0, 1, 2, 3])
def group(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with the projects of a quarter of the poisons: for what starts processes."""
    for number, poison in enumerate(POISONS[request.param::4]):
        (tmp_path / str(number)).mkdir()
        poisoned(tmp_path / str(number), poison)
    return tmp_path


@pytest.mark.parametrize("project", ACTING, ids=ascii, indirect=True)
def test_summaries(project: tuple[Path, list[str]]) -> None:
    folder, files = project
    for more in (("--explain",), ("--sort", "params"), ("--color", "always")):
        done = paramlint("summary", *files, *more, cwd=folder)
        assert "bug in" not in done.stdout + done.stderr and not list(acted(STYLE.sub("", done.stdout + done.stderr)))
        assert "\x1b" not in done.stdout or "always" in more
    done = paramlint("summary", *files, "--format", "jsonl", cwd=folder)
    assert [json.loads(text) for text in done.stdout.splitlines()] and done.stdout.isascii() and not list(acted(done.stdout + done.stderr))


@pytest.mark.parametrize("project", FORMULAS + ACTING[::3], ids=ascii, indirect=True)
def test_spreadsheets(project: tuple[Path, list[str]]) -> None:
    folder, files = project
    for more in ((), ("--no-layers",)):
        text = paramlint("summary", *files, "--format", "csv", *more, cwd=folder).stdout
        rows = list(csv.reader(io.StringIO(text)))
        assert not list(acted(text)) and len({len(row) for row in rows}) == 1 and len(rows) == text.count("\n")
        assert not [cell for row in rows for cell in row if re.match(r"\s*[=+\-@\uff1d]|.*;\s*[=+\-@]", cell)]


@pytest.mark.parametrize("project", MARKS + ACTING[::3], ids=ascii, indirect=True)
def test_pages(project: tuple[Path, list[str]]) -> None:
    folder, files = project
    text = paramlint("summary", *files, "--format", "markdown", cwd=folder).stdout
    assert not list(acted(text)) and "Linear" in text
    assert not re.search(r"<(?!/?code>)", text) and not re.search(r"(?<![\w`.])@\w", text.replace("&#64;", ""))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    assert {token.type.partition("_")[0] for token in tokens} <= {"heading", "inline", "table", "thead", "tbody", "tr", "th", "td", "bullet", "list", "paragraph"}
    assert {token.tag for token in tokens if token.type == "heading_open"} == {"h2"}
    assert len([token for token in tokens if token.type == "heading_open"]) == text.count("\n## ") + 1
    assert {child.type for child in inner} <= {"text", "html_inline", "code_inline", "text_special", "softbreak"}
    assert {child.content for child in inner if child.type == "html_inline"} <= {"<code>", "</code>"}
    widths = {len(re.findall(r"(?<!\\)\|", line)) for line in text.split("\n\n")[1].split("\n") if line.startswith("|")}
    assert len(widths) <= 1


@pytest.mark.parametrize("project", ACTING + MARKS[::6], ids=ascii, indirect=True)
def test_findings(project: tuple[Path, list[str]]) -> None:
    folder, files = project
    for format in CHECKS:
        done = paramlint("check", *files, "--select", "ALL", "--max-model-params", "1", "--max-layer-params", "1", "--format", format, cwd=folder)
        assert done.returncode == 1 and not list(acted(done.stdout + done.stderr, commands=format == "github"))
        if format in ("json", "sarif"):
            assert json.loads(done.stdout) and done.stdout.isascii()
        if format == "sarif":
            assert not re.search(r"\]\(", done.stdout)
        if format == "github":
            wrong = [line for line in done.stdout.splitlines() if not re.match(r"::(error|warning|notice) file=[^,]*,line=\d+,[^:]*::", line)]
            assert not wrong and done.stderr == ""
    done = paramlint("check", *files, "--color", "always", cwd=folder)
    assert not list(acted(STYLE.sub("", done.stdout + done.stderr)))


@pytest.mark.parametrize("project", ACTING, ids=ascii, indirect=True)
def test_layers(project: tuple[Path, list[str]]) -> None:
    folder, files = project
    for format in ("table", "json"):
        done = paramlint("layers", *files, "--format", format, cwd=folder)
        assert not list(acted(done.stdout + done.stderr)) and (format == "table" or json.loads(done.stdout))


@pytest.mark.parametrize("template", [
    "{key} = 1", "select = [{value}]", "ignore = {value}", "max-layer-params = {value}", "search-path = {value}", "site-packages = {value}",
    "weight-dtype = {value}", "exclude = [{value}, 1]", "[tool.paramlint.per-file-ignores]\n{key} = {value}", "[tool.paramlint.layer-budgets]\n{key} = 1",
    "[tool.paramlint.module-bases]\n{key} = {value}", "[[tool.paramlint.models]]\ntarget = {value}", "[[tool.paramlint.models]]\n{key} = {value}",
    '[[tool.paramlint.models]]\ntarget = "a.py::Named()"\nname = {value}\nparams = 3', "[[tool.paramlint.overrides]]\n{key} = {value}",
    '[[tool.paramlint.models]]\ntarget = "a.py::Named()"\ninput = [{value}]', "[[tool.paramlint.overrides]]\npaths = [{value}]\n{key} = 2",
    '[[tool.paramlint.models]]\ntarget = "a.py::Named"\nargs = {{ {key} = {value} }}', "= {value}", "{key}",
])
def test_configurations(tmp_path: Path, template: str) -> None:
    (tmp_path / "a.py").write_text(program("x"))
    for poison in POISONS:
        value = json.dumps(poison.encode("utf-8", "replace").decode()).replace("\x7f", "\\u007f")
        (tmp_path / "pyproject.toml").write_text(f"[tool.paramlint]\n{template.format(key=value, value=value)}\n", encoding="utf-8")
        done = paramlint("check", "a.py", "--max-model-params", "1", "--format", "concise", cwd=tmp_path)
        assert not list(acted(done.stdout + done.stderr)) and "bug in" not in done.stderr
        if done.returncode == 2:
            assert done.stderr.count("\n") == 1


def test_arguments(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(program("x"))
    for poison in POISONS:
        if "\x00" in poison:
            continue
        (tmp_path / "list.txt").write_bytes(f"{poison}\na.py::{poison}\na.py::Named({poison!r})\n".encode("utf-8", "surrogateescape"))
        for command in (("check", poison), ("layers", f"x{poison}"), ("summary", poison), ("summary", f"a.py::{poison}"), ("summary", f"{poison}::x"),
                        ("rule", poison), (poison,), ("check", f"--{poison}"), ("check", "--format", poison), ("check", "--select", poison),
                        ("check", "--config", poison), ("check", "--max-layer-params", poison), ("check", "--layer-budgets", f"{poison}={poison}"),
                        ("summary", "a.py", "--input", poison), ("summary", "a.py", "--convention", poison), ("summary", "a.py", "--dtype", poison),
                        ("summary", "--targets-from", poison), ("summary", "--targets-from", "list.txt"), ("check", "-", "--stdin-filename", poison),
                        ("summary", "--targets-from", "list.txt", "--format", "markdown"), ("check", "a.py", "--jobs", poison)):
            done = paramlint(*command, cwd=tmp_path, stdin=b"from torch import nn\nnn.Linear(1, -1)\n")
            assert not list(acted(done.stdout + done.stderr)), command
            assert "bug in" not in done.stderr, command


def test_flake8_messages(group: Path) -> None:
    done = flake8("--isolated", "--select", "PRM", *[f"{folder}/{name}.py" for folder in sorted(group.iterdir()) for name in "ac"], cwd=group)
    lines = [line for line in done.stdout.split("\n") if ": PRM" in line]
    assert lines and not [text for line in lines for text in acted(line.partition(": PRM")[2])]


def test_processes(group: Path) -> None:
    for command in (("check", ".", "--select", "ALL"), ("layers", "."), ("summary", "."), ("summary", ".", "--format", "csv")):
        done = paramlint(*command, "--jobs", "2", cwd=group)
        assert not list(acted(done.stdout + done.stderr)) and "bug in" not in done.stderr
