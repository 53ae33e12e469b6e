"""Sets of rationals as finite unions of intervals: what a value may be while facts are missing.

Every operation encloses the true image (sound). `solid` says that the set is the exact image; when it is not, the ends
of the hull are still exact under monotone operations, but values between them may be unreachable.
Interval arithmetic after Moore, Kearfott and Cloud, *Introduction to Interval Analysis* (2009), with open ends and lattices.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from attrs import evolve, frozen

MOST_PIECES = 24
"""A union of more pieces than this is replaced by its hull."""

ZERO, ONE = Fraction(0), Fraction(1)


@frozen
class Piece:
    """One interval; an end of None is infinite. With a step, only anchor + k·step lie in it (counts, days)."""

    lo: Fraction | None
    hi: Fraction | None
    lo_open: bool = False
    hi_open: bool = False
    step: Fraction | None = None
    anchor: Fraction = ZERO

    @property
    def is_point(self) -> bool:
        """Whether the piece holds exactly one number."""
        return self.lo is not None and self.lo == self.hi

    def holds(self, x: Fraction) -> bool:
        """Return whether x lies in the piece."""
        if self.lo is not None and (x < self.lo or (x == self.lo and self.lo_open)):
            return False
        if self.hi is not None and (x > self.hi or (x == self.hi and self.hi_open)):
            return False
        return self.step is None or ((x - self.anchor) / self.step).denominator == 1


def _point(x: Fraction) -> Piece:
    return Piece(x, x)


def _tidy(p: Piece) -> Piece | None:
    """Close lattice ends onto the lattice; None when the piece is empty."""
    lo, hi, lo_open, hi_open = p.lo, p.hi, p.lo_open, p.hi_open
    if lo is hi and lo is not None and not (lo_open or hi_open or p.step):
        return p
    if p.step is not None:
        if lo is not None:
            units = (lo - p.anchor) / p.step
            up = -(-units // 1)
            lo = p.anchor + (up + (lo_open and up == units)) * p.step
        if hi is not None:
            units = (hi - p.anchor) / p.step
            down = units // 1
            hi = p.anchor + (down - (hi_open and down == units)) * p.step
        lo_open, hi_open = lo is None, hi is None
    if lo is not None and hi is not None and (lo > hi or (lo == hi and (lo_open or hi_open))):
        return None
    if lo is not None and lo == hi:
        return _point(lo)
    return Piece(lo, hi, lo_open or lo is None, hi_open or hi is None, p.step, p.anchor)


def low_key(p: Piece) -> tuple[bool, Fraction, bool]:
    """Return the key that sorts pieces by their lower end."""
    return (p.lo is not None, p.lo or ZERO, p.lo_open)


def _joined(a: Piece, b: Piece) -> Piece | None:
    """Return the union of two pieces, a starting first, when it is one piece."""
    if a == b:
        return a
    if b.is_point and b.lo is not None and a.holds(b.lo):
        return a
    if a.is_point and a.lo is not None and b.holds(a.lo):
        return b
    if a.step is not None or b.step is not None:
        return None
    if a.hi is not None and b.lo is not None and (b.lo > a.hi or (b.lo == a.hi and a.hi_open and b.lo_open)):
        return None
    if a.hi is None or b.hi is None:
        return Piece(a.lo, None, a.lo_open, True)
    if a.hi == b.hi:
        return Piece(a.lo, a.hi, a.lo_open, a.hi_open and b.hi_open)
    top = a if a.hi > b.hi else b
    return Piece(a.lo, top.hi, a.lo_open, top.hi_open)


@frozen
class Range:
    """A set of rationals: disjoint pieces from low to high."""

    pieces: tuple[Piece, ...]
    solid: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies in the set."""
        return not self.pieces

    @property
    def point(self) -> Fraction | None:
        """The only member, when there is just one."""
        if len(self.pieces) == 1 and self.pieces[0].is_point:
            return self.pieces[0].lo
        return None

    @property
    def hull(self) -> Piece:
        """The smallest single interval around the set (the set must not be empty)."""
        first, last = self.pieces[0], self.pieces[0]
        for piece in self.pieces[1:]:
            if piece.hi is None or (
                last.hi is not None and (piece.hi, not piece.hi_open) > (last.hi, not last.hi_open)
            ):
                last = piece
        return Piece(first.lo, last.hi, first.lo_open, last.hi_open)

    def holds(self, x: Fraction) -> bool:
        """Return whether x lies in the set."""
        return any(p.holds(x) for p in self.pieces)

    def covers(self, other: Range) -> bool:
        """Return whether the hull of this set encloses the hull of another."""
        return not beyond(other, self)


def point(x: Fraction) -> Range:
    """Return the set of one number."""
    return Range((_point(x),))


def between(
    lo: Fraction | None,
    hi: Fraction | None,
    lo_open: bool = False,
    hi_open: bool = False,
    step: Fraction | None = None,
) -> Range:
    """Return an interval; None is an infinite end; a step keeps only its multiples."""
    return union([Piece(lo, hi, lo_open or lo is None, hi_open or hi is None, step)])


def union(pieces: Iterable[Piece], solid: bool = True) -> Range:
    """Return the set that holds all pieces, joined where they touch."""
    tidy = [p for p in map(_tidy, pieces) if p is not None]
    if len(tidy) < 2:
        return Range(tuple(tidy), solid)
    out: list[Piece] = []
    for piece in sorted(tidy, key=low_key):
        joined = _joined(out[-1], piece) if out else None
        if joined is not None:
            out[-1] = joined
        else:
            out.append(piece)
    if len(out) > MOST_PIECES:
        return Range((Range(tuple(out)).hull,), False)
    return Range(tuple(out), solid)


def either(*ranges: Range) -> Range:
    """Return the union of several sets."""
    return union([p for r in ranges for p in r.pieces], all(r.solid for r in ranges))


EMPTY = Range(())
EVERYTHING = between(None, None)


# ---------- order ----------


def _lower_than(a: Piece, b: Piece, strict: bool) -> bool:
    """Return whether some x of a and y of b have x < y (or x ≤ y)."""
    if a.lo is None or b.hi is None:
        return True
    if a.lo != b.hi or strict:
        return a.lo < b.hi
    return not a.lo_open and not b.hi_open


def compare(op: str, a: Range, b: Range) -> frozenset[bool]:
    """Return the truth values that ``a op b`` can take; op is one of < ≤ > ≥ = ≠."""
    match op:
        case ">" | "≥":
            return compare("<" if op == ">" else "≤", b, a)
        case "≠":
            return frozenset(not t for t in compare("=", a, b))
        case "=":
            true, false = _may_meet(a, b), a.point is None or a.point != b.point
        case _:
            true = _lower_than(a.hull, b.hull, strict=op == "<")
            false = _lower_than(b.hull, a.hull, strict=op == "≤")
    return frozenset([True] * true + [False] * false)


def _may_meet(a: Range, b: Range) -> bool:
    for one, other in ((a, b), (b, a)):
        if one.point is not None:
            return other.holds(one.point)
    return any(_lower_than(p, q, False) and _lower_than(q, p, False) for p in a.pieces for q in b.pieces)


def restrict(a: Range, op: str, bound: Fraction) -> Range:
    """Return the members x of a set for which ``x op bound`` holds."""
    match op:
        case "<" | "≤":
            cuts = [Piece(None, bound, True, op == "<")]
        case ">" | "≥":
            cuts = [Piece(bound, None, op == ">", True)]
        case "=":
            return union([_point(bound)] if a.holds(bound) else [], a.solid)
        case _:
            cuts = [Piece(None, bound, True, True), Piece(bound, None, True, True)]
    return union([_meet(p, cut) for p in a.pieces for cut in cuts], a.solid)


def _meet(p: Piece, cut: Piece) -> Piece:
    lo, lo_open, hi, hi_open = p.lo, p.lo_open, p.hi, p.hi_open
    if cut.lo is not None and (lo is None or cut.lo > lo or (cut.lo == lo and cut.lo_open)):
        lo, lo_open = cut.lo, cut.lo_open
    if cut.hi is not None and (hi is None or cut.hi < hi or (cut.hi == hi and cut.hi_open)):
        hi, hi_open = cut.hi, cut.hi_open
    return evolve(p, lo=lo, hi=hi, lo_open=lo_open, hi_open=hi_open)


def beyond(a: Range, limits: Range) -> bool:
    """Return whether the hull of a set reaches outside the hull of another."""
    inner, outer = a.hull, limits.hull
    low = outer.lo is not None and (
        inner.lo is None or inner.lo < outer.lo or (inner.lo == outer.lo and outer.lo_open and not inner.lo_open)
    )
    high = outer.hi is not None and (
        inner.hi is None or inner.hi > outer.hi or (inner.hi == outer.hi and outer.hi_open and not inner.hi_open)
    )
    return low or high
