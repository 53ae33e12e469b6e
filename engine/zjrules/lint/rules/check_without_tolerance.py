"""A tie-out of computed amounts to the last fen."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term.walk import refs, walk
from zjrules.unit import MONEY_DIM, POINTS_DIM, Number

CODE = Code("ZJ8080", "check-without-tolerance", Severity.WARNING)

PAGE = """相等的校验没有容差

**什么情况** 校验要几个金额（或分）加减、乘除以后正好相等，没有写「容差」。

**为什么** 报表按元、按万元四舍五入过，加起来差一分钱是常事；没有容差，对的也报错，报多了就没有人看。

**例**

```zj
事实 丙 : 金额 ≥ 0 元
校验 错误 "丙等于甲加乙"
  应有 丙 = 甲 + 乙
```

**怎么改** 写上容差。

```zj
事实 丙 : 金额 ≥ 0 元
校验 错误 "丙等于甲加乙"
  应有 丙 = 甲 + 乙   容差 0.01 元
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield equalities of money or points that compute, and have no tolerance."""
    for check in book.program.checks:
        kind = check.left.type
        if check.op != "=" or check.right is None or check.tolerance or not isinstance(kind, Number):
            continue
        unit = {MONEY_DIM: "元", POINTS_DIM: "分"}.get(kind.dim or ())
        computed = any(isinstance(n, tm.Arith | tm.Over) for side in (check.left, check.right) for n in walk(side))
        if unit is not None and computed and refs(check.left, {}) and refs(check.right, {}):
            place = check.left.span.to(check.right.span)
            text = f"   容差 0.01 {unit}"
            fix = Fix(f"加上「{text.strip()}」", (Edit(Span(place.source, place.end, place.end), text),), safe=False)
            message = f"校验「{check.title}」要正好相等，差一分钱也报"
            yield at(CODE, place, message, f"写上「{text.strip()}」", fix=fix)
