"""A document number whose year stands in other brackets than documents have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.lint.written import texts
from zjrules.span import Span

CODE = Code("ZJ8075", "document-number-brackets", Severity.NOTE)

PAGE = """文号的括号不对

**什么情况** 依据、说明里的文号写成 财库[2020]10号、财库（2020）10号。

**为什么** 公文的文号用六角括号〔〕（GB/T 9704）；写法不一，按文号查找、与报告对照就找不到。

**例**

```zj
指标 一 4 分
  依据 "财库[2020]10号"
  得分 满分 × 率
```

**怎么改** 用〔〕。

```zj
指标 一 4 分
  依据 "财库〔2020〕10号"
  得分 满分 × 率
```
"""

_NUMBER = re.compile(r"(?<=[一-鿿])[\[(（【〈［]\s*((?:19|20)\d\d)\s*[\])）】〉］](?=\s*第?\s*\d+\s*号)")


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield document numbers in square, round or other brackets."""
    for file in book.files:
        for words in (w for decl in file.decls for w in texts(decl)):
            for match in _NUMBER.finditer(words.span.text):
                start = words.span.start + match.start()
                span = Span(words.span.source, start, start + len(match[0]))
                text = f"〔{match[1]}〕"
                fix = Fix(f"写成「{text}」", (Edit(span, text),), safe=False)
                yield at(CODE, span, f"文号的年份写在「{match[0]}」里", f"文号用六角括号：{text}", fix=fix)
