"""Classes: building them from their bodies, making instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Escaped, NeedsValue, Reason, Unknown, Why
from paramlint.interpreter import abstract_classes, class_bases, containers, escape, handed, metaclasses, slots
from paramlint.interpreter.binding import bind
from paramlint.interpreter.class_namespaces import DEFINED
from paramlint.interpreter.frames import ClassFrame, Frame, Site
from paramlint.interpreter.hints import FACT
from paramlint.interpreter.module_values import ModuleValue
from paramlint.interpreter.nodes import names_in
from paramlint.interpreter.orders import MroConflict
from paramlint.interpreter.purity import changes_nothing
from paramlint.interpreter.setting import holds
from paramlint.interpreter.type_variables import WRITTEN
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Either, FunctionValue, Instance, Native, Property, StaticMethod
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


def define(it: Interpreter, node: ir.ClassDef, frame: Frame) -> Any:
    """The class that a ``class`` statement makes, before its decorators."""
    found = class_bases.find(it, node, frame)
    bases, unknown = found.classes, found.unknown
    keywords = _keywords(it, node, frame)
    metaclass = keywords.pop("metaclass", None)
    unknown = unknown or metaclasses.unknown_metaclass(it, metaclass)
    metaclasses.refuse_bases(it, node.name, bases)
    called = metaclass if metaclass is not None and not isinstance(metaclass, ClassValue | Unknown | Either) else None
    kind = metaclasses.winner(it, metaclass, bases) if called is None else called
    given, namespace = metaclasses.prepared(it, kind, node.name, tuple(bases) or (it.classes["object"],), keywords)
    body = ClassFrame(node, frame, namespace, tuple(bases))
    body.assigned = kind.fact("assigned") if isinstance(kind, ClassValue) else None
    body.caller = it.frame
    namespace["__module__"] = frame.module.name
    namespace["__qualname__"] = _qualname(node.name, frame)
    if node.doc is not None:
        namespace["__doc__"] = node.doc
    if found.are_others:
        namespace[WRITTEN] = found.original(it)
    it.frame = body
    try:
        it.execute(node.body, body)
    finally:
        it.frame = body.caller
    if called is not None:
        return it.call(called, [node.name, tuple(bases), given], keywords)
    if not metaclasses.is_hooked(kind):
        return create(it, node.name, bases, namespace, frame.module.name, kind, keywords, unknown, body)
    it.pending_classes.append(metaclasses.PendingClass(body, kind, unknown))
    try:
        return instantiate(it, kind, [node.name, tuple(bases), given], keywords)
    finally:
        it.pending_classes.pop()


def _keywords(it: Interpreter, node: ir.ClassDef, frame: Frame) -> dict[str, Any]:
    keywords: dict[str, Any] = {}
    for name, value in node.keywords:
        found = it.evaluate(value, frame)
        if name is not None:
            keywords[name] = found
            continue
        mapping = containers.mapping_or_unknown(it, found)
        if isinstance(mapping, Unknown):
            raise NeedsValue(mapping)
        keywords.update(containers.keyword_names(it, mapping))
    return keywords


def _qualname(name: str, frame: Frame) -> str:
    if frame.kind == "class":
        return f"{frame.vars.get('__qualname__', '')}.{name}"
    if frame.function is not None and frame.kind == "function":
        return f"{frame.function.qualname}.<locals>.{name}"
    return name


def create(it: Interpreter, name: str, bases: list[ClassValue], namespace: dict[str, Any], module: str, kind: ClassValue,
           keywords: dict[str, Any], unknown: Reason | None, body: ClassFrame | None = None) -> Any:
    """What ``type.__new__`` makes, with all its hooks; ``body`` is the frame of the ``class`` statement that asks for it."""
    if body is not None:
        namespace.pop("__qualname__", None)
    if sum(len(base.mro) for base in bases) > it.limits.classes:
        it.limit(f"a class with more than {it.limits.classes} classes above it")
    metaclasses.refuse_layouts(it, bases)
    try:
        cls = ClassValue(name, tuple(bases) or (it.classes["object"],), it.made(namespace), module=module)
    except MroConflict as error:
        return it.throw("TypeError", str(error))
    cls.metaclass = None if kind is it.classes["type"] else kind
    if body is not None:
        _place(cls, body)
    if unknown is not None:
        cls.facts["unknown_base"] = unknown
    lookup = cls.find("__getattribute__")
    if isinstance(lookup, FunctionValue):
        cls.facts["getattribute"] = lookup
    finalizer = cls.find("__del__")
    if isinstance(finalizer, FunctionValue):
        cls.facts["finalizer"] = finalizer
    if "__slots__" in namespace:
        slots.declare(it, cls)
    if "__eq__" in namespace and "__hash__" not in namespace:
        namespace["__hash__"] = None
    for hook_name in ("__init_subclass__", "__class_getitem__"):  # class methods without being said to be
        if isinstance(namespace.get(hook_name), FunctionValue):
            namespace[hook_name] = ClassMethod(namespace[hook_name])
    cls.facts[DEFINED] = len(namespace)
    for key, value in namespace.items():
        _own(value, cls)
        if isinstance(value, FunctionValue | Property | ClassMethod | StaticMethod):
            it.defined.setdefault(key, []).append(value)
            it.effects_known.clear()
    for key, value in list(namespace.items()):
        if isinstance(value, Instance) and value.cls.find("__set_name__") is not ABSENT:
            it.call(it.get(value, "__set_name__"), [cls, key])
        elif value.__class__ is Unknown and value.reason.kind is Why.IMPORT and body is not None and _is_made(body.node, key):
            escape.into(it, value.reason, (cls,))  # to its ``__set_name__``
        if isinstance(value, Property) and value.cached is not None:
            value.cached = key
    made: Any = cls
    finish = cls.fact("finish")
    if finish is not None:
        made = it.call(finish, [cls])
    _tell_bases(it, cls, keywords)
    abstract_classes.note(cls)
    return made


def _is_made(node: ir.ClassDef, name: str) -> bool:
    """Whether a name of a class body, which is no field with a type, is bound to the result of a call: no function or class, maybe a descriptor."""
    return any(isinstance(part, ir.Assign) and isinstance(part.value, ir.Call) and
               any(isinstance(target, ir.Name) and target.id == name for target in part.targets) for part in node.body)


def _place(cls: ClassValue, body: ClassFrame) -> None:
    """Tell a class where its statement stands, and the functions in the body of their class."""
    body.owner = cls
    cls.facts[FACT] = body.annotated
    cls.qualname = _qualname(body.node.name, body.around)
    if body.unit is not None:
        cls.site = Site(body.unit.path, body.unit.index, body.node.at)


def _tell_bases(it: Interpreter, cls: ClassValue, keywords: dict[str, Any]) -> None:
    """Call ``__init_subclass__`` of the bases."""
    hook = cls.find_after(cls, "__init_subclass__")
    if hook is not ABSENT and (keywords or hook is not it.classes["object"].attrs.get("__init_subclass__")):
        it.call(hook.func if isinstance(hook, ClassMethod) else hook, [cls], keywords)


def _own(value: Any, cls: ClassValue) -> None:
    """Tell functions in a class body which class they belong to, for ``super()``."""
    if isinstance(value, FunctionValue):
        if value.owner is None and value.closure.kind == "class":
            value.owner = cls
        _own(value.attrs.get("__wrapped__"), cls)
    elif isinstance(value, StaticMethod | ClassMethod):
        _own(value.func, cls)
    elif isinstance(value, Property):
        for part in (value.getter, value.setter, value.deleter):
            _own(part, cls)


# Instances ----------------------------------------------------------------------------------------------------------------


def instantiate(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any], rest: Unknown | None = None) -> Any:
    """What calling a class gives. ``rest`` stands for ``*`` or ``**`` arguments that are not known."""
    it.step()
    if cls.metaclass is not None and cls is not it.classes["type"]:
        custom = cls.metaclass.find("__call__")
        if isinstance(custom, FunctionValue):
            return it.call(custom, [cls, *args], kwargs)
    return construct(it, cls, args, kwargs, rest)


def construct(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any], rest: Unknown | None = None) -> Any:
    """``type.__call__``: ``__new__``, then ``__init__`` if that gave an instance of the class; or a copy of what that gave before."""
    if it.suspects:
        it.used(cls)
    if "finalizer" in cls.facts and not changes_nothing(it, cls.facts["finalizer"]):
        made = _constructed(it, cls, args, kwargs, rest)
        _doubt(it, cls, made)
        return made
    if it.replay is None or rest is not None or cls.is_metaclass:
        return _constructed(it, cls, args, kwargs, rest)
    return it.replay.build(cls, args, kwargs, lambda: _constructed(it, cls, args, kwargs, None))


def _doubt(it: Interpreter, cls: ClassValue, made: Any) -> None:
    """What ``__del__`` may change, whenever it runs, is not known from here on."""
    reason = it.unknown_reason(f"`{cls.name}.__del__`, which runs when an object is no longer used")
    finalizer = cls.facts["finalizer"]
    handed.loosened(it, finalizer, reason, 4, everywhere=True)
    if _reaches_far(it, finalizer):
        it.hedged(Escaped(reason.kind, reason.message, reason.site))
    for value in holds(made):
        handed.forget(it, value, reason, 4)
    it.escaped(made, reason)


def _reaches_far(it: Interpreter, function: FunctionValue) -> bool:
    """Whether a function may change more than what its module's names stand for: other modules, classes, what functions change."""
    body = function.code.body
    if any(isinstance(node, ir.Import | ir.ImportFrom) for node in body):
        return True
    found = (function.module.lookup(it, name) for name in sorted(names_in(body, inside=True) - set(function.code.locals)))
    return any(isinstance(value, ModuleValue) or (isinstance(value, ClassValue) and value.site is not None) or
               (isinstance(value, FunctionValue) and not changes_nothing(it, value)) for value in found)


def _constructed(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any], rest: Unknown | None) -> Any:
    instance = _new(it, cls, args, kwargs, rest)
    if isinstance(instance, ClassValue) and len(args) == 3:
        return _initialised_class(it, cls, instance, args, kwargs)
    if not isinstance(instance, Instance) or cls not in instance.cls.mro or "members" in cls.facts:  # members are there already
        return instance
    if instance.site is None:
        instance.site = it.site()
    init = instance.cls.find("__init__")
    if init is ABSENT or (cls.make is not None and isinstance(init, Native) and init is it.classes["object"].attrs.get("__init__")):
        return instance
    if rest is not None:
        if not isinstance(init, FunctionValue):
            it.escaped(instance, rest.reason)
            return rest if cls.fact("entry") is not None else instance
        from paramlint.interpreter.calls import call_function

        call_function(it, init, [instance, *args], kwargs, rest)
        return instance
    if isinstance(init, Native) and init is it.classes["object"].attrs.get("__init__"):
        unknown = cls.fact("unknown_base")
        if unknown is not None:
            for value in (instance, *args, *kwargs.values()):
                it.escaped(value, unknown)
        elif (args or kwargs) and not isinstance(cls.find("__new__"), FunctionValue) and _maker(cls) is it.classes["object"].make:
            it.throw("TypeError", f"{cls.name}() takes no arguments")
        return instance
    if isinstance(init, Instance):
        it.call(bind(it, init, instance, instance.cls), args, kwargs)
        return instance
    given = it.call(init, [instance, *args], kwargs)
    if given.__class__ in _VALUES and isinstance(init, FunctionValue) and not init.code.is_generator:
        it.throw("TypeError", f"__init__() should return None, not '{given.__class__.__name__}'")
    return instance


_VALUES = frozenset({int, bool, float, str, list, tuple, dict, set})


def _initialised_class(it: Interpreter, kind: ClassValue, made: ClassValue, args: list[Any], kwargs: dict[str, Any]) -> ClassValue:
    """A class that a metaclass has made, after the metaclass's ``__init__``."""
    actual = made.metaclass or it.classes["type"]
    init = actual.find("__init__")
    if kind in actual.mro and isinstance(init, FunctionValue):
        it.call(init, [made, *args], kwargs)
    return made


def _new(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any], rest: Unknown | None) -> Any:
    maker = cls.find("__new__")
    if isinstance(maker, StaticMethod):
        maker = maker.func
    if isinstance(maker, FunctionValue):
        return it.call(maker, [cls, *args], kwargs)
    make = _maker(cls)
    if make is None:
        return it.instance(cls)
    return rest if rest is not None else it.call(Native(cls.name, make), [cls, *args], kwargs)


def _maker(cls: ClassValue) -> Any:
    for base in cls.mro:
        if base.make is not None:
            return base.make
    return None
