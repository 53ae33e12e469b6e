"""Cells as texts with places, as a fact file would have them; and what must be said of the cells that were used."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from attrs import define, evolve, field

from zjrules.diag import Code, Diagnostic, Label, Severity, at
from zjrules.fact import Asked, Raw
from zjrules.inout.workbook.cells import GridCell, Sheet
from zjrules.inout.workbook.labels import UNITLESS
from zjrules.inout.workbook.shown import plain
from zjrules.num import fold
from zjrules.span import Span
from zjrules.unit import Number, measure, quantity

FORMULA = Code("ZJ5047", "formula-value-used", Severity.NOTE)
FORMULA_EMPTY = Code("ZJ5048", "formula-without-value", Severity.WARNING)
ERROR_CELL = Code("ZJ5049", "error-cell")
HIDDEN = Code("ZJ5050", "hidden-cells-used", Severity.NOTE)
TOO_LONG = Code("ZJ5054", "more-digits-than-a-cell-holds", Severity.WARNING)
PERCENT_OR_NOT = Code("ZJ5055", "percent-or-ratio", Severity.WARNING)

UNITS_DIFFER = Code("ZJ5129", "units-disagree")

MOST_PLACES = 3
"""Places that one message shows; it counts the others."""
_NOT_APPLICABLE = re.compile(r"不适用\s*[（(：:，,;；]\s*(\S.*)", re.DOTALL)
_OWN_UNIT = re.compile(r"[^\d.,，+\-\s]")


@define
class Reading:
    """Gathers what is said of the cells that were used; what is the same for many cells is said once."""

    problems: list[Diagnostic] = field(factory=list)
    formulas: list[Span] = field(factory=list)
    hidden: list[Span] = field(factory=list)

    def text(self, sheet: Sheet, cell: GridCell | None, asked: Asked | None = None, unit: str = "") -> str:
        """Return the text of a cell; '' where it is empty, an error, or a formula without a kept value.

        A number that has no unit of its own takes unit, that of its row or column.
        """
        if cell is None or (not cell.unsaved and not cell.text.strip()):
            return ""
        if cell.kind == "s" and not cell.flags and sheet.all_shown:
            return _written(cell.text, asked, unit)
        span = sheet.span(cell.row, cell.column)
        if asked is not None and not sheet.shown(cell.row, cell.column):
            self.hidden.append(span)
        if cell.unsaved:
            help_ = "在 Excel 里打开、重新计算（F9）、保存；或直接填算好的数"
            self.problems.append(at(FORMULA_EMPTY, span, "这一格是公式，文件里没有存算好的值，按缺失算", help_))
            return ""
        if cell.formula:
            self.formulas.append(span)
        if cell.kind == "e":
            help_ = "回到原表改好公式再填；不知道的留空"
            self.problems.append(at(ERROR_CELL, span, f"这一格是表格的错误值「{cell.text}」，不是数", help_))
            return ""
        return self._number(cell, span, asked, unit) if cell.kind == "n" else _written(cell.text, asked, unit)

    def _number(self, cell: GridCell, span: Span, asked: Asked | None, unit: str) -> str:
        if "x" in cell.flags:
            help_ = "表格的一格只存 15 位数字；更长的按文字填（先把格式设为文本）"
            self.problems.append(at(TOO_LONG, span, f"「{cell.text}」超过 15 位，后面的数字存不住", help_))
        kind = asked.type if asked is not None else None
        if not isinstance(kind, Number):
            return cell.text
        if not cell.percent and self._shows_another(cell, span, unit):
            return ""
        if cell.percent:
            return f"{plain(Decimal(cell.text).scaleb(2))}%"
        if kind.percent and unit == "%" and 0 < abs(Decimal(cell.text)) <= 1 and asked is not None:
            meant = plain(Decimal(cell.text).scaleb(2))
            message = f"「{asked.name}」填了 {cell.text}，单位是 %，按 {cell.text}% 算"
            self.problems.append(
                at(PERCENT_OR_NOT, span, message, f"是 {cell.text}% 就不用改；是 {meant}% 就改填 {meant}")
            )
        return f"{cell.text} {unit}" if unit else cell.text

    def _shows_another(self, cell: GridCell, span: Span, unit: str) -> bool:
        """Say where a number format shows a unit, so that people read another amount than the one beside the unit."""
        seen, held = quantity(cell.displayed), quantity(f"{cell.text} {unit}") if unit else None
        if seen is None or held is None or not seen[2] or seen[1].dim != held[1].dim or seen[0] == held[0]:
            return False
        if abs(seen[0] - held[0]) * 50 <= abs(held[0]):  # 12345.68千元 is 12345678 元, rounded
            return False
        message = f"这一格显示「{cell.displayed}」，存的是 {cell.text}，单位一栏写「{unit}」：不知道按哪个"
        self.problems.append(at(UNITS_DIFFER, span, message, "把单位一栏改成显示的单位，或去掉数字格式里的单位"))
        return True

    def said(self) -> list[Diagnostic]:
        """Return everything found, with what concerns many cells in one message each."""
        found = list(self.problems)
        if self.formulas:
            help_ = "公式没有重新计算；改过别处的数，先在 Excel 里算好、保存"
            found.append(
                Diagnostic(FORMULA, f"{len(self.formulas)} 格是公式，用了文件里存的值", some(self.formulas), help_)
            )
        if self.hidden:
            help_ = "不该算的，删去；该算的，取消隐藏"
            message = f"{len(self.hidden)} 格在隐藏的行、列或表里，照样用了"
            found.append(Diagnostic(HIDDEN, message, some(self.hidden), help_))
        return found


def some(spans: list[Span]) -> tuple[Label, ...]:
    """Return labels for the first of many places."""
    return tuple(Label(span) for span in spans[:MOST_PLACES])


def _written(text: str, asked: Asked | None, unit: str) -> str:
    text = text.strip()
    if asked is None or not unit or not isinstance(asked.type, Number) or _OWN_UNIT.search(fold(text)):
        return text
    return f"{text} {unit}" if quantity(text.replace("，", ",")) is not None else text


def unit_text(text: str) -> str:
    """Return a unit as written beside a value, '' for the signs that people put where there is none."""
    text = fold(text).strip()
    return "" if text in UNITLESS else text


def scale(unit: str) -> Fraction | None:
    """Return how many base units one of a unit is, None for what is no unit."""
    found = measure(unit)
    return found[1] if found is not None else None


def entry(name: str, texts: dict[str, str], span: Span, name_span: Span) -> Raw:
    """Return a value with what stands beside it: texts by 值, 佐证, 理由, 出处, 不适用, 复核 and 复核理由."""
    text, reason = texts.get("值", ""), texts.get("理由", "")
    not_applicable = texts.get("不适用") or None
    inside = _NOT_APPLICABLE.fullmatch(text)
    if inside is not None or text == "不适用":
        not_applicable = _inside(inside[1]) if inside is not None else not_applicable or reason
        text = reason = ""
    return Raw(
        name, text, texts.get("佐证", ""), texts.get("出处", ""), reason, not_applicable, span=span, name_span=name_span
    )


def _inside(reason: str) -> str:
    """Return the reason of 不适用（…） without the bracket that closes it."""
    reason = reason.rstrip()
    return reason[:-1].rstrip() if reason.endswith((")", "）")) else reason


def reviewed(raw: Raw, text: str, reason: str, span: Span) -> Raw:
    """Return a value with what the reviewer set in its place."""
    not_applicable = reason if text == "不适用" else None
    text = "" if not_applicable is not None else text
    return evolve(
        raw, review=Raw(raw.name, text, "", "复核", reason, not_applicable, span=span, name_span=raw.name_span)
    )
