"""A column that nothing looks at."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd
from zjrules.term import expr as tm
from zjrules.term.survey import of_program
from zjrules.term.walk import walk
from zjrules.unit import Text

CODE = Code("ZJ8041", "column-unused", Severity.WARNING)

PAGE = """没有用到的列

**什么情况** 明细的一列，没有一个式子用到；文本列和主键只供查看，不算。

**为什么** 每一行都要填它，而它不影响任何结果；也可能是条件里漏了它。

**例**

```zj
明细 验收
  佐证 "验收单"
  列名 合格 : 是否
  列名 验收日 : 日期
指标 一 4 分
  不适用 当 计数(验收) = 0 个 按 0 分
  得分 满分 × 占比(验收 其中 合格)
```

**怎么改** 删去这一列，或把它写进条件。

```zj
明细 验收
  佐证 "验收单"
  列名 合格 : 是否
  列名 验收日 : 日期
指标 一 4 分
  不适用 当 计数(验收) = 0 个 按 0 分
  得分 满分 × 占比(验收 其中 合格 且 验收日 不晚于 当年12月31日)
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield unused columns of ledgers that are used."""
    if not book.whole:
        return
    seen = set()
    for e in (n for expr in of_program(book.program) for n in walk(expr)):
        for over in (e.over if isinstance(e, tm.Same) else e,):
            if isinstance(over, tm.Over):
                seen |= {(over.ledger, n.name) for n in walk(over) if isinstance(n, tm.Column)}
        if isinstance(e, tm.First | tm.Same):
            seen.add((e.ledger if isinstance(e, tm.First) else e.over.ledger, e.column))
    for ledger in book.declared(sd.LedgerDecl):
        name, asked = ledger.name.text, book.program.schema.ledgers.get(ledger.name.text)
        if asked is None or name not in book.used:
            continue
        for column in ledger.columns:
            text = isinstance(asked.columns[column.name.text].type, Text)
            if not text and column.name.text != asked.key and (name, column.name.text) not in seen:
                help_ = "删去它，或把它写进条件；只供查看的，类型写「文本」"
                yield at(CODE, column.name.span, f"明细「{name}」的列「{column.name.text}」没有用到", help_)
