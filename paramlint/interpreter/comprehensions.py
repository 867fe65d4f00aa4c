"""Comprehensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import NeedsValue, Reason, Unknown, Why
from paramlint.interpreter import hashing, iteration, set_order, targets
from paramlint.interpreter.constructors import forget_values
from paramlint.interpreter.evaluation import EVALUATE, handles
from paramlint.interpreter.footprint import independent
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.nodes import acts, walk
from paramlint.interpreter.repetition import maybe_repeated
from paramlint.interpreter.values import ABSENT, GeneratorValue, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


@handles(ir.Comprehension)
def comprehension(it: Interpreter, node: ir.Comprehension, frame: Frame) -> Any:
    first = it.evaluate(node.clauses[0].iterable, frame)
    inner = Frame(frame.module, frame if frame.kind != "class" else frame.parent, frame.unit, it.made({}), "comprehension")
    inner.function, inner.owner, inner.self_value, inner.caller = frame.function, frame.owner, frame.self_value, frame
    if frame.kind == "class":
        inner.function = None
    if first.__class__ in _UNORDERED and set_order.is_shuffled(it, first):
        made = _of_set(it, node, inner, set_order.members(it, first))
        if made is not ABSENT:
            return made
    if node.kind == "generator":
        if isinstance(first, Unknown):
            it.skipped(first.reason, None)
            return first
        return GeneratorValue(_items(it, node, inner, 0, first), "<genexpr>")
    if node.kind == "dict":
        made = _of_texts(it, node, first, inner)
        if made is not None:
            return made
        mapping: dict[Any, Any] = it.made({})
        for key, value in _items(it, node, inner, 0, first):
            if key is _OPEN:
                forget_values(it, mapping, value.reason, (value,))
            else:
                hashing.put(it, mapping, key, value)
        return mapping
    items: list[Any] = it.made([])
    rest: Unknown | None = None
    fixed, before = 0, it.steps
    for item in _items(it, node, inner, 0, first):
        if item.__class__ is tuple and len(item) == 2 and item[0] is _OPEN:
            fixed = len(items) if rest is None else fixed
            rest = item[1] if rest is None else it.result_of(rest, (item[1],))
        else:
            items.append(item)
            if len(items) == 1 and node.kind == "list" and first.__class__ in _SIZED and len(first) > _MANY:
                from paramlint.interpreter import foreseen

                if foreseen.rest(it, node, inner, first, items, it.steps - before):
                    break
            if len(items) > it.limits.items:
                it.limit(f"more than {it.limits.items:,} elements")
    made = items if node.kind == "list" else it.made(hashing.make_set(it, items))
    if rest is not None:
        it.state.mark_open(made, rest.reason, fixed, rest.held)
    return made


def _of_set(it: Interpreter, node: ir.Comprehension, frame: Frame, members: list[Any] | Unknown) -> Any:
    """A comprehension over elements whose order is not known: what is made of them has no order either. ABSENT where the order may matter."""
    if isinstance(members, Unknown) or any(isinstance(part, ir.Walrus) for part in walk((node.element, node.value, node.clauses))):
        return ABSENT
    if node.kind == "generator":
        return set_order.shuffled(it, members, lambda items: _items(it, node, frame, 0, items), "generator")
    made = independent(it, lambda: _items(it, node, frame, 0, members))
    if made is None:
        return ABSENT
    rest = next((item[1] for item in made if item.__class__ is tuple and len(item) == 2 and item[0] is _OPEN), None)
    if rest is not None:
        raise NeedsValue(rest)
    if node.kind == "set":
        return it.made(hashing.make_set(it, made))
    if node.kind == "list":
        return it.shuffled.note(it.made(set_order.any_order(it, made)), made)
    mapping: dict[Any, Any] = it.made({})
    for key, value in made:
        hashing.put(it, mapping, key, value)
    it.state.mark_open(mapping, it.unknown_reason(set_order.MESSAGE, Why.EFFECT), shown=True)
    return mapping


def _of_texts(it: Interpreter, node: ir.Comprehension, source: Any, frame: Frame) -> dict[Any, Any] | None:
    """``{value: table[key] for key, value in pairs.items()}`` of texts alone, which is made at once; None for any other comprehension."""
    clause, target = node.clauses[0], node.clauses[0].target
    if len(node.clauses) > 1 or clause.conditions or not isinstance(target, ir.Display) or source.__class__ is not _ITEMS:
        return None
    names = [part.id if isinstance(part, ir.Name) else "" for part in target.items]
    if len(names) != 2 or names[0] == names[1] or not 0 < len(source) <= it.limits.items:
        return None
    if not all(left.__class__ is str and right.__class__ is str for left, right in source):
        return None
    keys, values = (_column(it, part, names, source, frame) for part in (node.element, node.value))
    if keys is None or values is None:
        return None
    it.steps += len(source)
    it.step()
    return it.made(dict(zip(keys, values, strict=True)))  # type: ignore[no-any-return]


def _column(it: Interpreter, node: ir.Expr | None, names: list[str], pairs: Any, frame: Frame) -> list[str] | None:
    """What an expression is for each of some pairs: one of its two texts, or the text that a table has for it; None for anything else."""
    table = None
    if isinstance(node, ir.Subscript) and isinstance(node.value, ir.Name) and node.value.id not in names:
        mapping = it.evaluate(node.value, frame)
        table = mapping.payload if isinstance(mapping, Instance) and mapping.cls.site is None else mapping
        if table.__class__ is not dict or it.state.open_reason(table) is not None:
            return None
        node = node.index
    if not isinstance(node, ir.Name) or node.id not in names:
        return None
    column = [pair[names.index(node.id)] for pair in pairs]
    found = column if table is None else list(map(table.get, column))
    return found if all(value.__class__ is str for value in found) else None


_ITEMS: Any = type({}.items())
_UNORDERED = frozenset({set, frozenset, GeneratorValue, list})
_SIZED = frozenset({range, list, tuple})
_MANY = 100  # elements from which on it may pay to ask beforehand what they cost
_OPEN: Any = object()  # stands before the Unknown for which a comprehension may give more or fewer elements than it does here


def _items(it: Interpreter, node: ir.Comprehension, frame: Frame, level: int, source: Any) -> Iterator[Any]:
    clause, innermost = node.clauses[level], level + 1 == len(node.clauses)
    known = iteration.iterate_or_unknown(it, source)
    while True:
        try:
            if isinstance(known, Unknown):
                raise NeedsValue(known)
            item = next(known)
        except StopIteration:
            return
        except NeedsValue as error:
            yield from _unknown_rest(it, node, frame, level, error.unknown)
            return
        it.step()
        if not targets.bind_pair(it, clause.target, item, frame):
            targets.assign(it, clause.target, item, frame)
        verdict = True
        for condition in clause.conditions:
            truth = it.truth(EVALUATE[condition.__class__](it, condition, frame))
            if truth is False:
                verdict = False
                break
            if truth is not True:
                verdict = False
                _perhaps(it, node, frame, truth.reason, lambda: _each(it, node, frame, level))
                if node.kind == "generator":
                    raise NeedsValue(truth)
                yield (_OPEN, it.result_of(truth, _in_hand(frame)))
                break
        if not verdict:
            continue
        if not innermost:
            yield from _each(it, node, frame, level)
        elif node.value is None:
            yield EVALUATE[node.element.__class__](it, node.element, frame)
        else:
            key = EVALUATE[node.element.__class__](it, node.element, frame)
            yield key, EVALUATE[node.value.__class__](it, node.value, frame)


def _unknown_rest(it: Interpreter, node: ir.Comprehension, frame: Frame, level: int, rest: Unknown) -> Iterator[Any]:
    """The elements from where it is not known whether there are more."""
    it.skipped(rest.reason, None)
    _perhaps(it, node, frame, rest.reason, lambda: _items(it, node, frame, level, iter([rest])))
    if node.kind == "generator":
        raise NeedsValue(rest)
    yield (_OPEN, it.result_of(rest, _in_hand(frame)))


def _in_hand(frame: Frame) -> list[Any]:
    """What an element may be made of that may be there or not."""
    return list(frame.vars.values())


def _each(it: Interpreter, node: ir.Comprehension, frame: Frame, level: int) -> Iterator[Any]:
    """What a comprehension gives where the conditions of one of its clauses hold."""
    if level + 1 < len(node.clauses):
        yield from _items(it, node, frame, level + 1, it.evaluate(node.clauses[level + 1].iterable, frame))
    elif node.kind == "dict":
        key = it.evaluate(node.element, frame)
        yield key, it.evaluate(node.value, frame)  # type: ignore[arg-type]
    else:
        yield EVALUATE[node.element.__class__](it, node.element, frame)


def _perhaps(it: Interpreter, node: ir.Comprehension, frame: Frame, reason: Reason, items: Callable[[], Iterator[Any]]) -> None:
    """What elements do that a comprehension may have or may not have, any number of times."""
    def turn() -> None:
        with suppress(NeedsValue):
            for _ in items():
                pass

    if acts(node):
        with it.unheard():
            maybe_repeated(it, frame, (), reason, turn)
