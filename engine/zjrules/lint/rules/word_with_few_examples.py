"""A word with fewer than two examples."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.syntax import decl as sd

CODE = Code("ZJ8090", "word-with-few-examples", Severity.WARNING)
LEAST = 2
"""Examples that a word must have: one on either side of whatever it decides."""

PAGE = """词的举例不够

**什么情况** 自己定的词，「举例」不到两条。

**为什么** 举例是词的试验，`zjrules test` 会算；一条看不出界线两边、满一步和不满一步各是多少。

**例**

```zj
定词 减半
  说明 "达标得满分，不达标得一半"
  输入 条件 : 是否
  结果 若 条件 则 满分 否则 满分 × 50%
  举例 减半(1 元 ≤ 2 元，满分：4 分) 得 4 分
指标 一 4 分
  套用 减半 条件 是否项
```

**怎么改** 界线两边各举一条。

```zj
定词 减半
  说明 "达标得满分，不达标得一半"
  输入 条件 : 是否
  结果 若 条件 则 满分 否则 满分 × 50%
  举例 减半(1 元 ≤ 2 元，满分：4 分) 得 4 分
  举例 减半(3 元 ≤ 2 元，满分：4 分) 得 2 分
指标 一 4 分
  套用 减半 条件 是否项
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield words with less than two examples."""
    for word in book.declared(sd.Word):
        if len(word.examples) < LEAST:
            message = f"词「{word.name.text}」只有 {len(word.examples)} 条举例"
            yield at(CODE, word.name.span, message, "界线两边各写一条「举例 … 得 …」")
