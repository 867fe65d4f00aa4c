"""Text of values: ``str``, ``repr``, ``format``, ``%``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula, Quotient
from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import operands, operators, set_order
from paramlint.interpreter.fixed_width import FIXED
from paramlint.interpreter.values import (
    ABSENT,
    BoundMethod,
    ClassValue,
    Either,
    Foreign,
    FunctionValue,
    GeneratorValue,
    Instance,
    Native,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_WIDTH = re.compile(r"\d+")
_VIEWS = {type({}.keys()): "dict_keys", type({}.values()): "dict_values", type({}.items()): "dict_items"}


def text(it: Interpreter, value: Any) -> Any:
    """``str(value)``, or an Unknown."""
    if value.__class__ is str:
        return value
    if isinstance(value, Instance):
        method = _own(it, value, "__str__")
        if method is not ABSENT:
            return _checked(it, it.call(method), "__str__")
        if isinstance(value.payload, str) and _own(it, value, "__repr__") is ABSENT:
            return value.payload
    if isinstance(value, Either):
        return it.each(value, lambda item: text(it, item))
    if isinstance(value, Foreign):
        method = value.get(it, "__str__")
        if method is not NotImplemented and not isinstance(method, Unknown):
            return it.call(method)
    if value.__class__ in FIXED:
        return str(value)
    if isinstance(value, bytes) or not isinstance(value, str):
        return representation(it, value)
    return str(value)


def _own(it: Interpreter, value: Instance, name: str) -> Any:
    """The method, bound, unless it is the one that every object has."""
    found = value.cls.find(name)
    if found is ABSENT or found is it.classes["object"].attrs.get(name):
        return ABSENT
    return it.get(value, name)


def _checked(it: Interpreter, result: Any, method: str) -> Any:
    result = result.payload if isinstance(result, Instance) and isinstance(result.payload, str) else result
    if isinstance(result, str | Unknown | Either):
        return result
    return it.throw("TypeError", f"{method} returned non-string (type {operators.type_name(result)})")


def representation(it: Interpreter, value: Any) -> Any:
    """``repr(value)``, or an Unknown."""
    return _represent(it, value, set())


def _represent(it: Interpreter, value: Any, around: set[int]) -> Any:
    if isinstance(value, operands.SCALARS):
        return repr(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Either):
        return it.each(value, lambda item: _represent(it, item, around))
    if isinstance(value, Formula | Quotient):
        return it.unknown(Why.ARGUMENT, f"the text of `{value}`")
    if isinstance(value, Instance):
        method = _own(it, value, "__repr__")
        if method is not ABSENT:
            return _checked(it, it.call(method), "__repr__")
        if value.payload is not None and isinstance(value.payload, operands.SCALARS + operands.CONTAINERS):
            return _represent(it, value.payload, around)
    if isinstance(value, list | tuple | set | frozenset | dict) or type(value) in _VIEWS:
        return _represent_container(it, value, around)
    if isinstance(value, range | slice | bytearray):
        return repr(value) if not isinstance(value, slice) else _joined(it, [value.start, value.stop, value.step], around, "slice({})")
    if isinstance(value, ClassValue) and value.site is not None and value.fact("members") is not None:
        return f"<{'flag' if value.fact('flag') else 'enum'} '{value.name}'>"
    if isinstance(value, ClassValue):
        return f"<class '{value.qualname if value.module == 'builtins' else value.module + '.' + value.qualname}'>"
    if isinstance(value, Native):
        return f"<built-in function {value.name}>"
    if value is NotImplemented:
        return "NotImplemented"
    if isinstance(value, Foreign):
        method = value.get(it, "__repr__")
        if method is not NotImplemented and not isinstance(method, Unknown):
            return it.call(method)
    return it.unknown(Why.UNSUPPORTED, f"the text of a {_described(value)}, which holds its address")


def _described(value: Any) -> str:
    if isinstance(value, FunctionValue | BoundMethod | GeneratorValue):
        return {"FunctionValue": "function", "BoundMethod": "method", "GeneratorValue": "generator"}[type(value).__name__]
    return f"`{operators.type_name(value)}`"


def _represent_container(it: Interpreter, value: Any, around: set[int]) -> Any:
    if id(value) in around:  # the containers that are being written out
        return "{...}" if isinstance(value, dict) else "[...]" if isinstance(value, list) else "(...)"
    if isinstance(value, list | dict | set):
        reason = it.state.open_reason(value)
        if reason is not None:
            return Unknown(reason)
    around.add(id(value))
    it.charge(3)  # with those of the elements about what writing it out costs
    try:
        return _written(it, value, around)
    finally:
        around.discard(id(value))


def _written(it: Interpreter, value: Any, around: set[int]) -> Any:
    if type(value) in _VIEWS:
        return _joined(it, list(value), around, _VIEWS[type(value)] + "([{}])")
    if isinstance(value, list):
        return _joined(it, value, around, "[{}]")
    if isinstance(value, tuple):
        return _joined(it, value, around, "({},)" if len(value) == 1 else "({})")
    if isinstance(value, dict):
        keys = _parts(it, list(value), around)
        values = _parts(it, list(value.values()), around)
        if isinstance(keys, Unknown) or isinstance(values, Unknown):
            return keys if isinstance(keys, Unknown) else values
        return _limited(it, "{" + ", ".join(f"{key}: {item}" for key, item in zip(keys, values, strict=True)) + "}")
    if not value:
        return "set()" if isinstance(value, set) else "frozenset()"

    order = set_order.in_order(value)
    if order is None:
        return it.unknown(Why.EFFECT, set_order.MESSAGE)
    return _joined(it, order, around, "{{{}}}" if isinstance(value, set) else "frozenset({{{}}})")


def _parts(it: Interpreter, items: Any, around: set[int]) -> Any:
    parts: list[str] = []
    lost: Unknown | None = None  # the texts after one that is not known are made all the same, for what that does
    for item in items:
        it.step()  # what stands in several places is written out in each
        part = _represent(it, item, around)
        if isinstance(part, str):
            parts.append(part)
        elif lost is None:
            lost = part if isinstance(part, Unknown) else Unknown(part.reason)
    return parts if lost is None else lost


def _joined(it: Interpreter, items: Any, around: set[int], template: str) -> Any:
    parts = _parts(it, items, around)
    return parts if isinstance(parts, Unknown) else _limited(it, template.format(", ".join(parts)))


def _limited(it: Interpreter, result: str) -> str:
    if len(result) > it.limits.text:
        it.limit(f"a string of {len(result):,} characters")
    it.computed(result)
    return result


# Formatting ---------------------------------------------------------------------------------------------------------------


def check_width(it: Interpreter, spec: str) -> None:
    """A width or precision is a size: it is checked before the text is made."""
    for number in _WIDTH.findall(spec):
        if len(number) > 9 or int(number) > it.limits.text:
            it.limit(f"a string of {number} characters")
        it.reserve(int(number))


def check_octets(it: Interpreter, template: bytes, args: Any) -> None:
    """The widths and precisions of a template of bytes: they are checked before the bytes are made."""
    check_width(it, template.decode("latin-1"))
    if b"*" in template:
        for value in args if isinstance(args, tuple) else (args,):
            check_width(it, str(value) if isinstance(value, int) else "")


def format_value(it: Interpreter, value: Any, conversion: str | None, spec: Any) -> Any:
    """What ``{value!conversion:spec}`` gives, or an Unknown."""
    if isinstance(spec, Unknown):
        return spec
    if isinstance(value, Unknown):
        return value
    if isinstance(spec, Either):
        return it.each(spec, lambda item: format_value(it, value, conversion, item))
    if isinstance(value, Either):
        return it.each(value, lambda item: format_value(it, item, conversion, spec))
    if conversion is not None:
        if conversion not in ("r", "s", "a"):
            it.library_throw("ValueError", f"Unknown conversion specifier {conversion}")
        value = text(it, value) if conversion == "s" else representation(it, value)
        if not isinstance(value, str):
            return format_value(it, value, None, spec)
        value = ascii(value)[1:-1] if conversion == "a" else value
    if isinstance(value, operands.SCALARS):
        return _format_scalar(it, value, spec)
    if isinstance(value, Formula | Quotient):
        return it.unknown(Why.ARGUMENT, f"the text of `{value}`")
    if isinstance(value, Instance):
        method = _own(it, value, "__format__")
        if method is not ABSENT:
            return _checked(it, it.call(method, [spec]), "__format__")
        own_text = _own(it, value, "__str__") is not ABSENT or _own(it, value, "__repr__") is not ABSENT
        if isinstance(value.payload, operands.SCALARS) and value.payload is not None and (spec or not own_text):
            return _format_scalar(it, value.payload, spec)
    if spec and not isinstance(value, Foreign):
        it.throw("TypeError", f"unsupported format string passed to {operators.type_name(value)}.__format__")
    return text(it, value)


def _format_scalar(it: Interpreter, value: Any, spec: str) -> Any:
    if not spec:
        return value if value.__class__ is str else str(value)
    check_width(it, spec)
    try:
        return format(value, spec)
    except (ValueError, TypeError, OverflowError) as error:
        return it.throw(type(error).__name__, str(error))


_STEP = re.compile(r"\.([^.\[]+)|\[([^\]]+)\]")


def str_format(it: Interpreter, template: str, args: list[Any], kwargs: Any) -> Any:
    """``template.format(*args, **kwargs)``, or an Unknown; ``kwargs`` may be an object that has items."""
    return _fill(it, template, args, kwargs, [0], 2)


def _fill(it: Interpreter, template: str, args: list[Any], kwargs: Any, count: list[int], depth: int) -> Any:
    if depth < 0:
        it.throw("ValueError", "Max string recursion exceeded")
    from string import Formatter

    parts: list[str] = []
    lost: Unknown | None = None
    try:
        fields = list(Formatter().parse(template))
    except ValueError as error:
        it.throw("ValueError", str(error))
    for literal, field, spec, conversion in fields:
        parts.append(literal)
        if field is None:
            continue
        value = _field(it, field, args, kwargs, count)
        inner = _fill(it, spec or "", args, kwargs, count, depth - 1)
        part = format_value(it, value, conversion, inner)
        if isinstance(part, str):
            parts.append(part)
        elif lost is None:
            lost = part if isinstance(part, Unknown) else Unknown(part.reason)
    return _limited(it, "".join(parts)) if lost is None else lost


def _field(it: Interpreter, field: str, args: list[Any], kwargs: Any, count: list[int]) -> Any:
    first = re.split(r"[.\[]", field, maxsplit=1)[0]
    rest = field[len(first):]
    if first == "":
        if count[0] < 0:
            it.throw("ValueError", "cannot switch from manual field specification to automatic field numbering")
        first = str(count[0])
        count[0] += 1
    elif first.isdigit():
        if count[0] > 0:
            it.throw("ValueError", "cannot switch from automatic field numbering to manual field specification")
        count[0] = -1
    if first.isdigit():
        if int(first) >= len(args):
            it.throw("IndexError", f"Replacement index {int(first)} out of range for positional args tuple")
        value = args[int(first)]
    else:
        if isinstance(kwargs, dict) and first not in kwargs:
            raise it.error("KeyError", first)
        value = kwargs[first] if isinstance(kwargs, dict) else it.item(kwargs, first)
    for attribute, index in _STEP.findall(rest):
        value = it.get(value, attribute) if attribute else it.item(value, int(index) if index.isdigit() else index)
    return value


_PERCENT = re.compile(r"%(?:\((?P<key>[^)]*)\))?(?P<flags>[#0\- +]*)(?P<width>\*|\d+)?(?P<precision>\.(?:\*|\d+)?)?[hlL]?(?P<kind>.)", re.S)


def percent(it: Interpreter, template: str, args: Any) -> Any:
    """``template % args``, or an Unknown."""
    if isinstance(args, Unknown):
        return args
    if isinstance(args, Either):
        return it.each(args, lambda item: percent(it, template, item))
    values = list(args) if isinstance(args, tuple) else [args]
    if isinstance(args, Instance) and isinstance(args.payload, tuple):
        values = list(args.payload)
    rebuilt: list[str] = []
    taken: list[Any] = []
    lost: Unknown | None = None
    end = 0
    keyed = False
    for match in _PERCENT.finditer(template):
        rebuilt.append(template[end:match.start()].replace("%", "%%"))
        end = match.end()
        if match["kind"] == "%":
            rebuilt.append("%%")
            continue
        head = "%" + match["flags"] + (match["width"] or "") + (match["precision"] or "")
        check_width(it, head)
        stars = head.count("*")
        if match["key"] is not None:
            keyed = True
            values = [it.item(args, match["key"]), *values]
        if len(values) < stars + 1:
            it.throw("TypeError", "not enough arguments for format string")
        for value in values[:stars]:
            check_width(it, str(value) if isinstance(value, int) else "")
            taken.append(value)
        item = _percent_item(it, match["kind"], values[stars])
        if isinstance(item, Unknown | Either | Formula | Quotient):
            if lost is None:
                lost = item if isinstance(item, Unknown) else it.unknown(Why.ARGUMENT, "a text of a value that is not known")
        taken.append(item)
        values = values[stars + 1:]
        rebuilt.append(head + ("s" if match["kind"] in "rsa" else match["kind"]))
    rebuilt.append(template[end:])
    if "%" in template[end:]:
        it.throw("ValueError", "incomplete format")
    try:
        made = "".join(rebuilt) % tuple(taken) if lost is None else ""
    except TypeError as error:
        return it.throw("TypeError", str(error))
    except (ValueError, OverflowError) as error:
        return it.library_throw(type(error).__name__, str(error))
    if values and not keyed and not _is_mapping(args):
        it.throw("TypeError", "not all arguments converted during string formatting")
    return _limited(it, made) if lost is None else lost


def _is_mapping(args: Any) -> bool:
    """Whether ``%`` takes an object for a mapping: anything that has items, but for a tuple and a text."""
    if isinstance(args, Instance):
        return args.cls.find("__getitem__") is not ABSENT or isinstance(args.payload, dict | list | bytes)
    return isinstance(args, dict | list | bytes | range)


def _percent_item(it: Interpreter, kind: str, value: Any) -> Any:
    if kind == "s":
        return text(it, value)
    if kind in "ra":
        return representation(it, value)
    if isinstance(value, Instance):
        from paramlint.interpreter import constructors

        value = constructors.formatted_number(it, kind, value)
    return it.unknown(Why.UNSUPPORTED, f"the text of a `{operators.type_name(value)}`") if isinstance(value, Foreign) else value
