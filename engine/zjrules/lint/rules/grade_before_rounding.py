"""The grade is given before the total is rounded."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.term import rule as tr

CODE = Code("ZJ8030", "grade-before-rounding", Severity.NOTE)

PAGE = """先定级、后舍入

**什么情况** 总评里「定级」写在「舍入 总分」前面，总分要舍入。

**为什么** 89.995 分显示成 90.00 分，等级却是良：看报告的人会以为定错了级。

**例**

```zj
指标 一 4 分
  得分 满分 × 率
总评
  定级
  舍入 总分
```

**怎么改** 先舍入、再定级；文件就是这样规定的，写一条「# 忽略 ZJ8030 理由」。

```zj
指标 一 4 分
  得分 满分 × 率
总评
  舍入 总分
  定级
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield 定级 before a rounding of the total."""
    graded: tr.Regrade | None = None
    for step in book.program.steps:
        if isinstance(step, tr.Regrade):
            graded = step
        elif isinstance(step, tr.RoundScore) and step.mode is not None and graded is not None:
            message = "先定级、后舍入：显示的总分可能够了线，等级却低一等"
            yield at(CODE, graded.span, message, "把「定级」写在「舍入 总分」后面")
            return
