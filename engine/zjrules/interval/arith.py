"""Arithmetic and rounding on sets of rationals."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from attrs import evolve

from zjrules.interval.sets import EMPTY, MOST_PIECES, ONE, ZERO, Piece, Range, either, low_key, point, restrict, union
from zjrules.num import Rounding, round_to


def _pairs(a: Range, b: Range) -> bool:
    """Return whether working on all pairs of pieces stays affordable."""
    return len(a.pieces) * len(b.pieces) <= MOST_PIECES * 4


def _lumped(a: Range) -> Range:
    return Range((a.hull,), False)


def _sum_lattice(p: Piece, q: Piece) -> tuple[Fraction | None, Fraction, bool]:
    """Return step, anchor and exactness of the sum of two pieces."""
    if p.is_point or q.is_point:
        grid, other = (q, p) if p.is_point else (p, q)
        return (None, ZERO, True) if grid.step is None else (grid.step, grid.anchor + (other.lo or ZERO), True)
    if p.step is None and q.step is None:
        return None, ZERO, True
    if p.step is None or q.step is None:
        return None, ZERO, False
    shared = Fraction(
        gcd(p.step.numerator * q.step.denominator, q.step.numerator * p.step.denominator),
        p.step.denominator * q.step.denominator,
    )
    return shared, p.anchor + q.anchor, p.step == q.step


def add(a: Range, b: Range) -> Range:
    """Return every x + y."""
    if not _pairs(a, b):
        a, b = _lumped(a), _lumped(b)
    out, solid = [], a.solid and b.solid
    for p in a.pieces:
        for q in b.pieces:
            step, anchor, exact = _sum_lattice(p, q)
            solid = solid and exact
            out.append(
                Piece(
                    None if p.lo is None or q.lo is None else p.lo + q.lo,
                    None if p.hi is None or q.hi is None else p.hi + q.hi,
                    p.lo_open or q.lo_open,
                    p.hi_open or q.hi_open,
                    step,
                    anchor,
                )
            )
    return union(out, solid)


def scale(a: Range, factor: Fraction) -> Range:
    """Return every x · factor."""
    if factor == 0:
        return point(ZERO)
    out = []
    for p in a.pieces:
        lo = None if p.lo is None else p.lo * factor
        hi = None if p.hi is None else p.hi * factor
        step = None if p.step is None else p.step * abs(factor)
        if factor > 0:
            out.append(Piece(lo, hi, p.lo_open, p.hi_open, step, p.anchor * factor))
        else:
            out.append(Piece(hi, lo, p.hi_open, p.lo_open, step, p.anchor * factor))
    return union(out, a.solid)


def negate(a: Range) -> Range:
    """Return every -x."""
    return scale(a, -ONE)


# An end of a piece for products: (sign of infinity or 0, value, attained).
_End = tuple[int, Fraction, bool]


def _ends(p: Piece) -> tuple[_End, _End]:
    lo = (-1, ZERO, False) if p.lo is None else (0, p.lo, not p.lo_open)
    hi = (1, ZERO, False) if p.hi is None else (0, p.hi, not p.hi_open)
    return lo, hi


def _corner(x: _End, y: _End) -> _End:
    if (x[0] == 0 and x[1] == 0) or (y[0] == 0 and y[1] == 0):
        # 0 times an open or infinite end is 0, and it is attained as soon as the 0 itself is.
        zeros = [e for e in (x, y) if e[0] == 0 and e[1] == 0]
        return (0, ZERO, any(e[2] for e in zeros))
    if x[0] == 0 and y[0] == 0:
        return (0, x[1] * y[1], x[2] and y[2])
    sign = (x[0] or (1 if x[1] > 0 else -1)) * (y[0] or (1 if y[1] > 0 else -1))
    return (sign, ZERO, False)


def _product(p: Piece, q: Piece) -> tuple[Piece, bool]:
    corners = [_corner(x, y) for x in _ends(p) for y in _ends(q)]
    lo = min(corners, key=lambda e: (e[0], e[1], not e[2]))
    hi = max(corners, key=lambda e: (e[0], e[1], e[2]))
    piece = Piece(None if lo[0] else lo[1], None if hi[0] else hi[1], not lo[2], not hi[2])
    # A zero inside an open factor is attained although no corner attains it.
    if (lo[:2] == (0, ZERO) or hi[:2] == (0, ZERO)) and (p.holds(ZERO) or q.holds(ZERO)):
        piece = evolve(
            piece,
            lo_open=piece.lo_open and lo[:2] != (0, ZERO),
            hi_open=piece.hi_open and hi[:2] != (0, ZERO),
        )
    return piece, p.step is None and q.step is None


def multiply(a: Range, b: Range) -> Range:
    """Return every x · y."""
    for one, other in ((a, b), (b, a)):
        if one.point is not None:
            return scale(other, one.point)
    if not _pairs(a, b):
        a, b = _lumped(a), _lumped(b)
    out, solid = [], a.solid and b.solid
    for p in a.pieces:
        for q in b.pieces:
            piece, exact = _product(p, q)
            out.append(piece)
            solid = solid and exact
    return union(out, solid)


def inverse(a: Range) -> Range:
    """Return every 1 / x for the members other than 0."""
    out, solid = [], a.solid
    for p in restrict(a, "≠", ZERO).pieces:
        below = p.hi is not None and p.hi <= 0
        far_lo = None if p.hi == 0 else (ZERO if p.hi is None else ONE / p.hi)
        far_hi = None if p.lo == 0 else (ZERO if p.lo is None else ONE / p.lo)
        out.append(Piece(far_lo, far_hi, p.hi_open or p.hi is None, p.lo_open or p.lo is None))
        solid = solid and (p.step is None or p.is_point)
        assert below or p.lo is not None, "a piece without 0 lies on one side of it"
    return union(out, solid)


def divide(a: Range, b: Range) -> Range:
    """Return every x / y for y other than 0 (empty when y can only be 0)."""
    return multiply(a, inverse(b)) if not restrict(b, "≠", ZERO).is_empty else EMPTY


def smaller(a: Range, b: Range) -> Range:
    """Return every min(x, y)."""
    for one, other in ((a, b), (b, a)):
        if one.point is not None:
            below = restrict(other, "≤", one.point)
            reaches = not restrict(other, ">", one.point).is_empty
            return either(below, one) if reaches else Range(below.pieces, other.solid)
    out = []
    for p in a.pieces:
        for q in b.pieces:
            low = min((p, q), key=low_key)
            if p.hi is None or q.hi is None:
                top = q if p.hi is None else p
            else:
                top = min((p, q), key=lambda r: (r.hi or ZERO, not r.hi_open))
            out.append(Piece(low.lo, top.hi, low.lo_open, top.hi_open))
    solid = a.solid and b.solid and all(p.step is None for p in (*a.pieces, *b.pieces))
    return union(out, solid)


def larger(a: Range, b: Range) -> Range:
    """Return every max(x, y)."""
    return negate(smaller(negate(a), negate(b)))


# ---------- steps ----------


def _limit(x: Fraction, quantum: Fraction, mode: Rounding, side: int) -> Fraction:
    """Return the value that rounding takes just above (side 1) or just below (side -1) x."""
    units = x / quantum
    doubled = units * 2
    if doubled.denominator != 1:
        return round_to(x, quantum, mode)
    # All four modes are constant between neighbouring multiples of half a quantum.
    return round_to((doubled + Fraction(side, 2)) / 2 * quantum, quantum, mode)


def round_range(a: Range, quantum: Fraction, mode: Rounding) -> Range:
    """Return every rounding of a member to a multiple of quantum."""
    out, solid = [], a.solid
    for p in a.pieces:
        lo = (
            p.lo if p.lo is None else round_to(p.lo, quantum, mode) if not p.lo_open else _limit(p.lo, quantum, mode, 1)
        )
        hi = (
            p.hi
            if p.hi is None
            else round_to(p.hi, quantum, mode)
            if not p.hi_open
            else _limit(p.hi, quantum, mode, -1)
        )
        out.append(Piece(lo, hi, False, False, quantum))
        solid = solid and (p.step is None or p.step <= quantum)
    return union(out, solid)


def floor_range(a: Range, up: bool = False) -> Range:
    """Return every ⌊x⌋ (or ⌈x⌉ when up)."""
    if up:
        return negate(floor_range(negate(a)))
    out, solid = [], a.solid
    for p in a.pieces:
        lo = None if p.lo is None else ZERO + p.lo // 1
        hi = None if p.hi is None else ZERO + p.hi // 1
        if hi is not None and p.hi_open and hi == p.hi:
            hi -= 1
        out.append(Piece(lo, hi, False, False, ONE))
        solid = solid and (p.step is None or p.step <= ONE)
    return union(out, solid)
