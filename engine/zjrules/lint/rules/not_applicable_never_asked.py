"""A fact that may be 不适用, and nothing says what follows."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd
from zjrules.term import expr as tm
from zjrules.term.survey import of_program
from zjrules.term.walk import walk

CODE = Code("ZJ8051", "not-applicable-never-asked", Severity.WARNING)

PAGE = """可不适用，却没有地方问

**什么情况** 事实写着「可不适用」，全书没有一处「不适用(这个事实)」。

**为什么** 填了不适用的单位，用到它的校验就跳过去、算不出，谁也没有说那时该怎样。

**例**

```zj
事实 丙 : 金额 ≥ 0 元   可不适用   说明 "没有的写不适用"   佐证 "批复"
校验 错误 "丙不超过乙"
  应有 丙 ≤ 乙
```

**怎么改** 用到它的地方写明，或去掉「可不适用」。

```zj
事实 丙 : 金额 ≥ 0 元   可不适用   说明 "没有的写不适用"   佐证 "批复"
校验 错误 "丙不超过乙"
  当 非 不适用(丙)
  应有 丙 ≤ 乙
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield used facts that may be 不适用 and that no condition asks about."""
    if not book.whole:
        return
    asked = {e.fact for expr in of_program(book.program) for e in walk(expr) if isinstance(e, tm.IsNA)}
    for fact in book.declared(sd.FactDecl):
        name = fact.name.text
        if fact.may_be_na and name in book.used and name not in asked:
            help_ = f"在用到它的地方写「不适用({name})」时怎么办，或去掉「可不适用」"
            yield at(CODE, fact.name.span, f"「{name}」可以填不适用，却没有地方说那时怎么办", help_)
