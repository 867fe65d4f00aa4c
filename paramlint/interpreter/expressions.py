"""Expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.dims import Formula
from paramlint.core.unknown import NeedsValue, Unknown, Why
from paramlint.interpreter import calls, containers, hashing, hints, iteration, methods_text, operators, texts
from paramlint.interpreter.constructors import merge_into
from paramlint.interpreter.evaluation import EVALUATE, handles
from paramlint.interpreter.frames import ClassFrame, Frame, Site
from paramlint.interpreter.generic_types import Parametrised, as_written
from paramlint.interpreter.limits import CHARACTERS
from paramlint.interpreter.targets import bind_name
from paramlint.interpreter.unanswered import may_lack
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, FunctionValue, Instance
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


@handles(ir.Constant)
def constant(it: Interpreter, node: ir.Constant, frame: Frame) -> Any:
    return node.value


@handles(ir.Name)
def name(it: Interpreter, node: ir.Name, frame: Frame) -> Any:
    wanted = node.id
    value = frame.vars.get(wanted, ABSENT)
    if value is ABSENT or frame.kind == "module":  # a module's names are looked up where they stand in the source
        value = _outer(it, wanted, frame, node)
    if value.__class__ is Either:
        present = tuple(v for v in value.alternatives if v is not ABSENT)
        if len(present) < len(value.alternatives):  # a name that is read must have been bound
            may_lack(it, value.reason, "UnboundLocalError" if frame.kind == "function" else "NameError")
            return present[0] if len(present) == 1 else Either(present, value.reason)
    return value


def _outer(it: Interpreter, wanted: str, frame: Frame, node: ir.Name) -> Any:
    function = frame.function
    if function is not None and wanted in function.code.locals and frame.kind == "function":
        frame.site = node.at
        it.throw("UnboundLocalError", f"cannot access local variable '{wanted}' where it is not associated with a value")
    parent = frame.parent
    if parent is not None and _is_global(frame, wanted):
        parent = None
    while parent is not None and parent.kind != "module":
        value = parent.vars.get(wanted, ABSENT)
        if value is not ABSENT:
            return value
        around = parent.function if parent.kind == "function" else None
        if around is not None and wanted in around.code.locals:
            frame.site = node.at
            it.throw("NameError", f"cannot access free variable '{wanted}' where it is not associated with a value in enclosing scope")
        parent = None if parent.parent is None or _is_global(parent, wanted) else parent.parent
    if wanted == "__class__" and frame.owner is not None:
        return frame.owner
    module = frame.module
    value = module.vars.get(wanted, ABSENT) if wanted in module.ready else ABSENT
    if value is ABSENT:
        value = module.lookup(it, wanted)
    if value is not ABSENT:
        return value
    value = it.builtins.get(wanted, ABSENT)
    if value is not ABSENT:
        return value
    frame.site = node.at
    reason = frame.module.missing(it, wanted)
    if reason is not None:
        return Unknown(reason)
    error = it.error("NameError", f"name '{wanted}' is not defined")
    error.value.attrs["name"] = wanted
    raise error


def _is_global(frame: Frame, name: str) -> bool:
    """Whether the enclosing functions do not count for a name: where it is said to be global, and where a class body binds it."""
    if frame.__class__ is ClassFrame:
        return name in frame.node.locals or name in frame.node.global_names
    return frame.function is not None and name in frame.function.code.global_names


@handles(ir.Attribute)
def attribute(it: Interpreter, node: ir.Attribute, frame: Frame) -> Any:
    value = EVALUATE[node.value.__class__](it, node.value, frame)
    frame.site = node.at
    return it.get(value, node.attr)


@handles(ir.Subscript)
def subscript(it: Interpreter, node: ir.Subscript, frame: Frame) -> Any:
    value = EVALUATE[node.value.__class__](it, node.value, frame)
    index = EVALUATE[node.index.__class__](it, node.index, frame)
    if value.__class__ is dict and index.__class__ is str:
        found = value.get(index, ABSENT)
        if found is not ABSENT and found.__class__ is not Either:
            return found
    frame.site = node.at
    found = containers.get_item(it, value, index)
    if found.__class__ is Parametrised and value.__class__ is ClassValue:
        return as_written(it, found, node.value)
    return found


@handles(ir.Slice)
def slice_(it: Interpreter, node: ir.Slice, frame: Frame) -> Any:
    return slice(*(None if part is None else it.evaluate(part, frame) for part in (node.lower, node.upper, node.step)))


@handles(ir.Call)
def call(it: Interpreter, node: ir.Call, frame: Frame) -> Any:
    func = node.func
    if func.__class__ is ir.Attribute and func.attr in methods_text.OF_TEXTS and not node.keywords:
        return _text_method(it, node, func, frame)
    callee, args, kwargs, rest = prepared(it, node, frame)
    if rest is not None:
        return calls.call_with_unknown_rest(it, callee, args, kwargs, rest)
    return calls.call(it, callee, args, kwargs)


def _text_method(it: Interpreter, node: ir.Call, func: ir.Attribute, frame: Frame) -> Any:
    """A call of what may be a method of a text: most of them are, with texts as arguments."""
    value = EVALUATE[func.value.__class__](it, func.value, frame)
    frame.site = func.at
    if value.__class__ is not str:
        callee, args, kwargs, rest = prepared(it, node, frame, it.get(value, func.attr))
        return calls.call(it, callee, args, kwargs) if rest is None else calls.call_with_unknown_rest(it, callee, args, kwargs, rest)
    _, args, _, rest = prepared(it, node, frame, None)
    if rest is None and all(arg.__class__ is str or arg.__class__ is int for arg in args):
        it.charge(1 + len(value) // CHARACTERS)
        try:
            found = getattr(value, func.attr)(*args)
        except (TypeError, ValueError):  # told below, as of any other call
            pass
        else:
            if found.__class__ is list:
                return it.made(found)
            return it.computed(found) if found.__class__ is str and found is not value else found
    callee = it.get(value, func.attr)
    return calls.call(it, callee, args, {}) if rest is None else calls.call_with_unknown_rest(it, callee, args, {}, rest)


def call_for_effect(it: Interpreter, node: ir.Call, frame: Frame) -> None:
    """A call whose result nobody reads: not made if all it does is to initialise."""
    callee, args, kwargs, rest = prepared(it, node, frame)
    if rest is not None:
        calls.call_with_unknown_rest(it, callee, args, kwargs, rest)
    elif it.inertness is None or not it.inertness.skips(callee, args, kwargs):
        calls.call(it, callee, args, kwargs)


def prepared(it: Interpreter, node: ir.Call, frame: Frame, callee: Any = ABSENT) -> tuple[Any, list[Any], dict[str, Any], Unknown | None]:
    """What is called with what; the last is what a ``*`` or ``**`` whose contents are not known stands for."""
    if callee is ABSENT:
        callee = EVALUATE[node.func.__class__](it, node.func, frame)
    if callee.__class__ is ClassValue and callee.module == "builtins" and (uncalled := hints.stands_in(callee, node.func, frame)):
        it.throw("TypeError", f"Type {uncalled} cannot be instantiated; use {callee.name}() instead")
    args: list[Any] = []
    rest: Unknown | None = None  # a ``*`` or ``**`` whose contents are not known
    for arg in node.args:
        if arg.__class__ is ir.Starred:
            items = iteration.elements_or_unknown(it, _starred(it, it.evaluate(arg.value, frame)))
            if isinstance(items, Unknown):
                rest = items if rest is None else rest
            else:
                args.extend(items)
        else:
            try:
                args.append(EVALUATE[arg.__class__](it, arg, frame))
            except NeedsValue as error:  # what is called runs all the same
                args.append(it.located(error.unknown))
    kwargs: dict[str, Any] = {}
    for key, value in node.keywords:
        if key is not None:
            twice = key in kwargs  # in a mapping before it
            try:
                kwargs[key] = EVALUATE[value.__class__](it, value, frame)
            except NeedsValue as error:
                kwargs[key] = it.located(error.unknown)
            if twice:
                frame.site = node.at
                it.library_throw("TypeError", f"got multiple values for keyword argument '{key}'")
        else:
            mapping = containers.mapping_or_unknown(it, it.evaluate(value, frame))
            if isinstance(mapping, Unknown):
                rest = mapping if rest is None else rest
                continue
            named = mapping if all(name.__class__ is str for name in mapping) else containers.keyword_names(it, mapping)
            if kwargs and not kwargs.keys().isdisjoint(named):
                frame.site = node.at
                it.library_throw("TypeError", f"got multiple values for keyword argument '{next(name for name in named if name in kwargs)}'")
            kwargs.update(named)
    frame.site = node.at
    it.frame = frame  # a comprehension's frame runs without being entered as a function's is
    return callee, args, kwargs, rest


def _starred(it: Interpreter, value: Any) -> Any:
    if isinstance(value, int | float | None):
        it.library_throw("TypeError", f"argument after * must be an iterable, not {operators.type_name(value)}")
    return value


@handles(ir.Unary)
def unary(it: Interpreter, node: ir.Unary, frame: Frame) -> Any:
    value = EVALUATE[node.operand.__class__](it, node.operand, frame)
    if value.__class__ is bool and node.op == "not":
        return not value
    frame.site = node.at
    return operators.unary(it, node.op, value)


@handles(ir.Binary)
def binary(it: Interpreter, node: ir.Binary, frame: Frame) -> Any:
    left = EVALUATE[node.left.__class__](it, node.left, frame)
    right = EVALUATE[node.right.__class__](it, node.right, frame)
    if left.__class__ is int and right.__class__ is int:
        if node.op == "*" and -(1 << 64) < left < 1 << 64 and -(1 << 64) < right < 1 << 64:
            return left * right
        if node.op == "+":
            return left + right
    frame.site = node.at
    return operators.binary(it, node.op, left, right)


@handles(ir.Display)
def display(it: Interpreter, node: ir.Display, frame: Frame) -> Any:
    items: list[Any] = []
    unknown: Unknown | None = None
    held: tuple[Any, ...] = ()
    fixed = 0  # the items before the first stretch of unknown length
    for item in node.items:
        if item.__class__ is ir.Starred:
            found = iteration.elements_or_unknown(it, it.evaluate(item.value, frame))
            if isinstance(found, Unknown):
                unknown, fixed = (found, len(items)) if unknown is None else (unknown, fixed)
                held = (*held, *found.held)
            else:
                items.extend(found)
        else:
            items.append(item.value if item.__class__ is ir.Constant else EVALUATE[item.__class__](it, item, frame))
    if node.kind == "tuple":
        return it.result_of(unknown, items) if unknown is not None else it.computed(tuple(items))
    made = it.made(items if node.kind == "list" else hashing.make_set(it, items))
    if unknown is not None and isinstance(made, list | set):
        it.state.mark_open(made, unknown.reason, fixed, held)
    return made


@handles(ir.DictDisplay)
def dict_display(it: Interpreter, node: ir.DictDisplay, frame: Frame) -> Any:
    result: dict[Any, Any] = it.made({})
    for key, value in node.items:
        if key is None:
            other = it.evaluate(value, frame)
            if it.truth(_is_mapping(it, other)) is False:
                it.throw("TypeError", f"'{operators.type_name(other)}' object is not a mapping")
            merge_into(it, result, other)
        else:
            name_ = it.evaluate(key, frame)
            hashing.put(it, result, name_, it.evaluate(value, frame))
    return result


def _is_mapping(it: Interpreter, value: Any) -> Any:
    """Whether ``**value`` may be: whether it has keys."""
    if isinstance(value, dict | Unknown | Either | Foreign | Formula):
        return True
    if isinstance(value, Instance):
        return isinstance(value.payload, dict) or it.get_or(value, "keys", ABSENT) is not ABSENT
    return False


@handles(ir.Starred)
def starred(it: Interpreter, node: ir.Starred, frame: Frame) -> Any:
    return it.throw("SyntaxError", "can't use starred expression here")


@handles(ir.Lambda)
def lambda_(it: Interpreter, node: ir.Lambda, frame: Frame) -> Any:
    return make_function(it, node.function, frame, node.at)


def make_function(it: Interpreter, code: ir.Function, frame: Frame, at: int) -> FunctionValue:
    defaults = [it.evaluate(p.default, frame) for p in (*code.positional_only, *code.parameters) if p.default is not None]
    keyword_defaults = {p.name: it.evaluate(p.default, frame) for p in code.keyword_only if p.default is not None}
    site = Site(frame.unit.path, frame.unit.index, at) if frame.unit is not None else None
    if code.annotations and not hints.is_postponed(frame):
        for annotation in code.annotations:
            hints.define(it, annotation, frame)
    function = FunctionValue(code, frame, defaults, keyword_defaults, site)
    if it.watch is not None:
        it.watch.made(function.attrs, function.defaults, function.keyword_defaults)
    if it.replay is not None and it.modules.running:
        it.replay.made(function.attrs)
    if frame.kind == "function" and frame.function is not None:
        function.qualname = f"{frame.function.qualname}.<locals>.{code.name}"
    elif frame.kind == "class" and isinstance(frame.vars.get("__qualname__"), str):
        function.qualname = f"{frame.vars['__qualname__']}.{code.name}"
    return function


@handles(ir.FString)
def f_string(it: Interpreter, node: ir.FString, frame: Frame) -> Any:
    parts: list[Any] = []
    plain = True
    for part in node.parts:
        if part.__class__ is ir.Constant:
            parts.append(part.value)
            continue
        assert isinstance(part, ir.Formatted)
        text = formatted(it, part, frame)
        if text.__class__ is not str:
            plain = False
        elif part.prefix:
            text = part.prefix + text
        parts.append(text)
    return it.computed("".join(parts)) if plain else _joined(it, parts)


def _joined(it: Interpreter, parts: list[Any]) -> Any:
    """The parts of a text as one, once all of them are made."""
    lost = next((part for part in parts if isinstance(part, Unknown)), None)
    if lost is not None:
        return lost
    at = next((at for at, part in enumerate(parts) if isinstance(part, Either)), None)
    if at is None:
        return it.computed("".join(parts))
    return it.each(parts[at], lambda one: _joined(it, [*parts[:at], one, *parts[at + 1:]]))


@handles(ir.Formatted)
def formatted(it: Interpreter, node: ir.Formatted, frame: Frame) -> Any:
    value = EVALUATE[node.value.__class__](it, node.value, frame)
    spec = "" if node.spec is None else f_string(it, node.spec, frame)
    if value.__class__ is str and node.conversion is None and not node.prefix and not spec:
        return value
    frame.site = node.at
    conversion = node.conversion or ("r" if node.prefix and node.spec is None else None)
    return texts.format_value(it, value, conversion, spec)


@handles(ir.Walrus)
def walrus(it: Interpreter, node: ir.Walrus, frame: Frame) -> Any:
    value = it.evaluate(node.value, frame)
    target = frame
    while target.kind == "comprehension" and target.caller is not None:  # a walrus binds in the block around the comprehension
        target = target.caller
    bind_name(it, node.name, value, target)
    return value


@handles(ir.Await)
def await_(it: Interpreter, node: ir.Await, frame: Frame) -> Any:
    frame.site = node.at
    it.evaluate(node.value, frame)
    return it.unknown(Why.UNSUPPORTED, "the result of an `await`")


@handles(ir.Yield)
@handles(ir.YieldFrom)
def yield_(it: Interpreter, node: Any, frame: Frame) -> Any:
    frame.site = node.at
    return it.unknown(Why.UNSUPPORTED, "a `yield` inside an expression")
