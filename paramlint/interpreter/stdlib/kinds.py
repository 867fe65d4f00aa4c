"""``types``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.interpreter import equality, native_kinds, texts
from paramlint.interpreter.natives import Table
from paramlint.interpreter.stdlib import mapping_proxies
from paramlint.interpreter.values import ClassValue, Instance, Native

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

PLAIN_ATTRIBUTES = Table()  # of objects that are nothing but their attributes
_BUILTIN = {
    "FunctionType": "function",
    "LambdaType": "function",
    "BuiltinFunctionType": "builtin_function",
    "BuiltinMethodType": "builtin_function",
    "MethodType": "method",
    "ModuleType": "module",
    "GeneratorType": "generator",
    "NoneType": "NoneType",
    "EllipsisType": "ellipsis",
    "NotImplementedType": "NotImplementedType",
}


def names(it: Interpreter) -> dict[str, Any]:
    result: dict[str, Any] = {name: it.classes[base] for name, base in _BUILTIN.items()}
    result["SimpleNamespace"] = ClassValue("SimpleNamespace", (it.classes["object"],), dict(PLAIN_ATTRIBUTES), module="types")
    result["SimpleNamespace"].qualname = "types.SimpleNamespace"
    result["SimpleNamespace"].facts["attributes only"] = True
    result["MappingProxyType"] = mapping_proxies.proxy_class(it)
    result["DynamicClassAttribute"] = it.classes["property"]
    result["coroutine"] = Native("coroutine", lambda it, args, kwargs: args[0])
    for name in (
        "UnionType",
        "GenericAlias",
        "TracebackType",
        "FrameType",
        "CodeType",
        "CoroutineType",
        "AsyncGeneratorType",
        "CellType",
    ):
        result[name] = ClassValue(name, (it.classes["object"],), {}, module="types")
    for name, own in (("MethodWrapperType", "method-wrapper"), ("WrapperDescriptorType", "wrapper_descriptor"),
                      ("MethodDescriptorType", "method_descriptor"), ("ClassMethodDescriptorType", "classmethod_descriptor"),
                      ("GetSetDescriptorType", "getset_descriptor"), ("MemberDescriptorType", "member_descriptor")):
        result[name] = native_kinds.named(it, own)
    result["new_class"] = Native("new_class", _new_class)
    return result


def _new_class(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
    name, bases = args[0], args[1] if len(args) > 1 else kwargs.get("bases", ())
    fill = args[3] if len(args) > 3 else kwargs.get("exec_body")
    namespace = it.made({})
    if fill is not None:
        it.call(fill, [namespace])
    return it.call(it.classes["type"], [name, bases, namespace])


@PLAIN_ATTRIBUTES.raw("__init__", binds=True)
def _init(it: Interpreter, self: Instance, /, *args: Any, **kwargs: Any) -> None:
    it.write(self.attrs)
    if args:
        self.attrs.update(it.call(it.classes["dict"], [args[0]]))
    self.attrs.update(kwargs)


@PLAIN_ATTRIBUTES.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    parts = []
    for name, value in self.attrs.items():
        text = texts.representation(it, value)
        if not isinstance(text, str):
            return text
        parts.append(f"{name}={text}")
    return f"{'namespace' if self.cls.name == 'SimpleNamespace' else self.cls.name}({', '.join(parts)})"


@PLAIN_ATTRIBUTES.raw("__eq__", binds=True)
def _equal(it: Interpreter, self: Instance, other: Any, /) -> Any:
    return equality.equal(it, self.attrs, other.attrs) if isinstance(other, Instance) and other.cls is self.cls else NotImplemented
