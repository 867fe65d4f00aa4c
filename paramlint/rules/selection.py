"""Which rules run."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from paramlint.core.text import closest
from paramlint.rules.base import Rule
from paramlint.rules.registry import ALL


class Selection(msgspec.Struct, frozen=True):
    """Rules by code, by the beginning of a code (``PRM1``), by name, or ``ALL``.

    Where both ``select`` and ``ignore`` name a rule, the longer selector wins, and ``ignore`` where they are as long.
    ``file_ignore``, the per-file ignores of the file at hand, always wins.
    """

    select: tuple[str, ...] | None = None  # None: the rules that are on by default
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    file_ignore: tuple[str, ...] = ()

    def enabled(self, rule: Rule) -> bool:
        """Whether the rule runs."""
        if _strength(rule, self.file_ignore):
            return False
        chosen = _strength(rule, (*(self.select or ()), *self.extend_select))
        ignored = _strength(rule, self.ignore)
        if chosen or ignored:
            return chosen > ignored or (rule.always and not ignored)
        return rule.always or (self.select is None and rule.default)


def known_prefix(code: str) -> bool:
    """Whether a selector names at least one rule."""
    return any(rule.named_by(code) for rule in ALL)


def nearest(code: str) -> str | None:
    """The right selector that looks most like a wrong one."""
    right = [word for rule in ALL for word in (rule.code, rule.name)] + ["ALL", *sorted({rule.code[:4] for rule in ALL})]
    return closest(code.strip(), right) or closest(code.strip().upper(), right)


def _strength(rule: Rule, selectors: Iterable[str]) -> int:
    return max((rule.named_by(selector) for selector in selectors), default=0)
