"""A rate held against 0.9, where everything else is written in percent."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book, said
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.survey import of_program
from zjrules.term.walk import walk
from zjrules.unit import Number

CODE = Code("ZJ8029", "decimal-for-percent", Severity.NOTE)

PAGE = """比率和小数相比

**什么情况** 事实是比率（填 93.5%），界线却写成 0.9。

**为什么** 写 0.9 的人记得它是九成，读的人会当成 0.9%；与 95 写成 95% 一样，差一百倍。

**例**

```zj
指标 一 4 分
  分档 率
    不低于 0.9 得 满分
    其余       得 0 分
```

**怎么改** 写成百分数。

```zj
指标 一 4 分
  分档 率
    不低于 90% 得 满分
    其余       得 0 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield bare decimals that a rate is compared with."""
    pairs = []
    for e in (n for expr in of_program(book.program) for n in walk(expr)):
        if isinstance(e, tm.Cmp):
            pairs += [(e.left, e.right), (e.right, e.left)]
    for part in book.scored():
        if isinstance(part.node.base, tr.Bands):
            subject = part.node.base.subject
            pairs += [(subject, limit.bound) for band in part.node.base.bands for limit in band.limits]
    for subject, bound in pairs:
        rate = isinstance(subject.type, Number) and subject.type.percent
        if rate and isinstance(subject, tm.FactRef | tm.Column) and _bare(bound):
            assert isinstance(bound, tm.Const) and isinstance(bound.value, Fraction)
            text = f"{brief(bound.value * 100)}%"
            fix = Fix(f"写成「{text}」", (Edit(bound.span, text),), safe=False)
            yield at(
                CODE, bound.span, f"「{said(subject)}」是比率，界线写成了 {bound.span.text}", f"写成「{text}」", fix=fix
            )


def _bare(e: tm.Expr) -> bool:
    if not isinstance(e, tm.Const) or not isinstance(e.value, Fraction) or not isinstance(e.type, Number):
        return False
    return e.value.denominator > 1 and not e.type.percent and not e.type.dim
