"""A fact or ledger that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.lint.written import whole_lines
from zjrules.syntax import decl as sd

CODE = Code("ZJ8040", "fact-unused", Severity.WARNING)

PAGE = """没有用到的事实

**什么情况** 声明了的事实、明细，没有一个指标、校验、总评用到。

**为什么** 填报的人要去找这个数、找佐证，而它不影响任何结果；也可能是该用它的地方写成了另一个名称。

**例**

```zj
事实 丙 : 金额 ≥ 0 元   说明 "本年决算数"   佐证 "部门决算"
```

**怎么改** 删去它，或在该用的地方用上。

```zj
事实 丙 : 金额 ≥ 0 元   说明 "本年决算数"   佐证 "部门决算"
校验 错误 "丙不超过乙"
  应有 丙 ≤ 乙
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield the rule set's own facts and ledgers that its program never names."""
    if not book.whole:
        return
    decls: list[sd.FactDecl | sd.LedgerDecl] = [*book.declared(sd.FactDecl), *book.declared(sd.LedgerDecl)]
    for decl in decls:
        name = decl.name.text
        if name not in book.used and not any(t.fact == name for p in book.scored() for t in p.node.trends):
            kind = "明细" if isinstance(decl, sd.LedgerDecl) else "事实"
            lines = whole_lines(decl.span)
            fix = Fix(f"删去这项{kind}", (Edit(lines, ""),), safe=False) if lines is not None else None
            help_ = "删去它，或在该用它的指标、校验里用上"
            yield at(CODE, decl.name.span, f"{kind}「{name}」没有用到", help_, fix=fix)
