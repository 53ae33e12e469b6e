"""Plain tables as the sheets of one workbook, written row by row: exact numbers, text that never becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from attrs import frozen
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from zjrules.inout.workbook.shown import DIGITS
from zjrules.inout.workbook.styles import put_number, put_text, saved
from zjrules.num import decimal

Value = Fraction | int | str | None


@frozen(eq=False)
class Sheet:
    """A table. A number that no cell holds exactly is written as the text of its fraction; None is an empty cell."""

    title: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Value]]
    widths: Sequence[int] = ()
    """Characters of the first columns."""


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook with some tables; equal tables give equal bytes."""
    book = Workbook(write_only=True)
    for each in sheets:
        made = book.create_sheet(each.title)
        assert isinstance(made, WriteOnlyWorksheet)
        for place, width in enumerate(each.widths):
            made.column_dimensions[chr(ord("A") + place)].width = width  # type: ignore[attr-defined]
        made.freeze_panes = "B2"
        made.append([_cell(made, head) for head in each.heads])
        for row in each.rows:
            made.append([_cell(made, value) for value in row])
    return saved(book)


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell | None:
    if value is None:
        return None
    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        put_text(cell, value)
        return cell
    written = decimal(Fraction(value))
    if written is None or sum(c.isdigit() for c in written) > DIGITS:
        put_text(cell, str(value))
    else:
        put_number(cell, Fraction(value))
    return cell
