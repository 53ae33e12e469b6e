"""Neighbouring bands, cases or branches that give the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from zjrules.diag import Code, Diagnostic, Label, Severity, at
from zjrules.lint.book import Book, said
from zjrules.lint.ladder import amount, ladders
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term.walk import walk

CODE = Code("ZJ8005", "same-result-twice", Severity.WARNING)

PAGE = """相邻两档得一样的分

**什么情况** 分档或判定里，挨着的两档得分相同；或「若 … 则 甲 否则 甲」两边一样。

**为什么** 那条界线不起作用：不是多写了一档，就是有一档的分抄成了上一档的。

**例**

```zj
指标 一 4 分
  分档 率
    不低于 90% 得 满分
    不低于 80% 得 3 分
    不低于 70% 得 3 分
    其余       得 0 分
```

**怎么改** 改那一档的分，或把两档合成一档。

```zj
指标 一 4 分
  分档 率
    不低于 90% 得 满分
    不低于 80% 得 3 分
    不低于 70% 得 2 分
    其余       得 0 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield bands next to each other, and branches, with one result."""
    for part in book.scored():
        for ladder in ladders(part):
            for a, b in pairwise(ladder.stretches(book, part)):
                one, other = (amount(ladder.results()[s.rung], part.node.points) for s in (a, b))
                if a.rung != b.rung and one is not None and one == other:
                    rungs = sorted({a.rung, b.rung} - {len(ladder.rungs)})
                    labels = tuple(Label(ladder.rungs[i].span, f"得 {brief(one)} 分") for i in rungs)
                    other_is = "与「其余」" if len(labels) == 1 else "与挨着的一档"
                    message = f"这一档{other_is}得分相同，都是 {brief(one)} 分，界线不起作用"
                    yield Diagnostic(CODE, message, labels, "核对分数；确实相同的，合成一档")
                    break
        for e in (n for expr in part.exprs() for n in walk(expr)):
            if isinstance(e, tm.If) and e.then == e.other:
                message = f"「{said(e.test)}」成立不成立，结果一样"
                yield at(CODE, e.span, message, "核对「则」「否则」后面，是不是抄成了一样的")
