"""Bands whose points go down, up and down again along the number that they band."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, said
from zjrules.lint.ladder import amount, ladders
from zjrules.num import brief

CODE = Code("ZJ8004", "results-uneven", Severity.WARNING)

PAGE = """分档的分忽高忽低

**什么情况** 顺着数往上走，得的分降了又升、升了又降。

**为什么** 多半是两档的分抄反了，或一个数抄错了。先升后降（越接近目标越好）是有的，不报。

**例**

```zj
指标 一 4 分
  分档 率
    不低于 90% 得 满分
    不低于 80% 得 2 分
    不低于 70% 得 3 分
    其余       得 0 分
```

**怎么改** 核对各档的分。

```zj
指标 一 4 分
  分档 率
    不低于 90% 得 满分
    不低于 80% 得 3 分
    不低于 70% 得 2 分
    其余       得 0 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield ladders with a valley between two higher stretches."""
    for part in book.scored():
        for ladder in ladders(part):
            live = ladder.stretches(book, part)
            lost = [one for _, one, _ in ladder.lost(live)]
            live = [s for s in live if s not in lost]
            results = ladder.results()
            points = [amount(results[s.rung], part.node.points) for s in live]
            fixed = [p for p in points if p is not None]
            if len(fixed) < len(points):
                continue
            turns = [b > a for a, b in pairwise(fixed) if a != b]
            valley = next((i for i, (a, b) in enumerate(pairwise(turns)) if not a and b), None)
            if valley is None:
                continue
            levels = [p for i, p in enumerate(fixed) if i == 0 or p != fixed[i - 1]]
            shown = "、".join(brief(p) for p in levels)
            span = ladder.rungs[0].span.to(ladder.rungs[-1].span)
            message = f"「{said(ladder.subject)}」从小到大，得的分依次是 {shown}，降了又升"
            yield at(CODE, span, message, "核对各档的分，是不是抄反了")
