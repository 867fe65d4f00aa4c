"""``dataclasses``: the decorator and what reads the fields. ``dataclass_methods`` has the methods that it adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown, Why
from paramlint.interpreter import slots, texts
from paramlint.interpreter.hints import in_body
from paramlint.interpreter.natives import Table
from paramlint.interpreter.stdlib import dataclass_methods as methods
from paramlint.interpreter.stdlib.copying import deepcopy
from paramlint.interpreter.values import ABSENT, ClassValue, Either, Foreign, Instance, Native, Property
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

FUNCTIONS = Table()
_OPTIONS = {
    "init": True,
    "repr": True,
    "eq": True,
    "order": False,
    "unsafe_hash": False,
    "frozen": False,
    "match_args": True,
    "kw_only": False,
    "slots": False,
    "weakref_slot": False,
}
_FIELD = {"default": ABSENT, "default_factory": ABSENT, "init": True, "repr": True, "hash": None, "compare": True, "metadata": None,
          "kw_only": ABSENT, "doc": None}


_SPECIFIERS = {"default": "default", "default_factory": "default_factory", "factory": "default_factory"}


def names(it: Interpreter) -> dict[str, Any]:
    root = it.classes["object"]
    field_class = ClassValue("Field", (root,), {"type": Property(Native("type", _field_type))}, module="dataclasses")
    missing = it.instance(ClassValue("_MISSING_TYPE", (root,), {}, module="dataclasses"))
    keyword_only = it.instance(ClassValue("_KW_ONLY_TYPE", (root,), {}, module="dataclasses"))
    init_var = ClassValue("InitVar", (root,), {}, module="dataclasses")
    frozen = ClassValue("FrozenInstanceError", (it.classes["AttributeError"],), {}, module="dataclasses")
    it.classes.setdefault("FrozenInstanceError", frozen)

    def field(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = {key: ABSENT if value is missing else value for key, value in kwargs.items()}
        if args or not given.keys() <= _FIELD.keys():
            it.library_throw("TypeError", "field() got an unexpected argument")
        if given.get("default", ABSENT) is not ABSENT and given.get("default_factory", ABSENT) is not ABSENT:
            it.throw("ValueError", "cannot specify both default and default_factory")
        return it.instance(field_class, {**_FIELD, "metadata": it.made({}), **given})

    return {
        **FUNCTIONS,
        "field": Native("field", field),
        "Field": field_class,
        "MISSING": missing,
        "KW_ONLY": keyword_only,
        "InitVar": init_var,
        "FrozenInstanceError": frozen,
    }


def _field_type(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    annotation = args[0].attrs.get("annotation")
    return annotation.at_run_time(it) if hasattr(annotation, "at_run_time") else annotation


def own_field(it: Interpreter, value: Any) -> bool:
    return isinstance(value, Instance) and value.cls is it.modules.library_attribute("dataclasses", "Field")


@FUNCTIONS.raw("dataclass")
def dataclass(it: Interpreter, cls: Any = None, /, **options: Any) -> Any:
    if not options.keys() <= _OPTIONS.keys():
        it.library_throw("TypeError", "dataclass() got an unexpected keyword argument")
    wanted = {**_OPTIONS, **{key: it.truth(value) for key, value in options.items()}}
    if cls is None:
        return Native("dataclass", lambda it, args, kwargs: _process(it, args[0], wanted))
    return _process(it, cls, wanted)


def _process(it: Interpreter, cls: Any, options: dict[str, Any]) -> Any:
    if not isinstance(cls, ClassValue):
        return cls
    entries: dict[str, Instance] = {}
    for base in reversed(cls.mro[1:]):
        entries.update(base.facts.get("dataclass entries", {}))
        _check_frozen(it, base, options)
    if options["order"] is True and options["eq"] is False:
        it.throw("ValueError", "eq must be true if order is true")
    entries.update(_own_fields(it, cls, options))
    fields = {name: field for name, field in entries.items() if not field.attrs["of_class"]}
    cls.facts["dataclass entries"] = entries  # with those of ``ClassVar``, which are no fields
    cls.facts["dataclass_fields"] = fields
    cls.facts["dataclass_options"] = options
    cls.attrs["__dataclass_fields__"] = it.made(dict(entries))
    cls.attrs["__dataclass_params__"] = it.instance(it.classes["object"], dict(options))
    methods.add(it, cls, fields, options)
    if options["slots"] is True:
        _make_slots(it, cls, fields)
    return cls


def _make_slots(it: Interpreter, cls: ClassValue, fields: dict[str, Instance]) -> None:
    """``slots=True``: attributes for the fields alone; defaults of the class are no attributes of it any more."""
    if "__slots__" in cls.attrs:
        it.throw("TypeError", f"{cls.name} already specifies __slots__")
    inherited = {name for base in cls.mro[1:] for name in base.facts.get("own slots", ())}
    for name in fields:
        cls.attrs.pop(name, None)
    cls.attrs["__slots__"] = tuple(name for name in fields if name not in inherited)
    slots.declare(it, cls)


def _check_frozen(it: Interpreter, base: ClassValue, options: dict[str, Any]) -> None:
    before = base.facts.get("dataclass_options")
    if before is not None and base.facts.get("dataclass_fields") and options["frozen"] is not before["frozen"]:
        if options["frozen"] is True and before["frozen"] is False:
            it.throw("TypeError", "cannot inherit frozen dataclass from a non-frozen one")
        if options["frozen"] is False and before["frozen"] is True:
            it.throw("TypeError", "cannot inherit non-frozen dataclass from a frozen one")


def _own_fields(it: Interpreter, cls: ClassValue, options: dict[str, Any]) -> dict[str, Instance]:
    """The fields that the class body declares, in its order. Annotations are read as text, as nothing else tells ``ClassVar``."""
    result: dict[str, Instance] = {}
    keyword_only = options["kw_only"]
    for name, annotation in in_body(cls).items():
        text = getattr(annotation, "text", "").replace(" ", "")
        kind_name = text.partition("[")[0].rpartition(".")[2]
        if kind_name == "KW_ONLY":
            keyword_only = True
            continue
        own = cls.attrs.get(name, ABSENT)
        default = cls.find(name) if own is ABSENT and not slots.has(cls, name) else own  # what a base has is the default too
        if isinstance(default, Instance) and default.cls.find("__get__") is not ABSENT:
            default = it.get_or(cls, name, ABSENT)  # a descriptor says itself what the default is
        given = _specified(it, annotation) if isinstance(default, Unknown) and default.reason.kind is Why.IMPORT else {}
        field = default if own_field(it, default) else it.call(it.modules.library_attribute("dataclasses", "field"), [],
                                                               given or {"default": default})
        kind = it.class_of(field.attrs["default"]) if field.attrs["default"] is not ABSENT else None
        if isinstance(kind, ClassValue) and kind.find("__hash__") is None and kind_name not in ("ClassVar", "InitVar"):
            shown = texts.representation(it, kind)
            it.throw("ValueError", f"mutable default {shown} for field {name} is not allowed: use default_factory")
        if field.attrs["kw_only"] is ABSENT and kind_name != "ClassVar":
            field.attrs["kw_only"] = keyword_only
        field.attrs.update({"name": name, "annotation": annotation, "init_only": kind_name == "InitVar", "of_class": kind_name == "ClassVar"})
        if own_field(it, default) or given:
            cls.attrs.pop(name, None)
        if field.attrs["default"] is not ABSENT and own is default:
            cls.attrs[name] = field.attrs["default"]
        result[name] = field
    for name, value in cls.attrs.items():
        if own_field(it, value) and name not in result and name not in cls.attrs.get("__annotations__", {}):
            it.throw("TypeError", f"{name!r} is a field but has no type annotation")
    return result


def _specified(it: Interpreter, annotation: Any) -> dict[str, Any]:
    """What a field specifier out of reach says of its field: such functions have dataclasses' own words for defaults. Source: PEP 681."""
    value = getattr(annotation, "value", None)
    for keyword, node in value.keywords if isinstance(value, ir.Call) else ():
        if keyword in _SPECIFIERS:
            return {_SPECIFIERS[keyword]: it.evaluate(node, annotation.frame)}
    return {}


# Reading the fields -----------------------------------------------------------------------------------------------------------


def _class_of(it: Interpreter, value: Any) -> Any:
    return value if isinstance(value, ClassValue) else it.class_of(value)


def _real_fields(it: Interpreter, value: Any) -> Any:
    cls = _class_of(it, value)
    if isinstance(cls, Unknown):
        return cls
    found = cls.fact("dataclass_fields")
    if found is None:
        it.throw("TypeError", "must be called with a dataclass type or instance")
    return [field for field in found.values() if not field.attrs["init_only"]]


@FUNCTIONS.raw("fields")
def fields(it: Interpreter, class_or_instance: Any) -> Any:
    found = _real_fields(it, class_or_instance)
    if isinstance(found, Unknown):
        return found
    missing = it.modules.library_attribute("dataclasses", "MISSING")
    shown = []
    for field in found:
        attrs = {key: missing if value is ABSENT else value for key, value in field.attrs.items()}
        shown.append(it.instance(field.cls, attrs))
    return tuple(shown)


@FUNCTIONS.raw("is_dataclass")
def is_dataclass(it: Interpreter, obj: Any) -> Any:
    cls = _class_of(it, obj)
    return cls if isinstance(cls, Unknown) else cls.fact("dataclass_fields") is not None


def _refuse_others(it: Interpreter, obj: Any, name: str) -> None:
    cls = obj if isinstance(obj, Unknown | Either | Foreign) else it.class_of(obj)
    if isinstance(cls, ClassValue) and cls.fact("dataclass_fields") is None and cls.fact("unknown_base") is None:
        it.throw("TypeError", f"{name}() should be called on dataclass instances")


@FUNCTIONS.raw("asdict")
def asdict(it: Interpreter, obj: Any, *, dict_factory: Any = None) -> Any:
    _refuse_others(it, obj, "asdict")
    return _converted(it, obj, lambda pairs: it.made(dict(pairs)) if dict_factory is None else it.call(dict_factory, [it.made(pairs)]))


@FUNCTIONS.raw("astuple")
def astuple(it: Interpreter, obj: Any, *, tuple_factory: Any = None) -> Any:
    _refuse_others(it, obj, "astuple")

    def collect(pairs: list[tuple[str, Any]]) -> Any:
        values = [value for _, value in pairs]
        return tuple(values) if tuple_factory is None else it.call(tuple_factory, [it.made(values)])

    return _converted(it, obj, collect)


def _converted(it: Interpreter, value: Any, collect: Any) -> Any:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Either):
        return it.each(value, lambda item: _converted(it, item, collect))
    if isinstance(value, Instance) and value.cls.fact("dataclass_fields") is not None:
        return collect(
            [(field.attrs["name"], _converted(it, it.get(value, field.attrs["name"]), collect)) for field in _real_fields(it, value)]
        )
    if isinstance(value, list):
        return it.made([_converted(it, item, collect) for item in it.elements(value)])
    if type(value) is tuple:
        return tuple(_converted(it, item, collect) for item in value)
    if isinstance(value, dict) and it.state.open_reason(value) is None:
        return it.made({key: _converted(it, item, collect) for key, item in value.items()})
    return deepcopy(it, value)


@FUNCTIONS.raw("replace")
def replace(it: Interpreter, obj: Any, /, **changes: Any) -> Any:
    if isinstance(obj, Unknown):
        return obj
    known = obj.cls.fact("dataclass_fields")
    if known is None:
        it.throw("TypeError", "replace() should be called on dataclass instances")
    for name, field in known.items():
        if not field.attrs["init"]:
            if name in changes:
                it.throw("ValueError", f"field {name} is declared with init=False, it cannot be specified with replace()")
        elif name not in changes and not field.attrs["init_only"]:
            changes[name] = it.get(obj, name)
    return it.call(obj.cls, [], changes)


@FUNCTIONS.raw("make_dataclass")
def make_dataclass(it: Interpreter, cls_name: Any, fields: Any, *, bases: Any = (), namespace: Any = None, **options: Any) -> Any:
    attrs: dict[str, Any] = dict(namespace or {})
    annotations: dict[str, Any] = {}
    for entry in it.elements(fields):
        parts = [entry] if isinstance(entry, str) else it.elements(entry)
        annotations[parts[0]] = parts[1] if len(parts) > 1 else None
        if len(parts) > 2:
            attrs[parts[0]] = parts[2]
    attrs["__annotations__"] = it.made(annotations)
    made = it.call(it.classes["type"], [cls_name, tuple(it.elements(bases)), it.made(attrs)])
    return dataclass(it, made, **{key: value for key, value in options.items() if key in _OPTIONS})


