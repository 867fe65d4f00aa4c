"""``packaging.version``. Source: PEP 440."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paramlint.core.unknown import Unknown
from paramlint.interpreter.natives import Table, known, plain
from paramlint.interpreter.signals import Raised
from paramlint.interpreter.values import ClassValue, Instance

if TYPE_CHECKING:
    from paramlint.interpreter.machine import Interpreter

_METHODS = Table()
_VERSION = re.compile(
    r"v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)(?P<pre>[-_.]?(?P<pre_l>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?P<pre_n>\d+)?)?"
    r"(?P<post>-(?P<post_n1>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_n2>\d+)?)?(?P<dev>[-_.]?dev[-_.]?(?P<dev_n>\d+)?)?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?", re.I)
_PRE = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}
_LOW, _HIGH = (-1,), (9,)


def names(it: Interpreter) -> dict[str, Any]:
    error = ClassValue("InvalidVersion", (it.classes["ValueError"],), {}, module="packaging.version")
    cls = ClassValue("Version", (it.classes["object"],), dict(_METHODS), module="packaging.version")

    def make(it: Interpreter, args: list[Any], kwargs: dict[str, Any]) -> Any:
        text = plain(args[1] if len(args) > 1 else kwargs["version"])
        known(it, text)
        match = _VERSION.fullmatch(text.strip()) if isinstance(text, str) and len(text) < 200 else None
        if match is None:
            raise Raised(it.call(error, [f"Invalid version: {text!r}"]), it.site())
        return it.instance(args[0], _parts(match), None)

    cls.make = make
    cls.attrs["__init__"] = _METHODS["__init__"]
    return {"Version": cls, "parse": cls, "InvalidVersion": error, "LegacyVersion": cls}


def _parts(match: re.Match[str]) -> dict[str, Any]:
    release = tuple(int(part) for part in match["release"].split("."))
    padded = (*release, 0, 0, 0)
    letter = (match["pre_l"] or "").lower()
    pre = (_PRE.get(letter, letter), int(match["pre_n"] or 0)) if match["pre"] else None
    post = int(match["post_n1"] or match["post_n2"] or 0) if match["post"] else None
    dev = int(match["dev_n"] or 0) if match["dev"] else None
    epoch = int(match["epoch"] or 0)
    base = (f"{epoch}!" if epoch else "") + ".".join(map(str, release))
    public = base + ("" if pre is None else f"{pre[0]}{pre[1]}") + ("" if post is None else f".post{post}")
    public += "" if dev is None else f".dev{dev}"
    local = None if match["local"] is None else re.sub(r"[-_]", ".", match["local"].lower())
    return {"epoch": epoch, "release": release, "major": padded[0], "minor": padded[1], "micro": padded[2], "pre": pre, "post": post,
            "dev": dev, "local": local, "base_version": base, "public": public, "is_prerelease": pre is not None or dev is not None,
            "is_postrelease": post is not None, "is_devrelease": dev is not None}


def _key(version: Instance) -> Any:
    """What versions are ordered by. Source: PEP 440, "Summary of permitted suffixes and relative ordering"."""
    part = version.attrs
    release = part["release"]
    while len(release) > 1 and release[-1] == 0:
        release = release[:-1]
    pre = _LOW if part["pre"] is None and part["post"] is None and part["dev"] is not None else _HIGH if part["pre"] is None else \
        (0, "ab r".index(part["pre"][0][0]), part["pre"][1])
    post = _LOW if part["post"] is None else (0, part["post"])
    dev = _HIGH if part["dev"] is None else (0, part["dev"])
    local: tuple[Any, ...] = _LOW if part["local"] is None else (0, tuple((1, int(piece), "") if piece.isdigit() else (0, 0, piece)
                                                                        for piece in part["local"].split(".")))
    return part["epoch"], release, pre, post, dev, local


@_METHODS.raw("__init__", binds=True)
def _init(it: Interpreter, self: Instance, version: Any, /) -> None:
    return None


@_METHODS.raw("__str__", binds=True)
def _str(it: Interpreter, self: Instance, /) -> Any:
    return self.attrs["public"] + ("" if self.attrs["local"] is None else f"+{self.attrs['local']}")


@_METHODS.raw("__repr__", binds=True)
def _repr(it: Interpreter, self: Instance, /) -> Any:
    return f"<Version('{_str(it, self)}')>"


def _comparison(name: str) -> None:
    @_METHODS.raw(name, binds=True)
    def compare(it: Interpreter, self: Instance, other: Any, /) -> Any:
        if isinstance(other, Unknown):
            return other
        if not isinstance(other, Instance) or "release" not in other.attrs:
            return NotImplemented
        return getattr(_key(self), name)(_key(other))


for _name in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__"):
    _comparison(_name)


@_METHODS.raw("__hash__", binds=True)
def _hash(it: Interpreter, self: Instance, /) -> Any:
    return it.call(it.builtins["hash"], [self.attrs["release"]])
