"""Our own engine as a contestant of the benchmark: from columns of facts to columns of exact scores."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from attrs import evolve, frozen
from departments import rules
from numpy.typing import NDArray
from peers.contest import Context

from zjrules.bulk.frame import Frame
from zjrules.bulk.program import Bulk, bulk
from zjrules.bulk.result import Kind, Scored, Scores
from zjrules.inout.calendar import work_calendar
from zjrules.inout.table.frame import frame_from


@cache
def program() -> Bulk:
    """Return the rule set, made ready once: without its checks, which the others do not have."""
    return bulk(evolve(rules(), checks=()), work_calendar())


@frozen
class Points:
    """Scores, as points (floats) for whoever compares them: nan where facts are missing."""

    scored: Scored

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Return one row for each indicator and, last, the total."""
        return np.array([_points(s) for s in (*self.scored.indicators, self.scored.total)], dtype)


def _points(scores: Scores) -> NDArray[np.float64]:
    found: NDArray[np.float64] = scores.low / scores.below
    return np.where(scores.kind == Kind.SETTLED, found, np.nan)


def prepared(frame: pl.DataFrame, context: Context) -> Callable[[], Points]:
    """Return the job that scores all departments of a frame."""
    ready = program()
    found, rejects = frame_from(ready.program, frame)
    assert not rejects.height, rejects
    proved = _proved(found)
    return lambda: Points(ready.score(proved))


def _proved(frame: Frame) -> Frame:
    """Return a frame in which everything has evidence: the others know no evidence, and the departments come without."""
    facts = {name: evolve(cells, claimed=None) for name, cells in frame.facts.items()}
    return evolve(
        frame, facts=facts, ledgers={name: evolve(flat, claimed=None) for name, flat in frame.ledgers.items()}
    )
