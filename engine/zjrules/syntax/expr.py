"""Expressions as they were written. The span is data and no part of equality."""

from __future__ import annotations

from fractions import Fraction

from attrs import field, frozen

from zjrules.span import NOWHERE, Span


def spanned() -> Span:
    """Return the attrs field that holds a node's place."""
    span: Span = field(default=NOWHERE, kw_only=True, eq=False, repr=False)
    return span


@frozen
class Ident:
    """A name where it stands, without its 「」 and with its width folded."""

    text: str
    span: Span = spanned()


@frozen
class Words:
    """Adjacent strings, joined."""

    text: str
    span: Span = spanned()


@frozen
class Quantity:
    """A number in the written unit's base (see unit.quantity); unit '' when none was written."""

    value: Fraction
    unit: str
    span: Span = spanned()


@frozen
class DateLit:
    """A date; year None means relative: shift -1, 0, 1 for 上年, 当年, 次年."""

    year: int | None
    shift: int
    month: int
    day: int
    span: Span = spanned()


@frozen
class TextLit:
    """A string in an expression."""

    text: str
    span: Span = spanned()


@frozen
class Name:
    """A name to be resolved."""

    text: str
    span: Span = spanned()


@frozen
class Full:
    """满分."""

    span: Span = spanned()


@frozen
class TheYear:
    """评价年度."""

    span: Span = spanned()


@frozen
class Unary:
    """- or 非."""

    op: str
    operand: Expr
    span: Span = spanned()


@frozen
class Binary:
    """+ - × ÷."""

    op: str
    left: Expr
    right: Expr
    span: Span = spanned()


@frozen
class Compare:
    """A chain a ≤ b ≤ c: one operator fewer than operands."""

    ops: tuple[str, ...]
    operands: tuple[Expr, ...]
    span: Span = spanned()


@frozen
class Logic:
    """且 or 或 over two or more operands."""

    op: str
    operands: tuple[Expr, ...]
    span: Span = spanned()


@frozen
class IsOption:
    """为 (one option) or 属于 (several)."""

    operand: Expr
    options: tuple[Ident, ...]
    span: Span = spanned()


@frozen
class IsNA:
    """不适用(事实)."""

    fact: Ident
    span: Span = spanned()


@frozen
class Cond:
    """若 … 则 … 否则 …."""

    test: Expr
    then: Expr
    other: Expr
    span: Span = spanned()


@frozen
class Field:
    """明细 的 列."""

    owner: Expr
    name: Ident
    span: Span = spanned()


@frozen
class Each:
    """明细 的 (expression over a row)."""

    owner: Expr
    item: Expr
    span: Span = spanned()


@frozen
class Arg:
    """An argument of a call; where and except_ filter a ledger, weight (按) weighs its rows."""

    label: Ident | None
    value: Expr
    where: Expr | None = None
    except_: Expr | None = None
    weight: Expr | None = None
    span: Span = spanned()


@frozen
class Call:
    """A word or a built-in, called; 套用 gives the same node."""

    callee: Ident
    args: tuple[Arg, ...]
    span: Span = spanned()


Expr = (
    Quantity | DateLit | TextLit | Name | Full | TheYear | Unary | Binary | Compare | Logic | IsOption | IsNA | Cond
    | Field | Each | Call
)  # fmt: skip
