"""The command line, run as people run it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import LARGE, SMALL, paramlint, write

import paramlint as package
from paramlint.config import OPTIONS

BUDGET = ("--max-layer-params", "1k")


def codes(output: str) -> list[tuple[str, int, str]]:
    return [(item["path"], item["line"], item["code"]) for item in json.loads(output)]


# Exit codes and output -------------------------------------------------------------------------------------------------


def test_clean_findings_and_failure_have_their_exit_codes(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE, small=SMALL)
    clean = paramlint("check", "small.py", *BUDGET, cwd=tmp_path)
    assert (clean.returncode, clean.stdout, clean.stderr) == (0, "", "No findings in 1 file.\n")
    findings = paramlint("check", *BUDGET, cwd=tmp_path)
    assert findings.returncode == 1
    assert "large.py:3:9" in findings.stdout and "22,000" in findings.stdout
    assert findings.stderr == "1 finding in 1 of 2 files.\n"
    failure = paramlint("check", "missing.py", cwd=tmp_path)
    assert (failure.returncode, failure.stdout) == (2, "")
    assert "missing.py: no such file or folder" in failure.stderr


def test_nothing_to_check_is_said(tmp_path: Path) -> None:
    done = paramlint("check", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "There are no Python files here.\n")


@pytest.mark.parametrize("format_", ["full", "concise", "json", "github", "sarif"])
def test_every_format_names_the_finding(tmp_path: Path, format_: str) -> None:
    write(tmp_path, large=LARGE)
    done = paramlint("check", *BUDGET, "--format", format_, cwd=tmp_path)
    assert done.returncode == 1
    assert "PRM101" in done.stdout and "large.py" in done.stdout
    if format_ in ("json", "sarif"):
        assert json.loads(done.stdout) and done.stderr == ""


def test_json_has_the_keys_that_others_rely_on(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE)
    found = json.loads(paramlint("check", *BUDGET, "--format", "json", cwd=tmp_path).stdout)
    assert [list(item)[:8] for item in found] == [["path", "line", "column", "end_line", "end_column", "code", "name", "message"]]
    rows = json.loads(paramlint("layers", "--format", "json", cwd=tmp_path).stdout)
    assert [list(row) for row in rows] == [[
        "path", "line", "column", "name", "call", "status", "params", "trainable_params", "buffers", "weights", "formula", "reason", "statuses"]]
    assert (rows[0]["name"], rows[0]["call"], rows[0]["params"], rows[0]["status"]) == (
        "torch.nn.Linear", "nn.Linear(10, 2000)", 22_000, "exact")


def test_layers_ends_with_how_many_are_exact(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE, small=SMALL)
    done = paramlint("layers", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "2 layer calls: 2 exact, 0 symbolic, 0 unknown"


def test_layers_names_what_it_could_not_read(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE)
    (tmp_path / "gone.py").symlink_to("nowhere")
    done = paramlint("layers", cwd=tmp_path)
    assert done.returncode == 1 and "nn.Linear(10, 2000)" in done.stdout
    assert done.stderr.startswith("gone.py:1:1: a link to nowhere")


def test_an_ascii_terminal_does_not_end_the_run(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE)
    done = paramlint("check", *BUDGET, cwd=tmp_path, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 1 and "PRM101" in done.stdout and "Traceback" not in done.stderr


def test_colour_is_for_people(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE)
    assert "\x1b[" not in paramlint("check", *BUDGET, cwd=tmp_path).stdout
    assert "\x1b[" in paramlint("check", *BUDGET, "--color", "always", cwd=tmp_path).stdout


def test_who_reads_our_output_may_stop_reading(tmp_path: Path) -> None:
    write(tmp_path, **{f"large{number}": LARGE * 50 for number in range(40)})
    process = subprocess.Popen([sys.executable, "-m", "paramlint", "check", "--isolated", *BUDGET, "--jobs", "1"], cwd=tmp_path,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(100)
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    assert process.wait() == 2
    process.stderr.close()


# Sources and configuration ----------------------------------------------------------------------------------------------


def test_standard_input_has_the_name_that_is_given(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "paramlint.toml").write_text("max-layer-params = 10\n")
    found = paramlint("check", "--format", "json", "--stdin-filename", "sub/net.py", "-", cwd=tmp_path, stdin=LARGE.encode())
    assert codes(found.stdout) == [("sub/net.py", 3, "PRM101")]
    nameless = paramlint("check", "-", cwd=tmp_path, stdin=LARGE.encode())
    assert nameless.returncode == 0
    assert paramlint("check", "--stdin-filename", "x.py", cwd=tmp_path).returncode == 2


def test_excluded_standard_input_is_left_out_where_forced(tmp_path: Path) -> None:
    arguments = ("check", *BUDGET, "--exclude", "sub/", "--stdin-filename", "sub/net.py", "-")
    assert paramlint(*arguments, cwd=tmp_path, stdin=LARGE.encode()).returncode == 1
    assert paramlint(*arguments, "--force-exclude", cwd=tmp_path, stdin=LARGE.encode()).returncode == 0


def test_configuration_flags_and_isolation(tmp_path: Path) -> None:
    write(tmp_path, large=LARGE)
    (tmp_path / "pyproject.toml").write_text("[tool.paramlint]\nmax-layer-params = '1k'\n")
    (tmp_path / "loose.toml").write_text("max-layer-params = '1M'\n")
    assert paramlint("check", cwd=tmp_path).returncode == 1
    assert paramlint("check", "--max-layer-params", "1M", cwd=tmp_path).returncode == 0
    assert paramlint("check", "--config", "loose.toml", cwd=tmp_path).returncode == 0
    assert paramlint("check", "--isolated", cwd=tmp_path).returncode == 0
    assert paramlint("check", "--ignore", "PRM1", cwd=tmp_path).returncode == 0
    assert paramlint("check", "--per-file-ignores", "large.py=PRM101", cwd=tmp_path).returncode == 0
    assert paramlint("check", "--exclude", "la*", cwd=tmp_path).returncode == 0
    assert paramlint("check", "--layer-budgets", "torch.nn.*=1M", cwd=tmp_path).returncode == 0
    assert paramlint("check", "--config", "loose.toml", "--isolated", cwd=tmp_path).returncode == 2


def test_a_bad_configuration_stops_before_anything_is_printed(tmp_path: Path) -> None:
    write(tmp_path, a=LARGE)
    (tmp_path / "z").mkdir()
    write(tmp_path / "z", b=LARGE)
    (tmp_path / "z" / "paramlint.toml").write_text("max-layer-parms = 1\n")
    for format_ in ("json", "full"):
        done = paramlint("check", *BUDGET, "--format", format_, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "paramlint.toml" in done.stderr and '"max-layer-parms"' in done.stderr and '"max-layer-params"' in done.stderr


@pytest.mark.parametrize("command", ["check", "layers"])
def test_help_names_every_option(tmp_path: Path, command: str) -> None:
    text = paramlint(command, "--help", cwd=tmp_path).stdout
    for option in OPTIONS:
        assert (f"--{option.key} " in text) == option.flag


# Rules ------------------------------------------------------------------------------------------------------------------


def test_rule_prints_its_page(tmp_path: Path) -> None:
    done = paramlint("rule", "PRM101", cwd=tmp_path)
    assert done.returncode == 0
    for part in ("PRM101", "What it does", "Why is this bad?"):
        assert part in done.stdout


def test_all_rules_are_listed(tmp_path: Path) -> None:
    listed = json.loads(paramlint("rule", "--all", "--format", "json", cwd=tmp_path).stdout)
    assert [item["code"] for item in listed] == sorted({item["code"] for item in listed})
    assert {"PRM001", "PRM101", "PRM201", "PRM203", "PRM901"} <= {item["code"] for item in listed}
    assert [item["code"] for item in listed] == re.findall(r"^PRM\d{3}", paramlint("rule", "--all", cwd=tmp_path).stdout, re.MULTILINE)
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert [item["code"] for item in listed] == re.findall(r"^\| `(PRM\d{3})` \|", readme, re.MULTILINE)


def test_a_rule_that_there_is_not(tmp_path: Path) -> None:
    done = paramlint("rule", "PRM111", cwd=tmp_path)
    assert done.returncode == 2 and "did you mean" in done.stderr
    assert paramlint("rule", cwd=tmp_path).returncode == 2


# What is imported ---------------------------------------------------------------------------------------------------------


def imported(arguments: list[str], cwd: Path) -> set[str]:
    """The modules that a run has imported in the end."""
    code = ("import sys\nfrom paramlint.__main__ import main\ntry: main(sys.argv[1:])\n"
            "finally: print('\\n' + ' '.join(sys.modules), file=sys.stderr)")
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=cwd, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def test_the_version_is_told_without_importing_much(tmp_path: Path) -> None:
    assert paramlint("--version", cwd=tmp_path).stdout == f"paramlint {package.__version__}\n"
    assert {name for name in imported(["--version"], tmp_path) if name.startswith(("paramlint", "click"))} == {
        "paramlint", "paramlint.__main__"}


def test_files_without_layers_cost_no_heavy_import(tmp_path: Path) -> None:
    write(tmp_path, plain="print('Linear')\n", other="import os\n")
    modules = imported(["check"], tmp_path)
    assert "paramlint.api" in modules
    assert not modules & {"libcst", "rich", "pathspec", "paramlint.analysis.run", "paramlint.syntax", "multiprocessing", "torch", "numpy"}
