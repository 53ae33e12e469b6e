"""The basis says 扣 0.5 分, and the rule takes something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, Part
from zjrules.num import brief, fold, read
from zjrules.syntax import decl as sd
from zjrules.term import expr as tm
from zjrules.term.survey import of_indicator
from zjrules.term.walk import walk
from zjrules.unit import POINTS_DIM, Number

CODE = Code("ZJ8065", "text-and-number-differ", Severity.WARNING)

PAGE = """依据里写的扣分和算的不同

**什么情况** 依据写「每超过一个百分点扣 0.5 分」，规则里没有一处是 0.5 分。

**为什么** 依据是照抄文件的，规则是后来改的：抄错一个数，全市都按错的扣。

**例**

```zj
指标 一 4 分
  依据 "评分表：每发现一处扣 0.5 分，扣完为止"
  扣分
    凡 是否项 扣 1 分
    扣完为止
```

**怎么改** 对照文件，改错的那一个。

```zj
指标 一 4 分
  依据 "评分表：每发现一处扣 0.5 分，扣完为止"
  扣分
    凡 是否项 扣 0.5 分
    扣完为止
```
"""

_TAKEN = re.compile(r"扣\s*(\d+(?:\.\d+)?)\s*分")


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield citations of which no amount occurs in the rule."""
    written = {d.name.text: d for d in book.declared(sd.Indicator)}
    for node in book.indicators():
        used = set(_amounts(book, Part(node, node)))
        for words in written[node.name].basis if node.name in written else ():
            said = [n for text in _TAKEN.findall(fold(words.text)) if (n := read(text)) is not None]
            if said and used and not set(said) & used:
                ours = "、".join(f"{brief(n)} 分" for n in sorted(used))
                message = f"依据说扣 {brief(said[0])} 分，规则里只有 {ours}"
                yield at(CODE, words.span, message, "对照文件，改依据，或改规则里的数")


def _amounts(book: Book, part: Part) -> Iterator[Fraction]:
    """Yield the amounts of points in an indicator, parameters and 满分 included, nothing left out."""
    for e in (n for expr in of_indicator(part.node) for n in walk(expr)):
        if not isinstance(e.type, Number) or e.type.dim != POINTS_DIM:
            continue
        value = book.program.params[e.name].value if isinstance(e, tm.ParamRef) else None
        value = e.value if isinstance(e, tm.Const) else value
        if isinstance(value, Fraction) and value:
            yield value
    if part.node.deduct is not None:
        yield part.node.points
