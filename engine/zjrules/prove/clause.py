"""Answers on clauses: whether each is ever come to, does anything, and stands apart from the others."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from attrs import evolve

from zjrules.exact import indicator
from zjrules.prove.example import Example
from zjrules.prove.expr import numeric
from zjrules.prove.lab import Bench, Lab
from zjrules.prove.question import Answer, Question
from zjrules.prove.score import Scored, in_band, rounded
from zjrules.prove.symbol import FALSE, TRUE, Cond, Num, Opt, Sym, fails_at_all, holds, land, lnot, lor, number, plus
from zjrules.prove.tell import inside, never, replayed, score_of, some
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import children
from zjrules.trace import Step


def reached(question: Question, bench: Bench) -> Answer:
    """Answer whether a band, a case, 其余, 不适用, 须佐证 or a deduction is ever come to."""
    clause = question.term

    def wanted(lab: Lab) -> Any:
        found = inside(lab, question.part)
        here = lor(*(term for it, term in found.reached if it is clause))
        return land(here, lab.sound(found.raw.fails))

    def check(example: Example) -> bool:
        return any(_hit(s, clause) for s in _steps(replayed(question, bench, example)))

    return some(question, bench.ask(wanted, check), "永远轮不到")


def _steps(step: Step) -> Iterator[Step]:
    yield step
    for kid in (*step.kids, *step.aside):
        yield from _steps(kid)


def _hit(step: Step, clause: object) -> bool:
    match step.term:
        case tr.Bands():
            return step.note is clause or (step.note == "其余" and step.term.rest is clause)
        case tr.Decide():
            last = step.kids[-1] if step.kids else None
            return step.note == "其余" and step.term.rest is clause and last is not None
        case tr.NotApplicable():
            return step.term is clause and len(step.kids) == 2
        case tr.Gate():
            return step.term is clause and step.value is not False
        case tr.Case():
            return step.term is clause and len(step.kids) == 2
        case tr.PerStep():
            return step.term is clause and isinstance(step.kids[1].value, Fraction) and step.kids[1].value > 0
        case _:
            return False


def overlapping(question: Question, bench: Bench) -> Answer:
    """Answer whether a value can lie in two bands of which neither holds the other."""
    base, part = question.term, question.part
    pairs = [
        (a, b) for a, b in combinations(base.bands, 2) if len(a.limits) > 1 or len(b.limits) > 1
    ]  # of one-sided bands the order decides, and that is how they are read

    def wanted(lab: Lab) -> Any:
        found = inside(lab, part)
        subject = numeric(base.subject, found.scope)
        both = [land(in_band(a, subject, found.scope), in_band(b, subject, found.scope)) for a, b in pairs]
        return land(lnot(fails_at_all(subject.fails)), lor(*both))

    def check(example: Example) -> bool:
        return score_of(replayed(question, bench, example)) is not None

    return never(question, bench, bench.ask(wanted, check), check, "有的值同时落在两档里")


def removed(question: Question, bench: Bench) -> Answer:
    """Answer whether the indicator would ever score otherwise without a clause."""
    less = without(bench.node, question.part or bench.node, question.term)
    step = coarsest(bench.node)

    def wanted(lab: Lab, by: Fraction | None = None) -> Any:
        return differs(lab, lab.score(), lab.score("", less), by)

    def check(example: Example) -> bool:
        scope = bench.replay.scope(example)
        return indicator.score(bench.node, scope).value != indicator.score(less, bench.replay.scope(example)).value

    return some(question, bench.ask(wanted, check, sure=lambda lab: wanted(lab, step)), "去掉它，得分总是一样")


def coarsest(node: tr.Indicator) -> Fraction:
    """Return a difference that no rounding of an indicator hides."""
    return node.rounding.quantum if node.rounding.mode is not None else Fraction(1, 10_000)


def differs(lab: Lab, one: Scored, other: Scored, by: Fraction | None = None, refused: bool = False) -> Any:
    """Return that two scores differ: whether there is one, at what level it counts, or, by at least so much, its value.

    refused: what only one of them refuses (应有) is a difference too.
    """
    # What is rounded alike is equal where it is equal before.
    alike = one.node.rounding == other.node.rounding
    a, b = (one.raw, other.raw) if alike else (rounded(one), rounded(other))
    whole = (lor if refused else land)(lab.sound(one.raw.fails), lab.sound(other.raw.fails))
    lacks, misses = (land(lnot(s.left_out), fails_at_all(s.raw.fails)) for s in (one, other))
    apart = lor(
        *(term for level in (*one.levels, *other.levels) for term in _level_apart(level, one, other)),
        land(lacks, lnot(misses)),
        land(misses, lnot(lacks)),
        land(one.has_score, other.has_score, _apart(a, b, by)),
    )
    return land(whole, apart)


def _level_apart(level: str, one: Scored, other: Scored) -> list[Any]:
    a, b = one.levels.get(level, FALSE), other.levels.get(level, FALSE)
    return [land(a, lnot(b)), land(b, lnot(a))]


def _apart(a: Num, b: Num, by: Fraction | None) -> Any:
    if by is None:
        return holds("≠", a, b)
    return lor(holds("≥", a, plus(b, number(by))), holds("≥", b, plus(a, number(by))))


def without(node: tr.Indicator, part: tr.Indicator, clause: object) -> tr.Indicator:
    """Return an indicator without one clause of it or of one of its parts."""
    if node is not part:
        parts = tuple(without(p, part, clause) if _holds(p, part) else p for p in node.parts)
        return evolve(node, parts=parts)
    match clause:
        case tr.NotApplicable():
            return evolve(node, na=_less(node.na, clause))
        case tr.Gate():
            return evolve(node, gates=_less(node.gates, clause))
        case tr.Clamp():
            return evolve(node, clamps=_less(node.clamps, clause))
        case tr.Deduct():
            return evolve(node, deduct=evolve(clause, to_zero=False, most=None))
        case _:
            return _less_of_base(node, clause)


def _holds(node: tr.Indicator, part: tr.Indicator) -> bool:
    return node is part or any(_holds(p, part) for p in node.parts)


def _less(of: tuple[Any, ...], clause: object) -> tuple[Any, ...]:
    return tuple(x for x in of if x is not clause)


def _less_of_base(node: tr.Indicator, clause: object) -> tr.Indicator:
    base = node.base
    match base:
        case tr.Bands() if any(b is clause for b in base.bands):
            return evolve(node, base=evolve(base, bands=_less(base.bands, clause)))
        case tr.Decide() if any(c is clause for c in base.cases):
            return evolve(node, base=evolve(base, cases=_less(base.cases, clause)))
        case tr.Checklist() if any(t is clause for t in base.ticks):
            return evolve(node, base=evolve(base, ticks=_less(base.ticks, clause)))
        case _:
            assert node.deduct is not None
            return evolve(node, deduct=evolve(node.deduct, items=_less(node.deduct.items, clause)))


# ---------- words ----------


def word(question: Question, bench: Bench) -> Answer:
    """Answer whether a word, as it is used here, ever gives anything but one value."""
    use = question.term
    of_rows = not any(u == use for e in survey.of_indicator(bench.node) for u in _outside_rows(e))

    def wanted(lab: Lab) -> Any:
        if of_rows and lab.ground.rows is None:
            return TRUE  # what a word gives in a row is not known where rows are not
        first, second = _uses(lab.score(), use), _uses(_other(lab), use)
        return lor(*(_not_same(a, b) for a, b in (*product(first, second), *combinations(first, 2))))

    def check(one: Example, other: Example) -> bool:
        return len(_given(bench, one, use) | _given(bench, other, use)) > 1

    return some(question, bench.ask(wanted, check, ("", OTHER)), "给出的总是同一个值")


def _outside_rows(e: tm.Expr) -> Iterator[tm.Expr]:
    yield e
    for child in () if isinstance(e, tm.Over) else children(e):
        yield from _outside_rows(child)


OTHER = "另一单位"


def _other(lab: Lab) -> Scored:
    """Return the score in a world that shares no fact with the first."""
    if OTHER not in lab.worlds:
        first = lab.world()
        lab.worlds[OTHER] = evolve(
            first,
            facts={n: lab.ground.fact(lab.program.schema.facts[n]) for n in first.facts},
            lacking={n: lab.ground.truth(n) for n in first.lacking},
            evidence={n: lab.ground.truth(n) for n in first.evidence},
            tag=f"{OTHER}：",
        )
    return lab.score(OTHER)


def _uses(scored: Scored, use: tm.Use) -> list[tuple[Sym, Any]]:
    return [(value, path) for term, value, path in scored.scope.used if term == use]


def _not_same(one: tuple[Sym, Any], other: tuple[Sym, Any]) -> Any:
    a, b = one[0], other[0]
    fine = land(one[1], other[1], lnot(fails_at_all(a.fails)), lnot(fails_at_all(b.fails)))
    match a, b:
        case Num(), Num():
            return land(fine, holds("≠", a, b))
        case Cond(), Cond():
            return land(fine, a.term != b.term)
        case Opt(), Opt():
            return land(fine, a.code != b.code)
        case _:
            return FALSE


def _given(bench: Bench, example: Example, use: tm.Use) -> set[object]:
    steps = _steps(bench.replay.step(bench.node, example))
    return {s.value for s in steps if s.term == use and isinstance(s.value, Fraction | bool | str)}
