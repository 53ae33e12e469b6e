"""1 - k × rate, cut off at a rate where the formula does not reach zero: a jump that nobody meant."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.lint.book import Book, Part
from zjrules.lint.ladder import compared
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.walk import walk
from zjrules.unit import RATIO, show

CODE = Code("ZJ8007", "cutoff-disagrees", Severity.WARNING)

PAGE = """放大扣减的倍数和截止线对不上

**什么情况** 得分按「1 - 率 × 倍数」算，另写了率超过某个数得 0 分，而倍数 × 那个数不是 1。

**为什么** 倍数 10、截止 10% 才是接得上的。倍数 2.5、截止 50% 时，率到 40% 就已经是 0 分；倍数 2.5、截止 30% 时，30% 还有四分之一的分，
30.01% 一下子没有了。

**例**

```zj
指标 一 4 分
  判定
    当 率 > 30% 得 0 分
    其余        得 满分 × (1 - 率 × 2.5)
```

**怎么改** 使倍数 × 截止线 = 1，或用词「放大扣减」，截止线由倍数定。

```zj
指标 一 4 分
  套用 放大扣减 率 率 倍数 2.5
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield cut-offs that do not stand where the formula reaches zero."""
    for part in book.scored():
        factors = list(_factors(part))
        for test, subject, cut in _cuts(part):
            for formula, rate, factor in factors:
                if rate != subject or factor * cut == 1 or cut <= 0:
                    continue
                zero, shown = show(1 / factor, RATIO), show(cut, RATIO)
                left = 1 - factor * cut
                why = f"到 {shown} 还有 {show(left, RATIO)}" if left > 0 else f"到 {zero} 已是 0，等不到 {shown}"
                message = f"倍数 {brief(factor)} 与截止线 {shown} 对不上：{why}"
                labels = (Label(test.span, "截止线"), Label(formula.span, "算式"))
                yield Diagnostic(CODE, message, labels, f"截止线写成 {zero}，或改倍数，使两个数相乘等于 1")


def _factors(part: Part) -> Iterator[tuple[tm.Expr, tm.Expr, Fraction]]:
    """Yield 1 - rate × factor and 放大扣减 with their rate and factor."""
    for e in (n for expr in part.exprs() for n in walk(expr)):
        match e:
            case tm.Arith("-", tm.Const(value=Fraction(numerator=1, denominator=1)), taken):
                yield from ((e, rate, times) for rate, times in _product(taken))
            case tm.Use(body) if body.word == "放大扣减":
                given = dict(zip(body.inputs, e.args, strict=True))
                times = given["倍数"]
                if isinstance(times, tm.Const) and isinstance(times.value, Fraction) and times.value > 0:
                    yield e, given["率"], times.value
            case _:
                pass


def _product(e: tm.Expr) -> Iterator[tuple[tm.Expr, Fraction]]:
    """Yield rate and factor of a product with a constant above one, inside 限于 or 封顶 too."""
    match e:
        case tm.Use(body) if body.word in ("限于", "封顶"):
            yield from _product(e.args[body.inputs.index("值")])
        case tm.Arith("×", a, b):
            for rate, times in ((a, b), (b, a)):
                if isinstance(times, tm.Const) and isinstance(times.value, Fraction) and times.value > 1:
                    yield rate, times.value
        case _:
            pass


def _cuts(part: Part) -> Iterator[tuple[tm.Expr, tm.Expr, Fraction]]:
    """Yield the conditions above which nothing is given, with what they compare and where."""
    pairs = [(e.test, e.then) for x in part.exprs() for e in walk(x) if isinstance(e, tm.If)]
    if isinstance(part.node.base, tr.Decide):
        pairs += [(c.test, c.result) for c in part.node.base.cases]
    for test, result in pairs:
        read = compared(test)
        if read is not None and read[1][0] in (">", "≥") and isinstance(result, tm.Const) and result.value == 0:
            yield test, read[0], read[1][1]
