"""Optimizers and schedules: what they refuse of parameters and numbers. What they do when they step is not followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.analysis import word_signatures
from paramlint.analysis.effects import Inert
from paramlint.analysis.tensors import TensorValue
from paramlint.core.unknown import Unknown
from paramlint.frameworks import REGISTRY
from paramlint.interpreter import iteration
from paramlint.interpreter.escape import callbacks
from paramlint.interpreter.library_names import may_raise
from paramlint.interpreter.operators import type_name
from paramlint.interpreter.values import Either, Instance, Native
from paramlint.schema.framework import Framework

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_NUMBER = re.compile(r"(<=|>=|<|>)(\d)")
_RANGES = {"[0,1]": lambda one: 0 <= one <= 1, "(0,1]": lambda one: 0 < one <= 1}
_PAIRS = {"[0,1)": lambda one, other: 0 <= one < 1 and 0 <= other < 1, "0<1<": lambda one, other: 0 < one < 1 < other}


class Optimiser(Inert):
    """An optimizer or a schedule. ``groups`` are the parameters of an optimizer, None where they are not known."""

    __slots__ = ("groups", "shared")

    def __init__(self, name: str, held: tuple[Any, ...], groups: list[list[Any]] | None) -> None:
        super().__init__(name, held)
        self.groups = groups
        self.shared = {"schedules": 0}

    def get(self, it: Interpreter, name: str) -> Any:
        if name == "add_param_group" and "lr_scheduler" not in self.name:
            return Native(name, lambda it, args, kwargs: self._added(it, args, kwargs))
        framework = REGISTRY.framework_of(self.name)
        assert framework is not None
        members = REGISTRY.members(framework)
        if not name.startswith("_") and members.known(self.name) and not members.has(self.name, name, on_instance=True):
            it.throw("AttributeError", f"'{self.name.rpartition('.')[2]}' object has no attribute '{name}'")
        found = super().get(it, name)
        return Method(found.name, found.held) if found.__class__ is Inert else found

    def _added(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> None:
        if len(args) + len(kwargs) != 1 or not kwargs.keys() <= {"param_group"}:
            it.library_throw("TypeError", "add_param_group() takes a group of parameters")
        given = args[0] if args else kwargs["param_group"]
        if isinstance(given, Unknown | Either | Instance) or self.groups is None:
            may_raise(it, "", "`add_param_group` takes such a group")
            return
        found = _group(it, given, differentiable=True if self.name.endswith(".Optimizer") else None)
        _require_apart(it, self.groups, found)
        self.groups = None if found is None or it.state.logs else [*self.groups, found]  # on a branch it may not have been added

    def item(self, it: Interpreter, index: Any) -> Any:
        return it.throw("TypeError", f"'{self.name.rpartition('.')[2]}' object is not subscriptable")

    def iterate(self, it: Interpreter) -> Any:
        return it.throw("TypeError", f"'{self.name.rpartition('.')[2]}' object is not iterable")

    def length(self, it: Interpreter) -> Any:
        return it.throw("TypeError", f"object of type '{self.name.rpartition('.')[2]}' has no len()")

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return it.throw("TypeError", f"'{self.name.rpartition('.')[2]}' object is not callable")


class Method(Inert):
    """What an optimizer holds, or does: with arguments, or asked for parts, it may raise."""

    __slots__ = ()

    def get(self, it: Interpreter, name: str) -> Any:
        if not name.startswith("__"):
            may_raise(it, "AttributeError", f"there is a `{self.name}.{name}`")
        return super().get(it, name)

    def item(self, it: Interpreter, index: Any) -> Any:
        may_raise(it, "", f"`{self.name}` has such an item")
        return Method(f"{self.name}[…]", self.held)

    def call(self, it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        callbacks(it, (*args, *kwargs.values()), f"`{self.name}` may call what it is given")
        if args or kwargs:
            may_raise(it, "", f"`{self.name}` takes such arguments")
        return Method(f"{self.name}()", self.held)


def make(framework: Framework, it: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """An optimizer, or a schedule of one. Raises in the analysed code where the framework refuses."""
    rules = word_signatures.rules(framework.optimisers[name])
    given = word_signatures.bound(it, name, framework.optimisers[name], args, kwargs)
    callbacks(it, [value for key, value in given.items() if key not in ("params", "optimizer")], f"`{name}` may call what it is given")
    last = name.rpartition(".")[2]
    groups: list[list[Any]] | None = None
    if "optimizer" in given:
        _require_optimizer(it, last, given)
    for parameter, value in given.items():
        if parameter not in ("params", "optimizer"):
            _require(it, last, parameter, rules[parameter], value)
    if "params" in given:
        if last == "SGD":
            _require_momentum(it, given)
        groups = _grouped(it, given["params"], differentiable=given.get("differentiable", given.get("defaults")))
        _require_kind(it, last, groups)
    else:
        _require_schedule(it, last, given)
    held = tuple(value for value in given.values() if isinstance(value, list | tuple | dict | TensorValue | Instance | Unknown))
    return Optimiser(name, held, groups)


# Numbers ------------------------------------------------------------------------------------------------------------------


def _require(it: Interpreter, name: str, parameter: str, rule: str, value: Any) -> None:
    """Refuse a number that a rule excludes, and what is no number."""
    if not rule:
        if isinstance(value, str | list | dict) and parameter in ("max_iter", "last_epoch"):
            it.library_throw("TypeError", f"`{parameter}` of `{name}` is a number")
        if name in ("Adafactor", "CyclicLR", "LBFGS"):
            may_raise(it, "", f"`{name}` takes such a `{parameter}`")
        return
    if isinstance(value, Unknown | Either | Instance):
        may_raise(it, "", f"`{name}` takes such a `{parameter}`")
    elif "|" in rule:
        if value not in rule.split("|") if isinstance(value, str) else value is not None:
            it.library_throw("ValueError" if isinstance(value, str) else "", f"`{name}` does not know the `{parameter}` {value!r}")
    elif rule in _PAIRS:
        _require_pair(it, name, parameter, rule, value)
    elif value is not None or name != "OneCycleLR":
        number = _number(it, name, parameter, value)
        if number is not None and not _holds(rule, number):
            it.library_throw("ValueError", f"`{parameter}` of `{name}` cannot be {number}")
        if name in ("CosineAnnealingWarmRestarts", "OneCycleLR") and isinstance(number, float) and rule == ">=1":
            it.library_throw("ValueError", f"`{parameter}` of `{name}` is a whole number")
        if parameter == "pct_start" and not isinstance(number, float):
            it.library_throw("ValueError", f"`{parameter}` of `{name}` is a fraction")


def _require_pair(it: Interpreter, name: str, parameter: str, rule: str, value: Any) -> None:
    if value is None or isinstance(value, int | float):
        it.library_throw("TypeError", f"`{parameter}` of `{name}` are two numbers")
    if not isinstance(value, list | tuple):
        may_raise(it, "", f"`{name}` takes such a `{parameter}`")
        return
    if rule == "0<1<" and len(value) != 2:
        it.library_throw("", f"`{parameter}` of `{name}` are two numbers")
    if len(value) < 2:
        it.library_throw("" if value else "IndexError", f"`{parameter}` of `{name}` are two numbers")
    numbers = [_number(it, name, parameter, one) for one in value[:2]]
    if None not in numbers and not _PAIRS[rule](*numbers):
        it.library_throw("ValueError", f"`{parameter}` of `{name}` cannot be {value}")


def _number(it: Interpreter, name: str, parameter: str, value: Any) -> Any:
    """A number, None where it is not known."""
    if isinstance(value, TensorValue):
        if parameter == "lr" and isinstance(value.count.value, int) and not value.count.bound and value.count.value != 1:
            it.library_throw("ValueError", "Tensor lr must be 1-element")
        data = value.tensor.data
        while isinstance(data, tuple) and len(data) == 1:
            data = data[0]
        value = data if isinstance(data, int | float) else None
        if value is None:
            may_raise(it, "", f"`{name}` takes such a `{parameter}`")
        return value
    if value is None or isinstance(value, str | list | tuple | dict | set):
        it.library_throw("TypeError", f"`{parameter}` of `{name}` is a number, not {type_name(value)}")
    return value if isinstance(value, int | float) else None


def _holds(rule: str, number: Any) -> bool:
    if rule in _RANGES:
        return bool(_RANGES[rule](number))
    match = _NUMBER.fullmatch(rule)
    assert match is not None
    bound = int(match[2])
    return bool({"<": number < bound, ">": number > bound, "<=": number <= bound, ">=": number >= bound}[match[1]])


def _require_momentum(it: Interpreter, given: dict[str, Any]) -> None:
    nesterov = it.truth(given.get("nesterov", False))
    momentum, dampening = given.get("momentum", 0), given.get("dampening", 0)
    if isinstance(nesterov, Unknown) or not all(isinstance(value, int | float) for value in (momentum, dampening)):
        may_raise(it, "", "`SGD` takes such a momentum")
    elif nesterov and (momentum <= 0 or dampening != 0):
        it.library_throw("ValueError", "Nesterov momentum requires a momentum and zero dampening")


# Parameters ---------------------------------------------------------------------------------------------------------------


def _grouped(it: Interpreter, params: Any, *, differentiable: Any) -> list[list[Any]] | None:
    """The parameters by their groups; None where they are not known."""
    if isinstance(params, TensorValue):
        it.library_throw("TypeError", "params argument given to the optimizer should be an iterable of Tensors or dicts")
    found = iteration.elements_or_unknown(it, params)
    if isinstance(found, Unknown):
        may_raise(it, "", "an optimizer takes such parameters")
        return None
    if not found:
        it.throw("ValueError", "optimizer got an empty parameter list")
    if isinstance(found[0], Unknown | Either):
        may_raise(it, "", "an optimizer takes such parameters")
        return None
    groups: list[list[Any]] = []
    for given in found if isinstance(found[0], dict) else [{"params": found}]:
        group = _group(it, given, differentiable=differentiable)
        if group is None:
            return None
        _require_apart(it, groups, group)
        groups.append(group)
    return groups


def _group(it: Interpreter, given: Any, *, differentiable: Any) -> list[Any] | None:
    """The parameters of a group."""
    if not isinstance(given, dict):
        if isinstance(given, Unknown | Either | Instance):
            may_raise(it, "", "an optimizer takes such parameters")
            return None
        it.library_throw("TypeError", f"param_group must be a dict, but got {type_name(given)}")
    if "params" not in given:
        if it.state.open_reason(given) is not None:
            return None
        it.throw("KeyError", "params")
    value = given["params"]
    if isinstance(value, set | frozenset):
        it.library_throw("TypeError", "optimizer parameters need to be organized in ordered collections")
    found = [value] if isinstance(value, TensorValue) else iteration.elements_or_unknown(it, value)
    if isinstance(found, Unknown) or any(isinstance(one, Unknown | Either) for one in found):
        may_raise(it, "", "an optimizer takes such parameters")
        return None
    pairs = [one for one in found if isinstance(one, tuple)]
    if pairs and (len(pairs) < len(found) or any(len(pair) < 2 for pair in pairs)):
        it.library_throw("ValueError" if all(len(pair) > 1 for pair in pairs) else "IndexError", "all optimizer params should be with/without names")
    tensors = [one[1] if isinstance(one, tuple) else one for one in found]
    for one in tensors:
        if not isinstance(one, TensorValue):
            if isinstance(one, Unknown | Either) or (isinstance(one, Instance) and one.cls.fact("module base") is None):
                return None
            it.library_throw("TypeError", f"optimizer can only optimize Tensors, but one of the params is {type_name(one)}")
        if one.derived is True and not one.is_parameter and (differentiable is None or it.truth(differentiable) is False):
            it.library_throw("ValueError", "can't optimize a non-leaf Tensor")
    it.write(given)
    given["params"] = it.made(list(tensors))
    return tensors


def _require_apart(it: Interpreter, groups: list[list[Any]], group: list[Any] | None) -> None:
    seen = {id(one) for other in groups for one in other}
    if group is not None and any(id(one) in seen for one in group):
        it.library_throw("ValueError", "some parameters appear in more than one parameter group")


def _require_kind(it: Interpreter, name: str, groups: list[list[Any]] | None) -> None:
    """What single optimizers refuse of parameters."""
    if groups is None:
        return
    if name == "LBFGS" and len(groups) != 1:
        it.library_throw("ValueError", "LBFGS doesn't support per-parameter options (parameter groups)")
    if name == "Muon":
        ranks = [one.tensor.shape for group in groups for one in group]
        if any(not isinstance(shape, Unknown) and len(shape) != 2 for shape in ranks):
            it.library_throw("ValueError", "Muon only supports 2D parameters")
    if name in ("SparseAdam", "Muon", "LBFGS", "Optimizer"):
        may_raise(it, "", f"`{name}` takes such parameters")


# Schedules ----------------------------------------------------------------------------------------------------------------


def _require_optimizer(it: Interpreter, name: str, given: dict[str, Any]) -> None:
    optimizer = given["optimizer"]
    if optimizer is None or isinstance(optimizer, int | float | str | list | tuple | dict | TensorValue) or (
            isinstance(optimizer, Instance) and optimizer.cls.fact("module base") is not None):
        if name == "ChainedScheduler" and optimizer is None:
            return
        it.library_throw("" if name not in _ASKS_FIRST else "TypeError", f"{type_name(optimizer)} is not an Optimizer")
    if not isinstance(optimizer, Optimiser):
        may_raise(it, "", f"`{name}` takes such an optimizer")
        return
    last = given.get("last_epoch", -1)
    if isinstance(last, int) and last != -1 and name not in ("SequentialLR",):
        if optimizer.shared["schedules"]:
            may_raise(it, "KeyError", "an optimizer has had a schedule")
        else:
            it.library_throw("KeyError", "param 'initial_lr' is not specified in param_groups[0] when resuming an optimizer")
    optimizer.shared["schedules"] += 1


_ASKS_FIRST = frozenset({"StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR", "ConstantLR", "LinearLR", "PolynomialLR", "CyclicLR",
                         "OneCycleLR", "LRScheduler", "ReduceLROnPlateau", "CosineAnnealingWarmRestarts"})


def _require_schedule(it: Interpreter, name: str, given: dict[str, Any]) -> None:
    """What single schedules refuse."""
    optimizer = given.get("optimizer")
    groups = optimizer.groups if isinstance(optimizer, Optimiser) else None
    several = given.get("lr_lambda")
    if isinstance(several, list | tuple) and groups is not None and len(several) != len(groups):
        it.library_throw("ValueError", f"Expected {len(groups)} lr_lambdas, but got {len(several)}")
    if name == "MultiStepLR" and (given["milestones"] is None or isinstance(given["milestones"], int | float)):
        it.library_throw("TypeError", f"'{type_name(given['milestones'])}' object is not iterable")
    if name == "OneCycleLR" and given.get("total_steps") is None and (given.get("epochs") is None or given.get("steps_per_epoch") is None):
        it.library_throw("ValueError", "You must define either total_steps OR both epochs and steps_per_epoch")
    schedules = given.get("schedulers")
    if isinstance(schedules, list | tuple):
        milestones = given.get("milestones")
        uneven = isinstance(milestones, list | tuple) and len(milestones) != len(schedules) - 1
        if not schedules or uneven:
            it.library_throw("ValueError", f"`{name}` needs schedules, and between them milestones")
    if name in ("OneCycleLR", "CyclicLR", "LRScheduler", "SequentialLR", "ChainedScheduler", "LambdaLR", "MultiplicativeLR"):
        may_raise(it, "", f"`{name}` takes such arguments")
