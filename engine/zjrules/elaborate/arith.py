"""Types of + - × ÷ and of comparisons."""

from __future__ import annotations

import re

from zjrules.diag import Code, Diagnostic, Edit, Fix, Label
from zjrules.elaborate.scope import Checker
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.unit import (
    DAYS,
    MONEY_DIM,
    POINTS_DIM,
    PURE,
    WORKDAYS,
    YEARS,
    Choice,
    Date,
    Dim,
    Number,
    Text,
    Truth,
    Wrong,
    Year,
    dim_text,
    same,
    times,
    type_text,
)  # fmt: skip

MIXED_UNITS = Code("ZJ3001", "mixed-units")
NOT_A_NUMBER = Code("ZJ3002", "not-a-number")
POINTS_MISUSED = Code("ZJ3003", "percentage-points-misused")
ZERO_DIVISOR = Code("ZJ3004", "zero-divisor")
DAYS_AND_WORKDAYS = Code("ZJ3005", "days-and-workdays")
SQUARED = Code("ZJ3006", "squared-unit")
NOT_COMPARABLE = Code("ZJ3007", "not-comparable")

_BARE = re.compile(r"[0-9０-９][0-9０-９.．,]*")
_VERBS = {"+": "相加", "-": "相减", "×": "相乘", "÷": "相除"}


def is_wrong(*exprs: tm.Expr) -> bool:
    """Return whether one of the operands was already reported."""
    return any(isinstance(e.type, Wrong) for e in exprs)


def binary(check: Checker, op: str, a: tm.Expr, b: tm.Expr, span: Span) -> tm.Expr:
    """Return a typed arithmetic node."""
    if is_wrong(a, b):
        return tm.Const(False, Wrong(), span=span)
    match a.type, b.type:
        case (Number() as x, Number() as y):
            if op in "+-":
                return _plus(check, op, a, b, x, y, span)
            return _times(check, op, a, b, x, y, span)
        case (Date(), Date()) if op == "-":
            return tm.Arith(op, a, b, DAYS, span=span)
        case (Date(), Number(dim=DAYS.dim, whole=True)) if op in "+-":
            return tm.Arith(op, a, b, Date(), span=span)
        case (Date(), Number(dim=WORKDAYS.dim, whole=True)) if op in "+-":
            days = b if op == "+" else tm.Neg(b, b.type, span=b.span)
            return tm.AddWorkdays(a, days, Date(), span=span)
        case (Year(), Year()) if op == "-":
            return tm.Arith(op, a, b, YEARS, span=span)
        case (Year(), Number(dim=YEARS.dim, whole=True)) if op in "+-":
            return tm.Arith(op, a, b, Year(), span=span)
    return _mismatch(check, op, a, b, span)


def _mismatch(check: Checker, op: str, a: tm.Expr, b: tm.Expr, span: Span) -> tm.Expr:
    labels = (Label(span), Label(a.span, type_text(a.type)), Label(b.span, type_text(b.type)))
    message = f"{type_text(a.type)} 与 {type_text(b.type)} 不能{_VERBS[op]}"
    numbers = isinstance(a.type, Number) and isinstance(b.type, Number)
    dates = isinstance(a.type, Date | Year)
    help_ = "日期只能加减整天（30 日）或工作日（7 个工作日）；年度只能加减整年（3 年）" if dates else "核对名称和单位"
    if isinstance(a.type, Truth) or isinstance(b.type, Truth):
        help_ = "「是否」不能直接计算；用 若 … 则 … 否则 …，或用 真数(…) 数出有几个「是」"
    fix = _left_out(a, b)
    return check.add(Diagnostic(MIXED_UNITS if numbers else NOT_A_NUMBER, message, labels, help_, fix))


def with_unit(bare: tm.Expr, dim: Dim | None) -> Fix | None:
    """Return what writes the unit of a dimension behind a bare number; None where there is no one unit or no number.

    Not sure: a number that stands beside 元 can be meant in 万元.
    """
    text = bare.span.text
    if not dim or len(dim) > 1 or dim[0][1] != 1 or not _BARE.fullmatch(text):
        return None
    written = f"{text} {_unit(dim)}"
    return Fix(f"写成「{written}」", (Edit(bare.span, written),), safe=False)


def _unit(dim: Dim) -> str:
    """Return the unit that is written behind a number of a dimension."""
    return {MONEY_DIM: "元", POINTS_DIM: "分", WORKDAYS.dim: "个工作日"}.get(dim, dim_text(dim))


def _left_out(a: tm.Expr, b: tm.Expr) -> Fix | None:
    """Return what gives one of two operands, a bare number, the unit of the other."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, tm.Const) and isinstance(other.type, Number):
            return with_unit(one, other.type.dim)
    return None


def _plus(check: Checker, op: str, a: tm.Expr, b: tm.Expr, x: Number, y: Number, span: Span) -> tm.Expr:
    if {x.dim, y.dim} == {DAYS.dim, WORKDAYS.dim}:
        return days_and_workdays(check, a, b, span)
    agree, dim = same(x.dim, y.dim)
    if not agree:
        return _mismatch(check, op, a, b, span)
    ratio = dim in ((), None)
    percent = x.percent or y.percent
    kind = Number(
        dim,
        points=x.points and y.points,
        delta=ratio and ((x.points and y.points) or (op == "-" and percent and not y.points) or (x.delta and y.delta)),
        percent=percent,
        whole=x.whole and y.whole,
    )
    return tm.Arith(op, a, b, kind, span=span)


def days_and_workdays(check: Checker, a: tm.Expr, b: tm.Expr, span: Span) -> tm.Const:
    """Report days mixed with working days."""
    labels = (Label(span), Label(a.span, type_text(a.type)), Label(b.span, type_text(b.type)))
    help_ = "两边用同一种，例如都写「个工作日」；两个日期之间有几个工作日，写成 工作日数(起，止)"
    return check.add(Diagnostic(DAYS_AND_WORKDAYS, "天数与工作日数不能放在一起", labels, help_))


def _times(check: Checker, op: str, a: tm.Expr, b: tm.Expr, x: Number, y: Number, span: Span) -> tm.Expr:
    if op == "÷" and isinstance(b, tm.Const) and b.value == 0:
        return check.report(ZERO_DIVISOR, b.span, "除数是 0", "核对是不是少写了数字")
    if x.points or y.points:
        return _points(check, op, a, b, x, y, span)
    dim = times(x.dim or (), y.dim or (), 1 if op == "×" else -1)
    squared = next((unit for unit, power in dim if abs(power) > 1 and unit in ("元", "分")), None)
    if squared is not None:
        message = f"两个带「{squared}」的数{_VERBS[op]}没有意义"
        labels = (Label(span), Label(a.span, type_text(x)), Label(b.span, type_text(y)))
        return check.add(Diagnostic(SQUARED, message, labels, "得分的式子里，分值只乘一次；其余因子用比率"))
    percent = not dim and (bool(x.dim) or x.percent or y.percent) if op == "÷" else not dim and x.percent and y.percent
    return tm.Arith(op, a, b, Number(dim, percent=percent, whole=op == "×" and x.whole and y.whole), span=span)


def _points(check: Checker, op: str, a: tm.Expr, b: tm.Expr, x: Number, y: Number, span: Span) -> tm.Expr:
    if op == "÷" and y.points and (x.points or x.delta):
        return tm.Arith(op, a, b, PURE, span=span)
    wrong = b if y.points else a
    message = "百分点只能加减比率、作步长，或与两个比率之差比较"
    text = wrong.span.text
    fix = None
    if text.endswith("个百分点"):
        fix = Fix("改成 %", (Edit(wrong.span, text.removesuffix("个百分点").rstrip() + "%"),), safe=False)
    return check.report(POINTS_MISUSED, wrong.span, message, "百分之几写「5%」，差几个百分点写「5 个百分点」", fix)


def comparable(check: Checker, op: str, a: tm.Expr, b: tm.Expr, span: Span) -> bool:
    """Return whether two operands may be compared, reporting when not."""
    if is_wrong(a, b):
        return True
    match a.type, b.type:
        case (Number() as x, Number() as y):
            return _comparable_numbers(check, a, b, x, y, span)
        case (Date(), Date()) | (Year(), Year()):
            return True
        case (Truth(), Truth()) if op in "=≠":
            return True
        case (Choice(), _) | (_, Choice()):
            help_ = "选项用「为」或「属于」比较，例如：方向 为 正向"
        case (Text(), _) | (_, Text()):
            help_ = "文本只供查看，不参与计分；要分类就声明成 选项（…）"
        case _:
            help_ = "两边要是同一种值"
    labels = (Label(span), Label(a.span, type_text(a.type)), Label(b.span, type_text(b.type)))
    check.add(Diagnostic(NOT_COMPARABLE, f"{type_text(a.type)} 与 {type_text(b.type)} 不能比较", labels, help_))
    return False


def _unit_help(a: tm.Expr, b: tm.Expr, x: Number, y: Number) -> str:
    """Say what would make the units of two compared numbers agree."""
    for constant, kind, other in ((a, x, y), (b, y, x)):
        if isinstance(constant, tm.Const) and other.dim:
            unit = _unit(other.dim)
            if not kind.dim and not kind.percent:
                return f"数后面写上单位：{constant.span.text} {unit}"
            return f"要与「{unit}」的数比较；核对名称，或改数的单位"
    return "两边要是同一种量；核对名称，看是不是少除了一个数"


def _comparable_numbers(check: Checker, a: tm.Expr, b: tm.Expr, x: Number, y: Number, span: Span) -> bool:
    if {x.dim, y.dim} == {DAYS.dim, WORKDAYS.dim}:
        days_and_workdays(check, a, b, span)
        return False
    if not same(x.dim, y.dim)[0]:
        labels = (Label(span), Label(a.span, type_text(x)), Label(b.span, type_text(y)))
        message = f"{type_text(x)} 与 {type_text(y)} 单位不同，不能比较"
        help_ = _unit_help(a, b, x, y)
        check.add(Diagnostic(MIXED_UNITS, message, labels, help_, _left_out(a, b)))
        return False
    if x.points != y.points and not (x.delta and y.delta) and None not in (x.dim, y.dim):
        wrong = a if x.points else b
        help_ = "百分点只与两个比率之差比较；与比率本身比较写「5%」"
        check.report(POINTS_MISUSED, wrong.span, "这里拿百分点与一个比率比较", help_)
        return False
    return True
