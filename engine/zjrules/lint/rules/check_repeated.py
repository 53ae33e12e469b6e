"""The same check written twice."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.lint.book import Book, head
from zjrules.term import rule as tr

CODE = Code("ZJ8082", "check-repeated", Severity.WARNING)

PAGE = """同一条校验写了两遍

**什么情况** 两条校验查的关系一样，「当」也一样。

**为什么** 一处不符报两次；更常见的是复制以后只改了标题，忘了改式子。

**例**

```zj
校验 错误 "甲不超过乙"
  应有 甲 ≤ 乙
校验 错误 "丙不超过乙"
  应有 甲 ≤ 乙
```

**怎么改** 改成标题说的关系，或删去一条。

```zj
事实 丙 : 金额 ≥ 0 元
校验 错误 "甲不超过乙"
  应有 甲 ≤ 乙
校验 错误 "丙不超过乙"
  应有 丙 ≤ 乙
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield checks that an earlier one already makes."""
    seen: list[tuple[object, tr.Check]] = []
    for check in book.program.checks:
        what = (check.when, check.left, check.op, check.right)
        first = next((c for earlier, c in seen if earlier == what), None)
        if first is not None:
            message = f"校验「{check.title}」与「{first.title}」查的是同一件事"
            labels = (Label(head(check.span)), Label(head(first.span), "已有"))
            yield Diagnostic(CODE, message, labels, "改成标题说的关系，或删去一条")
        else:
            seen.append((what, check))
