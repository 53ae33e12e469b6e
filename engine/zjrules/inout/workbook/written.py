"""A workbook as bytes, made in memory: openpyxl would put every sheet into a temporary file, where what is in it stays if we are stopped."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter


class _InMemory(ExcelWriter):
    """openpyxl's writer, but for where a sheet is put together."""

    def write_worksheet(self, ws: Worksheet) -> None:
        """Put a sheet into the archive. Sheets that are written row by row have their file already."""
        if self.workbook.write_only:
            super().write_worksheet(ws)
            return
        # What the stubs of openpyxl do not know of.
        sheet: Any = ws
        writer: Any = WorksheetWriter(ws, out=io.BytesIO())
        own: Any = self
        sheet._drawing = SpreadsheetDrawing()
        sheet._drawing.charts, sheet._drawing.images = sheet._charts, sheet._images
        writer.write()
        sheet._rels = writer._rels
        own._archive.writestr(ws.path[1:], writer.read())
        own.manifest.append(ws)


def written(book: Workbook) -> bytes:
    """Return the bytes of an .xlsx, as openpyxl writes it."""
    out = io.BytesIO()
    book.properties.modified = datetime.now(tz=UTC).replace(tzinfo=None)
    _InMemory(book, ZipFile(out, "w", ZIP_DEFLATED, allowZip64=True)).save()
    return out.getvalue()
