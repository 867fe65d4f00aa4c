"""A second way from source to IR, through the standard library's tree: written apart from the lowering, so that both can be compared.

Both sides become nested tuples without anchors: ``("Call", func, args, keywords)``.
"""

# ruff: noqa: N802  (methods are named after the node classes of ast)

from __future__ import annotations

import ast
from typing import Any

from paramlint.syntax import ir

OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**", ast.MatMult: "@",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
    ast.Not: "not", ast.And: "and", ast.Or: "or", ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
LEFT_OUT = {"annotations", "at", "deferred", "is_annotated", "locals", "global_names", "nonlocal_names"}


def plain(value: Any) -> Any:
    """IR as nested tuples."""
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, ir.Constant):
        return constant(value.value)
    if isinstance(value, ir.FString):
        return ("FString", *_texts(value.parts))
    if isinstance(value, ir.If):
        return _if([(plain(test), plain(body)) for test, body in value.branches], plain(value.orelse))
    if isinstance(value, ir.Node):
        return (type(value).__name__, *[plain(getattr(value, name)) for name in value.__struct_fields__ if name not in LEFT_OUT])
    return value


def constant(value: object) -> Any:
    return ("Constant", type(value).__name__, repr(value))


def _texts(parts: tuple[ir.Expr, ...]) -> list[Any]:
    """The standard library has the text of ``{x=}`` in the text before the field."""
    result: list[Any] = []
    text = ""
    for part in parts:
        if isinstance(part, ir.Constant):
            text += part.value
            continue
        assert isinstance(part, ir.Formatted)
        if text + part.prefix:
            result.append(constant(text + part.prefix))
        text = ""
        result.append(("Formatted", plain(part.value), part.conversion, plain(part.spec)))
    return [*result, constant(text)] if text else result


def _if(branches: list[Any], orelse: tuple[Any, ...]) -> Any:
    """The standard library does not tell ``elif`` from an ``if`` alone in an ``else``."""
    if len(orelse) == 1 and orelse[0][0] == "If":
        return ("If", (*branches, *orelse[0][1]), orelse[0][2])
    return ("If", tuple(branches), orelse)


def expected(source: str) -> tuple[Any, ...]:
    return Reference().body(ast.parse(source).body)


class Reference:
    def __init__(self) -> None:
        self.private = ""

    def name(self, text: str | None) -> str | None:
        if text and self.private and text.startswith("__") and not text.endswith("__"):
            return f"_{self.private}{text}"
        return text

    def body(self, nodes: list[ast.stmt]) -> tuple[Any, ...]:
        return tuple(self(node) for node in nodes if not isinstance(node, (ast.Pass, ast.Global, ast.Nonlocal)))

    def all(self, nodes: list[Any]) -> tuple[Any, ...]:
        return tuple(self(node) for node in nodes)

    def __call__(self, node: Any) -> Any:
        if node is None:
            return None
        method = getattr(self, type(node).__name__, None)
        assert method is not None, type(node)
        return method(node)

    # Expressions

    def Constant(self, n):
        return constant(n.value)

    def Name(self, n):
        return ("Name", self.name(n.id))

    def Attribute(self, n):
        return ("Attribute", self(n.value), self.name(n.attr))

    def Subscript(self, n):
        return ("Subscript", self(n.value), self(n.slice))

    def Slice(self, n):
        return ("Slice", self(n.lower), self(n.upper), self(n.step))

    def keywords(self, nodes):
        return tuple((self.name(k.arg), self(k.value)) for k in nodes)

    def Call(self, n):
        return ("Call", self(n.func), self.all(n.args), self.keywords(n.keywords))

    def UnaryOp(self, n):
        return ("Unary", OPERATORS[type(n.op)], self(n.operand))

    def BinOp(self, n):
        return ("Binary", OPERATORS[type(n.op)], self(n.left), self(n.right))

    def BoolOp(self, n):
        op = OPERATORS[type(n.op)]
        values = []
        for value in self.all(n.values):
            values.extend(value[2] if value[:2] == ("Boolean", op) else [value])
        return ("Boolean", op, tuple(values))

    def Compare(self, n):
        return ("Compare", self(n.left), tuple(OPERATORS[type(op)] for op in n.ops), self.all(n.comparators))

    def IfExp(self, n):
        return ("Conditional", self(n.test), self(n.body), self(n.orelse))

    def Tuple(self, n):
        return ("Display", "tuple", self.all(n.elts))

    def List(self, n):
        return ("Display", "list", self.all(n.elts))

    def Set(self, n):
        return ("Display", "set", self.all(n.elts))

    def Dict(self, n):
        return ("DictDisplay", tuple((self(k), self(v)) for k, v in zip(n.keys, n.values, strict=True)))

    def Starred(self, n):
        return ("Starred", self(n.value))

    def Lambda(self, n):
        return ("Lambda", self.function("<lambda>", n, (("Return", self(n.body)),), False, None))

    def comprehension(self, n):
        return ("Clause", self(n.target), self(n.iter), self.all(n.ifs), bool(n.is_async))

    def ListComp(self, n, kind="list"):
        return ("Comprehension", kind, self(n.elt), None, self.all(n.generators))

    def SetComp(self, n):
        return self.ListComp(n, "set")

    def GeneratorExp(self, n):
        return self.ListComp(n, "generator")

    def DictComp(self, n):
        return ("Comprehension", "dict", self(n.key), self(n.value), self.all(n.generators))

    def JoinedStr(self, n):
        return ("FString", *[part for part in self.all(n.values) if part != constant("")])

    def FormattedValue(self, n):
        return ("Formatted", self(n.value), chr(n.conversion) if n.conversion > 0 else None, self(n.format_spec))

    def Await(self, n):
        return ("Await", self(n.value))

    def Yield(self, n):
        return ("Yield", self(n.value))

    def YieldFrom(self, n):
        return ("YieldFrom", self(n.value))

    def NamedExpr(self, n):
        return ("Walrus", self.name(n.target.id), self(n.value))

    # Functions

    def parameters(self, args, defaults):
        return tuple(("Parameter", self.name(a.arg), self(d)) for a, d in zip(args, defaults, strict=True))

    def function(self, name, n, body, is_async, doc):
        a = n.args
        defaults = [None] * (len(a.posonlyargs) + len(a.args) - len(a.defaults)) + a.defaults
        cut = len(a.posonlyargs)
        return (
            "Function", name, self.parameters(a.posonlyargs, defaults[:cut]), self.parameters(a.args, defaults[cut:]),
            self.name(a.vararg.arg) if a.vararg else None, self.parameters(a.kwonlyargs, a.kw_defaults),
            self.name(a.kwarg.arg) if a.kwarg else None, body, yields(n), is_async, doc,
        )  # fmt: skip

    def FunctionDef(self, n, is_async=False):
        doc = ast.get_docstring(n, clean=False)
        function = self.function(self.name(n.name), n, self.body(n.body), is_async, doc)
        return ("FunctionDef", function, self.all(n.decorator_list))

    def AsyncFunctionDef(self, n):
        return self.FunctionDef(n, True)

    def ClassDef(self, n):
        head = (self.name(n.name), self.all(n.bases), self.keywords(n.keywords), self.all(n.decorator_list))
        outer, self.private = self.private, n.name.lstrip("_")
        body = self.body(n.body)
        self.private = outer
        return ("ClassDef", *head, body, ast.get_docstring(n, clean=False))

    # Statements

    def Expr(self, n):
        return ("Evaluate", self(n.value))

    def Assign(self, n):
        return ("Assign", self.all(n.targets), self(n.value))

    def AugAssign(self, n):
        return ("AugAssign", OPERATORS[type(n.op)], self(n.target), self(n.value))

    def AnnAssign(self, n):
        return ("AnnAssign", self(n.target), self(n.annotation), self(n.value))

    def Delete(self, n):
        targets = self.all(n.targets)
        one = targets[0]
        return ("Delete", one[2] if len(targets) == 1 and one[:2] == ("Display", "tuple") else targets)

    def Return(self, n):
        return ("Return", self(n.value))

    def Raise(self, n):
        return ("Raise", self(n.exc), self(n.cause))

    def Assert(self, n):
        return ("Assert", self(n.test), self(n.msg))

    def Break(self, n):
        return ("Break",)

    def Continue(self, n):
        return ("Continue",)

    def If(self, n):
        return _if([(self(n.test), self.body(n.body))], self.body(n.orelse))

    def While(self, n):
        return ("While", self(n.test), self.body(n.body), self.body(n.orelse))

    def For(self, n, is_async=False):
        return ("For", self(n.target), self(n.iter), self.body(n.body), self.body(n.orelse), is_async)

    def AsyncFor(self, n):
        return self.For(n, True)

    def ExceptHandler(self, n):
        return ("Handler", self(n.type), self.name(n.name), self.body(n.body))

    def Try(self, n, is_star=False):
        return ("Try", self.body(n.body), self.all(n.handlers), self.body(n.orelse), self.body(n.finalbody), is_star)

    def TryStar(self, n):
        return self.Try(n, True)

    def With(self, n, is_async=False):
        return ("With", tuple((self(i.context_expr), self(i.optional_vars)) for i in n.items), self.body(n.body), is_async)

    def AsyncWith(self, n):
        return self.With(n, True)

    def Import(self, n):
        return ("Import", tuple((a.name, a.asname) for a in n.names))

    def ImportFrom(self, n):
        return ("ImportFrom", n.module or "", n.level, tuple((a.name, a.asname) for a in n.names))

    # Patterns

    def Match(self, n):
        return ("Match", self(n.subject), tuple(("Case", self(c.pattern), self(c.guard), self.body(c.body)) for c in n.cases))

    def MatchValue(self, n):
        return ("MatchValue", self(n.value))

    def MatchSingleton(self, n):
        return ("MatchValue", constant(n.value))

    def MatchAs(self, n):
        return ("MatchAs", self(n.pattern), self.name(n.name))

    def MatchStar(self, n):
        return ("MatchStar", self.name(n.name))

    def MatchSequence(self, n):
        return ("MatchSequence", self.all(n.patterns))

    def MatchMapping(self, n):
        return ("MatchMapping", tuple((self(k), self(p)) for k, p in zip(n.keys, n.patterns, strict=True)), self.name(n.rest))

    def MatchClass(self, n):
        pairs = zip(n.kwd_attrs, n.kwd_patterns, strict=True)
        return ("MatchClass", self(n.cls), self.all(n.patterns), tuple((self.name(k), self(p)) for k, p in pairs))

    def MatchOr(self, n):
        return ("MatchOr", self.all(n.patterns))


def yields(function: ast.AST) -> bool:
    pending = [function.body] if isinstance(function, ast.Lambda) else list(function.body)  # type: ignore[attr-defined]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))
    return False
