"""An input of a word that its result does not depend on."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book
from zjrules.lint.written import names
from zjrules.syntax import decl as sd

CODE = Code("ZJ8091", "word-input-unused", Severity.WARNING)

PAGE = """词的输入没有用到

**什么情况** 词要一个输入，令、结果、应有里都没有用它。

**为什么** 写规则的人以为改这个输入会改变得分（如「步长：5%」），其实不会。

**例**

```zj
定词 折扣
  说明 "按折扣得分"
  输入 条件 : 是否
  输入 折扣 : 比率
  结果 若 条件 则 满分 否则 满分 × 50%
  举例 折扣(1 元 ≤ 2 元，折扣：50%，满分：4 分) 得 4 分
  举例 折扣(3 元 ≤ 2 元，折扣：50%，满分：4 分) 得 2 分
指标 一 4 分
  套用 折扣 条件 是否项 折扣 30%
```

**怎么改** 用上它，或去掉这个输入。

```zj
定词 折扣
  说明 "按折扣得分"
  输入 条件 : 是否
  输入 折扣 : 比率
  结果 若 条件 则 满分 否则 满分 × 折扣
  举例 折扣(1 元 ≤ 2 元，折扣：50%，满分：4 分) 得 4 分
  举例 折扣(3 元 ≤ 2 元，折扣：50%，满分：4 分) 得 2 分
指标 一 4 分
  套用 折扣 条件 是否项 折扣 30%
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield inputs that no 令, 结果 or 应有 names; a type that follows one (同, 差) does not make it used."""
    for word in book.declared(sd.Word):
        used = names(word.lets, word.result, word.needs)
        for item in word.inputs:
            if item.name.text not in used:
                message = f"词「{word.name.text}」的输入「{item.name.text}」没有用到"
                yield at(CODE, item.name.span, message, "在令或结果里用上它，或去掉这个输入")
