"""What is recorded of the modules of the standard library is what they have."""

from __future__ import annotations

import importlib
import sys

import pytest

from paramlint.interpreter.stdlib import recorded

pytestmark = pytest.mark.oracle


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="recorded of Python 3.11")
@pytest.mark.parametrize("module", ["typing", "os", "collections", "math", "enum", "inspect", "datetime", "asyncio", "struct", "importlib.util", "json"])
def test_names_are_those_of_the_module(module: str) -> None:
    names = {name for name in dir(importlib.import_module(module)) if not name.startswith("_")}
    assert [name for name in sorted(names) if recorded.has(module, name) is False] == []
    sure = [name for name in recorded.names(module) if name not in names]
    assert sure == []


def test_names_of_other_versions_and_systems_depend() -> None:
    assert recorded.depends("typing", "TypeIs")
    assert recorded.depends("os", "startfile")
    assert recorded.depends("os", "fork")
    assert recorded.has("collections", "Mapping") is False
    assert recorded.has("inspect", "getargspec") is False
    assert not recorded.depends("xml", "etree")
    assert recorded.depends("typing", "_private")
