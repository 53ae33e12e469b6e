"""A fact that is only tied out, and says nothing of what it is."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd

CODE = Code("ZJ8052", "fact-unexplained", Severity.WARNING)

PAGE = """事实什么也没有说

**什么情况** 只用于校验的事实，说明、佐证、依据、来源一样也没有写（算分用到的另有 ZJ8042）。

**为什么** 只有一个名称，填报的人不知道填哪张表的哪个数；填错了，勾稽报的就是假的错。

**例**

```zj
事实 资产账原值 : 金额 ≥ 0 元
校验 错误 "资产账不超过甲"
  应有 资产账原值 ≤ 甲
```

**怎么改** 写明是哪里的数。

```zj
事实 资产账原值 : 金额 ≥ 0 元   说明 "资产系统年末报表的原值合计"
校验 错误 "资产账不超过甲"
  应有 资产账原值 ≤ 甲
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield facts that checks alone use and that have no text of any kind."""
    if not book.whole:
        return
    for fact in book.declared(sd.FactDecl):
        name = fact.name.text
        only_tied = name in book.used and not book.scores(name)
        if only_tied and not (fact.note or fact.evidence or fact.basis or fact.source):
            yield at(CODE, fact.name.span, f"「{name}」没有说明，也没有佐证、来源", '写上「说明 "…"」：哪张表的哪个数')
