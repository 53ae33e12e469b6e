"""Functions over all units: 同级平均, 同级最大, 同级最小, 名次."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from zjrules.diag import Code
from zjrules.elaborate.scope import Checker, Scope
from zjrules.syntax import expr as sx
from zjrules.term import expr as tm
from zjrules.term.walk import walk
from zjrules.unit import PURE, Number, Type, Wrong, type_text

PEER_USE = Code("ZJ3044", "peer-function-misused")
PEER_CHOICE = Code("ZJ3045", "peer-choice-unsaid")

FUNCTIONS = frozenset("同级平均 同级最大 同级最小 名次".split())
TIES = ("并列取前", "并列取后", "并列取均", "并列不空")
_ASKED: dict[str, dict[str, tuple[str, ...]]] = {
    "同级平均": {"自己": ("计入", "不算")},
    "同级最大": {},
    "同级最小": {},
    "名次": {"次序": ("从大到小", "从小到大"), "并列": TIES},
}
USAGE = {
    "同级平均": "同级平均(人均成本，自己：计入)",
    "同级最大": "同级最大(得票数)",
    "同级最小": "同级最小(得票数)",
    "名次": "名次(得票数，次序：从大到小，并列：并列取前)",
}

Elaborate = Callable[[Checker, Scope, sx.Expr], tm.Expr]


def peers(check: Checker, scope: Scope, e: sx.Call, deeper: Elaborate) -> tm.Expr:
    """Return the kernel of a function over all units."""
    name = e.callee.text
    if not scope.facts or scope.row is not None:
        where = "词里" if not scope.facts else "明细的条件里"
        help_ = "在指标里用「令」算好，再作为输入传进来" if not scope.facts else "先用「令」算好，再在条件里用它"
        return check.report(PEER_USE, e.span, f"{where}不能用「{name}」", help_)
    chosen = _choices(check, e)
    if chosen is None:
        return tm.Const(False, Wrong(), span=e.span)
    operand = deeper(check, scope, e.args[0].value)
    if isinstance(operand.type, Wrong):
        return operand
    if not isinstance(operand.type, Number):
        message = f"「{name}」要一个数，却是{type_text(operand.type)}"
        return check.report(PEER_USE, operand.span, message, f"写成 {USAGE[name]}")
    if any(isinstance(n, tm.Peers) for n in _reached(operand, scope)):
        message = f"「{name}」里面又用了全体单位的数"
        return check.report(PEER_USE, operand.span, message, "全体单位的数只用一层，里面只写本单位的事实")
    ties, rising = chosen.get("并列", ""), chosen.get("次序") == "从小到大"
    return tm.Peers(
        name, operand, chosen.get("自己") != "不算", rising, ties, _type(name, operand.type, ties), span=e.span
    )


def _type(name: str, kind: Number, ties: str) -> Type:
    if name == "名次":
        return evolve(PURE, whole=ties != "并列取均")
    return evolve(kind, whole=kind.whole and name != "同级平均")


def _reached(e: tm.Expr, scope: Scope) -> list[tm.Expr]:
    """Return an expression with all inside it, through lets."""
    found: list[tm.Expr] = []
    seen: set[str] = set()
    waiting = [e]
    while waiting:
        for node in walk(waiting.pop()):
            found.append(node)
            if isinstance(node, tm.Var) and node.name in scope.lets and node.name not in seen:
                seen.add(node.name)
                waiting.append(scope.lets[node.name].value)
    return found


def _choices(check: Checker, e: sx.Call) -> dict[str, str] | None:
    """Return the choices of a call by label; what a table must say is never taken for granted."""
    name = e.callee.text
    asked = _ASKED[name]
    plain = [a for a in e.args if a.label is None]
    if len(plain) != 1 or e.args[0].label is not None:
        check.report(PEER_USE, e.span, f"「{name}」要一个数", f"写成 {USAGE[name]}")
        return None
    chosen: dict[str, str] = {}
    for arg in e.args[1:]:
        assert arg.label is not None
        label, said = arg.label.text, arg.value.text if isinstance(arg.value, sx.Name) else ""
        options = asked.get(label)
        if options is None or said not in options:
            help_ = f"可用：{'、'.join(options)}" if options else f"写成 {USAGE[name]}"
            what = f"没有「{arg.value.span.text}」这个选法" if options else f"「{name}」没有「{label}」这个输入"
            check.report(PEER_CHOICE, arg.span, what, help_)
            return None
        chosen[label] = said
    for label, options in asked.items():
        if label not in chosen:
            ways = "、".join(options)
            check.report(PEER_CHOICE, e.span, f"「{name}」没有说「{label}」", f"可用：{ways}；写成 {USAGE[name]}")
            return None
    return chosen
