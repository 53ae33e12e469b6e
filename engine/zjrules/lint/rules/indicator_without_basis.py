"""An indicator that cites nothing."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd

CODE = Code("ZJ8062", "indicator-without-basis", Severity.WARNING)

PAGE = """指标没有依据

**什么情况** 指标没有写「依据」。

**为什么** 扣了分的单位会问凭哪一条；评分表、报告里的「依据」一栏也从这里来。

**例**

```zj
指标 一 4 分
  得分 满分 × 率
```

**怎么改** 写明评分表的哪一行、哪个文件哪一条；是自己定的，也写明「重构」「自定」。

```zj
指标 一 4 分
  依据 "评分表 1.（1）"
  得分 满分 × 率
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield indicators without 依据; a 分项 stands on that of its indicator."""
    for node in book.declared(sd.Indicator):
        if not node.basis:
            yield at(CODE, node.name.span, f"指标「{node.name.text}」没有写依据", '在它下面写「依据 "评分表 …"」')
