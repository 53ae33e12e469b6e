"""What was found of an upload, as a page tells it: for those who see a spreadsheet before them, not a command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from zjrules.bookshelf import NO_RULES
from zjrules.diag import Diagnostic, Label, Severity
from zjrules.explain.findings import CLAIM_DIFFERS, NEEDS_ALL
from zjrules.inout.archive import MISSING_EXTRA
from zjrules.project import OTHER_EDITION, RULES_DIFFER, RULES_UNSAID, UNKNOWN_FORMAT
from zjrules.span import NOWHERE, Field, column_letters
from zjrules.web.places import short

HELP = {
    RULES_UNSAID: "在首页选规则，从那里传；或在数据表「封面」的「规则」一格写上规则的编号",
    RULES_DIFFER: "核对是不是这一年的规则；要按文件里写的规则算，从首页传",
    NO_RULES: "在首页选规则，从那里传",
    CLAIM_DIFFERS: "「逐项解释」里写着这一项怎么算的",
    NEEDS_ALL: "这里一次只算一个单位；要和全体单位比，请会用命令行的人运行 zjrules check 目录 --全体",
    MISSING_EXTRA: "用 Excel 或 WPS 打开，另存为「Excel 工作簿（.xlsx）」再传",
    UNKNOWN_FORMAT: "要传的是填好的数据表。在 Excel 或 WPS 里存成了别的（如 CSV）的，打开它，另存为「Excel 工作簿（.xlsx）」再传，"
    "只改文件名没有用；Word、PDF 里的数，填到数据表里再传",
    OTHER_EDITION: "规则改过以后，看看有没有新要的事实：下载一份新的数据表对照",
}
"""What is said here in the place of help that speaks of commands,"""
PHRASES = (
    ("照 zjrules template 做的表写", "照这里下载的数据表写"),
    ("zjrules template 做一份填报用的工作簿；本单位自己的表，用 zjrules map 说明哪一格是什么", "下载一份数据表来填"),
    ("zjrules template 列出规则要的事实和明细", "规则要的事实和明细，看这里下载的数据表"),
    ("；本单位自己的表用 zjrules map", "，照这里下载的数据表"),
    ("给数据表；三份材料互相对照用 zjrules reconcile", "要传的是数据表"),
    ("zjrules new 列出这本规则要的全部事实", "这里下载的数据表列出这本规则要的全部事实"),
    ("；zjrules new 写一份空的", "；空的一份在规则的页面上下载"),
)
"""and in that of words in it that do."""


@frozen
class Spot:
    """A place: a cell of a workbook with what it shows, or a line of a text with the part that is meant."""

    file: str
    where: str
    shown: str
    before: str
    marked: str
    after: str
    said: str


@frozen
class Finding:
    """One finding in words."""

    severity: str
    code: str
    message: str
    spots: tuple[Spot, ...]
    """Where it is in what was filled in,"""
    rules: tuple[Spot, ...]
    """and in the rules, which a clerk cannot mend."""
    help: str


_WEIGHTS = list(Severity)
RULE_FILE = ".zj"
MOST = 200
"""Findings that a page shows; a table that is wrong in every row has thousands."""


def shown(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the first findings, what must be mended before what is to be looked at, with help that speaks of no commands."""
    first = sorted(found, key=lambda d: _WEIGHTS.index(d.severity))
    return [evolve(d, help=HELP.get(d.code) or _without_commands(d.help)) for d in first[:MOST]]


def told(found: Sequence[Diagnostic]) -> list[Finding]:
    """Return the first findings in words."""
    return [_told(d) for d in shown(found)]


def _told(found: Diagnostic) -> Finding:
    spots = list(_spots(found))
    mine, rules = (tuple(s for s in spots if s.file.endswith(RULE_FILE) is of_rules) for of_rules in (False, True))
    return Finding(found.severity.value, found.code.number, found.message, mine, rules, found.help)


def counted(found: Sequence[Diagnostic]) -> str:
    """Return how many findings there are of each weight."""
    many = Counter(d.severity for d in found)
    return "、".join(f"{weight.value} {many[weight]}" for weight in _WEIGHTS if many[weight])


def _spots(found: Diagnostic) -> Iterator[Spot]:
    for label in found.labels:
        spot = _spot(label)
        # A file of which nothing more is to be said stands in the sentence already.
        known = not (spot.where or spot.shown or spot.said) and spot.file in found.message
        if label.span.source != NOWHERE.source and not known:
            yield spot


def _without_commands(text: str) -> str:
    for of_commands, ours in PHRASES:
        text = text.replace(of_commands, ours)
    return text


def _spot(label: Label) -> Spot:
    span = label.span
    source = span.source
    file = short(source.name)
    if isinstance(source.cell, Field):
        return Spot(file, str(source.cell), source.text, "", "", "", label.text)
    if source.cell is not None:
        where = f"表「{source.cell.sheet}」 {column_letters(source.cell.column)}{source.cell.row} 格"
        return Spot(file, where, source.text, "", "", "", label.text)
    if not source.text:
        return Spot(file, "", "", "", "", "", label.text)
    line, start = source.line_text(span.line), span.column - 1
    end = max(start + 1, min(len(line), start + span.end - span.start))
    before, after = line[:start].lstrip(), line[end:]
    before = before if len(before) <= _MOST else f"…{before[-_MOST:]}"
    after = after if len(after) <= _MOST else f"{after[:_MOST]}…"
    return Spot(file, f"第 {span.line} 行", "", before, line[start:end][: 3 * _MOST], after, label.text)


_MOST = 80
"""Characters of a line that are shown before and after a place."""
