"""The one door through which files are read: regular files on a real file system, up to a size, and below given folders where that is asked.

Everything that reads a file which the project under review may have chosen comes through here: sources, configurations, ignore files, lists
of targets, texts beside the code. No pipe, socket or device is opened, so nothing waits; the kernel's own file systems are never read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from functools import lru_cache

LARGEST_SOURCE = 64 << 20  # bytes; the largest Python source known to us has 4 MB

_KERNEL = ("/proc", "/sys", "/dev")  # file systems whose files are the state of the machine and of its processes
_MEMORY = "/dev/shm"  # which is one for files of people, below a folder of the kernel
_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):  # not every platform has each
    _FLAGS |= getattr(os, _name, 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0) | _NO_LINK


class Unreadable(Exception):
    """A file that is not read, and why. ``kind`` is "limit" where it is too large, "outside" where it lies outside of the folders, else "read"."""

    def __init__(self, why: str, kind: str = "read") -> None:
        super().__init__(why)
        self.why = why
        self.kind = kind


def read(path: str, limit: int = LARGEST_SOURCE, *, within: Sequence[str] | None = None, single: bool = False) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes. Raises Unreadable.

    With ``within`` the file must lie below one of these folders, which are real paths, whatever links lead to it. With ``single`` it may have
    no other name: what a hard link leads to cannot be told.
    """
    try:
        real = os.path.realpath(path)
        if within is not None and not any(is_below(real, folder) for folder in within):
            raise Unreadable("it lies outside of the project", "outside")
        _refuse_special(real, os.stat(real))
        descriptor = _opened(real, within)
        try:
            return _content(descriptor, limit, real, single=single)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise Unreadable(reason(error)) from None


def is_below(real: str, folder: str) -> bool:
    """Whether a real path is that of a folder or of something in it."""
    return real == folder or real.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def reason(error: OSError | ValueError) -> str:
    """Why the system does not open a file, in its words."""
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return "its links lead in a circle, or it became a link while it was opened"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]


def _opened(real: str, within: Sequence[str] | None) -> int:
    """A descriptor of the file. Below a folder no part of the way may be a link: somebody may have put one there just now."""
    base = next((folder for folder in within or () if is_below(real, folder)), None)
    if base in (None, real) or os.open not in os.supports_dir_fd:
        return os.open(real, _FLAGS | _NO_LINK)
    *folders, name = os.path.relpath(real, base).split(os.sep)
    folder = os.open(base, _FOLDER)
    try:
        for part in folders:
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(name, _FLAGS | _NO_LINK, dir_fd=folder)
    finally:
        os.close(folder)


def _content(descriptor: int, limit: int, real: str, *, single: bool) -> bytes:
    found = os.fstat(descriptor)
    _refuse_special(real, found)
    if single and found.st_nlink > 1:
        raise Unreadable("it has several names (hard links), and the others may lie outside of the project", "outside")
    if found.st_size > limit:
        raise Unreadable(f"it is larger than {_shown(limit)}, the limit", "limit")
    parts, left = [], found.st_size  # not more than it says: files that the kernel makes up say 0
    while left and (part := os.read(descriptor, left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _refuse_special(real: str, found: os.stat_result) -> None:
    """Raises Unreadable for what is no regular file, or lies in a file system of the kernel."""
    if stat.S_ISDIR(found.st_mode):
        raise Unreadable("it is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("it is no regular file, but a pipe, a socket or a device")
    if (any(is_below(real, folder) for folder in _KERNEL) and not is_below(real, _MEMORY)) or found.st_dev in _kernel_devices():
        raise Unreadable("it is a file of the kernel's, not of a project")


@lru_cache(maxsize=1)
def _kernel_devices() -> frozenset[int]:
    """The devices of the kernel's file systems, which may be mounted elsewhere too."""
    return frozenset(filter(None, map(_device, _KERNEL))) - {_device(os.sep)}


def _device(path: str) -> int | None:
    try:
        return os.stat(path).st_dev
    except OSError:
        return None


def _shown(limit: int) -> str:
    return f"{limit >> 20} MiB" if limit >> 20 else f"{limit:,} bytes"


__all__ = ["LARGEST_SOURCE", "Unreadable", "is_below", "read", "reason"]
