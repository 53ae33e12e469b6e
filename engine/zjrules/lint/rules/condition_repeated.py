"""One condition written twice where each is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.lint.book import Book, said
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.survey import of_program
from zjrules.term.walk import walk

CODE = Code("ZJ8024", "condition-repeated", Severity.WARNING)

PAGE = """同一个条件写了两遍

**什么情况** 清单里两条「凡」、真数里两个条件、「且」「或」的两边完全一样。

**为什么** 多半是照抄一行以后忘了改名称：一个事实得两份分，另一个谁也不看。

**例**

```zj
指标 一 4 分
  清单
    凡 是否项 得 2 分
    凡 是否项 得 2 分
```

**怎么改** 改成本来要看的那个事实，或删去一条。

```zj
事实 已备案 : 是否
指标 一 4 分
  清单
    凡 是否项 得 2 分
    凡 已备案 得 2 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield conditions that stand twice in one list."""
    for part in book.scored():
        if isinstance(part.node.base, tr.Checklist):
            yield from _twice([t.test for t in part.node.base.ticks])
    for e in (n for expr in of_program(book.program) for n in walk(expr)):
        if isinstance(e, tm.Logic | tm.CountTrue):
            yield from _twice(e.operands)


def _twice(tests: Sequence[tm.Expr]) -> Iterator[Diagnostic]:
    seen: dict[tm.Expr, tm.Expr] = {}
    for test in tests:
        first = seen.setdefault(test, test)
        if first is not test:
            labels = (Label(test.span), Label(first.span, "前面已有"))
            yield Diagnostic(CODE, f"「{said(test)}」写了两遍", labels, "是不是忘了改名称；多余的删去")
