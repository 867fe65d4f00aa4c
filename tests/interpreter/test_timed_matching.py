"""The package ``regex`` finds what ``re`` finds, in the patterns and texts that it is asked for."""

from __future__ import annotations

import random
import re
import warnings
from typing import Any

import pytest

from paramlint.interpreter.stdlib.timed_matching import is_plain_template, is_shared, timed

CHARACTERS = "aabbc \n1.,(x-)\t"
ATOMS = ["a", "b", "c", " ", "\n", r"\.", "1", r"\(", ",", ".", r"\w", r"\s", r"\d", r"\S", r"\W", "[ab]", "[^a]", r"[^\n]", "[a-c1]", r"[\w.]", "[]a]", "[^]a]"]
PLACES = ["^", "$", r"\b", r"\A", r"\Z", "(?<=a)", r"(?<!\s)"]
REPEATS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,0}", "{1,}?", "{2,}"]


def alternatives(rng: random.Random, depth: int, once: bool) -> str:
    return "|".join(sequence(rng, depth, once) for _ in range(1 if rng.random() < 0.7 else 2))


def sequence(rng: random.Random, depth: int, once: bool) -> str:
    parts = []
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.1:
            parts.append(rng.choice(PLACES))
            continue
        repeated = rng.random() < 0.45
        part = rng.choice(ATOMS)
        if depth and rng.random() < 0.4:
            grouped = once and not repeated
            opening = rng.choice(["(", "(?P<n>"] if grouped and depth == 3 else ["("]) if grouped else rng.choice(["(?:", "(?:", "(?=", "(?!"])
            repeated = repeated and opening == "(?:"
            part = opening + alternatives(rng, depth - 1, once and opening in ("(", "(?:") and not repeated) + ")"
        parts.append(part + (rng.choice(REPEATS) if repeated else ""))
    return "".join(parts)


def everything(pattern: Any, groups: int, text: str) -> list[Any]:
    matches = (pattern.match(text), pattern.fullmatch(text), pattern.search(text), pattern.search(text, 2))
    found: list[Any] = [match and ([match.span(group) for group in range(groups + 1)], match.groups(), match.groupdict()) for match in matches]
    found += [[match.span() for match in pattern.finditer(text)], pattern.findall(text), pattern.split(text), pattern.split(text, 1)]
    return found


@pytest.mark.parametrize("seed", range(20))
def test_both_find_the_same(seed: int) -> None:
    rng, asked = random.Random(seed), 0
    while asked < 100:
        text = alternatives(rng, 3, True)
        flags = rng.choice([0, re.MULTILINE, re.DOTALL, re.MULTILINE | re.DOTALL])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pattern = re.compile(text, flags)
        except re.error:
            continue
        other = timed(pattern)
        if other is None:
            continue
        asked += 1
        for _ in range(3):
            sample = "".join(rng.choice(CHARACTERS) for _ in range(rng.randint(0, 14)))
            assert is_shared(sample)
            assert everything(other, pattern.groups, sample) == everything(pattern, pattern.groups, sample), (text, flags, sample)
            for template in (r"<\g<0>>", *((r"\1\\",) if pattern.groups else ())):
                assert is_plain_template(template)
                assert "".join(pieces(other, template, sample)) == pattern.sub(template, sample), (text, flags, sample)


def pieces(pattern: Any, template: str, text: str) -> list[str]:
    parts, end = [], 0
    for match in pattern.finditer(text):
        parts += [text[end : match.start()], match.expand(template)]
        end = match.end()
    return [*parts, text[end:]]


@pytest.mark.parametrize("text", [
    r"(a)*", r"(?i)a", r"a{e<=1}", r"[[:alpha:]]", r"\B", r"(a)\1", r"(?P<n>a)(?(n)b|c)", "é", r"a++", r"(?>a*)b", "[a--b]", "a{x", r"(?s:.)a",
])
def test_what_they_may_read_otherwise_is_not_shared(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pattern = re.compile(text)
        except re.error:
            return  # an older Python refuses it
    assert timed(pattern) is None


@pytest.mark.parametrize("text", ["é", "a\x1cb", "\x00", b"a"])
def test_texts_that_they_may_read_otherwise_are_not_shared(text: object) -> None:
    assert not is_shared(text)
