"""One odd number written in several indicators."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.lint.book import Book
from zjrules.term import expr as tm
from zjrules.term.survey import of_indicator
from zjrules.term.walk import walk
from zjrules.unit import DAYS, MONEY_DIM, WORKDAYS, Date, Number, Scalar, Type

CODE = Code("ZJ8072", "number-repeated", Severity.NOTE)
LEAST = 3
"""Indicators that one number must stand in."""

PAGE = """同一个数写在几个指标里

**什么情况** 一个特别的数（9%、200 万元、20 日、某一天）写死在三个以上的指标里。5%、10% 的整倍数和分数不算。

**为什么** 明年改的时候要改几处，漏一处就不一致；也看不出它们是不是同一条规定。

**例**

```zj
指标 一 1 分
  得分 若 率 ≥ 9% 则 满分 否则 0 分
指标 二 1 分
  得分 若 (1 - 率) ≥ 9% 则 满分 否则 0 分
指标 三 2 分
  得分 若 率 × 率 ≥ 9% 则 满分 否则 0 分
```

**怎么改** 是同一条规定的，写成参数。

```zj
参数 目标率 = 9%   依据 "考核表"
指标 一 1 分
  得分 若 率 ≥ 目标率 则 满分 否则 0 分
指标 二 1 分
  得分 若 (1 - 率) ≥ 目标率 则 满分 否则 0 分
指标 三 2 分
  得分 若 率 × 率 ≥ 目标率 则 满分 否则 0 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield the first place of each odd number, with the others."""
    places: dict[tuple[Scalar, str], dict[str, tm.Const]] = {}
    for node in book.indicators():
        for e in (n for expr in of_indicator(node) for n in walk(expr)):
            if isinstance(e, tm.Const) and isinstance(e.value, Fraction) and _odd(e.value, e.type):
                places.setdefault((e.value, e.span.text), {}).setdefault(node.name, e)
    for (_, text), where in places.items():
        if len(where) >= LEAST:
            labels = tuple(Label(e.span, name) for name, e in where.items())
            message = f"「{text}」写死在 {len(where)} 个指标里"
            yield Diagnostic(CODE, message, labels, "是同一条规定的，写成参数，改的时候只改一处")


def _odd(value: Fraction, kind: Type) -> bool:
    """Return whether a number is one that nobody writes by chance."""
    match kind:
        case Date():
            return True
        case Number(points=True):
            return False
        case Number(dim=(), percent=True):
            return bool((value * 20).denominator > 1)
        case Number(dim=dim):
            return value != 0 and dim in (MONEY_DIM, DAYS.dim, WORKDAYS.dim) and value not in (1, 0)
        case _:
            return False
