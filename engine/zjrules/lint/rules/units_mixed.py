"""Amounts of one rule set declared in different units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx

CODE = Code("ZJ8047", "units-mixed", Severity.WARNING)

PAGE = """金额的单位不一致

**什么情况** 一本规则里，有的金额按元声明，有的按万元声明。

**为什么** 空表照声明的单位做：一张表里元和万元混着，是填报里最常见的错。程序会换算，人会看错。

**例**

```zj
事实 支出数 : 金额 ≥ 0 元     说明 "决算数"   佐证 "部门决算"
事实 收入数 : 金额 ≥ 0 元     说明 "决算数"   佐证 "部门决算"
事实 采购数 : 金额 ≥ 0 万元   说明 "决算数"   佐证 "采购台账"
```

**怎么改** 全书用一个单位。

```zj
事实 支出数 : 金额 ≥ 0 元   说明 "决算数"   佐证 "部门决算"
事实 收入数 : 金额 ≥ 0 元   说明 "决算数"   佐证 "部门决算"
事实 采购数 : 金额 ≥ 0 元   说明 "决算数"   佐证 "采购台账"
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield amounts whose unit is not the one that most others have."""
    facts = list(book.declared(sd.FactDecl)) + [c for d in book.declared(sd.LedgerDecl) for c in d.columns]
    units = [(fact, unit) for fact in facts if (unit := _unit(fact)) is not None]
    counts = Counter(unit for _, unit in units)
    if len(counts) < 2:
        return
    usual = max(counts, key=lambda unit: (counts[unit], unit == "元"))
    for fact, unit in units:
        if unit != usual:
            message = f"「{fact.name.text}」按{unit}声明，别的金额按{usual}"
            yield at(CODE, fact.type.span, message, f"统一成{usual}；空表照声明的单位做")


def _unit(fact: sd.FactDecl) -> str | None:
    """Return the unit of an amount's range, None where it says none."""
    if fact.type.name.text != "金额":
        return None
    limits = fact.type.limits
    values = [limits.low.value, limits.high.value] if isinstance(limits, cl.Between) else [t.value for t in limits]
    return next((v.unit for v in values if isinstance(v, sx.Quantity) and v.unit), None)
