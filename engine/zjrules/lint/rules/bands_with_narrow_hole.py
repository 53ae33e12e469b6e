"""Bands of whole numbers over something that is not whole: 90-100, 80-89 leave 89.5 out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Edit, Fix, Label, Severity
from zjrules.lint.book import Book, said
from zjrules.lint.ladder import ladders
from zjrules.span import Span
from zjrules.unit import Number, Type, show

CODE = Code("ZJ8002", "bands-with-narrow-hole", Severity.WARNING)

PAGE = """按整数写的档之间有空

**什么情况** 「90 至 100」「80 至 89」这样按整数分档，而分的数带小数：89.5 两档都不在，落到「其余」。

**为什么** 财政部对自评等级的答复就写成 90-100、80-89、60-79、0-59；分数到两位小数以后，89.5 分成了最低一档。

**例**

```zj
事实 外部得分 : 评分 介于 0 分 至 100 分
指标 一 4 分
  分档 外部得分
    介于 90 分（含） 至 100 分（含）   得 满分
    介于 80 分（含） 至 89 分（含）    得 3 分
    其余                               得 0 分
```

**怎么改** 上一档从哪里起，下一档就到哪里（不含）为止。

```zj
事实 外部得分 : 评分 介于 0 分 至 100 分
指标 一 4 分
  分档 外部得分
    介于 90 分（含） 至 100 分（含）   得 满分
    介于 80 分（含） 至 90 分（不含）  得 3 分
    其余                               得 0 分
```
"""

_END = re.compile(r"至\s*([^（(]*?[（(]\s*含\s*[)）])")


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield holes between two bands that are no wider than one of the unit."""
    for part in book.scored():
        for ladder in ladders(part):
            for before, hole, after in ladder.lost(ladder.stretches(book, part)):
                if hole.is_point or hole.low is None or hole.high is None:
                    continue
                if hole.high - hole.low <= _one(ladder.subject.type):
                    low, high = (show(x, ladder.subject.type) for x in (hole.low, hole.high))
                    labels = (
                        Label(ladder.rungs[before.rung].span, f"到 {low}"),
                        Label(ladder.rungs[after.rung].span, f"从 {high}"),
                    )
                    message = f"「{said(ladder.subject)}」在 {low} 与 {high} 之间的，两档都不在，{ladder.falls(hole)}"
                    help_ = f"前一档写到 {high}（不含）为止，或写成「不低于」往下排"
                    yield Diagnostic(CODE, message, labels, help_, _closed(ladder.rungs[before.rung].span, high))


def _closed(span: Span, high: str) -> Fix | None:
    """Return the fix that lets the lower band reach up to the next one, where it is written 至 …（含）."""
    ends = list(_END.finditer(span.text))
    if len(ends) != 1:
        return None
    place = Span(span.source, span.start + ends[0].start(1), span.start + ends[0].end(1))
    return Fix(f"「{ends[0][1]}」写成「{high}（不含）」", (Edit(place, f"{high}（不含）"),), safe=False)


def _one(kind: Type) -> Fraction:
    """Return one of the unit that people write: one percent of a ratio, one of anything else."""
    return Fraction(1, 100) if isinstance(kind, Number) and kind.percent else Fraction(1)
