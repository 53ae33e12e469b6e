"""Why a better score was not reached: the condition that was missed, what it looked at, and how far that is."""

from __future__ import annotations

from fractions import Fraction

from zjrules.exact.expr import evaluate
from zjrules.exact.indicator import inside
from zjrules.exact.scope import Scope
from zjrules.explain import formula as fm
from zjrules.explain.lines import score_text
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import DAYS, Date, Type, Year, show
from zjrules.value import Value

HEAD = ("得", "条件", "现在", "还差")
Row = tuple[str, str, str, str]
MET = "已满足"


def missed(node: tr.Indicator, scope: Scope, least: Fraction | None) -> list[Row]:
    """Return the bands and cases of an indicator and its parts that would give more.

    least leaves out what gives less; a part is worth less than the whole, and all of its rows are given.
    """
    at = inside(node, scope)
    found = [row for part in node.parts for row in missed(part, at, None)]
    match node.base:
        case tr.Bands():
            found += _bands(node.base, at, least)
        case tr.Decide(cases):
            now = _score(node.base, at)
            found += [r for c in cases if _more(c.result, at, now, least) for r in _unmet(c, at, _text(c.result, at))]
        case tr.Checklist(ticks):
            found += [r for c in ticks for r in _unmet(c, at, f"+{_text(c.result, at)}")]
        case _:
            pass
    for item in node.deduct.items if node.deduct is not None else ():
        found += _taken(item, at)
    return found


def _text(e: tm.Expr, at: Scope) -> str:
    return score_text(evaluate(e, at).value)


def _score(base: tr.Decide, at: Scope) -> Value:
    for case in base.cases:
        if evaluate(case.test, at).value is True:
            return evaluate(case.result, at).value
    return evaluate(base.rest, at).value


def _more(result: tm.Expr, at: Scope, now: Value, least: Fraction | None) -> bool:
    """Return whether a result is more than what was reached, and no less than what is asked about."""
    value = evaluate(result, at).value
    if not isinstance(value, Fraction) or (isinstance(now, Fraction) and value <= now):
        return False
    return least is None or value >= least


def _bands(base: tr.Bands, at: Scope, least: Fraction | None) -> list[Row]:
    subject = evaluate(base.subject, at)
    if not isinstance(subject.value, Fraction):
        return [("", f"分档 {fm.names(base.subject)}", fm.value_text(subject.value, base.subject.type), "")]
    bounds = [[evaluate(x.bound, at).value for x in band.limits] for band in base.bands]
    now: Value = evaluate(base.rest, at).value if base.rest is not None else Fraction(0)
    for band, ends in zip(base.bands, bounds, strict=True):
        if all(_gap(subject.value, x.op, b) is None for x, b in zip(band.limits, ends, strict=True)):
            now = evaluate(band.result, at).value
            break
    rows = []
    for band, ends in zip(base.bands, bounds, strict=True):
        if not _more(band.result, at, now, least):
            continue
        for limit, end in zip(band.limits, ends, strict=True):
            gap = _gap(subject.value, limit.op, end)
            far = MET if gap is None else _far(gap, limit.op, base.subject.type)
            condition = f"{fm.names(base.subject)} {limit.op} {fm.names(limit.bound)}"
            rows.append((_text(band.result, at), condition, show(subject.value, base.subject.type), far))
    return rows


def _gap(value: Fraction, op: str, end: Value) -> Fraction | None:
    """Return how far a value is from meeting a limit; None where it does."""
    if not isinstance(end, Fraction):
        return None
    met = {
        "<": value < end,
        "≤": value <= end,
        ">": value > end,
        "≥": value >= end,
        "=": value == end,
        "≠": value != end,
    }
    return None if met[op] else abs(end - value)


def _far(gap: Fraction, op: str, kind: Type) -> str:
    text = show(gap, kind)
    if gap == 0:
        return "刚好在界线上，不含"
    return f"超过 {text}" if op in "<>" else text


def _unmet(case: tr.Case, at: Scope, gives: str) -> list[Row]:
    """Return the row of a condition that does not hold, with the distance where it is one comparison."""
    test = evaluate(case.test, at)
    if test.value is True:
        return []
    now, far = ("不成立" if test.value is False else "未定"), ""
    if isinstance(case.test, tm.Cmp):
        left, right = (evaluate(e, at).value for e in (case.test.left, case.test.right))
        if isinstance(left, Fraction) and isinstance(right, Fraction) and test.value is False:
            now = show(left, case.test.left.type)
            gap = _gap(left, case.test.op, right)
            dated = isinstance(case.test.left.type, Date | Year)
            far = "" if gap is None else _far(gap, case.test.op, DAYS if dated else case.test.left.type)
    return [(gives, fm.names(case.test), now, far)]


def _taken(item: tr.Case | tr.PerStep, at: Scope) -> list[Row]:
    """Return what a deduction took, if it did."""
    if isinstance(item, tr.Case):
        if evaluate(item.test, at).value is not True:
            return []
        return [(f"+{_text(item.result, at)}", f"非 {fm.names(item.test)}", "扣了", "")]
    steps, subject = evaluate(item.steps, at).value, evaluate(item.subject, at).value
    if not isinstance(steps, Fraction) or steps <= 0:
        return []
    amount = evaluate(item.amount, at).value
    gives = f"+{score_text(steps * amount)}" if isinstance(amount, Fraction) else ""
    return [(gives, f"{fm.names(item.subject)} 不扣分", fm.value_text(subject, item.subject.type), "")]
