"""Limits on what LibCST is given.

Its native parser recurses on the C stack and backtracks: deep nesting costs quadratic time and in the end the process, a long
flat list seconds. So nesting and size are measured before, on the text alone, in a scan that knows strings, f-strings with their
fields, comments and continued lines.
The limits are several times what the deepest and largest statements of large packages need (``benchmarks/statement_sizes.py``).
"""

from __future__ import annotations

import re
import sys
from functools import cache
from itertools import islice
from typing import NamedTuple

from paramlint.syntax.problem import SyntaxProblem
from paramlint.syntax.shallow import STRING, logical_lines

MAX_BRACKETS = 60  # brackets, f-strings and their fields inside one another; CPython's own limit is 200
MAX_PATH = 400  # tokens on the way from the start of a statement to the innermost one: chains and operators as well as brackets
MAX_ELIFS = 500  # ``elif`` branches of one ``if``
MAX_TOKENS = 100_000  # tokens of one statement
MAX_FILE_TOKENS = 500_000  # tokens of a file
_STRINGS_A_TOKEN = 6  # strings joined by standing side by side nest in LibCST's tree, but are cheap; it gives up at about 3,000
_INDENT = 1_000  # characters before a word in which the begin of its line is looked for

_DOTTED = r"\w++(?:\.\w++){0,2}+"  # short dotted names count as one token, and so does a name with its opening bracket
_CODE = re.compile(
    rf"""[ \t]*+(?:(?P<word>(?:lambda|for|in|if|elif)\b)
    |(?P<open>(?:{_DOTTED})?+[(\[{{])|(?P<close>[)\]}}])|(?P<comma>,)|(?P<line>\n\s*+|;)
    |(?P<formatted>(?:[fFtT][rR]?|[rR][fFtT])(?:'''|\"\"\"|'|\"))
    |(?P<colon>:(?!=))
    |(?P<string>(?:[rRbBuU]|[bB][rR]|[rR][bB])?(?:{STRING}))
    |(?P<skip>\#[^\n]*+|\\\n)
    |(?P<other>{_DOTTED}(?:[ ]*=(?!=))?|[^\s]))""",
    re.VERBOSE | re.DOTALL,
)
_WORD, _OPEN, _CLOSE, _COMMA, _LINE, _FORMATTED, _COLON, _PLAIN, _SKIP = range(1, 10)

@cache
def _text(quote: str, is_spec: bool) -> re.Pattern[str]:
    """The text between the fields of an f-string with these quotes, or of a format spec in it."""
    if is_spec:
        return re.compile(rf"(?:[^{{}}'\"]++|(?!{quote})['\"])*+", re.DOTALL)
    return re.compile(rf"(?:[^{{}}\\'\"]++|\\[^{{}}]|\{{\{{|\}}|(?!{quote})['\"]|\\)*+", re.DOTALL)



class Size(NamedTuple):
    """How large a piece of source is; ``…_at`` is the offset at which the maximum is met."""

    brackets: int
    brackets_at: int
    path: int
    path_at: int
    elifs: int
    elifs_at: int
    tokens: int


class _Frame:
    """An open bracket, or an f-string whose fields are read."""

    __slots__ = ("base", "fors", "in_spec", "lambdas", "quote")

    def __init__(self, base: int, quote: str = "", in_spec: bool = False) -> None:
        self.base = base  # tokens on the path up to here
        self.quote = quote  # of the f-string to which this field belongs; "" for an ordinary bracket
        self.in_spec = in_spec  # whether this field stands in the format spec of another
        self.lambdas = 0  # ``lambda`` whose parameters are being read, and ``for`` whose target is: their commas separate nothing
        self.fors = 0


class _Scan:
    def __init__(self, text: str, most: int) -> None:
        self.text = text
        self.most = most  # tokens to read
        self.frames = [_Frame(0)]
        self.quotes: list[str] = []  # f-strings whose text is being read
        self.count = self.tokens = 0
        self.brackets = self.brackets_at = self.path = self.path_at = self.elifs = self.elifs_at = 0
        self.chains: dict[int, int] = {}

    def run(self) -> Size:
        position = 0
        while position < len(self.text):
            position = self.code(position)
        self.mark(len(self.text))
        return Size(self.brackets, self.brackets_at, self.path, self.path_at, self.elifs, self.elifs_at, self.tokens)

    def mark(self, offset: int) -> None:
        if self.count > self.path:
            self.path, self.path_at = self.count, offset

    def code(self, position: int) -> int:
        """Read code up to the next f-string, or the end of a field; returns where to go on."""
        frame = self.frames[-1]
        count = self.count
        tokens = strings = 0
        nested = len(self.frames) > 1
        stop = len(self.text)
        for match in islice(_CODE.finditer(self.text, position), max(self.most + 1 - self.tokens, 0)):
            group = match.lastindex
            tokens += 1
            if group == _SKIP or group is None or (nested and group == _LINE):
                continue
            if group == _PLAIN:
                strings += 1
                count += strings % _STRINGS_A_TOKEN == 1
                continue
            strings = 0
            count += 1
            if group > _PLAIN:
                continue
            if group == _COMMA:
                if count > self.path:
                    self.path, self.path_at = count, match.start(group)
                if not (frame.lambdas or frame.fors):
                    count = frame.base
                continue
            self.count = count
            stop = self.event(group, match, frame)
            if stop >= 0:
                break
            count = self.count
            frame = self.frames[-1]
            nested = len(self.frames) > 1
        else:
            self.count = count
            stop = len(self.text)
        self.tokens += tokens
        return stop if self.tokens <= self.most else len(self.text)

    def event(self, group: int, match: re.Match[str], frame: _Frame) -> int:
        """What a token that structures the text changes; where to go on when that is not right behind it, else -1."""
        offset = match.start(group)
        if group == _OPEN:
            self.enter(offset, "")
        elif group == _CLOSE:
            self.leave(offset)
            if frame.quote and len(self.frames) > 1:
                return self.formatted(frame.quote, match.end(), frame.in_spec)
        elif group == _LINE:
            self.mark(offset)
            self.count = frame.lambdas = frame.fors = 0
        elif group == _FORMATTED:
            quote = match[group].lstrip("fFtTrR")
            self.enter(offset, quote)
            return self.formatted(quote, match.end(), False)
        elif group == _COLON:
            if frame.lambdas:
                frame.lambdas -= 1
            elif frame.quote:
                return self.formatted(frame.quote, match.end(), True)
        else:
            self.word(match[group], offset, frame)
        return -1

    def enter(self, offset: int, quote: str, in_spec: bool = False) -> None:
        self.mark(offset)
        self.frames.append(_Frame(self.count, quote, in_spec))
        if len(self.frames) - 1 > self.brackets:
            self.brackets, self.brackets_at = len(self.frames) - 1, offset

    def leave(self, offset: int) -> None:
        self.mark(offset)
        if len(self.frames) > 1:
            self.count = self.frames.pop().base + 1

    def formatted(self, quote: str, position: int, is_spec: bool) -> int:
        """Read the text of an f-string, or of a format spec in it, up to the next field or the end; returns where code goes on."""
        text = self.text
        match = _text(quote, is_spec).match(text, position)
        end = match.end() if match else position
        if len(quote) == 1 and (line := text.find("\n", position, end)) >= 0 and text[line - 1] != "\\":
            end = line  # not closed on its line
        if text.startswith("{", end):
            self.enter(end, quote, is_spec)
            self.tokens += 1
            return end + 1
        if is_spec and text.startswith("}", end):
            return end
        self.leave(end)
        return end + len(quote) if text.startswith(quote, end) else max(end, position + 1)

    def word(self, word: str, offset: int, frame: _Frame) -> None:
        if word == "lambda":
            frame.lambdas += 1
        elif word == "for":
            frame.fors += 1
        elif word == "in":
            frame.fors -= frame.fors > 0
        elif len(self.frames) == 1:
            before = self.text[max(offset - _INDENT, 0) : offset].rstrip(" \t\f")
            if not before or before[-1] == "\n":  # it begins its line
                self.branch(word, min(offset, _INDENT) - len(before), offset)

    def branch(self, word: str, indent: int, offset: int) -> None:
        self.chains[indent] = self.chains.get(indent, 0) + 1 if word == "elif" else 0
        if self.chains[indent] > self.elifs:
            self.elifs, self.elifs_at = self.chains[indent], offset


def measure(text: str, max_tokens: int = sys.maxsize // 2) -> Size:
    """The nesting and the size of a piece of source, read at most one token beyond ``max_tokens``."""
    return _Scan(text, max_tokens).run()


def is_shallow(text: str) -> bool:
    """Whether nothing in a text that Python can read is beyond the limits on nesting, as far as its logical lines tell."""
    lines = logical_lines(text) if text.count("elif") <= MAX_ELIFS else None
    for line in lines or ():
        if len(line) > MAX_BRACKETS and (len(line) >= MAX_PATH or line.count("(") + line.count("[") + line.count("{") > MAX_BRACKETS):
            size = measure(line)
            if size.path >= MAX_PATH or size.brackets > MAX_BRACKETS:
                return False
    return lines is not None


def check(text: str, first_line: int = 1, max_tokens: int = MAX_TOKENS) -> None:
    """Refuse what LibCST cannot parse safely; ``first_line`` is the line of the file at which ``text`` begins.

    Raises:
        SyntaxProblem: of kind "limit", with the limit and the line at which it is met.
    """
    if len(text) <= 2 * MAX_BRACKETS or (len(text) <= max_tokens and is_shallow(text)):
        return
    size = measure(text, max_tokens)
    if size.brackets > MAX_BRACKETS:
        raise _limit(f"brackets are nested {size.brackets:,} deep; the limit is {MAX_BRACKETS}", text, size.brackets_at, first_line)
    if size.path > MAX_PATH:
        message = f"an expression chains or nests {size.path:,} tokens; the limit is {MAX_PATH}"
        raise _limit(message, text, size.path_at, first_line)
    if size.elifs > MAX_ELIFS:
        raise _limit(f"an if has {size.elifs:,} elif branches; the limit is {MAX_ELIFS:,}", text, size.elifs_at, first_line)
    if size.tokens > max_tokens:
        unit = "a statement" if max_tokens == MAX_TOKENS else "the file"
        raise _limit(f"{unit} has more than {max_tokens:,} tokens, the limit", text, 0, first_line)


def _limit(message: str, text: str, offset: int, first_line: int) -> SyntaxProblem:
    line = first_line + text.count("\n", 0, offset)
    return SyntaxProblem(message, line, offset - text.rfind("\n", 0, offset), "limit")
