"""The fixes of PRM204: made, and then nothing is left to find."""

from __future__ import annotations

import pytest

from paramlint import api
from paramlint.core.diagnostic import Diagnostic

NET = """\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, width=4):
{body}
"""


def findings(source: str) -> list[Diagnostic]:
    return [finding for finding in api.check_source(source, "net.py").diagnostics if finding.code == "PRM204"]


def fixed(source: str) -> str:
    """The source with all fixes made."""
    lines = source.split("\n")
    edits = sorted((edit for finding in findings(source) if finding.fix is not None for edit in finding.fix.edits), reverse=True,
                   key=lambda edit: edit.span)
    for edit in edits:
        span = edit.span
        before, after = lines[span.line - 1][:span.column - 1], lines[span.end_line - 1][span.end_column - 1:]
        lines[span.line - 1:span.end_line] = [before + edit.text + after]
    return "\n".join(lines)


def written(*body: str) -> str:
    return NET.format(body="\n".join(f"        {line}" for line in body))


@pytest.mark.parametrize(("before", "after"), [
    (("self.fc = nn.Linear(width, width)",), ("super().__init__()", "self.fc = nn.Linear(width, width)")),
    (('"""Doc."""', "n = 3", "self.fc = nn.Linear(width, n)"), ('"""Doc."""', "super().__init__()", "n = 3", "self.fc = nn.Linear(width, n)")),
    (("self.fc = nn.Linear(width, width)", "super().__init__()", "self.n = 3"),
     ("super().__init__()", "self.fc = nn.Linear(width, width)", "self.n = 3")),
    (("self.fc = nn.Linear(width, width)", "super(Net, self).__init__()"),
     ("super(Net, self).__init__()", "self.fc = nn.Linear(width, width)")),
])
def test_the_call_comes_first(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    source = written(*before)
    (finding,) = findings(source)
    assert finding.fix is not None and "self.fc = " in source.split("\n")[finding.span.line - 1]
    text = "\n".join(fixed(source).split())
    assert text == "\n".join(written(*after).split()) and findings(fixed(source)) == []


@pytest.mark.parametrize("source", [
    "import torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self): self.fc = nn.Linear(3, 3)\n",
    written("self.fc = nn.Linear(3, 3)").replace("nn.Module", "Base").replace(
        "class Net", "class Base(nn.Module):\n    def __init__(self, width):\n        super().__init__()\n\n\nclass Net"),
])
def test_what_is_not_certain_to_help_is_left_to_a_person(source: str) -> None:
    (finding,) = findings(source)
    assert finding.fix is None and finding.help
