"""Kernel forms of indicators, groups, checks and the total."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import field, frozen

from zjrules.fact import Schema
from zjrules.num import Rounding
from zjrules.span import Span
from zjrules.term.expr import Expr, Let
from zjrules.term.node import Node, spanned
from zjrules.unit import Scalar, Type


@frozen(repr=False)
class Limit(Node):
    """op bound, of a band or a grade."""

    op: str
    bound: Expr


@frozen(repr=False)
class Band(Node):
    """A band: all its limits must hold."""

    limits: tuple[Limit, ...]
    result: Expr
    span: Span = spanned()


@frozen(repr=False)
class Bands(Node):
    """分档: the first band that holds."""

    subject: Expr
    bands: tuple[Band, ...]
    rest: Expr | None
    span: Span = spanned()


@frozen(repr=False)
class Case(Node):
    """A condition and what it gives (or takes)."""

    test: Expr
    result: Expr
    span: Span = spanned()


@frozen(repr=False)
class Decide(Node):
    """判定: the first case that holds."""

    cases: tuple[Case, ...]
    rest: Expr
    span: Span = spanned()


@frozen(repr=False)
class Checklist(Node):
    """清单: the sum over the cases that hold."""

    ticks: tuple[Case, ...]
    span: Span = spanned()


@frozen(repr=False)
class Plain(Node):
    """得分 and 套用: an expression; 满分 when an indicator only deducts."""

    value: Expr
    span: Span = spanned()


Base = Bands | Decide | Checklist | Plain


@frozen(repr=False)
class PerStep(Node):
    """每 step subject 扣 amount: steps is the exact expression for the number of steps."""

    step: Fraction
    subject: Expr
    steps: Expr
    amount: Expr
    mode: str
    span: Span = spanned()


@frozen(repr=False)
class Deduct(Node):
    """扣分; least is what the score cannot fall below, most what can be taken at most."""

    items: tuple[Case | PerStep, ...]
    to_zero: bool
    most: Expr | None
    span: Span = spanned()


@frozen(repr=False)
class Clamp(Node):
    """限于 low 至 high."""

    low: Expr
    high: Expr
    span: Span = spanned()


@frozen(repr=False)
class RoundScore(Node):
    """A rounding step; mode None is 不舍入."""

    mode: Rounding | None
    quantum: Fraction
    span: Span = spanned()


@frozen(repr=False)
class NotApplicable(Node):
    """不适用 当 test: value, or drop at a level (本一级指标, 总分), or the mean of the units that it does apply to."""

    test: Expr
    value: Expr | None
    drop: str
    evidence: str
    mean: RoundScore | None = None
    """How the mean of the other units (按 同级平均) is rounded."""
    span: Span = spanned()


@frozen(repr=False)
class Gate(Node):
    """须佐证: with a fact that is only claimed, the score is otherwise."""

    facts: tuple[str, ...]
    otherwise: Expr
    span: Span = spanned()


@frozen(repr=False)
class Trend(Node):
    """随: how the score moves with a fact (递增 递减 不减 不增)."""

    fact: str
    direction: str
    span: Span = spanned()


@frozen(repr=False)
class Accept(Node):
    """认可: a counterexample of the prover that the rule's author leaves as it is, and why. kind is one of QUESTIONS."""

    kind: str
    subject: str
    why: str
    span: Span = spanned()


@frozen(repr=False)
class Indicator(Node):
    """An indicator or, inside one, a 分项. Its order is fixed: 不适用, 须佐证, 令, base, 扣分, 限于, 舍入."""

    name: str
    number: str
    points: Fraction
    na: tuple[NotApplicable, ...]
    gates: tuple[Gate, ...]
    lets: Mapping[str, Let] = field(eq=False)
    base: Base | None
    deduct: Deduct | None
    clamps: tuple[Clamp, ...]
    rounding: RoundScore
    parts: tuple[Indicator, ...]
    trends: tuple[Trend, ...]
    basis: str
    note: str
    accepts: tuple[Accept, ...] = ()
    span: Span = spanned()


@frozen(repr=False)
class Group(Node):
    """一级指标 or 二级指标 with what stands under it."""

    level: int
    name: str
    number: str
    points: Fraction
    children: tuple[Group | Indicator, ...]
    rounding: RoundScore
    basis: str
    note: str
    span: Span = spanned()


@frozen(repr=False)
class Check(Node):
    """校验. right and op are given when the condition is one comparison, which then knows a tolerance and a difference."""

    severity: str
    title: str
    when: Expr | None
    left: Expr
    op: str
    right: Expr | None
    tolerance: Fraction
    basis: str
    note: str
    accepts: tuple[Accept, ...] = ()
    span: Span = spanned()


@frozen(repr=False)
class Adjust(Node):
    """加分项 (sign 1) or 减分项 (sign -1)."""

    sign: int
    amount: Expr
    most: Expr | None
    basis: str
    span: Span = spanned()


@frozen(repr=False)
class Regrade(Node):
    """定级."""

    span: Span = spanned()


@frozen(repr=False)
class Override(Node):
    """凡 test: kind veto, cap, bar or replace, with the grade that it speaks of."""

    kind: str
    test: Expr
    grade: str
    basis: str
    span: Span = spanned()


TotalStep = Adjust | Clamp | RoundScore | Regrade | Override


@frozen(repr=False)
class Grade(Node):
    """A grade: the first whose limit the total meets; limit None is 其余."""

    name: str
    limit: Limit | None
    span: Span = spanned()


@frozen(repr=False)
class Notice(Node):
    """放假安排: the days of a State Council notice, for a year that the calendar does not know. Days are ordinals."""

    year: int
    off: tuple[tuple[int, int, str], ...]
    """First day, last day, and which holiday."""
    on: tuple[int, ...]
    basis: str
    span: Span = spanned()


@frozen(repr=False)
class Param(Node):
    """A parameter and its constant value."""

    name: str
    value: Scalar
    type: Type
    text: str
    basis: str
    span: Span = spanned()


@frozen(repr=False)
class Book(Node):
    """The head of a rule set."""

    name: str
    year: int
    issuer: str
    nature: str
    basis: str
    note: str
    full: Fraction
    accepts: tuple[Accept, ...] = ()
    span: Span = spanned()


@frozen(repr=False)
class Program(Node):
    """A rule set, checked: what every interpreter runs."""

    book: Book
    params: Mapping[str, Param]
    schema: Schema
    checks: tuple[Check, ...]
    groups: tuple[Group | Indicator, ...]
    steps: tuple[TotalStep, ...]
    grades: tuple[Grade, ...]
    notices: tuple[Notice, ...] = ()
