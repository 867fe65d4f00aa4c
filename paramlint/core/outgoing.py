"""The one door for text that goes out: names, messages and source of the analysed code act on no terminal, page, spreadsheet or runner of checks.

What is shown may come from a stranger: names of files, classes and layers, texts, comments, keys of a configuration. Each format has its
function here; all of them begin with ``safe``.
"""

from __future__ import annotations

import re

# Letters, marks and fillers that have no shape of their own, so that a text hides something or looks like another.
_SHAPELESS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\U000e0100-\U000e01ef]")
_VARIANTS = re.compile("[\ufe00-\ufe0f]")  # choose between shapes of the character before
_COMMAND = re.compile(r"##(?=\w*\[)")  # ##[error]…, ##vso[…], ##teamcity[…: runners take these for commands anywhere in a line
_FIRST = re.compile(r"\s*::")  # and these at its begin
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_FORMULA_WITHIN = re.compile(r"(;\s*)(?=[=+\-@])")  # where spreadsheets separate by semicolons
_MARKED = re.compile(r"[\\`*\[\]|~$]|(?<=:)/(?=/)|(?<=\bwww)\.|(?<![^\W_])_|_(?![^\W_])")  # what Markdown reads; an underscore inside a word is one
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"})
# What GitHub makes links, mentions and pictures of, outside of code.
_LINKED = re.compile(r"@|://|\bwww\.|#\d|\bGH-\d|:[a-z+\-][\w+\-]*:|\bmailto:|\bxmpp:", re.IGNORECASE)
_BEGUN = re.compile(r"^(\s*)([#+\-]+(?:\s|$))|^(\s*\d+)([.)](?:\s|$))")  # a heading or list at the begin of a line


def safe(text: str) -> str:
    """Text on one line that a terminal prints and does not obey: control characters, marks that reverse or hide text, and broken surrogates are
    replaced, and what a runner of checks takes for a command is broken up.

    >>> safe("a\\x1b[31m\\nb\\u202e")
    'a�[31m b�'
    >>> safe("::error::x ##[group]y")
    ': :error::x ## [group]y'
    """
    if not (text.isascii() and text.isprintable()):
        text = _SHAPELESS.sub("\N{REPLACEMENT CHARACTER}", _VARIANTS.sub("", text))
        text = "".join(map(_harmless, text))
    if "##" in text:
        text = _COMMAND.sub("## ", text)
    return text.replace("::", ": :", 1) if _FIRST.match(text) else text


def safe_lines(text: str) -> str:
    """The same for a text of ours of several lines: its line breaks stay."""
    return "\n".join(map(safe, text.split("\n")))


def path(text: str) -> str:
    """A path at the begin of a line, where other tools read it.

    >>> path("::error::x.py")
    './::error::x.py'
    """
    return safe(f"./{text}" if _FIRST.match(text) else text)


def cell(text: str) -> str:
    """A cell of a spreadsheet that is a text and no formula, whatever it begins with, as OWASP advises.

    >>> cell("=1+1"), cell("a;=1+1"), cell("1 + 1")
    ("'=1+1", "a;'=1+1", '1 + 1')
    """
    text = _FORMULA_WITHIN.sub(r"\1'", safe(text))
    return f"'{text}" if _FORMULA.match(text) else text


def markdown(text: str) -> str:
    """A text in Markdown that is only text: no HTML, link, picture, mention or cell of its own.

    >>> markdown("<b>_x_</b> conv_1"), markdown("@you")
    ('&lt;b&gt;\\\\_x\\\\_&lt;/b&gt; conv_1', '<code>&#64;you</code>')
    """
    text = safe(text)
    return f"<code>{_escaped(text)}</code>" if _LINKED.search(text) else _BEGUN.sub(r"\1\3\\\2\4", _escaped(text))


def code(text: str) -> str:
    """A text in Markdown as code.

    >>> code("x.py::Net"), code("a`b<c")
    ('`x.py::Net`', '<code>a\\\\`b&lt;c</code>')
    """
    text = safe(text)
    if text.strip() and text == text.strip() and not set(text) & set("`<>&\\|[]"):
        return f"`{text}`"
    return f"<code>{_escaped(text)}</code>"


def json_text(text: str) -> str:
    """JSON whose texts are ASCII, the same for programs, without the control character that JSON lets pass and without commands."""
    return _COMMAND.sub("#\\\\u0023", text.replace("\x7f", "\\u007f"))


def _escaped(text: str) -> str:
    return _MARKED.sub(r"\\\g<0>", text.translate(_ENTITIES))


def _harmless(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character in "\t\n\r\xa0" else "\N{REPLACEMENT CHARACTER}"


__all__ = ["cell", "code", "json_text", "markdown", "path", "safe", "safe_lines"]
