"""Two deductions of one indicator that one finding sets off together."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.interval.sets import EVERYTHING, restrict
from zjrules.lint.book import Book, said
from zjrules.lint.ladder import Limit, amount, compared
from zjrules.term import expr as tm
from zjrules.term import rule as tr

CODE = Code("ZJ8022", "deductions-overlap", Severity.WARNING)

PAGE = """同一件事在一个扣分里扣两次

**什么情况** 一个「扣分」里两条「凡」能同时成立，说的是同一件事：迟 5 日扣 1 分、迟 10 日扣 2 分，迟 12 日两条都扣，共 3 分。

**为什么** 「扣分」把成立的都扣；原意若是「迟 10 日的扣 2 分」，就多扣了。原意若是再扣 2 分，也要写清楚。

**例**

```zj
事实 迟报日数 : 天数 ≥ 0 日
指标 一 4 分
  扣分
    凡 迟报日数 > 5 日  扣 1 分
    凡 迟报日数 > 10 日 扣 2 分
    扣完为止
```

**怎么改** 写成不相交的条件，或用「判定」「分档」。

```zj
事实 迟报日数 : 天数 ≥ 0 日
指标 一 4 分
  扣分
    凡 5 日 < 迟报日数 ≤ 10 日 扣 1 分
    凡 迟报日数 > 10 日        扣 2 分
    扣完为止
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield pairs of conditions on one thing that can hold together; what takes all points is an end, and no second time."""
    for part in book.scored():
        items = [i for i in (part.node.deduct.items if part.node.deduct else ()) if isinstance(i, tr.Case)]
        some = [i for i in items if (amount(i.result, part.node.points) or Fraction(0)) < part.node.points]
        for one, other in combinations(some, 2):
            if _meet(one.test, other.test):
                message = f"「{said(one.test)}」与「{said(other.test)}」能同时成立，同一件事扣两次"
                labels = (Label(other.span, "又扣"), Label(one.span, "已扣"))
                yield Diagnostic(CODE, message, labels, "写成不相交的条件，或用「判定」取第一个成立的")


def _meet(one: tm.Expr, other: tm.Expr) -> bool:
    """Return whether one condition implies the other, or both are on one number and leave something common."""
    a, b = _parts(one), _parts(other)
    if a <= b or b <= a:
        return True
    reads = [_read(e) for e in (*a, *b)]
    if any(r is None for r in reads) or len({r[0] for r in reads if r}) != 1:
        return False
    left = EVERYTHING
    for read in reads:
        assert read is not None
        left = restrict(left, *read[1])
    return not left.is_empty


def _read(e: tm.Expr) -> tuple[object, Limit] | None:
    """Return what is compared with a constant, and how; 甲 > 乙 + 5 日 compares 甲 - 乙 with 5 日."""
    match e:
        case tm.Cmp(op, left, tm.Arith("+", right, tm.Const(value=Fraction() as value))):
            return (left, right), (op, value)
        case tm.Cmp(op, tm.Arith("-", left, right), tm.Const(value=Fraction() as value)):
            return (left, right), (op, value)
        case tm.Cmp(op, left, right) if not isinstance(left, tm.Const) and not isinstance(right, tm.Const):
            return (left, right), (op, Fraction(0))
        case _:
            return compared(e)


def _parts(e: tm.Expr) -> frozenset[tm.Expr]:
    return frozenset(e.operands) if isinstance(e, tm.Logic) and e.op == "且" else frozenset({e})
