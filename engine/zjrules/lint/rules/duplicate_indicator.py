"""Two indicators that compute the same: one achievement counted twice."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.lint.book import Book, Part, head

CODE = Code("ZJ8063", "duplicate-indicator", Severity.WARNING)

PAGE = """两个指标算的是同一件事

**什么情况** 两个指标（例如一个在产出、一个在效益）的算法和用到的事实完全一样，只是名称、分值不同。

**为什么** 同一个成绩得两次分；目标表里「办件量」既列产出又列效益，是复核常退的毛病。

**例**

```zj
指标 一 2 分
  得分 满分 × 率
指标 二 2 分
  得分 满分 × 率
```

**怎么改** 只留一处，或换成那一类真正要看的数。

```zj
事实 满意率 : 比率 介于 0% 至 100%
指标 一 2 分
  得分 满分 × 率
指标 二 2 分
  得分 满分 × 满意率
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield indicators or parts that are computed like an earlier one, from the same facts."""
    seen: list[tuple[object, Part]] = []
    for part in book.scored():
        node = part.node
        lets = sorted((name, repr(let.value)) for name, let in node.lets.items())
        way = (node.base, node.deduct, node.clamps, lets)
        first = next((other for earlier, other in seen if earlier == way), None)
        if first is None:
            seen.append((way, part))
        elif part.facts():
            message = f"「{node.name}」与「{first.node.name}」算法和事实都一样，同一件事得两次分"
            labels = (Label(head(node.span)), Label(head(first.node.span), "已有"))
            yield Diagnostic(CODE, message, labels, "只留一处，或换成这一项真正要看的数")
