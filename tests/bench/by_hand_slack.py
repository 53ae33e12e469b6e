"""The 2025 book by hand in numpy with every threshold and rounding eased by 1e-9, as one does who has met float errors."""

from __future__ import annotations

from collections.abc import Callable

import by_hand_numpy
import polars as pl
from by_hand_numpy import Floats
from peers.contest import Context

SLACK = 1e-9


def prepared(frame: pl.DataFrame, context: Context) -> Callable[[], Floats]:
    """Return the job that scores all departments of a frame."""
    return by_hand_numpy.prepared(frame, context, SLACK)
