"""What the real frameworks made of recorded calls, beside what the source text of the same calls gives here.

The rows of ``fixtures/oracle`` are written as source and go through the front door; calls of the layers on an input go through the
entry that the source has built.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from paramlint import api
from paramlint.analysis import sites
from paramlint.analysis.prefilter import constructors
from paramlint.analysis.session import Session, Settings
from paramlint.analysis.targets import evaluate
from paramlint.core.shapes import Shape, ShapeMismatch
from paramlint.core.unknown import NeedsValue
from paramlint.model.tree import Model
from paramlint.schema.conditions import Refused
from paramlint.schema.layer import Layer

FOLDER = Path(__file__).parents[2] / "fixtures" / "oracle"
IMPORTS = {
    "torch": "import torch\nimport torch.nn as nn\n",
    "keras": "import keras\nfrom keras import layers\n",
    "paddle": "import paddle\nimport paddle.nn as nn\n",
}
CONTAINERS = frozenset({"Sequential", "keras.Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "DataParallel",
                        "LayerList", "LayerDict"})
REFUSED = "refused when called"

Row = Mapping[str, Any]


@cache
def rows(framework: str) -> tuple[Row, ...]:
    (path,) = FOLDER.glob(f"{framework}-*-layers.json")
    return tuple(json.loads(path.read_text(encoding="utf-8")))


def classes(framework: str) -> list[str]:
    return list(dict.fromkeys(row["cls"] for row in rows(framework)))


def of_class(framework: str, name: str) -> list[Row]:
    return [row for row in rows(framework) if row["cls"] == name]


@dataclass(frozen=True)
class Answer:
    """What is said of one row: ``layer`` is the outermost layer call on its line, ``findings`` the codes of the rules about it."""

    layer: api.LayerRow | None
    findings: tuple[str, ...]
    entry: Layer | None


def answers(framework: str, expressions: Iterable[str]) -> list[Answer]:
    """Each expression as a line of one source file."""
    lines = list(expressions)
    header = IMPORTS[framework]
    source = header + "".join(f"x{number} = {line}\n" for number, line in enumerate(lines))
    first = header.count("\n") + 1
    layers: dict[int, api.LayerRow] = {}
    for layer in api.layers_source(source):
        if layer.line not in layers or layer.column < layers[layer.line].column:
            layers[layer.line] = layer
    findings: dict[int, list[str]] = {}
    for finding in api.check_source(source).diagnostics:
        findings.setdefault(finding.span.line, []).append(finding.code)
    entries: dict[int, Layer] = {}
    for line, entry in _entries(framework, source):
        entries.setdefault(line, entry)
    return [Answer(layers.get(line), tuple(findings.get(line, ())), entries.get(line)) for line in range(first, first + len(lines))]


def _entries(framework: str, source: str) -> Iterator[tuple[int, Layer]]:
    """The entries that each line builds, the outermost call first."""
    session = Session(Settings())
    file = session.add("rows.py", source)
    it, module = session.alone("rows.py", file.outline)
    for found in sites.find(it, it.library, module, constructors((framework,)))[0]:  # type: ignore[arg-type]
        for event in found.events:
            if event.entry is not None:
                yield file.outline.statements[found.site.statement].start, event.entry
                break


def called(entry: Layer, inputs: list[Any], options: Mapping[str, Any], training: bool = True) -> Any:
    """The output shapes of an entry's call, nested as the framework returns them, or REFUSED."""
    entry.training = training
    try:
        if entry.BUILDS_ON_CALL:
            entry.weights(*inputs[:len(inspect.signature(entry.weights).parameters)])
        return plain(entry.shape(*inputs, **options))
    except ShapeMismatch:
        return REFUSED
    except Refused:
        return REFUSED
    except NeedsValue as needs:
        return f"not known: {needs}"


def plain(output: Any) -> Any:
    """Shapes as the rows write them: lists, None for an open size."""
    if isinstance(output, Shape):
        return [size if isinstance(size, int) else None for size in output]
    return [plain(one) for one in output] if isinstance(output, list | tuple) else output


def models(framework: str, given: Iterable[Row], folder: Path, call: str = "") -> list[Model]:
    """Each row's expression as a model of its own, for containers: they are no layers. ``call`` is what it is called on, if anything."""
    given = list(given)
    path = folder / "containers.py"
    path.write_text(IMPORTS[framework] + "".join(
        f"def build_{number}():\n    made = {row['call']}\n    {call.format(**row)}\n    return made\n" for number, row in enumerate(given)))
    session = Session()
    return [evaluate(session, str(path), f"build_{number}()") for number in range(len(given))]
