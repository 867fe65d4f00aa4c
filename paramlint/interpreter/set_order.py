"""The order of sets, which CPython fixes for small numbers and for nothing else.

A set of texts or objects is walked in another order in each run. What is taken out of it one by one is one of its elements, it is not known
which; what does not depend on an order (a sum, the largest, whether any) takes the elements as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter.footprint import independent
from paramlint.interpreter.held import one_of
from paramlint.interpreter.values import Either, GeneratorValue

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

MESSAGE = "the order of a set differs from run to run"
_SMALLEST_TABLE = 8


def in_order(items: Any) -> list[Any] | None:
    """The elements as CPython walks them; None where that differs from run to run, or depends on how the set came to be.

    A number stands in the place of its remainder by the size of the table. Where no two are in each other's way, in the smallest table that holds
    them and in all larger ones, and their order is the same, nothing else matters.
    """
    if len(items) < 2:
        return list(items)
    if not all(isinstance(item, int) and item >= 0 for item in items):
        return None
    size = _SMALLEST_TABLE
    while len(items) * 5 >= (size - 1) * 3:
        size *= 2
    found: list[Any] | None = None
    while True:
        places = {item % size: item for item in items}
        order = [places[place] for place in sorted(places)]
        if len(places) < len(items) or (found is not None and order != found):
            return None
        found = order
        if max(items) < size:
            return found
        size *= 2


def walk(it: Interpreter, items: Any) -> Iterator[Any]:
    """The elements of a set one by one."""
    order = in_order(items)
    before = frozenset(items)
    for item in order if order is not None else any_order(it, list(items)):
        yield item
        if len(items) != len(before):
            it.throw("RuntimeError", "Set changed size during iteration")
        if items.__class__ is set and items != before:
            raise NeedsValue(it.unknown(Why.EFFECT, "a set that is changed while it is walked"))


def any_order(it: Interpreter, items: list[Any]) -> list[Any]:
    """What stands for elements in an order that is not known: each is one of all."""
    reason = Reason(Why.EFFECT, MESSAGE, it.site())
    kinds = list({id(item): item for item in items}.values())
    if len(kinds) < 2:
        return items
    one: Any = one_of(reason, kinds) if len(kinds) > it.limits.alternatives or any(map(_is_open, kinds)) else Either(tuple(kinds), reason)
    return [one] * len(items)


def _is_open(value: Any) -> bool:
    return isinstance(value, Unknown | Either)


class Shuffled:
    """Lists made of a set, by their identity: what they hold, in an order that is not known."""

    __slots__ = ("kept",)

    def __init__(self) -> None:
        self.kept: dict[int, tuple[list[Any], list[Any], list[Any]]] = {}

    def note(self, made: list[Any], items: list[Any]) -> list[Any]:
        if len(self.kept) >= _KEPT:
            self.kept.clear()
        self.kept[id(made)] = (made, list(made), items)
        return made

    def of(self, value: Any) -> list[Any] | None:
        """The elements of a list that nothing has changed since it was made of a set."""
        entry = self.kept.get(id(value))
        if entry is None or entry[0] is not value or len(value) != len(entry[1]):
            return None
        return entry[2] if all(a is b for a, b in zip(value, entry[1], strict=True)) else None


_KEPT = 1_000


def members(it: Interpreter, value: Any) -> list[Any] | Unknown:
    """All elements for what does not depend on their order."""
    from paramlint.interpreter.iteration import elements_or_unknown

    if isinstance(value, set | frozenset):
        unknown = it.state.element(value)
        return list(value) if unknown is None else unknown
    if isinstance(value, GeneratorValue) and value.unordered is not None:
        plain = value.unordered()
        return elements_or_unknown(it, value if plain is None else GeneratorValue(iter(plain), value.name))
    if it.shuffled.kept and value.__class__ is list:
        found = it.shuffled.of(value)
        if found is not None:
            return found
    return elements_or_unknown(it, value)


def shuffled(it: Interpreter, items: list[Any], steps: Callable[[Iterable[Any]], Iterator[Any]], name: str) -> GeneratorValue:
    """An iterator over what is made of the elements of a set one by one; of any of them each time, where the order may matter."""
    kept: list[list[Any] | None] = []

    def plain() -> list[Any] | None:
        if not kept:
            kept.append(independent(it, lambda: steps(items)))
        return kept[0]

    def walked() -> Iterator[Any]:
        found = plain()
        yield from steps(any_order(it, items)) if found is None else any_order(it, found)

    made = GeneratorValue(walked(), name)
    made.unordered = plain
    return made


def certain_members(it: Interpreter, value: Any) -> list[Any]:
    """As ``members``. Raises NeedsValue where they are not known."""
    found = members(it, value)
    if isinstance(found, Unknown):
        raise NeedsValue(found)
    return found


def is_shuffled(it: Interpreter, value: Any) -> bool:
    """Whether the elements of something come in an order that is not known."""
    if isinstance(value, set | frozenset):
        return in_order(value) is None
    if isinstance(value, GeneratorValue):
        return value.unordered is not None
    return bool(it.shuffled.kept) and value.__class__ is list and it.shuffled.of(value) is not None
