"""Findings as people, programs and code hosts read them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from paramlint.core.diagnostic import Diagnostic, Edit, Fix, Severity
from paramlint.core.spans import Span
from paramlint.model.results import FileResult
from paramlint.reporters import registry
from paramlint.rules import pages

PLACE = Span(2, 6, 2, 25)


def finding(span: Span = PLACE, **more) -> Diagnostic:
    return Diagnostic(**{"path": "models/net.py", "span": span, "code": "PRM101", "name": "layer-over-budget", "message": "too big",
                         "help": "make it smaller", "detail": "100·100 + 100 = 10,100", **more})


def written(format: str, *findings: Diagnostic, lines: dict[int, str] | None = None, **options) -> str:
    out = io.StringIO()
    results = [FileResult("clean.py"), FileResult("models/net.py", findings, lines or {})]
    assert registry.diagnostics(format, iter(results), out, **options) == len(findings)
    return out.getvalue()


def test_full_shows_the_line_the_span_the_calculation_and_the_way_out():
    assert written("full", finding(), lines={2: "fc = nn.Linear(100, 100)\n"}) == """\
PRM101 too big
 --> models/net.py:2:6
  |
2 | fc = nn.Linear(100, 100)
  |      ^^^^^^^^^^^^^^^^^^^ 100·100 + 100 = 10,100
  |
help: make it smaller

"""


def test_full_on_several_lines():
    lines = {9: "x = nn.Linear(", 10: "\t100,", 11: ")  # end"}
    assert written("full", finding(Span(9, 5, 11, 2)), lines=lines) == """\
PRM101 too big
  --> models/net.py:9:5
   |
 9 | / x = nn.Linear(
10 | |     100,
11 | | )  # end
   | |_^ 100·100 + 100 = 10,100
   |
help: make it smaller

"""


def test_full_shortens_long_spans_and_long_lines():
    many = written("full", finding(Span(1, 1, 100, 2)), lines=dict.fromkeys(range(1, 101), "x"))
    assert many.count("\n") < 20
    assert "| …" in many
    wide = written("full", finding(Span(1, 5_000_001, 1, 5_000_005)), lines={1: "y" * 5_000_000 + "call" + "z" * 5_000_000})
    source, carets = wide.split("\n")[3:5]
    assert len(source) < 200
    assert source[carets.index("^"):carets.rindex("^") + 1] == "call"


def test_full_without_a_source_line_still_says_everything():
    text = written("full", finding(Span(1, 1, 1, 1), detail="one\ntwo"))
    assert text == "PRM101 too big\n --> models/net.py:1:1\n  = one\n  = two\nhelp: make it smaller\n\n"


@pytest.mark.parametrize("line", ["\tfc = nn.Linear(1, 2)", "名前 = nn.Linear(1, 2)", "é = nn.Linear(1, 2)"])
def test_carets_stand_below_the_span(line):
    from paramlint.reporters.text import width

    start = line.index("nn.")
    source, carets = written("full", finding(Span(1, start + 1, 1, len(line) + 1), detail=""), lines={1: line}).split("\n")[3:5]
    assert carets.index("^") == width(source[:source.index("nn.")])
    assert carets.count("^") == len("nn.Linear(1, 2)")


def test_places_beyond_the_line_do_no_harm():
    for span in (Span(1, 50, 1, 60), Span(1, 1, 1, 1), Span(3, 2, 1, 1), Span(1, 3, 1, 2)):
        assert written("full", finding(span), lines={1: "x = 1", 3: ""}).startswith("PRM101 too big\n")


def test_colours_only_on_request():
    assert "\x1b[" not in written("full", finding(), lines={2: "x"})
    assert "\x1b[" in written("full", finding(), lines={2: "x"}, color=True)
    assert "\x1b[" in written("concise", finding(), color=True)


@pytest.mark.parametrize("format", ["full", "concise", "github"])
def test_source_text_gives_no_commands_to_the_terminal(format):
    text = written(format, finding(message="`f('\x1b[31m\a\udc80')`", path="a\x1b]0;b\udc80.py"), lines={2: "x = '\x1b[2J\r'"})
    assert not {"\x1b", "\a", "\r", "\udc80"} & set(text)
    text.encode("utf-8")


def test_concise_has_a_line_a_finding():
    assert written("concise", finding(), finding(Span(7, 1, 9, 2))) == (
        "models/net.py:2:6: PRM101 too big\nmodels/net.py:7:1: PRM101 too big\n")


def test_github_commands_are_escaped():
    text = written("github", finding(path="a,b:c.py", message="50% of\nit", severity=Severity.NOTE), finding(Span(1, 2, 3, 4), detail=""))
    assert text == (
        "::notice file=a%2Cb%3Ac.py,line=2,endLine=2,col=6,endColumn=25,title=paramlint PRM101 (layer-over-budget)"
        "::a,b:c.py:2:6: PRM101 50%25 of it%0A100·100 + 100 = 10,100\n"
        "::error file=models/net.py,line=1,endLine=3,title=paramlint PRM101 (layer-over-budget)::models/net.py:1:2: PRM101 too big\n")


def test_json_is_a_list_with_the_promised_keys():
    fix = Fix("divide whole", (Edit(Span(2, 6, 2, 7), "//"),))
    first, second = json.loads(written("json", finding(fix=fix), finding(path="\udc80.py")))
    assert {key: first[key] for key in ("path", "line", "column", "end_line", "end_column", "code", "name", "message")} == {
        "path": "models/net.py", "line": 2, "column": 6, "end_line": 2, "end_column": 25, "code": "PRM101", "name": "layer-over-budget",
        "message": "too big"}
    assert first["detail"] == "100·100 + 100 = 10,100"
    assert first["fix"]["edits"] == [{"line": 2, "column": 6, "end_line": 2, "end_column": 7, "text": "//"}]
    assert second["path"] == "?.py"
    assert json.loads(written("json")) == []
    assert written("json", finding()).isascii()


def test_sarif_meets_what_the_standard_requires():
    fix = Fix("divide whole", (Edit(Span(2, 6, 2, 7), "//"),))
    odd = finding(Span(5, 3, 4, 9), path="a b/ü\udc80.py", severity=Severity.WARNING)
    text = written("sarif", finding(fix=fix), odd, finding(code="PRM777"), rules=pages.listing(), version="1.2.3")
    log = json.loads(text)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    run, = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("paramlint", "1.2.3")
    for rule in driver["rules"]:  # reportingDescriptor: id; messages with text; markdown only beside text; level
        assert rule["id"].startswith("PRM")
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["level"] in {"none", "note", "warning", "error"}
        if "ruleIndex" in result:
            assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        location = result["locations"][0]["physicalLocation"]
        assert location["artifactLocation"]["uri"].isascii()
        region = location["region"]
        assert min(region.values()) >= 1
        assert region["endLine"] >= region["startLine"]
    assert ["ruleIndex" in result for result in run["results"]] == [True, True, False]
    assert run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC%80.py"
    replacement = run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["insertedContent"] == {"text": "//"}
    assert replacement["deletedRegion"]["startLine"] == 2


# The objects of SARIF 2.1.0 that are written, with the properties that each may have; the standard's schema allows no others. "!" must be there.
SARIF = {
    "log": {"$schema": str, "!version": str, "!runs": ["run"]},
    "run": {"!tool": "tool", "results": ["result"], "columnKind": str},
    "tool": {"!driver": "component"},
    "component": {"!name": str, "version": str, "rules": ["rule"]},
    "rule": {"!id": str, "name": str, "shortDescription": "text", "help": "text", "defaultConfiguration": "configuration"},
    "configuration": {"enabled": bool, "level": str},
    "text": {"!text": str, "markdown": str},
    "message": {"!text": str},
    "result": {"ruleId": str, "ruleIndex": int, "level": str, "!message": "message", "locations": ["location"], "fixes": ["fix"]},
    "location": {"physicalLocation": "physical"},
    "physical": {"artifactLocation": "artifact", "region": "region"},
    "artifact": {"uri": str},
    "region": {"startLine": int, "startColumn": int, "endLine": int, "endColumn": int},
    "fix": {"description": "message", "!artifactChanges": ["change"]},
    "change": {"!artifactLocation": "artifact", "!replacements": ["replacement"]},
    "replacement": {"!deletedRegion": "region", "insertedContent": "content"},
    "content": {"text": str},
}


def conforms(value, kind):
    if isinstance(kind, type):
        assert type(value) is kind
    elif isinstance(kind, list):
        assert isinstance(value, list)
        for item in value:
            conforms(item, kind[0])
    else:
        known = {name.removeprefix("!"): inner for name, inner in SARIF[kind].items()}
        assert value.keys() <= known.keys(), kind
        assert {name[1:] for name in SARIF[kind] if name[0] == "!"} <= value.keys(), kind
        for name, inner in value.items():
            conforms(inner, known[name])


def test_sarif_has_the_properties_of_the_standard_and_no_others():
    fix = Fix("divide whole", (Edit(Span(2, 6, 2, 7), "//"),))
    conforms(json.loads(written("sarif", finding(fix=fix), finding(code="PRM777"), rules=pages.listing(), version="1.2.3")), "log")
    conforms(json.loads(written("sarif")), "log")


def test_sarif_names_absolute_paths_by_file_uris(tmp_path: Path):
    log = json.loads(written("sarif", finding(path=str(tmp_path / "net.py"))))
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == (tmp_path / "net.py").as_uri()


def test_findings_are_written_as_they_come():
    out = io.StringIO()
    seen: list[int] = []

    def results():
        for _ in range(3):
            yield FileResult("models/net.py", (finding(),), {})
            seen.append(out.getvalue().count("PRM101"))

    for format in ("full", "concise", "json", "github"):
        seen.clear()
        out.seek(0)
        out.truncate()
        registry.diagnostics(format, results(), out)
        assert seen[0] >= 1, format


def test_the_formats_are_known_without_loading_them():
    import subprocess
    import sys

    code = "import paramlint.reporters.registry as r, sys; print(r.DIAGNOSTICS, 'json' in sys.modules, 'rich' in sys.modules)"
    text = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert text == "('full', 'concise', 'json', 'github', 'sarif') False False\n"
