"""Kernel expressions. Each node carries its type; the span is no part of equality."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import field, frozen

from zjrules.num import Rounding
from zjrules.span import Span
from zjrules.term.node import Node, spanned
from zjrules.unit import Scalar, Truth, Type

Ref = tuple[str, str]
"""What an expression can refer to: ("fact" | "ledger" | "var" | "column" | "param", name)."""


@frozen(repr=False)
class Const(Node):
    """A literal; text is how it was written."""

    value: Scalar
    type: Type
    text: str = ""
    span: Span = spanned()


@frozen(repr=False)
class FactRef(Node):
    """A fact."""

    name: str
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class ParamRef(Node):
    """A parameter of the rule set; its value is the program's."""

    name: str
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Var(Node):
    """A 令 of the indicator, or an input or 令 of a word; 满分 is the variable of that name."""

    name: str
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Column(Node):
    """A column of the row at hand."""

    name: str
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Arith(Node):
    """left op right, op one of + - × ÷; dates are ordinals, so date ± days and date - date are here too."""

    op: str
    left: Expr
    right: Expr
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Neg(Node):
    """-operand."""

    operand: Expr
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Cmp(Node):
    """left op right, op one of < ≤ > ≥ = ≠."""

    op: str
    left: Expr
    right: Expr
    type: Type = Truth()
    span: Span = spanned()


@frozen(repr=False)
class Logic(Node):
    """且 or 或, from left to right, stopping when decided."""

    op: str
    operands: tuple[Expr, ...]
    type: Type = Truth()
    span: Span = spanned()


@frozen(repr=False)
class Not(Node):
    """非."""

    operand: Expr
    type: Type = Truth()
    span: Span = spanned()


@frozen(repr=False)
class IsOption(Node):
    """Whether an option is one of several."""

    operand: Expr
    options: tuple[str, ...]
    type: Type = Truth()
    span: Span = spanned()


@frozen(repr=False)
class IsNA(Node):
    """Whether a fact was declared 不适用."""

    fact: str
    type: Type = Truth()
    span: Span = spanned()


@frozen(repr=False)
class HasEvidence(Node):
    """Whether a fact has evidence (facts that need none count as having it)."""

    fact: str
    type: Type = Truth()
    span: Span = spanned()


@frozen(repr=False)
class If(Node):
    """若 test 则 then 否则 other; only the deciding branch is evaluated."""

    test: Expr
    then: Expr
    other: Expr
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Whole(Node):
    """向下取整 or, with up, 向上取整."""

    operand: Expr
    up: bool
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Round(Node):
    """A named rounding to a multiple of quantum."""

    operand: Expr
    quantum: Fraction
    mode: Rounding
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Extreme(Node):
    """最大 (most) or 最小 of two or more."""

    operands: tuple[Expr, ...]
    most: bool
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class CountTrue(Node):
    """真数: how many of several conditions hold."""

    operands: tuple[Expr, ...]
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Abs(Node):
    """绝对值."""

    operand: Expr
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Over(Node):
    """An aggregate over a ledger: kind is 计数 占比 合计 平均 最大 最小 全部 任一.

    item is evaluated per row (None for 计数 and for 占比 by count), where keeps rows, except_ takes rows out of both the
    numerator and the denominator. A row whose item or filter is 不适用 leaves both.
    """

    kind: str
    ledger: str
    item: Expr | None
    where: Expr | None
    except_: Expr | None
    type: Type
    weight: Expr | None = None
    """For 平均: what each row weighs (按)."""
    span: Span = spanned()


@frozen(repr=False)
class Workdays(Node):
    """Working days after the first date, up to and with the second (negative when it is earlier)."""

    start: Expr
    end: Expr
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class AddWorkdays(Node):
    """The date that lies a number of working days after (or before) a date."""

    start: Expr
    days: Expr
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class RollOn(Node):
    """顺延: the date itself, or the next working day when it is none."""

    operand: Expr
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Festival(Node):
    """春节 (正月初一) of a year or, with leave, 春节假期首日: the first day of its holiday as the notice has it."""

    operand: Expr
    leave: bool
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class First(Node):
    """首次: whether no earlier row of the ledger has the value that this row has in a column."""

    ledger: str
    column: str
    type: Type = Truth()
    span: Span = spanned()


@frozen(repr=False)
class Same(Node):
    """同项合计 and 同项平均: an aggregate over the rows that have in a column what this row has."""

    over: Over
    column: str
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Peers(Node):
    """The operand in all units: kind is 同级平均 同级最大 同级最小 名次.

    own says whether the unit itself is in the mean. For 名次, rising is 从小到大, and ties one of 并列取前 (1, 1, 3),
    并列取后 (2, 2, 3), 并列取均 (1.5, 1.5, 3), 并列不空 (1, 1, 2).
    """

    kind: str
    operand: Expr
    own: bool
    rising: bool
    ties: str
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Require(Node):
    """应有 of a word: the operand where test holds; where not, an input was misused and there is no value."""

    test: Expr
    operand: Expr
    message: str
    type: Type
    span: Span = spanned()


@frozen(repr=False)
class Let(Node):
    """A name for an expression; refs is all that it depends on, through other lets too."""

    name: str
    value: Expr
    refs: frozenset[Ref]
    span: Span = spanned()


@frozen(repr=False)
class Body(Node):
    """A word, typed for the arguments of a call; said is its sentence with {inputs}."""

    word: str
    inputs: tuple[str, ...]
    lets: Mapping[str, Let] = field(eq=False)
    result: Expr
    said: str
    note: str
    types: Mapping[str, Type] = field(eq=False)
    span: Span = spanned()


@frozen(repr=False)
class Use(Node):
    """A word at work: its arguments are bound, not substituted. args follow body.inputs."""

    body: Body
    args: tuple[Expr, ...]
    type: Type
    span: Span = spanned()


Expr = (
    Const | FactRef | ParamRef | Var | Column | Arith | Neg | Cmp | Logic | Not | IsOption | IsNA | HasEvidence | If
    | Whole | Round | Extreme | CountTrue | Abs | Over | Workdays | AddWorkdays | RollOn | Festival | First | Same | Peers | Require
    | Use
)  # fmt: skip
