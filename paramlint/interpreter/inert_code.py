"""Reading code for whether it only initialises; see inert.py."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from paramlint.interpreter.filled import Fill, Guards, argument, holds_objects, is_partial, steps_to
from paramlint.interpreter.library_values import LibraryModule
from paramlint.interpreter.nodes import bound_in, names_in, walk
from paramlint.interpreter.purity import Effect, of_call
from paramlint.interpreter.values import ABSENT, Foreign, FunctionValue, Instance, Native
from paramlint.syntax import ir

if TYPE_CHECKING:
    from paramlint.interpreter.frames import Frame
    from paramlint.interpreter.inert import Inertness
    from paramlint.interpreter.module_values import ModuleValue

_CALLS_KEY = frozenset({"max", "min", "sorted"})


class NotInert(Exception):
    """Code that does, or may do, more than to initialise."""


class Needs(NamedTuple):
    """What must be inert besides, for code to be inert.

    ``parameters`` are called; ``methods`` are called on, ``attributes`` read from, objects that are not known before the code runs.
    ``fills`` must be tensors that can be filled; ``in_place``: none of them may be recorded meanwhile.
    """

    parameters: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    initialises: bool = False
    fills: frozenset[Fill] = frozenset()
    in_place: bool = False

    def __or__(self, other: Needs) -> Needs:
        return Needs(self.parameters | other.parameters, self.methods | other.methods, self.attributes | other.attributes,
                     self.initialises or other.initialises, self.fills | other.fills, self.in_place or other.in_place)

    @property
    def asks_arguments(self) -> bool:
        """Whether what it needs hangs on its arguments."""
        return bool(self.parameters) or any(fill.parameter for fill in self.fills)

    def without_parameters(self) -> Needs:
        return self._replace(parameters=frozenset(), fills=frozenset(fill for fill in self.fills if not fill.parameter))


class Reader:
    """Reads one function's body, or one loop of it. Every method raises NotInert for code that is not inert."""

    def __init__(self, inertness: Inertness, module: ModuleValue, own: frozenset[str], parent: Frame | None) -> None:
        self.inertness = inertness
        self.module = module
        self.own = own  # names of the function, parameters too
        self.parent = parent
        self.inner: set[str] = set()  # functions that the code defines for itself
        self.parameters: frozenset[str] = frozenset()
        self.needs = Needs()
        self.guards = Guards(self._global)

    def function(self, code: ir.Function) -> None:
        if code.is_generator or code.is_async or code.global_names or code.nonlocal_names:
            raise NotInert
        parameters = (*code.positional_only, *code.parameters, *code.keyword_only)
        self.parameters = frozenset(p.name for p in parameters) - bound_in(code.body)
        self.body(code.body)

    def loop(self, node: ir.For, code: ir.Function) -> None:
        """A loop of a function that is running: what it binds must not be read elsewhere, except its target."""
        if node.is_async or code.is_generator or code.is_async or code.global_names or code.nonlocal_names:
            raise NotInert
        targets = names_in(node.target)
        bound = bound_in(node.body) - targets
        if bound & names_in(code.body, inside=True, besides=node):
            raise NotInert
        self.parameters = self.own - bound - targets
        self.body(node.body)

    # Statements --------------------------------------------------------------------------------------------------

    def body(self, body: Sequence[ir.Stmt]) -> None:
        for statement in body:
            read = _STATEMENTS.get(statement.__class__)
            if read is None:
                raise NotInert
            read(self, statement)

    def _assign(self, node: ir.Assign | ir.AnnAssign) -> None:
        for target in node.targets if isinstance(node, ir.Assign) else (node.target,):
            self._target(target)
        if node.value is not None:
            self.expression(node.value)

    def _target(self, target: ir.Expr) -> None:
        """Names of the code's own, or a part of what a weight holds (``m.bias.data[1:] = 0``)."""
        if isinstance(target, ir.Display):
            for item in target.items:
                self._target(item.value if isinstance(item, ir.Starred) else item)
        elif isinstance(target, ir.Subscript) and isinstance(target.value, ir.Attribute) and target.value.attr == "data":
            self.expression(target.value)
            self.expression(target.index)
            self.needs = self.needs._replace(initialises=True)
        elif not isinstance(target, ir.Name):
            raise NotInert

    def _augmented(self, node: ir.AugAssign) -> None:
        """Arithmetic on numbers; anything else may change a list or set in place."""
        if not isinstance(node.target, ir.Name) or not (node.op in ("/", "//", "%", "**") or (node.op in ("+", "-") and _is_number(node.value))):
            raise NotInert
        self.expression(node.value)

    def _if(self, node: ir.If) -> None:
        for test, body in node.branches:
            self.expression(test)
            with self.guards.after(test, body):
                self.body(body)
        self.body(node.orelse)

    def _for(self, node: ir.For) -> None:
        if node.is_async:
            raise NotInert
        self._target(node.target)
        self.expression(node.iterable)
        self.body((*node.body, *node.orelse))

    def _with(self, node: ir.With) -> None:
        if node.is_async:
            raise NotInert
        for expression, target in node.items:
            if target is not None:
                raise NotInert
            self.expression(expression)
        outside = self.needs.in_place
        self.needs = self.needs._replace(in_place=False)
        self.body(node.body)
        for expression, _ in reversed(node.items):
            records = self.inertness.library.records(self._global(expression.func)) if isinstance(expression, ir.Call) else None
            if records and self.needs.in_place:
                raise NotInert
            self.needs = self.needs._replace(in_place=self.needs.in_place and records is not False)
        self.needs = self.needs._replace(in_place=self.needs.in_place or outside)

    def _define(self, node: ir.FunctionDef) -> None:
        if node.decorators:
            raise NotInert
        inner = Reader(self.inertness, self.module, self.own | node.function.locals, self.parent)
        inner.inner = self.inner
        inner.function(node.function)
        if inner.needs.asks_arguments:
            raise NotInert
        self.inner.add(node.function.name)
        self.needs |= inner.needs

    def _raise(self, node: ir.Raise) -> None:
        """Code that runs does not come here."""

    def _parts(self, node: Any) -> None:
        """A statement that does no more than to evaluate its expressions."""
        for name in node.__struct_fields__:
            part = getattr(node, name)
            for item in part if isinstance(part, tuple) else (part,):
                if isinstance(item, ir.Expr):
                    self.expression(item)

    # Expressions -------------------------------------------------------------------------------------------------

    def expression(self, node: ir.Expr) -> None:
        stack: list[Any] = [node]
        while stack:
            item = stack.pop()
            if isinstance(item, tuple):
                stack.extend(item)
            elif isinstance(item, ir.Call):
                self._call(item)
                stack += [item.args, *(value for _, value in item.keywords)]
            elif isinstance(item, ir.Attribute):
                if self._global(item) is ABSENT:
                    self.needs = self.needs._replace(attributes=self.needs.attributes | {item.attr})
                    stack.append(item.value)
            elif isinstance(item, ir.Name):
                if holds_objects(self._global(item)):  # what is met need not be of the tree
                    raise NotInert
            elif isinstance(item, ir.Await | ir.Yield | ir.YieldFrom | ir.Walrus):
                raise NotInert
            elif isinstance(item, ir.Expr | ir.Clause) and not isinstance(item, ir.Lambda):
                stack.extend(getattr(item, name) for name in item.__struct_fields__ if name != "at")

    def _call(self, node: ir.Call) -> None:
        func = node.func
        if isinstance(func, ir.Name) and (func.id in self.inner or func.id in self.own):
            if func.id in self.inner:
                return
            self._parameter(func.id)
            return
        value = self._global(func)
        if value is ABSENT:
            if not isinstance(func, ir.Attribute):
                raise NotInert
            if self._global(func.value) is not ABSENT:  # an object of the program's modules: what it does concerns others
                raise NotInert
            self.expression(func.value)
            self._method(func, node)
            return
        called = self._of_call(value, node)  # may add parameters to the needs
        self.needs |= called

    def _parameter(self, name: str) -> None:
        if name not in self.parameters:
            raise NotInert
        self.needs = self.needs._replace(parameters=self.needs.parameters | {name})

    def _method(self, func: ir.Attribute, node: ir.Call) -> None:
        kind = self.inertness.library.method_kind(func.attr, steps_to(func.value))
        if kind == "applies":
            if len(node.args) != 1 or node.keywords:
                raise NotInert
            applied = self._callable(node.args[0])
            self.needs |= applied
        in_place = kind == "in place"
        self.needs |= Needs(methods=frozenset({func.attr}), initialises=in_place or kind == "initialises", in_place=in_place)

    def _of_call(self, value: Any, node: ir.Call) -> Needs:
        """What a call of something that is known needs."""
        if isinstance(value, FunctionValue):
            needs = self.inertness.function(value)
            if needs is None:
                raise NotInert
            handed = [self._callable(argument(value.code, node, name)) for name in needs.parameters]
            filled = [self._fill(argument(value.code, node, fill.parameter), fill.least, fill.most) for fill in needs.fills if fill.parameter]
            return reduce(or_, (*handed, *filled), needs.without_parameters())
        return self._of_other(value) | _of_arguments(value, node) | self._filling(value, node)

    def _filling(self, value: Any, node: ir.Call) -> Needs:
        """What a call needs of a function that fills a tensor, so that it is not refused."""
        filling = self.inertness.library.filling(value)
        if filling is None:
            return Needs()
        given = filling.bound(node)
        if given is None:
            raise NotInert
        return self._fill(given["tensor"], filling.least, filling.most) if "tensor" in given else Needs()

    def _fill(self, node: ir.Expr | None, least: int, most: int) -> Needs:
        fill = self.guards.fill(node, self.parameters, least, most) if node is not None else None
        if fill is None and least:
            raise NotInert
        return Needs() if fill is None else Needs(fills=frozenset({fill}))

    def _of_other(self, value: Any) -> Needs:
        """What a call needs of something that is no function of the analysed code."""
        effect = of_call(self.inertness.it, value)
        if effect > Effect.INITIALISES:
            raise NotInert
        return Needs(initialises=effect is Effect.INITIALISES)

    def _callable(self, node: ir.Expr | None) -> Needs:
        """What an argument needs that is going to be called."""
        if isinstance(node, ir.Name) and node.id in self.own:
            self._parameter(node.id)
            return Needs()
        if isinstance(node, ir.Attribute) and self._global(node) is ABSENT:  # self._init_weights
            return Needs(methods=frozenset({node.attr}))
        if isinstance(node, ir.Call):
            return self._made(node)
        return self._of_value(ABSENT if node is None else self._global(node))

    def _of_value(self, value: Any) -> Needs:
        if isinstance(value, FunctionValue):
            needs = self.inertness.function(value)
            if needs is None or needs.asks_arguments:
                raise NotInert
            return needs
        if not isinstance(value, Native) or self.inertness.library.filling(value) is not None:
            raise NotInert
        return self._of_other(value)

    def _made(self, node: ir.Call) -> Needs:
        """What a function needs that another call makes: ``partial(init, …)``, or a choice of functions."""
        value = self._global(node.func)
        if is_partial(value) and node.args:
            return self._callable(node.args[0])
        if not isinstance(value, FunctionValue) or self.inertness.function(value) is None:
            raise NotInert
        reader = Reader(self.inertness, value.module, value.code.locals, value.closure)
        needs = Needs()
        for inner in walk(value.code.body):
            if isinstance(inner, ir.Return):
                needs |= reader._callable(inner.value)
        return needs | reader.needs

    # Names -------------------------------------------------------------------------------------------------------

    def _global(self, node: ir.Expr) -> Any:
        """The value of a global name or of an attribute of a module; ABSENT for all that is known only when the code runs."""
        it = self.inertness.it
        if isinstance(node, ir.Name):
            if node.id in self.own or self._is_enclosed(node.id):
                return ABSENT
            value = self.module.lookup(it, node.id)
            return it.builtins.get(node.id, ABSENT) if value is ABSENT else value
        if isinstance(node, ir.Attribute):
            from paramlint.interpreter.module_values import ModuleValue

            owner = self._global(node.value)
            if isinstance(owner, ModuleValue | LibraryModule) or (isinstance(owner, Foreign) and not isinstance(owner, Instance)):
                return it.get(owner, node.attr)
        return ABSENT

    def _is_enclosed(self, name: str) -> bool:
        frame = self.parent
        while frame is not None and frame.kind != "module":
            if name in frame.vars:
                return True
            frame = frame.parent
        return False


def _of_arguments(value: Any, node: ir.Call) -> Needs:
    """A function that reads attributes by name runs properties, a ``key`` is called."""
    if value.name in _CALLS_KEY and any(key in (None, "key") for key, _ in node.keywords):
        raise NotInert
    if value.name not in ("getattr", "hasattr"):
        return Needs()
    name = node.args[1] if len(node.args) > 1 else None
    if not isinstance(name, ir.Constant) or not isinstance(name.value, str):
        raise NotInert
    return Needs(attributes=frozenset({name.value}))


def _is_number(node: ir.Expr) -> bool:
    return isinstance(node, ir.Constant) and isinstance(node.value, int | float)


_STATEMENTS: dict[type, Any] = {
    ir.Assign: Reader._assign, ir.AnnAssign: Reader._assign, ir.AugAssign: Reader._augmented, ir.If: Reader._if, ir.For: Reader._for,
    ir.With: Reader._with, ir.FunctionDef: Reader._define, ir.Evaluate: Reader._parts, ir.Return: Reader._parts, ir.Assert: Reader._parts,
    ir.Raise: Reader._raise, ir.Continue: Reader._parts,
}
