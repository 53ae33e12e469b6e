"""The tally of an output table of `zjrules batch`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from operator import add
from typing import cast

import numpy as np
import polars as pl

from zjrules.bulk.frame import Ints
from zjrules.inout.table.read_back import scored, totals
from zjrules.summary.change import JUMP, Last
from zjrules.summary.points import Column, Settled, settled
from zjrules.summary.tally import Tally, nothing, tally
from zjrules.term import rule as tr


def tally_of_table(blocks: Iterable[pl.DataFrame], program: tr.Program, last: Last | None = None) -> Tally:
    """Return the tally of an output table of the rules of a program, given in blocks of its rows. Raises NotAResultError."""
    return reduce(add, (tally(scored(b, program), None, last) for b in blocks), nothing(program))


def last_of_table(blocks: Iterable[pl.DataFrame], jump: Fraction = JUMP) -> Last:
    """Return the totals of an output table given in blocks, to compare another year's with. Raises NotAResultError."""
    parts = [(units, settled(scores)) for units, scores in map(totals, blocks)]
    names = [str(name) for units, found in parts for name in units[found.rows]]
    low = np.concatenate([_column(found.low, len(found)) for _, found in parts] or [np.zeros(0, np.int64)])
    below = np.concatenate([_column(found.below, len(found)) for _, found in parts] or [np.ones(0, np.int64)])
    return Last({n: i for i, n in enumerate(names)}, Settled(np.arange(len(names)), low, below), jump)


def _column(numbers: Column | int, size: int) -> Ints:
    # Totals that 64 bits cannot hold make the whole column one of Python's integers.
    found = np.full(size, numbers, np.int64) if isinstance(numbers, int) else numbers
    return cast("Ints", found)
