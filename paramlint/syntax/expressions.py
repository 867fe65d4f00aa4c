"""LibCST expressions to IR: one function a node class, entering only the children that mean something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from paramlint.syntax import ir, literals
from paramlint.syntax.scopes import State

Lower = Callable[[State, Any], ir.Expr]
NO_VALUES = {"None": None, "True": True, "False": False}

BINARY: dict[type[cst.CSTNode], str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%", cst.Power: "**",
    cst.MatrixMultiply: "@", cst.LeftShift: "<<", cst.RightShift: ">>", cst.BitAnd: "&", cst.BitOr: "|", cst.BitXor: "^",
}  # fmt: skip
COMPARE: dict[type[cst.CSTNode], str] = {
    cst.Equal: "==", cst.NotEqual: "!=", cst.LessThan: "<", cst.LessThanEqual: "<=", cst.GreaterThan: ">", cst.GreaterThanEqual: ">=",
    cst.Is: "is", cst.IsNot: "is not", cst.In: "in", cst.NotIn: "not in",
}  # fmt: skip
UNARY: dict[type[cst.CSTNode], str] = {cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~", cst.Not: "not"}


def lower(s: State, node: cst.CSTNode) -> ir.Expr:
    return EXPRESSIONS[type(node)](s, node)


def optional(s: State, node: cst.CSTNode | None) -> ir.Expr | None:
    return None if node is None else EXPRESSIONS[type(node)](s, node)


def target(s: State, node: cst.CSTNode) -> ir.Expr:
    """An assignment target; names in it are bound in the scope."""
    if isinstance(node, cst.Name):
        return ir.Name(s.at(node), s.bind(node.value))
    if isinstance(node, (cst.Tuple, cst.List)):
        kind = "tuple" if isinstance(node, cst.Tuple) else "list"
        return ir.Display(s.at(node), kind, tuple([_target_element(s, element) for element in node.elements]))
    return lower(s, node)


def _target_element(s: State, node: cst.BaseElement) -> ir.Expr:
    if isinstance(node, cst.StarredElement):
        return ir.Starred(s.at(node), target(s, node.value))
    return target(s, node.value)


def _name(s: State, node: cst.Name) -> ir.Expr:
    text = node.value
    if text in NO_VALUES:
        return ir.Constant(s.at(node), NO_VALUES[text])
    if text in s.type_names:
        return ir.Constant(s.at(node), text)  # a type parameter is as good as a forward reference
    return ir.Name(s.at(node), s.identifier(text))


def _ellipsis(s: State, node: cst.Ellipsis) -> ir.Expr:
    return ir.Constant(s.at(node), ...)


def _integer(s: State, node: cst.Integer) -> ir.Expr:
    return ir.Constant(s.at(node), literals.integer(node.value))


def _float(s: State, node: cst.Float) -> ir.Expr:
    return ir.Constant(s.at(node), literals.floating(node.value))


def _imaginary(s: State, node: cst.Imaginary) -> ir.Expr:
    return ir.Constant(s.at(node), literals.imaginary(node.value))


def _attribute(s: State, node: cst.Attribute) -> ir.Expr:
    return ir.Attribute(s.at(node), lower(s, node.value), s.identifier(node.attr.value))


def _subscript(s: State, node: cst.Subscript) -> ir.Expr:
    at = s.at(node)
    value = lower(s, node.value)
    first = node.slice[0]
    if len(node.slice) == 1 and not isinstance(first.comma, cst.Comma) and not (isinstance(first.slice, cst.Index) and first.slice.star):
        return ir.Subscript(at, value, _index(s, first.slice))
    return ir.Subscript(at, value, ir.Display(s.at(node), "tuple", tuple([_index(s, element.slice) for element in node.slice])))


def _index(s: State, node: cst.BaseSlice) -> ir.Expr:
    if isinstance(node, cst.Index):
        if node.star:
            return ir.Starred(s.at(node), lower(s, node.value))
        return lower(s, node.value)
    assert isinstance(node, cst.Slice)
    return ir.Slice(s.at(node), optional(s, node.lower), optional(s, node.upper), optional(s, node.step))


def arguments(s: State, nodes: Sequence[cst.Arg]) -> tuple[tuple[ir.Expr, ...], tuple[tuple[str | None, ir.Expr], ...]]:
    """Positional arguments (with ``*``) and keyword arguments (with ``**``), each in the order of the source."""
    args: list[ir.Expr] = []
    keywords: list[tuple[str | None, ir.Expr]] = []
    for node in nodes:
        if node.keyword is not None:
            keywords.append((s.identifier(node.keyword.value), lower(s, node.value)))
        elif node.star == "":
            args.append(lower(s, node.value))
        elif node.star == "*":
            args.append(ir.Starred(s.at(node), lower(s, node.value)))
        else:
            keywords.append((None, lower(s, node.value)))
    return tuple(args), tuple(keywords)


def _call(s: State, node: cst.Call) -> ir.Expr:
    at = s.at(node)
    func = lower(s, node.func)
    args, keywords = arguments(s, node.args)
    return ir.Call(at, func, args, keywords)


def _unary(s: State, node: cst.UnaryOperation) -> ir.Expr:
    return ir.Unary(s.at(node), UNARY[type(node.operator)], lower(s, node.expression))


def _binary(s: State, node: cst.BinaryOperation) -> ir.Expr:
    return ir.Binary(s.at(node), BINARY[type(node.operator)], lower(s, node.left), lower(s, node.right))


def _boolean(s: State, node: cst.BooleanOperation) -> ir.Expr:
    """Chains nest to the left in LibCST; they are flattened without recursion."""
    at = s.at(node)
    operator = type(node.operator)
    chain: list[cst.BaseExpression] = []
    left: cst.BaseExpression = node
    while isinstance(left, cst.BooleanOperation) and type(left.operator) is operator:
        chain.append(left.right)
        left = left.left
    values = [lower(s, left)]
    op = "and" if operator is cst.And else "or"
    for part in reversed(chain):
        value = lower(s, part)
        if isinstance(value, ir.Boolean) and value.op == op:
            values.extend(value.values)
        else:
            values.append(value)
    return ir.Boolean(at, op, tuple(values))


def _compare(s: State, node: cst.Comparison) -> ir.Expr:
    at = s.at(node)
    left = lower(s, node.left)
    ops = tuple([COMPARE[type(part.operator)] for part in node.comparisons])
    return ir.Compare(at, left, ops, tuple([lower(s, part.comparator) for part in node.comparisons]))


def _conditional(s: State, node: cst.IfExp) -> ir.Expr:
    return ir.Conditional(s.at(node), lower(s, node.test), lower(s, node.body), lower(s, node.orelse))


def _display(kind: str) -> Lower:
    def display(s: State, node: Any) -> ir.Expr:
        return ir.Display(s.at(node), kind, tuple([element(s, item) for item in node.elements]))

    return display


def element(s: State, node: cst.BaseElement) -> ir.Expr:
    if isinstance(node, cst.StarredElement):
        return _starred(s, node)
    return lower(s, node.value)


def _starred(s: State, node: cst.StarredElement) -> ir.Expr:
    return ir.Starred(s.at(node), lower(s, node.value))


def _dict(s: State, node: cst.Dict) -> ir.Expr:
    at = s.at(node)
    items: list[tuple[ir.Expr | None, ir.Expr]] = []
    for item in node.elements:
        key = lower(s, item.key) if isinstance(item, cst.DictElement) else None
        items.append((key, lower(s, item.value)))
    return ir.DictDisplay(at, tuple(items))


def _comprehension(kind: str) -> Lower:
    def comprehension(s: State, node: cst.BaseSimpleComp) -> ir.Expr:
        at = s.at(node)
        s.push("comprehension")
        clauses = _clauses(s, node.for_in)
        if isinstance(node.elt, cst.StarredElement):
            s.needs((3, 15))
        value = lower(s, node.elt)
        s.pop()
        return ir.Comprehension(at, kind, value, None, clauses)

    return comprehension


def _dict_comprehension(s: State, node: cst.DictComp) -> ir.Expr:
    at = s.at(node)
    s.push("comprehension")
    clauses = _clauses(s, node.for_in)
    key, value = lower(s, node.key), lower(s, node.value)
    s.pop()
    return ir.Comprehension(at, "dict", key, value, clauses)


def _starred_dict_comprehension(s: State, node: cst.StarredDictComp) -> ir.Expr:
    """``{**part for part in parts}``: the element is Starred and there is no value."""
    at = s.at(node)
    s.needs((3, 15))
    s.push("comprehension")
    clauses = _clauses(s, node.for_in)
    value = ir.Starred(s.at(node), lower(s, node.value))
    s.pop()
    return ir.Comprehension(at, "dict", value, None, clauses)


def _clauses(s: State, node: cst.CompFor | None) -> tuple[ir.Clause, ...]:
    clauses = []
    while node is not None:
        iterable = lower(s, node.iter)
        goal = target(s, node.target)
        conditions = tuple([lower(s, condition.test) for condition in node.ifs])
        clauses.append(ir.Clause(goal, iterable, conditions, node.asynchronous is not None))
        node = node.inner_for_in
    return tuple(clauses)


def _await(s: State, node: cst.Await) -> ir.Expr:
    at = s.at(node)
    s.scope.suspensions += 1
    return ir.Await(at, lower(s, node.expression))


def _yield(s: State, node: cst.Yield) -> ir.Expr:
    at = s.at(node)
    s.scope.is_generator = True
    s.scope.suspensions += 1
    if isinstance(node.value, cst.From):
        return ir.YieldFrom(at, lower(s, node.value.item))
    return ir.Yield(at, optional(s, node.value))


def _walrus(s: State, node: cst.NamedExpr) -> ir.Expr:
    at = s.at(node)
    value = lower(s, node.value)
    assert isinstance(node.target, cst.Name)
    return ir.Walrus(at, s.bind_outside(node.target.value), value)


EXPRESSIONS: dict[type[cst.CSTNode], Lower] = {
    cst.Name: _name,
    cst.Ellipsis: _ellipsis,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.Imaginary: _imaginary,
    cst.Attribute: _attribute,
    cst.Subscript: _subscript,
    cst.Call: _call,
    cst.UnaryOperation: _unary,
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _compare,
    cst.IfExp: _conditional,
    cst.Tuple: _display("tuple"),
    cst.List: _display("list"),
    cst.Set: _display("set"),
    cst.StarredElement: _starred,
    cst.Dict: _dict,
    cst.GeneratorExp: _comprehension("generator"),
    cst.ListComp: _comprehension("list"),
    cst.SetComp: _comprehension("set"),
    cst.DictComp: _dict_comprehension,
    cst.StarredDictComp: _starred_dict_comprehension,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.NamedExpr: _walrus,
}
