"""Tables that a column of indexes is looked up in."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray


@frozen(eq=False)
class Lookup:
    """Integers by index, with the least and greatest of them."""

    values: NDArray[np.int64]
    lo: int
    hi: int


def lookup(values: list[int]) -> Lookup:
    """Return a table of the values in order."""
    return Lookup(np.array(values, np.int64), min(values), max(values))
