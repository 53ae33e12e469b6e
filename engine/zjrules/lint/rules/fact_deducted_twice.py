"""A finding that costs points in two indicators."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.lint.book import Book
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr

CODE = Code("ZJ8023", "fact-deducted-twice", Severity.WARNING)

PAGE = """同一个问题在两个指标里都扣

**什么情况** 一个事实（问题数、有没有某种情形）自己就是两个指标的扣分条件。

**为什么** 一个问题扣两次分，是重复扣分；复核常为此退回。确实要两处都扣的，在「说明」里写明。

**例**

```zj
事实 违规数 : 个数（处） ≥ 0 处
指标 一 2 分
  扣分
    每 1 处 违规数 扣 1 分
    扣完为止
指标 二 2 分
  扣分
    每 1 处 违规数 扣 0.5 分
    扣完为止
```

**怎么改** 分成两个事实，各管一个方面；或只留一处。

```zj
事实 财务违规数 : 个数（处） ≥ 0 处
事实 采购违规数 : 个数（处） ≥ 0 处
指标 一 2 分
  扣分
    每 1 处 财务违规数 扣 1 分
    扣完为止
指标 二 2 分
  扣分
    每 1 处 采购违规数 扣 0.5 分
    扣完为止
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield facts that are by themselves what two indicators deduct for."""
    first: dict[str, tuple[Span, str]] = {}
    for part in book.scored():
        for item in part.node.deduct.items if part.node.deduct else ():
            about = item.test if isinstance(item, tr.Case) else item.subject
            if not isinstance(about, tm.FactRef):
                continue
            span, owner = first.setdefault(about.name, (item.span, part.indicator.name))
            if owner != part.indicator.name and "两处" not in part.indicator.note:
                message = f"「{about.name}」在「{owner}」里扣过，在「{part.indicator.name}」里又扣"
                labels = (Label(item.span, "又扣"), Label(span, "已扣"))
                help_ = "分成两个事实，或只留一处；确实两处都扣的，在「说明」里写明「两处都扣」"
                yield Diagnostic(CODE, message, labels, help_)
