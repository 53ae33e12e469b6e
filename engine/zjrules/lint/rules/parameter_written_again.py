"""The value of a parameter, written out where the parameter was meant."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.diag import Code, Diagnostic, Edit, Fix, Label, Severity
from zjrules.lint.book import Book
from zjrules.spelling import quoted
from zjrules.term import expr as tm
from zjrules.term.survey import of_program
from zjrules.term.walk import walk
from zjrules.unit import Date

CODE = Code("ZJ8071", "parameter-written-again", Severity.WARNING)

PAGE = """参数的值又写了一遍

**什么情况** 有参数「报送期限 = 次年5月30日」，另一处又直接写 次年5月30日；或同一个数在一处与参数比、在另一处与写死的同一个值比。

**为什么** 改了参数，写死的那一处没有改：两处的结论就相反。

**例**

```zj
参数 报送期限 = 次年5月30日   依据 "通知第四条"
事实 报送日 : 日期   佐证 "回执"
指标 一 4 分
  得分 若 报送日 不晚于 次年5月30日 则 满分 否则 0 分
校验 警告 "按时报送"
  应有 报送日 不晚于 报送期限
```

**怎么改** 都写参数的名称。

```zj
参数 报送期限 = 次年5月30日   依据 "通知第四条"
事实 报送日 : 日期   佐证 "回执"
指标 一 4 分
  得分 若 报送日 不晚于 报送期限 则 满分 否则 0 分
校验 警告 "按时报送"
  应有 报送日 不晚于 报送期限
```
"""


def found(book: Book) -> Iterator[Diagnostic]:
    """Yield dates that a parameter has, and values that one thing is compared with here by name and there not."""
    params = book.program.params
    dates = {p.value: p for p in params.values() if isinstance(p.type, Date)}
    compared: dict[tm.Expr, list[str]] = {}
    exprs = [n for e in of_program(book.program) for n in walk(e)]
    pairs = [(a, b) for e in exprs if isinstance(e, tm.Cmp) for a, b in ((e.left, e.right), (e.right, e.left))]
    pairs += [p for c in book.program.checks if c.right is not None for p in ((c.left, c.right), (c.right, c.left))]
    for subject, bound in pairs:
        if isinstance(bound, tm.ParamRef):
            compared.setdefault(subject, []).append(bound.name)
    seen = set()
    literals = [(c, dates.get(c.value)) for c in exprs if isinstance(c, tm.Const) and isinstance(c.type, Date)]
    for subject, bound in pairs:
        if isinstance(bound, tm.Const):
            same = (params[n] for n in compared.get(subject, []) if params[n].value == bound.value)
            literals.append((bound, next(same, None)))
    for const, param in literals:
        if param is not None and const.span not in seen:
            seen.add(const.span)
            fix = Fix(f"写成「{param.name}」", (Edit(const.span, quoted(param.name)),), safe=False)
            message = f"「{const.span.text}」就是参数「{param.name}」的值"
            labels = (Label(const.span), Label(param.span, "参数"))
            yield Diagnostic(CODE, message, labels, f"写成「{param.name}」，改的时候只改一处", fix)
