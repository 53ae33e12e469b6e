"""Kernel forms of indicators, groups, checks and the total."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import field, frozen

from zjrules.fact import Schema
from zjrules.num import Rounding
from zjrules.span import Span
from zjrules.term.expr import Expr, Let, spanned
from zjrules.unit import Scalar, Type


@frozen
class Limit:
    """op bound, of a band or a grade."""

    op: str
    bound: Expr


@frozen
class Band:
    """A band: all its limits must hold."""

    limits: tuple[Limit, ...]
    result: Expr
    span: Span = spanned()


@frozen
class Bands:
    """分档: the first band that holds."""

    subject: Expr
    bands: tuple[Band, ...]
    rest: Expr | None
    span: Span = spanned()


@frozen
class Case:
    """A condition and what it gives (or takes)."""

    test: Expr
    result: Expr
    span: Span = spanned()


@frozen
class Decide:
    """判定: the first case that holds."""

    cases: tuple[Case, ...]
    rest: Expr
    span: Span = spanned()


@frozen
class Checklist:
    """清单: the sum over the cases that hold."""

    ticks: tuple[Case, ...]
    span: Span = spanned()


@frozen
class Plain:
    """得分 and 套用: an expression; 满分 when an indicator only deducts."""

    value: Expr
    span: Span = spanned()


Base = Bands | Decide | Checklist | Plain


@frozen
class PerStep:
    """每 step subject 扣 amount: steps is the exact expression for the number of steps."""

    step: Fraction
    subject: Expr
    steps: Expr
    amount: Expr
    mode: str
    span: Span = spanned()


@frozen
class Deduct:
    """扣分; least is what the score cannot fall below, most what can be taken at most."""

    items: tuple[Case | PerStep, ...]
    to_zero: bool
    most: Expr | None
    span: Span = spanned()


@frozen
class Clamp:
    """限于 low 至 high."""

    low: Expr
    high: Expr
    span: Span = spanned()


@frozen
class NotApplicable:
    """不适用 当 test: value, or drop at a level (本一级指标, 总分)."""

    test: Expr
    value: Expr | None
    drop: str
    evidence: str
    span: Span = spanned()


@frozen
class Gate:
    """须佐证: with a fact that is only claimed, the score is otherwise."""

    facts: tuple[str, ...]
    otherwise: Expr
    span: Span = spanned()


@frozen
class RoundScore:
    """A rounding step; mode None is 不舍入."""

    mode: Rounding | None
    quantum: Fraction
    span: Span = spanned()


@frozen
class Trend:
    """随: how the score moves with a fact (递增 递减 不减 不增)."""

    fact: str
    direction: str
    span: Span = spanned()


@frozen
class Indicator:
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
    span: Span = spanned()


@frozen
class Group:
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


@frozen
class Check:
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
    span: Span = spanned()


@frozen
class Adjust:
    """加分项 (sign 1) or 减分项 (sign -1)."""

    sign: int
    amount: Expr
    most: Expr | None
    basis: str
    span: Span = spanned()


@frozen
class Regrade:
    """定级."""

    span: Span = spanned()


@frozen
class Override:
    """凡 test: kind veto, cap, bar or replace, with the grade that it speaks of."""

    kind: str
    test: Expr
    grade: str
    basis: str
    span: Span = spanned()


TotalStep = Adjust | Clamp | RoundScore | Regrade | Override


@frozen
class Grade:
    """A grade: the first whose limit the total meets; limit None is 其余."""

    name: str
    limit: Limit | None
    span: Span = spanned()


@frozen
class Param:
    """A parameter and its constant value."""

    name: str
    value: Scalar
    type: Type
    text: str
    basis: str
    span: Span = spanned()


@frozen
class Book:
    """The head of a rule set."""

    name: str
    year: int
    issuer: str
    nature: str
    basis: str
    note: str
    full: Fraction
    span: Span = spanned()


@frozen
class Program:
    """A rule set, checked: what every interpreter runs."""

    book: Book
    params: Mapping[str, Param]
    schema: Schema
    checks: tuple[Check, ...]
    groups: tuple[Group | Indicator, ...]
    steps: tuple[TotalStep, ...]
    grades: tuple[Grade, ...]
