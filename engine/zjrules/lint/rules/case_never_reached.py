"""A case of 判定 that an earlier one always takes."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.lint.book import Book, said
from zjrules.lint.ladder import ladders
from zjrules.term import expr as tm
from zjrules.term import rule as tr

CODE = Code("ZJ8006", "case-never-reached", Severity.WARNING)

PAGE = """判定里轮不到的一条

**什么情况** 后面一条成立的时候，前面一条一定也成立：「当 甲」写在「当 甲 且 乙」前面，或「≥ 60%」写在「≥ 90%」前面。

**为什么** 判定取第一个成立的，后面那一条永远轮不到，写了也白写。

**例**

```zj
指标 一 4 分
  判定
    当 率 ≥ 60% 得 2 分
    当 率 ≥ 90% 得 满分
    其余        得 0 分
```

**怎么改** 严的写在前面。

```zj
指标 一 4 分
  判定
    当 率 ≥ 90% 得 满分
    当 率 ≥ 60% 得 2 分
    其余        得 0 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield cases that are never the first to hold."""
    for part in book.scored():
        if not isinstance(part.node.base, tr.Decide):
            continue
        cases = part.node.base.cases
        hit = {s.rung for ladder in ladders(part) for s in ladder.stretches(book, part)}
        for index, case in enumerate(cases):
            earlier = next((c for c in cases[:index] if _asks(c.test) <= _asks(case.test)), None)
            # A condition that no facts meet is the checker's to report.
            if book.was_told(case.test.span, "ZJ4057") or (earlier is None and (not hit or index in hit)):
                continue
            message = f"「当 {said(case.test)}」永远轮不到：它成立时，前面已有一条成立"
            labels = (Label(case.span), *([Label(earlier.span, "先成立的")] if earlier else []))
            yield Diagnostic(CODE, message, labels, "把条件严的一条写在前面，或删去这一条")


def _asks(test: tm.Expr) -> frozenset[tm.Expr]:
    return frozenset(test.operands) if isinstance(test, tm.Logic) and test.op == "且" else frozenset({test})
