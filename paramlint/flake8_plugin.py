"""The flake8 plugin: options in, (line, column, text, type) out. flake8 selects, ignores and reads ``# noqa`` itself."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from paramlint import __version__
from paramlint.analysis.prefilter import may_hold_layers
from paramlint.core.outgoing import safe

if TYPE_CHECKING:
    from argparse import Namespace

    from flake8.options.manager import OptionManager

    from paramlint.config import Config, Configs

_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


class Plugin:
    """Findings of one file for flake8; the syntax tree that flake8 gives is not used."""

    name = "paramlint"
    version = __version__
    _texts: ClassVar[dict[str, Sequence[str]]] = {}
    _selected: ClassVar[tuple[str, ...]] = ()
    _settings: ClassVar[Configs | None] = None

    def __init__(self, tree: object, lines: Sequence[str], filename: str) -> None:
        self._lines = lines
        self._filename = filename

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        from paramlint.config import OPTIONS

        for option in OPTIONS:
            if option.flake8:
                text = option.help.replace("%", "%%").replace("`", "")
                manager.add_option(f"--{option.key}", parse_from_config=True, comma_separated_list=bool(option.kind.many),
                                   metavar=option.kind.metavar, help=f"{text[0].upper()}{text[1:]}.")

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Take over what flake8 has read. Raises flake8's ExecutionError for a bad value."""
        from paramlint.config import OPTIONS

        cls._settings, cls._texts = None, {}
        for option in OPTIONS:
            value = getattr(options, option.field, None) if option.flake8 else None
            if value:
                cls._texts[option.key] = value if isinstance(value, list) else [value]
        # A code that is asked for by more than the family's name turns on a rule that is off by default.
        codes = [*(options.select or ()), *(getattr(options, "extend_select", None) or ())]
        cls._selected = tuple(code for code in codes if code.startswith("PRM") and len(code) > 3)
        if cls._texts:
            cls._configs()

    @classmethod
    def _configs(cls) -> Configs:
        if cls._settings is None:
            from paramlint import api

            try:
                cls._settings = api.configs(flags=cls._texts, confined=_configured())
            except api.ConfigError as error:
                from flake8.exceptions import ExecutionError

                raise ExecutionError(f"paramlint: {safe(str(error))}") from None
        return cls._settings

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        data = self._data()
        if not may_hold_layers(data):
            return
        from paramlint import api

        try:
            config = self._configs().for_file(self._filename)
        except api.ConfigError as error:
            yield 1, 0, f"PRM000 {safe(str(error))}", type(self)
            return
        for finding in api.check_source(data, self._filename, self._with_selected(config), suppress=False).diagnostics:
            yield finding.span.line, finding.span.column - 1, f"{finding.code} {safe(finding.message)}", type(self)

    def _with_selected(self, config: Config) -> Config:
        from msgspec.structs import replace

        return replace(config, extend_select=config.extend_select + self._selected) if self._selected else config

    def _data(self) -> bytes:
        """The file's bytes again: flake8 has decoded them by the encoding that the file declares."""
        text = "".join(self._lines)
        found: Any = next(filter(None, map(_COOKIE.match, self._lines[:2])), None)
        try:
            return text.encode(found[1] if found else "utf-8")
        except (LookupError, UnicodeError):
            return text.encode("utf-8", "replace")


def _configured() -> list[str]:
    """The options for folders that flake8 has from a configuration file, which the project under review may have written."""
    return [key for key in ("search-path", "site-packages") if not any(f"{text}=".startswith(f"--{key}=") for text in sys.argv)]
