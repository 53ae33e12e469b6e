"""Ways of scoring by one number: 分档, and 判定 or 若 … 否则 whose conditions compare one thing with constants."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from zjrules.interval.sets import Range, restrict
from zjrules.lint.book import Book, Part
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.value import range_of

FLIPPED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "=", "≠": "≠"}
"""An operator as it reads from the other side."""
Limit = tuple[str, Fraction]


@frozen
class Rung:
    """One step: what must hold of the subject, and what it gives."""

    limits: tuple[Limit, ...]
    result: tm.Expr
    span: Span


@frozen
class Stretch:
    """A point (low = high) or an open interval between two edges, None where it has no end, and the rung that it falls to.

    rung is the index of the first rung that holds, and the number of rungs for what is left.
    """

    low: Fraction | None
    high: Fraction | None
    rung: int

    @property
    def is_point(self) -> bool:
        """Whether it is a single value."""
        return self.low is not None and self.low == self.high


@frozen
class Ladder:
    """Rungs from the first to the last, and what everything else gives."""

    subject: tm.Expr
    rungs: tuple[Rung, ...]
    rest: tm.Expr | None

    def falls(self, one: Stretch) -> str:
        """Return where a stretch falls to, in words."""
        rung = self.rungs[one.rung].span.text.split("\n")[0] if one.rung < len(self.rungs) else "其余"
        return f"落到「{' '.join(rung.split())}」"

    def results(self) -> tuple[tm.Expr | None, ...]:
        """Return what each rung gives, and at the end what is left."""
        return (*(r.result for r in self.rungs), self.rest)

    def stretches(self, book: Book, part: Part) -> list[Stretch]:
        """Return the stretches that the subject can lie in, from low to high."""
        edges = sorted({bound for rung in self.rungs for _, bound in rung.limits})
        reach = range_of(book.possible(self.subject, part))
        ends: list[Fraction | None] = [None, *edges, None]
        found = []
        for low, high in pairwise(ends):
            inner = _cut(_cut(reach, ">", low), "<", high)
            if not inner.is_empty:
                found.append(Stretch(low, high, self._hit(low, high)))
            if high is not None and reach.holds(high):
                found.append(Stretch(high, high, self._hit(high, high)))
        return found

    def lost(self, live: list[Stretch]) -> Iterator[tuple[Stretch, Stretch, Stretch]]:
        """Yield points and intervals that fall to another rung than what lies below and above, and no rung is meant for them.

        Each comes with the stretch below and the one above, which fall to rungs of their own.
        """
        last = len(self.rungs)
        for below, one, above in zip(live, live[1:], live[2:], strict=False):
            meant = one.rung < last and any(op == "=" for op, _ in self.rungs[one.rung].limits)
            if one.rung not in (below.rung, above.rung) and last not in (below.rung, above.rung) and not meant:
                yield below, one, above

    def _hit(self, low: Fraction | None, high: Fraction | None) -> int:
        for index, rung in enumerate(self.rungs):
            if all(_holds(limit, low, high) for limit in rung.limits):
                return index
        return len(self.rungs)


def _cut(reach: Range, op: str, bound: Fraction | None) -> Range:
    return reach if bound is None else restrict(reach, op, bound)


def _holds(limit: Limit, low: Fraction | None, high: Fraction | None) -> bool:
    """Return whether a limit holds on a stretch; edges are bounds, so that it holds on all of it or on nothing."""
    op, bound = limit
    below = high is not None and (high < bound or (high == bound and low != high))
    above = low is not None and (low > bound or (low == bound and low != high))
    equal = low is not None and low == high == bound
    return {"<": below, "≤": below or equal, ">": above, "≥": above or equal, "=": equal, "≠": not equal}[op]


def ladders(part: Part) -> Iterator[Ladder]:
    """Yield the ladders of an indicator or part."""
    match part.node.base:
        case tr.Bands(subject, bands, rest):
            yield from _of_bands(subject, bands, rest)
        case tr.Decide(cases, rest):
            yield from _of_cases([(c.test, c.result, c.span) for c in cases], rest)
        case tr.Plain(tm.If() as e):
            cases_, last = _chain(e)
            yield from _of_cases(cases_, last)
        case _:
            pass


def _of_bands(subject: tm.Expr, bands: tuple[tr.Band, ...], rest: tm.Expr | None) -> Iterator[Ladder]:
    rungs = []
    for band in bands:
        limits = [(x.op, x.bound.value) for x in band.limits if isinstance(x.bound, tm.Const)]
        fixed = [(op, value) for op, value in limits if isinstance(value, Fraction)]
        if len(fixed) < len(band.limits):
            return
        rungs.append(Rung(tuple(fixed), band.result, band.span))
    yield Ladder(subject, tuple(rungs), rest)


def _chain(e: tm.If) -> tuple[list[tuple[tm.Expr, tm.Expr, Span]], tm.Expr]:
    cases = []
    last: tm.Expr = e
    while isinstance(last, tm.If):
        cases.append((last.test, last.then, last.test.span))
        last = last.other
    return cases, last


def _of_cases(cases: list[tuple[tm.Expr, tm.Expr, Span]], rest: tm.Expr) -> Iterator[Ladder]:
    subject: tm.Expr | None = None
    rungs = []
    for test, result, span in cases:
        limits = []
        for one in test.operands if isinstance(test, tm.Logic) and test.op == "且" else (test,):
            read = compared(one)
            if read is None or (subject is not None and subject != read[0]):
                return
            subject = read[0]
            limits.append(read[1])
        rungs.append(Rung(tuple(limits), result, span))
    if subject is not None:
        yield Ladder(subject, tuple(rungs), rest)


def compared(e: tm.Expr) -> tuple[tm.Expr, Limit] | None:
    """Return what a comparison with a constant compares, and the limit as it reads from there."""
    match e:
        case tm.Cmp(op, left, tm.Const(value=Fraction() as value)) if not isinstance(left, tm.Const):
            return left, (op, value)
        case tm.Cmp(op, tm.Const(value=Fraction() as value), right) if not isinstance(right, tm.Const):
            return right, (FLIPPED[op], value)
        case _:
            return None


def amount(e: tm.Expr | None, full: Fraction) -> Fraction | None:
    """Return the points that a result gives when they are fixed: a number, 满分, or sums and products of these."""
    match e:
        case tm.Const(value=Fraction() as value):
            return value
        case tm.Var("满分"):
            return full
        case tm.Arith(op, left, right):
            a, b = amount(left, full), amount(right, full)
            if a is None or b is None or (op == "÷" and b == 0):
                return None
            return {"+": a + b, "-": a - b, "×": a * b, "÷": a / b if b else a}[op]
        case _:
            return None
