"""A grade that begins above a whole number of points, while totals have decimals."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr

CODE = Code("ZJ8003", "grade-line-strict", Severity.WARNING)

PAGE = """等级线按整数写成「超过」

**什么情况** 等级写「优 > 89 分」，总分却精确到 0.01 分（或不舍入）。

**为什么** 原意多半是 90 分起为优；总分带小数时 89.01 分也是优。「优 > 90 分」则把正好 90 分排在外面，「90 分以上」含不含 90 要看文件。

**例**

```zj
规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 100 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 > 89 分，良 ≥ 60 分，差 其余
事实 率 : 比率 介于 0% 至 100%
一级指标 全部 100 分
指标 一 100 分
  得分 满分 × 率
```

**怎么改** 用 ≥，写明从几分起。

```zj
规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 100 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 90 分，良 ≥ 60 分，差 其余
事实 率 : 比率 介于 0% 至 100%
一级指标 全部 100 分
指标 一 100 分
  得分 满分 × 率
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield grades above a whole number, where the total can lie just above it."""
    quantum = next((s.quantum for s in book.program.steps if isinstance(s, tr.RoundScore) and s.mode), Fraction(0))
    for grade in book.program.grades:
        match grade.limit:
            case tr.Limit(">", tm.Const(value=Fraction() as line)) if line.denominator == 1 and quantum < 1:
                least = f"{brief(line + quantum)} 分就是「{grade.name}」" if quantum else "多一点点就是"
                message = f"「{grade.name} > {brief(line)} 分」：正好 {brief(line)} 分不是，{least}"
                help_ = f"写明从几分起，例如「{grade.name} ≥ {brief(line)} 分」或「≥ {brief(line + 1)} 分」"
                yield at(CODE, grade.span, message, help_)
            case _:
                pass
