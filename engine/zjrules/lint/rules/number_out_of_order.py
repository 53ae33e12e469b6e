"""Numbers of the score table that go back or come twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.lint.book import Book
from zjrules.num import fold
from zjrules.span import Span
from zjrules.syntax import decl as sd

CODE = Code("ZJ8064", "number-out-of-order", Severity.WARNING)

PAGE = """编号不连着往下走

**什么情况** 指标写的编号，或依据里「评分表 2.（1）」这样的行号，比前一个小，或与前面的相同。

**为什么** 多半是复制一个指标以后忘了改行号：两个指标指着评分表的同一行。

**例**

```zj
指标 一 2 分
  依据 "评分表 1.（1）"
  得分 满分 × 率
指标 二 2 分
  依据 "评分表 1.（1）"
  得分 满分 × (1 - 率)
```

**怎么改** 核对行号和次序。

```zj
指标 一 2 分
  依据 "评分表 1.（1）"
  得分 满分 × 率
指标 二 2 分
  依据 "评分表 1.（2）"
  得分 满分 × (1 - 率)
```
"""

_ROW = re.compile(r"(评分表|指标表|评价表|考核表|自评表)\s*(\d+)\s*\.\s*\(\s*(\d+)\s*\)")
_NUMBER = re.compile(r"\d+")


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield indicators whose number does not come after that of the one before."""
    last: tuple[str, tuple[int, ...], Span] | None = None
    for node in book.declared(sd.Indicator):
        own = _own(node)
        if own is None:
            continue
        table, number, span = own
        if last is not None and table == last[0] and number <= last[1] and len(number) == len(last[1]):
            again = "与前一个相同" if number == last[1] else "比前一个小"
            labels = (Label(span), Label(last[2], "前一个"))
            yield Diagnostic(CODE, f"「{node.name.text}」的编号{again}", labels, "核对编号，是不是复制以后忘了改")
        last = own


def _own(node: sd.Indicator) -> tuple[str, tuple[int, ...], Span] | None:
    """Return the table whose row an indicator says it is ('' for its 编号), the number of the row, and where it says so."""
    if node.number is not None:
        digits = _NUMBER.findall(fold(node.number.text))
        return ("", tuple(int(d) for d in digits), node.number.span) if digits else None
    for words in node.basis:
        match = _ROW.search(fold(words.text))
        if match is not None:
            return match[1], (int(match[2]), int(match[3])), words.span
    return None
