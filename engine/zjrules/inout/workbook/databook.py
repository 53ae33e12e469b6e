"""数据表: a workbook made from what a rule set asks for, empty to be filled or with a unit's facts in it.

What is written here is what ``facts`` reads: both directions share the headings, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from zjrules.fact import Asked, Fact, Facts, State
from zjrules.inout.workbook import ledgerbook
from zjrules.inout.workbook.entry import form_of, input_cell, limit_input, put_value, unit_of
from zjrules.inout.workbook.styles import (
    OPEN,
    SHADE,
    cell_at,
    dress,
    fit_height,
    on_paper,
    protect,
    put_number,
    put_text,
    saved,
)
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr
from zjrules.term.survey import grouped, used_in
from zjrules.unit import type_text

COLUMNS = (
    ("名称", 20), ("值", 17), ("单位", 6), ("填报说明", 34), ("佐证", 20), ("佐证材料", 20), ("理由", 14), ("用于指标", 18),
    ("出处", 16), ("复核", 15), ("复核理由", 18),
)  # fmt: skip
PRINTED = 8
"""Columns that are printed; those after them are for the reviewer."""
OPEN_COLUMNS = ("值", "单位", "佐证材料", "理由", "出处", "复核", "复核理由")
DIGEST_SHOWN = 16
_ABOUT = (
    "淡黄的格要填，别的格不用动。不知道的留空（缺失），不要填 0：缺失会算出得分的区间，0 是一个值。",
    "确实没有这回事的填「不适用」，理由写在「理由」一栏；只有「填报说明」里写着可填不适用的才可以这样填。",
    "金额按「单位」一栏的单位填，可以把单位改成 万元；也可以连单位一起填，例如 89.974万元。日期填 2025-05-30。",
    "「佐证」是要什么证明，「佐证材料」填手上材料的名称和页码；没有佐证材料的按自述算，“仅有佐证”一栏不认。",
    "明细一张表一页，一行一笔；一笔也没有的，把「填报情况」改成「没有发生」。",
    "可以插入、移动行和列，改表的名称，在旁边加批注；不要改表头和名称一栏的字。",
)


def workbook(rules: RuleSet, facts: Facts | None = None) -> bytes:
    """Return the 数据表 of a rule set as the bytes of an .xlsx: empty, or with a unit's facts."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    _cover(first, rules, facts)
    _facts(book.create_sheet("事实"), rules, facts)
    for asked in rules.program.schema.ledgers.values():
        ledgerbook.sheet(book, asked, facts, rules.title)
    _claims(book.create_sheet("自评得分"), rules, facts)
    return saved(book)


def _title(sheet: Worksheet, text: str, columns: int) -> None:
    cell = cell_at(sheet, 1, 1)
    put_text(cell, text)
    dress(cell, bold=True, centred=True, size=16, boxed=False)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)
    sheet.row_dimensions[1].height = 30


def _cover(sheet: Worksheet, rules: RuleSet, facts: Facts | None) -> None:
    book, said = rules.program.book, facts.head if facts is not None else {}
    sheet.title = "封面"
    for letter, size in zip("AB", (18, 74), strict=True):
        sheet.column_dimensions[letter].width = size
    _title(sheet, f"{rules.title}　数据表", 2)
    rows = (
        ("单位", facts.unit if facts is not None else "", True),
        ("评价年度", str(book.year), False),
        ("填报日期", said.get("填报日期", ""), True),
        ("规则", rules.id, False),
        ("规则摘要", rules.digest[:DIGEST_SHOWN], False),
        ("发布", book.issuer, False),
        ("依据", book.basis, False),
    )
    row = 3
    for label, value, opened in rows:
        put_text(cell_at(sheet, row, 1), label)
        dress(cell_at(sheet, row, 1), bold=True, shade=SHADE)
        put_text(cell_at(sheet, row, 2), value)
        dress(cell_at(sheet, row, 2), shade=OPEN if opened else None)
        if opened:
            input_cell(cell_at(sheet, row, 2), "@")
        fit_height(sheet, row, [(value, 74)])
        row += 1
    for text in ("怎么填", *_ABOUT):
        row += 1
        put_text(cell_at(sheet, row, 1), text)
        dress(cell_at(sheet, row, 1), bold=text == "怎么填", boxed=False)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
        fit_height(sheet, row, [(text, 92)])
    protect(sheet)
    on_paper(sheet, "1:1", "B", landscape=False)


# ---------- facts ----------


def _facts(sheet: Worksheet, rules: RuleSet, facts: Facts | None) -> None:
    used = used_in(rules.program)
    for place, (_, size) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[cell_at(sheet, 1, place).column_letter].width = size
    _title(sheet, f"{rules.title}　事实", PRINTED)
    for place, (name, _) in enumerate(COLUMNS, 1):
        put_text(cell_at(sheet, 2, place), name)
        dress(cell_at(sheet, 2, place), bold=True, centred=True, shade=SHADE)
    row = 3
    for heading, asked in grouped(rules.program, used):
        put_text(cell_at(sheet, row, 1), heading)
        dress(cell_at(sheet, row, 1), bold=True, shade=SHADE)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=PRINTED)
        for each in asked:
            row += 1
            _fact(sheet, row, each, used.get(each.name, []), facts.facts.get(each.name) if facts else None)
        row += 1
    sheet.freeze_panes = "C3"
    protect(sheet)
    on_paper(sheet, "2:2", "H")


def _fact(sheet: Worksheet, row: int, asked: Asked, used: list[str], fact: Fact | None) -> None:
    texts = {
        "名称": asked.name,
        "单位": unit_of(asked),
        "填报说明": "；".join(t for t in (asked.note or type_text(asked.type), *_limits(asked)) if t),
        "佐证": asked.evidence,
        "佐证材料": fact.reference if fact else "",
        "理由": fact.reason if fact else "",
        "用于指标": "、".join(used),
        "出处": fact.source if fact else "",
        "复核理由": fact.review.reason if fact and fact.review else "",
    }
    for place, (name, _) in enumerate(COLUMNS, 1):
        cell = cell_at(sheet, row, place)
        if texts.get(name):
            put_text(cell, texts[name])
        dress(cell, bold=name == "名称", shade=OPEN if name in ("值", "佐证材料") else None)
        if name in OPEN_COLUMNS:
            input_cell(cell, form_of(asked) if name in ("值", "复核") else "@")
    _values(sheet, row, asked, fact)
    if asked.needs_reason and not texts["理由"]:
        dress(cell_at(sheet, row, 7), shade=OPEN)
        input_cell(cell_at(sheet, row, 7), "@")
    limit_input(sheet, f"B{row}", asked)
    limit_input(sheet, f"J{row}", asked)
    fit_height(sheet, row, [(texts.get(name, ""), size) for name, size in COLUMNS])


def _limits(asked: Asked) -> tuple[str, str]:
    return (f"范围 {asked.limits_text}" if asked.limits_text else "", "可填不适用，写理由" if asked.may_be_na else "")


def _values(sheet: Worksheet, row: int, asked: Asked, fact: Fact | None) -> None:
    if fact is not None:
        put_value(cell_at(sheet, row, 2), fact, asked)
    if fact is not None and fact.review is not None:
        put_value(cell_at(sheet, row, 10), fact.review, asked)


# ---------- claimed scores ----------


def _claims(sheet: Worksheet, rules: RuleSet, facts: Facts | None) -> None:
    claims = facts.claims if facts is not None else {}
    reviews = facts.reviews if facts is not None else {}
    # A column for what nobody wrote would only be one more to leave blank.
    more = [*(["扣分原因"] if any(c.reason for c in claims.values()) else []), *(["复核得分"] if reviews else [])]
    headings = ["指标", "分值", "自评得分", *more]
    for place, size in enumerate((50, 12, 14, 30, 14)[: len(headings)], 1):
        sheet.column_dimensions[get_column_letter(place)].width = size
    _title(sheet, f"{rules.title}　自评得分", len(headings))
    for place, name in enumerate(headings, 1):
        put_text(cell_at(sheet, 2, place), name)
        dress(cell_at(sheet, 2, place), bold=True, centred=True, shade=SHADE)
    rows = [(f"{'　' * depth}{n.number}{n.name}", n.name, n.points, isinstance(n, tr.Group)) for n, depth in
            (pair for group in rules.program.groups for pair in _nodes(group, 0))]  # fmt: skip
    for row, (label, name, points, bold) in enumerate([*rows, ("总分", "总分", rules.program.book.full, True)], 3):
        _claim(sheet, row, label, points, claims.get(name), bold)
        for column, heading in enumerate(more, 4):
            _beside(cell_at(sheet, row, column), heading, claims.get(name), reviews.get(name))
    sheet.freeze_panes = "A3"
    protect(sheet)
    on_paper(sheet, "2:2", get_column_letter(len(headings)), landscape=bool(more))


def _nodes(node: tr.Group | tr.Indicator, depth: int) -> Iterator[tuple[tr.Group | tr.Indicator, int]]:
    yield node, depth
    for child in node.children if isinstance(node, tr.Group) else node.parts:
        yield from _nodes(child, depth + 1)


def _claim(sheet: Worksheet, row: int, label: str, points: Fraction, claim: Fact | None, bold: bool) -> None:
    cells: tuple[Cell, ...] = tuple(cell_at(sheet, row, c) for c in (1, 2, 3))
    for cell in cells:
        dress(cell, bold=bold, shade=OPEN if cell.column == 3 else None)
    put_text(cells[0], label)
    put_number(cells[1], points, "0.##")
    _score(cells[2], claim)


def _score(cell: Cell, claim: Fact | None) -> None:
    input_cell(cell, "0.00##")
    if claim is not None and isinstance(claim.value, Fraction) and claim.state is State.GIVEN:
        put_number(cell, claim.value, "0.00##", "分")


def _beside(cell: Cell, heading: str, claim: Fact | None, review: Fact | None) -> None:
    dress(cell, shade=OPEN)
    if heading == "复核得分":
        _score(cell, review)
        return
    input_cell(cell, "@")
    if claim is not None and claim.reason:
        put_text(cell, claim.reason)
