"""Registries that other modules of a package fill: with decorators, calls and entries, when Python imports them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from paramlint.analysis.session import Session
from paramlint.analysis.targets import evaluate

FILES = {
    "main.py": """
        import torch.nn as nn
        import nets
        from registry import BUILT, HEADS, NETS

        class Small(nn.Linear):
            def __init__(self):
                super().__init__(1, 1)

        def default(name="big"):
            return NETS.get(name, Small)()

        net = BUILT.build("wide", width=5)
    """,
    "registry.py": """
        NETS, HEADS = {}, {}

        def register(name):
            def into(cls):
                NETS[name] = cls
                return cls
            return into

        class Registry:
            def __init__(self):
                self._entries = dict()

            def add(self, cls):
                self._entries[cls.__name__.lower()] = cls
                return cls

            def __len__(self):
                return len(self._entries)

            def build(self, name, **kwargs):
                if name not in self._entries:
                    raise KeyError(name)
                return self._entries[name](**kwargs)

        BUILT = Registry()
    """,
    "nets.py": """
        import more
        import registry
        import torch.nn as nn
        from registry import BUILT as B, HEADS, register as known_as

        @known_as("big")
        class Big(nn.Linear):
            def __init__(self):
                super().__init__(9, 10)

        @B.add
        class Wide(nn.Module):
            def __init__(self, width=2):
                super().__init__()
                self.fc = nn.Linear(width, width)

        registry.BUILT.add(Big)
        HEADS["first"] = Big
        for name in ("second", "third"):
            HEADS[name] = Wide
    """,
    "more.py": """
        import torch.nn as nn
        from registry import register

        @register("deep")
        def deep():
            return nn.Linear(3, 3)
    """,
    "apart.py": """
        import torch.nn as nn
        from registry import register

        @register("apart")
        def apart():
            return nn.Linear(30, 30)
    """,
}


@pytest.mark.parametrize(("expression", "params"), [
    ("default()", 100),
    ("NETS['big']()", 100),
    ("NETS['deep']()", 12),
    ("default('apart')", 2),
    ("nn.Linear(len(NETS), 1)", 3),
    ("nn.Linear(1 if HEADS else 7, 1)", 2),
    ("nn.Linear(sum(1 for _ in HEADS), 1)", 4),
    ("HEADS.get('third', Small)()", 6),
    ("[net() for net in HEADS.values()][0]", 100),
    ("BUILT.build('big')", 100),
    ("BUILT.build('wide', width=3)", 12),
    ("nn.Linear(len(BUILT), 1)", 3),
    ("net", 30),
])
def test_entries_of_modules_that_nothing_else_asks_for(tmp_path: Path, expression: str, params: int) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(dedent(text), encoding="utf-8")
    model = evaluate(Session(), str(tmp_path / "main.py"), expression)
    assert (model.params.exact, model.params.value) == (True, params)


def test_modules_that_are_imported_by_names_that_are_not_known_may_add_entries(tmp_path: Path) -> None:
    by_name = "import importlib, os\nmodules = [importlib.import_module(file[:-3]) for file in os.listdir('.')]\n"
    for name, text in {**FILES, "nets.py": by_name}.items():
        (tmp_path / name).write_text(dedent(text), encoding="utf-8")
    model = evaluate(Session(), str(tmp_path / "main.py"), "default('apart')")
    assert model.status.value != "exact"
    assert "by name" in model.reasons[0].message
