"""``python tests/oracle/record_standard_names.py TYPESHED`` records the names in the modules of the standard library.

TYPESHED is the folder ``stdlib`` of the type stubs, which know the names of other versions and systems. Run it with Python 3.11 on Linux;
see ``paramlint.interpreter.stdlib.recorded`` for what the record holds.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

RECORD = Path(__file__).parents[2] / "paramlint" / "interpreter" / "stdlib" / "recorded.json"
VERSION = (3, 11)
# Packages that no model needs, and modules that do something when they are imported.
LEFT_OUT = frozenset({"antigravity", "distutils", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "this", "tkinter", "turtle", "turtledemo",
                      "curses", "nt", "nturl2path", "venv", "msilib"})
_ASKED = """
import importlib, json, pkgutil, sys
try:
    module = importlib.import_module(sys.argv[1])
except BaseException:
    found = None
else:
    inside = [part.name for part in pkgutil.iter_modules(module.__path__)] if hasattr(module, "__path__") else []
    found = [dir(module), inside, hasattr(module, "__getattr__")]
sys.stdout.write(json.dumps(found))
"""


class Names(NamedTuple):
    """Those of one module in the stubs: all that there are, and those that depend on the system."""

    every: set[str]
    of_systems: set[str]


def record(typeshed: Path) -> dict[str, list[str]]:
    stubs = {name: _stub(path, name, typeshed) for name, path in _modules(typeshed)}
    result: dict[str, list[str]] = {}
    for name in sorted(stubs):
        done = subprocess.run([sys.executable, "-I", "-S", "-W", "ignore", "-c", _ASKED, name], capture_output=True, text=True, check=False)
        found = json.loads(done.stdout or "null")
        if found is None:
            continue
        *listed, is_open = found
        there, inside = ({part for part in names if not part.startswith("_")} for names in listed)
        sure = there - stubs[name].of_systems
        inside |= {other.rpartition(".")[2] for other in stubs if other.rpartition(".")[0] == name}
        result[name] = [" ".join(sorted(sure)), "*" if is_open else " ".join(sorted((stubs[name].every | there | inside) - sure))]
    return result


def text(rows: Mapping[str, list[str]]) -> str:
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items()) + "\n}\n"


def _modules(typeshed: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(typeshed.rglob("*.pyi")):
        parts = path.relative_to(typeshed).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if parts and parts[0] in sys.stdlib_module_names and parts[0] not in LEFT_OUT and not any(part.startswith("_") for part in parts):
            yield ".".join(parts), path


def _stub(path: Path, name: str, typeshed: Path) -> Names:
    names = Names(set(), set())
    _read(ast.parse(path.read_text(encoding="utf-8")).body, name, path, typeshed, names, of_system=False)
    return Names({part for part in names.every if not part.startswith("_")}, names.of_systems)


def _read(body: Iterable[ast.stmt], name: str, path: Path, typeshed: Path, names: Names, *, of_system: bool) -> None:
    for node in body:
        found: set[str] = set()
        if isinstance(node, ast.If):
            if not _is_past(node.test):
                _read(node.body, name, path, typeshed, names, of_system=of_system or "platform" in ast.unparse(node.test))
            _read(node.orelse, name, path, typeshed, names, of_system=of_system or "platform" in ast.unparse(node.test))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found = {node.name}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        elif isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            found = _star(node, name, path, typeshed)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found = {part.asname for part in node.names if part.asname == part.name}
        names.every.update(found)
        if of_system:
            names.of_systems.update(found)


def _star(node: ast.ImportFrom, name: str, path: Path, typeshed: Path) -> set[str]:
    package = name if path.name == "__init__.pyi" else name.rpartition(".")[0]
    for _ in range(node.level - 1):
        package = package.rpartition(".")[0]
    dotted = ".".join(part for part in (package if node.level else "", node.module or "") if part)
    base = typeshed.joinpath(*dotted.split("."))
    other = base / "__init__.pyi" if base.is_dir() else base.with_suffix(".pyi")
    return _stub(other, dotted, typeshed).every


def _is_past(test: ast.expr) -> bool:
    """Whether a condition holds for versions before the oldest only: ``sys.version_info < (3, 11)``."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(map(_is_past, test.values))
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Lt) and "version_info" in ast.unparse(test.left) and (
        ast.literal_eval(test.comparators[0]) <= VERSION)


if __name__ == "__main__":
    RECORD.write_text(text(record(Path(sys.argv[1]))), encoding="utf-8")
