"""Columns of rationals: a constant times a numerator over a positive denominator, both columns of integers."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve, frozen

from zjrules.bulk.code import NO, Flag, Int, constant

ONE = constant(1)
Span = tuple[Fraction, Fraction]
"""The least and the greatest that a number can be."""


def _spread(a: Num) -> Span:
    """Return what the bounds of numerator and denominator say of a number."""
    if a.factor == 0:
        return Fraction(0), Fraction(0)
    low, high = a.above.lo, (a.most or a.above).hi
    least, most = max(a.below.lo, 1), max(a.below.hi, 1)
    first, last = (Fraction(low, most if low > 0 else least), Fraction(high, least if high > 0 else most))
    ends = (first * a.factor, last * a.factor)
    return min(ends), max(ends)


def _tighter(a: Span, b: Span) -> Span:
    low, high = max(a[0], b[0]), min(a[1], b[1])
    return (low, high) if low <= high else a


@frozen(eq=False)
class Num:
    """factor · above ÷ below; with `most`, above is only a lower bound and most the upper one. bad: there is no value."""

    factor: Fraction
    above: Int
    below: Int = ONE
    most: Int | None = None
    bad: Flag = NO
    span: Span | None = None
    """What is known of the number itself beyond what the bounds of its parts say."""

    @property
    def limits(self) -> Span:
        """Return what the number lies between."""
        parts = _spread(self)
        if self.span is None:
            return parts
        return _tighter(parts, self.span)

    @property
    def known(self) -> Fraction | None:
        """The number, when it is the same in every row."""
        if self.factor == 0:
            return Fraction(0)
        above, below = self.above.known, self.below.known
        return None if above is None or below is None or self.most else self.factor * above / below


@frozen(eq=False)
class Cond:
    """A condition or an option (the number of one in its list); bad: there is no value."""

    flag: Flag
    bad: Flag = NO


@frozen(eq=False)
class Pick:
    """An option, by its number in `options`."""

    number: Int
    options: tuple[str, ...]
    bad: Flag = NO


Value = Num | Cond | Pick


def exactly(value: Fraction) -> Num:
    """Return a number that is known now."""
    return Num(value, ONE)


def scaled(a: Num, factor: Fraction) -> Num:
    """Return a × factor, which costs nothing."""
    if factor == 0:
        return Num(Fraction(0), ONE, ONE, None, a.bad)
    ends = None if a.span is None else sorted((a.span[0] * factor, a.span[1] * factor))
    return evolve(a, factor=a.factor * factor, span=None if ends is None else (ends[0], ends[1]))
