"""A bonus that can lift the total past its full points."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr

CODE = Code("ZJ8032", "bonus-without-ceiling", Severity.WARNING)

PAGE = """加分、减分没有限住

**什么情况** 加分项后面没有「限于 0 分 至 满分」，总分可以超过满分；减分项后面没有限，总分可以是负的。

**为什么** 103 分、-2 分放进排名和结果应用里，没有规定怎么用。

**例**

```zj
事实 奖励分 : 评分 介于 0 分 至 2 分
指标 一 4 分
  得分 满分 × 率
总评
  加分项 奖励分 至多 2 分
  舍入 总分
  定级
```

**怎么改** 加减以后写「限于」。

```zj
事实 奖励分 : 评分 介于 0 分 至 2 分
指标 一 4 分
  得分 满分 × 率
总评
  加分项 奖励分 至多 2 分
  限于 0 分 至 4 分
  舍入 总分
  定级
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield adjustments that no later 限于 holds within the points of the book."""
    full = book.program.book.full
    for index, step in enumerate(book.program.steps):
        if not isinstance(step, tr.Adjust):
            continue
        later = [s for s in book.program.steps[index:] if isinstance(s, tr.Clamp)]
        if any(_holds(s, step.sign, full) for s in later):
            continue
        name, way = ("加分项", f"超过 {brief(full)} 分") if step.sign > 0 else ("减分项", "低于 0 分")
        help_ = f"在它后面写「限于 0 分 至 {brief(full)} 分」"
        yield at(CODE, step.span, f"「{name}」以后没有限住，总分可以{way}", help_)


def _holds(clamp: tr.Clamp, sign: int, full: Fraction) -> bool:
    end = clamp.high if sign > 0 else clamp.low
    if not isinstance(end, tm.Const) or not isinstance(end.value, Fraction):
        return True
    return end.value <= full if sign > 0 else end.value >= 0
