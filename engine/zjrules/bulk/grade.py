"""Grades over columns: which are possible between two ends of the total, as bits in the order of the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
from attrs import frozen

from zjrules.bulk.band import limits
from zjrules.bulk.fast import nowhere, somewhere
from zjrules.bulk.frame import Ints, Truths
from zjrules.bulk.parts import Extra, Part
from zjrules.bulk.result import FINE_STEP
from zjrules.bulk.slow import grade_bits
from zjrules.bulk.total import rounded_groups
from zjrules.exact.total import moved
from zjrules.term import rule as tr


@frozen(eq=False)
class Graded:
    """The possible grades of all units, and where only the exact engine can tell."""

    bits: Ints
    left: Truths


def graded(
    program: tr.Program, possible: Ints, extras: Mapping[int, Extra], parts: Sequence[Part], others: list[str]
) -> Graded:
    """Return the grades after all steps of the total; possible are those between its ends (band.possible)."""
    bits, left = possible, _skipped(possible, _narrowest(program), parts)
    for number, step in enumerate(program.steps):
        if isinstance(step, tr.Override) and step.kind != "veto":
            test = extras[number].number.astype(np.bool_)
            bits = np.where(test, _moved(program, step, bits, others), bits)
    return Graded(bits, left)


def _narrowest(program: tr.Program) -> Fraction:
    """Return the widest step of a sum that surely meets every band between two others; 0 where there is none.

    A rounding makes of a step the next multiple of its own: a band is met by steps up to the multiple within its width.
    """
    bands = [x for x in limits(program) if x is not None]
    widths = [a.bound - b.bound for a, b in pairwise(bands)]
    if not widths or any((a.op, b.op) == ("≥", ">") for a, b in pairwise(bands)):
        # A band without either end is skipped by a step of its own width.
        return Fraction(0)
    width = min(widths)
    for quantum in (FINE_STEP, *_quanta(program)):
        width = width // quantum * quantum
    return max(width, Fraction(0))


def _quanta(program: tr.Program) -> list[Fraction]:
    groups = (g.rounding for g in rounded_groups(program))
    roundings = [*groups, *(s for s in program.steps if isinstance(s, tr.RoundScore))]
    return [r.quantum for r in reversed(roundings) if r.mode is not None]


def _skipped(bits: Ints, width: Fraction, parts: Sequence[Part]) -> Truths:
    """Return the units for which a grade between two others could be skipped; width is what _narrowest gives.

    A sum of numbers takes no larger step than the one that takes the largest: where no step is wider than a band, the band
    is met. A number that takes all values between its ends takes no step; another one at most the whole way.
    """
    several = bits & (bits - 1)
    if not several.any():
        return nowhere(len(bits))
    left: Truths = (several & (several - 1)) != 0
    if not width or not left.any():
        return left
    wide = np.zeros(len(bits), np.bool_)
    for one in parts:
        if one.group is not None or one.total is not None or not isinstance(one.below, int):
            return left
        most = int(width * one.below)
        if not somewhere(one.gaps) or (one.bounds is not None and one.bounds[1] - one.bounds[0] <= most):
            continue
        assert one.rows is not None, "only settled scores have none"
        rows = one.rows[one.gaps[one.rows]]
        wide[rows] |= one.high[rows] - one.low[rows] > most
    return left & wide


def _moved(program: tr.Program, step: tr.Override, bits: Ints, others: list[str]) -> Ints:
    """Return the grades after a step that caps, bars or replaces them."""
    names = [g.name for g in program.grades]
    kinds, which = np.unique(bits, return_inverse=True)
    table = []
    for kind in kinds.tolist():
        grades = tuple(n for i, n in enumerate([*names, *others]) if kind >> i & 1)
        table.append(grade_bits(program, moved(step, grades, names), others))
    return np.array(table, np.int64)[which]
