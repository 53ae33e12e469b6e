"""Ends of scores written into their columns; what the columns cannot hold stands beside them as it is."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from zjrules.bulk.frame import Ints, Truths
from zjrules.bulk.result import MOST, End, Gathered


def put_ends(found: Gathered, places: Ints, ends: tuple[Ints, ...], flags: tuple[Truths, ...]) -> None:
    """Write the ends of some units; what the columns cannot hold is written beside them."""
    low, low_below, high, high_below = ends
    below = found.below
    if found.belows is None and _plain(ends, flags, below):
        found.low[places], found.high[places] = low, high
        return
    odd = flags[0] | flags[1] | flags[2] | flags[3]
    if found.belows is None:
        fits = (below % low_below == 0) & (below % high_below == 0)
        fits &= (np.abs(low) < MOST // below) & (np.abs(high) < MOST // below)
        odd = odd | ~fits
        plain = np.flatnonzero(~odd)
        found.low[places[plain]] = low[plain] * (below // low_below[plain])
        found.high[places[plain]] = high[plain] * (below // high_below[plain])
    else:
        shared = _shared(low_below, high_below)
        odd = (
            odd
            | (shared == 0)
            | (np.abs(low) > MOST // np.maximum(shared, 1))
            | (np.abs(high) > MOST // np.maximum(shared, 1))
        )
        plain = np.flatnonzero(~odd)
        at = places[plain]
        found.low[at] = low[plain] * (shared[plain] // low_below[plain])
        found.high[at] = high[plain] * (shared[plain] // high_below[plain])
        found.belows[at] = shared[plain]
    for i in np.flatnonzero(odd).tolist():
        first = None if flags[0][i] else Fraction(int(low[i]), int(low_below[i]))
        last = None if flags[1][i] else Fraction(int(high[i]), int(high_below[i]))
        found.beside[int(places[i])] = (
            End(first, bool(flags[2][i]) or first is None),
            End(last, bool(flags[3][i]) or last is None),
        )


def _plain(ends: tuple[Ints, ...], flags: tuple[Truths, ...], below: int) -> bool:
    """Return whether all ends are as they are written: over the denominator of the column, reached and not too large."""
    low, low_below, high, high_below = ends
    if not len(low) or any(f.strides != (0,) and f.any() for f in flags) or any(bool(f[0]) for f in flags):
        return False
    if not ((low_below == below).all() and (high_below == below).all()):
        return False
    most = MOST // below
    return bool(low.min() > -most and low.max() < most and high.min() > -most and high.max() < most)


def _shared(a: Ints, b: Ints) -> Ints:
    """Return the least common denominator; 0 where it is too large."""
    part = b // np.gcd(a, b)
    found: Ints = np.where(np.maximum(a, 1) <= MOST // np.maximum(part, 1), a * part, 0)
    return found
