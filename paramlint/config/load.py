"""Where values come from: the nearest file, its overrides, flags; the later win, and tables are joined key by key."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict

from paramlint.config import roots
from paramlint.config.options import OPTIONS, BadValueError, Config, UnknownKeyError, nearest, parse_table
from paramlint.config.values import Patterns
from paramlint.core import reading

LARGEST_FILE = 1 << 20  # bytes
LONGEST_KEY = 64  # parts
# So many parts with dots between them, each bare or quoted, from the begin of one.
_LONG_KEY = rf"""(?<![\w."'-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{LONGEST_KEY}}}"""
NAMES = ("paramlint.toml", "pyproject.toml")  # in one folder the first one counts

Matcher = Callable[[Sequence[Patterns]], Callable[[str], Sequence[int]]]
Verify = Callable[[Mapping[str, Any]], None]


class ConfigError(Exception):
    """A configuration that cannot be used; the message names the place, the key and the way out."""


class _Loaded(msgspec.Struct, frozen=True):
    """The values of one file, or of none."""

    source: str = ""
    base: str = ""
    values: Mapping[str, Any] = msgspec.field(default_factory=dict)


class Configs:
    """The configuration of each file: that of the nearest file, its overrides for the path, and the flags over all."""

    def __init__(self, matcher: Matcher, verify: Verify, *, flags: Mapping[str, Iterable[str]] | None = None, file: str | None = None,
                 isolated: bool = False, trusted: bool = False, confined: Iterable[str] = ()) -> None:
        """``flags`` are texts by option key. Raises ConfigError.

        ``matcher`` makes of lists of patterns what says which of them match a path. ``verify`` gets field values as they are read and
        raises BadValueError for what only others can judge: which rules there are, what a pattern is. The paths of a file that is not
        ``trusted`` stay in the project that it is in, and so do those of the ``confined`` flags, which another tool has read from its own
        configuration.
        """
        self._matcher = matcher
        self._matchers: dict[tuple[Any, ...], Callable[[str], Sequence[int]]] = {}
        self._verify = verify
        self.trusted = trusted
        self._repositories: dict[str, str] = {}
        self._flags = self._parse_flags(flags or {})
        self._single = self._read(file, required=True) if file else _Loaded() if isolated else None
        self._by_folder: dict[str, _Loaded] = {}
        self._made: dict[tuple[Any, ...], Config] = {}
        self._confine({key.replace("-", "_"): self._flags.get(key.replace("-", "_")) or () for key in confined})

    def for_folder(self, folder: str) -> Config:
        """What holds in a folder as such: the base of what holds for its files."""
        return self._config(self._nearest(os.path.abspath(folder)), (), "")

    def for_file(self, path: str) -> Config:
        """The values for a file."""
        full = os.path.abspath(path)
        loaded = self._nearest(os.path.dirname(full))
        overrides = loaded.values.get("overrides", ())
        config = self._config(loaded, self._matching(("overrides", loaded.source), lambda: [override.paths for override in overrides], full),
                              self.root(os.path.dirname(full)))
        ignores = config.per_file_ignores
        found = self._matching(("ignores", id(ignores)), lambda: [patterns for patterns, _ in ignores], full)
        more = tuple(code for number in found for code in ignores[number][1])
        if not more:
            return config
        return self._once(("ignoring", id(config), more), lambda: _replaced(config, {"file_ignore": more}))

    def _matching(self, key: tuple[Any, ...], lists: Callable[[], list[Patterns]], path: str) -> tuple[int, ...]:
        """Which of the lists match a path; what tells that is made once."""
        if key not in self._matchers:
            self._matchers[key] = self._matcher(lists())
        return tuple(self._matchers[key](path))

    def root(self, folder: str) -> str:
        """The root of the project that a folder is in, as far as a configuration or a repository says it; empty if none does."""
        full = os.path.abspath(folder)
        return roots.nearer(full, self._nearest(full).base, self._repository(full))

    def leads_out(self, path: str, folder: str) -> str:
        """Why a path that a file in a folder names is not followed: it leads out of the project; empty if it may be."""
        root = "" if self.trusted else self.root(folder)
        return roots.refusal("", root) if root and not reading.is_below(os.path.realpath(path), root) else ""

    def _repository(self, folder: str) -> str:
        if folder not in self._repositories:
            self._repositories[folder] = roots.repository(folder)
        return self._repositories[folder]

    def _config(self, loaded: _Loaded, overrides: tuple[int, ...], root: str) -> Config:
        def make() -> Config:
            config = _replaced(Config(root=root), loaded.values)
            for number in overrides:
                config = _replaced(config, loaded.values["overrides"][number].values)
            return _replaced(config, self._flags)

        return self._once((loaded.source, overrides, root), make)

    def _once(self, key: tuple[Any, ...], make: Callable[[], Config]) -> Config:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _nearest(self, folder: str) -> _Loaded:
        if self._single is not None:
            return self._single
        passed = []
        found: _Loaded | None = None
        while found is None and folder not in self._by_folder:
            passed.append(folder)
            found = self._in_folder(folder)
            parent = os.path.dirname(folder)
            if found is None and parent == folder:
                found = _Loaded()
            folder = parent
        found = found or self._by_folder[folder]
        self._by_folder.update(dict.fromkeys(passed, found))
        return found

    def _parse_flags(self, flags: Mapping[str, Iterable[str]]) -> dict[str, Any]:
        known = {option.key: option for option in OPTIONS}
        base, result = os.getcwd(), {}
        for key, texts in flags.items():
            try:
                result[known[key].field] = known[key].parse_texts(texts, base)
            except ValueError as error:
                raise ConfigError(f"--{key}: {error}") from None
        try:
            self._verify(result)
        except BadValueError as error:
            raise ConfigError(f"--{error}") from None
        return result

    def _confine(self, values: Mapping[str, Any]) -> None:
        """Raises ConfigError for a path among the values that leads out of the project of the current folder."""
        folder = os.getcwd() if any(values.values()) else ""
        root = folder and (self.root(folder) or os.path.realpath(folder))
        outside = roots.leaving(values, root) if root else None
        if outside is not None:
            raise ConfigError(f"{outside[0]}: {outside[1]} {roots.refusal(outside[0], root, trustable=False)}")

    def _in_folder(self, folder: str) -> _Loaded | None:
        for name in NAMES:
            path = os.path.join(folder, name)
            loaded = self._read(path, required=False) if os.path.isfile(path) else None
            if loaded is not None:
                return loaded
        return None

    def _read(self, path: str, *, required: bool) -> _Loaded | None:
        """The values of a file; None where it is a ``pyproject.toml`` that says nothing about us."""
        shared = os.path.basename(path) == "pyproject.toml"
        base = os.path.dirname(os.path.abspath(path))
        root = os.path.realpath(self._repository(base) or base)
        table = _table(path, shared=shared, required=required, root=None if self.trusted or required else root)
        if table is None:
            return None
        try:
            values = parse_table(table, OPTIONS, base)
            outside = None if self.trusted else roots.leaving(values, root if required else os.path.realpath(base))
            if outside is not None:
                raise BadValueError(outside[0], f"{outside[1]} {roots.refusal(outside[0], root if required else base)}")
            for part in (values, *(override.values for override in values.get("overrides", ()))):
                self._verify(part)
        except (UnknownKeyError, BadValueError) as error:
            raise ConfigError(f"{path}: {'[tool.paramlint] ' if shared else ''}{error}") from None
        return _Loaded(path, base, values)


def _replaced(config: Config, values: Mapping[str, Any]) -> Config:
    """The configuration with other values; what is a table is joined, the new keys winning."""
    fields = asdict(config)
    for name, value in values.items():
        fields[name] = {**fields[name], **value} if isinstance(fields[name], dict) else value
    return Config(**fields)


def _table(path: str, *, shared: bool, required: bool, root: str | None) -> dict[str, Any] | None:
    """Our table of a file; None where a ``pyproject.toml`` has none and none is required. With a ``root`` no link may lead out of it."""
    try:
        data = reading.read(path, LARGEST_FILE)
    except reading.Unreadable as error:
        raise ConfigError(f"{path}: {error.why}") from None
    if shared and b"paramlint" not in data and not required:  # not even parsed: it may be a template
        return None
    if root is not None and not reading.is_below(os.path.realpath(path), root):  # what it says would be shown in messages
        raise ConfigError(f"{path}: a link that leads out of the project in {root}; trust it with {roots.TRUST}, or give the file with --config")
    table = _toml(path, data)
    if shared:
        tools = table.get("tool", {})
        table = tools.get("paramlint") if isinstance(tools, dict) else None
        if table is None and not required:
            return None
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: there is no table [tool.paramlint]")
    return table


def _toml(path: str, data: bytes) -> Any:
    """What the text of a file says. The parser needs quadratic time and memory for keys of many parts, which nobody writes."""
    import tomllib

    try:
        text = data.decode("utf-8-sig")
        long = re.search(_LONG_KEY, text)
        if long is not None:
            line = text.count("\n", 0, long.start()) + 1
            raise ConfigError(f"{path}: a key of more than {LONGEST_KEY} parts (at line {line})")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from None
    except ValueError:  # Python's own limit on the digits of an integer
        raise ConfigError(f"{path}: a number of more than {sys.get_int_max_str_digits():,} digits") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply") from None


__all__ = ["NAMES", "ConfigError", "Configs", "nearest"]
