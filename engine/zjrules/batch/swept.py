"""Every block of units read once, and scored by a rule set and all its variants: one row for every unit and variant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl
from attrs import frozen

from zjrules.bulk.frame import Frame
from zjrules.bulk.program import Bulk
from zjrules.bulk.result import Scored
from zjrules.bulk.versions import Version, version
from zjrules.inout.table import scores
from zjrules.term import rule as tr

LEAST = 1000
"""Units of a block, at least: a block is scored once for every variant, and so has fewer units the more there are."""

Note = Callable[[Scored, Sequence[Scored]], bytes]
"""What is kept of a block beside its rows, of the rule set as it stands and of its variants."""


@frozen(eq=False)
class Variant:
    """A rule set with other values of some parameters, as these are written."""

    values: Mapping[str, str]
    program: tr.Program


@frozen(eq=False)
class Swept:
    """A rule set and its variants made ready: every block is read once and scored by all of them."""

    first: Bulk
    variants: tuple[Variant, ...]
    versions: tuple[Version, ...]
    note: Note

    def scored(self, frame: Frame, whole: bool) -> tuple[pl.DataFrame, bytes]:
        """Return one row for every unit and variant, and the note."""
        first = self.first.score(frame, whole=whole)
        every = [v.score(frame, first, whole) for v in self.versions]
        rows, many = len(frame), len(every)
        like = first, scores.compact_of(first)
        table = pl.concat([scores.table_of(s, like) for s in every])
        # The variants of a unit stand together, so that the rows do not depend on how the units were parted.
        table = table[np.arange(rows * many).reshape(many, rows).T.reshape(-1)]
        turn = np.tile(np.arange(many), rows)
        columns = [
            pl.Series(scores.PARAMETER + name, [v.values[name] for v in self.variants], dtype=pl.String).gather(turn)
            for name in self.variants[0].values
        ]
        return pl.DataFrame([*columns, *table]), self.note(first, every)

    def schema(self) -> pl.Schema:
        """Return the columns of the table: parameters first."""
        columns = {scores.PARAMETER + name: pl.String() for name in self.variants[0].values}
        return pl.Schema({**columns, **scores.schema_of(self.first.program)})


def swept(first: Bulk, found: tuple[Variant, ...], note: Note) -> Swept:
    """Make variants ready."""
    return Swept(first, found, tuple(version(first, v.program) for v in found), note)


def block_size(usual: int, many: int) -> int:
    """Return how many units a block has where each gives so many rows."""
    return min(usual, max(usual // many, LEAST))
