"""The command line. Exit codes: 0 clean, 1 findings, 2 the tool could not run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from paramlint import __version__, api
from paramlint.config import OPTIONS, ConfigError
from paramlint.model.results import FileResult, LayerRow
from paramlint.reporters import registry as reporters

CLEAN, FINDINGS, FAILURE = 0, 1, 2

Command = TypeVar("Command", bound=Callable[..., Any])


class Failure(click.ClickException):
    """The tool could not run, and why."""

    exit_code = FAILURE


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without "·" must not end the run
            stream.reconfigure(errors="replace")
    try:
        code = cli.main(args=list(arguments), prog_name="paramlint", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return FAILURE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return FAILURE
    except SystemExit:  # which click raises for one reason: who reads our output has stopped reading
        return FAILURE
    except Exception:
        import traceback

        traceback.print_exc()
        click.echo("paramlint: this is a bug in paramlint: please report it, with the lines above", err=True)
        return FAILURE
    return code if isinstance(code, int) else CLEAN


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, epilog="""\b
Exit codes: 0 clean, 1 findings, 2 the tool could not run.

\b
Examples:
  paramlint check src --max-layer-params 10M
  paramlint layers model.py
  paramlint rule PRM101
""")
@click.version_option(__version__, "--version", message="paramlint %(version)s")
def cli() -> None:
    """How big is this model? Read the source of neural networks and count, without importing a framework."""


# What commands share -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Work:
    """What to read and how, as the shared options say."""

    paths: tuple[str, ...]
    settings: api.Configs
    jobs: int | None
    stdin: api.Stdin | None
    force_exclude: bool

    @property
    def arguments(self) -> dict[str, Any]:
        return {"paths": self.paths, "settings": self.settings, "jobs": self.jobs, "stdin": self.stdin, "force_exclude": self.force_exclude}


_SHARED: tuple[Callable[[Any], Any], ...] = (
    click.argument("paths", nargs=-1, metavar="[PATHS]...", type=click.Path(path_type=str)),
    click.option("--config", "file", metavar="FILE", type=click.Path(path_type=str), help="Read the configuration from this file alone."),
    click.option("--isolated", is_flag=True, help="Read no configuration file."),
    click.option("--jobs", "-j", type=click.IntRange(min=1), metavar="N",
                 help="Processes to use. [default: the cores, where there is enough to read]"),
    click.option("--stdin-filename", metavar="PATH", help="What the source that `-` reads from standard input is called."),
    click.option("--force-exclude", is_flag=True, help="Let `exclude` hold for the PATHS themselves too."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colour the output."),
)


def _reading(command: Command) -> Command:
    """Add what every command that reads source takes: paths, shared options, and the table of options."""
    decorators: list[Callable[[Any], Any]] = [*_SHARED]
    for option in OPTIONS:
        if option.flag:
            text = option.help.replace("`", "")
            decorators.append(click.option(f"--{option.key}", option.field, multiple=True, metavar=option.kind.metavar,
                                           help=f"{text[0].upper()}{text[1:]}."))
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def _work(paths: tuple[str, ...], file: str | None, isolated: bool, jobs: int | None, stdin_filename: str | None, force_exclude: bool,
          **fields: tuple[str, ...]) -> _Work:
    """The shared options as one thing. Raises Failure."""
    if file is not None and isolated:
        raise Failure("--config and --isolated contradict each other")
    paths = paths or (".",)
    for path in paths:
        if path != "-" and not os.path.lexists(path):
            raise Failure(f"{click.format_filename(path)}: no such file or folder")
    stdin = None
    if "-" in paths:
        stdin = api.Stdin(sys.stdin.buffer.read(), stdin_filename or "-")
    elif stdin_filename is not None:
        raise Failure("--stdin-filename is for the source that `-` reads; give `-` as the path")
    flags = {option.key: fields[option.field] for option in OPTIONS if fields.get(option.field)}
    return _Work(paths, api.configs(flags=flags, file=file, isolated=isolated), jobs, stdin, force_exclude)


def _colored(choice: str) -> bool:
    if choice == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return choice == "always"


# Commands ------------------------------------------------------------------------------------------------------------


@cli.command(short_help="Check files and folders against budgets and for layers that cannot be.")
@click.option("--format", "format_", type=click.Choice(reporters.DIAGNOSTICS), default="full", show_default=True,
              help="How to write the findings.")
@_reading
def check(format_: str, color: str, **options: Any) -> int:
    """Check the source in PATHS (by default the folder you are in; `-` is standard input) and report findings."""
    tally = _Tally()
    try:
        results = tally.counted(api.check(**_work(**options).arguments))
        describes_rules = format_ == "sarif"
        found = reporters.diagnostics(format_, results, sys.stdout, color=_colored(color), version=__version__,
                                      rules=_rules() if describes_rules else ())
    except ConfigError as error:
        raise Failure(str(error)) from None
    if format_ in ("full", "concise"):
        sys.stdout.flush()
        click.echo(tally.summary(found), err=True)
    return FINDINGS if found else CLEAN


@dataclass(slots=True)
class _Tally:
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
@_reading
def layers(format_: str, color: str, **options: Any) -> int:
    """List every layer call in PATHS (by default the folder you are in; `-` is standard input), and how many of them are exact."""
    troubled: list[api.FileLayers] = []

    def rows(results: Iterable[api.FileLayers]) -> Iterator[LayerRow]:
        for result in results:
            yield from result.rows
            if result.problems:
                troubled.append(result)

    try:
        reporters.layers(format_, rows(api.layers(**_work(**options).arguments)), sys.stdout, color=_colored(color))
    except ConfigError as error:
        raise Failure(str(error)) from None
    sys.stdout.flush()
    for result in troubled:
        for problem in result.problems:
            click.echo(f"{click.format_filename(result.path)}:{problem.line}:{problem.column}: {problem.message}", err=True)
    return FINDINGS if troubled else CLEAN


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
            raise Failure(f'no rule is called "{code}"' + (f'; did you mean "{near}"?' if near else "")) from None
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
