"""Weights in one 得分 that do not make 100%."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import RATIO, Number, show

CODE = Code("ZJ8008", "weights-do-not-add-up", Severity.WARNING)

PAGE = """各项的权重加不到 100%

**什么情况** 一个得分由几项「满分 × 比率 × 权重」相加，权重合计不是 100%。

**为什么** 少了的，满分谁也得不到；多了的，靠「限于」截掉，前面的权重就不是写的那样了。
（明摆着到不了满分、或会超出满分的，查规则时已报 ZJ4056、ZJ4054，这里不重复。）

**例**

```zj
指标 一 4 分
  得分 满分 × 率 × 60% + 满分 × (1 - 率) × 50% + 满分 × 率 × 10%
  限于 0 分 至 满分
```

**怎么改** 使权重合计 100%。

```zj
指标 一 4 分
  得分 满分 × 率 × 60% + 满分 × (1 - 率) × 30% + 满分 × 率 × 10%
  限于 0 分 至 满分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield sums whose terms are all weighted, and whose weights make something else than one."""
    for part in book.scored():
        node = part.node
        if not isinstance(node.base, tr.Plain) or book.was_told(node.span, "ZJ4054", "ZJ4056"):
            continue
        terms = list(_terms(node.base.value))
        weights = [_weight(t, book.program.params) for t in terms]
        known = [w for w in weights if w is not None]
        total = sum(known, Fraction(0))
        if len(known) < 2 or len(known) < len(weights) or total == 1:
            continue
        shown = " + ".join(show(w, RATIO) for w in known)
        message = f"权重合计 {show(total, RATIO)}（{shown}），不是 100%"
        yield at(CODE, node.base.value.span, message, "核对各项的权重，使合计等于 100%")


def _terms(e: tm.Expr) -> Iterator[tm.Expr]:
    if isinstance(e, tm.Arith) and e.op == "+":
        yield from _terms(e.left)
        yield from _terms(e.right)
    else:
        yield e


def _weight(e: tm.Expr, params: Mapping[str, tr.Param]) -> Fraction | None:
    """Return the one constant percentage of a product with 满分, None where there is no such thing."""
    factors = list(_factors(e))
    fixed = [w for f in factors if (w := _percent(f, params)) is not None]
    full = any(isinstance(f, tm.Var) and f.name == "满分" for f in factors)
    return fixed[0] if full and len(fixed) == 1 and len(factors) > 2 else None


def _factors(e: tm.Expr) -> Iterator[tm.Expr]:
    if isinstance(e, tm.Arith) and e.op == "×":
        yield from _factors(e.left)
        yield from _factors(e.right)
    else:
        yield e


def _percent(e: tm.Expr, params: Mapping[str, tr.Param]) -> Fraction | None:
    value = params[e.name].value if isinstance(e, tm.ParamRef) else e.value if isinstance(e, tm.Const) else None
    ratio = isinstance(e.type, Number) and not e.type.dim and not e.type.points
    return value if ratio and isinstance(value, Fraction) else None
