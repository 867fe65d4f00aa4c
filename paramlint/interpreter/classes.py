"""Classes: building them from their bodies, making instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown, Why
from paramlint.interpreter import abstract_classes
from paramlint.interpreter.frames import Frame
from paramlint.interpreter.orders import MroConflict
from paramlint.interpreter.values import ABSENT, ClassMethod, ClassValue, Either, Foreign, FunctionValue, Instance, Native, Property, StaticMethod
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter


class Annotation(Foreign):
    """An annotation in a class body, evaluated when something asks for it. ``value`` is what stands behind the ``=``, if anything."""

    __slots__ = ("frame", "node", "value")

    def __init__(self, node: ir.Expr, frame: Frame, value: ir.Expr | None = None) -> None:
        self.node = node
        self.frame = frame
        self.value = value

    @property
    def text(self) -> str:
        """The annotation's dotted name and subscript, as far as it has them: ``ClassVar[int]``."""
        return _text(self.node)

    def evaluate(self, it: Interpreter) -> Any:
        return it.evaluate(self.node, self.frame)

    def at_run_time(self, it: Interpreter) -> Any:
        """What the running program sees: text where the file wants annotations left unevaluated (PEP 563), else the value."""
        if not _imported(self.frame, "annotations").startswith("__future__."):
            return self.evaluate(it)
        return it.unknown(Why.UNSUPPORTED, "the text of an annotation") if "…" in self.text else self.text


def _text(node: ir.Expr) -> str:
    if isinstance(node, ir.Name):
        return node.id
    if isinstance(node, ir.Attribute):
        return f"{_text(node.value)}.{node.attr}"
    if isinstance(node, ir.Subscript):
        return f"{_text(node.value)}[{_text(node.index)}]"
    if isinstance(node, ir.Constant):
        return node.value if isinstance(node.value, str) else repr(node.value)
    if isinstance(node, ir.Display):
        return ", ".join(map(_text, node.items))
    if isinstance(node, ir.Binary):
        return f"{_text(node.left)} {node.op} {_text(node.right)}"
    return "…"


def _imported(frame: Frame, name: str) -> str:
    """A dotted name by which a module knows something, as the name that it is imported from."""
    head, dot, rest = name.partition(".")
    source = frame.module.source
    for statement in source.statements if source is not None else ():
        if statement.kind != "import" or head not in statement.binds:
            continue
        for node in source.lower(statement.index):  # type: ignore[union-attr]
            if isinstance(node, ir.Import | ir.ImportFrom):
                prefix = f"{node.module}." if isinstance(node, ir.ImportFrom) and node.module else ""
                found = next((given for given, renamed in node.names if (renamed or given) == head), None)
                if found is not None:
                    return f"{prefix}{found}{dot}{rest}"
    return name


def define(it: Interpreter, node: ir.ClassDef, frame: Frame) -> Any:
    """The class that a ``class`` statement makes, before its decorators."""
    bases: list[ClassValue] = []
    unknown: Reason | None = None
    for expression in node.bases:
        if isinstance(expression, ir.Starred):
            unknown = unknown or it.unknown(Why.UNSUPPORTED, "starred bases of a class").reason
            continue
        base = it.evaluate(expression, frame)
        if isinstance(base, Unknown):
            base = it.library.known_base(_imported(frame, _text(expression))) or base
        unknown = _add_base(it, base, bases) or unknown
    keywords = {name: it.evaluate(value, frame) for name, value in node.keywords if name is not None}
    namespace: dict[str, Any] = it.made({})
    body = Frame(frame.module, frame if frame.kind in ("function", "comprehension") else frame.parent, frame.unit, namespace, "class")
    body.caller, body.function, body.self_value = it.frame, None, None
    namespace["__module__"] = frame.module.name
    namespace["__qualname__"] = qualname = _qualname(node.name, frame)
    if node.doc is not None:
        namespace["__doc__"] = node.doc
    it.frame = body
    try:
        it.execute(node.body, body)
    finally:
        it.frame = body.caller
    metaclass = keywords.pop("metaclass", None)
    namespace.pop("__qualname__", None)
    cls = create(it, node.name, bases, namespace, frame.module.name, metaclass, keywords, unknown)
    if isinstance(cls, ClassValue):
        from paramlint.interpreter.machine import Site

        cls.site = Site(frame.unit.path, frame.unit.index, node.at) if frame.unit is not None else None
        cls.qualname = qualname
        body.owner = cls
    return cls


def _qualname(name: str, frame: Frame) -> str:
    if frame.kind == "class":
        return f"{frame.vars.get('__qualname__', '')}.{name}"
    if frame.function is not None and frame.kind == "function":
        return f"{frame.function.qualname}.<locals>.{name}"
    return name


def _add_base(it: Interpreter, base: Any, bases: list[ClassValue]) -> Reason | None:
    """Add a base; what is no class leaves a reason why the class is not known whole."""
    if isinstance(base, Either):
        return base.reason
    if isinstance(base, Unknown):
        return base.reason
    if isinstance(base, ClassValue):
        if base not in bases:
            bases.append(base)
        return None
    if isinstance(base, Instance | Foreign | Native | FunctionValue):
        entries = it.get_or(base, "__mro_entries__", ABSENT)
        if entries is not ABSENT and not isinstance(entries, Unknown):
            for entry in it.elements(it.call(entries, [(base,)])):
                _add_base(it, entry, bases)
            return None
    name = getattr(base, "name", "")
    return it.unknown(Why.UNSUPPORTED, f"the base class `{name}` is not modelled" if name else "a base that is not a class").reason


def create(it: Interpreter, name: str, bases: list[ClassValue], namespace: dict[str, Any], module: str, metaclass: Any,
           keywords: dict[str, Any], unknown: Reason | None) -> Any:
    """What ``type(name, bases, namespace)`` makes, with all its hooks."""
    try:
        cls = ClassValue(name, tuple(bases) or (it.classes["object"],), it.made(namespace), module=module)
    except MroConflict as error:
        return it.throw("TypeError", str(error))
    if isinstance(metaclass, ClassValue) and metaclass is not it.classes["type"]:
        cls.metaclass = metaclass
    if unknown is not None:
        cls.facts["unknown_base"] = unknown
    lookup = cls.find("__getattribute__")
    if isinstance(lookup, FunctionValue):
        cls.facts["getattribute"] = lookup
    for hook_name in ("__init_subclass__", "__class_getitem__"):  # class methods without being said to be
        if isinstance(namespace.get(hook_name), FunctionValue):
            namespace[hook_name] = ClassMethod(namespace[hook_name])
    for value in namespace.values():
        _own(value, cls)
    for key, value in list(namespace.items()):
        if isinstance(value, Instance) and value.cls.find("__set_name__") is not ABSENT:
            it.call(it.get(value, "__set_name__"), [cls, key])
        if isinstance(value, Property) and value.cached is not None:
            value.cached = key
    made: Any = cls
    finish = cls.fact("finish")
    if finish is not None:
        made = it.call(finish, [cls])
    if cls.metaclass is not None and any(isinstance(cls.metaclass.find(name), FunctionValue) for name in ("__new__", "__init__")):
        made = _by_metaclass(it, cls, namespace, keywords)
        keywords = {}
    else:
        abstract_classes.note(cls)
    hook = cls.find_after(cls, "__init_subclass__")
    if hook is not ABSENT and hook is not it.classes["object"].attrs.get("__init_subclass__"):
        it.call(hook.func if isinstance(hook, ClassMethod) else hook, [cls], keywords)
    return made


def _by_metaclass(it: Interpreter, cls: ClassValue, namespace: dict[str, Any], keywords: dict[str, Any]) -> Any:
    """Run a metaclass's ``__new__`` and ``__init__`` on a class that is made already; ``type.__new__`` hands it back."""
    assert cls.metaclass is not None
    it.pending_classes.append(cls)
    try:
        made: Any = cls
        if isinstance(cls.metaclass.find("__new__"), FunctionValue):
            made = it.call(cls.metaclass.find("__new__"), [cls.metaclass, cls.name, cls.bases, namespace], keywords)
        else:
            abstract_classes.note(cls)
        if isinstance(made, ClassValue) and isinstance(cls.metaclass.find("__init__"), FunctionValue):
            it.call(cls.metaclass.find("__init__"), [made, cls.name, cls.bases, namespace], keywords)
    finally:
        it.pending_classes.pop()
    return made


def _own(value: Any, cls: ClassValue) -> None:
    """Tell functions in a class body which class they belong to, for ``super()``."""
    if isinstance(value, FunctionValue):
        if value.owner is None:
            value.owner = cls
            value.qualname = f"{cls.name}.{value.name}"
        closure = value.attrs.get("__wrapped__")
        if isinstance(closure, FunctionValue) and closure.owner is None:
            closure.owner = cls
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
    if it.replay is None or rest is not None:
        return _constructed(it, cls, args, kwargs, rest)
    return it.replay.build(cls, args, kwargs, lambda: _constructed(it, cls, args, kwargs, None))


def _constructed(it: Interpreter, cls: ClassValue, args: list[Any], kwargs: dict[str, Any], rest: Unknown | None) -> Any:
    instance = _new(it, cls, args, kwargs, rest)
    if not isinstance(instance, Instance) or cls not in instance.cls.mro:
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
    it.call(init, [instance, *args], kwargs)
    return instance


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
