"""Calls: built-in functions, aggregates over ledgers, and words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from attrs import evolve

from zjrules.diag import Code
from zjrules.elaborate import alike, peers
from zjrules.elaborate.arith import comparable
from zjrules.elaborate.scope import Checker, Scope
from zjrules.elaborate.words import use_word
from zjrules.num import Rounding
from zjrules.resolve import FUNCTIONS, unknown
from zjrules.syntax import expr as sx
from zjrules.term import expr as tm
from zjrules.unit import COUNT, RATIO, WORKDAYS, Date, Number, Truth, Type, Wrong, Year, type_text

NOT_A_WORD = Code("ZJ3040", "not-a-word")
WRONG_ARGUMENTS = Code("ZJ3041", "wrong-arguments")
NESTED_LEDGER = Code("ZJ3042", "ledger-inside-row")
STRAY_FILTER = Code("ZJ3043", "filter-without-ledger")

Elaborate = Callable[[Checker, Scope, sx.Expr], tm.Expr]
_LEDGER_ONLY = frozenset("计数 占比 合计 平均 全部 任一".split())


def elaborate_call(check: Checker, scope: Scope, e: sx.Call, deeper: Elaborate) -> tm.Expr:
    """Return the typed kernel of a call."""
    name = e.callee.text
    over = bool(e.args) and _ledger_of(check, scope, e.args[0].value) is not None
    if name in _LEDGER_ONLY or (name in ("最大", "最小") and over):
        return _aggregate(check, scope, e, deeper)
    for arg in e.args:
        if arg.where is not None or arg.except_ is not None or arg.weight is not None:
            return check.report(
                STRAY_FILTER, arg.span, "「其中」「除外」「按」只用在明细上", "写成 计数(明细 其中 条件)"
            )
    if name in FUNCTIONS:
        return _function(check, scope, e, deeper)
    if name in check.index.words:
        return use_word(check, scope, e, deeper)
    if name in check.index.lost:
        return tm.Const(False, Wrong(), span=e.span)
    kind = check.index.kind_of(name)
    if kind is not None or name in scope.vars:
        help_ = "单位写在声明里，这里只写名称" if kind == "事实" else f"去掉括号，或核对「{name}」的写法"
        return check.report(NOT_A_WORD, e.span, f"「{name}」是{kind or '令'}，不是词，后面不能有括号", help_)
    return check.add(unknown(name, e.callee.span, [*check.index.words, *check.index.spare, *FUNCTIONS], "词"))


# ---------- ledgers ----------


def _ledger_of(check: Checker, scope: Scope, e: sx.Expr) -> str | None:
    if isinstance(e, sx.Field | sx.Each):
        e = e.owner
    if isinstance(e, sx.Name) and e.text in check.schema.ledgers and e.text not in scope.vars:
        return e.text
    return None


def _aggregate(check: Checker, scope: Scope, e: sx.Call, deeper: Elaborate) -> tm.Expr:
    kind, arg = e.callee.text, e.args[0] if e.args else None
    name = _ledger_of(check, scope, arg.value) if arg is not None else None
    if arg is None or name is None or len(e.args) > 1 or not scope.facts:
        if arg is not None and isinstance(arg.value, sx.Name) and arg.value.text in check.index.lost:
            return tm.Const(False, Wrong(), span=e.span)
        help_ = f"写成 {kind}(明细 其中 条件)" if kind in ("计数", "占比") else f"写成 {kind}(明细 的 列)"
        return check.report(WRONG_ARGUMENTS, e.span, f"「{kind}」要一张明细", help_)
    if scope.row is not None:
        return check.report(NESTED_LEDGER, e.span, "明细的条件里不能再统计明细", "先用「令」算好，再在条件里用它")
    row = evolve(scope, row=check.schema.ledgers[name])
    item = _item(check, row, arg.value, deeper)
    where = _truth(check, row, arg.where, deeper)
    except_ = _truth(check, row, arg.except_, deeper)
    if item is None and kind not in ("计数", "占比"):
        return check.report(WRONG_ARGUMENTS, e.span, f"「{kind}」要说明统计哪一列", f"写成 {kind}({name} 的 列)")
    weight = deeper(check, row, arg.weight) if arg.weight is not None else None
    if weight is not None and (kind != "平均" or not isinstance(weight.type, Number | Wrong)):
        help_ = f"写成 平均({name} 的 列 按 权重列)，权重是一个数"
        return check.report(WRONG_ARGUMENTS, weight.span, "「按」只用于平均，后面是一列数", help_)
    return tm.Over(kind, name, item, where, except_, _result(check, kind, item), weight, span=e.span)


def _item(check: Checker, row: Scope, e: sx.Expr, deeper: Elaborate) -> tm.Expr | None:
    match e:
        case sx.Field(_, name):
            assert row.row is not None
            if name.text not in row.row.columns:
                return check.add(unknown(name.text, name.span, row.row.columns, f"列（明细「{row.row.name}」）"))
            return tm.Column(name.text, row.row.columns[name.text].type, span=name.span)
        case sx.Each(_, item):
            return deeper(check, row, item)
        case _:
            return None


def _truth(check: Checker, row: Scope, e: sx.Expr | None, deeper: Elaborate) -> tm.Expr | None:
    if e is None:
        return None
    found = deeper(check, row, e)
    if not isinstance(found.type, Truth | Wrong):
        return check.report(WRONG_ARGUMENTS, e.span, f"这里要条件，却是{type_text(found.type)}")
    return found


def _result(check: Checker, kind: str, item: tm.Expr | None) -> Type:
    if kind == "计数":
        if item is not None:
            check.report(WRONG_ARGUMENTS, item.span, "「计数」数的是行，不带列", "写成 计数(明细 其中 条件)")
        return COUNT
    if kind == "占比":
        if item is not None and not isinstance(item.type, Number | Wrong):
            check.report(WRONG_ARGUMENTS, item.span, f"占比要一列数，却是{type_text(item.type)}")
        return RATIO
    assert item is not None
    wanted = Truth if kind in ("全部", "任一") else (Number, Date) if kind in ("最大", "最小") else Number
    if isinstance(item.type, Wrong):
        return item.type
    if not isinstance(item.type, wanted):
        what = "条件" if wanted is Truth else "一列数"
        check.report(WRONG_ARGUMENTS, item.span, f"「{kind}」要{what}，却是{type_text(item.type)}")
        return Wrong()
    if kind == "平均" and isinstance(item.type, Number):
        return evolve(item.type, whole=False)
    return item.type


# ---------- built-in functions ----------


def _function(check: Checker, scope: Scope, e: sx.Call, deeper: Elaborate) -> tm.Expr:
    name = e.callee.text
    if name == "有佐证":
        return _has_evidence(check, scope, e)
    if name in peers.FUNCTIONS:
        return peers.peers(check, scope, e, deeper)
    if name in alike.FUNCTIONS:
        return alike.alike(check, scope, e, deeper)
    args = {a.label.text if a.label else str(i): deeper(check, scope, a.value) for i, a in enumerate(e.args)}
    if any(isinstance(a.type, Wrong) for a in args.values()):
        return tm.Const(False, Wrong(), span=e.span)
    plain = list(args.values())
    labels = [a.label.text for a in e.args if a.label]
    match name, len(plain):
        case ("最大" | "最小", n) if n >= 2 and not labels:
            return _extreme(check, e, plain)
        case ("绝对值", 1) if isinstance(plain[0].type, Number):
            return tm.Abs(plain[0], plain[0].type, span=e.span)
        case ("向下取整" | "向上取整", 1) if isinstance(plain[0].type, Number) and not plain[0].type.points:
            kind = evolve(plain[0].type, whole=True, percent=False, delta=False)
            return tm.Whole(plain[0], name == "向上取整", kind, span=e.span)
        case ("四舍五入", 2) if isinstance(plain[0].type, Number) and labels in ([], ["精度"]):
            return _round(check, e, plain[0], plain[1])
        case ("真数", n) if n >= 1 and all(isinstance(a.type, Truth) for a in plain):
            return tm.CountTrue(tuple(plain), COUNT, span=e.span)
        case ("工作日数", 2) if all(isinstance(a.type, Date) for a in plain):
            return tm.Workdays(plain[0], plain[1], WORKDAYS, span=e.span)
        case ("春节" | "春节假期首日", 1) if (year := _year(plain[0])) is not None:
            return tm.Festival(year, name == "春节假期首日", Date(), span=e.span)
        case ("顺延", 1) if isinstance(plain[0].type, Date):
            return tm.RollOn(plain[0], Date(), span=e.span)
    return check.report(WRONG_ARGUMENTS, e.span, f"「{name}」的输入不对", f"写成 {USAGE[name]}")


def _year(e: tm.Expr) -> tm.Expr | None:
    """Return a year; a written number of four digits is one here."""
    if isinstance(e, tm.Const) and isinstance(e.type, Number) and isinstance(e.value, Fraction):
        return tm.Const(e.value, Year(), e.text, span=e.span) if 1000 <= e.value <= 9999 else None
    return e if isinstance(e.type, Year) else None


USAGE = {
    "最大": "最大(甲，乙)", "最小": "最小(甲，乙)", "绝对值": "绝对值(数)", "向下取整": "向下取整(数)", "向上取整": "向上取整(数)",
    "四舍五入": "四舍五入(数，精度：0.01)", "真数": "真数(条件一，条件二)", "工作日数": "工作日数(起，止)", "顺延": "顺延(日期)",
    "有佐证": "有佐证(事实)", "春节": "春节(评价年度)", "春节假期首日": "春节假期首日(评价年度)",
    **alike.USAGE,
    **peers.USAGE,
}  # fmt: skip


def _has_evidence(check: Checker, scope: Scope, e: sx.Call) -> tm.Expr:
    arg = e.args[0].value if len(e.args) == 1 else None
    if isinstance(arg, sx.Name) and check.fact(arg.text) is not None and scope.facts:
        return tm.HasEvidence(arg.text, span=e.span)
    if isinstance(arg, sx.Name):
        return check.add(unknown(arg.text, arg.span, check.schema.facts, "事实"))
    return check.report(WRONG_ARGUMENTS, e.span, "「有佐证」要一个事实", f"写成 {USAGE['有佐证']}")


def _extreme(check: Checker, e: sx.Call, args: list[tm.Expr]) -> tm.Expr:
    for other in args[1:]:
        if not comparable(check, "<", args[0], other, e.span):
            return tm.Const(False, Wrong(), span=e.span)
    kinds = [a.type for a in args]
    kind = next((k for k in kinds if not (isinstance(k, Number) and k.dim is None)), kinds[0])
    if isinstance(kind, Number):
        percent = any(isinstance(k, Number) and k.percent for k in kinds)
        delta = all(isinstance(k, Number) and (k.delta or k.dim is None) for k in kinds)
        kind = evolve(kind, percent=percent, delta=delta, whole=all(isinstance(k, Number) and k.whole for k in kinds))
    return tm.Extreme(tuple(args), e.callee.text == "最大", kind, span=e.span)


def _round(check: Checker, e: sx.Call, value: tm.Expr, quantum: tm.Expr) -> tm.Expr:
    positive = isinstance(quantum, tm.Const) and isinstance(quantum.value, Fraction) and quantum.value > 0
    if not positive or not comparable(check, "=", value, quantum, e.span):
        return check.report(
            WRONG_ARGUMENTS, e.span, "精度要是固定的正数，单位与被取整的数相同", f"写成 {USAGE['四舍五入']}"
        )
    assert isinstance(quantum, tm.Const) and isinstance(quantum.value, Fraction)
    return tm.Round(value, quantum.value, Rounding.HALF_UP, value.type, span=e.span)
