"""Built-in functions of numbers and text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient, opaque, render
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import comparison, containers, operators, set_order, texts
from paramlint.interpreter.natives import Table, plain
from paramlint.interpreter.unanswered import may_fail
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()


def _own_method(it: Interpreter, value: Any, name: str, *args: Any) -> Any:
    """What an object's own special method gives, or ABSENT."""
    if isinstance(value, Instance | Foreign):
        method = it.get_or(value, name, ABSENT)
        if method is not ABSENT:
            return it.call(method, args)
        if isinstance(value, Foreign):
            return it.unknown(Why.UNSUPPORTED, f"`{name}` of a {value.type_name()}")
    return ABSENT


@FUNCTIONS.pure("abs")
def abs_(it: Interpreter, value: Any, /) -> Any:
    if isinstance(value, Foreign):
        found = value.unary(it, "abs")
        if found is not NotImplemented:
            return found
    own = _own_method(it, value, "__abs__")
    if own is not ABSENT:
        return own
    if isinstance(value, Formula):
        return opaque(f"abs({render(value)})")
    if isinstance(value, Quotient):
        return it.unknown(Why.ARGUMENT, f"`abs({value})`")
    return abs(value)


@FUNCTIONS.pure("round")
def round_(it: Interpreter, number: Any, ndigits: Any = None) -> Any:
    if isinstance(number, Formula) and ndigits is None:
        return number
    if isinstance(number, Quotient) and ndigits is None:
        return rounded(number, "round")
    if isinstance(number, Formula | Quotient):
        return it.unknown(Why.ARGUMENT, f"`round({number})`")
    own = _own_method(it, number, "__round__", *([] if ndigits is None else [ndigits]))
    ndigits = containers.index_of(it, ndigits) if own is ABSENT else None
    if own is not ABSENT or ndigits is None:
        return round(number) if own is ABSENT else own
    if isinstance(number, int) and -ndigits > it.limits.digits:  # a power of ten with so many digits
        return 0
    return round(number, ndigits)


def rounded(number: Quotient, how: str) -> Any:
    """``round``, ``ceil`` or ``floor`` of a formula times a number: a formula where it comes out whole, else an atom."""
    return number.truncated() if number.whole else opaque(f"{how}({number!r})")


@FUNCTIONS.raw("divmod")
def divmod_(it: Interpreter, left: Any, right: Any, /) -> Any:
    for value, change in ((left, lambda item: divmod_(it, item, right)), (right, lambda item: divmod_(it, left, item))):
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Either):
            return it.each(value, change)
    if isinstance(left, Instance) or isinstance(right, Instance):
        found = operators.by_methods(it, "divmod", left, right)
        if found is not NotImplemented:
            return found
    own = _own_method(it, left, "__divmod__", right) if isinstance(left, Foreign) else ABSENT
    if own is not ABSENT:
        return own
    left, right = plain(left), plain(right)
    if not (isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS)):
        it.throw("TypeError", f"unsupported operand type(s) for divmod(): '{operators.type_name(left)}' and '{operators.type_name(right)}'")
    return it.binary("//", left, right), it.binary("%", left, right)


_NUMBERS = (int, float, Formula, Quotient, Foreign)


@FUNCTIONS.raw("pow")
def pow_(it: Interpreter, base: Any, exp: Any, mod: Any = None) -> Any:
    if mod is None:
        return it.binary("**", base, exp)
    for value in (base, exp, mod):
        if isinstance(value, Unknown | Either):
            return Unknown(value.reason)
    if isinstance(base, Instance) and base.cls.find("__pow__") is not ABSENT:
        found = operators.special(it, base, "__pow__", exp, mod)
        if found is not NotImplemented:
            return found
    base, exp, mod = plain(base), plain(exp), plain(mod)
    if any(isinstance(value, Formula | Quotient | Foreign) for value in (base, exp, mod)):
        raise it.not_followed("`pow()` with a modulus that is not known")
    if not all(isinstance(value, int) for value in (base, exp, mod)):
        it.library_throw("TypeError", "pow() 3rd argument not allowed unless all arguments are integers")
    it.charge(exp.bit_length() * (mod.bit_length() + 64) ** 2 >> 20)
    return pow(base, exp, mod)


@FUNCTIONS.raw("sum")
def sum_(it: Interpreter, iterable: Any, /, start: Any = 0) -> Any:
    total = start
    if isinstance(start, str):
        it.throw("TypeError", "sum() can't sum strings [use ''.join(seq) instead]")
    items = it.iterate(iterable) if not set_order.is_shuffled(it, iterable) else _summands(it, set_order.certain_members(it, iterable), start)
    for item in items:
        total = it.binary("+", total, item)
    return total


def _summands(it: Interpreter, items: list[Any], start: Any) -> Iterator[Any]:
    """Elements of a set; their order matters to all but whole numbers."""
    whole = all(isinstance(item, int | Formula) for item in (start, *items))
    return iter(items if whole else set_order.any_order(it, items))


@FUNCTIONS.raw("max")
def max_(it: Interpreter, /, *args: Any, key: Any = None, default: Any = ABSENT) -> Any:
    return _extreme(it, "max", ">", args, key, default)


@FUNCTIONS.raw("min")
def min_(it: Interpreter, /, *args: Any, key: Any = None, default: Any = ABSENT) -> Any:
    return _extreme(it, "min", "<", args, key, default)


def _extreme(it: Interpreter, name: str, op: str, args: tuple[Any, ...], key: Any, default: Any) -> Any:
    if not args:
        it.throw("TypeError", f"{name} expected at least 1 argument, got 0")
    items = set_order.certain_members(it, args[0]) if len(args) == 1 else list(args)
    if not items:
        if default is ABSENT:
            it.library_throw("ValueError", f"{name}() iterable argument is empty")
        return default
    if len(args) == 1 and len(items) > 1 and set_order.is_shuffled(it, args[0]):
        return _of_set(it, name, op, items, key)
    best = items[0]
    best_key = best if key is None else it.call(key, [best])
    for item in items[1:]:
        item_key = item if key is None else it.call(key, [item])
        better = it.truth(comparison.compare(it, op, item_key, best_key))
        if isinstance(better, Unknown):
            best = _undecided(it, name, best, item, better, key)
            best_key = best if key is None else better
        elif better:
            best, best_key = item, item_key
    return best


def _of_set(it: Interpreter, name: str, op: str, items: list[Any], key: Any) -> Any:
    """The extreme element of a set: one of those whose keys are equal, it is not known which."""
    keys = items if key is None else [it.call(key, [item]) for item in items]
    best = [0]
    for at in range(1, len(items)):
        better = it.truth(comparison.compare(it, op, keys[at], keys[best[0]]))
        worse = it.truth(comparison.compare(it, op, keys[best[0]], keys[at]))
        if isinstance(better, Unknown) or isinstance(worse, Unknown):
            return better if isinstance(better, Unknown) else worse
        best = [at] if better else best if worse else [*best, at]
    return set_order.any_order(it, [items[at] for at in best])[0]


def _undecided(it: Interpreter, name: str, best: Any, item: Any, why: Unknown, key: Any) -> Any:
    whole = (int, Formula)
    if key is None and isinstance(best, whole) and isinstance(item, whole):
        return opaque(f"{name}({render(best)}, {render(item)})")
    if (
        isinstance(best, Unknown)
        or isinstance(item, Unknown)
        or isinstance(best, Formula | Quotient)
        or isinstance(item, Formula | Quotient)
    ):
        return why
    return it.state.join(best, item, why.reason)


# Text of numbers ----------------------------------------------------------------------------------------------------------


def _whole_text(function: Callable[[int], str]) -> Callable[..., Any]:
    def convert(it: Interpreter, number: Any, /) -> Any:
        index = containers.index_of(it, number)
        return index if isinstance(index, Unknown) else function(index)

    return convert


for _function in (bin, hex, oct, chr):
    FUNCTIONS.pure(_function.__name__)(_whole_text(_function))


@FUNCTIONS.pure("ord")
def ord_(it: Interpreter, character: Any, /) -> Any:
    return ord(character)


@FUNCTIONS.raw("repr")
def repr_(it: Interpreter, value: Any, /) -> Any:
    return texts.representation(it, value)


@FUNCTIONS.raw("ascii")
def ascii_(it: Interpreter, value: Any, /) -> Any:
    return texts.format_value(it, value, "a", "")


@FUNCTIONS.raw("format")
def format_(it: Interpreter, value: Any, spec: Any = "", /) -> Any:
    spec = plain(spec)
    if not isinstance(spec, str | Unknown | Either):
        it.throw("TypeError", f"format() argument 2 must be str, not {operators.type_name(spec)}")
    return texts.format_value(it, value, None, spec)


@FUNCTIONS.raw("len")
def len_(it: Interpreter, value: Any, /) -> Any:
    if isinstance(value, list | dict | set):
        it.registries.fill(it, value)
        reason = it.state.open_reason(value)
        return len(value) if reason is None else Unknown(reason, data=True)
    if isinstance(value, Unknown):
        may_fail(it, value, "TypeError")
        return Unknown(value.reason, data=True)
    if isinstance(value, Either):
        return it.each(value, lambda item: len_(it, item))
    if isinstance(value, Foreign):
        found = value.length(it)
        if found is NotImplemented and it.get_or(value, "__len__", ABSENT) is ABSENT:
            it.throw("TypeError", f"object of type '{value.type_name()}' has no len()")
        return it.call(it.get(value, "__len__")) if found is NotImplemented else found
    if isinstance(value, Instance):
        if value.cls.find("__len__") is not ABSENT:
            return _checked_length(it, it.call(it.get(value, "__len__")))
        if value.payload is not None:
            return len_(it, value.payload)
        unknown = value.cls.fact("unknown_base")
        if unknown is not None:
            return Unknown(unknown)
        it.throw("TypeError", f"object of type '{value.cls.name}' has no len()")
    if isinstance(value, Formula):
        return it.unknown(Why.ARGUMENT, f"the length of `{value}`")
    if isinstance(value, ClassValue):
        return _class_length(it, value)
    if not hasattr(value, "__len__"):
        it.throw("TypeError", f"object of type '{operators.type_name(value)}' has no len()")
    return len(value)


def _class_length(it: Interpreter, cls: ClassValue) -> Any:
    if cls.metaclass is not None and cls.metaclass.find("__len__") is not ABSENT:
        return it.call(cls.metaclass.find("__len__"), [cls])
    members = cls.fact("canonical")
    if not isinstance(members, list):
        it.throw("TypeError", "object of type 'type' has no len()")
    return len(members)


def _checked_length(it: Interpreter, length: Any) -> Any:
    length = plain(length)
    if isinstance(length, int) and length < 0:
        it.throw("ValueError", "__len__() should return >= 0")
    if not isinstance(length, int | Unknown | Either | Formula):
        it.throw("TypeError", f"'{operators.type_name(length)}' object cannot be interpreted as an integer")
    return length
