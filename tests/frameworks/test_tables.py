"""The record of which family has which names: true, complete, and never trusted where a family has changed."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from paramlint.frameworks import REGISTRY
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer
from paramlint.schema.registry import Registry
from paramlint.schema.tables import RECORD, Table, declared, record, size, write_record

FRAMEWORKS = [pytest.param(framework, id=framework.name) for framework in REGISTRY.frameworks]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_record_is_what_the_families_declare(framework: Framework) -> None:
    recorded = record(framework)
    assert set(recorded) == set(framework.families), "run `python -m paramlint.frameworks`"
    for family, known in recorded.items():
        found = declared(family)
        assert known.size == size(family)
        assert set(known.layers) == {name for name, entry in found.items() if issubclass(entry, Layer)}, family
        assert {*known.layers, *known.operations} == set(found), family


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_entry_is_found_by_each_of_its_names(framework: Framework) -> None:
    table = Table(framework)
    assert table.layers() == {name for name, entry in table.entries().items() if issubclass(entry, Layer)}
    fresh = Table(framework)
    assert all(fresh.find(name) is entry for name, entry in table.entries().items())


def test_only_the_family_of_a_name_is_imported() -> None:
    code = """
        import sys
        from paramlint.frameworks import REGISTRY
        before = set(sys.modules)
        assert REGISTRY.find("torch.nn.Linear").__name__ == "Linear" and REGISTRY.find("torch.nn.Nothing") is None
        REGISTRY.table(REGISTRY.framework_of("torch")).layers()
        print(*sorted(name.rpartition(".")[2] for name in set(sys.modules) - before if ".frameworks.torch." in name))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert "linear" in done.stdout.split() and "pooling" not in done.stdout.split()


FAMILY = '''
from paramlint.schema.layer import Layer
from paramlint.schema.example import Example
class {name}(Layer):
    """A layer."""
    NAMES = ("{root}.{name}",)
    EXAMPLES = (Example("{name}()", params=0),)
'''


@pytest.fixture
def framework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Framework:
    package = f"tables_of_{abs(hash(tmp_path)) % 10**9}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()
    for name in ("Alpha", "Beta"):
        (tmp_path / package / f"{name.lower()}.py").write_text(FAMILY.format(name=name, root=package))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    families = (f"{package}.alpha", f"{package}.beta")
    return Framework(name=package, roots=(package,), aliases={}, families=families, layers="", module_bases=(), call="call")


def test_without_a_record_every_family_is_read(framework: Framework) -> None:
    assert record(framework) == {}
    assert Registry((framework,)).find(f"{framework.name}.Beta") is not None


def test_a_family_that_has_changed_is_read(framework: Framework, tmp_path: Path) -> None:
    write_record(framework)
    assert set(record(framework)) == set(framework.families)
    folder = tmp_path / framework.name
    (folder / "beta.py").write_text(FAMILY.format(name="Gamma", root=framework.name))
    for name in framework.families:
        del sys.modules[name]
    assert set(record(framework)) == {framework.families[0]}
    table = Table(framework)
    assert table.find(f"{framework.name}.Gamma") is not None and table.find(f"{framework.name}.Beta") is None
    assert framework.families[0] not in sys.modules
    assert set(json.loads((folder / RECORD).read_text())) == {"alpha", "beta"}


def test_a_name_has_one_entry(framework: Framework, tmp_path: Path) -> None:
    (tmp_path / framework.name / "beta.py").write_text(FAMILY.format(name="Alpha", root=framework.name))
    with pytest.raises(ValueError, match=r"Alpha: declared in .*alpha and in .*beta"):
        Registry((framework,)).entries(framework)
