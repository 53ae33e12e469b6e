"""How people come to a wrong score: a reached target scored by its own percentage, a ratio made a rounder number."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations

from attrs import frozen

from zjrules.audit.sheet import Row
from zjrules.diag import Code
from zjrules.explain import formula as fm
from zjrules.explain.lines import score_text
from zjrules.fact import Facts
from zjrules.num import Rounding, brief, decimal, fixed, round_to
from zjrules.term import expr as tm
from zjrules.term.rule import Indicator, RoundScore
from zjrules.term.walk import walk
from zjrules.trace import Step, Tally

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
    """Two numbers of the trace as they were written; above was divided by below, or should be no less than it."""

    divided: bool
    above: Fraction
    below: Fraction
    left: str
    right: str


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
    for pair in _pairs(row.step, facts):
        if 0 < pair.below <= pair.above < 1 and _rounded(row.points * pair.above, row.rounding) == claim:
            told = f"完成 {pair.left}，达到目标 {pair.right}，按规则得 {score_text(value)} 分；自评是拿完成值乘分值："
            return Habit(BY_PERCENTAGE, f"{told}{brief(row.points)} × {pair.left} = {score_text(claim)}")
    return None


def _ratio(row: Row, claim: Fraction, value: Fraction, facts: Facts) -> Habit | None:
    """Tell of a rule that gives a share of the points, while the claim is another number."""
    assert row.step is not None
    if row.rounding is None:
        return None
    for pair in _pairs(row.step, facts):
        if not pair.divided:
            continue
        exact = pair.above / pair.below * row.points
        if _rounded(exact, row.rounding) != value or not 0 < exact < row.points:
            continue
        told = f"{pair.left} ÷ {pair.right} × {brief(row.points)} = {digits(exact)}"
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


def _pairs(step: Step, facts: Facts) -> Iterator[_Pair]:
    """Yield the divisions and comparisons under a step, those inside words and in the rows of ledgers included."""
    for kid in step.kids:
        term = kid.term
        if isinstance(term, tm.Arith) and term.op == "÷" and isinstance(kid.value, Fraction):
            yield from _pair(True, kid.kids[0], kid.kids[1], facts)
        elif isinstance(term, tm.Cmp) and len(kid.kids) > 1:
            above, below = kid.kids if term.op in ("≥", ">") else reversed(kid.kids)
            yield from _pair(False, above, below, facts)
        elif isinstance(term, tm.Over) and isinstance(kid.note, Tally):
            yield from _of_rows(term, kid.note, facts)
        yield from _pairs(kid, facts)


def _pair(divided: bool, above: Step, below: Step, facts: Facts) -> Iterator[_Pair]:
    left, right = _meant(above), _meant(below)
    if isinstance(left.value, Fraction) and isinstance(right.value, Fraction):
        yield _Pair(divided, left.value, right.value, _written(left, facts), _written(right, facts))


def _of_rows(over: tm.Over, tally: Tally, facts: Facts) -> Iterator[_Pair]:
    """Yield what stands side by side in the rows that bring something: an achievement and its target."""
    table = facts.ledgers.get(over.ledger)
    if over.item is None or table is None or table.rows is None:
        return
    names = dict.fromkeys(e.name for e in walk(over.item) if isinstance(e, tm.Column))
    for index, value in tally.items:
        cells = [cell for name in names if (cell := table.rows[index].get(name)) is not None] if value != 0 else []
        for one, other in permutations(cells, 2):
            if isinstance(one.value, Fraction) and isinstance(other.value, Fraction):
                yield _Pair(False, one.value, other.value, one.shown, other.shown)


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
