"""Sources and places in them. A span is data that travels with a node; it is never part of equality."""

from __future__ import annotations

import re
from bisect import bisect_right

from attrs import Factory, field, frozen

MOST_SHOWN = 40
"""Characters of a cell that stand in a place."""


# Control characters and text directions could make a line show something else than it says.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Return one line of text with what cannot be seen in it as �."""
    return _UNSEEN.sub("�", text)


def _line_starts(text: str) -> tuple[int, ...]:
    if "\n" not in text:  # a cell, of which there are many
        return (0,)
    return (0, *(index + 1 for index, char in enumerate(text) if char == "\n"))


@frozen
class Cell:
    """A cell of a workbook, its row and column counted from 1."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.sheet}!{column_letters(self.column)}{self.row}"


@frozen
class Field(Cell):
    """A cell of a table that has names for its columns and no letters: sheet is the name, row is counted from 1."""

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.sheet}"


def column_letters(column: int) -> str:
    """Return the letters of a 1-based column: 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@frozen
class Source:
    """A text and the name under which the user knows it (a path as it was given).

    A cell of a workbook is a source of its own: its text is what the cell displays.
    """

    name: str
    text: str = field(repr=False)
    cell: Cell | None = None
    starts: tuple[int, ...] = field(
        init=False, repr=False, eq=False, default=Factory(lambda self: _line_starts(self.text), takes_self=True)
    )

    def line_of(self, offset: int) -> int:
        """Return the 1-based line that holds offset."""
        return bisect_right(self.starts, offset)

    def line_text(self, line: int) -> str:
        """Return the text of a 1-based line, without its end."""
        start = self.starts[line - 1]
        end = self.starts[line] - 1 if line < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


@frozen
class Span:
    """A half-open range [start, end) of characters of one source."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """The 1-based line of the first character."""
        return self.source.line_of(self.start)

    @property
    def column(self) -> int:
        """The 1-based column of the first character, counted in characters."""
        return self.start - self.source.starts[self.line - 1] + 1

    @property
    def text(self) -> str:
        """The text that the span covers."""
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """Return the span from the start of this one to the end of another of the same source."""
        return Span(self.source, self.start, max(self.end, other.end))

    def __str__(self) -> str:
        if self.source.cell is None:
            return f"{self.source.name}:{self.line}"
        shown = self.source.text.replace("\n", " ")
        shown = shown if len(shown) <= MOST_SHOWN else f"{shown[:MOST_SHOWN]}…"
        return f"{self.source.name} {self.source.cell}" + (f"「{shown}」" if shown else "")


NOWHERE = Span(Source("（内置）", ""), 0, 0)
"""The place of what no file says, such as the built-in order of a 总评 that was left out."""
