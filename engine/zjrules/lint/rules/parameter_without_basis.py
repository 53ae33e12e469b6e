"""A parameter that cites nothing."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd

CODE = Code("ZJ8070", "parameter-without-basis", Severity.WARNING)

PAGE = """参数没有依据

**什么情况** 参数没有写「依据」。

**为什么** 参数是最常改的数，一个数常管着好几个指标；没有出处，不知道能不能改、照什么改。

**例**

```zj
参数 提示线 = 30%
校验 警告 "率不超过提示线"
  应有 率 ≤ 提示线
```

**怎么改** 写明出处；自己定的，也写明。

```zj
参数 提示线 = 30%   依据 "文件第三条"
校验 警告 "率不超过提示线"
  应有 率 ≤ 提示线
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield parameters without 依据."""
    for param in book.declared(sd.Param):
        if not param.basis:
            message = f"参数「{param.name.text}」没有写依据"
            yield at(CODE, param.name.span, message, '写上「依据 "…"」；自己定的，写明是自定、重构')
