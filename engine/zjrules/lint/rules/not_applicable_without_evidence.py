"""Points for what does not apply, on the unit's own word."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, Part
from zjrules.lint.ladder import amount
from zjrules.term import rule as tr
from zjrules.term.walk import refs

CODE = Code("ZJ8060", "not-applicable-without-evidence", Severity.WARNING)

PAGE = """不适用不要佐证

**什么情况** 「不适用 当 … 按 满分」（或不计入、按同级平均），没有写要什么佐证，条件里的事实也不要佐证。

**为什么** 说一句「没有这项业务」就得满分，是最便宜的分；「没有食堂」都要平台的标记才算。

**例**

```zj
事实 有出租 : 是否   说明 "本年有没有出租资产"
指标 一 4 分
  不适用 当 非 有出租 按 满分
  得分 满分 × 率
```

**怎么改** 写明要什么证明。

```zj
事实 有出租 : 是否   说明 "本年有没有出租资产"
指标 一 4 分
  不适用 当 非 有出租 按 满分 佐证 "资产系统查询截图"
  得分 满分 × 率
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield 不适用 that pays and rests on facts that ask for no evidence."""
    for part in book.scored():
        nodes = {id(n): n for n in (part.indicator, part.node)}.values()
        for na in [na for node in nodes for na in node.na]:
            loose = [n for n in _tested(na, part) if not _proved(book, n)]
            if loose and not na.evidence and _pays(na, part):
                names = "、".join(f"「{n}」" for n in loose)
                help_ = '后面写上「佐证 "…"」，或在这项事实的声明里写佐证'
                yield at(CODE, na.span, f"不适用就能得分，条件里的{names}不要佐证", help_)


def _tested(na: tr.NotApplicable, part: Part) -> list[str]:
    return sorted(name for kind, name in refs(na.test, part.lets) if kind in ("fact", "ledger"))


def _proved(book: Book, name: str) -> bool:
    ledger = book.program.schema.ledgers.get(name)
    if ledger is not None:
        return bool(ledger.evidence) or any(c.evidence for c in ledger.columns.values())
    return bool(book.program.schema.facts[name].evidence)


def _pays(na: tr.NotApplicable, part: Part) -> bool:
    """Return whether 不适用 gives points, or takes the indicator out of the sum."""
    return na.value is None or amount(na.value, part.node.points) != 0
