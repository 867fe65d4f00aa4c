"""How many arguments the names of ``typing`` take: with others they raise as soon as the brackets are evaluated."""

from __future__ import annotations

COUNTS = {**dict.fromkeys(("List", "Set", "FrozenSet", "Type", "Deque", "Counter", "Iterable", "Iterator", "Sequence", "MutableSequence", "Container",
                           "Collection", "Reversible", "KeysView", "ValuesView", "AbstractSet", "MutableSet", "Awaitable", "AsyncIterator",
                           "AsyncIterable", "Optional", "ClassVar", "Final", "Required", "NotRequired", "TypeGuard"), 1),
          **dict.fromkeys(("Dict", "DefaultDict", "OrderedDict", "ChainMap", "Mapping", "MutableMapping", "ItemsView", "Callable"), 2)}
_AT_LEAST = {"Union": 1, "Annotated": 2}


def refuses(name: str, count: int) -> bool:
    """Whether a name of ``typing`` takes no such number of arguments."""
    return COUNTS.get(name, count) != count or count < _AT_LEAST.get(name, 0)
