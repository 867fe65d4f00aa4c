"""``inspect``: signatures and kinds of objects."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import abstract_classes, hints
from paramlint.interpreter.attributes import is_annotated
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.natives import Table, effect, raw
from paramlint.interpreter.values import (
    ABSENT,
    SIGNATURE,
    BoundMethod,
    ClassValue,
    FunctionValue,
    GeneratorValue,
    Instance,
    Native,
    Property,
    StaticMethod,
)

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
Row = tuple[str, int, Any]  # a parameter: its name, its kind, its default or ABSENT
_ROWS = "<rows>"
_KINDS = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")


def names(it: Interpreter) -> dict[str, Any]:
    root = it.classes["object"]
    empty = ClassValue("_empty", (root,), {}, module="inspect")
    kind = ClassValue("_ParameterKind", (it.classes["int"],), {"__str__": raw("__str__", _kind_name, binds=True)}, module="inspect")
    kinds = {name: it.instance(kind, {"name": name, "value": at, "_name_": name, "_value_": at}, at) for at, name in enumerate(_KINDS)}
    parameter = ClassValue("Parameter", (root,), {"empty": empty, **kinds}, module="inspect")
    methods = {"bind": raw("bind", _bind, binds=True), "bind_partial": raw("bind_partial", _bind_partial, binds=True)}
    signature = ClassValue("Signature", (root,), {"empty": empty, "return_annotation": empty, **methods}, module="inspect")
    views = {"args": Property(raw("args", _given_args)), "kwargs": Property(raw("kwargs", _given_kwargs))}
    bound = ClassValue("BoundArguments", (root,), {"apply_defaults": raw("apply_defaults", _apply_defaults, binds=True), **views},
                       module="inspect")
    outside = {
        name: effect(f"inspect.{name}", data=False)
        for name in ("getsource", "getsourcelines", "currentframe", "stack", "getmodule", "getdoc", "cleandoc")
    }
    return {**FUNCTIONS, **outside, "Parameter": parameter, "Signature": signature, "BoundArguments": bound, "_empty": empty}


def _kind_name(it: Interpreter, self: Any, /) -> Any:
    return self.attrs["name"]


def _target(it: Interpreter, value: Any) -> tuple[Any, int]:
    """The function behind a callable, and how many of its first parameters are taken."""
    taken = 0
    while True:
        if isinstance(value, BoundMethod):
            value, taken = value.func, taken + 1
        elif isinstance(value, StaticMethod):
            value = value.func
        elif isinstance(value, ClassValue):
            value, taken = value.find("__init__"), taken + 1
        elif isinstance(value, Instance) and value.cls.find("__call__") is not ABSENT:
            value, taken = value.cls.find("__call__"), taken + 1
        elif isinstance(value, FunctionValue | Native) and "__wrapped__" in value.attrs:
            value = value.attrs["__wrapped__"]
        else:
            return value, taken


@FUNCTIONS.raw("signature")
def signature(it: Interpreter, obj: Any, **options: Any) -> Any:
    function, taken = _target(it, obj)
    annotated = False
    if isinstance(function, Unknown):
        return function
    if isinstance(function, Native) and SIGNATURE in function.attrs:
        rows = function.attrs[SIGNATURE]()
    elif isinstance(function, FunctionValue):
        rows = _rows(function)
        annotated = is_annotated(function)
    else:
        return it.unknown(Why.UNSUPPORTED, "the signature of a function that is not in the source")
    found = it.get(function, "__annotations__") if annotated else {}
    made = it.instance(it.modules.library_attribute("inspect", "Signature"), {"parameters": _parameters(it, rows[taken:], found)})
    if not isinstance(found, dict):
        made.attrs["return_annotation"] = it.unknown(Why.UNSUPPORTED, "the annotation of a function")
    elif "return" in found:
        made.attrs["return_annotation"] = found["return"]
    made.attrs[_ROWS] = tuple(rows[taken:])
    return made


@FUNCTIONS.raw("get_annotations")
def get_annotations(it: Interpreter, obj: Any, **options: Any) -> Any:
    """The annotations of an object itself, in a dictionary of their own."""
    if options or not isinstance(obj, ClassValue | FunctionValue):
        return it.unknown(Why.UNSUPPORTED, "the annotations of such an object")
    found = hints.of_class(it, obj) if isinstance(obj, ClassValue) else it.get(obj, hints.NAME)
    return it.made(dict(found)) if isinstance(found, dict) else found


def _rows(function: FunctionValue) -> list[Row]:
    """The parameters of a function: name, kind, default."""
    code, rows = function.code, list[Row]()
    positional = [*code.positional_only, *code.parameters]
    defaults = [ABSENT] * (len(positional) - len(function.defaults)) + list(function.defaults)
    for at, (parameter, default) in enumerate(zip(positional, defaults, strict=True)):
        rows.append((parameter.name, 0 if at < len(code.positional_only) else 1, default))
    if code.star is not None:
        rows.append((code.star, 2, ABSENT))
    rows.extend((parameter.name, 3, function.keyword_defaults.get(parameter.name, ABSENT)) for parameter in code.keyword_only)
    if code.double_star is not None:
        rows.append((code.double_star, 4, ABSENT))
    return rows


def _bind(it: Interpreter, self: Any, /, *args: Any, **kwargs: Any) -> Any:
    return _bound(it, self, "bind", args, kwargs)


def _bind_partial(it: Interpreter, self: Any, /, *args: Any, **kwargs: Any) -> Any:
    return _bound(it, self, "bind_partial", args, kwargs)


def _bound(it: Interpreter, self: Any, how: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Python's own binding; values are carried along unseen. Raises TypeError in the analysed code."""
    rows: tuple[Row, ...] = self.attrs[_ROWS]
    given = [inspect.Parameter(name, inspect._ParameterKind(kind), default=inspect.Parameter.empty if default is ABSENT else default)
             for name, kind, default in rows]
    try:
        found: inspect.BoundArguments = getattr(inspect.Signature(given), how)(*args, **kwargs)
    except TypeError as error:
        return it.throw("TypeError", str(error))
    arguments = {name: it.made(value) if isinstance(value, dict) and kind == 4 else value
                 for name, kind, _ in rows if (value := found.arguments.get(name, ABSENT)) is not ABSENT}
    cls = it.modules.library_attribute("inspect", "BoundArguments")
    return it.instance(cls, {"arguments": it.made(arguments), "signature": self})


def _given_args(it: Interpreter, self: Any, /) -> Any:
    found: list[Any] = []
    for name, kind, _ in self.attrs["signature"].attrs[_ROWS]:
        if kind > 2 or name not in self.attrs["arguments"]:
            break
        value = self.attrs["arguments"][name]
        found += it.elements(value) if kind == 2 else [value]
    return tuple(found)


def _given_kwargs(it: Interpreter, self: Any, /) -> Any:
    found: dict[str, Any] = {}
    named = False
    for name, kind, _ in self.attrs["signature"].attrs[_ROWS]:
        if name not in self.attrs["arguments"]:
            named = True  # what follows an argument that is left out is given by its name
        elif kind == 4:
            found.update(self.attrs["arguments"][name])
        elif kind == 3 or (kind == 1 and named):
            found[name] = self.attrs["arguments"][name]
    return it.made(found)


def _apply_defaults(it: Interpreter, self: Any, /) -> None:
    arguments = self.attrs["arguments"]
    before = dict(arguments)
    it.write(arguments)
    arguments.clear()
    for name, kind, default in self.attrs["signature"].attrs[_ROWS]:
        value = before.get(name, () if kind == 2 else it.made({}) if kind == 4 else default)
        if value is not ABSENT:
            arguments[name] = value


def _parameters(it: Interpreter, rows: list[Row], annotations: Any) -> Any:
    cls = it.modules.library_attribute("inspect", "Parameter")
    empty = cls.attrs["empty"]
    hidden = it.unknown(Why.UNSUPPORTED, "the annotation of a parameter")
    return it.made(
        {
            name: it.instance(cls, {"name": name, "kind": cls.attrs[_KINDS[kind]], "default": empty if default is ABSENT else default,
                                    "annotation": annotations.get(name, empty) if isinstance(annotations, dict) else hidden})
            for name, kind, default in rows
        }
    )


@FUNCTIONS.raw("getfullargspec", "getargspec")
def getfullargspec(it: Interpreter, func: Any) -> Any:
    function, _ = _target(it, func)
    if not isinstance(function, FunctionValue):
        return it.unknown(Why.UNSUPPORTED, "the signature of a function that is not in the source")
    code = function.code
    from paramlint.interpreter.stdlib import named_tuples

    fields = ("args", "varargs", "varkw", "defaults", "kwonlyargs", "kwonlydefaults", "annotations")
    cls = named_tuples.build(it, "FullArgSpec", fields, {}, "inspect")
    return it.instance(
        cls,
        payload=(
            it.made([parameter.name for parameter in (*code.positional_only, *code.parameters)]),
            code.star,
            code.double_star,
            tuple(function.defaults) or None,
            it.made([parameter.name for parameter in code.keyword_only]),
            it.made(dict(function.keyword_defaults)) or None,
            it.get(function, "__annotations__"),
        ),
    )


def _kind(name: str, *kinds: type) -> None:
    FUNCTIONS.raw(name)(lambda it, obj, /: _is_one(it, obj, kinds))


def _is_one(it: Interpreter, value: Any, kinds: tuple[type, ...]) -> Any:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, LibraryModule) and not value.certain:
        return it.unknown(Why.UNSUPPORTED, f"whether `{value.name}` is a module, a class or a function")
    return isinstance(value, kinds)


_kind("isclass", ClassValue)
_kind("isfunction", FunctionValue)
_kind("ismodule", ModuleValue, LibraryModule)
_kind("isgenerator", GeneratorValue)
_kind("isroutine", FunctionValue, BoundMethod, Native)


def _named(name: str, *classes: str) -> None:
    """Answer by the names of classes that are Python's own."""
    def told(it: Interpreter, obj: Any, /) -> Any:
        cls = it.class_of(obj)
        if not isinstance(cls, ClassValue):
            return cls
        return cls.site is None and cls.module == "builtins" and cls.name in classes

    FUNCTIONS.raw(name)(told)


_named("ismethod", "method")
_named("isbuiltin", "builtin_function_or_method")
_named("ismethodwrapper", "method-wrapper")


@FUNCTIONS.raw("isgeneratorfunction")
def isgeneratorfunction(it: Interpreter, obj: Any) -> Any:
    return isinstance(obj, FunctionValue) and obj.code.is_generator


@FUNCTIONS.raw("iscoroutinefunction")
def iscoroutinefunction(it: Interpreter, obj: Any) -> Any:
    return isinstance(obj, FunctionValue) and obj.code.is_async


@FUNCTIONS.raw("isabstract")
def isabstract(it: Interpreter, obj: Any) -> Any:
    if not isinstance(obj, ClassValue):
        return False
    unknown = obj.fact("unknown_base")
    return bool(abstract_classes.left(obj)) if unknown is None else Unknown(unknown)


@FUNCTIONS.raw("getmro")
def getmro(it: Interpreter, cls: Any) -> Any:
    return it.get(cls, "__mro__")


@FUNCTIONS.raw("unwrap")
def unwrap(it: Interpreter, func: Any) -> Any:
    return _target(it, func)[0] if isinstance(func, FunctionValue | Native) else func


@FUNCTIONS.raw("getmembers")
def getmembers(it: Interpreter, object: Any, predicate: Any = None) -> Any:
    names = it.elements(it.call(it.builtins["dir"], [object]))
    pairs = [(name, value) for name in names if (value := it.get_or(object, name, ABSENT)) is not ABSENT]
    if predicate is not None:
        pairs = [pair for pair in pairs if it.truth(it.call(predicate, [pair[1]])) is True]
    return it.made(pairs)


@FUNCTIONS.raw("getfile", "getsourcefile")
def getfile(it: Interpreter, obj: Any, /) -> Any:
    """The file of a module, class or function, as the module's ``__file__`` has it."""
    while isinstance(obj, BoundMethod):
        obj = obj.func
    if isinstance(obj, ClassValue):
        obj = it.modules.loaded.get(obj.module)
    elif isinstance(obj, FunctionValue):
        obj = obj.module
    file = obj.vars.get("__file__") if isinstance(obj, ModuleValue) else None
    return file if isinstance(file, str) else it.unknown(Why.EFFECT, "`inspect.getfile()` of what is not in the source")
