"""Folders of scripts: imports that the scripts' own edits of ``sys.path`` make possible, modules by name, files beside the code."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from paramlint.analysis.session import Session
from paramlint.analysis.targets import evaluate

NET = """
    import torch.nn as nn
    from parts import Part  # beside this file

    class Net(nn.Module):
        def __init__(self, width=4):
            super().__init__()
            self.part = Part(width)
"""
PART = """
    import torch.nn as nn

    class Part(nn.Linear):
        def __init__(self, width):
            super().__init__(width, 2)
"""
OPTIONS = """
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="net")
    args = parser.parse_args()
"""


def counted(folder: Path, files: dict[str, str], target: str = "train.py::model") -> object:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    path, _, expression = target.partition("::")
    model = evaluate(Session(), str(folder / path), expression)
    return model.params.value if model.params.exact and model.root is not None else [reason.message for reason in model.reasons]


@pytest.mark.parametrize("edit", [
    "sys.path.append('core')",
    "sys.path.insert(0, './core/')",
    "sys.path.extend(['nowhere', 'core'])",
    "sys.path += ['core']",
    "sys.path = ['core'] + sys.path",
    "sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'core'))",
    "HERE = os.path.dirname(os.path.realpath(__file__))\n    ROOT = HERE\n    sys.path.append(os.path.join(ROOT, 'core'))",
    "sys.path.append(str(Path(__file__).resolve().parent / 'core'))",
    "if 'core' not in sys.path:\n        sys.path.insert(0, 'core')",
    "if os.environ['HOME'] == '/x':\n        sys.path.append('core')",
])
def test_folders_that_a_script_adds(tmp_path: Path, edit: str) -> None:
    files = {"core/net.py": NET, "core/parts.py": PART, "train.py": f"""
    import os
    import sys
    from pathlib import Path
    {edit}
    from net import Net
    model = Net()
    """}
    assert counted(tmp_path, files) == 10


@pytest.mark.parametrize("imported", [
    "import net\n    model = net.Net()",
    "from net import *\n    model = Net()",
    "import importlib\n    model = importlib.import_module(args.model).Net()",
    "from importlib import import_module\n    model = getattr(import_module(args.model), 'Net')()",
    "model = __import__(args.model).Net()",
    "try:\n        from net import Net\n    except ImportError:\n        Net = None\n    model = Net()",
    "def build():\n        import net\n        return net.Net()\n    model = build()",
])
def test_a_module_that_adds_the_folder(tmp_path: Path, imported: str) -> None:
    init = """
    import os.path as osp
    import sys

    def add_path(path):
        if path not in sys.path:
            sys.path.insert(0, path)

    add_path(osp.join(osp.dirname(__file__), '..', 'lib'))
    """
    files = {"README.md": "", "lib/net.py": NET, "lib/parts.py": PART, "tools/_init_paths.py": init, "tools/options.py": OPTIONS,
             "tools/train.py": f"import _init_paths\n    from options import args\n    {imported}\n"}
    assert counted(tmp_path, {**files, "tools/train.py": dedent("    " + files["tools/train.py"])}, "tools/train.py::model") == 10


def test_the_last_folder_that_is_put_in_front_wins(tmp_path: Path) -> None:
    files = {"a/parts.py": PART, "b/parts.py": PART.replace("(width, 2)", "(width, 3)"), "train.py": """
    import sys
    sys.path.insert(0, 'b')
    sys.path.append('a')
    from parts import Part
    model = Part(4)
    """}
    assert counted(tmp_path, files) == 15


def test_a_folder_is_added_for_the_files_that_say_so(tmp_path: Path) -> None:
    files = {"core/parts.py": PART, "train.py": "import sys\nsys.path.append('core')\nfrom parts import Part\nmodel = Part(4)\n",
             "other.py": "from parts import Part\nmodel = Part(4)\n"}
    assert counted(tmp_path, files) == 10
    session = Session()
    assert evaluate(session, str(tmp_path / "train.py"), "model").params.value == 10
    assert evaluate(session, str(tmp_path / "other.py"), "model").status == "unknown"


@pytest.mark.parametrize("sign", ["README.md", "LICENSE", "requirements.txt", "environment.yml"])
def test_a_folder_that_was_unpacked_is_a_project(tmp_path: Path, sign: str) -> None:
    files = {sign: "", "models/net.py": NET.replace("from parts", "from utils.parts"), "utils/parts.py": PART}
    assert counted(tmp_path, files, "models/net.py::Net") == 10


def test_dunder_import_of_a_submodule(tmp_path: Path) -> None:
    files = {"lib/net.py": NET.replace("from parts", "from lib.parts"), "lib/parts.py": PART, "train.py": """
    whole = __import__('lib.net')
    part = __import__('lib.parts', fromlist=['Part'])
    import torch.nn as nn
    model = nn.Sequential(whole.net.Net(), part.Part(2))
    """}
    assert counted(tmp_path, files) == 16


CONFIGURED = """
    import json
    import os
    from pathlib import Path
    import torch.nn as nn

    class AttrDict(dict):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.__dict__ = self

    def build(h):
        return nn.Sequential(*[nn.Linear(a, b) for a, b in zip(h["widths"], h["widths"][1:])])

    HERE = os.path.dirname(os.path.abspath(__file__))
"""


@pytest.mark.parametrize("made", [
    "build(json.load(open('config.json')))",
    "build(AttrDict(json.loads(open(os.path.join(HERE, 'config.json')).read())))",
    "build(json.loads((Path(__file__).parent / 'config.json').read_text()))",
    "build({'widths': [int(line) for line in open('widths.txt') if line.strip() and not line.startswith('#')]})",
])
def test_configurations_beside_the_code(tmp_path: Path, made: str) -> None:
    files = {"train.py": CONFIGURED, "config.json": '{"widths": [2, 3, 4], "name": "x"}', "widths.txt": "# widths\n2\n3\n\n4\n"}
    assert counted(tmp_path, files, f"train.py::{made}") == 25


def test_a_file_that_is_read_in_a_block_below_the_root(tmp_path: Path) -> None:
    load = "\n    def load(path='configs/small.json'):\n        with open(path) as f:\n            data = json.load(f)\n        return build(AttrDict(data))\n"
    files = {"tools/train.py": CONFIGURED + load, "configs/small.json": '{"widths": [2, 3, 4]}', "README.md": ""}
    assert counted(tmp_path, files, "tools/train.py::load") == 25
    session = Session()
    notes = [reason.message for reason in evaluate(session, str(tmp_path / "tools" / "train.py"), "load").reasons]
    assert notes == ["`configs/small.json` is read as it stands beside the code"]


@pytest.mark.parametrize("made", [
    "build(json.load(open('missing.json')))",
    "build(json.load(open('../config.json')))",
    "build(json.load(open('config.json', 'rb')))",
    "build(json.load(open('config.json', 'r+')))",
    "build([json.load(f) for f in [open('config.json')] for _ in range(2)][1])",
])
def test_files_that_are_not_read(tmp_path: Path, made: str) -> None:
    files = {"project/train.py": CONFIGURED, "config.json": '{"widths": [2, 3, 4]}'}
    if "missing" not in made and ".." not in made:
        files["project/config.json"] = files["config.json"]
    assert isinstance(counted(tmp_path, files, f"project/train.py::{made}"), list)


def test_a_file_in_a_package_that_imports_its_neighbours(tmp_path: Path) -> None:
    files = {"core/__init__.py": "", "core/net.py": NET, "core/parts.py": PART, "README.md": ""}
    assert counted(tmp_path, files, "core/net.py::Net") == 10


def test_a_file_that_is_called_as_what_it_imports(tmp_path: Path) -> None:
    files = {"core/__init__.py": "", "core/clip.py": "import clip\nmodel = clip.load()\n", "README.md": ""}
    assert counted(tmp_path, files, "core/clip.py::model") == ["the module `clip` is not in reach"]


def test_a_configurator_that_is_executed(tmp_path: Path) -> None:
    files = {"configurator.py": "import sys\nfor arg in sys.argv[1:]:\n    key, value = arg.split('=')\n    globals()[key] = int(value)\n", "train.py": """
    import torch.nn as nn
    n_in = 4
    n_out = 2
    config_keys = [k for k, v in globals().items() if not k.startswith('_') and isinstance(v, (int, float, bool, str))]
    exec(open('configurator.py').read())
    config = {k: globals()[k] for k in config_keys}
    late = 7
    model = nn.Linear(config['n_in'], n_out * len(config))
    """}
    assert counted(tmp_path, files) == 20
    files["configurator.py"] = "n_in = 3\n"
    assert counted(tmp_path, files) == 16
    files["configurator.py"] = "def more():\n    return 3\nn_in = more()\n"
    assert counted(tmp_path, files) == 16


_GUARDED = """
    from torch import nn
    try:
        from .x import n
    except ImportError:
        n = 5
    net = nn.Linear(n, 3)
"""


@pytest.mark.parametrize(("files", "target", "wanted"), [
    ({"m.py": _GUARDED, "x.py": "n = 7"}, "m.py::net", 18),  # no package: the fallback
    ({"pkg/__init__.py": "", "pkg/m.py": _GUARDED, "pkg/x.py": "n = 7"}, "pkg/m.py::net", 24),
    ({"LICENSE": "", "models/m.py": _GUARDED, "models/x.py": "n = 7"}, "models/m.py::net", ["whether the folder of the file is imported as a package"]),
    ({"LICENSE": "", "models/m.py": "from torch import nn\nfrom .x import n\nnet = nn.Linear(n, 3)", "models/x.py": "n = 7"}, "models/m.py::net", 24),
    ({"m.py": "from torch import nn\nfrom . import x\nnet = nn.Linear(x.n, 3)", "x.py": "n = 7"}, "m.py::net",
     ["the code raises ImportError: attempted relative import with no known parent package"]),
])
def test_relative_imports_need_a_package(tmp_path: Path, files: dict[str, str], target: str, wanted: object) -> None:
    assert counted(tmp_path, files, target) == wanted
