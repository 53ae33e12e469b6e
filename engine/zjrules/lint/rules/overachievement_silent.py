"""An uncapped ratio among several that are added: what one overshoots covers what another lacks."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, Part, said
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.walk import refs, walk
from zjrules.unit import Number
from zjrules.value import range_of

CODE = Code("ZJ8009", "overachievement-silent", Severity.WARNING)

PAGE = """超额完成怎么算没有说

**什么情况** 几项「完成 ÷ 目标」相加，每一项都没有封顶，只在最后「限于 0 分 至 满分」。

**为什么** 一项完成 200%，就把另一项的 0% 补上了，总数还是满分。各地的办法有封顶、超 30% 不得分、不扣但要说明三种，要写明是哪一种。

**例**

```zj
事实 丙 : 金额 ≥ 0 元
指标 一 4 分
  得分 满分 × 50% × (甲 ÷ 乙) + 满分 × 50% × (丙 ÷ 乙)
  限于 0 分 至 满分
```

**怎么改** 每一项自己封顶，或用「按比例」「目标完成」「超额处理」。

```zj
事实 丙 : 金额 ≥ 0 元
指标 一 4 分
  得分 满分 × 50% × 封顶(甲 ÷ 乙，上限：100%) + 满分 × 50% × 封顶(丙 ÷ 乙，上限：100%)
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield ratios that can pass 100%, in a sum or over the rows of a ledger, and that the whole alone is capped."""
    for part in book.scored():
        base = part.node.base
        if not isinstance(base, tr.Plain):
            continue
        ratios = [r for whole in _held(base.value, part) for r in _added(whole, part, inside=False)]
        for ratio in dict.fromkeys(ratios):
            if not _capped(book, part, ratio):
                message = f"「{said(ratio)}」可以超过 100%，超出的会补上别的项"
                help_ = f"写成「封顶({said(ratio)}，上限：100%)」，或用 按比例、目标完成、超额处理 说明超额怎么算"
                yield at(CODE, ratio.span, message, help_)


def _held(e: tm.Expr, part: Part) -> Iterator[tm.Expr]:
    """Yield what is capped as a whole: by 限于 of the indicator, or by 限于 and 封顶 inside it."""
    if part.node.clamps:
        yield e
    for use in walk(e):
        if isinstance(use, tm.Use) and use.body.word in ("限于", "封顶"):
            yield use.args[use.body.inputs.index("值")]


def _added(e: tm.Expr, part: Part, inside: bool) -> Iterator[tm.Arith]:
    """Yield the quotients of facts that are terms or factors of a sum, not those inside a function or a word."""
    match e:
        case tm.Arith("+", left, right):
            yield from _added(left, part, inside=True)
            yield from _added(right, part, inside=True)
        case tm.Arith("×", left, right):
            yield from _added(left, part, inside)
            yield from _added(right, part, inside)
        case tm.Arith("÷", left, right) if inside and _asks(left, part) and _asks(right, part):
            yield e
        case tm.Over("合计" | "平均") if e.item is not None:
            yield from _added(e.item, part, inside=True)
        case tm.Var(name) if name in part.lets:
            yield from _added(part.lets[name].value, part, inside)
        case _:
            pass


def _asks(e: tm.Expr, part: Part) -> bool:
    return any(kind in ("fact", "ledger", "column") for kind, _ in refs(e, part.lets))


def _capped(book: Book, part: Part, ratio: tm.Arith) -> bool:
    """Return whether a ratio cannot pass 100%; of rows nothing is known but the type."""
    if not isinstance(ratio.type, Number) or ratio.type.dim:
        return True
    if any(isinstance(n, tm.Column) for n in walk(ratio)):
        return False
    top = range_of(book.possible(ratio, part)).hull.hi
    return top is not None and top <= 1
