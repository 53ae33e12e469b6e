"""Fact files: the blocks of a unit's YAML file, and of a case."""

from __future__ import annotations

import re

from attrs import frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, at
from zjrules.fact import Raw, RawFacts, RawLedger
from zjrules.inout.yaml import WRONG_SHAPE, Node, parse
from zjrules.span import Source
from zjrules.spelling import nearest

UNKNOWN_KEY = Code("ZJ5006", "unknown-key")

HEAD_KEYS = ("规则", "单位", "评价年度", "填报日期")
CASE_KEYS = ("案例", "出处", "期望", "全体")
BLOCK_KEYS = ("自评", "复核得分", "事实", "明细")
_VALUE_KEYS = ("值", "佐证", "出处", "理由", "不适用", "复核", "复核理由")


@frozen
class Document:
    """A fact file: the facts, and for a case what it expects."""

    raw: RawFacts
    title: str = ""
    authority: str = ""
    """Who says what is expected (出处)."""
    expected: Node | None = None
    others: tuple[str, ...] = ()
    """The files of the other units (全体), where the case is one of several that are compared."""


def facts(source: Source) -> tuple[Document | None, Diagnostics]:
    """Read a fact file or a case."""
    root, problems = parse(source)
    if root is None:
        return None, problems
    if root.kind != "map":
        message = "事实文件的最外层要是「名称: 值」" if root.kind != "text" or root.text else "事实文件是空的"
        help_ = _colon(root) or "例如「规则: zhanjiang/2025」；zjrules new 写一份空的"
        return None, (*problems, at(WRONG_SHAPE, root.span, message, help_))
    found = _Facts(list(problems))
    blocks = {key.text: (key, value) for key, value in root.pairs}
    for name, (key, _) in blocks.items():
        if name not in (*HEAD_KEYS, *CASE_KEYS, *BLOCK_KEYS):
            found.problems.append(_unknown_key(key, (*HEAD_KEYS, *CASE_KEYS, *BLOCK_KEYS)))
    head = {
        n: Raw(n, _one_line(blocks[n][1]), span=blocks[n][1].span, name_span=blocks[n][0].span)
        for n in HEAD_KEYS
        if n in blocks
    }
    entries = found.block(blocks, "事实")
    ledgers = tuple(found.ledger(k, v) for k, v in found.pairs(blocks, "明细") if not _left_out(v))
    raw = RawFacts(head, entries, ledgers, found.block(blocks, "自评"), found.block(blocks, "复核得分"))
    title = blocks["案例"][1].text if "案例" in blocks else ""
    authority = blocks["出处"][1].text if "出处" in blocks else ""
    expected = blocks["期望"][1] if "期望" in blocks else None
    return Document(raw, title, authority, expected, found.others(blocks)), tuple(found.problems)


def _colon(node: Node) -> str:
    """Return the help for 名称：值 and 名称:值, which YAML reads as plain text."""
    if "：" in node.text:
        return "冒号要用半角「:」，后面空一格"
    return "冒号后面要空一格" if re.match(r"[^\s:]+:\S", node.text) else ""


def _one_line(value: Node) -> str:
    """Return a head entry; several rule sets may be written as a list."""
    return "、".join(item.text for item in value.items) if value.kind == "list" else value.text


def _left_out(value: Node) -> bool:
    return value.kind == "text" and value.text in ("", "缺失")


def _unknown_key(key: Node, known: tuple[str, ...]) -> Diagnostic:
    likely = nearest(key.text, known, closed=True)
    help_ = f"是不是「{likely}」？" if likely else f"这一层可写 {'、'.join(known)}"
    if not likely and "事实" in known:
        help_ += "；事实写在「事实:」下面，往右缩进"
    return at(UNKNOWN_KEY, key.span, f"这里不能写「{key.text}」", help_)


@frozen
class _Facts:
    """Reads the blocks of a fact file, gathering problems."""

    problems: list[Diagnostic]

    def pairs(self, blocks: dict[str, tuple[Node, Node]], name: str) -> tuple[tuple[Node, Node], ...]:
        if name not in blocks or _left_out(blocks[name][1]):
            return ()
        value = blocks[name][1]
        if value.kind != "map":
            self.problems.append(
                at(WRONG_SHAPE, value.span, f"「{name}」下面要是「名称: 值」", _colon(value) or "每项一行，往右缩进")
            )
        return value.pairs

    def others(self, blocks: dict[str, tuple[Node, Node]]) -> tuple[str, ...]:
        if "全体" not in blocks:
            return ()
        value = blocks["全体"][1]
        if value.kind != "list" or any(item.kind != "text" for item in value.items):
            self.problems.append(at(WRONG_SHAPE, value.span, "「全体」要列出别的单位的文件", "例如 [甲.yaml, 乙.yaml]"))
            return ()
        return tuple(item.text for item in value.items)

    def block(self, blocks: dict[str, tuple[Node, Node]], name: str) -> tuple[Raw, ...]:
        return tuple(self.entry(k, v) for k, v in self.pairs(blocks, name))

    def entry(self, key: Node, value: Node) -> Raw:
        if value.kind == "text":
            span = value.span if value.text else key.span
            return Raw(key.text, value.text, span=span, name_span=key.span)
        if value.kind == "list":
            help_ = "一个事实只有一个值；多行的写在「明细:」下面"
            self.problems.append(at(WRONG_SHAPE, value.span, f"「{key.text}」写成了列表", help_))
            return Raw(key.text, "", span=key.span, name_span=key.span)
        parts: dict[str, str] = {}
        place = key.span
        for name, part in value.pairs:
            if name.text not in _VALUE_KEYS:
                self.problems.append(_unknown_key(name, _VALUE_KEYS))
            elif part.kind != "text":
                self.problems.append(at(WRONG_SHAPE, part.span, f"「{name.text}」要写成一行文字", "不写成列表或表格"))
            parts[name.text] = part.text
            place = part.span if name.text == "值" and part.text else place
        texts = (parts.get("值", ""), parts.get("佐证", ""), parts.get("出处", ""), parts.get("理由", ""))
        review = self.review(key, value)
        return Raw(key.text, *texts, parts.get("不适用"), span=place, name_span=key.span, review=review)

    def review(self, key: Node, value: Node) -> Raw | None:
        """Return what the reviewer set, or None where 复核 is left blank."""
        parts = {name.text: part for name, part in value.pairs if part.kind == "text"}
        said = parts.get("复核")
        if said is None or not said.text:
            return None
        reason = parts["复核理由"].text if "复核理由" in parts else ""
        not_applicable = reason if said.text == "不适用" else None
        text = "" if not_applicable is not None else said.text
        return Raw(key.text, text, "", "复核", reason, not_applicable, span=said.span, name_span=key.span)

    def ledger(self, key: Node, value: Node) -> RawLedger:
        evidence = source = ""
        rows = value
        if value.kind == "map":
            parts = {k.text: (k, v) for k, v in value.pairs}
            for name, (part, _) in parts.items():
                if name not in ("佐证", "出处", "行"):
                    self.problems.append(_unknown_key(part, ("佐证", "出处", "行")))
            evidence = parts["佐证"][1].text if "佐证" in parts else ""
            source = parts["出处"][1].text if "出处" in parts else ""
            rows = parts["行"][1] if "行" in parts else Node((), "none", value.span)
        if rows.kind != "list":
            help_ = "每行以「- 」开头；没有就写 []"
            self.problems.append(at(WRONG_SHAPE, rows.span, f"明细「{key.text}」的行要是列表", help_))
        for row in rows.items:
            if row.kind != "map":
                self.problems.append(
                    at(
                        WRONG_SHAPE,
                        row.span,
                        f"明细「{key.text}」的一行要是「列名: 值」",
                        _colon(row) or "例如「- {列名: 值, 列名: 值}」",
                    )
                )
        found = tuple(tuple(self.entry(k, v) for k, v in row.pairs) for row in rows.items)
        return RawLedger(key.text, found, evidence, source, span=key.span)
