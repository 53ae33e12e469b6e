"""A run: every block scored and kept, then all of them put together as the output and the file of what was set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import polars as pl
from attrs import define, field, frozen

from zjrules.batch.source import Source
from zjrules.batch.swept import Swept
from zjrules.batch.work import Block, Work
from zjrules.bulk.frame import Frame
from zjrules.bulk.program import Bulk
from zjrules.bulk.result import Scored
from zjrules.inout.table import scores
from zjrules.inout.table.rejects import SCHEMA
from zjrules.inout.table.write import ROWS, narrow, widened, written
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


def scored_blocks(
    source: Source, bulk: Bulk, work: Work, seen: Callable[[int], None], note: Note | None, sweep: Swept | None = None
) -> None:
    """Score and keep every block that is not there yet; seen is told how many units are done. Raises UnreadableError, OSError."""
    size, whole_ = source.size, compares(bulk.program)
    done = sum(min(size, source.rows - n * size) for n in work.done)
    seen(done)
    for number, frame, said in source.pieces(lambda n: n not in work.done):
        if sweep is not None:
            table, noted = sweep.scored(frame, whole_)
        else:
            scored = bulk.score(frame, whole=whole_)
            table, noted = scores.table_of(scored), note(scored, frame) if note is not None else b""
            del scored
        block = Block(narrow(table), said, noted)
        # Of one block what it was made from is not kept while the next is read: each takes as much room.
        del frame, said, table
        work.put(number, block)
        del block
        done += min(size, source.rows - number * size)
        seen(done)


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
    notes: list[bytes] = field(factory=list)

    def add(self, table: pl.DataFrame) -> None:
        self.scored += table.height // self.times
        self.failed += table.height - table[scores.FAILED].null_count()
        self.states.update(_counted(table[scores.STATE]))
        self.grades.update(_counted(table[scores.GRADE]))

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
    return dict(column.drop_nulls().value_counts(name="n").sort(column.name).iter_rows())


def finished(
    source: Source,
    program: tr.Program,
    work: Work,
    out: Path,
    kind: str,
    seen: Callable[[int], None],
    sweep: Swept | None = None,
) -> tuple[Counts, list[bytes]]:
    """Put all blocks together as the output and what was set aside; return the counts and the notes. Raises OSError."""
    schema = sweep.schema() if sweep is not None else scores.schema_of(program)
    found = _Tally(source, len(sweep.variants) if sweep is not None else 1)
    _rejects(source, work, rejects_of(out), found)

    def pieces() -> Iterator[pl.DataFrame]:
        for number in sorted(work.done):
            for part in work.scores(number).iter_slices(ROWS):
                table = widened(part, schema)
                found.add(table)
                yield table
                del table
            found.notes.append(work.note(number))
            seen(found.scored)

    with whole(out) as aside:
        written(kind, aside, schema, pieces())
    return found.counts(), found.notes


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
