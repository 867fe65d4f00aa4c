"""What the commands share: options, exit codes, what to read and how."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import click
import msgspec

from paramlint import api, streams
from paramlint.config import OPTIONS, Option

CLEAN, FINDINGS, FAILURE = 0, 1, 2

Command = TypeVar("Command", bound=Callable[..., Any])


class Failure(click.ClickException):
    """The tool could not run, and why."""

    exit_code = FAILURE


class Work(msgspec.Struct, frozen=True):
    """What to read and how, as the shared options say."""

    paths: tuple[str, ...]
    settings: api.Configs
    jobs: int | None
    stdin: api.Stdin | None
    force_exclude: bool

    @property
    def arguments(self) -> dict[str, Any]:
        return {"paths": self.paths, "settings": self.settings, "jobs": self.jobs, "stdin": self.stdin, "force_exclude": self.force_exclude}


_ALWAYS: tuple[Callable[[Any], Any], ...] = (
    click.option("--config", "file", metavar="FILE", type=click.Path(path_type=str), help="Read the configuration from this file alone."),
    click.option("--isolated", is_flag=True, help="Read no configuration file."),
    click.option("--trust-config", "trusted", is_flag=True,
                 help="Let the paths of a configuration file (search-path, site-packages, models) lead out of its project."),
    click.option("--jobs", "-j", type=click.IntRange(min=1), metavar="N",
                 help="Processes to use. [default: the cores, where there is enough to read]"),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colour the output."),
)
_FILES: tuple[Callable[[Any], Any], ...] = (
    click.argument("paths", nargs=-1, metavar="[PATHS]...", type=click.Path(path_type=str)),
    click.option("--stdin-filename", metavar="PATH", help="What the source that `-` reads from standard input is called."),
    click.option("--force-exclude", is_flag=True, help="Let `exclude` hold for the PATHS themselves too."),
)
_LOOKED_UP = ("search-path", "site-packages", "module-bases")  # the options that say where code is found; the others are about findings


def _flags(wanted: Callable[[Option], bool]) -> Iterator[Callable[[Any], Any]]:
    """Flags from the table of options."""
    for option in OPTIONS:
        if option.flag and wanted(option):
            text = option.help.replace("`", "")
            yield click.option(f"--{option.key}", option.field, multiple=True, metavar=option.kind.metavar,
                               help=f"{text[0].upper()}{text[1:]}.")


def reading(command: Command) -> Command:
    """Add what commands that read files take: paths, shared options, and the table of options."""
    return _decorated(command, *_FILES, *_ALWAYS, *_flags(lambda option: True))


def targeting(command: Command) -> Command:
    """Add what commands about whole models take: shared options, and those that say where code is found."""
    return _decorated(command, *_ALWAYS, *_flags(lambda option: option.key in _LOOKED_UP))


def _decorated(command: Command, *decorators: Callable[[Any], Any]) -> Command:
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def configs(file: str | None, isolated: bool, trusted: bool, fields: Mapping[str, Any]) -> api.Configs:
    """The configuration that the shared options ask for. Raises Failure and ConfigError."""
    if file is not None and isolated:
        raise Failure("--config and --isolated contradict each other")
    try:
        os.getcwd()
    except OSError as error:
        raise Failure(f"the folder you are in: {error.strerror or error}; go to one that there is") from None
    flags = {option.key: fields[option.field] for option in OPTIONS if fields.get(option.field)}
    return api.configs(flags=flags, file=file, isolated=isolated, trusted=trusted)


def work(paths: tuple[str, ...], file: str | None, isolated: bool, trusted: bool, jobs: int | None, stdin_filename: str | None,
         force_exclude: bool, **fields: tuple[str, ...]) -> Work:
    """The shared options as one thing. Raises Failure and ConfigError."""
    settings = configs(file, isolated, trusted, fields)
    paths = paths or (".",)
    for path in paths:
        if path != "-" and not os.path.lexists(path):
            raise Failure(f"{path}: no such file or folder")
    stdin = None
    if "-" in paths:
        stdin = api.Stdin(streams.read_input(), stdin_filename or "-")
    elif stdin_filename is not None:
        raise Failure("--stdin-filename is for the source that `-` reads; give `-` as the path")
    return Work(paths, settings, jobs, stdin, force_exclude)


def colored(choice: str) -> bool:
    if choice == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return choice == "always"
