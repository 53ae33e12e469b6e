"""A deduction of more points than there are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr

CODE = Code("ZJ8020", "deduction-above-points", Severity.WARNING)

PAGE = """扣的比分值还多

**什么情况** 4 分的指标，一条就扣 5 分。

**为什么** 扣完为止，5 分与 4 分没有区别：不是分值改小了扣分没有跟着改，就是想说「不得分」。

**例**

```zj
指标 一 4 分
  扣分
    凡 是否项 扣 5 分
    扣完为止
```

**怎么改** 不得分就写「扣 满分」，否则核对扣几分。

```zj
指标 一 4 分
  扣分
    凡 是否项 扣 满分
    扣完为止
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield amounts above the points of their indicator."""
    for part in book.scored():
        node = part.node
        if book.was_told(node.span, "ZJ4054"):
            continue
        for item in node.deduct.items if node.deduct else ():
            amount = item.result if isinstance(item, tr.Case) else item.amount
            value = amount.value if isinstance(amount, tm.Const) else None
            if isinstance(value, Fraction) and value > node.points:
                fix = Fix("写成「满分」", (Edit(amount.span, "满分"),), safe=False)
                message = f"扣 {brief(value)} 分，「{node.name}」一共只有 {brief(node.points)} 分"
                yield at(CODE, amount.span, message, "不得分的写「扣 满分」；不是的，核对扣几分", fix=fix)
