"""Secrets stay where they are: a project under review that tries to read, and show, what lies outside of it."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest
from command import flake8, paramlint

SECRET = "k9-unread-5471"

# Expressions that Python evaluates to a text with the secret. OUTSIDE is the real path of a folder outside of the project.
TEXTS = [
    "open('/proc/self/environ').read()",
    "open('/proc/self/cmdline').read()",
    "open('/proc/thread-self/environ').read()",
    "open('/proc/%s/environ' % 'self').read()",
    "open('proc/self/environ').read()",
    "open('environ').read()",
    "open('OUTSIDE/secrets.txt').read()",
    "open('OUTSIDE/../outside/./secrets.txt').read()",
    "open('//' + 'OUTSIDE/secrets.txt').read()",
    "open('../outside/secrets.txt').read()",
    "open('./../outside/secrets.txt').read()",
    "open('sub/../../outside/secrets.txt').read()",
    "open('link.txt').read()",
    "open('link_of_link.txt').read()",
    "open('relative_link.txt').read()",
    "open('folder/secrets.txt').read()",
    "open('deep/folder/secrets.txt').read()",
    "open('up/outside/secrets.txt').read()",
    "open('hard.txt').read()",
    "open('.git/config').read()",
    "open('.env').read()",
    "open('sub/../.git/config').read()",
    "open(os.path.join(HERE, '.git', 'config')).read()",
    "open(os.path.join(HERE, '..', 'outside', 'secrets.txt')).read()",
    "open(os.path.expanduser('~/secrets.txt')).read()",
    "open(os.path.realpath('link.txt')).read()",
    "open(os.path.abspath('../outside/secrets.txt')).read()",
    "open(Path('OUTSIDE') / 'secrets.txt').read()",
    "(Path('OUTSIDE') / 'secrets.txt').read_text()",
    "(Path(__file__).parent.parent / 'outside' / 'secrets.txt').read_text()",
    "(Path(__file__).parent / 'link.txt').read_text()",
    "Path(__file__).with_name('link.txt').read_text()",
    "(Path.home() / 'secrets.txt').read_text()",
    "Path('link.txt').read_text(encoding='utf-8')",
    "Path('link.txt').resolve().read_text()",
    "Path('link.txt').open().read()",
    "io.open('link.txt').read()",
    "codecs.open('link.txt').read()",
    "'|'.join(open('link.txt').readlines())",
    "'|'.join(line for line in open('OUTSIDE/secrets.txt'))",
    "next(iter(open('OUTSIDE/secrets.txt')))",
    "json.load(open('OUTSIDE/secrets.json'))['token']",
    "json.load(open('link.json'))['token']",
    "json.loads(Path('OUTSIDE/secrets.json').read_text())['token']",
    "yaml.safe_load(open('link.txt'))",
    "linecache.getline('OUTSIDE/secrets.txt', 1)",
    "pkgutil.get_data('folder', 'secrets.txt').decode()",
    "importlib.resources.read_text('folder', 'secrets.txt')",
    "os.environ['PARAMLINT_TEST_TOKEN']",
    "os.environ.get('PARAMLINT_TEST_TOKEN', 'none')",
    "os.getenv('PARAMLINT_TEST_TOKEN')",
    "'|'.join(os.environ)",
    "'|'.join(os.environ.values())",
    "str(dict(os.environ))",
    "os.path.expandvars('$PARAMLINT_TEST_TOKEN')",
    "subprocess.check_output('env').decode()",
    "os.popen('env').read()",
    "'|'.join(os.listdir('OUTSIDE'))",
    "'|'.join(os.listdir('folder'))",
    "'|'.join(os.listdir(os.path.join(HERE, 'folder')))",
    "'|'.join(os.listdir(os.path.join(HERE, '..', 'outside')))",
    "'|'.join(str(x) for x in Path(HERE, 'folder').iterdir())",
    "'|'.join(glob.glob('OUTSIDE/*'))",
    "'|'.join(glob.glob(os.path.join(HERE, 'folder', '*')))",
    "'|'.join(glob.glob(HERE + '/../outside/*'))",
    "'|'.join(e.name for e in os.scandir('OUTSIDE'))",
    "'|'.join(f for _, _, fs in os.walk(os.path.join(HERE, 'folder')) for f in fs)",
    "'|'.join(m.name for m in pkgutil.iter_modules(['OUTSIDE']))",
    "'|'.join(m.name for m in pkgutil.iter_modules([os.path.join(HERE, 'folder')]))",
    "os.readlink('link_to_secret')",
    "os.getcwd()[:0] + open(os.getcwd() + '/../outside/secrets.txt').read()",
    "sys.modules['__main__'].open('link.txt').read()",
    "__builtins__['open']('link.txt').read()",
    "__import__('builtins').open('OUTSIDE/secrets.txt').read()",
    "runpy.run_path('OUTSIDE/mysecrets.py')['TOKEN']",
    "runpy.run_path('link.py')['TOKEN']",
    "spec('OUTSIDE/mysecrets.py').TOKEN",
    "spec('link.py').TOKEN",
    "spec('folder/mysecrets.py').TOKEN",
    "spec(os.path.join(HERE, 'folder', 'mysecrets.py')).TOKEN",
    "spec('.git/hooks/token.py').TOKEN",
    "exec(open('folder/mysecrets.py').read()) or TOKEN",
    "eval(open('link.txt').read())",
]
# Statements that make the name TOKEN the secret.
IMPORTS = [
    "sys.path.append('OUTSIDE')\nfrom mysecrets import TOKEN",
    "sys.path.insert(0, 'OUTSIDE')\nfrom mysecrets import *",
    "sys.path += ['OUTSIDE']\nimport mysecrets\nTOKEN = mysecrets.TOKEN",
    "sys.path = ['OUTSIDE'] + sys.path\nfrom mysecrets import TOKEN",
    "sys.path[:] = ['OUTSIDE']\nfrom mysecrets import TOKEN",
    "sys.path.extend(['OUTSIDE', '/etc'])\nTOKEN = importlib.import_module('mysecrets').TOKEN",
    "sys.path.append('..')\nfrom outside.mysecrets import TOKEN",
    "sys.path.append('../outside')\nfrom mysecrets import TOKEN",
    "sys.path.append(os.path.dirname(HERE))\nfrom outside.mysecrets import TOKEN",
    "sys.path.append(os.path.dirname(HERE))\nTOKEN = __import__('outside.mysecrets', fromlist=['x']).TOKEN",
    "sys.path.append('folder')\nfrom mysecrets import TOKEN",
    "sys.path.append(os.path.join(HERE, 'folder'))\nfrom mysecrets import TOKEN",
    "sys.path.append('up')\nfrom outside.mysecrets import TOKEN",
    "sys.path.append('/')\nfrom ROOTED.mysecrets import TOKEN",
    "from folder.mysecrets import TOKEN",
    "from folder import mysecrets\nTOKEN = mysecrets.TOKEN",
    "from deep.folder.mysecrets import TOKEN",
    "import link\nTOKEN = link.TOKEN",
    "from link import TOKEN",
    "from .link import TOKEN",
    "from package.inner import TOKEN",
    "import package\npackage.__path__.append('OUTSIDE')\nfrom package.mysecrets import TOKEN",
    "import package\npackage.__path__ = ['OUTSIDE']\nTOKEN = importlib.import_module('package.mysecrets').TOKEN",
    "import package\npackage.__path__ = pkgutil.extend_path(package.__path__ + ['OUTSIDE'], 'package')\nfrom package.mysecrets import TOKEN",
    "from ..outside.mysecrets import TOKEN",
    "from ...outside.mysecrets import TOKEN",
    "from .. import outside\nTOKEN = outside.mysecrets.TOKEN",
    "TOKEN = importlib.import_module('OUTSIDE/mysecrets').TOKEN",
    "TOKEN = importlib.import_module('../outside/mysecrets').TOKEN",
    "TOKEN = importlib.import_module('..outside.mysecrets', 'package').TOKEN",
    "TOKEN = importlib.import_module('folder/mysecrets').TOKEN",
    "TOKEN = __import__('../outside/mysecrets').TOKEN",
    "TOKEN = __import__('link').TOKEN",
    "import site\nsite.addsitedir('OUTSIDE')\nfrom mysecrets import TOKEN",
    "runpy.run_module('folder.mysecrets')\nTOKEN = runpy.run_module('folder.mysecrets')['TOKEN']",
    "import adds\nfrom mysecrets import TOKEN",
]
HEAD = """
import codecs, glob, importlib, importlib.util, io, json, linecache, os, pkgutil, runpy, subprocess, sys
from pathlib import Path

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))


def spec(path):
    found = importlib.util.spec_from_file_location("found", path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


"""
USE = """

class Named(nn.Module):
    def __init__(self):
        super().__init__()
        for line in str(TOKEN).split("\\0"):
            self.add_module("k_" + line.replace(".", "_"), nn.Linear(1, 1))


class Raised(nn.Module):
    def __init__(self):
        super().__init__()
        raise ValueError(TOKEN)


class Shown(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(TOKEN, 1)


class Key(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear({}[TOKEN], 1)


class Length(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ModuleDict({TOKEN: nn.Conv1d(2, 3, TOKEN)})
        self.b = getattr(self, TOKEN)


nn.Linear(TOKEN, -1)
nn.Linear(3, len(TOKEN) - 1000)
"""

NAMED = """
from torch import nn
from mysecrets import TOKEN


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module("k_" + TOKEN, nn.Linear(1, 1))
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with links that lead out of it, beside a folder of secrets."""
    outside, project = tmp_path / "outside", tmp_path / "project"
    for folder in (outside, project / ".git" / "hooks", project / "deep", project / "sub", project / "package"):
        folder.mkdir(parents=True)
    (outside / "secrets.txt").write_text(f"{SECRET}\n")
    (outside / "secrets.json").write_text(f'{{"token": "{SECRET}"}}')
    (outside / "mysecrets.py").write_text(f'TOKEN = "{SECRET}"\n')
    (outside / f"{SECRET}.py").write_text("")
    (project / ".git" / "config").write_text(f"extraheader = AUTHORIZATION: basic {SECRET}\n")
    (project / ".git" / "hooks" / "token.py").write_text(f'TOKEN = "{SECRET}"\n')
    (project / ".env").write_text(f"TOKEN={SECRET}\n")
    links = {"link.txt": outside / "secrets.txt", "link_of_link.txt": "link.txt", "relative_link.txt": "../outside/secrets.txt", "folder": outside,
             "deep/folder": "../../outside", "up": "..", "link.json": outside / "secrets.json", "link.py": outside / "mysecrets.py",
             "package/inner.py": outside / "mysecrets.py"}
    for name, target in links.items():
        (project / name).symlink_to(target)
    os.link(outside / "secrets.txt", project / "hard.txt")
    (project / "package" / "__init__.py").write_text("")
    (project / "adds.py").write_text(f"import sys\nsys.path.append({str(outside)!r})\n")
    monkeypatch.setenv("PARAMLINT_TEST_TOKEN", SECRET)
    monkeypatch.setenv("HOME", str(outside))
    return project


def shown(project: Path, source: str) -> str:
    """All that paramlint says of a file."""
    text = dedent(HEAD) + source + USE
    outside = str(project.parent / "outside")
    (project / "x.py").write_text(text.replace("OUTSIDE", outside).replace("ROOTED", outside[1:].replace("/", ".").replace("-", "_")))
    runs = [("summary", "x.py"), ("summary", "x.py", "--format", "json", "--explain"), ("summary", "x.py::TOKEN"), ("layers", "x.py"),
            ("check", "x.py", "--select", "ALL", "--max-model-params", "1")]
    done = [paramlint(*run, cwd=project) for run in runs]
    assert all(run.returncode in (0, 1, 2) and "bug in paramlint" not in run.stdout + run.stderr for run in done)
    return "".join(run.stdout + run.stderr for run in done)


@pytest.mark.parametrize("marked", [True, False], ids=["repository", "folder"])
@pytest.mark.parametrize("text", TEXTS)
def test_texts_outside_are_not_read(project: Path, text: str, marked: bool) -> None:
    if not marked:
        (project / ".git").rename(project / ".hg")
    assert SECRET not in shown(project, f"TOKEN = {text}\n")


@pytest.mark.parametrize("marked", [True, False], ids=["repository", "folder"])
@pytest.mark.parametrize("package", [False, True], ids=["script", "package"])
@pytest.mark.parametrize("statements", IMPORTS)
def test_modules_outside_are_not_read(project: Path, statements: str, marked: bool, package: bool) -> None:
    if not marked:
        (project / ".git").rename(project / ".hg")
    if package:
        (project / "__init__.py").write_text("")
    assert SECRET not in shown(project, f"{statements}\n")


def test_what_lies_in_the_project_is_read(project: Path) -> None:
    (project / "sizes.json").write_text('{"token": "fine-in-here"}')
    (project / "sub" / "inner.py").write_text('TOKEN = "fine-in-sub"\n')
    (project / "near.json").symlink_to("sizes.json")
    assert "fine-in-here" in shown(project, "TOKEN = json.load(open('sizes.json'))['token']\n")
    assert "fine-in-here" in shown(project, "TOKEN = json.load(open('near.json'))['token']\n")
    assert "fine-in-sub" in shown(project, "sys.path.append(os.path.join(HERE, 'sub'))\nfrom inner import TOKEN\n")


def test_folders_that_the_command_line_names_are_read_for_modules_alone(project: Path) -> None:
    (project / "x.py").write_text(NAMED)
    assert SECRET not in paramlint("summary", "x.py", cwd=project).stdout
    assert SECRET in paramlint("summary", "x.py", "--search-path", "../outside", cwd=project).stdout
    assert SECRET in paramlint("summary", "x.py", "--site-packages", "../outside", cwd=project).stdout
    (project / "x.py").write_text(NAMED.replace("from mysecrets import TOKEN", "TOKEN = open('../outside/secrets.txt').read()"))
    assert SECRET not in paramlint("summary", "x.py", "--search-path", "../outside", cwd=project).stdout


@pytest.mark.parametrize("key", ["search-path", "site-packages"])
@pytest.mark.parametrize("place", ["{outside}", "../outside", "sub/../../outside", "folder", "up/outside", "~", "/proc/self", "up"])
def test_a_configuration_names_no_folder_outside(project: Path, key: str, place: str) -> None:
    place = place.format(outside=project.parent / "outside")
    (project / "x.py").write_text(NAMED)
    value = f'["{place}"]' if key == "search-path" else f'"{place}"'
    (project / "pyproject.toml").write_text(f"[tool.paramlint]\n{key} = {value}\n")
    for command in (("check", "."), ("layers", "x.py"), ("summary", "x.py"), ("check", "x.py", "--config", "pyproject.toml")):
        done = paramlint(*command, cwd=project)
        assert done.returncode == 2 and SECRET not in done.stdout + done.stderr
        assert f"{key}: " in done.stderr and "--trust-config" in done.stderr and done.stderr.count("\n") == 1
    if place not in ("/proc/self", "up", "up/outside"):
        assert SECRET in paramlint("summary", "x.py", "--trust-config", cwd=project).stdout


def test_a_configuration_names_no_model_outside(project: Path) -> None:
    (project / "x.py").write_text("from torch import nn\n")
    for target in ("../outside/mysecrets.py", "link.py::TOKEN", "folder/mysecrets.py", "package/inner.py"):
        (project / "pyproject.toml").write_text(f'[tool.paramlint]\n[[tool.paramlint.models]]\ntarget = "{target}"\n')
        done = paramlint("check", ".", cwd=project)
        assert done.returncode == 2 and "models: " in done.stderr and SECRET not in done.stderr


def test_a_configuration_that_is_a_link_is_not_shown(project: Path) -> None:
    outside = project.parent / "outside"
    (project / "x.py").write_text("from torch import nn\n")
    for text in (f"token-{SECRET} = 1\n", f'ignore = ["{SECRET}"]\n', f"= {SECRET}", f'select = "{SECRET} paramlint"\n'):
        (outside / "credentials").write_text(text)
        (project / "paramlint.toml").unlink(missing_ok=True)
        (project / "paramlint.toml").symlink_to(outside / "credentials")
        done = paramlint("check", ".", cwd=project)
        assert done.returncode == 2 and "leads out of the project" in done.stderr and SECRET not in done.stdout + done.stderr
    (project / "paramlint.toml").unlink()
    (outside / "pyproject.toml").write_text("[tool.ruff]\n")
    (project / "pyproject.toml").symlink_to(outside / "pyproject.toml")  # says nothing about us
    assert paramlint("check", "x.py", cwd=project).returncode == 0


def test_links_to_sources_do_not_lead_out(project: Path) -> None:
    (project.parent / "outside" / "credentials").write_text(f"password: {SECRET}\ntorch.nn.Linear( {SECRET}\n")
    (project / "stolen.py").symlink_to("../outside/credentials")
    for command in (("check", "."), ("check", "stolen.py"), ("layers", "."), ("layers", "stolen.py"), ("summary", "stolen.py"), ("summary", ".")):
        done = paramlint(*command, cwd=project)
        assert SECRET not in done.stdout + done.stderr
        assert "outside of the project" in done.stdout + done.stderr, command


def test_a_file_elsewhere_has_a_root_of_its_own(project: Path) -> None:
    other = project.parent / "other"
    (other / "sub").mkdir(parents=True)
    (other / "names.txt").write_text("of-the-other")
    (other / ".git").mkdir()
    text = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n" \
           "        self.add_module(open('PLACE').read(), nn.Linear(1, 1))\n"
    (other / "sub" / "net.py").write_text(text.replace("PLACE", "../names.txt"))
    assert "of-the-other" in paramlint("summary", "../other/sub/net.py", cwd=project).stdout
    (project / "mine.txt").write_text(SECRET)
    (other / "sub" / "net.py").write_text(text.replace("PLACE", str(project / "mine.txt")))
    assert SECRET not in paramlint("summary", "../other/sub/net.py", cwd=project).stdout


def test_the_home_folder_is_no_project_by_its_looks(project: Path) -> None:
    home = project.parent / "outside"
    (home / "README.md").write_text("")
    (home / "downloads").mkdir()
    (home / "downloads" / "net.py").write_text(
        NAMED.replace("from mysecrets import TOKEN", "TOKEN = open('../secrets.txt').read()"))
    for cwd in (home, home / "downloads"):
        assert SECRET not in paramlint("summary", str(home / "downloads" / "net.py"), cwd=cwd).stdout
    (home / "net.py").write_text((home / "downloads" / "net.py").read_text().replace("../", ""))
    (home / "parts.py").write_text("size = 5\n")
    (home / "other.py").write_text("import parts\nfrom torch import nn\nnet = nn.Linear(parts.size, 1)\n")
    for cwd in (home, project):
        assert SECRET not in paramlint("summary", str(home / "net.py"), cwd=cwd).stdout
        assert "(exact)" in paramlint("summary", f"{home}/other.py::net", cwd=cwd).stdout


def test_links_to_ignore_files_do_not_lead_out(project: Path) -> None:
    (project.parent / "outside" / "patterns").write_text(f"x.py\n[z-a{SECRET}]\n" * 20_000)
    (project / ".gitignore").symlink_to("../outside/patterns")
    (project / "x.py").write_text("from torch import nn\nnn.Linear(-1, 2)\n")
    done = paramlint("check", ".", cwd=project)
    assert SECRET not in done.stdout + done.stderr and "PRM201" in done.stdout and "outside of the project" in done.stdout


def test_a_list_of_targets_in_a_project_does_not_lead_out(project: Path) -> None:
    elsewhere = project.parent / "mine.txt"
    for target in ("../outside/mysecrets.py::TOKEN", f"{project.parent}/outside/mysecrets.py", "folder/mysecrets.py::TOKEN"):
        for place in (project / "list.txt", elsewhere):
            place.write_text(f"{target}\n")
        done = paramlint("summary", "--targets-from", "list.txt", cwd=project)
        assert done.returncode == 2 and "leads out of the project" in done.stderr and SECRET not in done.stdout + done.stderr
        assert "leads out" not in paramlint("summary", "--targets-from", "list.txt", "--trust-config", cwd=project).stderr
        assert "leads out" not in paramlint("summary", "--targets-from", str(elsewhere), cwd=project).stderr  # of the person's own


@pytest.mark.parametrize("key", ["search-path", "site-packages"])
def test_flake8_takes_folders_outside_from_its_command_line_alone(project: Path, key: str) -> None:
    (project / "x.py").write_text("from torch import nn\nfrom mysecrets import TOKEN\nnn.Linear(TOKEN, -1)\n")
    quiet = flake8("x.py", cwd=project)
    (project / "tox.ini").write_text(f"[flake8]\n{key} = {project.parent / 'outside'}\n")
    done = flake8("x.py", cwd=project)
    assert SECRET not in done.stdout + done.stderr
    assert key in done.stdout and "leads out of the project" in done.stdout and f"--{key}" in done.stdout
    (project / "tox.ini").unlink()
    assert "leads out" not in flake8(f"--{key}", project.parent / "outside", "x.py", cwd=project).stdout
    assert "PRM201" in quiet.stdout
