"""The frameworks as the interpreter's library: which values stand behind their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from paramlint.analysis import (
    devices,
    effects,
    gradients,
    library_names,
    missing_init,
    modules,
    named_results,
    older_versions,
    overloads,
    running,
    tensor_classes,
)
from paramlint.analysis.assumptions import Granted
from paramlint.analysis.downloads import Download
from paramlint.analysis.events import LayerEvent
from paramlint.analysis.initialising import Initialising
from paramlint.analysis.inner_modules import InnerModule
from paramlint.analysis.known_packages import leaves_alone
from paramlint.analysis.layers import LayerState
from paramlint.analysis.listener import Listener
from paramlint.analysis.parameter_names import ParameterNames
from paramlint.analysis.replaced import Replaced
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Escaped, Harmless, Reason, Unknown, Why
from paramlint.frameworks import REGISTRY
from paramlint.interpreter.inert import Inertness
from paramlint.interpreter.replay import Replay
from paramlint.interpreter.values import ABSENT, ANY, ClassValue, Either, Instance, Native, Super
from paramlint.schema.framework import Framework
from paramlint.schema.layer import Layer

if TYPE_CHECKING:
    from paramlint.analysis.contradictions import Probe
    from paramlint.analysis.layer_calls import Call
    from paramlint.analysis.own_calls import OwnCall
    from paramlint.core.tensor import Tensor
    from paramlint.interpreter.machine import Interpreter
    from paramlint.schema.conditions import Refused
    from paramlint.schema.weights import Weight

_LEVELS = 3  # lists within lists that are looked into
_DOUBT = "<doubt>"  # the attribute that keeps why a module may hold more than it shows


class Overlay(Listener):
    """One object an interpreter. ``events`` collects the layers that are built while it is a list."""

    def __init__(self, known_bases: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.it: Interpreter
        self.known_bases = dict(known_bases or {})
        self.events: list[LayerEvent] | None = None
        self.forgiving = False  # whether a layer that is refused leaves a doubt instead of raising: where calls are looked at one by one
        self.calls: list[Call] | None = None  # calls that cost something, while somebody listens
        self.watched: list[OwnCall] | None = None  # the analysed code's own calls of models, while somebody wants them
        self.probe: Probe | None = None  # while modules are called on what is not known
        self.rows: list[Instance] | None = None  # modules that call others one after the other, while somebody wants those that are made
        self.outside: Any = None  # the frame from which the model is called that somebody listens to
        self.running: list[Any] = []  # the modules that are being called, the innermost last
        self.recipes: dict[Any, tuple[Layer, Any]] = {}  # layers with plain arguments that have been built: the entry and its weights
        self.downloads: list[Download] = []  # weights that the evaluated code fetches from the network
        self.granted = Granted(self)
        self.hooks: dict[str, Any] = {}  # hooks of all modules; see hooks.py
        self.moved = False  # whether the evaluated code may have moved tensors to another device
        self.hollow = False  # whether it may have made or moved tensors to where they have no contents
        self.data_formats: dict[str, Any] = {}  # where images have their channels, by the module at whose top level that is set
        self.policies: dict[str, Any] = {}  # the types of layers, in the same way
        self.older: set[str] = set()  # older versions of frameworks that some code names
        self.older_modules: dict[int, tuple[bool, int, Any]] = {}  # which modules name them
        self.retyped = False  # whether it may have set another type for new tensors
        self.converted = False  # whether it may have given tensors a type that is not known: ``to(what)``
        self.epsilon: Any = None  # what stands for the small number for divisions, once the code has set it
        self.graded = False  # whether it may have computed gradients
        self._settled: dict[str, Any] = {}  # which of these modules' top levels have set, so that they hold for every evaluation
        self.recording = gradients.Recording(self)
        self.devices: dict[str, Any] = {}  # by their names
        self._classes: dict[str, Any] = {}
        self._assumed: dict[str, ClassValue] = {}  # classes that stand for base classes out of reach
        self._names: dict[str, Any] = {}  # by the name of a kind of layers: the last number
        self._first_names: dict[str, Any] = {}  # the same as modules' top levels leave it
        self.parameter_names = ParameterNames()
        self.in_training: list[Any] | None = None  # what the outermost call of a layer and those inside it say of training, while it runs
        self.around_training: list[Any] | None = None  # the same of the call around the innermost one
        self.replaced = Replaced(self)
        self.evaluation = 0  # the number of the evaluation that runs

    def attach(self, it: Interpreter) -> None:
        self.it = it
        it.escaped = self.escaped
        it.changed = self.changed
        it.started = self.started
        it.of_plain = partial(tensor_classes.of_plain, it)
        it.assumed, it.hedged, it.handed = self.granted.assumed, self.granted.hedged, self.granted.handed
        it.skipped = partial(running.skipped, self)
        it.unheard = self.unheard
        it.counting = lambda: self.calls is not None
        it.rebound = self.replaced.rebound
        tensor_classes.add_scalars(it)
        it.inertness = Inertness(it, Initialising(self))
        it.replay = Replay(it, self.is_replayed)
        it.effects_noted = lambda: len(self.downloads) + self.parameter_names.given + self.granted.count

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """While this lasts, nothing is noted: what runs has been noted before, or may never happen."""
        listening = self.events, self.calls, self.watched, self.probe, self.rows, self.trace
        self.events = self.calls = self.watched = self.probe = self.rows = self.trace = None
        try:
            yield
        finally:
            self.events, self.calls, self.watched, self.probe, self.rows, self.trace = listening

    # The library protocol ----------------------------------------------------------------------------------------

    def covers(self, name: str) -> bool:
        return REGISTRY.framework_of(name) is not None or name.partition(".")[0] in effects.COVERED

    def refuses(self, name: str, values: Iterable[Any]) -> bool:
        framework = REGISTRY.framework_of(name)
        return name in framework.doubted if framework is not None else name.startswith("numpy.") and gradients.has_graph(name, values)

    def require_arguments(self, it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        overloads.require(it, REGISTRY.framework_of(name), REGISTRY.canonical(name), args, kwargs)

    def holds(self, name: str) -> bool:
        framework = REGISTRY.framework_of(name)
        return framework is not None and REGISTRY.table(framework).holds(f"{REGISTRY.canonical(name)}.")

    def leaves_alone(self, module: str) -> bool:
        return leaves_alone(module)

    def has(self, module: str, name: str) -> bool | None:
        return REGISTRY.module_has(module, name)

    def optional(self, package: str) -> bool:
        return REGISTRY.optional(package)

    def outdated(self, module: str, name: str) -> bool:
        return REGISTRY.outdated(module, name)

    def lookup(self, qualified: str) -> Any:
        canonical = REGISTRY.canonical(qualified)
        if canonical != qualified:
            older_versions.note(self, qualified)
        if canonical not in self._classes:
            found = self._classes[canonical] = library_names.made(self, canonical)
            if ".unique_name" in canonical:
                self.parameter_names.scoped = True
            if isinstance(found, ClassValue):
                library_names.describe(found, canonical)
        return self._classes[canonical]

    def known_base(self, name: str) -> ClassValue | None:
        """The class for a base class of that name whose source is not in reach: the framework's module class, which has what it adds too."""
        target = self.known_bases.get(name)
        found = self.lookup(target) if target is not None else None
        if not isinstance(found, ClassValue):
            return None
        if name not in self._assumed:
            made = self._assumed[name] = ClassValue(name.rpartition(".")[2], (found,), {}, module=name.rpartition(".")[0])
            reason = Harmless(Why.IMPORT, f"`{name}` is not in reach: it is taken for a {target} without weights of its own")
            made.facts.update({"unknown_base": reason, "assumed": reason})
            made.attrs["__init__"] = Native("__init__", lambda it, args, kwargs: it.call(it.get(Super(made, args[0]), "__init__")), binds=True)
        return self._assumed[name]

    def module_base(self, framework: Framework) -> ClassValue:
        found = self.lookup(framework.module_bases[0])
        assert isinstance(found, ClassValue)
        return found

    def operations_of(self, framework: Framework, owner: str) -> dict[str, Any]:
        """The operations that are methods of a class, by name."""
        return {name[len(owner) + 1:]: self.lookup(name) for name in REGISTRY.table(framework).methods(owner)}

    def list_class(self, framework: Framework) -> ClassValue:
        """The class of lists of modules."""
        return self.module_class(next(name for name, kind in framework.containers.items() if kind == ("_modules", "list")))

    def module_base_of(self, framework: str) -> ClassValue:
        return self.module_base(next(f for f in REGISTRY.frameworks if f.name == framework))

    def module_class(self, qualified: str) -> ClassValue:
        """The class behind the name of a layer or container."""
        found = self.lookup(qualified)
        assert isinstance(found, ClassValue)
        return found

    def call_method(self, qualified: str) -> str:
        framework = REGISTRY.framework_of(qualified)
        return framework.call if framework is not None else "forward"

    # What is a module --------------------------------------------------------------------------------------------

    def is_module(self, value: Any) -> bool:
        return isinstance(value, Instance) and value.cls.fact("module base") is not None

    def may_hold_modules(self, value: Any) -> bool:
        if isinstance(value, Either):
            return any(self.is_module(v) for v in value.alternatives)
        return isinstance(value, Unknown) and not value.data and value.reason.kind is not Why.INPUT

    def is_user_class(self, cls: ClassValue) -> bool:
        return "entry" not in cls.facts

    def is_replayed(self, cls: ClassValue) -> bool:
        """Whether a module of a class may be copied instead of built again: not while somebody wants to see what is built."""
        if self.events is not None or self.calls is not None or self.watched is not None or self.probe is not None or self.rows is not None:
            return False
        return "entry" not in cls.facts and cls.fact("module base") is not None and cls.fact("lazy") is None

    def named_weight(self, it: Interpreter, weight: Weight) -> Weight:
        """A weight with the name that the code gives it. What listens to calls may run code more often than it runs."""
        return self.parameter_names.named(it, weight, certain=self.events is None and self.probe is None and not self.running)

    def prepare(self, it: Interpreter, instance: Instance) -> None:
        modules.prepare(it, instance)

    def is_prepared(self, instance: Instance) -> bool:
        return modules.is_ready(instance)

    def renew(self, it: Interpreter, instance: Instance) -> None:
        if not (self.replaced.classes and self.replaced.begin(it, instance)):
            modules.renew(it, instance)

    def uninitialised(self, it: Interpreter, instance: Instance) -> bool:
        """Note a module that registers something before its base class's ``__init__``; whether the code goes on as if it had not."""
        if self.events is None or it.dropped is not None:  # inside a ``try`` it may be what the code expects
            return False
        event = missing_init.event(it, instance)
        if event is not None:
            self.events.append(event)
        return self.forgiving

    def doubt(self, it: Interpreter, instance: Instance, reason: Reason) -> None:
        """A module that may hold more or less than it shows."""
        it.write(instance.attrs)
        instance.attrs.setdefault(_DOUBT, reason)

    def doubts(self, instance: Instance) -> Reason | None:
        found = instance.attrs.get(_DOUBT)
        if isinstance(found, Either):  # branches that have joined
            found = next((value for value in found.alternatives if value is not ABSENT), None)
        if found is None:  # attributes whose names are not known have been set
            return self.it.state.hidden_reason(instance.attrs)
        return found.reason if isinstance(found, Unknown) else found

    def started(self) -> None:
        """A new evaluation begins."""
        for name in ("moved", "hollow", "retyped", "converted", "graded"):
            setattr(self, name, self._settled.get(name, False))
        self.epsilon = self._settled.get("epsilon")
        self.recording.start(doubtful=self._settled.get("doubtful", False), cast=self._settled.get("cast", False))
        self.parameter_names.start()
        self._names = dict(self._first_names)
        self.evaluation += 1

    @contextmanager
    def unmoved(self) -> Iterator[None]:
        """What is done in here with other devices is brought back."""
        before, settled = (self.moved, self.hollow), dict(self._settled)
        yield
        self.moved, self.hollow = before
        self._settled = settled

    def settle(self, name: str, value: Any) -> None:
        """Set what holds for all that is made from now on: in this evaluation, or in those to come as well if a module's top level says so."""
        setattr(self.recording if name in ("doubtful", "cast") else self, name, value)
        if self.it.modules.running:
            self._settled[name] = value

    def escaped(self, value: Any, reason: Reason) -> None:
        """Code that is not known has got hold of a value: what modules it holds may have been changed."""
        if not self.converted and (isinstance(value, TensorValue) or self.is_module(value)):
            devices.convert(self)
        if self.is_module(value) and value.cls.fact("lazy") is not None and "entry" in value.cls.facts:
            from paramlint.analysis import lazy, lazy_state

            if not lazy_state.is_built(value):
                lazy.not_followed(self, self.it, value, reason)
        elif self.is_module(value) and not (isinstance(value.payload, LayerState) and "entry" in value.cls.facts):
            self.doubt(self.it, value, Escaped(reason.kind, f"passed to code that is not known: {reason.message}", reason.site or self.it.site()))
        elif isinstance(value, list | tuple):
            for item in value[:100]:
                if self.is_module(item):
                    self.escaped(item, reason)

    def changed(self, value: Instance, reason: Reason) -> None:
        """An object may have been changed by a name that is not known."""
        if self.is_module(value):
            self.doubt(self.it, value, reason)
            if ANY in value.attrs and isinstance(value.payload, LayerState):  # a layer's argument or weight, too
                value.payload = LayerState(value.payload.name, None)

    # Events ------------------------------------------------------------------------------------------------------

    def built(self, it: Interpreter, cls: ClassValue, site: Any, entry: Layer | None, reason: Reason | None, direct: bool,
              state: LayerState | None = None) -> None:
        it.constructed += 1
        if self.events is not None:
            self.events.append(LayerEvent(it, cls, site, entry, reason, None, direct, state))

    def refused(self, it: Interpreter, cls: ClassValue, site: Any, error: Refused, direct: bool) -> bool:
        """Note a refusal; whether the code goes on as if nothing had been refused."""
        if self.events is None:
            return False
        self.events.append(LayerEvent(it, cls, site, None, None, error, direct))
        return self.forgiving

    def made_row(self, module: Instance) -> None:
        """A module was made that calls others one after the other."""
        if self.rows is not None:
            self.rows.append(module)

    # Behaviour ---------------------------------------------------------------------------------------------------

    def copy(self, it: Interpreter, value: Any) -> Any:
        return it.call(it.library_attribute("copy", "deepcopy"), [value])

    def parameter(self, it: Interpreter, value: TensorValue) -> TensorValue:
        made = tensor_classes.parameter_of(it, value)
        self.shares(value, made)
        return made

    def tensor(self, tensor: Tensor) -> TensorValue:
        return TensorValue(tensor)

    def initialise(self, it: Interpreter, function: Any, module: Any) -> None:
        """What ``apply`` does with each module."""
        if isinstance(function, Unknown):
            self.escaped(module, function.reason)
        elif not isinstance(module, Unknown | Either):
            it.call(function, [module])

    def inner_module(self, it: Interpreter, instance: Instance) -> InnerModule:
        """A module of the analysed code as an argument of an entry."""
        framework = instance.cls.fact("lazy")
        if framework is None:
            return InnerModule(self, it, instance)
        from paramlint.analysis.lazy_entries import LazyModule

        return LazyModule(self, it, instance, framework)

    def fresh_name(self, base: str) -> Any:
        """``dense``, ``dense_1`` … as frameworks name layers that have no name; each evaluation goes on where modules' top levels have ended."""
        known = self._names.get(base, -1)
        if not isinstance(known, int):
            return Unknown(known.reason, data=True)
        self.it.write(self._names)
        count = self._names[base] = known + 1
        if self.it.modules.running:
            self._first_names[base] = count
        return f"{base}_{count}" if count else base

    def is_own(self, container: Any) -> bool:
        """Whether a container is one of these books, and none of the analysed code."""
        return container is self._names or container is self.in_training or container is self.it.state.open

    def clear_names(self) -> None:
        """The numbers begin anew."""
        self.it.write(self._names)
        self._names.clear()
        if self.it.modules.running:
            self._first_names.clear()

    def handle(self) -> Any:
        return effects.INERT

    def results_class(self, names: tuple[str, ...]) -> ClassValue:
        """The class of results that have names."""
        key = f"results of {names}"
        if key not in self._classes:
            self._classes[key] = named_results.results_class(self.it, names)
        found = self._classes[key]
        assert isinstance(found, ClassValue)
        return found

    def trained_word(self, value: TensorValue, name: str) -> bool | None:
        """Whether an attribute of a tensor says that it is trained (True) or that it is not (False); None where it says neither."""
        framework = REGISTRY.framework_of(value.kind)
        return framework.trained.get(name) if framework is not None else None

    def copies_parameters(self, value: TensorValue) -> bool:
        """Whether a shallow copy of a parameter is a parameter."""
        framework = REGISTRY.framework_of(value.kind)
        return framework is None or not framework.keeps_tensors

    def settable(self, it: Interpreter, value: TensorValue, name: str, new: Any) -> tuple[str, Any]:
        from paramlint.analysis import tensor_access

        return tensor_access.settable(self, it, value, name, new)

    def require_assignable(self, it: Interpreter, value: TensorValue, index: Any, new: Any) -> None:
        from paramlint.analysis import tensor_access

        tensor_access.require_assignable(self, it, value, index, new)

    def tensor_attribute(self, it: Interpreter, value: TensorValue, name: str) -> Any:
        from paramlint.analysis import tensor_access

        return tensor_access.attribute(self, it, value, name)

    def tensor_operator(self, it: Interpreter, op: str, operands: list[Any]) -> Any:
        from paramlint.analysis import tensor_access

        return tensor_access.operator(self, it, op, operands)

    def tensor_class(self, value: TensorValue) -> ClassValue:
        framework = REGISTRY.framework_of(value.kind)
        found = self.lookup(framework.parameter[0] if value.is_parameter and framework is not None and framework.parameter else value.kind)
        assert isinstance(found, ClassValue)
        return found
