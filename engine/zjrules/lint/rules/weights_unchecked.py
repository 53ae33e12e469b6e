"""Weights that units fill in, and nothing checks what they make together."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, said
from zjrules.term import expr as tm
from zjrules.term.walk import walk
from zjrules.unit import POINTS_DIM, Number

CODE = Code("ZJ8067", "weights-unchecked", Severity.WARNING)

PAGE = """填报的权重没有查合计

**什么情况** 得分是「合计(明细 的 (权重 × …))」，权重由单位填，没有一条校验查它的合计。

**为什么** 权重合计 18 分的单位，最高只能得 18 分；合计 25 分的，靠「限于」截成 20 分，丢一条指标也不扣分。

**例**

```zj
明细 目标
  主键 名称
  佐证 "目标表"
  列名 名称 : 文本
  列名 权重 : 评分 ≥ 0 分
  列名 完成率 : 比率 介于 0% 至 100%   说明 "完成值 ÷ 目标值"
指标 一 4 分
  得分 合计(目标 的 (权重 × 完成率))
  限于 0 分 至 满分
```

**怎么改** 加一条校验。

```zj
明细 目标
  主键 名称
  佐证 "目标表"
  列名 名称 : 文本
  列名 权重 : 评分 ≥ 0 分
  列名 完成率 : 比率 介于 0% 至 100%   说明 "完成值 ÷ 目标值"
指标 一 4 分
  得分 合计(目标 的 (权重 × 完成率))
  限于 0 分 至 满分
校验 错误 "目标的权重合计 4 分"
  应有 合计(目标 的 权重) = 4 分   容差 0.01 分
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield totals of weighted rows whose weights no check adds up over the same rows."""
    checked = {
        (e.ledger, e.item.name, e.where, e.except_)
        for check in book.program.checks
        for side in (check.left, check.right)
        if side is not None
        for e in walk(side)
        if isinstance(e, tm.Over) and e.kind == "合计" and isinstance(e.item, tm.Column)
    }
    for part in book.scored():
        for e in (n for expr in part.exprs() for n in walk(expr)):
            if not isinstance(e, tm.Over) or e.kind != "合计" or not isinstance(e.item, tm.Arith):
                continue
            for column in _weights(e.item):
                if (e.ledger, column.name, e.where, e.except_) not in checked:
                    message = f"「{e.ledger}」的「{said(column)}」由单位填，没有校验查这些行的合计"
                    help_ = f"加一条校验：应有 合计({e.ledger} 的 {column.name} …) = … 分   容差 0.01 分"
                    yield at(CODE, column.span, message, help_)


def _weights(e: tm.Expr) -> Iterator[tm.Column]:
    """Yield the factors of a product that are columns of points."""
    match e:
        case tm.Arith("×", left, right):
            yield from _weights(left)
            yield from _weights(right)
        case tm.Column(type=Number(dim=dim)) if dim == POINTS_DIM:
            yield e
        case _:
            pass
