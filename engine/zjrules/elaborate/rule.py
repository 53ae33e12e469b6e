"""Indicators, checks and the total: what they are made of, and whether it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import evolve

from zjrules.diag import Code, Edit, Fix
from zjrules.elaborate import clause as ec
from zjrules.elaborate.arith import is_wrong, with_unit
from zjrules.elaborate.constant import constant, quantity_const
from zjrules.elaborate.expr import elaborate, truth
from zjrules.elaborate.scope import Checker, Scope
from zjrules.elaborate.types import text_of
from zjrules.elaborate.words import bind
from zjrules.num import brief
from zjrules.span import Span
from zjrules.spelling import nearest
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.walk import refs, walk
from zjrules.unit import POINTS, POINTS_DIM, Number, same, type_text

TWO_BASES = Code("ZJ4001", "two-bases")
NO_BASE = Code("ZJ4002", "no-base")
BAD_POINTS = Code("ZJ4003", "bad-points")
PARTS_SUM = Code("ZJ4004", "parts-do-not-add-up")
PARTS_AND_BASE = Code("ZJ4005", "parts-and-base")
TICKS_SUM = Code("ZJ4006", "checklist-does-not-add-up")
NA_UNCOVERED = Code("ZJ4007", "not-applicable-uncovered")
TOLERANCE = Code("ZJ4020", "bad-tolerance")
UNKNOWN_SEVERITY = Code("ZJ4021", "unknown-severity")
UNKNOWN_GRADE = Code("ZJ4022", "unknown-grade")

SEVERITIES = ("错误", "警告", "提示")


def score_points(check: Checker, q: sx.Quantity) -> Fraction:
    """Return the points of an indicator or group, reporting what is not a positive number of 分."""
    found = quantity_const(q)
    assert isinstance(found.value, Fraction) and isinstance(found.type, Number)
    if found.type.dim != POINTS_DIM or found.value <= 0:
        written = f"{q.span.text} 分"
        fix = None if q.unit or found.value <= 0 else Fix(f"写成「{written}」", (Edit(q.span, written),))
        help_ = "写成几分，例如「4 分」"
        check.report(BAD_POINTS, q.span, f"分值「{q.span.text}」不是大于 0 的分", help_, fix)
        return Fraction(1)
    return found.value


def indicator(
    check: Checker,
    node: sd.Indicator | sd.Part,
    number: str,
    rounding: tr.RoundScore,
    outer: Scope | None = None,
) -> tr.Indicator:
    """Return the kernel form of an indicator, or of a part, which sees the 令 of its indicator."""
    points = score_points(check, node.points)
    scope = outer or Scope(vars={"满分": POINTS})
    own: dict[str, tm.Let] = {}
    for let in (c for c in node.clauses if isinstance(c, cl.Let)):
        scope, bound = bind(check, scope, let, elaborate)
        own[bound.name] = bound
    bases = [b for b in (ec.base(check, scope, c) for c in node.clauses) if b is not None]
    deducts = [c for c in node.clauses if isinstance(c, cl.Deduct)]
    for said in (c for c in node.clauses if isinstance(c, cl.RoundingDecl)):
        rounding = ec.rounding(check, said)
    found = tr.Indicator(
        node.name.text,
        node.number.text if node.number else number,
        points,
        tuple(ec.not_applicable(check, scope, c) for c in node.clauses if isinstance(c, cl.NotApplicable)),
        tuple(ec.gate(check, scope, c) for c in node.clauses if isinstance(c, cl.Gate)),
        scope.lets if outer is not None else own,
        bases[0] if bases else None,
        ec.deduct(check, scope, deducts[0]) if deducts else None,
        tuple(ec.clamp(check, scope, c) for c in node.clauses if isinstance(c, cl.Clamp)),
        rounding,
        tuple(indicator(check, p, "", tr.RoundScore(None, Fraction(1)), scope) for p in getattr(node, "parts", ())),
        tuple(ec.trend(check, c) for c in node.clauses if isinstance(c, cl.Trend)),
        text_of(node.basis),
        text_of(node.note),
        ec.accepts(check, node.clauses),
        span=node.span,
    )
    if not node.damaged:
        _shape(check, node, found, len(bases), len(deducts))
        _covered(check, node, found)
    return found


def _shape(check: Checker, node: sd.Indicator | sd.Part, found: tr.Indicator, bases: int, deducts: int) -> None:
    name = f"「{node.name.text}」"
    if bases > 1 or deducts > 1:
        help_ = "只留一个；几样都要就用「分项」，各有各的分值"
        check.report(TWO_BASES, node.name.span, f"{name}写了不止一种算法", help_)
    if found.parts and (bases or deducts):
        check.report(PARTS_AND_BASE, node.name.span, f"{name}有分项，自己就不能再写算法", "把算法移进分项")
    if not found.parts and not bases and not deducts:
        help_ = "补上 得分、分档、判定、清单、套用 或 扣分"
        check.report(NO_BASE, node.name.span, f"{name}没有说怎么得分", help_)
    total = sum((p.points for p in found.parts), Fraction(0))
    if found.parts and total != found.points:
        message = f"{name}的分项合计 {brief(total)} 分，不是 {brief(found.points)} 分"
        check.report(PARTS_SUM, node.points.span, message, "改分项或指标的分值")
    if isinstance(found.base, tr.Checklist):
        _ticks(check, node, found, found.base)


def _ticks(check: Checker, node: sd.Indicator | sd.Part, found: tr.Indicator, base: tr.Checklist) -> None:
    values = [t.result.value for t in base.ticks if isinstance(t.result, tm.Const)]
    numbers = [v for v in values if isinstance(v, Fraction)]
    if len(numbers) == len(base.ticks) and sum(numbers) != found.points:
        message = f"「{node.name.text}」的清单合计 {brief(sum(numbers, Fraction(0)))} 分，不是 {brief(found.points)} 分"
        check.report(TICKS_SUM, node.points.span, message, "改清单各条的分或指标的分值")


def _exprs(found: tr.Indicator) -> list[tm.Expr]:
    """Return the expressions that make the score of an indicator, its 不适用 left out."""
    exprs: list[tm.Expr] = [let.value for let in found.lets.values()]
    match found.base:
        case tr.Plain(value):
            exprs.append(value)
        case tr.Bands(subject, bands, rest):
            exprs += [subject, *(b.result for b in bands), *(limit.bound for b in bands for limit in b.limits)]
            exprs += [rest] if rest is not None else []
        case tr.Decide(cases, rest):
            exprs += [*(x for c in cases for x in (c.test, c.result)), rest]
        case tr.Checklist(ticks):
            exprs += [x for c in ticks for x in (c.test, c.result)]
        case None:
            pass
    for item in found.deduct.items if found.deduct else ():
        exprs += [item.test, item.result] if isinstance(item, tr.Case) else [item.subject, item.amount]
    return exprs


def _covered(check: Checker, node: sd.Indicator | sd.Part, found: tr.Indicator) -> None:
    """Report a fact that may be 不适用 where the indicator that uses it has no 不适用 for it."""
    asked = {r[1] for na in found.na for r in refs(na.test, found.lets) if r[0] == "fact"}
    for e in [n for expr in _exprs(found) for n in walk(expr)]:
        fact = check.fact(e.name) if isinstance(e, tm.FactRef) else None
        if fact is not None and fact.may_be_na and fact.name not in asked:
            help_ = f"补上「不适用 当 不适用({fact.name}) 按 …」"
            message = f"「{fact.name}」可能不适用，「{node.name.text}」没有说那时怎么办"
            check.report(NA_UNCOVERED, e.span, message, help_)


# ---------- checks and the total ----------


def check_rule(check: Checker, node: sd.CheckDecl) -> tr.Check:
    """Return the kernel form of a 校验."""
    scope = Scope()
    if node.severity.text not in SEVERITIES:
        help_ = f"可用：{'、'.join(SEVERITIES)}"
        check.report(UNKNOWN_SEVERITY, node.severity.span, f"没有「{node.severity.text}」这一级", help_)
    when = truth(check, scope, node.when) if node.when is not None else None
    should = truth(check, scope, node.should)
    tolerance = Fraction(0)
    if node.tolerance is not None:
        tolerance = _tolerance(check, node.tolerance, should)
    single = isinstance(should, tm.Cmp)
    return tr.Check(
        node.severity.text,
        node.title.text,
        when,
        should.left if isinstance(should, tm.Cmp) else should,
        should.op if isinstance(should, tm.Cmp) else "",
        should.right if isinstance(should, tm.Cmp) and single else None,
        tolerance,
        text_of(node.basis),
        text_of(node.note),
        ec.accepts(check, node.accepts),
        span=node.span,
    )


def _tolerance(check: Checker, e: sx.Expr, should: tm.Expr) -> Fraction:
    found = constant(check, e)
    if found is None or is_wrong(should, found):
        return Fraction(0)
    fits = isinstance(should, tm.Cmp) and isinstance(should.left.type, Number) and isinstance(found.type, Number)
    if not fits or not isinstance(found.value, Fraction) or found.value < 0:
        check.report(TOLERANCE, e.span, "容差只用在一个数的比较上，并且不小于 0", "例如：应有 甲 = 乙 容差 0.01 元")
        return Fraction(0)
    assert isinstance(should, tm.Cmp) and isinstance(should.left.type, Number) and isinstance(found.type, Number)
    if not same(should.left.type.dim, found.type.dim)[0]:
        fix = with_unit(found, should.left.type.dim)
        check.report(TOLERANCE, e.span, "容差的单位与两边不同", f"容差用两边的单位：{type_text(should.left.type)}", fix)
        return Fraction(0)
    return found.value


def total_step(
    check: Checker, step: sd.TotalStep, roundings: Mapping[str, tr.RoundScore], grades: tuple[str, ...]
) -> tr.TotalStep | None:
    """Return the kernel form of a step of 总评."""
    scope = Scope()
    match step:
        case sd.Adjust(sign, amount, most, basis):
            cap = ec.points(check, scope, most) if most is not None else None
            return tr.Adjust(sign, ec.points(check, scope, amount), cap, text_of(basis), span=step.span)
        case cl.Clamp():
            return ec.clamp(check, scope, step)
        case sd.RoundTotal(place):
            if place.text != "总分":
                check.report(ec.BAD_ROUNDING, place.span, f"总评里只能舍入总分，不是「{place.text}」")
                return None
            return evolve(roundings["总分"], span=step.span) if "总分" in roundings else None
        case sd.Regrade():
            return tr.Regrade(span=step.span)
        case sd.Override(kind, test, grade, basis):
            named = grade.text if grade is not None else ""
            if grade is not None and named not in grades and kind != "replace":
                _unknown_grade(check, named, grade.span, grades)
            return tr.Override(kind, truth(check, scope, test), named, text_of(basis), span=step.span)


def _unknown_grade(check: Checker, name: str, span: Span, grades: tuple[str, ...]) -> None:
    likely = nearest(name, grades, closed=True)
    help_ = f"是不是「{likely}」？" if likely else f"等级有 {'、'.join(grades)}"
    check.report(UNKNOWN_GRADE, span, f"等级里没有「{name}」", help_)
