"""More of what is bad gives more points."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, Part, said
from zjrules.lint.ladder import amount, ladders
from zjrules.span import Span
from zjrules.term import expr as tm

CODE = Code("ZJ8027", "cost-rewarded", Severity.WARNING)

PAGE = """成本、差错越多得分越高

**什么情况** 名称里有成本、差错、违规、投诉、逾期、超支的数，写成「≥ 多少得满分」，或「随 … 不减」。

**为什么** 成本类的目标写成 ≥，是审核里最常见的毛病：花得越多越好。多半是把符号写反了。

**例**

```zj
事实 单位成本 : 金额 ≥ 0 元
指标 一 4 分
  得分 若 单位成本 ≥ 100 元 则 满分 否则 0 分
```

**怎么改** 成本类用 ≤。

```zj
事实 单位成本 : 金额 ≥ 0 元
指标 一 4 分
  得分 若 单位成本 ≤ 100 元 则 满分 否则 0 分
```
"""

_BAD = re.compile(r"成本|差错|违规|违纪|投诉|逾期|超支|超标|超编|拖欠|事故|浪费")
# 成本节约率、差错整改数、投诉办结率 are good to have.
_GOOD = re.compile(
    r"节约|节省|降低|下降|减少|整改|办结|处理|处置|回复|解决|归还|控制率|完成率|满意|预算|目标|计划|标准|上限|限额"
    r"|效益|收益|利润|演练|防范|预防|培训|检查|回收|收回|清理|清收|追回|问责|查处|受理|响应|回访"
)


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield bad things that are rewarded."""
    for part in book.scored():
        for name, span, how in (*_trends(part), *_tests(book, part)):
            if _BAD.search(name) and not _GOOD.search(name):
                message = f"「{name}」{how}，多半写反了"
                yield at(CODE, span, message, "成本、差错一类用 ≤ 或「不增」；名称说的是别的，改名称")


def _trends(part: Part) -> Iterator[tuple[str, Span, str]]:
    for trend in part.node.trends:
        if trend.direction in ("不减", "递增"):
            yield trend.fact, trend.span, "越多得分越高"


def _tests(book: Book, part: Part) -> Iterator[tuple[str, Span, str]]:
    """Yield facts of which the most gives more than the least."""
    for ladder in ladders(part):
        live = ladder.stretches(book, part)
        if not isinstance(ladder.subject, tm.FactRef) or len(live) < 2:
            continue
        least, most = (amount(ladder.results()[s.rung], part.node.points) for s in (live[0], live[-1]))
        if least is not None and most is not None and most > least:
            yield ladder.subject.name, ladder.rungs[0].span, "多的得分反而高"
    for e in part.exprs():
        match e:
            case tm.If(tm.Cmp("≥" | ">", tm.FactRef(name), tm.FactRef()) as test, then, other):
                high, low = amount(then, part.node.points), amount(other, part.node.points)
                if high is not None and low is not None and high > low:
                    yield name, test.span, f"写成「{said(test)}」才得分"
            case _:
                pass
