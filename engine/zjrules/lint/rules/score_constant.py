"""An indicator that gives the same whatever the facts are: it measures nothing."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Severity, at
from zjrules.exact import indicator
from zjrules.lint.book import Book, head
from zjrules.num import brief
from zjrules.value import problems_of, range_of

CODE = Code("ZJ8012", "score-constant", Severity.WARNING)

PAGE = """不管填什么都得一样的分

**什么情况** 指标不看任何事实（「得分 满分」），或看了也不起作用：事实声明在 0% 至 100%，每超 100% 才扣分。

**为什么** 什么也没有填也得满分，这几分送给了所有单位；多半是漏了条件，或事实的范围写窄了。

**例**

```zj
指标 一 4 分
  套用 每超 值 率 基准 100% 步长 1 个百分点 每步扣 0.5 分 步法 整步
```

**怎么改** 核对事实的范围和基准。

```zj
事实 控制率 : 比率 ≥ 0%
指标 一 4 分
  套用 每超 值 控制率 基准 100% 步长 1 个百分点 每步扣 0.5 分 步法 整步
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield indicators and parts with one possible score, 不适用 and 须佐证 aside."""
    for part in book.scored():
        node = part.node
        if book.was_told(node.span, "ZJ4056", "ZJ4057"):
            continue
        scope = book.blank if node is part.indicator else indicator.inside(part.indicator, book.blank)
        step = indicator.score(node, scope)
        reach = range_of(step.value)
        if reach.point is None or problems_of(step.value) or node.gates or (node.na and part.facts()):
            continue
        uses = "看了事实也不起作用" if part.facts() else "没有看任何事实"
        message = f"「{node.name}」总是得 {brief(reach.point)} 分，{uses}"
        yield at(CODE, head(node.span), message, "补上条件；有条件的，核对事实的范围、基准和单位")
