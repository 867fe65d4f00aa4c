"""Targets and a configuration in, whole models out; and the models of a file for its rules.

A part of ``api``. Whatever goes wrong inside a target, even the death of the process that evaluates it, becomes a model of unknown size
with that reason, and the others are evaluated as if nothing had happened.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from paramlint.config import Config, Configs, ModelEntry
from paramlint.core.refusal import failure_text
from paramlint.core.unknown import Reason, Why
from paramlint.model.facts import Declared, FileFacts
from paramlint.model.tree import Model
from paramlint.project import files, resolver

if TYPE_CHECKING:
    from paramlint.analysis.session import Session

# Evaluating so many targets takes about as long as starting a process and reading in it what they share.
_WORTH_A_PROCESS = 20


class Summary(msgspec.Struct, frozen=True):
    """What a target comes to: models, or the problem that kept it from being found."""

    target: str
    models: tuple[Model, ...] = ()
    problem: str = ""

    @property
    def unfound(self) -> Model:
        """The problem as a model of unknown size, for lists that have an entry for each target."""
        path, _, expression = self.target.partition("::")
        return Model(self.target, expression, "", path, 1, None, reasons=(Reason(Why.NAME, self.problem),))


class Task(msgspec.Struct, frozen=True):
    """One target, and what the analysis is to know."""

    target: str
    config: Config
    places: bool  # whether the places of layers are wanted, and how sizes are computed: they cost a second look at source and calls
    inputs: tuple[str, ...] = ()  # what the models are called with, as it is written on the command line
    convention: str = "macs"
    dtype: str | None = None  # the type that floating-point tensors are taken to have, for their memory
    problem: str = ""  # why a path that stands in a folder cannot be looked at

    @property
    def package(self) -> tuple[str, ...]:
        """What targets have in common that share much source: the folder, and the package in it, that their files stand in."""
        name, folder = resolver.module_name(self.target.partition("::")[0])
        return folder, name.partition(".")[0] if "." in name else ""


def summaries(targets: Iterable[str], settings: Configs, *, jobs: int | None = 1, places: bool = True, inputs: tuple[str, ...] = (),
              convention: str = "macs", dtype: str | None = None) -> Iterator[Summary]:
    """The models of each target, in the order of the targets. A folder stands for its files. Raises ConfigError.

    ``jobs`` processes share the work, grouped by package; None means as many as there are cores and as the work is worth.
    """
    forget()
    tasks = [Task(target, settings.for_file(target.partition("::")[0]), places, inputs, convention, dtype, problem)
             for target, problem in _expanded(targets, settings)]
    jobs = jobs or max(1, min(cores(), len(tasks) // _WORTH_A_PROCESS))
    if jobs == 1 or len(tasks) < 2:
        for task in tasks:
            yield from _parts(task)
        return
    from paramlint.project.workers import Died, spread

    outcomes = spread(_whole, tasks, jobs, group=lambda task: task.package)
    for task, outcome in zip(tasks, outcomes, strict=True):
        yield _lost(task, f"the process that evaluated this target {outcome.how}") if isinstance(outcome, Died) else outcome


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _expanded(targets: Iterable[str], settings: Configs) -> Iterator[tuple[str, str]]:
    """Targets with the files of folders among them, and what is wrong with those that cannot be looked at."""
    for target in targets:
        if "::" in target or not os.path.isdir(target):
            yield target, ""
            continue
        for found in files.find([target], lambda folder: settings.for_folder(folder).exclude):
            yield found.path, found.problem.message if found.problem is not None else ""


def _whole(task: Task) -> Summary:
    """A target in one piece, as it crosses from one process to another."""
    parts = list(_parts(task))
    return Summary(task.target, tuple(model for part in parts for model in part.models), next((p.problem for p in parts if p.problem), ""))


def _parts(task: Task) -> Iterator[Summary]:
    """A target model by model, as they are made."""
    if task.problem:
        yield Summary(task.target, problem=task.problem)
        return
    from paramlint.analysis.target_names import TargetProblem
    from paramlint.analysis.targets import summarise

    found = False
    try:
        used = session(task.config)
        declared = _declared_feeds(task.target.partition("::")[0], task.config)
        for model in summarise(used, task.target, _feed(task), declared, task.convention, task.dtype, details=True,
                               arithmetic=task.places):
            if task.places:
                used.locate(model, layers=True)
            found = True
            yield Summary(task.target, (model,))
    except TargetProblem as problem:
        yield Summary(task.target, problem=str(problem))
    except Exception as error:
        yield _lost(task, failure_text(error))
    else:
        if not found:
            yield Summary(task.target)


def _feed(task: Task) -> Any:
    """What the models of a target are called with; None where nobody says it."""
    if not task.inputs:
        return None
    from paramlint.analysis.feeds import Feed
    from paramlint.analysis.inputs import parse

    return Feed(parse(task.inputs), task.convention, task.dtype, details=True, arithmetic=task.places)


def _declared_feeds(path: str, config: Config) -> dict[str, Any]:
    """What the configuration says that the models of a file are called with, by expression."""
    full = os.path.abspath(path)
    entries = [entry for entry in config.models if entry.input and entry.path == full]
    if not entries:
        return {}
    from paramlint.analysis import inputs
    from paramlint.analysis.feeds import Feed

    return {entry.expression: Feed(inputs.entry(entry.input), origin="[[tool.paramlint.models]]") for entry in entries}


def _lost(task: Task, error: str) -> Summary:
    path, _, expression = task.target.partition("::")
    reason = Reason(Why.UNSUPPORTED, error)
    return Summary(task.target, (Model(task.target, expression.partition("(")[0], "", path, 1, None, reasons=(reason,)),))


# For rules ----------------------------------------------------------------------------------------------------------


class Asked(msgspec.Struct, frozen=True):
    """The models of a file that rules have something to say about: those of the configuration, or every one."""

    declared: tuple[tuple[str, Declared], ...]
    every: bool
    called: bool  # whether calls are to be looked at that the file makes of its models itself, and the models whose input it states


def asked(path: str, config: Config, facts: FileFacts | None = None) -> Asked | None:
    """Which models of a file rules are to see; None where nobody asks, because adding up models takes its time.

    With the ``facts`` of the file so far also whether it says itself what its models are called with.
    """
    full = os.path.abspath(path)
    declared = tuple((entry.expression, _declared(entry)) for entry in config.models if entry.path == full)
    budgets = (config.max_model_params, config.max_weight_memory, config.max_layer_macs, config.max_model_macs, config.max_activation_memory)
    every = any(budget is not None for budget in budgets) or bool(config.layer_mac_budgets) or _explained(config)
    called = facts is not None and _states_inputs(facts) and _enabled(config, "PRM202")
    return Asked(declared, every, called) if declared or every or called else None


def _states_inputs(facts: FileFacts) -> bool:
    """Whether a file may say what its models are called with."""
    from paramlint.analysis.own_calls import may_call

    source: Any = facts.source
    return source is not None and ("paramlint:" in source.outline.source or may_call(source.outline.statements))


def _declared(entry: ModelEntry) -> Declared:
    return Declared(entry.name, entry.params, entry.max_model_params, entry.max_weight_memory, entry.weight_dtype, entry.max_layer_macs,
                    entry.max_model_macs, entry.max_activation_memory)


def _explained(config: Config) -> bool:
    """Whether the rule that says why models have no count is on; it is off unless somebody names it."""
    return bool(config.select or config.extend_select) and _enabled(config, "PRM902")


def _enabled(config: Config, code: str) -> bool:
    from paramlint.rules.registry import find
    from paramlint.rules.selection import Selection

    rule = find(code)
    return rule is not None and Selection(config.select, config.ignore, config.extend_select, config.file_ignore).enabled(rule)


def with_models(facts: FileFacts, config: Config, wanted: Asked) -> FileFacts:
    """The facts of a file that could be read, with the models that are asked for."""
    from paramlint.analysis.file_models import with_models

    if facts.source is None:
        return facts
    used = session(config, os.path.abspath(facts.path), facts.source)
    return with_models(facts, used, wanted.declared, _declared_feeds(facts.path, config), every=wanted.every, called=wanted.called)


# Sessions -----------------------------------------------------------------------------------------------------------

_sessions: dict[object, Session] = {}


def forget(*, unless_fresh: bool = False) -> None:
    """Begin a new run: files may have changed since the last one. With ``unless_fresh`` what has not changed is kept."""
    for key, found in list(_sessions.items()):
        if not unless_fresh or found.stale:
            del _sessions[key]


def session(config: Config, path: str = "", source: Any = None) -> Session:
    """The session of this process for a configuration: what its targets share is read once.

    With a ``path`` its text is that of ``source``, which may be that of an editor; a session that has read another one is over.
    """
    from paramlint.analysis.session import Session, Settings

    key = (config.search_path, config.site_packages, tuple(sorted(config.module_bases.items())), config.root, os.getcwd())
    if key not in _sessions:
        _sessions[key] = Session(Settings(config.search_path, config.site_packages, config.module_bases, config.root))
    found = _sessions[key]
    if source is not None and path in found.sources and found.sources[path].outline.source != source.outline.source:
        del _sessions[key]
        return session(config, path, source)
    if source is not None and path not in found.sources:
        found.adopt(path, source)
    return found
