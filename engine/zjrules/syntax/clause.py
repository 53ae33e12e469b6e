"""The clauses of an indicator, and the small parts that declarations share."""

from __future__ import annotations

from attrs import frozen

from zjrules.span import Span
from zjrules.syntax.expr import Call, Expr, Ident, Quantity, Words, spanned


@frozen
class Edge:
    """An end of 介于; closed is None when neither 含 nor 不含 was said."""

    value: Expr
    closed: bool | None
    span: Span = spanned()


@frozen
class Test:
    """``op value`` without its subject, in a band or in the declared range of a fact."""

    op: str
    value: Expr
    span: Span = spanned()


@frozen
class Between:
    """介于 a 至 b."""

    low: Edge
    high: Edge
    span: Span = spanned()


Limits = tuple[Test, ...] | Between


@frozen
class TypeName:
    """A written type: 金额, 个数（处）, 选项（a，b）, with its declared range."""

    name: Ident
    args: tuple[Ident, ...] = ()
    limits: Limits = ()
    span: Span = spanned()


@frozen
class RoundingDecl:
    """舍入 place [mode 精确到 quantum]; mode None is 不舍入 or, in 总评, the step itself."""

    place: Ident
    mode: Ident | None
    quantum: Quantity | None
    span: Span = spanned()


@frozen
class Let:
    """令."""

    name: Ident
    value: Expr
    span: Span = spanned()


@frozen
class Score:
    """得分."""

    value: Expr
    span: Span = spanned()


@frozen
class Band:
    """One line of 分档."""

    limits: Limits
    result: Expr
    span: Span = spanned()


@frozen
class Bands:
    """分档."""

    subject: Expr
    bands: tuple[Band, ...]
    rest: Expr | None
    span: Span = spanned()


@frozen
class Case:
    """当 … 得 … of 判定, or 凡 … 得 … of 清单."""

    test: Expr
    result: Expr
    span: Span = spanned()


@frozen
class Decide:
    """判定: the first case that holds."""

    cases: tuple[Case, ...]
    rest: Expr | None
    span: Span = spanned()


@frozen
class Checklist:
    """清单: the sum of what holds."""

    ticks: tuple[Case, ...]
    span: Span = spanned()


@frozen
class DeductIf:
    """凡 … 扣 …."""

    test: Expr
    amount: Expr
    span: Span = spanned()


@frozen
class DeductEach:
    """每 1 处 … 扣 … [step mode]."""

    step: Quantity
    subject: Expr
    amount: Expr
    mode: Ident | None
    span: Span = spanned()


@frozen
class Deduct:
    """扣分; floor is 扣完为止 (zero), 最多扣 (an amount) or nothing."""

    items: tuple[DeductIf | DeductEach, ...]
    to_zero: bool
    most: Expr | None
    span: Span = spanned()


@frozen
class Apply:
    """套用: a word as the base of the score."""

    call: Call
    span: Span = spanned()


@frozen
class Clamp:
    """限于 low 至 high."""

    low: Expr
    high: Expr
    span: Span = spanned()


@frozen
class NotApplicable:
    """不适用 当 … 按 …; drop names the level at which the points leave the sum."""

    test: Expr
    value: Expr | None
    drop: Ident | None
    evidence: Words | None
    span: Span = spanned()


@frozen
class Gate:
    """须佐证 facts 否则 得 …."""

    facts: tuple[Ident, ...]
    otherwise: Expr
    span: Span = spanned()


@frozen
class Trend:
    """随 fact 递增|递减|不减|不增: a promise that the prover checks."""

    fact: Ident
    direction: Ident
    span: Span = spanned()


@frozen
class Accept:
    """认可 kind [subject] "why": a counterexample of the prover that the rule's author leaves as it is."""

    kind: Ident
    subject: Ident | None
    why: Words
    span: Span = spanned()


Clause = (
    Let | Score | Bands | Decide | Checklist | Deduct | Apply | Clamp | NotApplicable | Gate | Trend | Accept | RoundingDecl
)  # fmt: skip
