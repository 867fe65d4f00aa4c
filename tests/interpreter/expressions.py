"""Random expressions: methods, operators and functions of built-in values with arguments that fit and others that do not."""

from __future__ import annotations

from collections import ChainMap, Counter, OrderedDict, deque
from random import Random
from typing import Any

HEADER = "import itertools\nimport math\nfrom collections import ChainMap, Counter, OrderedDict, deque\n\n"
VALUES: dict[type, tuple[str, ...]] = {
    int: ("0", "7", "-12", "True"), float: ("1.5", "-2.25", "1e20"), str: ("''", "'a'", "'Hello World'", "'a,b'", "'{} {x}'", "'%s-%d'"),
    bytes: ("b''", "b'abc'"), list: ("[]", "[3, 1, 2]", "['a', 'b']", "[[1]]"), tuple: ("()", "(1, 'a')"), dict: ("{}", "{'a': 1}", "{1: 'x', 2: 'y'}"),
    set: ("set()", "{1, 2, 3}"), frozenset: ("frozenset({1})",), range: ("range(5)", "range(5, 0, -1)"), deque: ("deque([1, 2], maxlen=2)",),
    Counter: ("Counter('aab')", "Counter(a=2, b=-1)"), OrderedDict: ("OrderedDict(a=1, b=2)",), ChainMap: ("ChainMap({'a': 1}, {'b': 2})",),
}
ARGUMENTS = [value for values in VALUES.values() for value in values] + ["None", "-1", "1", "2", "'a'", "lambda x: x", "str"]
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "<<", "&", "|", "^", "==", "!=", "<", ">=", "in", "not in")
FUNCTIONS = ("abs", "all", "any", "bool", "complex", "dict", "divmod", "float", "format", "frozenset", "int", "len", "list", "max", "min", "ord", "pow",
             "range", "repr", "round", "set", "sorted", "str", "sum", "tuple", "math.sqrt", "math.gcd", "math.prod", "math.floor")
LEFT_OUT = frozenset({"format_map", "items", "keys", "translate", "values", "fromkeys", "maketrans", "from_bytes", "to_bytes", "fromhex"})


def expression(random: Random) -> str:
    """One expression, which may raise."""
    kind = random.choice(list(VALUES))
    value = random.choice(VALUES[kind])
    way = random.random()
    if way < 0.5:
        names = [name for name in dir(kind) if not name.startswith("_") and name not in LEFT_OUT and callable(getattr(kind, name))]
        return f"(lambda v: (v.{random.choice(names)}({_arguments(random)}), v))({value})"
    if way < 0.75:
        return f"({value}) {random.choice(OPERATORS)} ({random.choice(ARGUMENTS)})"
    if way < 0.9:
        return f"{random.choice(FUNCTIONS)}({_arguments(random)})"
    return f"({value})[{random.choice(('0', '-1', '5', '1:', '::-1', '::0', repr('a'), 'None'))}]"


def _arguments(random: Random) -> str:
    return ", ".join(random.choice(ARGUMENTS) for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3))))


def outcome(action: Any) -> tuple[str, str]:
    """What an expression gives, or the kind of its exception."""
    try:
        return "gives", shown(action())
    except Exception as error:
        return "raises", type(error).__name__


def shown(value: Any) -> str:
    """A text that does not depend on the order of sets, nor on addresses."""
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__} {sorted(map(shown, value))}"
    if isinstance(value, list | tuple | deque):
        return f"{type(value).__name__} {[shown(item) for item in value]}"
    if isinstance(value, dict):
        return f"{type(value).__name__} {[(shown(key), shown(item)) for key, item in value.items()]}"
    plain = value is None or isinstance(value, int | float | complex | str | bytes | range)
    return repr(value) if plain else type(value).__name__
