"""Models whose parts come from other files of their package."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from paramlint.analysis.session import Session
from paramlint.analysis.targets import evaluate

LAZY = """
    import sys
    from typing import TYPE_CHECKING
    from .tools import Lazy, SLOW

    if {test}:
        {imports}
    else:
        sys.modules[__name__] = Lazy(__name__)
"""
BLOCKS = """
    import torch.nn as nn

    __all__ = ["Block"]

    class Block(nn.Linear):
        def __init__(self):
            super().__init__(3, 4)
"""
MODEL = """
    import torch.nn as nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            from package import Block
            self.block = Block()
"""


def counted(folder: Path, files: dict[str, str], expression: str = "Net()") -> object:
    for name, text in files.items():
        path = folder / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    model = evaluate(Session(), str(folder / "package" / "model.py"), expression)
    return model.params.value if model.params.exact and model.root is not None else [reason.message for reason in model.reasons]


@pytest.mark.parametrize(("test", "imports"), [
    ("TYPE_CHECKING", "from .blocks import Block"),
    ("TYPE_CHECKING", "from .blocks import *"),
    ("TYPE_CHECKING", "from .other import *\n        from .inner import *"),
    ("TYPE_CHECKING", "from .broken import *\n        from .blocks import *"),
    ("TYPE_CHECKING or SLOW", "from .blocks import Block"),
])
def test_names_that_are_declared_for_type_checkers_only(tmp_path: Path, test: str, imports: str) -> None:
    files = {
        "__init__.py": LAZY.format(test=test, imports=imports), "tools.py": "SLOW = False\nclass Lazy:\n    pass\n", "model.py": MODEL,
        "other.py": "Another = 1\n", "blocks.py": BLOCKS, "broken.py": "from torch.nn import Absent  # for a Block\n",
        "inner/__init__.py": LAZY.replace(".tools", "..tools").format(test="TYPE_CHECKING", imports="from ..blocks import *"),
    }
    assert counted(tmp_path, files) == 16


def test_a_name_that_no_declared_module_has(tmp_path: Path) -> None:
    files = {"__init__.py": LAZY.format(test="TYPE_CHECKING", imports="from .blocks import *"), "tools.py": "SLOW = False\nclass Lazy: pass\n",
             "model.py": MODEL.replace("Block", "Brick"), "blocks.py": BLOCKS}
    assert counted(tmp_path, files) == ["the code raises ImportError: cannot import name 'Brick' from 'package'"]


def test_a_factory_that_definitions_of_its_module_fill(tmp_path: Path) -> None:
    files = {"__init__.py": "", "factory.py": """
        import torch.nn as nn

        class Factory:
            def __init__(self):
                self.parts = {}

            def part(self, name):
                def add(function):
                    self.parts[name] = function
                    return function
                return add

            def __getattr__(self, name):
                if name in self.parts:
                    return self.parts[name]
                return super().__getattribute__(name)

        Layers = Factory()

        @Layers.part("WIDE")
        def wide(size):
            return nn.Linear(size, size)

        @Layers.part("THIN")
        def thin(size):
            return nn.Linear(size, 1)
        """, "model.py": """
        import inspect
        import torch.nn as nn
        from .factory import Layers

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.thin = Layers.THIN(4)
                self.all = nn.ModuleList(part(2) for part in Layers.parts.values())
                if "affine" in inspect.signature(nn.GroupNorm).parameters:
                    self.norm = nn.GroupNorm(1, 2)
        """}
    assert counted(tmp_path, files) == 5 + 6 + 3 + 4


def test_a_folder_that_is_called_like_a_package_is_not_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "other" / "other").mkdir(parents=True)  # a copy of the project, in which the package is
    (tmp_path / "other" / "setup.py").write_text("")
    (tmp_path / "other" / "other" / "__init__.py").write_text("class Block: ...")
    net = tmp_path / "net.py"
    net.write_text(dedent("""
        from torch import nn
        from other import Block
        try:
            from other import fused
        except ImportError:
            fused = None

        def first():
            return nn.Sequential(nn.Linear(2, 3), Block())

        def second():
            return nn.Linear(2, 3 if fused is None else 4)
    """))
    model = evaluate(Session(), str(net), "first()")
    assert [reason.message for reason in model.reasons] == ["the module `other` is not in reach"]
    assert evaluate(Session(), str(net), "second()").params.value == 9


def test_a_class_whose_base_is_out_of_reach_says_so(tmp_path: Path) -> None:
    net = tmp_path / "net.py"
    net.write_text("from elsewhere import Base\nclass Net(Base):\n    pass\n")
    assert [reason.message for reason in evaluate(Session(), str(net), "Net()").reasons] == ["the module `elsewhere` is not in reach"]
