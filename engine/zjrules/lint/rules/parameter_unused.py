"""A parameter that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.lint.written import names, whole_lines
from zjrules.syntax import decl as sd

CODE = Code("ZJ8069", "parameter-unused", Severity.WARNING)

PAGE = """没有用到的参数

**什么情况** 声明了参数，没有一处用它。

**为什么** 明年改这个参数的人以为改了规则，其实算的还是别处写死的数。

**例**

```zj
参数 提示线 = 30%   依据 "文件第三条"
```

**怎么改** 把写死的数换成它，或删去。

```zj
参数 提示线 = 30%   依据 "文件第三条"
校验 警告 "率不超过提示线"
  应有 率 ≤ 提示线
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield parameters that no expression names."""
    if not book.whole:
        return
    params = list(book.declared(sd.Param))
    used = {n for file in book.files for d in file.decls for n in names(d)}
    for param in params:
        if param.name.text not in used:
            lines = whole_lines(param.span)
            fix = Fix("删去这个参数", (Edit(lines, ""),), safe=False) if lines is not None else None
            message = f"参数「{param.name.text}」没有用到"
            yield at(CODE, param.name.span, message, "把写死的数换成它，或删去它", fix=fix)
