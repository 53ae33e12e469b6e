"""A check that holds, or does not arise, whatever is handed in."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, said
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.walk import refs, walk
from zjrules.unit import Truth
from zjrules.value import is_known

CODE = Code("ZJ8081", "check-never-fails", Severity.WARNING)

PAGE = """永远不报的校验

**什么情况** 应有的条件怎么填都成立（事实已声明 ≥ 0 元，又校验它 ≥ 0 元），或「当」的条件怎么填都不成立。

**为什么** 看着有一条勾稽，其实什么也不查；多半是事实、符号或单位写错了。

**例**

```zj
校验 错误 "甲不是负数"
  应有 甲 ≥ 0 元
```

**怎么改** 写成真正要查的关系，或删去。

```zj
校验 错误 "甲不超过乙"
  应有 甲 ≤ 乙
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield checks that are settled by the declared ranges alone, one way or the other."""
    for check in book.program.checks:
        if check.when is not None and _known(book, check.when) is False:
            message = f"校验「{check.title}」的条件「{said(check.when)}」怎么填都不成立，这一条永远不查"
            yield at(CODE, check.when.span, message, "核对条件里的事实、数和单位")
        whole = _should(check)
        if check.tolerance or check.left == check.right:
            continue
        value = _known(book, whole)
        if value is True:
            message = f"校验「{check.title}」怎么填都成立，什么也不查"
            yield at(CODE, whole.span, message, "写成真正要查的关系；范围已在事实里声明的，删去这一条")
        elif value is False:
            yield at(CODE, whole.span, f"校验「{check.title}」怎么填都不成立", "核对符号、数和单位")


def _should(check: tr.Check) -> tm.Expr:
    if check.right is None:
        return check.left
    return tm.Cmp(check.op, check.left, check.right, Truth(), span=check.left.span.to(check.right.span))


def _known(book: Book, e: tm.Expr) -> bool | None:
    """Return what a condition is for all facts, None where it depends on them or on rows."""
    if not refs(e, {}) or any(isinstance(n, tm.Over | tm.HasEvidence | tm.IsNA) for n in walk(e)):
        return None
    value = book.possible(e)
    return value if is_known(value) and isinstance(value, bool) else None
