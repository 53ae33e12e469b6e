"""Rows that can be counted twice, since nothing says which are the same."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd
from zjrules.term import expr as tm
from zjrules.term.survey import of_program
from zjrules.term.walk import walk

CODE = Code("ZJ8050", "ledger-without-key", Severity.WARNING)

PAGE = """明细没有主键

**什么情况** 明细没有写「主键」，式子里也没有用「首次」「同项合计」去掉重复。

**为什么** 同一份合同、同一条指标填两行，就算两次；写了主键，重复的行会报。

**例**

```zj
明细 验收
  佐证 "验收单"
  列名 项目 : 文本
  列名 合格 : 是否
指标 一 4 分
  不适用 当 计数(验收) = 0 个 按 0 分
  得分 满分 × 占比(验收 其中 合格)
```

**怎么改** 写明哪一列不能重复。

```zj
明细 验收
  主键 项目
  佐证 "验收单"
  列名 项目 : 文本
  列名 合格 : 是否
指标 一 4 分
  不适用 当 计数(验收) = 0 个 按 0 分
  得分 满分 × 占比(验收 其中 合格)
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield ledgers with a column that could be a key, and none that is."""
    apart = {
        e.ledger if isinstance(e, tm.First) else e.over.ledger
        for expr in of_program(book.program)
        for e in walk(expr)
        if isinstance(e, tm.First | tm.Same)
    }
    for ledger in book.declared(sd.LedgerDecl):
        texts = [c.name.text for c in ledger.columns if c.type.name.text == "文本"]
        if ledger.key is None and ledger.name.text not in apart and texts:
            help_ = f"写上「主键 {texts[0]}」，或用 首次(…) 只算一次"
            yield at(CODE, ledger.name.span, f"明细「{ledger.name.text}」没有主键，同一件事填两行就算两次", help_)
