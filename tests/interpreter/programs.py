"""Small random programs: numbers, lists, dicts, loops, functions, classes, and conditions that may not be known."""

from __future__ import annotations

from random import Random

HEADER = """\
class Box:
    made = 0

    def __init__(self, value, *rest):
        self.value = value
        self.rest = list(rest)
        Box.made += 1

    def add(self, n=1):
        self.value += n
        self.rest.append(n)
        return self

    def __len__(self):
        return len(self.rest)

    @property
    def total(self):
        return self.value + sum(self.rest)


class Big(Box):
    def add(self, n=2):
        super().add(n)
        self.value *= 2
        return self


def clip(n, low=0, *, high=50):
    if n < low:
        return low
    for step in (high, 2 * high):
        if n > step:
            return step
    return n


def upto(n):
    at = 0
    while at < n:
        yield at
        at += 1
"""
INTS, LISTS, DICTS, BOXES = ("a", "b", "c"), ("xs", "ys"), ("d",), ("o", "p")
START = "a, b, c = 1, 2, 3\nxs, ys = [1, 2, 3], []\nd = {'k': 1, 'l': 2}\no, p = Box(1, 2), Big(3)\n"
NAMES = (*INTS, *LISTS, *DICTS, *BOXES)


class Writer:
    """Writes one program. With ``mysteries`` some conditions and numbers are calls of ``mystery``."""

    def __init__(self, random: Random, mysteries: bool = False) -> None:
        self.random = random
        self.mysteries = mysteries
        self.lines: list[str] = []
        self.loops = 0
        self.names = 0

    def program(self, statements: int, in_function: bool) -> str:
        """The text: the variables are revealed at its end."""
        self.block(statements, "    " if in_function else "", 0)
        body = "\n".join(self.lines)
        if not in_function:
            return f"{HEADER}\n{START}{body}\nreveal({', '.join(NAMES)}, Box.made)\n"
        start = "".join(f"    {line}\n" for line in START.splitlines())
        return f"{HEADER}\n\ndef main():\n{start}{body}\n    return {', '.join(NAMES)}\n\n\nreveal(*main(), Box.made)\n"

    # Expressions -----------------------------------------------------------------------------------------------------

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def number(self, depth: int = 0) -> str:
        if depth > 2 or self.random.random() < 0.4:
            return self.pick(*INTS, *map(str, range(-2, 9)))
        left, right = self.number(depth + 1), self.number(depth + 1)
        xs, d, o = self.pick(*LISTS), self.pick(*DICTS), self.pick(*BOXES)
        if self.mysteries and self.random.random() < 0.08:
            return f"mystery({self.random.randrange(4)})"
        return self.pick(
            f"({left} + {right})",
            f"({left} - {right})",
            f"({left} * {right}) % 97",
            f"({left} // ({right} or 1))",
            f"({left} % ({right} or 1))",
            f"len({xs})",
            f"({xs}[0] if {xs} else {left})",
            f"({xs}[-1] if {xs} else {left})",
            f"(*{xs}, {left})[0]",
            f"[*{xs}, 4][{self.random.randrange(4)} % (len({xs}) + 1)]",
            f"{{'k': 1, **{d}}}.get({self.key()}, 5)",
            f"sum({xs}) % 101",
            f"max({left}, {right})",
            f"min({xs}, default={left})",
            f"{d}.get({self.key()}, {left})",
            f"{o}.value % 89",
            f"len({o})",
            f"{o}.total % 83",
            f"clip({left}, high={right} % 7 + 1)",
            f"clip(n={left})",
            f"({left} if {self.condition(depth + 1)} else {right})",
            f"abs({left})",
            f"({left} or {right})",
            f"({left} and {right})",
            f"sum(upto({left} % 5))",
            f"(lambda q: q + {left})({right})",
            f"sum(v for v in {xs} if v > {left}) % 71",
            f"int(str({left}))",
        )

    def key(self) -> str:
        return self.pick("'k'", "'l'", "'m'", f"'k' + str({self.pick(*INTS)} % 3)")

    def condition(self, depth: int = 0) -> str:
        if self.mysteries and self.random.random() < 0.3:
            return f"mystery({self.random.randrange(4)})"
        left, right = self.number(depth + 1), self.number(depth + 1)
        return self.pick(
            f"{left} < {right}",
            f"{left} == {right}",
            f"{left} != {right} >= 0",
            f"{left} in {self.pick(*LISTS)}",
            f"{self.key()} in {self.pick(*DICTS)}",
            f"not {self.pick(*LISTS)}",
            f"({left} > 1 and {right} > 1)",
            f"({left} > 1 or {right} > 1)",
            f"isinstance({self.pick(*BOXES)}, Big)",
        )

    def items(self, depth: int = 0) -> str:
        left, xs = self.number(depth + 1), self.pick(*LISTS)
        return self.pick(
            f"[{left}, {self.number(depth + 1)}]",
            f"{xs} + [{left}]",
            f"[v * 2 for v in {xs} if v != {left}]",
            f"{xs}[{self.number(2)} % 3:]",
            f"{xs}[::-1]",
            f"sorted({xs})",
            f"list(range({left} % 5))",
            f"[*{xs}, *upto({left} % 4)]",
            f"list(map(abs, {xs}))",
            f"list({self.pick(*DICTS)}.values())",
            f"[x for x, _ in zip({xs}, upto(3))]",
            f"{self.pick(*BOXES)}.rest",
            f"{xs}",
        )

    # Statements ------------------------------------------------------------------------------------------------------

    def block(self, statements: int, indent: str, depth: int) -> None:
        for _ in range(max(1, statements)):
            self.statement(indent, depth)

    def statement(self, indent: str, depth: int) -> None:
        if depth < 3 and self.random.random() < 0.45:
            self.random.choice((self.branch, self.loop, self.counted, self.attempt, self.function, self.branch))(indent, depth)
            return
        n, xs, o, d = self.pick(*INTS), self.pick(*LISTS), self.pick(*BOXES), self.pick(*DICTS)
        e = self.number()
        text = self.pick(
            f"{n} = {e}",
            f"{n} += {e}",
            f"{n} = {e} % 50",
            f"{xs} = {self.items()}",
            f"{xs}.append({e})",
            f"{xs}.insert({n} % 3, {e})",
            f"{xs}.extend(({self.items()})[:3])",
            f"{xs}.sort()",
            f"{xs} += [{e}]",
            f"{xs} = {xs}[:6]",
            f"{d}[{self.key()}] = {e}",
            f"{d}.setdefault({self.key()}, {e})",
            f"{d}.pop({self.key()}, None)",
            f"{d}.update(z={e})",
            f"{d} = {{k: v + 1 for k, v in {d}.items()}}",
            f"{o} = {self.pick('Box', 'Big')}({e})",
            f"{o}.add({e})",
            f"{o}.value = {e}",
            f"{o}.rest = {xs}",
            f"{o} = {self.pick(*BOXES)}",
            f"{n}, *{xs} = {e}, *{self.items()}",
            f"a, b = b, {e}",
            f"{o}.add().add({e})",
            f"{o}.rest.append({e})",
            f"del {xs}[:1]",
        )
        self.lines.append(indent + text)

    def branch(self, indent: str, depth: int) -> None:
        self.lines.append(f"{indent}if {self.condition()}:")
        self.block(self.random.randint(1, 2), indent + "    ", depth + 1)
        if self.random.random() < 0.3:
            self.lines.append(f"{indent}elif {self.condition()}:")
            self.block(1, indent + "    ", depth + 1)
        if self.random.random() < 0.5:
            self.lines.append(f"{indent}else:")
            self.block(1, indent + "    ", depth + 1)

    def loop(self, indent: str, depth: int) -> None:
        self.loops += 1
        name = f"i{self.loops}"
        self.lines.append(f"{indent}for {name} in {self.pick(f'range({self.number(2)} % 4)', f'{self.items()}[:4]', 'list(d)[:3]', 'upto(3)')}:")
        self._turn(indent + "    ", depth)
        if self.random.random() < 0.2:
            self.lines.append(f"{indent}else:")
            self.block(1, indent + "    ", depth + 1)

    def counted(self, indent: str, depth: int) -> None:
        self.loops += 1
        name = f"n{self.loops}"
        self.lines.append(f"{indent}{name} = {self.random.randint(1, 4)}")
        self.lines.append(f"{indent}while {name} > 0:")
        self.lines.append(f"{indent}    {name} -= 1")
        self._turn(indent + "    ", depth)

    def _turn(self, indent: str, depth: int) -> None:
        self.block(self.random.randint(1, 2), indent, depth + 1)
        if self.random.random() < 0.35:
            self.lines.append(f"{indent}if {self.condition()}:")
            self.lines.append(f"{indent}    {self.pick('break', 'continue')}")
            self.block(1, indent, depth + 1)

    def attempt(self, indent: str, depth: int) -> None:
        if self.mysteries:  # an error in a way that may not be taken is assumed not to happen
            self.branch(indent, depth)
            return
        risky = self.pick(
            f"a = {self.number()} // (a % 2)", f"b = d[{self.key()}]", f"c = xs[{self.number()} % 4]", "raise ValueError(a)", "assert a > b"
        )
        self.lines.append(f"{indent}try:")
        self.block(1, indent + "    ", depth + 1)
        self.lines.append(f"{indent}    {risky}")
        self.lines.append(f"{indent}except {self.pick('(ZeroDivisionError, LookupError)', 'Exception', 'KeyError')} as error:")
        self.lines.append(f"{indent}    ys = [len(error.args)]")
        self.lines.append(f"{indent}except Exception:")
        self.block(1, indent + "    ", depth + 1)
        if self.random.random() < 0.4:
            self.lines.append(f"{indent}{self.pick('finally', 'else')}:")
            self.block(1, indent + "    ", depth + 1)

    def function(self, indent: str, depth: int) -> None:
        """A function of its own variables, with early returns, called at once."""
        self.names += 1
        name, inner = f"f{self.names}", indent + "    "
        self.lines.append(f"{indent}def {name}(a, b=2, *xs, c=3, **d):")
        self.lines.append(f"{inner}xs, ys, o, p = list(xs), [], Box(a), Big(b)")
        loops, self.loops = self.loops, 100 * self.names
        self.block(1, inner, depth + 2)
        if self.random.random() < 0.6:
            self.lines.append(f"{inner}if {self.condition()}:")
            self.lines.append(f"{inner}    return {self.number()}")
        if self.random.random() < 0.5:
            self.lines.append(f"{inner}for v in xs:")
            self.lines.append(f"{inner}    if {self.condition()}:")
            self.lines.append(f"{inner}        return v")
        self.block(1, inner, depth + 2)
        self.lines.append(f"{inner}return {self.number()}")
        self.loops = loops
        target = self.pick(*INTS)
        call = self.pick(
            f"{name}({self.number()}, *{self.items()}, k={self.number()})",
            f"{name}({self.number()}, c={self.number()})",
            f"{name}(b=1, a=2)",
        )
        self.lines.append(f"{indent}{target} = {call} % 100")
