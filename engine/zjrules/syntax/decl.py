"""Declarations, and the file that holds them."""

from __future__ import annotations

from attrs import field, frozen

from zjrules.span import Span
from zjrules.syntax.clause import Accept, Clamp, Clause, Let, RoundingDecl, Test, TypeName
from zjrules.syntax.expr import DateLit, Expr, Ident, Quantity, Words, spanned
from zjrules.syntax.mark import Mark, Place, Ref


@frozen
class Grade:
    """A grade and the test that earns it; test None is 其余."""

    name: Ident
    test: Test | None
    span: Span = spanned()


@frozen
class RuleSet:
    """The head of a book."""

    name: Ident
    language: Quantity | None
    year: Quantity | None
    issuer: Words | None
    nature: Words | None
    full: Quantity | None
    basis: tuple[Words, ...]
    note: tuple[Words, ...]
    roundings: tuple[RoundingDecl, ...]
    grades: tuple[Grade, ...]
    accepts: tuple[Accept, ...] = ()
    base: Ident | None = None
    """沿用: the id of the rule set that this one amends."""
    since: DateLit | None = None
    breach: Words | None = None
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class Param:
    """参数 name = value."""

    name: Ident
    value: Expr
    basis: tuple[Words, ...]
    note: tuple[Words, ...]
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class FactDecl:
    """事实, or a 列名 of a ledger."""

    name: Ident
    type: TypeName
    note: tuple[Words, ...]
    basis: tuple[Words, ...]
    evidence: tuple[Words, ...]
    source: tuple[Words, ...]
    may_be_na: bool
    reason: bool
    pool: Ident | None = None
    """汇总: how the values of subordinate units become one."""
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class LedgerDecl:
    """明细."""

    name: Ident
    columns: tuple[FactDecl, ...]
    key: Ident | None
    note: tuple[Words, ...]
    basis: tuple[Words, ...]
    evidence: tuple[Words, ...]
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class CheckDecl:
    """校验 severity "title" [当 …] 应有 … [容差 …]."""

    severity: Ident
    title: Words
    when: Expr | None
    should: Expr
    tolerance: Expr | None
    basis: tuple[Words, ...]
    note: tuple[Words, ...]
    accepts: tuple[Accept, ...] = ()
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class Group:
    """一级指标 or 二级指标 (level 1 or 2): it owns the indicators that follow."""

    level: int
    name: Ident
    points: Quantity
    number: Words | None
    basis: tuple[Words, ...]
    note: tuple[Words, ...]
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class Part:
    """分项."""

    name: Ident
    points: Quantity
    clauses: tuple[Clause, ...]
    number: Words | None
    basis: tuple[Words, ...]
    note: tuple[Words, ...]
    damaged: bool = False
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class Indicator:
    """指标; damaged when a clause was dropped for a reading error, so that no second error is made of it."""

    name: Ident
    points: Quantity
    clauses: tuple[Clause, ...]
    parts: tuple[Part, ...]
    number: Words | None
    basis: tuple[Words, ...]
    note: tuple[Words, ...]
    damaged: bool = False
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class Adjust:
    """加分项 or 减分项 (sign 1 or -1), with its cap."""

    sign: int
    amount: Expr
    most: Expr | None
    basis: tuple[Words, ...]
    span: Span = spanned()


@frozen
class RoundTotal:
    """舍入 总分: here, in the order of the steps."""

    place: Ident
    span: Span = spanned()


@frozen
class Regrade:
    """定级."""

    span: Span = spanned()


@frozen
class Override:
    """凡 … 总分归零 | 等级不得高于 g | 不得评为 g | 改评为 g (kind veto, cap, bar, replace)."""

    kind: str
    test: Expr
    grade: Ident | None
    basis: tuple[Words, ...]
    span: Span = spanned()


TotalStep = Adjust | Clamp | RoundTotal | Regrade | Override


@frozen
class Total:
    """总评."""

    steps: tuple[TotalStep, ...]
    basis: tuple[Words, ...] = ()
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class Input:
    """输入 of a word."""

    name: Ident
    type: TypeName
    default: Expr | None
    span: Span = spanned()


@frozen
class Example:
    """举例 call 得 expected."""

    call: Expr
    expected: Expr
    span: Span = spanned()


@frozen
class Need:
    """应有 of a word: what its inputs must meet, and what to say where they do not."""

    test: Expr
    message: Words
    span: Span = spanned()


@frozen
class Word:
    """定词."""

    name: Ident
    inputs: tuple[Input, ...]
    lets: tuple[Let, ...]
    result: Expr | None
    said: Words | None
    examples: tuple[Example, ...]
    note: tuple[Words, ...]
    basis: tuple[Words, ...]
    needs: tuple[Need, ...] = ()
    damaged: bool = False
    mark: Mark | None = None
    span: Span = spanned()


@frozen
class Off:
    """放假 first [至 last] ["which holiday"]."""

    first: DateLit
    last: DateLit
    name: Words | None
    span: Span = spanned()


@frozen
class Notice:
    """放假安排 year."""

    year: Quantity
    off: tuple[Off, ...]
    on: tuple[DateLit, ...]
    basis: tuple[Words, ...]
    note: tuple[Words, ...]
    damaged: bool = False
    span: Span = spanned()


Declared = Param | FactDecl | LedgerDecl | CheckDecl | Group | Indicator | Total | Word | Notice


def kind_of(decl: Declared) -> str:
    """Return the keyword that a declaration begins with."""
    match decl:
        case Group(level=level):
            return "一级指标" if level == 1 else "二级指标"
        case _:
            return _KEYWORDS[type(decl)]


_KEYWORDS: dict[type, str] = {
    Param: "参数", FactDecl: "事实", LedgerDecl: "明细", CheckDecl: "校验", Indicator: "指标", Total: "总评", Word: "定词",
    Notice: "放假安排",
}  # fmt: skip


@frozen
class Patch:
    """What changes inside a declaration: its points, some of its clauses, a whole 分项, or a column."""

    points: Quantity | None = None
    clauses: tuple[Clause, ...] = ()
    parts: tuple[Part, ...] = ()
    columns: tuple[FactDecl, ...] = ()
    number: Words | None = None
    note: tuple[Words, ...] = ()


@frozen
class Target:
    """What an amendment is about: a declaration by its kind and name, and what inside it, a 分项 first.

    Kinds are the keywords (参数, 指标, …); 校验 goes by its title, 放假安排 by its year.
    """

    kind: str
    name: str
    part: str = ""
    ref: Ref | None = None
    span: Span = spanned()


@frozen
class Amendment:
    """修改, 新增, 删除 or 更名: what it is about, what is written instead, why, and from which day it holds."""

    verb: str
    target: Target
    content: Declared | Patch | None
    to: Ident | None
    place: Place | None
    basis: tuple[Words, ...]
    since: DateLit | None
    breach: Words | None
    damaged: bool = False
    aside: tuple[Span, ...] = field(default=(), kw_only=True, eq=False, repr=False)
    """Where 自, 突破, 列在 and 归入 stand: they are no part of what is written."""
    span: Span = spanned()


Decl = RuleSet | Declared | Amendment


@frozen
class Comment:
    """A comment, for the formatter."""

    text: str
    span: Span = spanned()


@frozen
class File:
    """One file. lost holds the names that damaged declarations would have declared, so that their uses stay quiet.

    damaged holds the clauses that could not be read whole: what else is wrong in them follows from that.
    """

    decls: tuple[Decl, ...]
    comments: tuple[Comment, ...] = ()
    lost: tuple[str, ...] = ()
    damaged: tuple[Span, ...] = ()
    span: Span = spanned()
