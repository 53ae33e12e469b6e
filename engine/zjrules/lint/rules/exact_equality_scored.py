"""Points that hang on two amounts being equal to the last fen."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, said
from zjrules.term import expr as tm
from zjrules.term.walk import refs, walk
from zjrules.unit import Number

CODE = Code("ZJ8026", "exact-equality-scored", Severity.WARNING)

PAGE = """金额分毫不差才得分

**什么情况** 得分的条件是两个算出来的金额（或比率）相等：「决算数 = 预算数」。

**为什么** 差一分钱就没有分，而两个数常按不同的位数舍入过。要的多半是「不超过」，或允许一点误差。

**例**

```zj
指标 一 4 分
  得分 若 甲 = 乙 则 满分 否则 0 分
```

**怎么改** 写成不超过、不低于，或写明误差。

```zj
指标 一 4 分
  得分 若 绝对值(甲 - 乙) ≤ 0.01 元 则 满分 否则 0 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield equalities between two measured things in what makes a score; constants such as 0 元 are exact."""
    for part in book.scored():
        for e in (n for expr in part.exprs() for n in walk(expr)):
            if not isinstance(e, tm.Cmp) or e.op not in ("=", "≠") or e.left == e.right:
                continue
            kind = e.left.type
            measured = isinstance(kind, Number) and not kind.whole and kind.dim is not None
            if measured and all(_asked(side) for side in (e.left, e.right)):
                help_ = "写成 ≤、≥，或「绝对值(… - …) ≤ 0.01 元」"
                yield at(CODE, e.span, f"「{said(e)}」要分毫不差才成立，得分全看它", help_)


def _asked(e: tm.Expr) -> bool:
    return any(kind in ("fact", "ledger", "column", "var") for kind, _ in refs(e, {}))
