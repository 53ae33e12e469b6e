"""A veto or a cap on the grade that cites nothing."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, head
from zjrules.term import rule as tr

CODE = Code("ZJ8033", "override-without-basis", Severity.WARNING)

PAGE = """一票否决没有依据

**什么情况** 总评里的「凡 … 总分归零」「等级不得高于 …」「加分项」等没有写依据。

**为什么** 这一句推翻全部得分，关系到预算的增减；没有出处的，被评的单位不会认。

**例**

```zj
指标 一 4 分
  得分 满分 × 率
总评
  舍入 总分
  定级
  凡 是否项 总分归零
```

**怎么改** 写明哪个文件哪一条。

```zj
指标 一 4 分
  得分 满分 × 率
总评
  舍入 总分
  定级
  凡 是否项 总分归零
    依据 "评价办法第十九条"
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield overrides and adjustments without 依据."""
    for step in book.program.steps:
        if isinstance(step, tr.Override | tr.Adjust) and not step.basis:
            yield at(CODE, head(step.span), "这一句改变总分或等级，没有写依据", '在它下面写「依据 "哪个文件哪一条"」')
