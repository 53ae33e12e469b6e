"""Ledgers over a frame: what each row brings, worked out over all rows and brought together by unit."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import define

from zjrules.bulk.code import Flag
from zjrules.bulk.fold import Fold as Compiled
from zjrules.bulk.frame import Flat, Ints
from zjrules.bulk.ir import bits_of
from zjrules.bulk.native import Gathering, Job, gathering
from zjrules.bulk.operation import Array, dtype_of, kind_of
from zjrules.bulk.run import Columns, Ready
from zjrules.bulk.writer import MOST_ROWS, Fold

ROWS = 2
"""So many rows are expected of a unit, before one was read."""


@define(eq=False)
class Rows:
    """The rows of one ledger: what is worked out for each, and how it is brought together. A fold without a kind is not asked for."""

    ledger: str
    steps: Ready
    folds: tuple[Fold, ...]
    native: Gathering | None = None

    def begun(self, flat: Flat, columns: Columns, due: int | None) -> tuple[dict[object, Array], Job | None]:
        """Return what the rows of every unit come to, by the names of the inputs of its units, and what will write it.

        due: how many units there are to come, these included, where that is known.
        """
        given, count, steps, moving = self._given(flat, columns), int(flat.starts[-1]), self.steps, self._moving()
        if not steps.pays(count, None if due is None else due * count // (len(flat.starts) - 1)) or not moving:
            arrays = steps.interpreted(given, count)
            return {
                self._name(n): _together(f, arrays[n], flat.starts) for n, f in enumerate(self.folds) if f.kind
            }, None
        size = len(flat.starts) - 1
        found = {n: np.empty(size, _sum_kind(self.folds[n])) for n in moving}
        job = self._native(given).job(given, flat.starts, list(found.values()))
        still = {n: _still(f, flat.starts) for n, f in enumerate(self.folds) if f.kind and n not in found}
        return {self._name(n): array for n, array in (found | still).items()}, job

    def expect(self, flat: Flat, columns: Columns, due: int) -> dict[object, Array]:
        """Return columns like those of so many units to come, without a unit; what pays is compiled."""
        moving = self._moving()
        if moving and self.steps.decided(due * ROWS):
            self._native(self._given(flat, columns))
        # Only how wide these are matters; `_still` and `_together` give columns as wide.
        return {self._name(n): np.empty(0, _sum_kind(f)) for n, f in enumerate(self.folds) if f.kind}

    def _moving(self) -> list[int]:
        """Return the folds of what differs from row to row."""
        return [n for n, f in enumerate(self.folds) if f.kind and f.column.place is not None]

    def _native(self, given: Columns) -> Gathering:
        """Return the rows compiled; given are some of their columns."""
        if self.native is None:
            steps, moving = self.steps, [self.folds[n] for n in self._moving()]
            folds = [(f.column, _compiled(f)) for f in moving]
            self.native = gathering(steps.code, [place for place, *_ in steps.steps], steps.inputs, folds, given)
        return self.native

    def _name(self, place: int) -> object:
        return "fold", self.ledger, place

    def _given(self, flat: Flat, columns: Columns) -> dict[object, Array]:
        given: dict[object, Array] = {}
        for name in self.steps.inputs.values():
            assert isinstance(name, tuple)
            if name[0] == "cell":
                given[name] = flat.columns[name[2]].values
            elif name[0] == "blank":
                given[name] = flat.columns[name[2]].state  # 0 where it is given
            else:
                given[name] = np.repeat(columns[name], np.diff(flat.starts))
        return given


def _still(fold: Fold, starts: Ints) -> Array:
    """Return what the rows of every unit come to that are all the same."""
    value = int(bool(fold.column.known)) if isinstance(fold.column, Flag) else fold.column.lo
    sizes = np.diff(starts)
    found: Array = (sizes if fold.kind in ("sum", "any") else sizes > 0) * np.int64(value)
    return found.astype(_sum_kind(fold), copy=False)


def _sum_kind(fold: Fold) -> Any:
    """Return the numbers that hold what a fold gives."""
    if fold.kind in ("max", "min"):
        return np.int64
    lo, hi = (0, 1) if isinstance(fold.column, Flag) else (fold.column.lo, fold.column.hi)
    return dtype_of(lo * MOST_ROWS, hi * MOST_ROWS)


def _compiled(fold: Fold) -> Compiled:
    kind = "sum" if fold.kind == "any" else fold.kind
    return Compiled(kind, bits_of(kind_of(fold.column)), bits_of(_sum_kind(fold)))


def _together(fold: Fold, column: Array, starts: Ints) -> Array:
    """Bring the rows of every unit together. Sums may wrap round on the way: their difference is right all the same."""
    if fold.kind == "any" and not column.any():
        return np.broadcast_to(np.int32(0), len(starts) - 1)
    if fold.kind in ("sum", "any"):
        total = np.zeros(len(column) + 1, _sum_kind(fold))
        np.cumsum(column, out=total[1:])
        ends = total[starts]
        found: Array = ends[1:] - ends[:-1]
        return found
    result = np.zeros(len(starts) - 1, np.int64)
    some = np.flatnonzero(starts[1:] > starts[:-1])
    if len(some):
        best = np.maximum if fold.kind == "max" else np.minimum
        result[some] = best.reduceat(column, starts[some])
    return result
