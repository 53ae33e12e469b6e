"""A yes or no that makes points, and nothing says what counts as yes."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.walk import walk

CODE = Code("ZJ8044", "yes-without-criteria", Severity.WARNING)

PAGE = """是否没有说怎样算「是」

**什么情况** 清单、判定、扣分里看的「是否」事实，没有写「说明」。

**为什么** 「制度合法合规完整」「目标符合规划」各人有各人的标准；没有要点，自评都填是，复核也说不出哪里不是。

**例**

```zj
事实 制度健全 : 是否   佐证 "制度文本"
指标 一 4 分
  清单
    凡 制度健全 得 4 分
```

**怎么改** 写明什么样算是。

```zj
事实 制度健全 : 是否   说明 "预算、收支、采购、资产、合同五项制度都有，并在有效期内"   佐证 "制度文本"
指标 一 4 分
  清单
    凡 制度健全 得 4 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield 是否 facts without 说明 that points depend on; those that only say what applies are left out."""
    judged = {
        n.name for part in book.scored() for e in _deciding(part.node) for n in walk(e) if isinstance(n, tm.FactRef)
    }
    judged |= {
        n.name
        for part in book.scored()
        for let in part.node.lets.values()
        for n in walk(let.value)
        if isinstance(n, tm.FactRef)
    }
    for fact in book.declared(sd.FactDecl):
        if fact.type.name.text == "是否" and not fact.note and fact.name.text in judged:
            message = f"「{fact.name.text}」怎样算「是」没有说明，得分却看它"
            yield at(CODE, fact.name.span, message, '写上「说明 "…"」：哪几点都做到才算是')


def _deciding(node: tr.Indicator) -> Iterator[tm.Expr]:
    """Yield the conditions that points depend on."""
    match node.base:
        case tr.Checklist(ticks):
            yield from (t.test for t in ticks)
        case tr.Decide(cases):
            yield from (c.test for c in cases)
        case tr.Plain(value):
            yield value
        case _:
            pass
    for item in node.deduct.items if node.deduct else ():
        yield item.test if isinstance(item, tr.Case) else item.subject
