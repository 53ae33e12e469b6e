"""A rounded term in a sum: the total of rounded terms is not the rounded total."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, Part, said
from zjrules.term import expr as tm
from zjrules.unit import MONEY_DIM, POINTS_DIM, Number

CODE = Code("ZJ8010", "rounded-inside-sum", Severity.WARNING)

PAGE = """先舍入再相加

**什么情况** 相加的各项里有「四舍五入(…)」，或在明细的每一行上先舍入再合计。

**为什么** 每一项的零头都丢了，加起来可以差几分；复核的人先加后舍入，就对不上。舍入写在「舍入」里，一处就够。

**例**

```zj
指标 一 4 分
  得分 四舍五入(满分 × 60% × 率，精度：0.1 分) + 四舍五入(满分 × 40% × 率，精度：0.1 分)
```

**怎么改** 先加，最后舍入；要在指标上舍入到别的位数，就写「舍入 四舍五入 精确到 0.1 分」。

```zj
指标 一 4 分
  得分 满分 × 60% × 率 + 满分 × 40% × 率
  舍入 本指标 四舍五入 精确到 0.1 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield roundings that are terms of a sum, or the item of a total over rows."""
    for part in book.scored():
        for e in part.exprs():
            for rounding in dict.fromkeys(_inside(e, part, summed=False)):
                message = f"「{said(rounding)}」先舍入，再加到别的项上，零头丢了不止一次"
                yield at(CODE, rounding.span, message, "去掉里面的舍入，最后一次舍入写在「舍入」里")


def _inside(e: tm.Expr, part: Part, summed: bool) -> Iterator[tm.Round]:
    match e:
        case tm.Round(type=Number(percent=percent, dim=dim)) if summed and (percent or dim in (POINTS_DIM, MONEY_DIM)):
            # A number of steps may well be rounded: it is no amount.
            yield e
        case tm.Arith("+" | "-", left, right):
            yield from _inside(left, part, summed=True)
            yield from _inside(right, part, summed=True)
        case tm.Arith("×" | "÷", left, right):
            yield from _inside(left, part, summed)
            yield from _inside(right, part, summed)
        case tm.Over("合计" | "平均") if e.item is not None:
            yield from _inside(e.item, part, summed=True)
        case tm.Var(name) if name in part.lets and summed:
            yield from _inside(part.lets[name].value, part, summed)
        case _:
            pass
