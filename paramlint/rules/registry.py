"""All rules: whatever module of this package is named after a code."""

from __future__ import annotations

import importlib
import pkgutil
import re

import paramlint.rules
from paramlint.rules.base import Rule

_MODULE = re.compile(r"prm\d{3}_\w+")


def _discover() -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(paramlint.rules.__path__):
        if not _MODULE.fullmatch(module.name):
            continue
        full = f"{paramlint.rules.__name__}.{module.name}"
        for value in vars(importlib.import_module(full)).values():
            if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == full:
                if value.code in found:
                    raise ValueError(f"{value.code}: both {type(found[value.code]).__name__} and {value.__name__}")
                found[value.code] = value()
    return tuple(found[code] for code in sorted(found))


ALL: tuple[Rule, ...] = _discover()


def find(code: str) -> Rule | None:
    """The rule with this code or name."""
    return next((rule for rule in ALL if code.upper() == rule.code or code == rule.name), None)
