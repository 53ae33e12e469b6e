"""What one column of facts looks like as integers: how finely a type is held, and how far its numbers may reach."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from zjrules.fact import Asked
from zjrules.unit import MONEY_DIM, POINTS_DIM, Choice, Date, Number, Truth, Type, Year

MOST_DAY, MOST_YEAR = 3_652_059, 9999
"""9999-12-31 as an ordinal, and its year."""


def grid(kind: Type) -> int:
    """Return how many steps there are to a base unit: money is held in 分, ratios in millionths, points in 1/10000."""
    match kind:
        case Number(whole=True):
            return 1
        case Number(dim=d) if d == MONEY_DIM:
            return 100
        case Number(dim=(), percent=True):
            return 1_000_000
        case Number():
            return 10_000
        case _:
            return 1


def reach(asked: Asked) -> tuple[int, int]:
    """Return the least and greatest integer that columns hold for a fact; a number beyond them is left to the exact engine.

    Where the declaration gives no limit: 10^14 分 (万亿元), 10^9 of what is counted, 1000 for a ratio, 1000 for points, 10^7 else.
    """
    match asked.type:
        case Truth():
            return 0, 1
        case Choice(options):
            return 0, len(options) - 1
        case Date():
            least, most = 1, MOST_DAY
        case Year():
            least, most = 1, MOST_YEAR
        case _:
            most = _most(asked.type)
            least = -most
    if asked.limits.is_empty:
        return least, most
    hull, scale = asked.limits.hull, grid(asked.type)
    if hull.lo is not None:
        least = max(least, _up(hull.lo * scale))
    if hull.hi is not None:
        most = min(most, -_up(-hull.hi * scale))
    return least, max(least, most)


def width(asked: Asked) -> type[np.int8 | np.int32 | np.int64]:
    """Return the narrowest integers that hold a fact: what is read from memory is what most operations wait for."""
    low, high = reach(asked)
    most = max(-low, high)
    return np.int8 if most < 2**7 else np.int32 if most < 2**31 else np.int64


def _most(kind: Type) -> int:
    match kind:
        case Number(whole=True):
            return 10**9
        case Number(dim=d) if d == MONEY_DIM:
            return 10**14
        case Number(dim=(), percent=True):
            return 10**9
        case Number(dim=d) if d == POINTS_DIM:
            return 10**7
        case _:
            return 10**11


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
