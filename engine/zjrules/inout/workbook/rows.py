"""The rows of a ledger on a sheet. A sheet without rows says nothing, unless 填报情况 says that nothing occurred."""

from __future__ import annotations

from attrs import frozen

from zjrules.diag import Code, Diagnostic, Label, Severity, at
from zjrules.fact import Asked, AskedLedger, Raw, RawLedger
from zjrules.inout.workbook.cells import GridCell, Sheet
from zjrules.inout.workbook.labels import EVIDENCE, STATUS, bare, is_note, is_signature, is_total
from zjrules.inout.workbook.tables import Table
from zjrules.inout.workbook.values import Reading, entry, reviewed, unit_text
from zjrules.span import Span
from zjrules.spelling import nearest
from zjrules.unit import MONEY_DIM, Number

EMPTY_UNSAID = Code("ZJ5052", "empty-table-unsaid", Severity.WARNING)
ROW_PASSED_OVER = Code("ZJ5057", "row-passed-over", Severity.WARNING)
COLUMN_MISSING = Code("ZJ5058", "column-missing", Severity.NOTE)
CONTRADICTS = Code("ZJ5059", "table-said-empty")
COLUMN_UNKNOWN = Code("ZJ5120", "column-not-used", Severity.NOTE)

NONE, OPEN = "没有发生", "未填"
EXAMPLES = ("例：", "例:", "（例", "(例", "示例：", "示例:", "（示例", "(示例")
BESIDE = ("佐证", "理由", "出处", "不适用", "复核理由")
ORDINARY = frozenset({"序号", "备注", "编号"})
"""Columns that people put beside those asked for, and that mean nothing here."""


def ledger(table: Table, asked: AskedLedger, reading: Reading) -> RawLedger | None:
    """Return the rows of a ledger's table; None where it says nothing."""
    place = table.sheet.span(table.row, min(table.columns.values()))
    captions = dict(table.captions())
    status, evidence, source = (captions.get(k, "").strip() for k in (STATUS, EVIDENCE, "出处"))
    columns = tuple(_planned(table, column) for column in asked.columns.values() if (column.name, "") in table.columns)
    numbers = [n for n in table.sheet.rows if table.row < n <= table.last]
    rows = [row for n in sorted(numbers) if (row := _row(table, n, asked, columns, reading))]
    if rows or status == NONE:
        _columns(table, asked, bool(rows), reading)
    if rows and status == NONE:
        message = f"明细「{asked.name}」的填报情况写「{NONE}」，下面却有 {len(rows)} 行"
        reading.problems.append(at(CONTRADICTS, rows[0][0].span, message, "核对后改一处"))
    if not rows and status != NONE:
        if status != OPEN:
            help_ = f"确实一笔也没有的，在表头上面写「{STATUS}」「{NONE}」；还没有填的不用管"
            reading.problems.append(at(EMPTY_UNSAID, place, f"明细「{asked.name}」有表头、没有行，按缺失算", help_))
        return None
    return RawLedger(asked.name, tuple(rows), evidence, source, span=place)


def _columns(table: Table, asked: AskedLedger, filled: bool, reading: Reading) -> None:
    named = {name for name, part in table.columns if not part}
    lacking = [name for name in asked.columns if name not in named]
    place = table.sheet.span(table.row, min(table.columns.values()))
    if lacking and filled:
        message = f"明细「{asked.name}」的表没有列「{'、'.join(lacking)}」，这些按缺失算"
        reading.problems.append(at(COLUMN_MISSING, place, message, "补上列；列名照 zjrules template 做的表写"))
    texts = {c: table.sheet.rows[table.row][c].text.strip() for c in table.spare}
    spare = {c: text for c, text in texts.items() if bare(text) not in ORDINARY}
    if spare:
        likely = next((n for text in spare.values() if (n := nearest(text, lacking))), None)
        help_ = f"是不是「{likely}」？" if likely else "自己加的列不用管；是要的列，表头照 zjrules template 做的表写"
        labels = tuple(Label(table.sheet.span(table.row, c)) for c in list(spare)[:3])
        message = f"明细「{asked.name}」的列「{'、'.join(spare.values())}」没有用上"
        reading.problems.append(Diagnostic(COLUMN_UNKNOWN, message, labels, help_))


@frozen
class _Column:
    """Where a column of a ledger stands, and what stands beside it."""

    asked: Asked
    place: int
    heading: Span
    unit: str
    beside: tuple[tuple[str, int], ...]
    review: int
    """The column of 复核, 0 where there is none."""


def _planned(table: Table, asked: Asked) -> _Column:
    kind = asked.type
    money = isinstance(kind, Number) and kind.dim == MONEY_DIM
    unit = unit_text(table.units.get(asked.name, "") or (table.unit() if money else ""))
    beside = tuple((p, table.columns[asked.name, p]) for p in BESIDE if (asked.name, p) in table.columns)
    place = table.columns[asked.name, ""]
    heading = table.sheet.span(table.row, place)
    return _Column(asked, place, heading, unit, beside, table.columns.get((asked.name, "复核"), 0))


def _row(table: Table, row: int, asked: AskedLedger, columns: tuple[_Column, ...], reading: Reading) -> tuple[Raw, ...]:
    sheet = table.sheet
    cells = {c: cell for c in table.columns.values() if (cell := _cell(table, row, c)) is not None}
    own = [c for c in cells.values() if c.row == row]
    if not own:
        return ()
    first = min(own, key=lambda c: c.column)
    if is_signature(first.text) or (len(own) == 1 and (is_note(first.text) or (row, first.column) in sheet.covering)):
        return ()
    if is_total(first.text) or first.text.strip().startswith(EXAMPLES):
        message = f"明细「{asked.name}」的「{first.text.strip()}」一行没有算进去"
        help_ = "合计和示例不是一笔；是一笔的，换个名称"
        reading.problems.append(at(ROW_PASSED_OVER, sheet.span(row, first.column), message, help_))
        return ()
    return tuple(raw for column in columns if (raw := _entry(sheet, row, cells, column, reading)) is not None)


def _cell(table: Table, row: int, column: int) -> GridCell | None:
    """Return a cell, or the one above that is merged over it; what is merged from the heading is no value."""
    cell = table.sheet.under(row, column)
    return cell if cell is not None and cell.row > table.row and cell.column == column else None


def _entry(sheet: Sheet, row: int, cells: dict[int, GridCell], column: _Column, reading: Reading) -> Raw | None:
    cell = cells.get(column.place)
    if cell is None and not column.beside and not column.review:
        return None
    span = sheet.span(cell.row if cell is not None else row, column.place)
    texts = {"值": reading.text(sheet, cell, column.asked, column.unit)}
    for part, place in column.beside:
        texts[part] = reading.text(sheet, cells.get(place))
    raw = entry(column.asked.name, texts, span, column.heading)
    text = reading.text(sheet, cells.get(column.review), column.asked, column.unit) if column.review else ""
    if text:
        return reviewed(raw, text, texts.get("复核理由", ""), sheet.span(row, column.review))
    blank = not (raw.text or raw.evidence or raw.reason) and raw.not_applicable is None
    return None if blank else raw
