"""Where the tables of a workbook are, told by their headings: rows and columns may move and sheets be renamed.

A fact table has a heading row with 名称 and 值; a ledger's has the names of its columns; a score table's has the indicator
and 自评得分. A table ends where the next one on its sheet begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from attrs import frozen

from zjrules.fact import AskedLedger
from zjrules.inout.workbook.cells import Grid, Sheet
from zjrules.inout.workbook.labels import CAPTIONS, Heading, bare, caption_unit, heading
from zjrules.spelling import plain_form

FACT_HEADINGS = {
    "名称": ("名称", "事实", "事实名称"),
    "值": ("值", "数值", "填报值", "填报数"),
    "单位": ("单位", "计量单位"),
    "佐证": ("佐证材料",),
    "理由": ("理由",),
    "出处": ("出处",),
    "复核": ("复核",),
    "复核理由": ("复核理由",),
}
SCORE_HEADINGS = {
    "名称": ("指标", "指标名称", "三级指标", "评价指标", "考核指标"),
    "上级": ("一级指标", "二级指标"),
    "分值": ("分值", "权重", "权数", "满分"),
    "自评": ("自评得分", "自评分", "自评分数", "得分", "自评"),
    "复核": ("复核得分", "复核分", "复评得分"),
    "原因": ("扣分原因", "扣分原因和其他说明", "扣分原因及说明", "扣分说明", "扣分理由", "偏差原因"),
}
_WORDS = frozenset(name for roles in (FACT_HEADINGS, SCORE_HEADINGS) for names in roles.values() for name in names)
ENOUGH = 0.5
"""The part of a ledger's columns that a heading row must name."""


@frozen
class Table:
    """A table on a sheet: kind is facts, scores or the name of a ledger; columns by role or by column name."""

    kind: str
    sheet: Sheet
    row: int
    columns: Mapping[tuple[str, str], int]
    """(role or column name, part) → column; part is '' for the value itself."""
    units: Mapping[str, str]
    last: int
    """The last row that can belong to it."""
    first: int
    """The first row that can belong to it: what stands between it and the headings are captions."""
    spare: tuple[int, ...] = ()
    """Columns whose heading is none of the ledger's."""

    def captions(self) -> Iterator[tuple[str, str]]:
        """Yield the labels above the headings, each with what stands to the right of it."""
        for row in range(self.first, self.row):
            cells = [c for _, c in sorted(self.sheet.rows.get(row, {}).items())]
            for place, cell in enumerate(cells):
                label, colon, rest = cell.text.replace("：", ":").partition(":")
                after = cells[place + 1].text if place + 1 < len(cells) else ""
                yield bare(label), rest.strip() if colon and rest.strip() else after

    def unit(self) -> str:
        """Return the unit that a caption gives all amounts of the table."""
        rows = (c.text for row in range(self.first, self.row) for c in self.sheet.rows.get(row, {}).values())
        return next((u for text in rows if (u := caption_unit(text))), "")


def tables(grid: Grid, ledgers: Mapping[str, AskedLedger]) -> list[Table]:
    """Return the tables of a workbook, sheet by sheet."""
    return [table for sheet in grid.sheets for table in _of_sheet(sheet, ledgers)]


def only_scores(grid: Grid) -> bool:
    """Return whether a workbook is a score table (评分表): it has one, and no table of facts."""
    kinds = {table.kind for table in tables(grid, {})}
    return kinds == {"scores"}


def _of_sheet(sheet: Sheet, ledgers: Mapping[str, AskedLedger]) -> list[Table]:
    heads: list[tuple[int, str, dict[tuple[str, str], int], dict[str, str], tuple[int, ...]]] = []
    words = _WORDS.union(plain_form(column) for asked in ledgers.values() for column in asked.columns)
    for row, cells in sheet.rows.items():
        headings = {c: heading(cell.text) for c, cell in cells.items() if cell.kind == "s"}
        # Most rows are no headings, and are told by that alone.
        if sum(h.name in words or h.whole in words for h in headings.values()) < 2:
            continue
        found = _roles("facts", FACT_HEADINGS, ("名称", "值"), headings) or _ledger(sheet, headings, ledgers)
        found = found or _roles("scores", SCORE_HEADINGS, ("自评", "分值"), headings)
        if found is not None:
            heads.append((row, *found))
    tables = []
    ends = [
        *(_captions_from(sheet, above[0], row, ledgers) for above, (row, *_) in pairwise(heads)),
        max(sheet.rows, default=0) + 1,
    ]
    for place, (row, kind, columns, units, spare) in enumerate(heads):
        first = ends[place - 1] if place else 1
        tables.append(Table(kind, sheet, row, columns, units, ends[place] - 1, first, spare))
    return tables


def _captions_from(sheet: Sheet, above: int, row: int, ledgers: Mapping[str, AskedLedger]) -> int:
    """Return the first of the rows over a heading row that are its captions, and not rows of the table above."""
    first = row
    while first - 1 > above:
        cells = [c for _, c in sorted(sheet.rows.get(first - 1, {}).items())]
        label = bare(cells[0].text) if cells else ""
        titled = len(cells) == 1 and any(plain_form(name) in label for name in ledgers)
        if cells and not titled and bare(label.partition(":")[0]) not in CAPTIONS and not caption_unit(cells[-1].text):
            break
        first -= 1
    return first


Found = tuple[str, dict[tuple[str, str], int], dict[str, str], tuple[int, ...]]


def _roles(
    kind: str, names: Mapping[str, Sequence[str]], needed: Sequence[str], headings: Mapping[int, Heading]
) -> Found | None:
    columns: dict[tuple[str, str], int] = {}
    units: dict[str, str] = {}
    for column, head in headings.items():
        for role, accepted in names.items():
            if head.name in accepted and not head.part and (role, "") not in columns:
                columns[role, ""] = column
                units |= {role: head.unit} if head.unit else {}
    return (kind, columns, units, ()) if all((role, "") in columns for role in needed) else None


def _ledger(sheet: Sheet, headings: Mapping[int, Heading], ledgers: Mapping[str, AskedLedger]) -> Found | None:
    best: tuple[float, bool, Found] | None = None
    for name, asked in ledgers.items():
        known = {plain_form(column): column for column in asked.columns}
        columns: dict[tuple[str, str], int] = {}
        units: dict[str, str] = {}
        for column, head in headings.items():
            own = known.get(head.whole)
            meant = own or known.get(head.name)
            if meant is not None:
                columns.setdefault((meant, "" if own else head.part), column)
                if head.unit and not own:
                    units[meant] = head.unit
        named = sum(not part for _, part in columns)
        if named < min(2, len(known)) or named < ENOUGH * len(known):
            continue
        spare = tuple(sorted(set(headings) - set(columns.values())))
        rank = (named / len(known), _entitled(sheet, name))
        if best is None or rank > best[:2]:
            best = (*rank, (name, columns, units, spare))
    return best[2] if best is not None else None


def _entitled(sheet: Sheet, ledger: str) -> bool:
    return plain_form(ledger) in plain_form(sheet.name)
