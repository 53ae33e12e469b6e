"""A promise about a fact that the indicator does not use, or two that cannot both hold."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Label, Severity, at
from zjrules.lint.book import Book, Part
from zjrules.lint.written import whole_lines
from zjrules.span import Span

CODE = Code("ZJ8066", "trend-of-absent-fact", Severity.WARNING)

PAGE = """随的不是这个指标的事实

**什么情况** 「随 甲 不减」，指标里没有用到甲；或同一个事实既「不减」又「不增」。

**为什么** 多半是从别的指标复制过来的；得分本来该随哪个数走，没有写，也就没有人查。

**例**

```zj
指标 一 4 分
  得分 满分 × 率
  随 甲 不减
```

**怎么改** 改成这个指标用到的事实。

```zj
指标 一 4 分
  得分 满分 × 率
  随 率 不减
```
"""

_UP, _DOWN = frozenset({"递增", "不减"}), frozenset({"递减", "不增"})


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield 随 of facts that are not used, and contrary ones."""
    for node in book.indicators():
        for owner in (node, *node.parts):
            parts = [Part(p, node, {**node.lets, **p.lets}) for p in (owner, *(node.parts if owner is node else ()))]
            used = {name for part in parts for name in part.facts()}
            seen: dict[str, tuple[str, Span]] = {}
            for trend in owner.trends:
                before = seen.setdefault(trend.fact, (trend.direction, trend.span))
                if trend.fact not in used:
                    message = f"「{owner.name}」没有用到「{trend.fact}」"
                    lines = whole_lines(trend.span)
                    fix = Fix("删去这一句", (Edit(lines, ""),), safe=False) if lines is not None else None
                    yield at(CODE, trend.span, message, "改成这个指标用到的事实，或删去这一句", fix=fix)
                elif {before[0], trend.direction} & _UP and {before[0], trend.direction} & _DOWN:
                    labels = (Label(trend.span), Label(before[1], "前面已有"))
                    yield Diagnostic(CODE, f"「{trend.fact}」既说不减，又说不增", labels, "只留一句")
