"""A deadline on a Saturday or Sunday, and no word on whether it moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd
from zjrules.term import expr as tm
from zjrules.term.survey import of_indicator
from zjrules.term.walk import children
from zjrules.unit import Date

CODE = Code("ZJ8074", "deadline-on-rest-day", Severity.NOTE)

PAGE = """期限落在周末，没有说顺延不顺延

**什么情况** 期限算到评价年度是星期六或星期日，没有用「顺延(…)」，说明里也没有提。

**为什么** 2026-05-30 是星期六，下星期一送到的算不算迟，各单位的理解不同，而迟一日就扣分。

**例**

```zj
事实 报送日 : 日期   佐证 "回执"
指标 一 4 分
  依据 "通知：5 月 30 日前报送"
  得分 若 报送日 不晚于 次年5月30日 则 满分 否则 0 分
```

**怎么改** 写 顺延(次年5月30日)，或在说明里写明不顺延。

```zj
事实 报送日 : 日期   佐证 "回执"
指标 一 4 分
  依据 "通知：5 月 30 日前报送"
  说明 "5 月 30 日是星期六，通知没有说顺延，不顺延"
  得分 若 报送日 不晚于 次年5月30日 则 满分 否则 0 分
```
"""

_SAID = re.compile(r"顺延|休息日|节假日|星期|周末|工作日")
_NAMES = "一二三四五六日"


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield weekend dates in what makes a score, the ends of the year left out, where nothing is said of rest days."""
    params = {p.name.text: " ".join(w.text for w in (*p.note, *p.basis)) for p in book.declared(sd.Param)}
    for node in book.indicators():
        told = f"{node.basis} {node.note} {' '.join(p.note for p in node.parts)}"
        for e in (d for expr in of_indicator(node) for d in _dates(expr)):
            param = book.program.params.get(e.name) if isinstance(e, tm.ParamRef) else None
            value = param.value if param is not None else e.value if isinstance(e, tm.Const) else None
            if not isinstance(value, Fraction) or not 1 <= value <= date.max.toordinal():
                continue
            day = date.fromordinal(int(value))
            ends = (day.month, day.day) in ((12, 31), (1, 1))
            note = params.get(e.name, "") if isinstance(e, tm.ParamRef) else ""
            if day.weekday() >= 5 and not ends and not _SAID.search(told + note):
                message = f"「{e.span.text}」是 {day.isoformat()}，星期{_NAMES[day.weekday()]}，没有说顺延不顺延"
                yield at(CODE, e.span, message, f"写「顺延({e.span.text})」，或在「说明」里写明不顺延")


def _dates(e: tm.Expr) -> Iterator[tm.Const | tm.ParamRef]:
    """Yield the fixed dates of an expression, those that 顺延 moves left out."""
    if isinstance(e, tm.Const | tm.ParamRef) and isinstance(e.type, Date):
        yield e
    elif not isinstance(e, tm.RollOn):
        for kid in children(e):
            yield from _dates(kid)
