"""A date with its year, in rules that are copied every year."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.syntax.walk import nodes

CODE = Code("ZJ8073", "date-of-one-year", Severity.WARNING)

PAGE = """日期写死了年份

**什么情况** 期限写成 2026-05-30，没有跟着评价年度走。

**为什么** 规则每年整本复制，只改评价年度；写死的日期忘了改，第二年全部单位都算迟。

**例**

```zj
事实 报送日 : 日期   佐证 "回执"
指标 一 4 分
  得分 若 报送日 不晚于 2026-05-30 则 满分 否则 0 分
```

**怎么改** 用 当年、上年、次年；法规规定的某一天确实不变的，写一条「# 忽略 ZJ8073 理由」。

```zj
事实 报送日 : 日期   佐证 "回执"
指标 一 4 分
  得分 若 报送日 不晚于 次年5月30日 则 满分 否则 0 分
```
"""

_YEARS = {-1: "上年", 0: "当年", 1: "次年"}


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield dates of a given year; holiday notices, examples and the days from which amendments hold are left out."""
    if not book.whole:
        return
    for file in book.files:
        for decl in file.decls:
            content = decl.content if isinstance(decl, sd.Amendment) else decl
            if isinstance(content, sd.Notice | sd.Word | sd.RuleSet):
                continue
            for date in (n for n in nodes(content) if isinstance(n, sx.DateLit) and n.year is not None):
                assert date.year is not None
                relative = _YEARS.get(date.year - book.program.book.year)
                text = f"{relative}{date.month}月{date.day}日" if relative else ""
                fix = Fix(f"写成「{text}」", (Edit(date.span, text),), safe=False) if text else None
                help_ = f"写成「{text}」" if text else "用 上年、当年、次年，或写成按年度算的式子"
                yield at(CODE, date.span, f"「{date.span.text}」写死了年份，不随评价年度走", help_, fix=fix)
