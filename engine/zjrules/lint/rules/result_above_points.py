"""A band or case that gives more points than there are."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.lint.ladder import amount
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr

CODE = Code("ZJ8013", "result-above-points", Severity.WARNING)

PAGE = """一档得的比分值还多

**什么情况** 4 分的指标，一档却得 5 分。

**为什么** 不是分值改小了这一档没有跟着改，就是抄错了：落在这一档的得分会超过满分。

**例**

```zj
指标 一 4 分
  分档 甲 ÷ 乙
    不低于 90% 得 满分
    不低于 75% 得 5 分
    其余       得 0 分
```

**怎么改** 核对这一档得几分；得满的写「得 满分」。

```zj
指标 一 4 分
  分档 甲 ÷ 乙
    不低于 90% 得 满分
    不低于 75% 得 3 分
    其余       得 0 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield results above the points of their indicator, where nothing is deducted and the checker found no facts for one."""
    for part in book.scored():
        node = part.node
        if node.deduct is not None or book.was_told(node.span, "ZJ4054"):
            continue
        for result in _results(node.base):
            value = amount(result, node.points)
            if value is not None and value > node.points:
                fix = Fix("写成「满分」", (Edit(result.span, "满分"),), safe=False)
                message = f"这里得 {brief(value)} 分，「{node.name}」一共只有 {brief(node.points)} 分"
                yield at(CODE, result.span, message, "得满的写「得 满分」；不是的，核对得几分", fix=fix)


def _results(base: tr.Base | None) -> Iterator[tm.Expr]:
    match base:
        case tr.Bands(bands=bands, rest=rest):
            yield from (b.result for b in bands)
            yield from (rest,) if rest is not None else ()
        case tr.Decide(cases=cases, rest=rest):
            yield from (c.result for c in cases)
            yield rest
        case _:
            pass
