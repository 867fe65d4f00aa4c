"""A file cut into its top-level statements, with the names that decide which of them are worth parsing.

The standard library's parser does it for a tenth of the price of LibCST, which is not imported here.
Where the running Python cannot read newer syntax, LibCST reads the file whole.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import msgspec

from paramlint.core.garbage import not_sought
from paramlint.syntax import signatures
from paramlint.syntax.binding_only import BindingOnly, binding_only
from paramlint.syntax.guards import MAX_ELIFS, MAX_FILE_TOKENS, MAX_PATH, MAX_TOKENS, check
from paramlint.syntax.lexical import all_identifiers, identifiers
from paramlint.syntax.members import Member, blanked, cut
from paramlint.syntax.names import Names
from paramlint.syntax.problem import SyntaxProblem
from paramlint.syntax.skeleton import skeleton
from paramlint.syntax.stack import with_room

if TYPE_CHECKING:
    from paramlint.syntax import ir
    from paramlint.syntax.whole import Whole

MAX_FILE = 2_000_000  # characters; the standard library's parser needs up to 0.5 kB of memory for each
UNMEASURED = 200_000  # characters that the standard library's parser is given unseen; it can take seconds for a long chain
StatementKind = Literal["def", "class", "import", "other"]
_KINDS: dict[type[ast.stmt], StatementKind] = {
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
    ast.ClassDef: "class",
    ast.Import: "import",
    ast.ImportFrom: "import",
}
_NEWLINE = re.compile("\n")


class TopLevel:
    """One top-level statement, or several that share a line.

    ``start`` and ``end`` are its first and last line, decorators included. ``binds`` are the names it binds in the module
    (``"*"`` for a star import); ``touches`` those whose object it changes or unbinds, or may change because it is an expression
    statement that names them; ``reads`` those it reads when it is executed itself (decorators, defaults, bases and class bodies,
    not the bodies of functions); ``decorators`` those that its decorators begin with (``registry`` of ``@registry.register("x")``).
    ``binding_only`` says what it needs to do nothing but bind names; None for one that may do more.
    """

    __slots__ = ("_mentions", "_text", "_whole", "annotations", "binding_only", "binds", "decorators", "end", "index", "is_main_guard", "kind",
                 "members", "offset", "reads", "start", "touches")

    def __init__(
        self,
        index: int,
        lines: tuple[int, int],
        names: Names,
        kind: StatementKind,
        is_main_guard: bool,
        text: str,
        offset: int,
        whole: bool = False,
    ) -> None:
        self.index = index
        self.start, self.end = lines
        self.binds = frozenset(names.binds)
        self.touches = frozenset(names.touches)
        self.reads = frozenset(names.reads)
        self.decorators = frozenset(names.decorators)
        self.kind: StatementKind = kind
        self.is_main_guard = is_main_guard
        self.offset = offset  # of the text in the source
        self._text = text
        self._whole = whole
        self._mentions: frozenset[str] | None = None
        self.binding_only: BindingOnly | None = None
        self.members: tuple[Member, ...] = ()  # methods that are parsed by themselves
        self.annotations: tuple[signatures.Place, ...] = ()  # of parameters and results

    @property
    def mentions(self) -> frozenset[str]:
        """Every identifier and attribute name anywhere inside, bodies included; also words in the text of f-strings."""
        if self._mentions is None:
            self._mentions = all_identifiers(self._text) if self._whole else identifiers(self._text)
        return self._mentions

    @property
    def text(self) -> str:
        """The lines of the statement, each with its newline."""
        return self._text

    @property
    def parsed(self) -> str:
        """The text that is parsed when the statement is: without annotations in signatures and the bodies of ``members``."""
        text = signatures.blanked(self._text, self.offset, self.annotations) if self.annotations else self._text
        return blanked(text, self.offset, self.members) if self.members else text

    def __repr__(self) -> str:
        return f"<TopLevel {self.index} {self.kind} lines {self.start}-{self.end} binds {sorted(self.binds)}>"


class Outline(msgspec.Struct, eq=False):
    """A file in its top-level statements. ``source`` has ``\\n`` for every line end and no byte order mark.

    The statements of a ``lossless`` one are parsed by LibCST, those of others by the standard library; and so are those of a lossless one
    that are only evaluated, where ``reported`` says which may have something to report. What is wrong in a body of a function shows in a
    ``brief`` one when the body is parsed.
    """

    source: str
    statements: tuple[TopLevel, ...]
    tree: Whole | None = None  # what LibCST read, where the running Python could not
    lossless: bool = True
    brief: bool = False
    reported: Callable[[TopLevel | Member], bool] | None = None
    lowered: dict[int, tuple[ir.Stmt, ...] | SyntaxProblem] = msgspec.field(default_factory=dict)
    extents: dict[int, dict[int, tuple[int, int]]] = msgspec.field(default_factory=dict)  # kept by ``positions``
    members: list[Member] = msgspec.field(default_factory=list)  # of all classes; their indices follow those of the statements

    def __post_init__(self) -> None:
        self.members = [member for statement in self.statements for member in statement.members]
        for index, member in enumerate(self.members, len(self.statements)):
            member.index = index

    def statement(self, index: int) -> TopLevel | Member:
        """What is parsed under a number: a top-level statement, or a method by itself."""
        count = len(self.statements)
        return self.statements[index] if index < count else self.members[index - count]

    def is_lossless(self, index: int) -> bool:
        """Whether a statement is parsed by LibCST."""
        return self.whole or (self.lossless and (self.reported is None or self.reported(self.statement(index))))

    @property
    def whole(self) -> bool:
        return self.tree is not None


def outline(source: str, *, lossless: bool = True, brief: bool = False) -> Outline:
    """Cut a file; its statements are to be parsed by LibCST if it is to be ``lossless``. For a ``brief`` one, bodies may be passed over.

    Raises:
        SyntaxProblem: when neither the running Python nor LibCST can read it, or it is longer than ``MAX_FILE``.
    """
    source = normalised(source)
    if len(source) > MAX_FILE:
        raise SyntaxProblem(f"the file has {len(source):,} characters; files over {MAX_FILE:,} are not read", kind="limit")
    if "\0" in source:
        raise _at(source, source.index("\0"), "source code cannot contain NUL bytes", "encoding")
    if len(source) > UNMEASURED:
        check(source, max_tokens=MAX_FILE_TOKENS)
    return with_room(lambda: _outline(source, lossless, brief))


def verify(cut: Outline) -> None:
    """Read the bodies of a brief outline too. Raises SyntaxProblem, as ``outline`` would have."""
    if cut.brief:
        with_room(lambda: _verify(cut.source))
        cut.brief = False


def _verify(source: str) -> None:
    try:
        with not_sought():
            _parse(source, whole=True)
    except SyntaxProblem as problem:
        if problem.kind != "syntax":
            raise
        from paramlint.syntax.whole import read_whole

        read_whole(source, problem)


def normalised(source: str) -> str:
    """The text as Python sees it: without byte order mark, every line end a line feed."""
    source = source.removeprefix("\ufeff")
    return source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source


def _outline(source: str, lossless: bool, brief: bool) -> Outline:
    parsed = skeleton(source) if brief else None
    try:
        with not_sought():
            if parsed is not None:
                try:
                    body = _parse(parsed)
                except SyntaxProblem:
                    parsed = None  # perhaps what it is about does not stand in the file like this
            if parsed is None:
                body = _parse(source, whole=True)
            cut = Outline(source, _cut(source, body), lossless=lossless, brief=parsed is not None)
    except SyntaxProblem as problem:
        if problem.kind != "syntax":
            raise
        from paramlint.syntax.whole import read_whole

        return read_whole(source, problem)
    _refuse_monsters(cut)
    return cut


def _refuse_monsters(cut: Outline) -> None:
    """Say of statements that are too deep or too large to be read that they are, whether or not anything asks for them.

    The rest of the file is read. What has neither a long line nor many of them is measured when it is parsed.
    """
    if not _may_be_monstrous(cut.source):
        return
    for index in range(len(cut.statements) + len(cut.members)):
        statement = cut.statement(index)
        text = statement.text if isinstance(statement, Member) else statement.parsed
        if _may_be_monstrous(text):
            try:
                check(text, statement.start)
            except SyntaxProblem as problem:
                cut.lowered[index] = problem


def _may_be_monstrous(text: str) -> bool:
    """Whether a text is longer than a limit on tokens, as a whole or in one line, or has as many ``elif`` branches."""
    return len(text) > MAX_PATH and (len(text) > MAX_TOKENS or max(map(len, text.split("\n"))) > MAX_PATH or text.count("elif") > MAX_ELIFS)


def _parse(source: str, *, whole: bool = False) -> list[ast.stmt]:
    """The statements of a text. Of a ``whole`` file Python's compiler is asked besides: ``return`` outside of a function is no error of grammar."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are warnings, or errors under -W error
            tree = ast.parse(source)
            if whole:
                compile(tree, "<file>", "exec", dont_inherit=True)
            return tree.body
    except SyntaxError as error:
        raise SyntaxProblem(error.msg, error.lineno or 1, _column(source, error)) from None
    except UnicodeEncodeError as error:
        raise _at(source, error.start, "a lone surrogate is no character", "encoding") from None
    except ValueError as error:
        raise SyntaxProblem(str(error)) from None
    except (RecursionError, MemoryError):
        check(source, max_tokens=MAX_FILE_TOKENS)  # names the limit and the line, if it is one of ours
        raise SyntaxProblem("a statement is nested too deeply for Python's own parser", kind="limit") from None


def _column(source: str, error: SyntaxError) -> int:
    """Before Python 3.12, errors in the field of an f-string count from the field, which they show in parentheses."""
    shown = (error.text or "").strip()
    if error.msg.startswith("f-string") and shown.startswith("(") and shown.endswith(")"):
        lines = source.split("\n", error.lineno or 1)
        found = lines[(error.lineno or 1) - 1].find(shown[1:-1])
        if found >= 0:
            return found + (error.offset or 1) - 1
    return error.offset or 1


def _at(source: str, offset: int, message: str, kind: Literal["syntax", "encoding"]) -> SyntaxProblem:
    line = source.count("\n", 0, offset) + 1
    return SyntaxProblem(message, line, offset - source.rfind("\n", 0, offset), kind)


def line_starts(source: str) -> list[int]:
    """The offset of each line; the last is that of the line after the end."""
    starts = [0, *[match.end() for match in _NEWLINE.finditer(source)]]
    return starts if source.endswith("\n") or not source else [*starts, len(source)]


def _cut(source: str, body: list[ast.stmt]) -> tuple[TopLevel, ...]:
    starts = line_starts(source)
    continued = "\\\n" in source
    groups: list[tuple[list[ast.stmt], int, int]] = []
    for node in body:
        first, last = _first_line(node, source, starts), node.end_lineno or node.lineno
        while continued and last < len(starts) - 1 and source.endswith("\\\n", 0, starts[last]):
            last += 1  # the next line goes on, were it empty
        if groups and first <= groups[-1][2]:
            members, begin, end = groups[-1]
            members.append(node)
            groups[-1] = (members, begin, max(end, last))
        else:
            groups.append(([node], first, last))
    settled = signatures.Settled(body)
    return tuple([_top_level(index, group, source, starts, settled) for index, group in enumerate(groups)])


def _first_line(node: ast.stmt, source: str, starts: list[int]) -> int:
    if not (isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.decorator_list):
        return node.lineno
    line = node.decorator_list[0].lineno
    while line > 1 and not source[starts[line - 1] : starts[line]].lstrip().startswith("@"):
        line -= 1  # a bracket or a backslash may stand between the ``@`` and its expression
    return line


def _top_level(index: int, group: tuple[list[ast.stmt], int, int], source: str, starts: list[int], settled: signatures.Settled) -> TopLevel:
    nodes, first, last = group
    offset = starts[first - 1]
    while source[offset] in " \t\f":  # a form feed may stand before a statement, and what goes with it
        offset += 1
    text = source[offset : starts[last]]
    kinds = {_KINDS.get(type(node), "other") for node in nodes}
    kind: StatementKind = kinds.pop() if len(kinds) == 1 and (len(nodes) == 1 or kinds == {"import"}) else "other"
    made = TopLevel(index, (first, last), Names(nodes), kind, any(_is_main_guard(node) for node in nodes), text, offset)
    made.binding_only = binding_only(nodes)
    if kind in ("def", "class"):
        read: set[str] = set()
        made.annotations = tuple(signatures.annotated(nodes[0], source, starts, settled, read))
        made.reads |= {name for name in read if "." not in name and "[" not in name}
        if read & made.binds:
            made.binding_only = None
        elif made.binding_only is not None and read:
            dotted, taken = {name for name in read if "." in name}, {name[:-2] for name in read if name.endswith("[]")}
            needs = made.binding_only
            made.binding_only = needs._replace(dotted=needs.dotted | dotted, annotations=needs.annotations | taken)
    for node in nodes:
        settled.add(node, made.binds, text)
    if kind == "class" and len(nodes) == 1 and isinstance(nodes[0], ast.ClassDef):
        made.members = tuple(cut(nodes[0], index, source, starts))
    return made


def _is_main_guard(node: ast.stmt) -> bool:
    if not (isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and len(node.test.ops) == 1):
        return False
    sides = (node.test.left, node.test.comparators[0])
    names = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    mains = any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)
    return names and mains and isinstance(node.test.ops[0], ast.Eq)
