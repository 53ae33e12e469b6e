"""Points added or taken after the grade was given."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.term import rule as tr

CODE = Code("ZJ8031", "adjusted-after-grading", Severity.WARNING)

PAGE = """定级以后又加分减分

**什么情况** 总评里加分项、减分项或限于写在最后一个「定级」后面。

**为什么** 等级按加减以前的总分定：减到 59 分的单位还是「中」。

**例**

```zj
指标 一 4 分
  得分 满分 × 率
总评
  舍入 总分
  定级
  减分项 若 是否项 则 1 分 否则 0 分 至多 1 分
  限于 0 分 至 4 分
```

**怎么改** 加减写在「定级」前面。

```zj
指标 一 4 分
  得分 满分 × 率
总评
  减分项 若 是否项 则 1 分 否则 0 分 至多 1 分
  限于 0 分 至 4 分
  舍入 总分
  定级
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield adjustments that the last 定级 does not see."""
    steps = book.program.steps
    last = max((i for i, s in enumerate(steps) if isinstance(s, tr.Regrade)), default=len(steps))
    for step in steps[last:]:
        if isinstance(step, tr.Adjust):
            name = "加分项" if step.sign > 0 else "减分项"
            yield at(
                CODE, step.span, f"「{name}」在定级以后，等级不受它影响", "移到「定级」前面，或在后面再写一次「定级」"
            )
