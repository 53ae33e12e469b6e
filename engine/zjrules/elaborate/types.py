"""Written types to types: declared facts and ledgers become the schema."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from zjrules.diag import Code, Diagnostic, Label
from zjrules.elaborate.constant import constant
from zjrules.elaborate.scope import Checker
from zjrules.fact import Asked, AskedLedger, Schema
from zjrules.interval.sets import EVERYTHING, Range, between, restrict
from zjrules.pool import RULES, fits
from zjrules.resolve import DUPLICATE
from zjrules.spelling import nearest
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax.expr import Ident
from zjrules.unit import (
    DAYS,
    MONEY,
    MONEY_DIM,
    POINTS,
    RATIO,
    WORKDAYS,
    Choice,
    Date,
    Number,
    Text,
    Truth,
    Type,
    Wrong,
    Year,
    same,
    show,
    type_text,
    unit,
)  # fmt: skip

UNKNOWN_TYPE = Code("ZJ3010", "unknown-type")
TYPE_NEEDS = Code("ZJ3011", "type-argument")
LIMIT_MISFIT = Code("ZJ3012", "limit-misfit")
POOL_RULE = Code("ZJ3014", "pool-rule")
EMPTY_LIMITS = Code("ZJ3013", "empty-limits")

_PLAIN: dict[str, tuple[Type, str]] = {
    "金额": (MONEY, "元"),
    "比率": (RATIO, "%"),
    "评分": (POINTS, "分"),
    "天数": (DAYS, "天"),
    "工作日数": (WORKDAYS, "个工作日"),
    "数": (Number(()), ""),
    "日期": (Date(), ""),
    "年度": (Year(), ""),
    "是否": (Truth(), ""),
    "文本": (Text(), ""),
}
TYPE_NAMES = (*_PLAIN, "个数", "数量", "选项")
"""What may stand after the colon of a declared fact, column or input."""


def written_type(check: Checker, t: cl.TypeName) -> tuple[Type, str]:
    """Return the type of a written one and its usual unit; Wrong after reporting."""
    name = t.name.text
    if name in _PLAIN and not t.args:
        return _PLAIN[name]
    if name == "选项" and t.args:
        return _choice(check, t), ""
    if name in ("个数", "数量") and len(t.args) == 1:
        found = unit(t.args[0].text)
        if found is None or found[0].points:
            return check.report(
                TYPE_NEEDS, t.args[0].span, f"认不出单位「{t.args[0].text}」", "单位见 zjrules help ZJ1030"
            ).type, ""
        kind = found[0]
        return Number(kind.dim, percent=kind.percent, whole=name == "个数"), t.args[0].text
    if name in ("个数", "数量", "选项") or name in _PLAIN:
        wants = {"选项": "选项（甲，乙）", "个数": "个数（处）", "数量": "数量（平方米）"}.get(name, name)
        return check.report(TYPE_NEEDS, t.span, f"类型「{name}」写法不全", f"写成「{wants}」").type, ""
    likely = nearest(name, TYPE_NAMES, closed=True)
    help_ = f"是不是「{likely}」？" if likely else f"类型有 {'、'.join(TYPE_NAMES)}"
    return check.report(UNKNOWN_TYPE, t.name.span, f"没有叫「{name}」的类型", help_).type, ""


def _choice(check: Checker, t: cl.TypeName) -> Choice:
    """Return the options of a type; one that stands twice is reported, and counted once."""
    seen: dict[str, Ident] = {}
    for option in t.args:
        if option.text in seen:
            places = (Label(option.span, "又写了一次"), Label(seen[option.text].span, "已有"))
            check.add(Diagnostic(DUPLICATE, f"选项「{option.text}」写了两次", places, "删去一个，或改成另一个选项"))
        seen.setdefault(option.text, option)
    return Choice(tuple(seen))


def limits_of(check: Checker, t: cl.TypeName, kind: Type) -> tuple[Range, str]:
    """Return the declared range of a fact in base units, and how it was written."""
    whole = isinstance(kind, Number) and kind.whole
    # A count of things is not negative; days and amounts may be.
    counted = t.name.text == "个数"
    start = between(Fraction(0) if counted else None, None, step=Fraction(1)) if whole else EVERYTHING
    if isinstance(kind, Date | Year):
        start = between(None, None, step=Fraction(1))
    found = start
    for test in tests_of(t.limits):
        bound = constant(check, test.value)
        if bound is None or isinstance(bound.value, bool | str):
            continue
        if not _fits(kind, bound.type):
            message = f"「{t.name.text}」的范围用了{type_text(bound.type)}"
            check.report(LIMIT_MISFIT, test.span, message, f"范围要用同一单位，例如「{_sample(kind)}」")
            continue
        found = restrict(found, test.op, bound.value)
    if found.is_empty:
        check.report(EMPTY_LIMITS, t.span, "这个范围里没有任何值", "核对两头的数，是不是写反了")
        return start, ""
    return found, _limits_text(t.limits, kind, check)


def tests_of(limits: cl.Limits) -> tuple[cl.Test, ...]:
    """Return 介于 as two tests; an end that does not say 含 or 不含 is 含."""
    match limits:
        case cl.Between(low, high):
            return (
                cl.Test(">" if low.closed is False else "≥", low.value, span=low.span),
                cl.Test("<" if high.closed is False else "≤", high.value, span=high.span),
            )
        case tuple():
            return limits
        case _:
            assert_never(limits)


def _fits(kind: Type, bound: Type) -> bool:
    if isinstance(kind, Number) and isinstance(bound, Number):
        return same(kind.dim, bound.dim)[0] and not bound.points
    return type(kind) is type(bound) or isinstance(kind, Wrong) or isinstance(bound, Wrong)


def _sample(kind: Type) -> str:
    return f"≥ {show(Fraction(0), kind)}" if isinstance(kind, Number) else "不早于 2025-01-01"


def _limits_text(limits: cl.Limits, kind: Type, check: Checker) -> str:
    parts = []
    for test in tests_of(limits):
        bound = constant(check, test.value)
        if bound is not None:
            parts.append(f"{test.op} {show(bound.value, kind)}")
    return "，".join(parts)


def schema(check: Checker) -> Schema:
    """Return what the rule set asks for."""
    facts = {name: _asked(check, decl) for name, decl in check.index.facts.items()}
    ledgers = {}
    for name, ledger in check.index.ledgers.items():
        ledgers[name] = AskedLedger(
            name,
            {c.name.text: _asked(check, c) for c in ledger.columns},
            ledger.key.text if ledger.key else "",
            text_of(ledger.note),
            text_of(ledger.basis),
            text_of(ledger.evidence),
            span=ledger.name.span,
        )
        if ledger.key and ledger.key.text not in ledgers[name].columns:
            check.report(TYPE_NEEDS, ledger.key.span, f"主键「{ledger.key.text}」不是这张明细的列")
    return Schema(facts, ledgers)


def _asked(check: Checker, decl: sd.FactDecl) -> Asked:
    kind, written = written_type(check, decl.type)
    limits, limits_text = limits_of(check, decl.type, kind)
    return Asked(
        decl.name.text,
        kind,
        limits,
        limits_text,
        text_of(decl.note),
        text_of(decl.basis),
        text_of(decl.evidence),
        text_of(decl.source),
        decl.may_be_na,
        decl.reason,
        _pool(check, decl, kind),
        "" if kind == Number(MONEY_DIM) and not written else written,
        span=decl.name.span,
    )


def _pool(check: Checker, decl: sd.FactDecl, kind: Type) -> str:
    if decl.pool is None:
        return ""
    rule = decl.pool.text
    if rule not in RULES:
        likely = nearest(rule, RULES, closed=True)
        help_ = f"是不是「{likely}」？" if likely else f"可用：{'、'.join(RULES)}"
        check.report(POOL_RULE, decl.pool.span, f"没有「{rule}」这种汇总", help_)
    elif not isinstance(kind, Wrong) and not fits(rule, kind):
        help_ = "数用 合计、最大、最小；是否用 全部、任一；日期用 最早、最晚；都可以用 相同、不汇总"
        check.report(POOL_RULE, decl.pool.span, f"{type_text(kind)}不能按「{rule}」汇总", help_)
    return rule


def text_of(words: tuple[object, ...]) -> str:
    """Return several 说明 or 依据 as one text."""
    return "；".join(str(getattr(w, "text", "")) for w in words)
