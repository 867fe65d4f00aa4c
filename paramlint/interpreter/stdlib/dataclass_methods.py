"""The methods that ``@dataclass`` adds. ``__init__`` is a function of the analysed code, so calls bind and fail as for any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter import comparison, equality, setting, texts
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.natives import raw
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ABSENT, ClassValue, FunctionValue, Instance, Native
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

Fields = dict[str, Instance]


class _Factory:
    """The default of a field with a ``default_factory``, until it is called."""

    __slots__ = ("function",)

    def __init__(self, function: Any) -> None:
        self.function = function


def add(it: Interpreter, cls: ClassValue, fields: Fields, options: dict[str, Any]) -> None:
    shown = [name for name, field in fields.items() if not field.attrs["init_only"]]
    if options["init"] is not False and "__init__" not in cls.attrs:
        cls.attrs["__init__"] = _init(it, cls, fields, options["frozen"] is True)
    if options["repr"] is not False:
        _default(cls, "__repr__", lambda it, self: _repr(it, self, [name for name in shown if fields[name].attrs["repr"]]))
    own_equal = cls.attrs.get("__eq__", ABSENT)
    compared = [name for name in shown if fields[name].attrs["compare"]]
    if options["eq"] is not False:
        _default(cls, "__eq__", lambda it, self, other: _equal(it, self, other, compared))
        if options["unsafe_hash"] is True and cls.attrs.get("__hash__") is not None:
            it.throw("TypeError", f"Cannot overwrite attribute __hash__ in class {cls.name}")
        if options["frozen"] is True or options["unsafe_hash"] is True:
            if isinstance(own_equal, FunctionValue) and cls.attrs.get("__hash__", ABSENT) is None:
                del cls.attrs["__hash__"]
            _default(cls, "__hash__", lambda it, self: it.call(it.builtins["hash"], [tuple(it.get(self, name) for name in compared)]))
        elif "__hash__" not in cls.attrs:
            cls.attrs["__hash__"] = None
    if options["order"] is True:
        for method, op in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
            if method in cls.attrs:
                it.throw("TypeError", f"Cannot overwrite attribute {method} in class {cls.name}. Consider using functools.total_ordering")
            _default(cls, method, lambda it, self, other, op=op: _ordered(it, op, self, other, compared))
    if options["frozen"] is True:
        for method in ("__setattr__", "__delattr__"):
            if method in cls.attrs:
                it.throw("TypeError", f"Cannot overwrite attribute {method} in class {cls.name}")
            cls.attrs[method] = _refusing(cls, method, frozenset(shown))
    if options["match_args"] is not False and "__match_args__" not in cls.attrs:
        cls.attrs["__match_args__"] = tuple(name for name, field in fields.items() if field.attrs["init"] and not field.attrs["kw_only"])


def _default(cls: ClassValue, name: str, function: Any) -> None:
    """A method that the class body does not define itself."""
    if name not in cls.attrs:
        cls.attrs[name] = raw(name, function, binds=True)


# __init__ ---------------------------------------------------------------------------------------------------------------------


def _init(it: Interpreter, cls: ClassValue, fields: Fields, frozen: bool) -> FunctionValue:
    taken = {name: field for name, field in fields.items() if field.attrs["init"]}
    positional = [name for name, field in taken.items() if not field.attrs["kw_only"]]
    keyword_only = [name for name, field in taken.items() if field.attrs["kw_only"]]
    _check_order(it, fields, positional)
    native = Native(
        "__init__", lambda it, args, kwargs: _initialise(it, cls, fields, frozen, args[0], dict(zip(taken, args[1:], strict=True)))
    )
    passed = tuple(ir.Name(0, name) for name in ("self", *taken))
    code = ir.Function(
        name="__init__",
        positional_only=(),
        parameters=tuple(ir.Parameter(name, None) for name in ("self", *positional)),
        star=None,
        keyword_only=tuple(ir.Parameter(name, None) for name in keyword_only),
        double_star=None,
        body=(ir.Evaluate(0, ir.Call(0, ir.Constant(0, native), passed, ())),),
        locals=frozenset(("self", *taken)),
        global_names=frozenset(),
        nonlocal_names=frozenset(),
        is_generator=False,
        is_async=False,
        doc=None,
    )
    assert it.frame is not None
    closure = Frame(it.frame.module, None, it.frame.unit, {}, "module")
    defaults = [_given(fields[name]) for name in positional if _given(fields[name]) is not ABSENT]
    named = {name: _given(fields[name]) for name in keyword_only if _given(fields[name]) is not ABSENT}
    function = FunctionValue(code, closure, defaults, named, cls.site)
    function.owner = cls
    function.qualname = f"{cls.name}.__init__"
    return function


def _given(field: Instance) -> Any:
    factory = field.attrs["default_factory"]
    return field.attrs["default"] if factory is ABSENT else _Factory(factory)


def _check_order(it: Interpreter, fields: Fields, positional: list[str]) -> None:
    defaulted = False
    for name in positional:
        if _given(fields[name]) is not ABSENT:
            defaulted = True
        elif defaulted:
            it.throw("TypeError", f"non-default argument '{name}' follows default argument")


def _initialise(it: Interpreter, cls: ClassValue, fields: Fields, frozen: bool, self: Any, values: dict[str, Any]) -> None:
    passed_on: list[Any] = []
    plain = isinstance(self, Instance) and (frozen or setting.is_plain_setter(it, self.cls))
    for name, field in fields.items():
        value = values.get(name, ABSENT)
        if value is ABSENT:
            value = _given(field)
        if isinstance(value, _Factory):
            value = it.call(value.function)
        if field.attrs["init_only"]:
            passed_on.append(value)
        elif value is ABSENT:
            continue
        elif plain:
            setting.set_plain(it, self, name, value)
        else:
            it.set(self, name, value)
    after = it.class_of(self)
    if isinstance(after, ClassValue) and after.find("__post_init__") is not ABSENT:
        it.call(it.get(self, "__post_init__"), passed_on)


# The others ---------------------------------------------------------------------------------------------------------------------


def _repr(it: Interpreter, self: Instance, names: list[str]) -> Any:
    parts = []
    for name in names:
        text = texts.representation(it, it.get(self, name))
        if not isinstance(text, str):
            return text
        parts.append(f"{name}={text}")
    return f"{self.cls.qualname}({', '.join(parts)})"


def _equal(it: Interpreter, self: Instance, other: Any, names: list[str]) -> Any:
    if not isinstance(other, Instance) or other.cls is not self.cls:
        return NotImplemented
    return equality.equal(it, tuple(it.get(self, name) for name in names), tuple(it.get(other, name) for name in names))


def _ordered(it: Interpreter, op: str, self: Instance, other: Any, names: list[str]) -> Any:
    if not isinstance(other, Instance) or other.cls is not self.cls:
        return NotImplemented
    return comparison.compare(it, op, tuple(it.get(self, name) for name in names), tuple(it.get(other, name) for name in names))


def _refusing(cls: ClassValue, method: str, names: frozenset[str]) -> Native:
    """``__setattr__`` and ``__delattr__`` of a frozen dataclass; classes that derive from it may have attributes of their own."""

    def refuse(it: Interpreter, self: Any, name: Any, value: Any = ABSENT, /) -> None:
        if isinstance(self, Instance) and self.cls is not cls and name not in names:
            behind = self.cls.find_after(cls, method)
            it.call(behind, [self, name] if value is ABSENT else [self, name, value])
            return
        error = it.modules.library_attribute("dataclasses", "FrozenInstanceError")
        verb = "delete" if value is ABSENT else "assign to"
        raise Raised(it.call(error, [f"cannot {verb} field {name!r}"]), it.site())

    return raw(method, refuse, binds=True)
