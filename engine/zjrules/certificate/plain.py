"""Values as a certificate carries them: the checker's own kinds, and their JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from zjrules.interval.sets import Range
from zjrules.value import Problem, Unknown, Value
from zjrules.verifier import DOWN, UP, Hull, Nil, Some

Plain = Fraction | bool | str | Hull | Some | Nil
Record = dict[str, Any]


def seen(value: Value) -> Plain:
    """Return a value of the engine as the checker knows it: a set of numbers by its ends."""
    match value:
        case Problem(kind=kind, detail=detail):
            return Nil(kind, detail)
        case Unknown(can=can, problems=problems):
            also = frozenset(f"{p.kind}：{p.detail}" if p.detail else p.kind for p in problems)
            return _hull(can, also) if isinstance(can, Range) and not can.is_empty else Some(_members(can), also)
        case _:
            return value


def _members(can: Range | frozenset[bool] | frozenset[str]) -> frozenset[bool | str]:
    return frozenset() if isinstance(can, Range) else frozenset(can)


def _hull(can: Range, also: frozenset[str]) -> Hull:
    hull = can.hull
    lo = DOWN if hull.lo is None else (0, hull.lo, int(hull.lo_open))
    hi = UP if hull.hi is None else (0, hull.hi, -int(hull.hi_open))
    return Hull(lo, hi, also)


def written(value: Plain) -> Any:
    """Return a value as JSON: numbers are "num/den" texts."""
    match value:
        case bool():
            return value
        case Fraction():
            return str(value)
        case str():
            return {"文": value}
        case Nil(kind, detail):
            return {"无": kind, "因": detail} if detail else {"无": kind}
        case Some(can, also):
            return {"可能": sorted(can, key=str), **({"或": sorted(also)} if also else {})}
        case Hull(lo, hi, also):
            ends = [None if lo[0] else str(lo[1]), None if hi[0] else str(hi[1]), bool(lo[2]), bool(hi[2])]
            return {"界": ends, **({"或": sorted(also)} if also else {})}
