"""One row of an output, read back and held against another."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import polars as pl
from openpyxl import load_workbook
from polars.exceptions import PolarsError

from zjrules.inout.table.columns import UNIT
from zjrules.inout.table.files import KINDS, Files, UnreadableError, unreadable
from zjrules.inout.table.write import SUFFIXES


def row_of(out: Path, unit: str) -> dict[str, object] | None:
    """Return the row of a unit in an output; None where it has none. Raises UnreadableError."""
    kind = SUFFIXES.get(out.suffix.lower(), "")
    try:
        if kind == "xlsx":
            return _sheet_row(out, unit)
        if kind == "csv":
            scan = pl.scan_csv(out, infer_schema=False, glob=False)
        else:
            scan = Files(KINDS[out.suffix.lower()], (out,), (out.name,), pl.Schema()).scan(0)
        return next(scan.filter(pl.col(UNIT) == unit).collect().iter_rows(named=True), None)
    except (OSError, PolarsError, KeyError, ValueError) as error:
        raise UnreadableError(unreadable(out.as_posix(), kind or "csv")) from error


def _sheet_row(out: Path, unit: str) -> dict[str, object] | None:
    book = load_workbook(out, read_only=True)
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        head = [str(h) for h in next(rows)]
        at = head.index(UNIT)
        row = next((r for r in rows if r[at] == unit), None)
        return None if row is None else dict(zip(head, row, strict=False))  # blanks at the end are left out
    finally:
        book.close()


def differing(row: Mapping[str, object], again: Mapping[str, object]) -> list[str]:
    """Return the columns in which two rows are not the same, whatever kind of file they were read from."""
    return [name for name, value in again.items() if _same(row.get(name)) != _same(value)]


def _same(value: object) -> object:
    if value is None or value == "":
        return None
    text = str(value)
    try:
        return Fraction(text)
    except ValueError:
        return text
