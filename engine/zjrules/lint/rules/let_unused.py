"""A 令 that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zjrules.diag import Code, Diagnostic, Edit, Fix, Severity, at
from zjrules.lint.book import Book
from zjrules.lint.written import names, whole_lines
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd

CODE = Code("ZJ8068", "let-unused", Severity.WARNING)

PAGE = """没有用到的令

**什么情况** 令了一个名称，后面没有一处用它。

**为什么** 算了不用：不是该用它的地方还写着老的式子，就是多余的。

**例**

```zj
指标 一 4 分
  令 完成率 = 封顶(甲 ÷ 乙，上限：100%)
  得分 满分 × 率
```

**怎么改** 用上它，或删去（`--fix` 会删）。

```zj
指标 一 4 分
  令 完成率 = 封顶(甲 ÷ 乙，上限：100%)
  得分 满分 × 完成率
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield names that are given and never used, in indicators, parts and words."""
    for node in book.declared(sd.Indicator):
        yield from _unused(_lets(node.clauses), node)
        for part in node.parts:
            yield from _unused(_lets(part.clauses), part)
    for word in book.declared(sd.Word):
        shown = word.said.text if word.said else ""
        yield from _unused([let for let in word.lets if f"{{{let.name.text}}}" not in shown], word)


def _lets(clauses: Sequence[cl.Clause]) -> list[cl.Let]:
    return [c for c in clauses if isinstance(c, cl.Let)]


def _unused(lets: Sequence[cl.Let], inside: object) -> Iterator[Diagnostic]:
    used = names(inside)
    for let in lets:
        if let.name.text not in used:
            lines = whole_lines(let.span)
            fix = Fix("删去这一句", (Edit(lines, ""),)) if lines is not None else None
            yield at(CODE, let.name.span, f"令「{let.name.text}」没有用到", "用上它，或删去这一句", fix=fix)
