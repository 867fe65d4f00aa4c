"""Where the parts come together: paths or source and a configuration in, results out, one a file.

This is the one error boundary: whatever goes wrong inside a file, even the death of the process that reads it, becomes a finding in
that file, and the others are read as if nothing had happened.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec.structs import replace

from paramlint.analysis.prefilter import may_hold_layers, may_hold_models
from paramlint.config import BadValueError, Config, ConfigError, Configs
from paramlint.core.refusal import refusal
from paramlint.core.text import error_text, shortened
from paramlint.model.facts import FileFacts, Problem
from paramlint.model.results import FileResult, LayerRow, file_result, layer_row
from paramlint.project import files, patterns
from paramlint.summaries import Summary, asked, cores, forget, summaries, with_models

if TYPE_CHECKING:
    from paramlint.rules.base import Budgets
    from paramlint.rules.selection import Selection

Result = TypeVar("Result")

# Reading so much source takes about as long as starting a process that can read it.
_WORTH_A_PROCESS = 100_000  # bytes in files that may hold layers


class FileLayers(msgspec.Struct, frozen=True):
    """The layer calls of one file, or the problems that were in the way."""

    path: str
    rows: tuple[LayerRow, ...] = ()
    problems: tuple[Problem, ...] = ()


class Stdin(msgspec.Struct, frozen=True):
    """Source that is not in a file, for the argument ``-``; ``path`` says where it would be."""

    data: bytes
    path: str = "-"


class _Task(msgspec.Struct, frozen=True):
    """One file to read; ``data`` is given where the file system does not have it; ``empty`` says that it can hold no layer."""

    path: str
    config: Config
    data: bytes | None = None
    problem: Problem | None = None
    empty: bool = False


def configs(*, flags: Mapping[str, Iterable[str]] | None = None, file: str | None = None, isolated: bool = False,
            trusted: bool = False, confined: Iterable[str] = ()) -> Configs:
    """The configuration of each file. ``flags`` are texts by option key, as on the command line. Raises ConfigError.

    The paths of a configuration file stay in its project, unless it is ``trusted``; those of the ``confined`` flags do, too.
    """
    return Configs(patterns.Matcher, _verify, flags=flags, file=file, isolated=isolated, trusted=trusted,
                   confined=confined)


def check(paths: Iterable[str], settings: Configs | None = None, *, jobs: int | None = 1, stdin: Stdin | None = None,
          force_exclude: bool = False) -> Iterator[FileResult]:
    """The findings in files and folders, file by file; files without findings are there too. Raises ConfigError.

    ``jobs`` processes share the work; None means as many as there are cores and as the work is worth.
    """
    forget()
    tasks = _tasks(paths, settings or configs(), stdin, force_exclude)
    return _each(_check, tasks, jobs)


def layers(paths: Iterable[str], settings: Configs | None = None, *, jobs: int | None = 1, stdin: Stdin | None = None,
           force_exclude: bool = False) -> Iterator[FileLayers]:
    """Every layer call in files and folders, file by file. Raises ConfigError."""
    tasks = _tasks(paths, settings or configs(), stdin, force_exclude)
    return _each(_layers, tasks, jobs)


def summary(targets: Iterable[str], settings: Configs | None = None, *, jobs: int | None = 1, places: bool = True,
            inputs: Iterable[str] = (), convention: str = "macs", dtype: str | None = None) -> Iterator[Summary]:
    """Whole models: of each target ``PATH::EXPRESSION`` its model, of each ``PATH`` every model that the file offers.

    A target that names nothing has a problem instead; one without an exact count has reasons. ``places`` asks for the places of the
    calls that make each layer, and for how sizes are computed. ``jobs`` as for ``check``. With ``inputs``, one text a tensor
    (``1,3,224,224``, ``int64[1,128]``, ``mask=bool[1,128]``), every model is called with them and has shapes and costs; ``convention``
    is the tool in whose way the cost is wanted too, and ``dtype`` the type that floating-point tensors are taken to have, for their
    memory. Raises ConfigError.
    """
    given = tuple(inputs)
    if given or convention != "macs":
        _verify_call(given, convention)
    return summaries(targets, settings or configs(), jobs=jobs, places=places, inputs=given, convention=convention, dtype=dtype)


def _verify_call(inputs: tuple[str, ...], convention: str) -> None:
    """Raises ConfigError for texts that are no inputs, and for a convention that does not exist."""
    from paramlint.analysis.inputs import BadInputError, parse
    from paramlint.frameworks.conventions import find

    try:
        parse(inputs)
    except BadInputError as error:
        raise ConfigError(f"--input {error}") from None
    try:
        find(convention)
    except KeyError as error:
        raise ConfigError(f"--convention: {error.args[0]}") from None


def check_source(source: str | bytes, path: str = "<string>", config: Config | None = None, *, suppress: bool = True) -> FileResult:
    """The findings in a source text. With ``suppress=False`` the ``# noqa`` comments are left to whoever calls."""
    forget(unless_fresh=True)
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    return _check(_Task(path, config or Config(), data), suppress=suppress)


def layers_source(source: str | bytes, path: str = "<string>", config: Config | None = None) -> tuple[LayerRow, ...]:
    """The layer calls in a source text."""
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    return _layers(_Task(path, config or Config(), data)).rows


# Tasks --------------------------------------------------------------------------------------------------------------


def _tasks(paths: Iterable[str], settings: Configs, stdin: Stdin | None, force_exclude: bool) -> Iterator[_Task]:
    given = list(paths)
    if stdin is not None and "-" in given:
        given.remove("-")
        excluded = force_exclude and patterns.matches(settings.for_folder(os.path.dirname(os.path.abspath(stdin.path))).exclude, stdin.path)
        if not excluded:
            yield _Task(stdin.path, settings.for_file(stdin.path), stdin.data, files.too_large(stdin.data))
    for found in files.find(given, lambda folder: settings.for_folder(folder).exclude, force_exclude=force_exclude):
        yield _Task(found.path, settings.for_file(found.path), problem=found.problem)


def _each(function: Callable[[_Task], Result], tasks: Iterator[_Task], jobs: int | None) -> Iterator[Result]:
    """``function`` of each task, in order. What can hold no layer is not worth a process and is answered here."""
    if jobs == 1:
        yield from map(function, tasks)
        return
    weighed = [(task, _weight(task)) for task in tasks]
    heavy = [task for task, weight in weighed if weight]
    every = [task if weight or task.problem else replace(task, empty=True) for task, weight in weighed]
    jobs = jobs or min(cores(), len(heavy), sum(weight for _, weight in weighed) // _WORTH_A_PROCESS)
    if jobs <= 1 or not heavy:
        yield from map(function, every)
        return
    from paramlint.project.workers import Died, spread

    outcomes = spread(function, heavy, jobs)
    for task in every:
        outcome = function(task) if task.empty or task.problem else next(outcomes)
        if isinstance(outcome, Died):
            message = f"the process that read this file {outcome.how}"
            outcome = function(replace(task, problem=Problem(message, kind="internal", help="the other files were read")))
        yield outcome


def _weight(task: _Task) -> int:
    """The bytes that there are to read in a task; 0 where it can hold no layer."""
    if task.problem is not None:
        return 0
    data = task.data if task.data is not None else files.read(task.path, task.config.root)
    if isinstance(data, Problem):
        return 1
    return len(data) if _worth_reading(task.path, data, task.config) else 0


def _worth_reading(path: str, data: bytes, config: Config) -> bool:
    """Whether a file may hold layers, or models that somebody asks for: those may be made of layers of other files."""
    if may_hold_layers(data):
        return True
    wanted = asked(path, config)
    return wanted is not None and (bool(wanted.declared) or may_hold_models(data))


# One file -----------------------------------------------------------------------------------------------------------


def _check(task: _Task, *, suppress: bool = True) -> FileResult:
    facts = _facts(task)
    if not (facts.calls or facts.problems or facts.models or facts.conflicts or facts.suppressions or facts.extra):
        return FileResult(task.path)
    from paramlint.rules.run import diagnose, internal_error

    try:
        return file_result(facts, diagnose(facts, _budgets(task.config), _selection(task.config), suppress=suppress))
    except Exception as error:
        refused = refusal(error)
        if refused is not None and not facts.problems:
            return _check(replace(task, problem=_internal(error)), suppress=suppress)
        return FileResult(task.path, (internal_error(task.path, error),))


def _layers(task: _Task) -> FileLayers:
    facts = _facts(task)
    try:
        rows = sorted((layer_row(task.path, call) for call in facts.calls), key=lambda row: (row.line, row.column))
        return FileLayers(task.path, tuple(rows), facts.problems)
    except Exception as error:
        return FileLayers(task.path, problems=(_internal(error),))


def _facts(task: _Task) -> FileFacts:
    """What a file holds; nothing that goes wrong in here goes further."""
    if task.empty:
        return FileFacts(task.path, None)
    problem = task.problem
    if problem is None:
        try:
            data = task.data if task.data is not None else files.read(task.path, task.config.root)
            if isinstance(data, bytes):
                return _read(task.path, data, task.config)
            problem = data
        except Exception as error:
            problem = _internal(error)
    return FileFacts(task.path, None, problems=(problem,))


def _read(path: str, data: bytes, config: Config) -> FileFacts:
    if not _worth_reading(path, data, config):
        return FileFacts(path, None)
    from paramlint.analysis.run import read_file
    from paramlint.analysis.session import Settings

    settings = Settings(search_path=config.search_path, site_packages=config.site_packages, module_bases=config.module_bases,
                        root=config.root, callers=config.max_layer_params is not None or bool(config.layer_budgets))
    facts = read_file(path, data, settings)
    wanted = asked(path, config, facts)
    return facts if wanted is None else with_models(facts, config, wanted)


def _internal(error: Exception) -> Problem:
    """An exception as a problem: what the system refuses, or a bug of ours."""
    refused = refusal(error)
    if refused is not None:
        return Problem(f"cannot be read: {refused}", kind="read")
    return Problem(error_text(error), kind="internal", help="this is a bug in paramlint: please report it")


# Rules --------------------------------------------------------------------------------------------------------------


def _budgets(config: Config) -> Budgets:
    from paramlint.rules.base import Budgets

    return Budgets(
        max_layer_params=config.max_layer_params, by_type={_canonical(name): most for name, most in config.layer_budgets.items()},
        max_model_params=config.max_model_params, max_layer_macs=config.max_layer_macs, max_model_macs=config.max_model_macs,
        macs_by_type={_canonical(name): most for name, most in config.layer_mac_budgets.items()},
        max_weight_bytes=config.max_weight_memory, weight_dtype=config.weight_dtype, max_activation_bytes=config.max_activation_memory)


def _selection(config: Config) -> Selection:
    from paramlint.rules.selection import Selection

    return Selection(config.select, config.ignore, config.extend_select, config.file_ignore)


def _canonical(pattern: str) -> str:
    """A pattern over the names that frameworks document: ``tf.keras.layers.*`` is ``keras.layers.*``, ``…Convolution2D`` is ``…Conv2D``."""
    from paramlint.frameworks import REGISTRY

    name = f"tensorflow.{pattern[3:]}" if pattern.startswith("tf.") else pattern
    entry = REGISTRY.find(name)
    return entry.NAMES[0] if entry is not None else REGISTRY.canonical(name)


def _verify(fields: Mapping[str, Any]) -> None:
    """What only rules and patterns know about option values. Raises BadValueError."""
    for key in ("select", "extend_select", "ignore"):
        _verify_rules(key, fields.get(key) or ())
    for globs, codes in fields.get("per_file_ignores", ()):
        _verify_rules("per_file_ignores", codes)
        _verify_patterns("per_file_ignores", globs)
    _verify_patterns("exclude", fields.get("exclude"))
    for override in fields.get("overrides", ()):
        _verify_patterns("overrides", override.paths)
    for entry in fields.get("models", ()):
        if not os.path.isfile(entry.path):
            raise BadValueError("models", f"{entry.path}: no such file")
        if entry.input:
            _verify_input(entry.input)


def _verify_input(texts: tuple[str, ...]) -> None:
    from paramlint.analysis.inputs import BadInputError, entry

    try:
        entry(texts)
    except BadInputError as error:
        raise BadValueError("models", f"input: {error}") from None


def _verify_rules(key: str, selectors: Iterable[str]) -> None:
    for selector in selectors:
        from paramlint.rules.selection import known_prefix, nearest

        if not known_prefix(selector):
            near = nearest(selector)
            raise BadValueError(key.replace("_", "-"), f'no rule is called "{shortened(selector)}"' + (f'; did you mean "{near}"?' if near else ""))


def _verify_patterns(key: str, given: Any) -> None:
    if given is not None and given.globs:
        try:
            patterns.Matcher([given])
        except ValueError as error:
            raise BadValueError(key.replace("_", "-"), str(error)) from None


__all__ = ["Config", "ConfigError", "Configs", "FileLayers", "FileResult", "LayerRow", "Stdin", "Summary", "check", "check_source",
           "configs", "layers", "layers_source", "summary"]
