"""A mapping proposed by likeness of labels. Nothing uses it before a person has looked at it and said so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from attrs import frozen

from zjrules.fact import Asked, AskedLedger, Schema
from zjrules.inout.workbook.cells import Grid, GridCell, Sheet
from zjrules.inout.workbook.labels import TOTALS, bare, heading
from zjrules.num import fold
from zjrules.span import column_letters
from zjrules.spelling import likeness
from zjrules.unit import MONEY_DIM, Choice, Date, Number, Truth, Type, quantity, read_date

INDEXES = frozenset({"行次", "栏次", "序号", "编号", "行号", "科目编码", "项次"})
"""Columns that count lines."""
OPPOSED = (
    ("年初", "年末"), ("上年", "本年"), ("收入", "支出"), ("基本", "项目"), ("预算", "决算"), ("小额", "大额"), ("追加", "追减"),
    ("追加", "调剂"), ("净额", "发生额"), ("公用", "三公"), ("在用", "闲置"), ("资产", "经费"),
)  # fmt: skip
"""Words of which a fact's name has one and its label cannot have the other alone."""
QUALIFIERS = ("基本", "项目", "三公", "公用", "上年", "采购", "食堂", "固定资产", "下属", "经营", "出租", "事业")
"""Words that make another thing of what they stand before: 基本支出合计 is no 支出合计."""
_YEAR = re.compile(r"(20\d\d)(?=年|$)")
_COUNTED = re.compile(r"数量|个数|人数|次数|笔数|户数")
ENOUGH = 65
"""Hundredths of likeness from which on a place is proposed."""
HINT = 15
"""What a heading that fits the declaration wholly adds: it chooses between columns, it does not place a row."""
MOST_LABELS = 4000
"""Labelled cells that are compared; a bureau's form has some hundreds."""


@frozen
class Place:
    """A filled cell with the labels to its left and above."""

    sheet: Sheet
    cell: GridCell
    row_label: str
    column_label: str

    @property
    def where(self) -> str:
        """The cell as a mapping writes it."""
        return f"{self.sheet.name}!{column_letters(self.cell.column)}{self.cell.row}"

    def labels(self) -> Iterator[str]:
        """Yield what a fact's name may be like."""
        if self.row_label not in TOTALS:
            yield self.row_label
        if self.column_label:
            yield self.row_label + self.column_label
            yield self.column_label + self.row_label


@frozen
class Proposed:
    """A fact and the place that its name is like."""

    fact: str
    place: Place
    alike: int
    unit: str


@frozen
class ProposedLedger:
    """A ledger and the headings that its columns are like."""

    ledger: str
    sheet: str
    row: int
    headings: Mapping[str, tuple[str, int]]


@frozen
class Proposal:
    """What was placed, and the names of what was not."""

    facts: tuple[Proposed, ...]
    ledgers: tuple[ProposedLedger, ...]
    left: tuple[str, ...]


def proposal(grid: Grid, schema: Schema, year: int) -> Proposal:
    """Compare what a rule set asks for with the labels of a workbook; each place is proposed for one fact only."""
    ledgers = [found for asked in schema.ledgers.values() if (found := _ledger(grid, asked)) is not None]
    inside = {(found.sheet, row) for found in ledgers for row in _rows_of(grid, found)}
    places = [p for p in _places(grid) if (p.sheet.name, p.cell.row) not in inside][:MOST_LABELS]
    pairs = sorted(
        (
            (alike, alike + _hinted(asked, place), -number, asked, place)
            for asked in schema.facts.values()
            for number, place in enumerate(places)
            if _fits(asked.type, place.cell)
            and not _ruled_out(asked, place, year)
            and (alike := max((likeness(asked.name, label) for label in place.labels()), default=0)) >= ENOUGH
        ),
        key=lambda pair: pair[1:3],
        reverse=True,
    )
    taken: dict[str, Proposed] = {}
    used: set[str] = set()
    for alike, _, _, asked, place in pairs:
        if asked.name not in taken and place.where not in used:
            taken[asked.name] = Proposed(asked.name, place, alike, _unit(place, asked))
            used.add(place.where)
    facts = tuple(taken[name] for name in schema.facts if name in taken)
    missing = [n for n in schema.facts if n not in taken]
    missing += [n for n in schema.ledgers if n not in {found.ledger for found in ledgers}]
    return Proposal(facts, tuple(ledgers), tuple(missing))


def _ruled_out(asked: Asked, place: Place, year: int) -> bool:
    """Return whether a place cannot be a fact's, however like the words are: another year, a line number, the opposite."""
    if place.column_label in INDEXES or place.row_label in INDEXES:
        return True
    label = place.row_label + place.column_label
    if any(word in label and word not in asked.name for word in QUALIFIERS):
        return True
    if any(int(found) != year for found in _YEAR.findall(label)):
        return True
    money = isinstance(asked.type, Number) and asked.type.dim == MONEY_DIM
    return (money and _COUNTED.search(label) is not None) or any(
        _one_sided(asked.name, label, *pair) or _one_sided(asked.name, label, *reversed(pair)) for pair in OPPOSED
    )


def _one_sided(name: str, label: str, one: str, other: str) -> bool:
    return one in name and other not in name and other in label and one not in label


def _hinted(asked: Asked, place: Place) -> int:
    """Return how much of a heading such as 决算数 stands in what a fact's declaration says of it, in hundredths of a bonus."""
    pairs = [a + b for a, b in pairwise(place.column_label)]
    said = asked.name + asked.note + asked.evidence
    return round(HINT * sum(p in said for p in pairs) / len(pairs)) if pairs else 0


def _places(grid: Grid) -> Iterator[Place]:
    for sheet in grid.sheets:
        above: dict[int, str] = {}
        for row in sorted(sheet.rows):
            cells = sheet.rows[row]
            label, valued = "", False
            for column in sorted(cells):
                cell = cells[column]
                if _is_value(cell):
                    valued = True
                    if label:
                        yield Place(sheet, cell, label, above.get(column, ""))
                else:
                    above[column] = bare(heading(cell.text).name)
                    # The second half of a table has a label of its own.
                    label, valued = (above[column], False) if valued or not label else (label, valued)


def _is_value(cell: GridCell) -> bool:
    text = fold(cell.text).strip()
    return cell.kind in "ndb" or text in ("是", "否") or read_date(text) is not None or quantity(text) is not None


def _fits(kind: Type, cell: GridCell) -> bool:
    text = fold(cell.text).strip()
    match kind:
        case Number():
            found = quantity(text)
            return cell.kind == "n" or (found is not None and (not found[2] or found[1].dim == kind.dim))
        case Date():
            return cell.kind == "d" or read_date(text) is not None
        case Truth():
            return cell.kind == "b" or text in ("是", "否")
        case Choice(options):
            return text in options
        case _:
            return cell.kind == "n"


def _unit(place: Place, asked: Asked) -> str:
    """Return the unit that the sheet gives: behind a label, or in the nearest caption above."""
    if not isinstance(asked.type, Number) or place.cell.percent:
        return ""
    beside = [c for c in place.sheet.rows[place.cell.row].values() if c.column < place.cell.column]
    own = next((u for c in beside if (u := heading(c.text).unit)), "")
    return own or (place.sheet.unit_above(place.cell.row) if asked.type.dim == MONEY_DIM else "")


def _ledger(grid: Grid, asked: AskedLedger) -> ProposedLedger | None:
    best: tuple[int, ProposedLedger] | None = None
    for sheet in grid.sheets:
        for row, cells in sheet.rows.items():
            headings = [c.text.strip() for c in cells.values() if c.kind == "s"]
            found = _alike(list(asked.columns), headings) if len(headings) > 1 else {}
            score = sum(alike for _, alike in found.values())
            if 2 * len(found) >= len(asked.columns) and (best is None or score > best[0]):
                best = score, ProposedLedger(asked.name, sheet.name, row, found)
    return best[1] if best is not None else None


def _alike(columns: Sequence[str], headings: Iterable[str]) -> dict[str, tuple[str, int]]:
    pairs = sorted(
        ((likeness(column, heading(text).name), column, text) for column in columns for text in headings), reverse=True
    )
    found: dict[str, tuple[str, int]] = {}
    for alike, column, text in pairs:
        if alike >= ENOUGH and column not in found and text not in {t for t, _ in found.values()}:
            found[column] = text, alike
    return {column: found[column] for column in columns if column in found}


def _rows_of(grid: Grid, found: ProposedLedger) -> Iterator[int]:
    sheet = next(s for s in grid.sheets if s.name == found.sheet)
    return (row for row in sheet.rows if row >= found.row)


def written(found: Proposal, rules: str, workbook: str) -> str:
    """Return a proposal as the text of a mapping file, to be looked at and said to be so."""
    lines = [
        f"# 「{workbook}」的映射：哪一格是哪项事实。由 zjrules map 按标签的相像提出，逐条核对、改对以后，把「已核」改成 是。",
        "# 一项可以写「格」（表名!D8），也可以写「行」和「列」的标签（表的行列以后移动也不怕）；单位写在旁边。",
        f"映射: {rules}", "已核: 否", "",
        '# 单位: {格: "封面!B2"}', "", "事实:",
    ]  # fmt: skip
    for each in found.facts:
        unit = f", 单位: {_text(each.unit)}" if each.unit else ""
        label = each.place.row_label + (f"／{each.place.column_label}" if each.place.column_label else "")
        shown = each.place.cell.displayed.replace("\n", " ")
        lines.append(
            f"  {_text(each.fact)}: {{格: {_text(each.place.where)}{unit}}}    # {label}：{shown}（像 {each.alike}%）"
        )
    left = [name for name in found.left if name not in {x.ledger for x in found.ledgers}]
    lines += ["", "  # 没有找到的：", *(f"  # {_text(name)}: {{格: }}" for name in left)] if left else []
    if found.ledgers:
        lines += ["", "明细:"]
    for ledger in found.ledgers:
        lines += [f"  {_text(ledger.ledger)}:", f"    表: {_text(ledger.sheet)}", "    列:"]
        lines += [f"      {_text(c)}: {_text(text)}    # 像 {alike}%" for c, (text, alike) in ledger.headings.items()]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Return a text quoted for YAML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
