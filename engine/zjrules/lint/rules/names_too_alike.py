"""Two facts whose names are told apart only by the order of the same characters, or by a suffix that says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.lint.book import Book

CODE = Code("ZJ8048", "names-too-alike", Severity.WARNING)

PAGE = """两个事实的名称太像

**什么情况** 同一些字换了次序（预算调整数、调整预算数），或只差「额」「数」「合计」这样的字（年中追加额、年中追加数）。

**为什么** 填报的人会填到另一个上：预算调整数是调了多少，调整预算数是调了以后的总数，差几个数量级。

**例**

```zj
事实 经费调整数 : 金额            说明 "调了多少，可以是负数"     佐证 "批复"
事实 调整经费数 : 金额 > 0 元     说明 "调整以后的经费"           佐证 "批复"
```

**怎么改** 改其中一个的名称，使人一眼分得开。

```zj
事实 经费调增调减额 : 金额        说明 "调了多少，可以是负数"     佐证 "批复"
事实 调整经费数 : 金额 > 0 元     说明 "调整以后的经费"           佐证 "批复"
```
"""

_EMPTY = re.compile(r"(?:总额|金额|数额|总数|数量|合计|情况|额|数)$")


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield a fact of one's own that is too like another that is asked for beside it."""
    facts = list(book.program.schema.facts.values())
    for index, one in enumerate(facts):
        for other in facts[:index]:
            if one.type != other.type or not _alike(one.name, other.name):
                continue
            mine, its = (one, other) if book.owns(one.span) else (other, one)
            how = "只是字的次序不同" if sorted(mine.name) == sorted(its.name) else "只差一个说不出区别的字"
            message = f"「{mine.name}」与「{its.name}」{how}，容易填错"
            labels = (Label(mine.span), Label(its.span, "另一个"))
            yield Diagnostic(CODE, message, labels, "改其中一个的名称，写明是什么时候、什么口径的数")


def _alike(one: str, other: str) -> bool:
    if sorted(one) == sorted(other):
        return True
    a, b = (_EMPTY.sub("", name) for name in (one, other))
    return len(a) > 1 and a == b
