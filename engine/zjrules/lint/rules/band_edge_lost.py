"""A value between two bands that belongs to neither and falls to what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Label, Severity
from zjrules.lint.book import Book, said
from zjrules.lint.ladder import ladders
from zjrules.span import Span
from zjrules.unit import show

CODE = Code("ZJ8001", "band-edge-lost", Severity.WARNING)

PAGE = """分界点两档都不要

**什么情况** 一档写「高于 90%」，另一档写「低于 90%」，正好 90% 的落到「其余」。

**为什么** 分界点上的单位最多（刚好做到 90% 的），读的人会以为它属于上面一档或下面一档，算出来却是第三个数。

**例**

```zj
指标 一 4 分
  分档 率
    高于 90%                          得 满分
    介于 60%（含） 至 90%（不含）     得 2 分
    其余                              得 0 分
```

**怎么改** 把分界点写进其中一档：「不低于 90%」或「至 90%（含）」。

```zj
指标 一 4 分
  分档 率
    不低于 90%                        得 满分
    介于 60%（含） 至 90%（不含）     得 2 分
    其余                              得 0 分
```
"""

_ABOVE = re.compile(r"(?<!不)(?:超过|高于|多于|大于|晚于)|[>＞](?![=＝])")
_WITH = {">": "≥", "＞": "≥", "晚于": "不早于", "多于": "不少于"}


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield the edges that only what is left takes."""
    for part in book.scored():
        for ladder in ladders(part):
            for before, point, after in ladder.lost(ladder.stretches(book, part)):
                if point.is_point:
                    assert point.low is not None
                    value = show(point.low, ladder.subject.type)
                    upper, lower = ladder.rungs[after.rung], ladder.rungs[before.rung]
                    labels = (Label(upper.span, "在它上面"), Label(lower.span, "在它下面"))
                    message = f"「{said(ladder.subject)}」正好是 {value} 时，两边的档都不要，{ladder.falls(point)}"
                    help_ = f"把 {value} 写进其中一档（不低于、不超过，或（含））"
                    yield Diagnostic(CODE, message, labels, help_, _taken_in(upper.span))


def _taken_in(span: Span) -> Fix | None:
    """Return the fix that gives the edge to the band above it, where one sign of its text says that it has it not."""
    signs = list(_ABOVE.finditer(span.text))
    if len(signs) != 1:
        return None
    text = _WITH.get(signs[0][0], "不低于")
    place = Span(span.source, span.start + signs[0].start(), span.start + signs[0].end())
    return Fix(f"「{signs[0][0]}」写成「{text}」", (Edit(place, text),), safe=False)
