"""Points that a person gives, with neither a reason nor a paper asked for."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.span import Span
from zjrules.syntax import decl as sd

CODE = Code("ZJ8049", "judgement-without-reason", Severity.WARNING)

PAGE = """评定的分不要理由

**什么情况** 类型是「评分」的事实（由人酌情给分），没有写「须写理由」，也不要佐证。

**为什么** 「酌情扣分」最后都是满分；写不出理由的分，复核时无从说起。

**例**

```zj
事实 目标质量得分 : 评分 介于 0 分 至 4 分   说明 "酌情给分"
指标 一 4 分
  得分 目标质量得分
```

**怎么改** 写上「须写理由」；引用别处考核的分，写明佐证。

```zj
事实 目标质量得分 : 评分 介于 0 分 至 4 分   须写理由   说明 "酌情给分"
指标 一 4 分
  得分 目标质量得分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield judged facts that need no reason and no evidence."""
    for fact in book.declared(sd.FactDecl):
        if fact.type.name.text == "评分" and not fact.reason and not fact.evidence:
            fix = Fix("加上「须写理由」", (Edit(_after(fact), "   须写理由"),), safe=False)
            message = f"「{fact.name.text}」由人给分，不要理由，也不要佐证"
            yield at(CODE, fact.name.span, message, "写上「须写理由」；引用别处得分的写「佐证」", fix=fix)


def _after(fact: sd.FactDecl) -> Span:
    end = fact.type.span.end
    return Span(fact.type.span.source, end, end)
