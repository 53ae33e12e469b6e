"""An amount that may be negative, though nothing of its kind is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd

CODE = Code("ZJ8046", "range-missing", Severity.WARNING)

PAGE = """金额没有写范围

**什么情况** 金额、数量、天数没有写「≥ 0 …」，名称和说明也没有讲可以是负数。

**为什么** 多按一个负号，填进去也不报；分母是负数时，完成率跟着变号。

**例**

```zj
事实 决算数 : 金额   说明 "本年决算数"   佐证 "部门决算"
```

**怎么改** 写上范围；可以是负数的（净额、差额、增减），在说明里写明怎样填负数。

```zj
事实 决算数 : 金额 ≥ 0 元   说明 "本年决算数"   佐证 "部门决算"
```
"""

_SIGNED = re.compile(r"负|净|差|增减|变动|变化|增长|增加额|减少|调整|盈亏|结余")


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield amounts and quantities without a range; counts are never negative by their type."""
    facts = list(book.declared(sd.FactDecl)) + [c for d in book.declared(sd.LedgerDecl) for c in d.columns]
    for fact in facts:
        name, kind = fact.name.text, fact.type.name.text
        if kind not in ("金额", "数量", "天数") or fact.type.limits:
            continue
        if not _SIGNED.search(name) and not any("负" in words.text for words in fact.note):
            unit = fact.type.args[0].text if fact.type.args else {"金额": "元", "天数": "日"}[kind]
            text = f"{fact.type.span.text} ≥ 0 {unit}"
            fix = Fix(f"写成「{text}」", (Edit(fact.type.span, text),), safe=False)
            yield at(CODE, fact.type.span, f"「{name}」没有写范围，填负数也不报", f"写成「{text}」", fix=fix)
