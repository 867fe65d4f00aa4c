"""The standard streams of the process, which may be closed, full or endless, and what is said where the system refuses something."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from typing import TextIO

import click

from paramlint.core.outgoing import safe, safe_lines
from paramlint.core.reading import LARGEST_SOURCE, reason
from paramlint.core.refusal import refusal

# What writing to a stream may fail with: a full disk, a limit on files (`ulimit -f`), a stream opened for reading, a device that is gone.
_WRITING = {errno.ENOSPC, errno.EFBIG, errno.EBADF, errno.EIO, errno.EINVAL, errno.EPIPE, getattr(errno, "EDQUOT", errno.ENOSPC)}

_PART = 1 << 20  # bytes that are read at once: room for more than there is would be taken otherwise


class StreamError(Exception):
    """A standard stream that cannot be used, and why."""


def prepare() -> None:
    """Make the streams ready for any text. Raises StreamError where nobody can get the results."""
    if sys.stdout is None:
        raise StreamError("standard output is closed, so that the results have nowhere to go: redirect it, for instance to /dev/null")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without "·" must not end the run
            stream.reconfigure(errors="replace")


def read_input(limit: int = LARGEST_SOURCE) -> bytes:
    """What standard input holds, up to one byte more than the limit: it may be endless. Raises StreamError."""
    if sys.stdin is None:
        raise StreamError("standard input is closed: give it a text, or name a file instead of `-`")
    parts: list[bytes] = []
    left = limit + 1
    try:
        while left and (part := sys.stdin.buffer.read(min(left, _PART))):
            parts.append(part)
            left -= len(part)
    except (OSError, ValueError) as error:
        raise StreamError(f"standard input cannot be read: {reason(error)}") from None
    return b"".join(parts)


def explain(error: Exception) -> None:
    """Say on one line what the system refuses; anything else is a bug, which is shown with its traceback."""
    why = _why(error)
    if why is not None:
        click.echo(f"Error: {safe(why)}", err=True)
        return
    import traceback

    click.echo(safe_lines("".join(traceback.format_exception(error))), err=True, nl=False)
    click.echo("paramlint: this is a bug in paramlint: please report it, with the lines above", err=True)


def end(say: Callable[[], None]) -> None:
    """Say why a run ends early, if anybody can hear it, and let go of streams that take nothing more: Python flushes them once again."""
    with contextlib.suppress(OSError):
        say()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not _flushed(stream):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _flushed(stream: TextIO) -> bool:
    try:
        stream.flush()
    except (OSError, ValueError):
        return False
    return True


def _why(error: Exception) -> str | None:
    """What is said of an error that is no bug; None for one that is."""
    if isinstance(error, StreamError):
        return str(error)
    if isinstance(error, OSError) and error.filename is None and error.errno in _WRITING:
        return f"the output cannot be written: {reason(error)}"
    return refusal(error)
