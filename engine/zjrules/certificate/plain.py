"""Values as a certificate carries them: the checker's own kinds, and their JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from zjrules.interval.sets import Range
from zjrules.value import Problem, Unknown, Value
from zjrules.verifier import DOWN, UP, Hull, Nil, canonical

Plain = Any
"""A number, a truth or a text as it is, a Hull or a Nil of the checker, or a set of what something can be."""
Record = dict[str, Any]


def because(problem: Problem) -> str:
    """Return why there is no value, as the checker says it."""
    return f"{problem.kind}：{problem.detail}" if problem.detail else problem.kind


def seen(value: Value) -> Plain:
    """Return a value of the engine as the checker knows it: a set of numbers by its ends, what is open as what it can be."""
    match value:
        case Problem():
            return Nil(because(value))
        case Unknown(can=can, problems=problems):
            members = _hull(can) if isinstance(can, Range) else frozenset(can)
            found = members | {Nil(because(p)) for p in problems}
            return next(iter(found)) if len(found) == 1 else found
        case _:
            return value


def _hull(can: Range) -> frozenset[Plain]:
    if can.is_empty:
        return frozenset()
    hull = can.hull
    lo = DOWN if hull.lo is None else (0, hull.lo, int(hull.lo_open))
    hi = UP if hull.hi is None else (0, hull.hi, -int(hull.hi_open))
    return frozenset({hull.lo if lo == hi else Hull(lo, hi)})


def written(value: Plain) -> Any:
    """Return a value as JSON: numbers are "num/den" texts."""
    match value:
        case bool():
            return value
        case Fraction():
            return str(value)
        case str():
            return {"文": value}
        case Nil(why):
            return {"无": why}
        case Hull(lo, hi):
            return {"界": [None if lo[0] else str(lo[1]), None if hi[0] else str(hi[1]), bool(lo[2]), bool(hi[2])]}
        case frozenset():
            return {"可能": sorted(map(written, value), key=canonical)}
        case _:
            raise TypeError(value)
