"""What is scored: tables of units with tables of their ledgers, or files of one unit each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from attrs import frozen

from zjrules.bulk.frame import Frame, Ints, frame_of
from zjrules.diag import Diagnostic, has_errors
from zjrules.fact import Facts
from zjrules.inout.table.blocks import Survey, blocks
from zjrules.inout.table.columns import UNIT, Reading
from zjrules.inout.table.faults import note, told
from zjrules.inout.table.files import Files
from zjrules.inout.table.frame import UNIT_TWICE, frame_from
from zjrules.inout.table.joined import Laid
from zjrules.inout.table.rejects import SCHEMA, broken_rows, placed
from zjrules.project import fitted, read_facts, rules_named, shown
from zjrules.ruleset import RuleSet
from zjrules.span import NOWHERE
from zjrules.term import rule as tr

Wanted = Callable[[int], bool]
Piece = tuple[int, Frame, pl.DataFrame]
"""The number of a block, its units that can be scored, and what is said of rows (rejects.SCHEMA)."""


class Source(Protocol):
    """Units to be scored, in blocks that are the same every time."""

    @property
    def size(self) -> int:
        """How many units a block has; the last may have fewer."""

    @property
    def rows(self) -> int:
        """How many units there are, those set aside included."""

    @property
    def said(self) -> pl.DataFrame:
        """What is said before the first block."""

    def outline(self) -> Frame | None:
        """Return a frame without units, of which the columns are like those of the blocks; None where nothing tells them."""

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        """Yield the wanted blocks."""


@frozen(eq=False)
class Tables:
    """A table of units, and tables of ledgers laid out by its blocks."""

    program: tr.Program
    size: int
    files: Files
    how: Reading
    known: Survey
    beside: Mapping[str, Laid]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.known.rows + sum(map(len, self.known.broken))

    @property
    def said(self) -> pl.DataFrame:
        """Broken rows, and rows of ledgers whose unit is not there."""
        return pl.concat([broken_rows(self.files, self.known), *(each.said for each in self.beside.values())])

    def outline(self) -> Frame | None:
        """Return the columns of the table without rows; None where ledgers stand in tables of their own."""
        return None if self.beside else frame_from(self.program, pl.DataFrame(schema=self.files.schema), self.how)[0]

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        """Yield the wanted blocks of the table. Raises UnreadableError."""
        for number, table in blocks(self.files, self.known, self.size, wanted):
            first = number * self.size
            beside = {name: each.lines(number, table[UNIT], first) for name, each in self.beside.items()}
            frame, said = frame_from(self.program, table, self.how, beside, self.known.twice, first)
            del table, beside
            yield number, frame, placed(said, self.files, self.known)
            del frame


@frozen(eq=False)
class UnitFiles:
    """Files of one unit each, read and fitted; all of them are in memory, as columns."""

    size: int
    frames: tuple[Frame, ...]
    lines: tuple[pl.DataFrame, ...]
    rows: int
    said: pl.DataFrame

    def outline(self) -> None:
        """Return None: the blocks are there already, and nobody waits for them."""

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        """Yield the wanted blocks of files; they were parted when they were read."""
        for number, (frame, said) in enumerate(zip(self.frames, self.lines, strict=True)):
            if wanted(number):
                yield number, frame, said


def unit_files(paths: Sequence[Path], rules: RuleSet, size: int, seen: Callable[[int], None]) -> UnitFiles:
    """Read and fit files of one unit each; seen is told after each how many were read."""
    frames: list[Frame] = []
    lines: list[pl.DataFrame] = []
    places: list[list[str]] = []
    for start in range(0, len(paths), size):
        units: list[Facts] = []
        names: list[str] = []
        said: list[dict[str, object]] = []
        for place, path in enumerate(paths[start : start + size], start + 1):
            facts, found = _unit(path, rules)
            said += [_line(shown(path), facts.unit if facts is not None else "", d) for d in found]
            if facts is not None and not has_errors(found):
                units.append(facts)
                names.append(shown(path))
            seen(place)
        frames.append(frame_of(rules.program.schema, units))
        lines.append(pl.DataFrame(said, schema=SCHEMA))
        places.append(names)
    frames, more = _once(frames, places)
    every = tuple(pl.concat([a, b]) for a, b in zip(lines, more, strict=True))
    return UnitFiles(size, tuple(frames), every, len(paths), pl.DataFrame(schema=SCHEMA))


def _unit(path: Path, rules: RuleSet) -> tuple[Facts | None, list[Diagnostic]]:
    handed, problems = read_facts(path)
    if handed is None:
        return None, list(problems)
    _, named = rules_named(handed, (rules.id,))
    facts, more = fitted(handed, rules)
    return facts, [*problems, *named, *more]


def _line(name: str, unit: str, found: Diagnostic) -> dict[str, object]:
    """Return a diagnostic of a unit's file as a row."""
    span = found.labels[0].span if found.labels else NOWHERE
    cell = span.source.cell
    row = 0 if span is NOWHERE or not span.source.text else cell.row if cell is not None else span.line
    column = str(cell) if cell is not None else ""
    return {"文件": name, "单位": unit, "行": row, "列": column, "值": span.text if row else "", **told(found)}


def _once(frames: list[Frame], places: list[list[str]]) -> tuple[list[Frame], list[pl.DataFrame]]:
    """Leave out units that two files name, and say so."""
    names = pl.Series([str(u) for f in frames for u in f.units], dtype=pl.String)
    again = names.is_duplicated().to_numpy() if len(names) else np.zeros(0, np.bool_)
    kept, said, start = [], [], 0
    message = "这个单位不止一份文件，每一份都没有算"
    found = note(UNIT_TWICE, message, "核对哪一份是对的，只留一份；不是同一个单位的，名称写得分得开")
    for frame, files in zip(frames, places, strict=True):
        mine = again[start : start + len(frame)]
        start += len(frame)
        lines = [_line(files[i], str(frame.units[i]), found) for i in np.flatnonzero(mine).tolist()]
        said.append(pl.DataFrame(lines, schema=SCHEMA))
        places_: Ints = np.flatnonzero(~mine).astype(np.int64)
        kept.append(frame.taken(places_) if mine.any() else frame)
    return kept, said
