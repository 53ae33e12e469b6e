"""A fact compared with, taken from or divided by itself."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, said
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.survey import of_program
from zjrules.term.walk import refs, walk

CODE = Code("ZJ8025", "same-on-both-sides", Severity.WARNING)

PAGE = """两边是同一个数

**什么情况** 「甲 ≤ 甲」「甲 ÷ 甲」「甲 - 甲」，或校验的两边一样。

**为什么** 结果是定的，与填的数无关；多半是照抄一边以后忘了改名称。

**例**

```zj
事实 决算数 : 金额 > 0 元
指标 一 4 分
  得分 满分 × 封顶(决算数 ÷ 决算数，上限：100%)
```

**怎么改** 改成本来要比的那个数。

```zj
事实 决算数 : 金额 ≥ 0 元
指标 一 4 分
  得分 满分 × 封顶(决算数 ÷ 乙，上限：100%)
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield operations on one thing and itself; what the checker already calls settled is left to it."""
    for e in (n for expr in of_program(book.program) for n in walk(expr)):
        if isinstance(e, tm.Cmp) or (isinstance(e, tm.Arith) and e.op in "-÷"):
            if e.left == e.right and refs(e.left, {}) and not book.was_told(e.span, "ZJ4057"):
                yield _same(e)
    for check in book.program.checks:
        if check.right is not None and check.left == check.right and refs(check.left, {}):
            yield _of_check(check)


def _same(e: tm.Cmp | tm.Arith) -> Diagnostic:
    return at(CODE, e.span, f"「{said(e)}」两边是同一个数", "改成本来要比、要减、要除的那个数")


def _of_check(check: tr.Check) -> Diagnostic:
    assert check.right is not None
    span = check.left.span.to(check.right.span)
    return at(CODE, span, f"校验「{check.title}」的两边是同一个数", "改成本来要比的那个数")
