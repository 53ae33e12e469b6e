"""Answers on the whole book: points that add up, the total and its grades, the checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any

import z3
from attrs import define, evolve, field

from zjrules.exact.total import score
from zjrules.explain.formula import hull_text
from zjrules.interval.sets import between, beyond
from zjrules.num import brief
from zjrules.prove.example import Example, Replay, facts_of, plainer, snapped
from zjrules.prove.expr import NoFormulaError, Scope, condition, equal, formula
from zjrules.prove.ground import Ground, World, world
from zjrules.prove.lab import CALLS, NEVER, ROWS, SOME, Bench, Lab
from zjrules.prove.model import read as read_model
from zjrules.prove.question import OPEN, PROVED, REFUTED, Answer, Question, Shown, groups
from zjrules.prove.reads import ledgers, names
from zjrules.prove.score import Scored, scored
from zjrules.prove.symbol import Cond, Num, fails_at_all, holds, land, lnot, minus, number, plus
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import refs
from zjrules.trace import Checked, Trace
from zjrules.unit import POINTS, Choice, Scalar, Text, Truth
from zjrules.value import Unknown, range_of

ZERO = Fraction(0)


@define(eq=False)
class Whole:
    """The whole book before the questions about it. extremes are facts that give indicators full points or none, by name."""

    replay: Replay
    timeout: int
    extremes: Mapping[str, tuple[Example | None, Example | None]]
    bounded: frozenset[str] = frozenset()
    """The indicators of which it is proved that they stay within 0 and their points."""
    traces: list[tuple[Example, Trace]] = field(factory=list)

    def answered(self, question: Question) -> Answer:
        """Return the answer to a question about the book."""
        match question.kind:
            case "分值":
                return _points(question, self.replay.program)
            case "总分":
                return self._total(question)
            case "等级":
                return self._grade(question)
            case _:
                return self._check(question)

    # ---------- the total ----------

    def _trace(self, example: Example) -> Trace:
        program = self.replay.program
        whole = evolve_with(_plainly(program), example) if example.values or example.ledgers else example
        return score(program, facts_of(whole, program), self.replay.calendar)

    def _total(self, question: Question) -> Answer:
        """Add the bounds that are proved, or enclose the total by the exact engine with every fact missing."""
        program = self.replay.program
        nodes = list(survey.indicators(program.groups))
        plain = not any(isinstance(s, tr.Adjust | tr.Clamp) for s in program.steps)
        if plain and _on_grid(program) and all(n.name in self.bounded for n in nodes):
            return Answer(question, PROVED, "")
        full = self.replay.program.book.full
        total = self._trace(Example()).total
        reach = range_of(total) if isinstance(total, Unknown | Fraction) else between(ZERO, full)
        if not beyond(reach, between(ZERO, full)):
            return Answer(question, PROVED, "")
        for example, trace in self._walk():
            if isinstance(trace.total, Fraction) and not ZERO <= trace.total <= full:
                shown = Shown(example, f"总分 {brief(trace.total)} 分")
                return Answer(question, REFUTED, f"总分会是 {brief(trace.total)} 分", (shown,))
        loose = [n.name for n in nodes if n.name not in self.bounded]
        first = (f"先改好上下界没有证出的：{'、'.join(loose)}",) if loose else ()
        return Answer(question, OPEN, "", tried=(*first, f"总分的范围算到 {hull_text(reach.hull, POINTS)}"))

    def _walk(self) -> list[tuple[Example, Trace]]:
        """Return totals from full points of every indicator to none, one indicator after another."""
        if not self.traces:
            both = [(high, low) for high, low in self.extremes.values() if high is not None and low is not None]
            at = evolve_with(_together([high for high, _ in both]), joint(self.replay, self.timeout))
            self.traces.append((at, self._trace(at)))
            for _, low in both:
                at = evolve_with(at, low)
                self.traces.append((at, self._trace(at)))
        return self.traces

    def _grade(self, question: Question) -> Answer:
        for example, trace in self._walk():
            if trace.grades == (question.subject,):
                return Answer(question, PROVED, "", (Shown(example, f"总分 {_said(trace)}"),))
        grades = self._trace(Example()).grades
        if question.subject not in grades:
            return Answer(question, REFUTED, "总分到不了这个等级")
        between_ = summing(self.replay, self.timeout, question.subject)
        if between_ is not None and (trace := self._trace(between_)).grades == (question.subject,):
            return Answer(question, PROVED, "", (Shown(between_, f"总分 {_said(trace)}"),))
        return Answer(
            question, OPEN, "", tried=("逐个指标从满分换到 0 分，没有遇到这个等级", "求解器给的例子，代回去不成立")
        )

    # ---------- checks ----------

    def _check(self, question: Question) -> Answer:
        check: tr.Check = question.term
        # Only what it reads is asked of this indicator, never its score.
        asked = tuple(tr.Case(e, e) for e in (check.left, check.when, check.right) if e is not None)
        how = tr.RoundScore(None, ZERO)
        carrier = tr.Indicator(
            check.title, "", ZERO, (), (), {}, tr.Checklist(asked), None, (), how, (), (), "", ""
        )  # fmt: skip
        bench = Bench(carrier, self.replay, self.timeout)
        bench.begin()
        passes = question.subject == "通过"

        def wanted(lab: Lab) -> Any:
            return _outcome(check, lab, passes)

        def shows(example: Example) -> bool:
            return self._verdict(check, example) == question.subject

        try:
            found = bench.ask(wanted, shows)
        except NoFormulaError as error:
            return Answer(question, OPEN, "这种勾稽没有化成公式", tried=(f"用了{error}",))
        if found.verdict == SOME:
            plain = plainer(found.examples[0], self.replay.program, lambda e: self.replay.fits(e) and shows(e))
            return Answer(question, PROVED, "", (Shown(plain, question.subject),))
        if found.verdict == NEVER:
            return Answer(question, REFUTED, f"永远不会{question.subject}")
        return Answer(question, OPEN, "", tried=found.tried)

    def _verdict(self, check: tr.Check, example: Example) -> str:
        program = evolve(self.replay.program, groups=(), steps=(), checks=(check,))
        (found,) = score(program, facts_of(example, program), self.replay.calendar).checks
        assert isinstance(found, Checked)
        return found.status


def joint(replay: Replay, timeout: int) -> Example:
    """Return facts that give every indicator its full points, as far as the solver finds them; those that share are asked together."""
    found = Example()
    for nodes in _sharing(list(survey.indicators(replay.program.groups))):
        facts, scores = _scores(replay, nodes)
        full = [land(s.has_score, holds("≥", s.raw, number(s.node.points))) for s in scores]
        found = evolve_with(found, _model(facts, full, timeout) or Example())
    return found


def summing(replay: Replay, timeout: int, grade: str) -> Example | None:
    """Return facts of which the scores add up to a total of a grade, if the solver finds them."""
    total = number(ZERO)
    facts, scores = _scores(replay, list(survey.indicators(replay.program.groups)))
    for score_ in scores:
        total = plus(total, score_.raw)
    terms = [s.has_score for s in scores]
    for each in replay.program.grades:
        bound = each.limit.bound if each.limit is not None else None
        limit = bound.value if isinstance(bound, tm.Const) and isinstance(bound.value, Fraction) else None
        inside = each.name == grade
        if limit is not None:
            terms.append(holds("≥" if inside else "<", total, number(limit)))
        if inside:
            break
    return _model(facts, terms, timeout)


def _scores(replay: Replay, nodes: Sequence[tr.Indicator]) -> tuple[World, list[Scored]]:
    """Return a world of several indicators with the scores of those that have a formula."""
    ground = Ground(replay.calendar, ROWS[-1])
    facts = world(ground, replay.program, frozenset(n for node in nodes for n in names(node)))
    found = []
    for node in nodes:
        with suppress(NoFormulaError):
            found.append(scored(node, facts))
    return facts, found


def _model(facts: World, terms: Sequence[Any], timeout: int) -> Example | None:
    solver = z3.Solver()
    solver.set("timeout", timeout * CALLS)
    solver.add(*facts.ground.always, *facts.ground.grid, *terms)
    return read_model(solver.model(), facts) if solver.check() == z3.sat else None


def _plainly(program: tr.Program) -> Example:
    """Return what the steps of the total read, as if there were nothing to add, to take off or to hold against the unit."""
    schema = program.schema.facts
    asked = {n for step in program.steps for e in asked_by(step) for kind, n in refs(e, {}) if kind == "fact"}
    values: dict[str, Scalar | None] = {}
    for name in sorted(asked):
        match schema[name].type:
            case Truth():
                values[name] = False
            case Choice(options):
                values[name] = options[0]
            case Text():
                values[name] = "甲"
            case _:
                values[name] = snapped(ZERO, schema[name])
    return Example(values)


def asked_by(step: tr.TotalStep) -> Sequence[tm.Expr]:
    """Return the expressions of a step of the total."""
    match step:
        case tr.Adjust(amount=amount, most=most):
            return [amount] if most is None else [amount, most]
        case tr.Clamp(low, high):
            return [low, high]
        case tr.Override(test=test):
            return [test]
        case _:
            return []


def _sharing(nodes: Sequence[tr.Indicator]) -> list[list[tr.Indicator]]:
    """Return the indicators in groups, of which no two read a fact or a ledger in common."""
    groups: list[tuple[set[str], list[tr.Indicator]]] = []
    for node in nodes:
        read, mine = set(names(node) | ledgers(node)), [node]
        for other in [g for g in groups if g[0] & read]:
            groups.remove(other)
            read, mine = read | other[0], [*other[1], *mine]
        groups.append((read, mine))
    return [mine for _, mine in groups]


def _on_grid(program: tr.Program) -> bool:
    """Return whether rounding groups and the total cannot lift them above their points."""
    rounded_ = [(g.rounding, g.points) for g in groups(program.groups)]
    rounded_ += [(s, program.book.full) for s in program.steps if isinstance(s, tr.RoundScore)]
    return all(how.mode is None or (points / how.quantum).denominator == 1 for how, points in rounded_)


def _said(trace: Trace) -> str:
    return brief(trace.total) if isinstance(trace.total, Fraction) else "未定"


def _points(question: Question, program: tr.Program) -> Answer:
    group = question.term
    whole = program.book.full if group is None else group.points
    parts: Sequence[tr.Group | tr.Indicator] = program.groups if group is None else group.children
    added = sum((p.points for p in parts), ZERO)
    if added == whole:
        return Answer(question, PROVED, "")
    return Answer(question, REFUTED, f"加起来是 {brief(added)} 分")


def _together(examples: Iterable[Example]) -> Example:
    found = Example()
    for each in examples:
        found = evolve_with(found, each)
    return found


def evolve_with(example: Example, other: Example) -> Example:
    """Return an example with what another says in its place."""
    claimed = (example.claimed - other.values.keys()) | other.claimed
    return Example({**example.values, **other.values}, claimed, {**example.ledgers, **other.ledgers})


def _outcome(check: tr.Check, lab: Lab, passes: bool) -> Any:
    """Return that a check is asked and passes (or does not)."""
    scope = Scope(lab.world(), {}, {})
    when = condition(check.when, scope) if check.when is not None else None
    asked = [] if when is None else [when.term, lnot(fails_at_all(when.fails))]
    left = formula(check.left, scope)
    if check.right is None:
        assert isinstance(left, Cond)
        return land(*asked, lnot(fails_at_all(left.fails)), left.term if passes else lnot(left.term))
    right = formula(check.right, scope)
    fine = land(lnot(fails_at_all(left.fails)), lnot(fails_at_all(right.fails)))
    term = (
        _compared(check, left, right)
        if isinstance(left, Num) and isinstance(right, Num)
        else equal(check.op, left, right)
    )
    return land(*asked, fine, term if passes else lnot(term))


def _compared(check: tr.Check, left: Num, right: Num) -> Any:
    """Return the condition of a check within its tolerance, as exact.total reads it."""
    if not check.tolerance:
        return holds(check.op, left, right)
    gap, much, little = plus(left, minus(right)), number(check.tolerance), number(-check.tolerance)
    within = land(holds("≥", gap, little), holds("≤", gap, much))
    match check.op:
        case "=":
            return within
        case "≠":
            return lnot(within)
        case "≤" | "<":
            return holds(check.op, gap, much)
        case _:
            return holds(check.op, gap, little)
