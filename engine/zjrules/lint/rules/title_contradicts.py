"""A check whose title says the opposite of what it checks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, said
from zjrules.term import expr as tm

CODE = Code("ZJ8083", "title-contradicts", Severity.WARNING)

PAGE = """校验的标题和式子相反

**什么情况** 标题写「甲不超过乙」，式子写「甲 ≥ 乙」。

**为什么** 报出来的是标题，查的是式子：对的单位被报，错的单位通过。

**例**

```zj
校验 错误 "甲不超过乙"
  应有 甲 ≥ 乙
```

**怎么改** 改符号，或改标题。

```zj
校验 错误 "甲不超过乙"
  应有 甲 ≤ 乙
```
"""

_AT_MOST = re.compile(r"不(?:超过|大于|高于|多于|晚于)")
_AT_LEAST = re.compile(r"不(?:低于|小于|少于|早于)")


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield checks of two named things whose title names them in the same order and compares them the other way."""
    for check in book.program.checks:
        if not isinstance(check.left, tm.FactRef) or not isinstance(check.right, tm.FactRef):
            continue
        one, other = check.title.find(check.left.name), check.title.find(check.right.name)
        between = check.title[one + len(check.left.name) : other]
        if not 0 <= one < other:
            continue
        wrong = (_AT_MOST.search(between) and check.op in "≥>") or (_AT_LEAST.search(between) and check.op in "≤<")
        if wrong:
            span = check.left.span.to(check.right.span)
            message = f"标题说「{check.title}」，式子是「{said(check.left)} {check.op} {said(check.right)}」"
            yield at(CODE, span, message, "改符号，或改标题")
