"""A prover without a solver, for indicators of one number or date: the whole course of the score, piece by piece.

Between two breakpoints (margin/) the score is (a·x + b) ÷ (c·x + d), which is monotone; so the ends of the pieces say all.
是否 and 选项 beside the number are gone through one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from attrs import define, field, frozen

from zjrules.fact import Asked
from zjrules.interval import arith
from zjrules.interval.sets import Range, between, beyond, either, point
from zjrules.margin.line import AnotherKindError, Line, NoValueError, Spot
from zjrules.margin.threshold import following, near
from zjrules.prove.example import Example, Replay
from zjrules.prove.question import OPEN, PROVED, REFUTED, Answer, Question
from zjrules.prove.reads import ledgers, names
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.expr import HasEvidence, Peers
from zjrules.unit import Choice, Date, Number, Scalar, Truth, Year

MOST_PIECES, MOST_WAYS = 2_000, 64
KINDS = ("下界", "上界", "满分", "零分", "有值", "方向")
"""What can be answered in this way."""
ZERO = Fraction(0)


@frozen
class Piece:
    """An open interval, or a point where both ends are one; line None where there is no value. An end of None is infinite."""

    low: Fraction | None
    high: Fraction | None
    line: Line | None


@define(eq=False)
class Course:
    """All scores that an indicator can have, and how they move with its one number."""

    raw: Range
    fails: bool = False
    rises: bool = False
    falls: bool = False
    ways: list[Example] = field(factory=list)


def course(node: tr.Indicator, replay: Replay) -> tuple[Asked, Course] | None:
    """Return the fact and the course of an indicator of one number; None where it is of another kind."""
    asked = [a for n, a in replay.program.schema.facts.items() if n in names(node)]
    numbers = [a for a in asked if isinstance(a.type, Number | Date | Year)]
    others = [a for a in asked if a not in numbers]
    simple = all(isinstance(a.type, Truth | Choice) for a in others) and not any(a.may_be_na for a in asked)
    of_other_units = any(isinstance(x, Peers | HasEvidence) for e in survey.of_indicator(node) for x in survey.deep(e))
    gated = any(g for n in (node, *node.parts) for g in n.gates) or any(g.value is None for g in node.na)
    if len(numbers) != 1 or not simple or ledgers(node) or of_other_units or gated or numbers[0].limits.is_empty:
        return None
    found = Course(between(ZERO, ZERO))
    ranges = []
    try:
        for values in _ways(others):
            walk = list(_walk(node, replay, Example(values), numbers[0]))
            ranges.append(_taken(walk, numbers[0], found))
    except (AnotherKindError, OverflowError):
        return None
    if not ranges or len(ranges) > MOST_WAYS:
        return None
    found.raw = either(*ranges)
    return numbers[0], found


def _ways(others: Sequence[Asked]) -> Iterator[dict[str, Scalar | None]]:
    choices: list[list[Scalar]] = [
        [True, False] if isinstance(a.type, Truth) else list(a.type.options) if isinstance(a.type, Choice) else []
        for a in others
    ]
    for values in product(*choices):
        yield {a.name: v for a, v in zip(others, values, strict=True)}


def _walk(node: tr.Indicator, replay: Replay, others: Example, asked: Asked) -> Iterator[Piece]:
    """Yield the pieces from the lowest to the highest value of the fact (of one without a lowest, from 0 outward)."""
    hull = asked.limits.hull
    start = hull.lo if hull.lo is not None else hull.hi if hull.hi is not None else ZERO
    if hull.lo is None:
        down = list(_outward(node, replay, others, asked.name, (start, hull.lo), -1))
        yield from reversed(down)
    if asked.limits.holds(start):
        yield _at(node, replay, others, asked.name, start)
    if hull.hi != start:
        yield from _outward(node, replay, others, asked.name, (start, hull.hi), 1)


def _outward(
    node: tr.Indicator, replay: Replay, others: Example, name: str, ends: tuple[Fraction, Fraction | None], way: int
) -> Iterator[Piece]:
    x, end = ends
    for _ in range(MOST_PIECES):
        spot = Spot(x, way)
        line = _line(node, replay, others, name, spot)
        following_ = following(spot, way)
        stop = following_ if end is None or (following_ is not None and (following_ - end) * way < 0) else end
        low, high = (x, stop) if way > 0 else (stop, x)
        yield Piece(low, high, line)
        if stop is None:
            return
        yield _at(node, replay, others, name, stop)
        if stop == end:
            return
        x = stop
    raise AnotherKindError


def _at(node: tr.Indicator, replay: Replay, others: Example, name: str, x: Fraction) -> Piece:
    return Piece(x, x, _line(node, replay, others, name, Spot(x)))


def _line(node: tr.Indicator, replay: Replay, others: Example, name: str, spot: Spot) -> Line | None:
    try:
        return near(node, replay.scope(others.with_value(name, spot.x)), name, spot)
    except NoValueError:
        return None


def _taken(walk: Sequence[Piece], asked: Asked, found: Course) -> Range:
    """Return all values of a walk, and note in found where there is none and where they rise and fall."""
    whole = isinstance(asked.type, Date | Year) or (isinstance(asked.type, Number) and asked.type.whole)
    ranges, before = [], None
    for piece in walk:
        ends = _ends(piece, whole)
        if ends is None:
            continue
        if piece.line is None:
            found.fails = found.fails or _inside(piece, asked)
            continue
        if not _inside(piece, asked):
            continue
        first, last = ends
        for one, two in ((before, first), (first, last)):
            if one is not None and one != two:
                found.rises, found.falls = found.rises or _above(two, one), found.falls or _above(one, two)
        before = last
        ranges.append(_range(first, last, closed=whole or piece.low == piece.high))
    return either(*ranges)


def _inside(piece: Piece, asked: Asked) -> bool:
    """Return whether a piece lies in the limits: their open ends are no part of a walk."""
    return piece.low != piece.high or piece.low is None or asked.limits.holds(piece.low)


End = Fraction | str
"""A value, or where it runs to: 上 or 下 without bound."""


def _above(a: End, b: End) -> bool:
    order = {"下": -1, "上": 1}
    x, y = order.get(a, 0) if isinstance(a, str) else 0, order.get(b, 0) if isinstance(b, str) else 0
    return x > y or (x == y == 0 and isinstance(a, Fraction) and isinstance(b, Fraction) and a > b)


def _ends(piece: Piece, whole: bool) -> tuple[End, End] | None:
    """Return the values at (or, of an open interval, towards) both ends; None where a whole number has no place in it."""
    low, high = piece.low, piece.high
    if whole and low != high:
        low = None if low is None else Fraction(low.numerator // low.denominator + 1)
        high = None if high is None else Fraction(-(-high.numerator // high.denominator) - 1)
        if low is not None and high is not None and low > high:
            return None
    elif whole and low is not None and low.denominator != 1:
        return None
    if piece.line is None:
        return ZERO, ZERO
    return _limit(piece.line, low, -1), _limit(piece.line, high, 1)


def _limit(line: Line, x: Fraction | None, way: int) -> End:
    if x is not None:
        value = line.at(x)
        if value is not None:
            return value
        above = line.a * x + line.b  # a pole: the denominator is positive beside it
        return "上" if above > 0 else "下"
    if line.c:
        return line.a / line.c
    if not line.a:
        return line.b / line.d
    return "上" if line.a * way > 0 else "下"


def _range(first: End, last: End, closed: bool) -> Range:
    if first == last and isinstance(first, Fraction):
        return point(first)
    ends = sorted(
        (first, last),
        key=lambda e: (-1 if e == "下" else 1 if e == "上" else 0, e if isinstance(e, Fraction) else ZERO),
    )
    low, high = (None if isinstance(e, str) else e for e in ends)
    return between(low, high, not closed, not closed)


# ---------- answers ----------


def answered(question: Question, node: tr.Indicator, replay: Replay) -> Answer | None:
    """Return the answer to a question about a whole indicator of one number; None where this prover has none."""
    if question.kind not in KINDS or question.part is not node:
        return None
    found = course(node, replay)
    if found is None:
        return None
    asked, walked = found
    how = node.rounding
    given = walked.raw if how.mode is None else arith.round_range(walked.raw, how.quantum, how.mode)
    if given.is_empty:
        return None
    low, high = between(ZERO, None), between(None, node.points)
    match question.kind:
        case "下界" | "上界":
            good = not beyond(given, low if question.kind == "下界" else high)
        case "满分":
            good = given.holds(node.points) or beyond(given, high)
        case "零分":
            good = given.holds(ZERO) or beyond(given, low)
        case "有值":
            good = not walked.fails
        case _:
            return _direction(question, node, asked, walked)
    return Answer(question, PROVED if good else REFUTED, "")


def _direction(question: Question, node: tr.Indicator, asked: Asked, walked: Course) -> Answer | None:
    if question.subject != asked.name:
        return None
    moves = {(False, False): "不影响", (True, False): "不减", (False, True): "不增", (True, True): "有升有降"}
    said = moves[walked.rises, walked.falls]
    declared = [t.direction for n in (node, *node.parts) for t in n.trends if t.fact == asked.name]
    if not declared:
        return Answer(question, PROVED, said)
    if declared[0] not in ("不减", "不增"):
        return Answer(question, OPEN, f"规则写了{declared[0]}")
    good = not (walked.falls if declared[0] == "不减" else walked.rises)
    return Answer(question, PROVED if good else REFUTED, f"{declared[0]}（规则写明）" if good else "这里不是")
