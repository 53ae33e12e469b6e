"""Points that are no multiple of what the score is rounded to: full marks round past them."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, head
from zjrules.num import brief, round_to

CODE = Code("ZJ8011", "rounds-past-points", Severity.WARNING)

PAGE = """舍入以后超过分值

**什么情况** 分值 2.5 分的指标舍入到 1 分：得满分时成了 3 分。

**为什么** 一项得的分超过了它的分值，各项之和可以超过 100 分；去尾则相反，满分得不到。

**例**

```zj
指标 一 2.5 分
  得分 满分 × 率
  舍入 本指标 四舍五入 精确到 1 分
指标 二 1.5 分
  得分 满分 × 率
```

**怎么改** 分值写成精确到的那个数的倍数，或舍入得细一些。

```zj
指标 一 2.5 分
  得分 满分 × 率
  舍入 本指标 四舍五入 精确到 0.1 分
指标 二 1.5 分
  得分 满分 × 率
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield indicators whose full points are changed by their own rounding."""
    for node in book.indicators():
        mode, quantum = node.rounding.mode, node.rounding.quantum
        if mode is None:
            continue
        best = round_to(node.points, quantum, mode)
        if best != node.points:
            over = "超过分值" if best > node.points else "满分得不到"
            message = f"「{node.name}」得满分 {brief(node.points)} 分，{mode.value}到 {brief(quantum)} 分是 {brief(best)} 分，{over}"
            yield at(CODE, head(node.span), message, f"分值写成 {brief(quantum)} 分的倍数，或舍入得细一些")
