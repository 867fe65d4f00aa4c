"""Names of a framework that the analysed code binds anew: what the framework's own code does with them is not followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Reason, Unknown
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.values import ABSENT, ClassValue, Instance, Native
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer

if TYPE_CHECKING:
    from paramlint.analysis.overlay import Overlay
    from paramlint.interpreter.machine import Interpreter


class Replaced:
    """What has been replaced so far: functions and classes by their names, and classes that have other methods now."""

    __slots__ = ("classes", "names", "overlay")

    def __init__(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.names: dict[str, Any] = {}  # what the framework's own code may look up
        self.classes: dict[ClassValue, frozenset[str]] = {}  # which of their attributes

    def rebound(self, owner: Any, name: str, value: Any) -> None:
        """A name of a module or of a class gets another value; what a framework's own files bind is as it is known."""
        frame = self.overlay.it.frame
        if frame is not None and REGISTRY.framework_of(frame.module.name) is not None:
            return
        self.overlay.it.write(self.names)
        self.overlay.it.write(self.classes)
        self.overlay.it.outlives()
        if isinstance(owner, ClassValue):
            self._attribute(owner, name, value)
        elif isinstance(owner, Native):
            self.names[f"{owner.name}.{name}"] = value
        else:
            self._member(f"{owner.name}.{name}", value)

    def _member(self, name: str, value: Any) -> None:
        framework = REGISTRY.framework_of(name)
        owner, _, last = name.rpartition(".")
        if framework is None or owner == framework.layers or name.startswith(framework.inert) or REGISTRY.module_has(owner, last) is False:
            return
        if value is self.overlay.lookup(name):  # as it was
            self.names.pop(name, None)
        else:
            self.names[name] = value

    def _attribute(self, cls: ClassValue, name: str, value: Any) -> None:
        qualified = cls.facts.get("qualified") or (f"{cls.module}.{cls.name}" if cls.site is None else "")
        framework = REGISTRY.framework_of(qualified) if qualified else None
        if framework is None:
            return
        if value.__class__ is Native:  # as it was
            self.names.pop(f"{qualified}.{name}", None)
            left = self.classes.pop(cls, frozenset()) - {name}
            if left:
                self.classes[cls] = left
        elif cls.fact("module base") is not None:
            self.classes[cls] = self.classes.get(cls, frozenset()) | {name}
        elif qualified in (*framework.tensor, *framework.parameter) and (cls.find(name) is not ABSENT or not _is_new(qualified, name)):
            self.classes[cls] = self.classes.get(cls, frozenset()) | {name}
            self.names[f"{qualified}.{name}"] = value

    def rewritten(self, cls: ClassValue) -> bool:
        """Whether a class, or one that it derives from, has other methods than the framework gave it."""
        return any(base in self.classes for base in cls.mro)

    def begin(self, it: Interpreter, instance: Instance) -> bool:
        """Run the ``__init__`` that stands in place of the base class's; whether there is one."""
        for base in instance.cls.mro:
            if base in self.classes and base.facts.get("module base") and base.attrs.get("__init__").__class__ is not Native:
                it.call(base.attrs["__init__"], [instance])
                return True
        return False

    # What the framework's own code does --------------------------------------------------------------------------

    def built(self, it: Interpreter, instance: Instance, entry: Layer) -> None:
        """A layer has been built, by code that may use what was replaced."""
        framework = instance.cls.fact("framework")
        name = next((name for name in self.names if framework is not None and _builds(framework, name, entry)), None)
        if name is None and entry.children():
            name = next((cls.name for cls in self.classes if not cls.facts.get("module base")), None)
        if name is not None:
            reason = self._used(it, name)
            self.overlay.doubt(it, instance, reason)
            may_raise(it, "", f"what stands in place of `{name}` raises")

    def called(self, it: Interpreter, module: Instance, result: Any) -> Any:
        """What a layer returns that may have used what was replaced."""
        framework = module.cls.fact("framework")
        name = next((name for name in self.names if framework is not None and not name.startswith(framework.passes)), None)
        return result if name is None else Unknown(self._used(it, name))

    def _used(self, it: Interpreter, name: str) -> Reason:
        callbacks(it, tuple(self.names.values()), f"the framework's own code may call what stands in place of `{name}`")
        return it.unknown_reason(f"what the framework's own code makes of what stands in place of `{name}`")


def _is_new(qualified: str, name: str) -> bool:
    framework = REGISTRY.framework_of(qualified)
    members = REGISTRY.members(framework) if framework is not None else None
    return members is not None and members.known(qualified) and not members.has(qualified, name, on_instance=True)


def _builds(framework: Framework, name: str, entry: Layer) -> bool:
    """Whether what builds a layer may use a name."""
    if name.startswith(framework.passes):
        return entry.KIND in framework.constructor_calls
    found = REGISTRY.find(REGISTRY.canonical(name))
    if found is not None and issubclass(found, Layer):  # the class of a layer
        return bool(entry.children())
    return bool(entry.children()) or bool(entry.weights())
