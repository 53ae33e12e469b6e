"""A difference of two rates held against a percentage."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.survey import of_program
from zjrules.term.walk import walk
from zjrules.unit import Number

CODE = Code("ZJ8028", "percent-for-points", Severity.WARNING)

PAGE = """百分点写成了百分比

**什么情况** 两个率相减以后与「5%」相比。

**为什么** 两个率的差是几个百分点；「提高 5%」可以读成从 80% 到 84%，也可以读成到 85%。

**例**

```zj
事实 上年率 : 比率 介于 0% 至 100%
指标 一 4 分
  得分 若 率 - 上年率 ≥ 5% 则 满分 否则 0 分
```

**怎么改** 差用百分点，比例用除法。

```zj
事实 上年率 : 比率 介于 0% 至 100%
指标 一 4 分
  得分 若 率 - 上年率 ≥ 5 个百分点 则 满分 否则 0 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield percentages that a difference of rates is compared with."""
    pairs = [
        (a, b)
        for e in (n for expr in of_program(book.program) for n in walk(expr))
        if isinstance(e, tm.Cmp)
        for a, b in ((e.left, e.right), (e.right, e.left))
    ]
    for part in book.scored():
        if isinstance(part.node.base, tr.Bands):
            subject = part.node.base.subject
            pairs += [(subject, limit.bound) for band in part.node.base.bands for limit in band.limits]
    pairs += [p for c in book.program.checks if c.right is not None for p in ((c.left, c.right), (c.right, c.left))]
    for subject, bound in pairs:
        if _difference(subject) and isinstance(bound, tm.Const) and bound.value and _percent(bound):
            assert isinstance(bound.value, Fraction)
            text = bound.span.text.rstrip("%％").rstrip()
            fix = Fix(f"写成「{text} 个百分点」", (Edit(bound.span, f"{text} 个百分点"),), safe=False)
            message = f"两个率的差与「{bound.span.text}」相比：是百分之几，还是几个百分点？"
            yield at(CODE, bound.span, message, f"差几个百分点，写成「{text} 个百分点」", fix=fix)


def _difference(e: tm.Expr) -> bool:
    e = e.operand if isinstance(e, tm.Abs) else e
    return isinstance(e, tm.Arith) and e.op == "-" and isinstance(e.type, Number) and e.type.delta and not e.type.points


def _percent(e: tm.Const) -> bool:
    return isinstance(e.type, Number) and not e.type.points and e.span.text.endswith(("%", "％"))
