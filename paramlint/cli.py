"""The command line. Exit codes: 0 clean, 1 findings, 2 the tool could not run."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click
import msgspec

from paramlint import __version__, api, streams
from paramlint.command_options import CLEAN, FAILURE, FINDINGS, Failure, colored, configs, reading, targeting, work
from paramlint.config import ConfigError
from paramlint.core.outgoing import path, safe
from paramlint.core.reading import Unreadable, read
from paramlint.core.tensor import DTYPE_BYTES
from paramlint.core.text import shortened
from paramlint.model.results import FileResult, LayerRow
from paramlint.model.totals import SORTS
from paramlint.model.tree import Model
from paramlint.reporters import registry as reporters

_COMMENT = re.compile(r"(?:^|\s)#[^\"']*$")
_LARGEST_LIST = 1 << 20  # bytes of a list of targets


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        streams.prepare()
        code = cli.main(args=list(arguments), prog_name="paramlint", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        vars(error)["message"] = safe(error.message)  # it may name a path or an argument
        streams.end(error.show)
    except (click.Abort, KeyboardInterrupt):
        streams.end(lambda: click.echo("interrupted", err=True))
    except SystemExit:  # which click raises for one reason: who reads our output has stopped reading
        streams.end(lambda: None)
    except Exception as error:
        ended = error
        streams.end(lambda: streams.explain(ended))
    else:
        return code if isinstance(code, int) else CLEAN
    return FAILURE


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, epilog="""\b
Exit codes: 0 clean, 1 findings, 2 the tool could not run.

\b
Examples:
  paramlint check src --max-layer-params 10M
  paramlint layers model.py
  paramlint summary model.py "model.py::Net(depth=18)"
  paramlint rule PRM101
""")
@click.version_option(__version__, "--version", message="paramlint %(version)s")
def cli() -> None:
    """How big is this model? Read the source of neural networks and count, without importing a framework."""


# Commands ------------------------------------------------------------------------------------------------------------


@cli.command(short_help="Check files and folders against budgets and for layers that cannot be.")
@click.option("--format", "format_", type=click.Choice(reporters.DIAGNOSTICS), default="full", show_default=True,
              help="How to write the findings.")
@reading
def check(format_: str, color: str, **options: Any) -> int:
    """Check the source in PATHS (by default the folder you are in; `-` is standard input) and report findings."""
    tally = _Tally()
    try:
        results = tally.counted(api.check(**work(**options).arguments))
        describes_rules = format_ == "sarif"
        found = reporters.diagnostics(format_, results, sys.stdout, color=colored(color), version=__version__,
                                      rules=_rules() if describes_rules else ())
    except ConfigError as error:
        raise Failure(str(error)) from None
    if format_ in ("full", "concise"):
        sys.stdout.flush()
        click.echo(tally.summary(found), err=True)
    return FINDINGS if found else CLEAN


class _Tally(msgspec.Struct):
    """Counts the files that pass by."""

    files: int = 0
    with_findings: int = 0

    def counted(self, results: Iterable[FileResult]) -> Iterator[FileResult]:
        for result in results:
            self.files += 1
            self.with_findings += bool(result.diagnostics)
            yield result

    def summary(self, found: int) -> str:
        if not self.files:
            return "There are no Python files here."
        files = f"{self.files:,} file{'' if self.files == 1 else 's'}"
        if not found:
            return f"No findings in {files}."
        return f"{found:,} finding{'' if found == 1 else 's'} in {self.with_findings:,} of {files}."


@cli.command(short_help="List every layer call with its count, calculation and place.")
@click.option("--format", "format_", type=click.Choice(reporters.LAYERS), default="table", show_default=True,
              help="How to write the layers.")
@reading
def layers(format_: str, color: str, **options: Any) -> int:
    """List every layer call in PATHS (by default the folder you are in; `-` is standard input), and how many of them are exact."""
    troubled: list[api.FileLayers] = []

    def rows(results: Iterable[api.FileLayers]) -> Iterator[LayerRow]:
        for result in results:
            yield from result.rows
            if result.problems:
                troubled.append(result)

    try:
        reporters.layers(format_, rows(api.layers(**work(**options).arguments)), sys.stdout, color=colored(color))
    except ConfigError as error:
        raise Failure(str(error)) from None
    sys.stdout.flush()
    for result in troubled:
        for problem in result.problems:
            click.echo(f"{path(result.path)}:{problem.line}:{problem.column}: {safe(problem.message)}", err=True)
    return FINDINGS if troubled else CLEAN


@cli.command(short_help="Say how big whole models are.")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--targets-from", metavar="FILE", help="Read targets from FILE too, one a line; `-` is standard input, # begins a comment.")
@click.option("--format", "format_", type=click.Choice(reporters.SUMMARIES), default="table", show_default=True,
              help="How to write the models.")
@click.option("--layers/--no-layers", default=True, help="Show the layers, or the totals alone.")
@click.option("--depth", type=click.IntRange(min=0), metavar="N", help="Show layers down to this depth; what is below is added up.")
@click.option("--explain", is_flag=True, help="Write the calculation out, as a person does it on paper.")
@click.option("--input", "inputs", multiple=True, metavar="SHAPE",
              help="Call the models with this tensor: 1,3,224,224 or, with a dtype, int64[1,128]; NAME=SHAPE for an argument by name. Once for "
                   "each tensor.")
@click.option("--convention", metavar="NAME", default=None,
              help="Count the cost as this tool does too: flops, paddle, fvcore, thop, ptflops, calflops, torchinfo. [default: macs]")
@click.option("--dtype", type=click.Choice(tuple(DTYPE_BYTES)), metavar="NAME",
              help="Count the memory of floating-point weights and activations as this type: float16, bfloat16 … [default: their own]")
@click.option("--sort", type=click.Choice(SORTS), help="Show the layers with the largest numbers first, without the tree.")
@targeting
def summary(targets: tuple[str, ...], targets_from: str | None, format_: str, color: str, jobs: int | None, file: str | None,
            isolated: bool, trusted: bool, inputs: tuple[str, ...], convention: str | None, **options: Any) -> int:
    """Add up the models that TARGETs name: `PATH` is every model that a file offers, `PATH::EXPRESSION` the one that the expression
    makes in that file's namespace, such as `vgg.py::VGG("VGG16")`. Nothing is imported or run.

    An answer that is not exact says which line is in the way and what would help, and is no failure; a target that cannot be found is.
    """
    from paramlint.reporters.progress import watched

    fields = {name: options.pop(name) for name in [*options] if name not in ("layers", "depth", "explain", "sort", "dtype")}
    outcome = _Outcome(keep=format_ in ("json", "jsonl", "csv"))
    try:
        settings = configs(file, isolated, trusted, fields)
        every = (*targets, *(_listed(targets_from, settings) if targets_from is not None else ()))
        if not every:
            raise Failure("give a target: PATH for every model of a file, or PATH::EXPRESSION for one")
        results = api.summary(every, settings, jobs=jobs, places=options["explain"] or (options["layers"] and outcome.keep),
                              inputs=inputs, convention=convention or "macs", dtype=options["dtype"])
        models = outcome.models(watched(results, len(every), lambda result: result.target))
        if not inputs and (convention is not None or options["sort"] == "macs"):
            models = _with_costs(models)
        reporters.summary(format_, models, sys.stdout, color=colored(color), **options)
    except ConfigError as error:
        raise Failure(str(error)) from None
    sys.stdout.flush()
    outcome.tell()
    return FAILURE if outcome.problems else CLEAN


def _with_costs(models: Iterable[Model]) -> Iterator[Model]:
    """The models, if one of them has a cost: its input is known from the source or the configuration. Raises Failure."""
    found = list(models)
    if found and all(model.macs is None for model in found):
        raise Failure("a cost needs an input: give its shape, such as --input 1,3,224,224, or as a comment: # paramlint: input=(1, 3, 224, 224)")
    return iter(found)


class _Outcome(msgspec.Struct):
    """What to say of the targets after their models. Formats for programs ``keep`` an entry for each target, found or not."""

    keep: bool
    problems: list[api.Summary] = msgspec.field(default_factory=list)
    without: list[str] = msgspec.field(default_factory=list)

    def models(self, results: Iterable[api.Summary]) -> Iterator[Model]:
        for result in results:
            if result.problem:
                self.problems.append(result)
                if self.keep:
                    yield result.unfound
            elif not result.models:
                self.without.append(result.target)
            yield from result.models

    def tell(self) -> None:
        for target in self.without:
            click.echo(f"{path(target)}: no models in this file", err=True)
        for result in self.problems:
            click.echo(f"Error: {safe(f'{result.target}: {result.problem}')}", err=True)


def _listed(file: str, settings: api.Configs) -> Iterator[str]:
    """The targets in a file. One that lies in a project names no files outside of it. Raises Failure and StreamError."""
    name = "standard input" if file == "-" else file
    try:
        data = streams.read_input(_LARGEST_LIST) if file == "-" else read(file, _LARGEST_LIST)
        if len(data) > _LARGEST_LIST:
            raise Failure(f"{name}: it holds more than {_LARGEST_LIST >> 20} MiB of targets, the limit")
        text = data.decode("utf-8-sig")
    except Unreadable as error:
        raise Failure(f"{name}: {error.why}") from None
    except UnicodeDecodeError:
        raise Failure(f"{name}: it is not UTF-8") from None
    for line in io.StringIO(text, newline=None):
        target = _COMMENT.sub("", line).strip()
        problem = settings.leads_out(target.partition("::")[0], os.path.dirname(os.path.abspath(file))) if target and file != "-" else ""
        if problem:
            raise Failure(f"{name}: {target} {problem}")
        if target:
            yield target


@cli.command(short_help="Explain rules.")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--all", "every", is_flag=True, help="All rules.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to write them.")
def rule(codes: tuple[str, ...], every: bool, format_: str) -> int:
    """Print the pages of the rules CODE, such as PRM101; with --all, a list of all rules."""
    from paramlint.rules import pages, selection

    if not codes and not every:
        raise Failure("give the code of a rule, or --all")
    texts = []
    for code in codes:
        try:
            texts.append(pages.page(code))
        except KeyError:
            near = selection.nearest(code)
            raise Failure(f'no rule is called "{shortened(code)}"' + (f'; did you mean "{near}"?' if near else "")) from None
    if format_ == "json":
        import json

        listed = [entry for entry in _rules() if every or entry["code"] in codes or entry["name"] in codes]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
    elif every:
        for entry in _rules():
            click.echo(f"{entry['code']}  {entry['name']}{'' if entry['default'] else ' (off by default)'}\n        {entry['summary']}")
    else:
        click.echo("\n".join(texts), nl=False)
    return CLEAN


def _rules() -> list[dict[str, Any]]:
    from paramlint.rules import pages

    return pages.listing()
