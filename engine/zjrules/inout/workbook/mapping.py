"""A mapping file: which cell, or which labelled row and column, of a bureau's own workbook is which fact.

映射: zhanjiang/2025
已核: 是
单位: {格: "封面!B2"}
事实:
  支出合计: {格: "收支总表!D8", 单位: 万元}
  基本支出: {表: 支出决算表, 行: 基本支出, 列: 决算数, 单位: 万元}
明细:
  采购合同: {表: 合同台账, 列: {合同名称: 合同, 签订日: 签订日期}}
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import field, frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, at
from zjrules.inout.yaml import Node, parse
from zjrules.span import NOWHERE, Source, Span
from zjrules.spelling import nearest

BAD_MAPPING = Code("ZJ5123", "bad-mapping")
UNSEEN = Code("ZJ5124", "mapping-not-looked-at")

KEYS = ("映射", "已核", "单位", "评价年度", "填报日期", "事实", "明细")
HEAD = ("单位", "评价年度", "填报日期")
_PLACE_KEYS = ("格", "表", "行", "列", "单位", "佐证", "出处")
_LEDGER_KEYS = ("表", "列", "单位", "佐证", "出处")
_CELL = re.compile(r"(?:(?P<sheet>.+)!)?\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>\d{1,7})")


@frozen
class Spot:
    """Where one value stands: a cell (row and column given), or the row and column with these labels."""

    sheet: str
    row: int = 0
    column: int = 0
    row_label: str = ""
    column_label: str = ""
    unit: str = ""
    evidence: str = ""
    source: str = ""
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@frozen
class LedgerSpot:
    """Where a ledger stands: the sheet, and the heading of each of its columns."""

    sheet: str
    headings: Mapping[str, str]
    unit: str = ""
    evidence: str = ""
    source: str = ""
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@frozen
class Layout:
    """A mapping that was read: for which rule set, and where its facts, ledgers and head stand."""

    rules: str
    head: Mapping[str, Spot]
    facts: Mapping[str, Spot]
    ledgers: Mapping[str, LedgerSpot]
    span: Span = field(default=NOWHERE, eq=False, repr=False, kw_only=True)


def read(source: Source) -> tuple[Layout | None, Diagnostics]:
    """Read a mapping file; None where it cannot be used. One that nobody has looked at is refused."""
    root, problems = parse(source)
    if root is None:
        return None, problems
    reader = _Reader(list(problems))
    if root.kind != "map":
        reader.slip(root, "映射文件的最外层要是「名称: 值」", "zjrules map 做一份来改")
        return None, tuple(reader.problems)
    layout = reader.layout(root)
    if any(p.is_error for p in reader.problems):
        return None, tuple(reader.problems)
    return layout, tuple(reader.problems)


@frozen
class _Reader:
    problems: list[Diagnostic]

    def slip(self, node: Node, message: str, help_: str) -> None:
        self.problems.append(at(BAD_MAPPING, node.span, message, help_))

    def keys(self, node: Node, known: tuple[str, ...]) -> dict[str, Node]:
        found = {}
        for key, value in node.pairs:
            if key.text not in known:
                likely = nearest(key.text, known, closed=True)
                self.slip(
                    key,
                    f"映射里这一处不能写「{key.text}」",
                    f"是不是「{likely}」？" if likely else f"可写 {'、'.join(known)}",
                )
            found[key.text] = value
        return found

    def layout(self, root: Node) -> Layout:
        parts = self.keys(root, KEYS)
        checked = parts.get("已核")
        if checked is None or checked.text != "是":
            help_ = "逐条看过、改对以后，在映射文件里写「已核: 是」"
            self.problems.append(at(UNSEEN, (checked or root).span, "这份映射还没有人核对过，不能用", help_))
        head: dict[str, Spot] = {n: self.spot(parts[n]) for n in HEAD if n in parts}
        facts = {key.text: self.spot(value) for key, value in self.entries(parts, "事实")}
        ledgers = {key.text: self.ledger(value) for key, value in self.entries(parts, "明细")}
        rules = parts["映射"].text if "映射" in parts else ""
        return Layout(rules, head, facts, ledgers, span=root.span)

    def entries(self, parts: Mapping[str, Node], name: str) -> tuple[tuple[Node, Node], ...]:
        node = parts.get(name)
        if node is None or (node.kind == "text" and not node.text):
            return ()
        if node.kind != "map":
            self.slip(node, f"「{name}」下面要是「名称: 值」", "每项一行，往右缩进")
        return node.pairs

    def spot(self, node: Node) -> Spot:
        if node.kind == "text":
            return self.cell(node, node.text, {})
        parts = {k: v.text for k, v in self.keys(node, _PLACE_KEYS).items()}
        if "格" in parts:
            return self.cell(node, parts["格"], parts)
        if not parts.get("行"):
            self.slip(node, "没有说在哪里", "写「格」，例如 收支总表!D8；或写「行」和「列」的标签")
        texts = (parts.get("单位", ""), parts.get("佐证", ""), parts.get("出处", ""))
        return Spot(parts.get("表", ""), 0, 0, parts.get("行", ""), parts.get("列", ""), *texts, span=node.span)

    def cell(self, node: Node, text: str, parts: Mapping[str, str]) -> Spot:
        match = _CELL.fullmatch(text.strip())
        if match is None:
            self.slip(node, f"「{text}」不是一个格", "写成 表名!D8")
            return Spot("", span=node.span)
        column = 0
        for letter in match["column"].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        sheet = (match["sheet"] or parts.get("表", "")).strip("'")
        texts = (parts.get("单位", ""), parts.get("佐证", ""), parts.get("出处", ""))
        return Spot(sheet, int(match["row"]), column, "", "", *texts, span=node.span)

    def ledger(self, node: Node) -> LedgerSpot:
        if node.kind != "map":
            self.slip(node, "明细要写「表」和「列」", "例如 {表: 合同台账, 列: {合同名称: 合同}}")
            return LedgerSpot("", {}, span=node.span)
        parts = self.keys(node, _LEDGER_KEYS)
        columns = parts.get("列")
        if columns is None or columns.kind != "map" or not columns.pairs:
            self.slip(columns or node, "没有说各列的表头", "写成 列: {规则的列名: 表里的表头}")
        headings = {k.text: v.text for k, v in columns.pairs} if columns is not None else {}
        texts = (parts[k].text if k in parts else "" for k in ("单位", "佐证", "出处"))
        return LedgerSpot(parts["表"].text if "表" in parts else "", headings, *texts, span=node.span)
