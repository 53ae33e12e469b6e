"""A fact that makes points and asks for no proof."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd
from zjrules.term import rule as tr
from zjrules.term.survey import of_indicator
from zjrules.term.walk import refs

CODE = Code("ZJ8042", "fact-without-evidence", Severity.WARNING)

PAGE = """算分的事实不要佐证

**什么情况** 指标用到的事实（或明细）没有写「佐证」要什么，也不是写了理由的评定。

**为什么** 不要佐证的事实，「仅有佐证」那一栏照样给分；复核的人不知道该看什么，填多少就是多少。

**例**

```zj
事实 完成数 : 个数（项） ≥ 0 项   说明 "本年完成的项目数"
指标 一 4 分
  得分 若 完成数 ≥ 3 项 则 满分 否则 0 分
```

**怎么改** 写明要什么证明。

```zj
事实 完成数 : 个数（项） ≥ 0 项   说明 "本年完成的项目数"   佐证 "验收报告"
指标 一 4 分
  得分 若 完成数 ≥ 3 项 则 满分 否则 0 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield facts and ledgers that reach a score and name no evidence; those of 不适用 alone are another rule's."""
    counted = _counted(book)
    for asked in book.asked():
        if (asked.name in counted or not book.whole) and not asked.evidence and not asked.needs_reason:
            yield _missing(book, asked.name, f"算分用到的「{asked.name}」没有写要什么佐证")
    for ledger in book.program.schema.ledgers.values():
        proved = ledger.evidence or any(c.evidence for c in ledger.columns.values())
        if book.owns(ledger.span) and book.scores(ledger.name) and not proved:
            yield _missing(book, ledger.name, f"算分用到的明细「{ledger.name}」没有写要什么佐证")


def _counted(book: Book) -> set[str]:
    """Return what reaches a score otherwise than by 不适用."""
    bare = [evolve(n, na=(), parts=tuple(evolve(p, na=()) for p in n.parts)) for n in book.indicators()]
    exprs = [e for node in bare for e in of_indicator(node)]
    exprs += [s.amount for s in book.program.steps if isinstance(s, tr.Adjust)]
    exprs += [s.test for s in book.program.steps if isinstance(s, tr.Override)]
    return {name for e in exprs for kind, name in refs(e, {}) if kind == "fact"}


def _missing(book: Book, name: str, message: str) -> Diagnostic:
    decls: list[sd.FactDecl | sd.LedgerDecl] = [*book.declared(sd.FactDecl), *book.declared(sd.LedgerDecl)]
    span = next(d.name.span for d in decls if d.name.text == name)
    return at(CODE, span, message, '写上「佐证 "…"」：看什么材料能证明它；由人评定的写「须写理由」')
