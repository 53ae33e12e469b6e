"""A workbook as cells with places, before anything is known of its meaning."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from attrs import Factory, define, field, frozen

from zjrules.inout.workbook.labels import caption_unit
from zjrules.span import Cell, Source, Span


@frozen
class GridCell:
    """A cell with something in it: kind n (number), s (text), b (是否), d (date) or e (error); text is its exact value."""

    row: int
    column: int
    kind: str
    text: str
    displayed: str
    flags: str = ""

    @property
    def formula(self) -> bool:
        """Whether the value is what a formula gave when the file was saved."""
        return "f" in self.flags

    @property
    def unsaved(self) -> bool:
        """Whether it is a formula of which no value was saved."""
        return "u" in self.flags

    @property
    def percent(self) -> bool:
        """Whether a number is displayed as a percentage."""
        return "%" in self.flags


@define(eq=False)
class Sheet:
    """A sheet: its cells by (row, column), and what is merged and hidden."""

    file: str
    name: str
    hidden: bool
    rows: dict[int, dict[int, GridCell]]
    merged: dict[tuple[int, int], tuple[int, int]]
    """A covered cell → the cell that covers it."""
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    covering: frozenset[tuple[int, int]] = field(
        init=False, default=Factory(lambda self: frozenset(self.merged.values()), takes_self=True)
    )
    """The cells that are merged over others."""
    spans: dict[tuple[int, int], Span] = field(factory=dict, init=False)
    captions: list[tuple[int, str]] | None = field(default=None, init=False)

    def at(self, row: int, column: int) -> GridCell | None:
        """Return the cell at a place, None where it is empty."""
        return self.rows.get(row, {}).get(column)

    def under(self, row: int, column: int) -> GridCell | None:
        """Return the cell at a place, or the one that is merged over it."""
        found = self.at(row, column)
        return found if found is not None or (row, column) not in self.merged else self.at(*self.merged[row, column])

    def unit_above(self, row: int) -> str:
        """Return the unit that the nearest caption above a row gives, such as 单位：万元; '' where there is none."""
        if self.captions is None:
            units = ((r, (u for c in self.rows[r].values() if (u := caption_unit(c.text)))) for r in sorted(self.rows))
            self.captions = [(r, unit) for r, found in units if (unit := next(found, ""))]
        place = bisect_left(self.captions, (row, ""))
        return self.captions[place - 1][1] if place else ""

    @property
    def all_shown(self) -> bool:
        """Whether nothing of the sheet is hidden."""
        return not (self.hidden or self.hidden_rows or self.hidden_columns)

    def shown(self, row: int, column: int) -> bool:
        """Return whether a cell can be seen."""
        return not self.hidden and row not in self.hidden_rows and column not in self.hidden_columns

    def span(self, row: int, column: int) -> Span:
        """Return the place of a cell, whose text is what it displays."""
        found = self.spans.get((row, column))
        if found is None:
            cell = self.at(row, column)
            text = cell.displayed if cell is not None else ""
            found = Span(Source(self.file, text, Cell(self.name, row, column)), 0, len(text))
            self.spans[row, column] = found
        return found

    def cells(self) -> Iterator[GridCell]:
        """Yield the cells, row by row."""
        for row in self.rows.values():
            yield from row.values()


@frozen
class Grid:
    """A workbook that was read."""

    name: str
    sheets: tuple[Sheet, ...]
    digest: str = ""
    """SHA-256 of the file."""
    old: bool = False
    """Whether it is an old .xls, of which formats and formulas are not known."""
