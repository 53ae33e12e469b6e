"""Functions over the rows of a ledger that are alike in a column: 首次, 同项合计, 同项平均."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from zjrules.diag import Code
from zjrules.elaborate.scope import Checker, Scope
from zjrules.resolve import unknown
from zjrules.syntax import expr as sx
from zjrules.term import expr as tm
from zjrules.term.walk import walk
from zjrules.unit import Number, Wrong

ROW_USE = Code("ZJ3046", "row-function-misused")

FUNCTIONS = frozenset({"首次", "同项合计", "同项平均"})
USAGE = {
    "首次": "首次(指标名称)",
    "同项合计": "同项合计(完成值，同：指标名称)",
    "同项平均": "同项平均(完成率，同：指标名称，权重：资金额)",
}

Elaborate = Callable[[Checker, Scope, sx.Expr], tm.Expr]


def alike(check: Checker, scope: Scope, e: sx.Call, deeper: Elaborate) -> tm.Expr:
    """Return the kernel of a function over rows that are alike."""
    return _first(check, scope, e) if e.callee.text == "首次" else _same(check, scope, e, deeper)


def _first(check: Checker, scope: Scope, e: sx.Call) -> tm.Expr:
    """Return the kernel of 首次(列)."""
    arg = e.args[0].value if len(e.args) == 1 else None
    if scope.row is None or not isinstance(arg, sx.Name):
        help_ = "例如：合计(目标 的 权重 其中 首次(指标名称))"
        return check.report(ROW_USE, e.span, "「首次」只用在明细的条件里，写一列的名称", help_)
    if arg.text not in scope.row.columns:
        return check.add(unknown(arg.text, arg.span, scope.row.columns, f"列（明细「{scope.row.name}」）"))
    return tm.First(scope.row.name, arg.text, span=e.span)


def _same(check: Checker, scope: Scope, e: sx.Call, deeper: Elaborate) -> tm.Expr:
    """Return the kernel of 同项合计 or 同项平均: what rows with the same value in a column make together."""
    name = e.callee.text
    given = {a.label.text if a.label else "": a.value for a in e.args}
    by, weight = given.get("同"), given.get("权重")
    allowed = {"", "同"} | ({"权重"} if name == "同项平均" else set())
    if scope.row is None or not isinstance(by, sx.Name) or "" not in given or not set(given) <= allowed:
        return check.report(ROW_USE, e.span, f"「{name}」只用在明细的式子里，要写「同：列」", f"写成 {USAGE[name]}")
    if by.text not in scope.row.columns:
        return check.add(unknown(by.text, by.span, scope.row.columns, f"列（明细「{scope.row.name}」）"))
    item = deeper(check, scope, given[""])
    weighs = deeper(check, scope, weight) if weight is not None else None
    if isinstance(item.type, Wrong) or (weighs is not None and isinstance(weighs.type, Wrong)):
        return tm.Const(False, Wrong(), span=e.span)
    if not isinstance(item.type, Number) or not isinstance(weighs.type if weighs else item.type, Number):
        return check.report(ROW_USE, e.span, f"「{name}」要一列数", f"写成 {USAGE[name]}")
    if any(isinstance(n, tm.Same) for n in walk(item)):
        return check.report(ROW_USE, item.span, f"「{name}」里面又用了同项的数", "只用一层")
    kind = evolve(item.type, whole=item.type.whole and name == "同项合计")
    over = tm.Over(name.removeprefix("同项"), scope.row.name, item, None, None, kind, weighs, span=e.span)
    return tm.Same(over, by.text, kind, span=e.span)
