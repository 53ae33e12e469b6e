"""Lark trees of expressions to syntax."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from attrs import define
from lark import Token, Tree

from zjrules import numeral
from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.num import fold
from zjrules.span import Source, Span
from zjrules.syntax import expr as sx
from zjrules.unit import quantity

UNKNOWN_UNIT = Code("ZJ1030", "unknown-unit")
TOO_DEEP = Code("ZJ1031", "too-deep")
LEADING_ZERO = Code("ZJ1021", "leading-zero")

BROKEN_NUMBER = Code("ZJ1019", "broken-number")
GROUPED = Code("ZJ1027", "grouped-argument", Severity.WARNING)

MAX_DEPTH = 100
"""Expressions nested deeper than this are refused: no table needs them, and every reader of the tree may recurse."""

Node = Tree[Token] | Token
_OPS = {
    ">=": "≥", "不低于": "≥", "不少于": "≥", "达到": "≥", "不早于": "≥",
    "<=": "≤", "不超过": "≤", "不高于": "≤", "不多于": "≤", "不晚于": "≤",
    "超过": ">", "高于": ">", "多于": ">", "大于": ">", "晚于": ">",
    "低于": "<", "不足": "<", "少于": "<", "小于": "<", "早于": "<",
    "等于": "=", "!=": "≠", "不等于": "≠", "*": "×", "/": "÷",
}  # fmt: skip


@define
class Builder:
    """The source that the trees came from, and the list that problems go to."""

    source: Source
    problems: list[Diagnostic]
    since: int = 0
    """How many problems there were when the declaration at hand began."""

    def span(self, node: Node) -> Span:
        """Return the place of a tree or token."""
        if isinstance(node, Token):
            return Span(self.source, node.start_pos or 0, node.end_pos or 0)
        if node.meta.empty:
            return Span(self.source, 0, 0)
        return Span(self.source, node.meta.start_pos, node.meta.end_pos)

    def ident(self, token: Node) -> sx.Ident:
        """Return a name token without its 「」."""
        span = self.span(token)
        text = str(token) if isinstance(token, Token) else fold(span.text)
        return sx.Ident(text.removeprefix("「").removesuffix("」").strip(), span=span)

    def words(self, strings: list[Token]) -> sx.Words:
        """Join adjacent strings; text keeps the width that it was written in, and 《》 belong to it."""
        spans = [self.span(s) for s in strings]
        texts = [s.text if s.text.startswith("《") else s.text[1:-1] for s in spans]
        return sx.Words("".join(texts), span=spans[0].to(spans[-1]))

    def quantity(self, token: Token) -> sx.Quantity:
        """Read a number with its unit."""
        span = self.span(token)
        text = re.sub(r"\s+", " ", str(token))
        if re.match(r"0\d", text):
            self.problems.append(
                at(LEADING_ZERO, span, f"「{span.text}」以 0 开头，不像一个数", "去掉开头的 0；日期请连写：2026-05-30")
            )
        found = quantity(text)
        if found is None:
            self.problems.append(at(UNKNOWN_UNIT, span, f"认不出「{span.text}」的单位", "单位见 zjrules help ZJ1030"))
            return sx.Quantity(quantity("0")[0], "", span=span)  # type: ignore[index]
        return sx.Quantity(found[0], found[2], span=span)

    def day(self, token: Token) -> sx.DateLit:
        """Read a date that is written with its year."""
        year, month, day = (int(n) for n in re.findall(r"\d+", str(token)))
        return sx.DateLit(year, 0, month, day, span=self.span(token))

    def expr(self, node: Node, depth: int = 0) -> sx.Expr:
        """Return the syntax of an expression tree."""
        assert isinstance(node, Tree), "every expression rule leaves a tree"
        if depth > MAX_DEPTH:
            message = f"式子套得太深，超过 {MAX_DEPTH} 层"
            if not any(p.code is TOO_DEEP for p in self.problems[self.since :]):
                self.problems.append(at(TOO_DEEP, self.span(node), message, "用「令」分成几步写"))
            return sx.Full(span=self.span(node))
        return _EXPR[str(node.data)](self, node, depth + 1)


def chinese_share(span: Span) -> Diagnostic:
    """Return the diagnostic for 百分之五."""
    text = numeral.digits(span.text)
    fix = Fix(f"写成 {text}", (Edit(span, text),)) if text else None
    return at(BROKEN_NUMBER, span, f"「{span.text}」要写成数字", f"写成 {text}" if text else "例如 15%", fix=fix)


def _name(b: Builder, t: Tree[Token], _: int) -> sx.Expr:
    ident = b.ident(t.children[0])
    if numeral.is_share(ident.text):
        b.problems.append(chinese_share(ident.span))
        return sx.Quantity(Fraction(0), "%", span=ident.span)
    return sx.Name(ident.text, span=b.span(t))


def operator(node: Node) -> str:
    """Return the canonical operator of a compare_op, add_op or mul_op tree."""
    assert isinstance(node, Tree)
    text = str(node.children[0])
    return _OPS.get(text, text)


def _date(b: Builder, t: Tree[Token], _: int) -> sx.Expr:
    return b.day(t.children[0])  # type: ignore[arg-type]


def _reldate(b: Builder, t: Tree[Token], _: int) -> sx.Expr:
    text = str(t.children[0])
    month, day = (int(n) for n in re.findall(r"\d+", text))
    return sx.DateLit(None, {"上": -1, "当": 0, "次": 1}[text[0]], month, day, span=b.span(t))


def _chain(b: Builder, t: Tree[Token], depth: int) -> sx.Expr:
    """Return a sum or a term (operand, operator, operand, …), grouped from the left."""
    count = len(t.children) // 2
    if count > MAX_DEPTH:
        b.problems.append(at(TOO_DEEP, b.span(t), f"一个式子连写超过 {MAX_DEPTH} 项", "用「令」分成几步写"))
        return b.expr(t.children[0], depth)
    # Grouped from the left, the first operand lies deepest.
    left = b.expr(t.children[0], depth + count)
    for index, (op, right) in enumerate(zip(t.children[1::2], t.children[2::2], strict=True), 1):
        node = b.expr(right, depth + count - index)
        left = sx.Binary(operator(op), left, node, span=b.span(t.children[0]).to(node.span))
    return left


def _comparison(b: Builder, t: Tree[Token], depth: int) -> sx.Expr:
    operands = tuple(b.expr(c, depth) for c in t.children[::2])
    return sx.Compare(tuple(operator(c) for c in t.children[1::2]), operands, span=b.span(t))


def _options(b: Builder, t: Tree[Token], depth: int) -> sx.Expr:
    return sx.IsOption(b.expr(t.children[0], depth), tuple(b.ident(c) for c in t.children[1:]), span=b.span(t))


def _arg(b: Builder, t: Node, depth: int) -> sx.Arg:
    assert isinstance(t, Tree)
    if t.data == "arg_named":
        return sx.Arg(label(b, t.children[0]), b.expr(t.children[1], depth), span=b.span(t))
    filters = {str(c.data): b.expr(c.children[0], depth) for c in t.children[1:] if isinstance(c, Tree)}
    value = b.expr(t.children[0], depth)
    return sx.Arg(None, value, filters.get("where"), filters.get("except"), filters.get("weighted"), span=b.span(t))


def label(b: Builder, t: Node) -> sx.Ident:
    """Return the label of an argument; 满分 is one too."""
    assert isinstance(t, Tree)
    return sx.Ident("满分", span=b.span(t)) if t.data == "label_full" else b.ident(t.children[0])


def _call(b: Builder, t: Tree[Token], depth: int) -> sx.Expr:
    callee = t.children[0]
    assert isinstance(callee, Tree)
    args = tuple(_arg(b, c, depth) for c in t.children[1:] if c is not None)
    name = b.ident(callee.children[0])
    for arg in args:
        # 最大 and 最小 take any number of values, so that both readings of 1,200 would fit.
        if name.text in ("最大", "最小") and isinstance(arg.value, sx.Quantity) and "," in arg.value.span.text:
            help_ = "是一个数就去掉逗号；是两个数就在逗号后面空一格"
            b.problems.append(at(GROUPED, arg.value.span, f"「{arg.value.span.text}」读成一个数", help_))
    return sx.Call(name, args, span=b.span(t))


def _cond(b: Builder, t: Tree[Token], depth: int) -> sx.Expr:
    test, then, other = (b.expr(c, depth) for c in t.children)
    return sx.Cond(test, then, other, span=b.span(t))


def _logic(op: str) -> Callable[[Builder, Tree[Token], int], sx.Expr]:
    def build(b: Builder, t: Tree[Token], depth: int) -> sx.Expr:
        return sx.Logic(op, tuple(b.expr(c, depth) for c in t.children), span=b.span(t))

    return build


def _unary(op: str) -> Callable[[Builder, Tree[Token], int], sx.Expr]:
    def build(b: Builder, t: Tree[Token], depth: int) -> sx.Expr:
        return sx.Unary(op, b.expr(t.children[-1], depth), span=b.span(t))

    return build


_EXPR: dict[str, Callable[[Builder, Tree[Token], int], sx.Expr]] = {
    "cond": _cond,
    "or_expr": _logic("或"),
    "and_expr": _logic("且"),
    "negation": _unary("非"),
    "minus": _unary("-"),
    "comparison": _comparison,
    "is_option": _options,
    "in_options": _options,
    "sum": _chain,
    "term": _chain,
    "field": lambda b, t, d: sx.Field(b.expr(t.children[0], d), b.ident(t.children[1]), span=b.span(t)),
    "each": lambda b, t, d: sx.Each(b.expr(t.children[0], d), b.expr(t.children[1], d), span=b.span(t)),
    "quantity": lambda b, t, _: b.quantity(t.children[0]),  # type: ignore[arg-type]
    "date": _date,
    "reldate": _reldate,
    "text": lambda b, t, _: sx.TextLit(b.words([t.children[0]]).text, span=b.span(t)),  # type: ignore[list-item]
    "name": _name,
    "full": lambda b, t, _: sx.Full(span=b.span(t)),
    "the_year": lambda b, t, _: sx.TheYear(span=b.span(t)),
    "is_na": lambda b, t, _: sx.IsNA(b.ident(t.children[0]), span=b.span(t)),
    "call": _call,
    "paren": lambda b, t, d: b.expr(t.children[0], d),
}
