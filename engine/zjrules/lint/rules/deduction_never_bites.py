"""A deduction that no facts can bring about."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, said
from zjrules.term import rule as tr
from zjrules.value import problems_of, range_of

CODE = Code("ZJ8021", "deduction-never-bites", Severity.WARNING)

PAGE = """永远扣不到的一条

**什么情况** 「每 5 个」「整步」才扣，事实声明最多 3 个；或每一步的扣分是 0。

**为什么** 这一条写了也扣不到分：多半是步长、单位或事实的范围写错了。

**例**

```zj
事实 差错数 : 个数（处） ≥ 0 处 且 ≤ 3 处
指标 一 4 分
  扣分
    每 5 处 差错数 扣 1 分 整步
    扣完为止
```

**怎么改** 核对步长和事实的范围。

```zj
事实 差错数 : 个数（处） ≥ 0 处
指标 一 4 分
  扣分
    每 5 处 差错数 扣 1 分 整步
    扣完为止
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield steps of which there are always none, and amounts that are nothing."""
    for part in book.scored():
        deduct = part.node.deduct
        for item in deduct.items if deduct else ():
            amount = item.result if isinstance(item, tr.Case) else item.amount
            taken = book.possible(amount, part)
            if range_of(taken).point == 0 and not problems_of(taken):
                yield at(CODE, item.span, "扣 0 分等于不扣", "写明扣几分，或删去这一条")
            if not isinstance(item, tr.PerStep):
                continue
            steps = book.possible(item.steps, part)
            if range_of(steps).point == 0 and not problems_of(steps):
                help_ = "核对步长、单位，以及事实声明的范围"
                yield at(CODE, item.span, f"「{said(item.subject)}」怎么填都不满一步，这一条永远扣不到", help_)
