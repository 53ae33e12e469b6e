"""Grades over columns: which are possible between two ends of the total, as bits in the order of the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
from attrs import frozen

from zjrules.bulk.frame import Ints, Truths
from zjrules.bulk.slow import grade_bits
from zjrules.bulk.total import Extra, Part
from zjrules.exact.total import moved
from zjrules.term import expr as tm
from zjrules.term import rule as tr


@frozen(eq=False)
class Graded:
    """The possible grades of all units, and where only the exact engine can tell."""

    bits: Ints
    left: Truths


def graded(
    program: tr.Program,
    ends: tuple[Ints, Ints, Ints, Ints],
    extras: Mapping[int, Extra],
    parts: Sequence[Part],
    others: list[str],
) -> Graded | None:
    """Return the grades between the lower and upper end (numerators and denominators); None where columns are not enough."""
    limits = [_limit(program, g) for g in program.grades]
    if any(x is not None and x[1] is None for x in limits):
        return None
    low, low_below, high, high_below = ends
    size = len(low)
    bits, done = np.zeros(size, np.int64), np.zeros(size, np.bool_)
    top, top_below, top_open = high, high_below, np.zeros(size, np.bool_)
    regraded = any(isinstance(s, tr.Regrade) for s in program.steps)
    for number, limit in enumerate(limits if regraded else ()):
        if limit is None:
            bits[~done] |= 1 << number
            break
        op, bound = limit
        assert bound is not None
        over, at = _side(top, top_below, bound)
        hit = over | (at & ~top_open & (op == "≥"))
        bits[hit & ~done] |= 1 << number
        # What is left lies below the bound (or, for >, up to it).
        under, same = _below(low, low_below, bound)
        done |= ~(under | (same & (op == ">")))
        cut = over | (at & ~top_open)
        top = np.where(cut, bound.numerator, top)
        top_below = np.where(cut, bound.denominator, top_below)
        top_open = np.where(cut, op == "≥", top_open)
    left = _skipped(bits, limits, parts)
    for number, step in enumerate(program.steps):
        if isinstance(step, tr.Override) and step.kind != "veto":
            test = extras[number].number.astype(np.bool_)
            bits = np.where(test, _moved(program, step, bits, others), bits)
    return Graded(bits, left)


def _limit(program: tr.Program, grade: tr.Grade) -> tuple[str, Fraction | None] | None:
    if grade.limit is None:
        return None
    match grade.limit.bound:
        case tm.Const(value=Fraction() as value):
            return grade.limit.op, value
        case tm.ParamRef(name=name):
            value_ = program.params[name].value
            return grade.limit.op, value_ if isinstance(value_, Fraction) else None
        case _:
            return grade.limit.op, None


def _side(above: Ints, below: Ints, bound: Fraction) -> tuple[Truths, Truths]:
    """Return where a number lies above a bound, and where it lies on it."""
    # Totals are small over small denominators (see total.written): these products stay within 64 bits.
    if below.strides == (0,):
        edge = bound * int(below[0])
        if edge.denominator == 1:
            return above > int(edge), above == int(edge)
    left, right = above * bound.denominator, below * bound.numerator
    return left > right, left == right


def _below(above: Ints, below: Ints, bound: Fraction) -> tuple[Truths, Truths]:
    over, same = _side(above, below, bound)
    return ~(over | same), same


def _skipped(bits: Ints, limits: list[tuple[str, Fraction | None] | None], parts: Sequence[Part]) -> Truths:
    """Return the units for which a grade between two others could be skipped.

    A sum of numbers takes no larger step than the one that takes the largest: where no step is wider than a band, the band
    is met. A number that takes all values between its ends takes no step; another one at most the whole way.
    """
    several = bits & (bits - 1)
    left: Truths = (several & (several - 1)) != 0
    bounds = [x[1] for x in limits if x is not None and x[1] is not None]
    widths = [a - b for a, b in pairwise(bounds)]
    if not left.any() or not widths:
        return left
    met = np.ones(len(bits), np.bool_)
    for one in parts:
        if one.group is not None or one.total is not None or not isinstance(one.below, int):
            met[:] = False
            break
        met &= ~one.gaps | (one.high - one.low <= int(min(widths) * one.below))
    return left & ~met


def _moved(program: tr.Program, step: tr.Override, bits: Ints, others: list[str]) -> Ints:
    """Return the grades after a step that caps, bars or replaces them."""
    names = [g.name for g in program.grades]
    kinds, which = np.unique(bits, return_inverse=True)
    table = []
    for kind in kinds.tolist():
        grades = tuple(n for i, n in enumerate([*names, *others]) if kind >> i & 1)
        table.append(grade_bits(program, moved(step, grades, names), others))
    return np.array(table, np.int64)[which]
