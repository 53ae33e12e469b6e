"""How cells are written: exact numbers, text that never becomes a formula, the fonts and borders of an official form.

openpyxl prints numbers through a double with 16 digits (9.95 comes out as 9.949999999999999), so a number is put into a
cell as its decimal text, marked as a number. What has more than 15 digits is text with a note, since no cell holds it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

from zjrules.inout.archive import settled
from zjrules.inout.workbook.shown import DIGITS
from zjrules.inout.workbook.written import written
from zjrules.num import decimal

BODY, HEAD = "仿宋_GB2312", "黑体"
SIZE = 10.5
"""五号, the size of tables in official papers."""
LINE = 15.0
"""Points of height of one line of SIZE."""
_THIN = Side(style="thin", color="999999")
BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
SHADE, OPEN = PatternFill("solid", fgColor="E8EDF3"), PatternFill("solid", fgColor="FFFBE6")
UNLOCKED = Protection(locked=False)
MOST_TEXT = 32_767
"""Characters that one cell holds (Excel's limit)."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_STARTS = ("=", "+", "-", "@", "\t", "\r")


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return a cell that can be written."""
    found = sheet.cell(row, column)
    assert not isinstance(found, MergedCell)
    return found


def put_text(cell: Cell, text: str) -> None:
    """Write text as text, whatever it begins with; what is longer than a cell holds is cut, and the cut is said."""
    text = _ILLEGAL.sub("�", text)
    if len(text) > MOST_TEXT:
        text = text[: MOST_TEXT - 20] + "……（太长，没有写全）"
    cell.value = text
    cell.data_type = "s"
    if text.startswith(_STARTS):
        cell.quotePrefix = True


def put_number(cell: Cell, value: Fraction, form: str = "General", unit: str = "") -> None:
    """Write an exact number; as text with its unit and a note where a cell cannot hold it."""
    written = decimal(value)
    if written is not None and _significant(written) <= DIGITS:
        _put_exact(cell, written, form)
    else:
        _put_long(cell, f"{_fraction(value)} {unit}".strip())


def put_ratio(cell: Cell, value: Fraction, form: str) -> None:
    """Write a ratio that is shown as a percentage; a long one as text such as 94.6612345678901234%."""
    written = decimal(value)
    if written is not None and _significant(written) <= DIGITS:
        _put_exact(cell, written, form)
    else:
        _put_long(cell, f"{_fraction(value * 100)}%")


def _put_exact(cell: Cell, written: str, form: str) -> None:
    cell.value = written
    cell.data_type = "n"
    cell.number_format = form


def _fraction(value: Fraction) -> str:
    return decimal(value) or f"{value.numerator}/{value.denominator}"


def _put_long(cell: Cell, text: str) -> None:
    put_text(cell, text)
    cell.comment = Comment(f"表格的一格只存 {DIGITS} 位数字，所以按文字写", "zjrules")


def _significant(text: str) -> int:
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    # Zeros at the end of a whole number need no digit of the double, but below 10^15 all are kept anyway.
    return len(digits.rstrip("0")) if "." in text else len(digits)


def dress(
    cell: Cell,
    bold: bool = False,
    centred: bool = False,
    size: float = SIZE,
    shade: PatternFill | None = None,
    boxed: bool = True,
    colour: str = "000000",
) -> None:
    """Give a cell the look of a form: font, alignment, border and shade."""
    cell.font = Font(name=HEAD if bold else BODY, size=size, color=colour)
    horizontal = "center" if centred else None
    cell.alignment = Alignment(horizontal=horizontal, vertical="center", wrap_text=True)
    if boxed:
        cell.border = BOX
    if shade is not None:
        cell.fill = shade


def saved(book: Workbook, kept: Mapping[str, Mapping[str, str]] | None = None) -> bytes:
    """Return a workbook as the bytes of an .xlsx without a clock in it: the same contents give the same bytes.

    kept is what formulas come to now, by sheet and cell: openpyxl writes formulas without it, and what shows no formulas
    (a preview, a phone, our own reader) would show nothing.
    """
    book.properties.creator = book.properties.lastModifiedBy = "zjrules"
    parts = {f"xl/worksheets/sheet{n}.xml": (kept or {}).get(s.title, {}) for n, s in enumerate(book.worksheets, 1)}
    return settled(written(book), lambda name, part: _with_kept(part, parts.get(name, {})))


def _with_kept(part: bytes, kept: Mapping[str, str]) -> bytes:
    for place, value in kept.items():
        pattern = rb'(<c r="' + place.encode() + rb'"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?'
        part = re.sub(pattern, rb"\g<1><v>" + value.encode() + rb"</v>", part)
    return part


def width(text: str) -> int:
    """Return how many half-width columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def lines(text: str, columns: float) -> int:
    """Return how many lines a text takes in a column of a width; a little is kept free for the grid."""
    room = max(1.0, columns - 1.5)
    return sum(max(1, math.ceil(width(part) / room)) for part in text.split("\n"))


def fit_height(sheet: Worksheet, row: int, texts: list[tuple[str, float]], line: float = LINE) -> None:
    """Set a row's height so that no text of it is cut; texts come with the widths of their columns."""
    most = max((lines(text, columns) for text, columns in texts), default=1)
    sheet.row_dimensions[row].height = min(409.0, max(1, most) * line + 4)


def protect(sheet: Worksheet) -> None:
    """Lock labels without a password; rows and columns may still be put in, and widths and looks changed."""
    guard = sheet.protection
    guard.sheet = True
    guard.formatCells = guard.formatColumns = guard.formatRows = False
    guard.insertRows = guard.insertColumns = guard.deleteRows = guard.sort = guard.autoFilter = False


def on_paper(sheet: Worksheet, head_rows: str, last_column: str, landscape: bool = True) -> None:
    """Lay a sheet out on A4: fitted to the width, headings repeated, page numbers at the foot."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top = sheet.page_margins.bottom = 0.75
    sheet.page_margins.footer = 0.35
    sheet.print_options.horizontalCentered = True
    sheet.print_title_rows = head_rows
    sheet.print_area = f"A1:{last_column}{max(sheet.max_row, 1)}"
    foot = sheet.oddFooter
    assert foot is not None
    assert foot.center is not None
    foot.center.text = "第 &P 页，共 &N 页"
