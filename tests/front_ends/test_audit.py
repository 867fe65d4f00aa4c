"""An audit hook of the interpreter watches every command on a hostile program: nothing of it is executed, started, sent, written or imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEVER = {"torch", "keras", "numpy", "tensorflow", "paddle", "yaml", "setup", "conftest", "sitecustomize", "pickle5"}  # modules that are not imported
MARK = "hostile-k7"  # in every name that the program would import, run, write or connect to
PROGRAM = f'''
import ctypes, importlib, os, pickle, shutil, socket, subprocess, sys, tempfile, threading, urllib.request
import hostile_k7_helper
import torch
from torch import nn

exec("import hostile_k7_executed")
eval("__import__('hostile_k7_evaluated')")
compile("hostile_k7_compiled = 1", "{MARK}-compiled", "exec")
importlib.import_module("hostile_k7_module")
__import__("hostile_k7_dunder")
os.system("touch {MARK}-system")
os.popen("touch {MARK}-popen").read()
subprocess.run(["touch", "{MARK}-run"])
subprocess.Popen("touch {MARK}-shell", shell=True)
os.execv("/bin/true", ["{MARK}"])
os.fork()
os.kill(os.getppid(), 9)
open("{MARK}-written", "w").write("x")
open("{MARK}-appended", "a")
os.mkdir("{MARK}-made")
os.remove("keep.txt")
shutil.rmtree(".")
os.rename("keep.txt", "{MARK}-renamed")
os.symlink("/etc", "{MARK}-linked")
os.chmod("keep.txt", 0)
os.putenv("HOSTILE", "{MARK}")
os.environ["HOSTILE"] = "{MARK}"
os.chdir("/")
tempfile.NamedTemporaryFile(prefix="{MARK}")
socket.create_connection(("{MARK}.invalid", 80))
urllib.request.urlopen("http://{MARK}.invalid/")
torch.hub.load("{MARK}/x", "y")
torch.load("weights.pt")
pickle.load(open("weights.pt", "rb"))
pickle.loads(b"cos\\nsystem\\n(S'touch {MARK}-pickled'\\ntR.")
ctypes.CDLL("./{MARK}.so")
threading.Thread(target=lambda: os.system("touch {MARK}-thread")).start()
sys.setrecursionlimit(10)
sys.settrace(print)
sys.path.insert(0, "{MARK}-path")
sys.modules["paramlint.api"] = None
sys.exit("{MARK}")


class Meta(type):
    def __new__(cls, name, bases, space):
        os.system("touch {MARK}-metaclass")
        return super().__new__(cls, name, bases, space)


class Net(nn.Module, metaclass=Meta):
    def __init__(self, size=os.system("touch {MARK}-default")):
        super().__init__()
        os.system("touch {MARK}-init")
        self.a = nn.Linear(2, 3)
        self.b = nn.Linear(-1, 3)

    def forward(self, x):
        open("{MARK}-forward", "w").write("x")
        return self.a(x)

    def __del__(self):
        os.system("touch {MARK}-deleted")

    def __reduce__(self):
        return os.system, ("touch {MARK}-reduced",)


@os.system
def decorated():
    pass


net = Net()
net(torch.zeros(1, 2))  # paramlint: input=(1, 2)
torch.save(net, "{MARK}-saved")
'''
HOOK = '''
import json, os, sys
record = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)  # which processes that are forked have, too
active = False

def shown(arg):
    return f"{arg.co_filename} {arg.co_names} {arg.co_consts}" if hasattr(arg, "co_consts") else ascii(arg)

def hook(event, args):
    if active and event in WATCHED:
        caller = sys._getframe(1).f_code.co_filename
        os.write(record, (json.dumps([event, caller, [shown(arg)[:500] for arg in args]]) + "\\n").encode())

WATCHED = {"exec", "compile", "import", "open", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.fork",
           "os.forkpty", "os.kill", "os.killpg", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
           "os.chown", "os.utime", "os.putenv", "os.unsetenv", "os.chdir", "shutil.rmtree", "shutil.copyfile", "shutil.move", "tempfile.mkstemp",
           "tempfile.mkdtemp", "socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request",
           "ctypes.dlopen", "pickle.find_class", "marshal.loads", "code.__new__", "sys.settrace", "sys.setprofile", "pty.spawn", "mmap.__new__",
           "ftplib.connect", "http.client.connect", "smtplib.connect", "webbrowser.open", "glob.glob"}
sys.addaudithook(hook)
'''
PARAMLINT = HOOK + '''
from paramlint.__main__ import main
active = True
code = main(sys.argv[2:])
active = False
sys.exit(code)
'''
FLAKE8 = HOOK + '''
from flake8.main.cli import main
active = True
code = main(sys.argv[2:])
active = False
sys.exit(code)
'''
COMMANDS = [
    ("check", "."), ("check", ".", "--select", "ALL", "--max-model-params", "1", "--max-model-macs", "1", "--format", "sarif"),
    ("check", "net.py", "--format", "json"), ("layers", "."), ("layers", "net.py", "--format", "json"), ("summary", "net.py"),
    ("summary", "net.py::Net()", "--input", "1,2", "--explain", "--convention", "fvcore"), ("summary", ".", "--format", "markdown"),
    ("summary", "net.py::os.system('touch hostile-k7-target')"), ("summary", "net.py::exec('import hostile_k7_target')", "--format", "csv"),
    ("summary", "--targets-from", "list.txt", "--format", "jsonl"), ("rule", "PRM101"), ("rule", "--all", "--format", "json"),
    ("check", ".", "--search-path", ".", "--site-packages", "."), ("--help",),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose every file would leave a trace if it were run."""
    folder = tmp_path_factory.mktemp("audited")
    (folder / "net.py").write_text(PROGRAM)
    for name in ("helper", "executed", "evaluated", "module", "dunder", "target"):
        (folder / f"hostile_k7_{name}.py").write_text(f"import os\nos.system('touch {MARK}-{name}')\nfrom torch import nn\nnn.Linear(-1, 2)\n")
    traps = ("torch", "sitecustomize", "conftest", "setup", "click", "json", "encodings", "paramlint_plugin", "libcst", "msgspec", "regex", "yaml")
    for name in traps:  # modules that Python or a tool would import by their names
        (folder / f"{name}.py").write_text(f"import os\nos.system('touch {MARK}-{name}')\n")
    (folder / "list.txt").write_text("net.py::Net()\nnet.py\n")
    (folder / "keep.txt").write_text("kept")
    (folder / "weights.pt").write_bytes(b"cos\nsystem\n(S'touch hostile-k7-weights'\ntR.")
    (folder / "pyproject.toml").write_text('[tool.paramlint]\nsearch-path = ["."]\n[[tool.paramlint.models]]\ntarget = "net.py::Net()"\nparams = 3\n')
    return folder


Event = tuple[str, str, list[str]]  # its name, the file of the code that it comes from, what it is about


def watched(script: str, project: Path, output: Path, *arguments: str) -> tuple[int, list[Event]]:
    """The exit code of a command in a fresh process, and what the interpreter's audit hook has seen of it and of the processes that it forks."""
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-P", "-B", "-c", script, str(output), *arguments], cwd=project, env=environment, capture_output=True,
                          text=True, check=False, timeout=300)
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before, "the project has changed"
    assert "bug in paramlint" not in done.stderr and "Traceback" not in done.stderr, done.stderr
    return done.returncode, [(event, caller, given) for event, caller, given in map(json.loads, output.read_text().splitlines())]


def wrong(events: list[Event], project: Path, *, allowed: frozenset[str] = frozenset()) -> list[Event]:
    """The events that may belong to the analysed code: anything but reading its files, and running what is installed."""
    return [(event, caller, given) for event, caller, given in events if event not in allowed and _is_wrong(event, caller, given, project)]


def _is_wrong(event: str, caller: str, given: list[str], project: Path) -> bool:
    text = " ".join(given)
    if event == "open":
        mode, flags = given[1], given[2]
        return any(letter in mode for letter in "wax+") or bool(int(flags) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    if event == "exec":  # of a module that is installed, or of a text of the standard library's own, such as a named tuple's
        made = text.startswith("<") and not text.startswith("<frozen")
        return MARK in text or "hostile_k7" in text or str(project) in text or (made and caller.startswith(str(ROOT / "paramlint")))
    if event == "import":
        return "hostile_k7" in text or given[0].strip("'").partition(".")[0] in NEVER or str(project) in given[1]
    return event not in ("compile", "marshal.loads", "code.__new__")  # parsing, and cached modules of what is installed: "exec" shows what is run


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_do_nothing_of_the_analysed_code(project: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    code, events = watched(PARAMLINT, project, tmp_path / "events.txt", *command)
    assert code in (0, 1, 2) and events and not wrong(events, project)


def test_the_flake8_plugin_does_nothing_of_the_analysed_code(project: Path, tmp_path: Path) -> None:
    _, events = watched(FLAKE8, project, tmp_path / "events.txt", "--jobs", "1", "--select", "PRM", "--max-model-params", "1", "net.py")
    assert events and not wrong(events, project)


@pytest.mark.parametrize("command", [("check", "."), ("summary", "."), ("layers", ".")], ids=" ".join)
def test_processes_do_nothing_of_the_analysed_code(project: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    _, events = watched(PARAMLINT, project, tmp_path / "events.txt", *command, "--jobs", "2")
    ours = frozenset({"os.fork", "os.kill", "socket.__new__", "pickle.find_class"})  # processes of paramlint, and the pipes between them
    assert not wrong(events, project, allowed=ours)
    classes = {" ".join(given) for event, _, given in events if event == "pickle.find_class"}
    assert all(name.startswith(("'paramlint.", "'builtins'", "'msgspec", "'collections'")) for name in classes), classes


def test_the_watch_sees_what_it_has_to(project: Path, tmp_path: Path) -> None:
    doing = "exec(compile('hostile_k7 = 1', 'x', 'exec'))\nimport socket\nsocket.socket().close()\nos.mkdir(sys.argv[1] + 'd')\n" \
            "open(sys.argv[1] + 'x', 'w').close()\nos.system('true')\nimport yaml\n"
    _, events = watched(HOOK + "sys.modules['yaml'] = sys\nactive = True\n" + doing, project, tmp_path / "events.txt")
    assert {"open", "os.mkdir", "socket.__new__", "exec", "os.system"} <= {event for event, _, _ in wrong(events, project)}
