"""A check that cites nothing and explains nothing."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd

CODE = Code("ZJ8084", "check-without-basis", Severity.NOTE)

PAGE = """校验没有依据

**什么情况** 校验既没有「依据」，也没有「说明」。

**为什么** 报出来的不符，填报的人要知道凭什么要相符、不符的先查哪里。

**例**

```zj
校验 错误 "甲不超过乙"
  应有 甲 ≤ 乙
```

**怎么改** 写上依据，或说明不符时多半是什么原因。

```zj
校验 错误 "甲不超过乙"
  应有 甲 ≤ 乙
  说明 "超过的，核对两个数是不是同一口径"
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield checks with neither 依据 nor 说明."""
    for check in book.declared(sd.CheckDecl):
        if not check.basis and not check.note:
            message = f"校验「{check.title.text}」没有依据，也没有说明"
            yield at(CODE, check.title.span, message, '写上「依据 "…"」，或「说明 "不符的，先查……"」')
