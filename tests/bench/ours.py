"""Our own engine as a contestant of the benchmark: from the frame as it is to scores."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import polars as pl
from attrs import evolve
from departments import rules
from numpy.typing import NDArray
from peers.contest import Context
from reference import facts

from zjrules.compiled.program import Compiled, compiled
from zjrules.exact.total import score
from zjrules.inout.calendar import work_calendar

MOST = 2000


def ours(program: Compiled, frame: pl.DataFrame) -> NDArray[np.float64]:
    """Return the points of every indicator and, last, the total, one row each; nan where facts are missing."""
    found = []
    for unit in facts(frame, program.program):
        scores = program.scores(program.values(unit))
        values: list[object] = [*scores.indicators, scores.total]
        if None in values:
            trace = score(program.program, unit, work_calendar())
            values = [*(s.value for s in trace.indicators()), trace.total]
        found.append([float(v) if isinstance(v, Fraction) else np.nan for v in values])
    return np.array(found).T


def prepared(frame: pl.DataFrame, context: Context) -> Callable[[], NDArray[np.float64]]:
    """Return the job that scores all departments of a frame."""
    program = compiled(evolve(rules(), checks=()), work_calendar())
    return lambda: ours(program, frame)
