"""Answers on one fact that moves: in which direction the score goes, how far it can jump, and whether it moves at all."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from attrs import define, evolve

from zjrules.margin.threshold import smallest
from zjrules.num import Rounding, brief
from zjrules.prove.clause import coarsest, differs
from zjrules.prove.example import Example, plainer
from zjrules.prove.lab import NEVER, SOME, Bench, Found, Lab
from zjrules.prove.question import OPEN, PROVED, REFUTED, Answer, Question, Shown
from zjrules.prove.reads import names, parts
from zjrules.prove.score import Scored, rounded
from zjrules.prove.symbol import FALSE, Cond, Num, holds, land, lnot, lor, number, plus
from zjrules.prove.tell import gives, replayed, score_of, within
from zjrules.term import rule as tr
from zjrules.unit import MONEY_DIM, Number, Scalar

ZERO = Fraction(0)
CENT = Fraction(1, 100)
LEAST_JUMP = Fraction(1, 20)
"""A change of less than this at one step is no cliff, in 分."""
CONTRARY = {"不减": ">", "不增": "<", "递增": "≥", "递减": "≤"}
"""How the score at the lower value stands to that at the higher one where a direction does not hold."""


def _rises(lab: Lab, fact: str) -> Any:
    """Return that the fact is higher in the second world."""
    low, high = lab.world().facts[fact], lab.world(fact).facts[fact]
    if isinstance(low, Num) and isinstance(high, Num):
        return holds("<", low, high)
    assert isinstance(low, Cond)
    assert isinstance(high, Cond)
    return land(lnot(low.term), high.term)


def _against(
    question: Question, bench: Bench, way: str, part: tr.Indicator | None = None
) -> tuple[Found, Callable[..., bool]]:
    """Ask whether the score (or that of a part) ever goes against a direction."""
    fact, op, step = question.subject, CONTRARY[way], coarsest(bench.node)
    strict = op in "≥≤"

    def wanted(lab: Lab, by: Fraction = ZERO) -> Any:
        one, two = (within(lab.score(name), part) for name in ("", fact))
        rises = _rises(lab, fact)
        low, high = moving(one, fact), moving(two, fact)
        a, b = (low, plus(high, number(by))) if op in ">≥" else (plus(low, number(by)), high)
        fine = land(lab.sound(one.raw.fails), lab.sound(two.raw.fails), one.has_score, two.has_score)
        return land(rises, fine, holds("≥" if by and op == ">" else "≤" if by else op, a, b))

    def check(first: Example, second: Example) -> bool:
        a, b = (replayed(evolve(question, part=part), bench, e) for e in (first, second))
        # A strict direction is one of the unrounded score: two scores may well round to the same.
        x, y = (s.note if strict else s.value for s in (a, b))
        if not isinstance(x, Fraction) or not isinstance(y, Fraction) or not _higher(first, second, fact):
            return False
        return {">": x > y, "<": x < y, "≥": x >= y, "≤": x <= y}[op]

    sure = None if strict else (lambda lab: wanted(lab, step))
    return bench.ask(wanted, check, ("", fact), sure=sure), check


def _higher(first: Example, second: Example, fact: str) -> bool:
    low, high = first.values[fact], second.values[fact]
    return low is not None and high is not None and not isinstance(low, str) and low < high  # type: ignore[operator]


def _declared(question: Question, bench: Bench, way: str, part: tr.Indicator) -> Answer:
    """Prove a direction that an indicator or a part promises of its own score."""
    found, check = _against(question, bench, way, part)
    asked = evolve(question, said=f"「{part.name}」随「{question.subject}」{way}")
    spans = [t.span for t in part.trends if (t.fact, t.direction) == (question.subject, way)]
    asked = evolve(asked, span=spans[0] if spans else asked.span)
    if found.verdict == NEVER:
        return Answer(asked, PROVED, f"{way}（规则写明）")
    if found.verdict == SOME:
        but = f"规则写了「随 {question.subject} {way}」，这里不是"
        return Answer(asked, REFUTED, but, _pair(question, bench, found, check))
    return Answer(asked, OPEN, f"规则写了{way}", tried=found.tried)


def direction(question: Question, bench: Bench) -> Answer:
    """Prove the declared direction of a fact, or find which it has."""
    declared = [(t.direction, p) for p in parts(bench.node) for t in p.trends if t.fact == question.subject]
    answers = [_declared(question, bench, way, part) for way, part in declared]
    if answers:
        order = (REFUTED, OPEN, PROVED)
        return min(answers, key=lambda a: order.index(a.verdict))
    falls, falling = _against(question, bench, "不减")
    rises, rising = _against(question, bench, "不增")
    verdicts = falls.verdict, rises.verdict
    match verdicts:
        case ("never", "never"):
            return Answer(question, PROVED, "不影响")
        case ("never", _):
            return Answer(question, PROVED, "不减")
        case (_, "never"):
            return Answer(question, PROVED, "不增")
        case ("some", "some"):
            pairs = (*_pair(question, bench, rises, rising), *_pair(question, bench, falls, falling))
            return Answer(question, PROVED, "有升有降", pairs)
        case _:
            return Answer(question, OPEN, "", tried=(*falls.tried, *rises.tried))


def _pair(question: Question, bench: Bench, found: Found, check: Callable[..., bool]) -> tuple[Shown, ...]:
    """Return two examples that differ in the fact alone, in plain numbers."""
    fact = question.subject
    first, second = found.examples
    other = second.values[fact]
    fits = bench.replay.fits

    def holds_(e: Example) -> bool:
        return fits(e) and fits(e.with_value(fact, other)) and check(e, e.with_value(fact, other))

    first = plainer(first, bench.replay.program, holds_)
    for value in _near(first.values[fact], other, question):
        moved = first.with_value(fact, value)
        if fits(moved) and check(first, moved):
            other = value
            break
    pair = first, first.with_value(fact, other)
    return tuple(Shown(e, gives(bench.replay.step(bench.node, e))) for e in pair)


def _near(value: Scalar | None, other: Scalar | None, question: Question) -> list[Scalar]:
    """Return values beside one that are plainer than another: a little more or less of it."""
    if not isinstance(value, Fraction) or isinstance(value, bool) or not isinstance(other, Fraction):
        return []
    unit = smallest(question.term)
    way = 1 if other > value else -1
    return [value + way * unit * n for n in (1, 100, 1_000_000, 100_000_000) if unit * n < abs(other - value)]


# ---------- cliffs ----------


@define(eq=False)
class _Jumps:
    """The search for the largest jump of a score at one step of a fact. quantum is that of the score."""

    bench: Bench
    fact: str
    unit: Fraction
    quantum: Fraction
    size: Fraction = ZERO
    best: Found | None = None
    tried: tuple[str, ...] = ()

    def ask(self, op: str, size: Fraction, least: Fraction, score: Callable[[Scored, str], Num]) -> str:
        """Ask for a jump (op size, of the unrounded score); one that is at least so large when replayed is kept."""

        def wanted(lab: Lab) -> Any:
            return land(_step(lab, self.fact, self.unit), _jumps(lab, self.fact, size, op, score))

        def check(a: Example, b: Example) -> bool:
            return _jump(self.bench, (a, b), self.fact, self.unit) >= least

        found = self.bench.ask(wanted, check, ("", self.fact))
        if found.verdict == SOME:
            first, second = found.examples
            self.best, self.size = found, _jump(self.bench, (first, second), self.fact, self.unit)
        self.tried += found.tried
        return found.verdict

    def largest(self) -> str:
        """Look for the largest jump; return NEVER when there is no larger one, else OPEN."""
        high = self.bench.node.points
        op, less = self.apart()
        while (verdict := self.ask(op, self.size - less, self.size + self.quantum, moving)) == SOME:
            middle = (self.size + high) / 2 // self.quantum * self.quantum
            if middle > self.size and self.ask("≥", middle, middle, moving) == NEVER:
                high = middle
        return verdict

    def apart(self) -> tuple[str, Fraction]:
        """Return how far apart two scores are (op, by how much less) that are one quantum more apart when rounded.

        Rounded scores lie less than a quantum further apart than they are: then the jump itself is larger. 五成双 may move
        both of two ties, and so does every mode where one score lies above 0 and the other below, since it goes by magnitude.
        """
        mode = self.bench.node.rounding.mode
        low = self.bench.general.score().raw.range
        around = low.is_empty or low.hull.lo is None or low.hull.lo < 0
        if mode is Rounding.UP and around:
            return ">", self.quantum
        return ("≥" if mode is Rounding.HALF_EVEN or around else ">"), ZERO

    def by_rounding(self) -> str:
        """Settle what only rounding can still add: NEVER when nothing, SOME when one quantum at most, OPEN otherwise."""
        more = self.size + self.quantum
        if self.ask("≥", more, more, moving) != NEVER:
            return OPEN
        with self.bench.aside():
            return NEVER if self.ask("≥", more, more, lambda s, _: rounded(s)) == NEVER else SOME


def cliff(question: Question, bench: Bench) -> Answer:
    """Find the largest change of the score at the smallest change of a fact."""
    quantum = bench.node.rounding.quantum if bench.node.rounding.mode is not None else CENT
    search = _Jumps(bench, question.subject, smallest(question.term), quantum)
    first = search.ask("≥", LEAST_JUMP, LEAST_JUMP, moving)
    if first == NEVER and quantum >= LEAST_JUMP:
        with bench.aside():
            first = search.ask("≥", quantum, quantum, lambda s, _: rounded(s))
    if first == NEVER:
        return Answer(question, PROVED, "没有断崖", size="0")
    verdict = search.largest() if first == SOME else OPEN
    more = ""
    if first == SOME and verdict != NEVER:
        verdict = search.by_rounding()
        more = f"，舍入后至多再差 {brief(quantum)} 分" if verdict == SOME else ""
    if search.best is None:
        return Answer(question, OPEN, "", tried=search.tried)
    shown = _pair_by(question, bench, search)
    said, proved = f"最多跳 {brief(search.size)} 分{more}", verdict in (NEVER, SOME)
    tried = () if proved else search.tried
    return Answer(question, PROVED if proved else OPEN, said, shown, tried, size=str(search.size))


def _step(lab: Lab, fact: str, unit: Fraction) -> Any:
    """Return that the fact differs by its smallest unit, and that amounts of money are none or 10,000 元 at least.

    Beside an amount of a few fen, one fen more is no small change: a ratio then jumps without any edge in the rule.
    """
    low, high = lab.world().facts[fact], lab.world(fact).facts[fact]
    if not isinstance(low, Num) or not isinstance(high, Num):
        return FALSE
    schema = lab.program.schema.facts
    sums = [
        lor(s.num == 0, s.num >= 10_000)
        for name, s in lab.world().facts.items()
        if isinstance(s, Num) and isinstance(t := schema[name].type, Number) and t.dim == MONEY_DIM
    ]
    return land(holds("=", high, plus(low, number(unit))), *sums)


def moving(scored: Scored, fact: str) -> Num:
    """Return what of a score a fact can move: of parts that are but added, those that read it; its change is the whole's."""
    if not scored.parts or scored.node.clamps or scored.node.na or scored.node.gates:
        return scored.raw
    if fact not in scored.known:
        found = number(ZERO)
        for part in scored.parts:
            found = plus(found, rounded(part)) if fact in names(part.node) else found
        scored.known[fact] = found
    moved: Num = scored.known[fact]
    return moved


def _jumps(lab: Lab, fact: str, size: Fraction, op: str = "≥", score: Callable[[Scored, str], Num] = moving) -> Any:
    one, two = lab.score(), lab.score(fact)
    a, b = score(one, fact), score(two, fact)
    fine = land(lab.sound(one.raw.fails), lab.sound(two.raw.fails), one.has_score, two.has_score)
    return land(fine, lor(holds(op, b, plus(a, number(size))), holds(op, a, plus(b, number(size)))))


def _jump(bench: Bench, pair: tuple[Example, Example], fact: str, unit: Fraction) -> Fraction:
    """Return by how much the score jumps between two examples that are one step apart; -1 where they are not, or have none."""
    low, high = (e.values[fact] for e in pair)
    if not isinstance(low, Fraction) or not isinstance(high, Fraction) or high - low != unit:
        return Fraction(-1)
    x, y = (score_of(bench.replay.step(bench.node, e)) for e in pair)
    return Fraction(-1) if x is None or y is None else abs(x - y)


def _pair_by(question: Question, bench: Bench, search: _Jumps) -> tuple[Shown, ...]:
    """Return two examples one unit apart, in plain numbers."""
    fact, unit = search.fact, search.unit

    def next_(e: Example) -> Example:
        value = e.values[fact]
        return e.with_value(fact, value + unit) if isinstance(value, Fraction) else e

    def holds_(e: Example) -> bool:
        fits = bench.replay.fits(e) and bench.replay.fits(next_(e))
        return fits and _jump(bench, (e, next_(e)), fact, unit) >= search.size

    assert search.best is not None
    first = plainer(search.best.examples[0], bench.replay.program, holds_)
    return tuple(Shown(e, gives(bench.replay.step(bench.node, e))) for e in (first, next_(first)))


# ---------- facts that change nothing ----------


def matters(question: Question, bench: Bench) -> Answer:
    """Answer whether a fact (its value, whether it applies, its evidence) ever changes the score."""
    name = f"*{question.subject}"
    step = coarsest(bench.node)

    def wanted(lab: Lab, by: Fraction | None = None) -> Any:
        return differs(lab, lab.score(), lab.score(name), by)

    def check(one: Example, other: Example) -> bool:
        values = [bench.replay.step(bench.node, e).value for e in (one, other)]
        return values[0] != values[1]

    found = bench.ask(wanted, check, ("", name), sure=lambda lab: wanted(lab, step))
    if found.verdict == SOME:
        return Answer(question, PROVED, "")
    if found.verdict == NEVER:
        return Answer(question, REFUTED, f"「{question.subject}」怎么填，得分都一样")
    return Answer(question, OPEN, "", tried=found.tried)
