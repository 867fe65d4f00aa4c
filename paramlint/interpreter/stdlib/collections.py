"""``collections``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.stdlib import chain_map, counters, deques, mappings, named_tuples, user_containers

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def names(it: Interpreter) -> dict[str, Any]:
    return {
        "OrderedDict": mappings.ordered_dict(it), "defaultdict": mappings.default_dict(it), "Counter": counters.counter(it),
        "deque": deques.deque(it), "ChainMap": chain_map.chain_map(it), "namedtuple": named_tuples.NAMEDTUPLE,
        "UserDict": user_containers.user_dict(it), "UserList": user_containers.user_list(it),
        "abc": LibraryModule("collections.abc"),
    }
