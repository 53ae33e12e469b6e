"""A run: every block scored and kept, then all of them put together as the output and the file of what was set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from itertools import chain
from operator import or_
from pathlib import Path

import polars as pl
from attrs import define, field, frozen

from zjrules.batch.beside import ahead, handing
from zjrules.batch.memory import Ceiling, ceiling
from zjrules.batch.source import Source
from zjrules.batch.swept import Swept
from zjrules.batch.work import Block, Work
from zjrules.bulk.frame import Frame
from zjrules.bulk.program import Bulk
from zjrules.bulk.result import Scored
from zjrules.inout.table import scores
from zjrules.inout.table.compact import PART, narrow, whole_schema, widened
from zjrules.inout.table.rejects import SCHEMA
from zjrules.inout.table.write import ROWS, Piece, written
from zjrules.inout.text import whole
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey

Note = Callable[[Scored, Frame], bytes]
"""What a caller wants to keep of every scored block, such as a tally of it: kept with the block, also over an interruption."""


def compares(program: tr.Program) -> bool:
    """Return whether a rule set compares units, so that all of them must be read before one is scored."""
    nodes = [n for top in survey.indicators(program.groups) for n in _all(top)]
    return survey.uses(program, tm.Peers) or any(na.mean is not None for n in nodes for na in n.na)


def _all(node: tr.Indicator) -> Iterator[tr.Indicator]:
    yield node
    for part in node.parts:
        yield from _all(part)


@frozen
class Counts:
    """What became of the units, for the end of a run."""

    rows: int
    scored: int
    states: Mapping[str, int]
    grades: Mapping[str, int]
    failed: int
    """Units of which a check failed."""
    codes: Mapping[str, int]
    """What was said of rows, by code."""
    aside: int
    """Rows that were not scored."""
    times: int = 1
    """How many variants of the rule set every unit was scored by: states, grades and failed count each of them."""

    @property
    def clean(self) -> bool:
        """Whether every unit was scored, its total is settled, and there is nothing to look at."""
        return not self.codes and not self.failed and self.states.get(scores.STATES[0], 0) == self.rows * self.times


def rejects_of(out: Path) -> Path:
    """Return the file of what was set aside from an output."""
    return out.with_name(f"{out.name}.退回.csv")


@frozen(eq=False)
class Job:
    """What is done with every block: scored by a rule set, or by each variant of a sweep; note is asked of each where it is given."""

    bulk: Bulk
    note: Note | None = None
    sweep: Swept | None = None

    def scored(self, frame: Frame, whole_: bool, due: int) -> tuple[pl.DataFrame, bytes]:
        """Return the compact table of a block, and its note; about so many units are due, these included."""
        if self.sweep is not None:
            table, noted = self.sweep.scored(frame, whole_)
            return narrow(table), noted
        scored = self.bulk.score(frame, whole=whole_, due=due)
        return scores.compact_of(scored), self.note(scored, frame) if self.note is not None else b""

    def expect(self, outline: Frame | None, due: int) -> None:
        """Make ready for about so many units of an outline, if there is one; a sweep looks for itself."""
        if outline is not None and self.sweep is None:
            self.bulk.expect(outline, due)

    @property
    def schema(self) -> pl.Schema:
        """The columns of the output."""
        return self.sweep.schema() if self.sweep is not None else scores.schema_of(self.bulk.program)


def _tables(source: Source, job: Job, work: Work, seen: Callable[[int], None], held: Ceiling) -> Iterator[pl.DataFrame]:
    """Yield the compact table of every block in order; what is not kept yet is scored and kept. Raises UnreadableError, OSError."""
    whole_, kept = compares(job.bulk.program), sorted(work.done)
    there = frozenset(kept)
    due = source.rows - len(kept) * source.size
    pieces = source.pieces(lambda n: n not in there)
    for number, frame, said in ahead(pieces, lambda: job.expect(source.outline(), due)):
        while kept and kept[0] < number:
            yield work.scores(kept.pop(0))
        table, noted = job.scored(frame, whole_, source.rows - number * source.size)
        # Of one block what it was made from is not kept while the next is read: each takes as much room.
        del frame
        work.put(number, Block(table, said, noted))
        del said
        yield table
        del table
        held.trim()
        seen(min((number + 1) * source.size, source.rows))
    yield from map(work.scores, kept)


def _parted(height: int, have: int) -> Iterator[tuple[int, int]]:
    """Yield the start and size of the parts of a table: cut where the row groups of the output end, so many rows of which are there."""
    at = 0
    while at < height:
        size = min(ROWS - (have + at) % ROWS, height - at)
        yield at, size
        at += size


@define
class _Tally:
    """Counts while the blocks go by."""

    source: Source
    times: int
    states: Counter[str] = field(factory=Counter)
    grades: Counter[str] = field(factory=Counter)
    codes: Counter[str] = field(factory=Counter)
    failed: int = 0
    scored: int = 0

    def add(self, table: pl.DataFrame) -> None:
        """Count a compact table."""
        self.scored += table.height // self.times
        failed = [column.is_not_null() for column in table if column.name.partition(PART)[0] == scores.FAILED]
        self.failed += int(reduce(or_, failed).sum()) if failed else 0
        for counts, name in ((self.states, scores.STATE), (self.grades, scores.GRADE)):
            counts.update(_counted(table[name]) if name in table.columns else {})

    def counts(self) -> Counts:
        order = {s: self.states[s] for s in scores.STATES if self.states[s]}
        aside = self.source.rows - self.scored
        return Counts(
            self.source.rows,
            self.scored,
            order,
            dict(self.grades),
            self.failed,
            dict(sorted(self.codes.items())),
            aside,
            self.times,
        )


def _counted(column: pl.Series) -> dict[str, int]:
    counted = column.drop_nulls().value_counts(name="n")
    return dict(counted.cast({column.name: pl.String}).sort(column.name).iter_rows())


def finished(
    source: Source, job: Job, work: Work, out: Path, kind: str, seen: Callable[[int], None]
) -> tuple[Counts, list[bytes]]:
    """Score what is not kept yet, and write the output and what was set aside; return the counts and the notes.

    seen is told how many units are done. Raises UnreadableError, OSError.
    """
    held = ceiling()
    schema, columns = job.schema, whole_schema(job.schema)
    found = _Tally(source, len(job.sweep.variants) if job.sweep is not None else 1)

    def pieces(tables: Iterator[pl.DataFrame]) -> Iterator[Piece]:
        have = 0
        for table in tables:
            found.add(table)
            for at, size in _parted(table.height, have):
                yield widened(table.slice(at, size), columns)
            have += table.height

    def write(tables: Iterator[pl.DataFrame]) -> None:
        written(kind, aside, schema, pieces(tables))

    with whole(out, folder=work.scratch) as aside:
        with handing(write) as hand:
            for table in _tables(source, job, work, seen, held):
                hand(table)
        _rejects(source, work, rejects_of(out), found)
    return found.counts(), [work.note(number) for number in sorted(work.done)]


def _rejects(source: Source, work: Work, path: Path, found: _Tally) -> None:
    """Write what was said of rows; where nothing was, there is no file."""

    def pieces() -> Iterator[pl.DataFrame]:
        for each in chain((source.said,), map(work.said, sorted(work.done))):
            found.codes.update(_counted(each["代码"]))
            yield each

    with whole(path) as aside:
        written("csv", aside, SCHEMA, pieces())
    if not found.codes:
        path.unlink()
