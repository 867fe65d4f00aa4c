"""Random programs of several modules that change each other: what CPython makes of them against what is read from their source.

    python tests/interpreter/module_programs.py COUNT SEED

prints the programs that differ and what came of all of them.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

NAMES = ("main", "pkg", "pkg.one", "pkg.two", "helper", "config")
RUN = "import sys\nsys.path.insert(0, '.')\nimport main\nprint(main.n)\n"


class Program:
    """One program: the text of each module by its dotted name."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: dict[str, list[str]] = {name: [] for name in NAMES}
        self.bound: dict[str, dict[str, str]] = {name: {} for name in NAMES}  # by module: names with the kind of what they stand for
        self.count = 0
        order = ["config", "helper", "pkg", "pkg.one", "pkg.two"]
        self.random.shuffle(order)
        for name in order:
            self._module(name, self.random.randint(3, 7))
        self._module("main", self.random.randint(6, 12))
        self.lines["main"].append(f"n = 1 + abs({self._number('main')} * 7 + {self._number('main')}) % 1000")
        self.lines["main"] += ["from torch import nn", "net = nn.Linear(n, 1)"]

    def files(self) -> dict[str, str]:
        found = {f"{name.replace('.', '/')}.py": "\n".join(lines) + "\n" for name, lines in self.lines.items() if name != "pkg"}
        return {**found, "pkg/__init__.py": "\n".join(self.lines["pkg"]) + "\n"}

    def _module(self, name: str, statements: int) -> None:
        for _ in range(statements):
            self.random.choice(self._kinds(name))(name)

    def _kinds(self, name: str) -> list:  # type: ignore[type-arg]
        kinds = [self._constant, self._list, self._function, self._class, self._import, self._import, self._change, self._change, self._rebind,
                 self._flow, self._decorated, self._guard, self._delete]
        return kinds + [self._import] * 4 if name == "main" else kinds

    def _new(self, kind: str, module: str) -> str:
        self.count += 1
        name = f"{kind}{self.count}"
        self.bound[module][name] = kind
        return name

    def _some(self, module: str, *kinds: str) -> str | None:
        found = [name for name, kind in self.bound[module].items() if kind in kinds]
        return self.random.choice(found) if found else None

    def _number(self, module: str) -> str:
        options = [str(self.random.randint(1, 9))]
        for name, kind in self.bound[module].items():
            options += {"num": [name] * 2, "seq": [f"len({name})", f"sum({name})"], "fun": [f"{name}()"], "cls": [f"{name}.size", f"{name}().size"],
                        "obj": [f"{name}.size"], "mod": [f"len([k for k in dir({name}) if k[0] != '_'])"] * 0}.get(kind, [])
        return self.random.choice(options)

    # Statements --------------------------------------------------------------------------------------------------

    def _add(self, module: str, text: str) -> None:
        self.lines[module] += text.split("\n")

    def _constant(self, module: str) -> None:
        value = self._number(module)
        self._add(module, f"{self._new('num', module)} = {value}")

    def _list(self, module: str) -> None:
        value = self._number(module)
        self._add(module, f"{self._new('seq', module)} = [{value}, 2]")

    def _function(self, module: str) -> None:
        held, number = self._some(module, "seq"), self._some(module, "num")
        body = []
        if held and self.random.random() < 0.6:
            body.append(f"    {held}.append({self._number(module)})" if self.random.random() < 0.7 else f"    {held}[0] += 3")
        if number and self.random.random() < 0.5:
            body = [f"    global {number}", *body, f"    {number} = {number} + 2"]
        value = self._number(module)
        name = self._new("fun", module)
        self._add(module, "\n".join([f"def {name}(a={self._number(module)}):", *body, f"    return a + {value}"]))

    def _class(self, module: str) -> None:
        base = self._some(module, "cls")
        held = self._some(module, "seq")
        hook = f"\n    def __init_subclass__(cls):\n        {held}.append(4)" if held and self.random.random() < 0.3 else ""
        value = self._number(module)
        name = self._new("cls", module)
        self._add(module, f"class {name}{f'({base})' if base else ''}:\n    size = {value}{hook}")
        if self.random.random() < 0.5:
            made = self._new("obj", module)
            self._add(module, f"{made} = {name}()")

    def _decorated(self, module: str) -> None:
        held = self._some(module, "seq")
        if held is None:
            return
        value = self._number(module)
        decorator, name = self._new("dec", module), self._new("fun", module)
        self._add(module, f"def {decorator}(f):\n    {held}.append({value})\n    return f\n@{decorator}\ndef {name}():\n    return 5")

    def _import(self, module: str) -> None:
        other = self.random.choice([name for name in NAMES[1:] if name != module])
        names = [(name, kind) for name, kind in self.bound[other].items() if "." not in name]
        way = self.random.random()
        if way < 0.25:
            self._add(module, f"import {other}")
            for name, kind in names:
                self.bound[module].setdefault(f"{other}.{name}", f"far {kind}")
        elif way < 0.4:
            self._add(module, f"from {other} import *")
            self.bound[module].update(names)
        elif way < 0.5 and other != "pkg" and "." in other:
            self._add(module, f"from pkg import {other.partition('.')[2]}")
        elif names:
            name, kind = self.random.choice(names)
            renamed = f"as{self.count}" if self.random.random() < 0.3 else name
            self.count += 1
            self._add(module, f"from {other} import {name}" + (f" as {renamed}" if renamed != name else ""))
            self.bound[module][renamed] = kind
        else:
            self._add(module, f"import {other}")

    def _change(self, module: str) -> None:
        options = []
        for name, kind in self.bound[module].items():
            near = kind.removeprefix("far ")
            options += {"seq": [f"{name}.append({self._number(module)})", f"{name}[0] = 6", f"{name} += [1]" if kind == near else f"{name}.extend([3])"],
                        "cls": [f"{name}.size = {self._number(module)}"], "obj": [f"{name}.size = {self._number(module)}"], "fun": [f"{name}()"] * 3,
                        "num": [f"{name} = {self._number(module)}"] if kind != near else []}.get(near, [])
        if options:
            self._add(module, self.random.choice(options))

    def _rebind(self, module: str) -> None:
        name, other = self._some(module, "num"), self._some(module, "num")
        if name and other:
            texts = [f"{name} = {other} + {self._number(module)}", f"{name}, {other} = {other}, {name}", f"{name} = {other} = {self._number(module)}",
                     f"if {other} > 3: {name} = {self._number(module)}", f"{name} += 1", f"globals()['{name}'] = {self._number(module)}"]
            self._add(module, self.random.choice(texts))

    def _flow(self, module: str) -> None:
        held, value = self._some(module, "seq"), self._number(module)
        name = self._new("num", module)
        texts = [f"for {name} in range(3): pass", f"try:\n    {name} = {value}\nfinally:\n    pass", f"with open(__file__): {name} = {value}",
                 f"{name} = [{value} for _ in range(2)][0]"]
        if held:
            texts += [f"{name} = {held}.pop() if len({held}) > 1 else 0", f"{name} = next(iter({held}))", f"for {name} in list({held}): {held}.append({name})"]
        self._add(module, self.random.choice(texts))

    def _guard(self, module: str) -> None:
        name, value = self._new("num", module), self._number(module)
        self._add(module, f"if __name__ == '__main__':\n    {name} = 90\nelse:\n    {name} = {value}")

    def _delete(self, module: str) -> None:
        name = self._some(module, "num")
        if name and self.random.random() < 0.3:
            del self.bound[module][name]
            self._add(module, f"del {name}")


def truth(folder: Path) -> int | None:
    """What CPython gives; None where the program raises."""
    done = subprocess.run([sys.executable, "-B", "-c", RUN], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return int(done.stdout) if done.returncode == 0 else None


def verdict(seed: int, folder: Path) -> str:
    from paramlint.analysis.session import Session
    from paramlint.analysis.targets import evaluate

    program = Program(seed)
    for name, text in {**program.files(), "torch/__init__.py": "", "torch/nn.py": "class Linear:\n    def __init__(self, i, o):\n        pass\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    real = truth(folder)
    model = evaluate(Session(), str(folder / "main.py"), "net")
    why = model.reasons[0].message if model.reasons else ""
    if "internal error" in why:
        return "INTERNAL " + why
    raises = "the code raises" in why
    if model.root is not None and model.params.exact:
        return "same" if real is not None and model.params.value == real + 1 else f"DIFFERENT {model.params.value} for {real and real + 1}"
    if raises:
        return "same error" if real is None else "FALSE ERROR " + why
    return "not exact"


def main() -> None:
    count, first = map(int, sys.argv[1:3])
    found: Counter[str] = Counter()
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            result = verdict(seed, Path(folder))
        found[result.split(" ")[0]] += 1
        if result[0].isupper() or result == "not exact":
            print(seed, result)
    print(dict(found))


if __name__ == "__main__":
    main()
