"""How people come to a wrong score: a reached target scored by its own percentage, a ratio made a rounder number."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from zjrules.audit.sheet import Row
from zjrules.diag import Code
from zjrules.explain import formula as fm
from zjrules.explain.lines import score_text
from zjrules.fact import Facts
from zjrules.num import Rounding, brief, decimal, fixed, round_to
from zjrules.term import expr as tm
from zjrules.term.rule import Indicator, RoundScore
from zjrules.trace import Step
from zjrules.unit import Number

BY_PERCENTAGE = Code("ZJ6054", "reached-target-scored-by-percentage")
RATIO_ROUNDED = Code("ZJ6055", "ratio-scored-otherwise")
PLACES = 4
"""Decimals of a number that does not end, before …"""
_COARSER = (Fraction(1), Fraction(1, 2), Fraction(1, 10))


@frozen
class Habit:
    """A wrong score explained: the kind, what happened, and what the rule says."""

    code: Code
    told: str


@frozen
class _Pair:
    """Two sides of a division or a comparison of the trace; of a comparison, above is what should be no less."""

    divided: bool
    above: Step
    below: Step


def habit(row: Row, facts: Facts) -> Habit | None:
    """Return how a claim that differs from the recomputed score came about, where it can be told."""
    node = row.step.term if row.step is not None else None
    if row.claim is None or not isinstance(row.recomputed, Fraction) or not isinstance(node, Indicator):
        return None
    assert row.step is not None
    return _by_percentage(row, row.claim, row.recomputed, facts) or _ratio(row, row.claim, row.recomputed, facts)


def _by_percentage(row: Row, claim: Fraction, value: Fraction, facts: Facts) -> Habit | None:
    """Tell of a target that is reached, so that the rule gives full points, while the claim is points times percentage."""
    assert row.step is not None
    if value != row.points or row.rounding is None:
        return None
    for pair in _pairs(row.step):
        done, target = pair.above.value, pair.below.value
        if not isinstance(done, Fraction) or not isinstance(target, Fraction) or not 0 < target <= done < 1:
            continue
        if _percent(pair.above) and _rounded(row.points * done, row.rounding) == claim:
            left, right = _written(pair.above, facts), _written(pair.below, facts)
            told = f"完成 {left}，达到目标 {right}，按规则得 {score_text(value)} 分；自评是拿完成值乘分值："
            return Habit(BY_PERCENTAGE, f"{told}{brief(row.points)} × {left} = {score_text(claim)}")
    return None


def _percent(step: Step) -> bool:
    kind = getattr(step.term, "type", None)
    return isinstance(kind, Number) and kind.percent


def _ratio(row: Row, claim: Fraction, value: Fraction, facts: Facts) -> Habit | None:
    """Tell of a rule that gives a share of the points, while the claim is another number."""
    assert row.step is not None
    if row.rounding is None:
        return None
    for pair in _pairs(row.step):
        above, below = pair.above.value, pair.below.value
        if not pair.divided or not isinstance(above, Fraction) or not isinstance(below, Fraction):
            continue
        exact = above / below * row.points
        if _rounded(exact, row.rounding) != value or not 0 < exact < row.points:
            continue
        told = f"{_written(pair.above, facts)} ÷ {_written(pair.below, facts)} × {brief(row.points)} = {digits(exact)}"
        if exact != value and row.rounding.mode is not None:
            told += f"，{row.rounding.mode.value}到 {brief(row.rounding.quantum)} 分是 {score_text(value)} 分"
        return Habit(RATIO_ROUNDED, f"{told}{_coarser(exact, claim)}")
    return None


def _coarser(exact: Fraction, claim: Fraction) -> str:
    """Return how the claim may have been made of the exact number, '' where it cannot be told."""
    for quantum in _COARSER:
        for mode in (Rounding.HALF_UP, Rounding.UP, Rounding.DOWN):
            if round_to(exact, quantum, mode) == claim:
                return f"；自评像是{mode.value}到了 {brief(quantum)} 分"
    return ""


def digits(value: Fraction) -> str:
    """Return a number exactly, or its first decimals and … where it does not end soon."""
    exact = decimal(value, most=PLACES)
    return exact if exact is not None else f"{fixed(round_to(value, Fraction(1, 10**PLACES), Rounding.DOWN), PLACES)}…"


def _rounded(value: Fraction, rounding: RoundScore) -> Fraction:
    return value if rounding.mode is None else round_to(value, rounding.quantum, rounding.mode)


def _pairs(step: Step) -> Iterator[_Pair]:
    """Yield the divisions and comparisons under a step, those inside words included."""
    for kid in step.kids:
        term = kid.term
        if isinstance(term, tm.Arith) and term.op == "÷" and isinstance(kid.value, Fraction):
            yield _Pair(True, _meant(kid.kids[0]), _meant(kid.kids[1]))
        elif isinstance(term, tm.Cmp) and len(kid.kids) > 1:
            sides = [_meant(side) for side in kid.kids]
            above, below = sides if term.op in ("≥", ">") else reversed(sides)
            yield _Pair(False, above, below)
        yield from _pairs(kid)


def _meant(step: Step) -> Step:
    """Return what a 令 or an input of a word stands for."""
    while isinstance(step.term, tm.Var) and step.kids:
        step = step.kids[0]
    return step


def _written(step: Step, facts: Facts) -> str:
    """Return an operand as the unit wrote it, where it is a fact."""
    fact = facts.facts.get(step.term.name) if isinstance(step.term, tm.FactRef) else None
    if fact is not None and fact.shown:
        return fact.shown
    return fm.value_text(step.value, step.term.type, bare=False) if isinstance(step.term, tm.Expr) else ""
