"""Values of the kernel as formulas: numbers, conditions and options, each with the ways in which it has no value.

A number is a numerator over a denominator that is positive, so that what compares ratios of one denominator stays linear.
Everything is a real; that a count is whole is said apart (ground.Ground), so that a proof may do without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import z3
from attrs import field, frozen

from zjrules.interval import arith
from zjrules.interval.sets import EVERYTHING, Range, between, either, point, restrict

ZERO, ONE = Fraction(0), Fraction(1)
Site = tuple[str, str, int]
"""Why there is no value, where: the kind of the problem, the file and the offset of the expression."""
Fails = Mapping[Site, Any]
"""For each site the condition under which it fails."""
NEVER: Fails = {}
TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)
UNIT = z3.RealVal(1)


@frozen(eq=False)
class Num:
    """num ÷ den, den > 0; range encloses it."""

    num: Any
    den: Any = UNIT
    range: Range = EVERYTHING
    fails: Fails = field(factory=dict)


@frozen(eq=False)
class Cond:
    """A condition."""

    term: Any
    fails: Fails = field(factory=dict)


@frozen(eq=False)
class Opt:
    """One of several options, by its place in the list of them all."""

    code: Any
    fails: Fails = field(factory=dict)


Sym = Num | Cond | Opt


# ---------- conditions ----------


def land(*terms: Any) -> Any:
    """Return the conjunction; constants are folded."""
    kept = [t for t in terms if not z3.is_true(t)]
    if any(z3.is_false(t) for t in kept):
        return FALSE
    return z3.And(*kept) if len(kept) > 1 else kept[0] if kept else TRUE


def lor(*terms: Any) -> Any:
    """Return the disjunction; constants are folded."""
    kept = [t for t in terms if not z3.is_false(t)]
    if any(z3.is_true(t) for t in kept):
        return TRUE
    return z3.Or(*kept) if len(kept) > 1 else kept[0] if kept else FALSE


def lnot(term: Any) -> Any:
    """Return the negation; constants are folded."""
    return FALSE if z3.is_true(term) else TRUE if z3.is_false(term) else z3.Not(term)


def both(*of: Fails) -> Fails:
    """Return the failures of several values of which all are needed."""
    found: dict[Site, Any] = {}
    for fails in of:
        for site, term in fails.items():
            found[site] = lor(found[site], term) if site in found else term
    return found


def under(reached: Any, fails: Fails) -> Fails:
    """Return the failures of a value that is only asked for under a condition."""
    return {site: t for site, term in fails.items() if not z3.is_false(t := land(reached, term))}


def fails_at_all(fails: Fails) -> Any:
    """Return the condition under which there is no value."""
    return lor(*fails.values())


# ---------- numbers ----------


def real(value: Fraction) -> Any:
    """Return a constant."""
    return z3.RealVal(str(value))


def number(value: Fraction) -> Num:
    """Return a constant as a number."""
    return Num(real(value), UNIT, point(value))


def constant(a: Num) -> Fraction | None:
    """Return the value of a number that is but a constant."""
    return a.range.point if not a.fails and z3.is_rational_value(a.num) else None


def same(a: Any, b: Any) -> bool:
    """Return whether two terms are the same term."""
    return bool(a.eq(b))


def over(num: Any, den: Any, range_: Range, fails: Fails) -> Num:
    """Return num ÷ den; what can only be one number is that constant."""
    only = range_.point
    return Num(real(only), UNIT, range_, fails) if only is not None else Num(num, den, range_, fails)


def product(a: Any, b: Any) -> Any:
    """Return a · b; a factor of 1 is left out."""
    return b if same(a, UNIT) else a if same(b, UNIT) else a * b


def crossed(a: Num, b: Num) -> tuple[Any, Any]:
    """Return two numerators over one denominator, for comparisons: a ⋚ b as the first ⋚ the second."""
    if same(a.den, b.den):
        return a.num, b.num
    return product(a.num, b.den), product(b.num, a.den)


def plus(a: Num, b: Num) -> Num:
    """Return a + b."""
    left, right = crossed(a, b)
    den = a.den if same(a.den, b.den) else product(a.den, b.den)
    return over(left + right, den, arith.add(a.range, b.range), both(a.fails, b.fails))


def minus(a: Num) -> Num:
    """Return -a."""
    return over(-a.num, a.den, arith.negate(a.range), a.fails)


def times(a: Num, b: Num) -> Num:
    """Return a · b."""
    range_ = arith.multiply(a.range, b.range)
    return over(product(a.num, b.num), product(a.den, b.den), range_, both(a.fails, b.fails))


COMPARED = {
    "<": lambda x, y: x < y,
    "≤": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    "≥": lambda x, y: x >= y,
    "=": lambda x, y: x == y,
    "≠": lambda x, y: x != y,
}


def holds(op: str, a: Num, b: Num) -> Any:
    """Return the term of a op b."""
    left, right = crossed(a, b)
    return COMPARED[op](left, right)


def compared(op: str, a: Num, b: Num) -> Cond:
    """Return whether a op b."""
    return Cond(holds(op, a, b), both(a.fails, b.fails))


def chosen(test: Any, a: Num, b: Num) -> Num:
    """Return a where a condition holds, b elsewhere; failures are the caller's."""
    if z3.is_true(test) or z3.is_false(test):
        return a if z3.is_true(test) else b
    range_ = either(a.range, b.range)
    if same(a.den, b.den):
        return Num(z3.If(test, a.num, b.num), a.den, range_)
    # A constant beside a ratio takes its denominator: that denominator is positive whether or not the ratio has a value.
    for one, other in ((a, b), (b, a)):
        if same(one.den, UNIT):
            scaled = Num(product(one.num, other.den), other.den)
            pair = (scaled, other) if one is a else (other, scaled)
            return Num(z3.If(test, pair[0].num, pair[1].num), other.den, range_)
    return Num(z3.If(test, a.num, b.num), z3.If(test, a.den, b.den), range_)


def either_of(test: Any, a: Sym, b: Sym) -> Sym:
    """Return a where a condition holds, b elsewhere, with the failures of the side that is taken."""
    fails = both(under(test, a.fails), under(lnot(test), b.fails))
    match a, b:
        case Num(), Num():
            found = chosen(test, a, b)
            return Num(found.num, found.den, found.range, fails)
        case Cond(), Cond():
            return Cond(lor(land(test, a.term), land(lnot(test), b.term)), fails)
        case Opt(), Opt():
            return Opt(z3.If(test, a.code, b.code), fails)
        case _:
            raise TypeError("the branches of a condition are of two kinds")


def extreme(most: bool, of: Sequence[Num]) -> Num:
    """Return the largest or smallest of several."""
    found = of[0]
    for value in of[1:]:
        bound = arith.larger if most else arith.smaller
        range_ = bound(found.range, value.range)
        known = _settled(most, found, value)
        picked = chosen(holds("≥" if most else "≤", found, value), found, value) if known is None else known
        found = over(picked.num, picked.den, range_, both(found.fails, value.fails))
    return found


def _settled(most: bool, a: Num, b: Num) -> Num | None:
    """Return the one that is known to be the larger (smaller) by the ranges alone."""
    if a.range.is_empty or b.range.is_empty:
        return None
    x, y = a.range.hull, b.range.hull
    a_first = x.lo is not None and y.hi is not None and x.lo >= y.hi
    b_first = y.lo is not None and x.hi is not None and y.lo >= x.hi
    if a_first or b_first:
        return a if a_first == most else b
    return None


def magnitude(a: Num) -> Num:
    """Return |a|."""
    if never_negative(a.range):
        return a
    range_ = either(restrict(a.range, "≥", ZERO), arith.negate(restrict(a.range, "<", ZERO)))
    return Num(z3.If(a.num >= 0, a.num, -a.num), a.den, range_, a.fails)


def never_negative(a: Range) -> bool:
    """Return whether nothing below 0 lies in a set."""
    return not a.is_empty and a.hull.lo is not None and a.hull.lo >= ZERO


def count_true(of: Sequence[Cond]) -> Num:
    """Return how many conditions hold."""
    total = z3.Sum(*(z3.If(c.term, z3.RealVal(1), z3.RealVal(0)) for c in of))
    return Num(total, UNIT, between(ZERO, Fraction(len(of)), step=ONE), both(*(c.fails for c in of)))


def zero_at(a: Num) -> Any:
    """Return the condition that a number is 0; False where its range says that it never is."""
    return FALSE if not a.range.is_empty and not a.range.holds(ZERO) else a.num == 0
