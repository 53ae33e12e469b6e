"""A bare number: nothing says what one of it is."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd

CODE = Code("ZJ8045", "number-without-unit", Severity.WARNING)

PAGE = """数没有单位

**什么情况** 事实的类型是「数」，说明里也没有讲单位。

**为什么** 元和万元、个和百个填在一起，差一万倍也看不出来；写了单位的数，单位不对会报。

**例**

```zj
事实 办件效率 : 数 ≥ 0   佐证 "系统导出"
```

**怎么改** 用金额、个数（件）、数量（件/人）这样的类型；确实没有单位的（如指数），在说明里写「没有单位」。

```zj
事实 办件效率 : 数量（件/人） ≥ 0 件/人   佐证 "系统导出"
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield facts and columns of type 数 that say nothing of a unit; in a ledger one note speaks for all its columns."""
    for fact in book.declared(sd.FactDecl):
        if fact.type.name.text == "数" and not _speaks(fact):
            yield _bare(fact, f"「{fact.name.text}」是一个没有单位的数")
    for ledger in book.declared(sd.LedgerDecl):
        if any("单位" in words.text for words in ledger.note) or any(_speaks(c) for c in ledger.columns):
            continue
        for column in ledger.columns:
            if column.type.name.text == "数":
                yield _bare(column, f"明细「{ledger.name.text}」的「{column.name.text}」是一个没有单位的数")


def _speaks(fact: sd.FactDecl) -> bool:
    return any("单位" in words.text for words in fact.note)


def _bare(fact: sd.FactDecl, message: str) -> Diagnostic:
    help_ = "用 金额、个数（件）、数量（平方米） 这样的类型；没有单位的，在「说明」里写明"
    return at(CODE, fact.type.span, message, help_)
