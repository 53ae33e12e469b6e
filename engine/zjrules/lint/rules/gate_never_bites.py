"""An evidence gate that is always open."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.lint.book import Book, said
from zjrules.lint.ladder import amount
from zjrules.term import expr as tm
from zjrules.term.survey import of_program
from zjrules.term.walk import walk

CODE = Code("ZJ8061", "gate-never-bites", Severity.WARNING)

PAGE = """须佐证拦不住

**什么情况** 「须佐证 甲」，甲的声明没有写佐证（不要佐证的事实算有佐证）；或「否则 得 满分」。

**为什么** 写了须佐证，没有资料的照样得分。

**例**

```zj
事实 满意率 : 比率 介于 0% 至 100%   说明 "满意人数 ÷ 调查人数"
指标 一 4 分
  须佐证 满意率 否则 得 0 分
  得分 满分 × 满意率
```

**怎么改** 在事实的声明里写要什么佐证。

```zj
事实 满意率 : 比率 介于 0% 至 100%   说明 "满意人数 ÷ 调查人数"   佐证 "调查报告"
指标 一 4 分
  须佐证 满意率 否则 得 0 分
  得分 满分 × 满意率
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield gates on facts that ask for no evidence, gates that cost nothing, and 有佐证 of such facts."""
    schema = book.program.schema
    for part in book.scored():
        for gate in part.node.gates:
            for name in (n for n in gate.facts if not schema.facts[n].evidence):
                message = f"「{name}」的声明没有写佐证，总算有佐证，须佐证拦不住"
                yield at(CODE, gate.span, message, f'在事实「{name}」的声明里写「佐证 "…"」')
            if amount(gate.otherwise, part.node.points) == part.node.points:
                yield at(
                    CODE, gate.otherwise.span, "没有佐证也得满分，须佐证不起作用", "写明没有佐证得几分，例如「得 0 分」"
                )
    for e in (n for expr in of_program(book.program) for n in walk(expr)):
        if isinstance(e, tm.HasEvidence) and not schema.facts[e.fact].evidence:
            message = f"「{e.fact}」的声明没有写佐证，「{said(e)}」总是成立"
            yield at(CODE, e.span, message, f'在事实「{e.fact}」的声明里写「佐证 "…"」')
