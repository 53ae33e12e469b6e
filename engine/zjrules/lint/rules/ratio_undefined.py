"""A rate that is asked for without saying what is divided by what."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd

CODE = Code("ZJ8043", "ratio-undefined", Severity.WARNING)

PAGE = """比率没有说分子分母

**什么情况** 要填报的人直接填一个比率，声明里没有「说明」。

**为什么** 「评价率 93%」的分母是全部订单还是应评价的订单，差得很远；没有说清，各单位按各自的算法填。

**例**

```zj
事实 支付率 : 比率 介于 0% 至 100%   佐证 "国库月报"
```

**怎么改** 写明分子、分母；能由金额、个数算出来的，改成填金额、个数，让规则去除。

```zj
事实 支付率 : 比率 介于 0% 至 100%   说明 "本年支付数 ÷ 调整预算数"   佐证 "国库月报"
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield rates without 说明, columns included."""
    facts = [(d, "") for d in book.declared(sd.FactDecl)]
    facts += [(c, d.name.text) for d in book.declared(sd.LedgerDecl) for c in d.columns]
    for fact, ledger in facts:
        if fact.type.name.text == "比率" and not fact.note:
            where = f"明细「{ledger}」的" if ledger else ""
            message = f"{where}比率「{fact.name.text}」没有说明分子、分母是什么"
            yield at(CODE, fact.name.span, message, '写上「说明 "… ÷ …"」；或改成填两个数，由规则相除')
