"""A scored unit as Markdown: headings, tables, formulas in fences. Nobody's words can break out of their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from zjrules.explain.lines import Line
from zjrules.num import brief
from zjrules.page.account import Account, Section
from zjrules.span import NOWHERE, visible
from zjrules.term import rule as tr

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&$]")
_OPENING = re.compile(r"^([-+=]|\d+(?=[.)](?:\s|$)))")
_TICKS = re.compile(r"`+")
_SOURCES = frozenset({"fact", "ledger", "row"})


def escaped(text: str) -> str:
    """Return text as it is to be read, on one line: no sign in it marks anything up."""
    return _SPECIAL.sub(r"\\\g<0>", visible(" ".join(text.split())))


def _first(text: str) -> str:
    """Return text as it is to be read at the start of a line, where ``1.`` and ``-`` would open a list."""
    line = escaped(text)
    found = _OPENING.match(line)
    if found is None:
        return line
    sign, rest = found[0], line[found.end() :]
    return f"{sign}\\{rest}" if sign.isdigit() else f"\\{line}"


def markdown(account: Account) -> str:
    """Return a scored unit as one Markdown text."""
    blocks = [
        *_head(account),
        "## 得分表",
        _scores(account),
        *_reviews(account),
        *_findings(account),
        *_checks(account),
        "## 逐项解释",
        *(block for each in account.sections for block in _section(account, each)),
        f"规则 {escaped(account.rules)}，摘要 {account.digest}；引擎 zjrules {escaped(account.engine)}",
    ]
    return "\n\n".join(blocks) + "\n"


def _head(account: Account) -> list[str]:
    book = account.claimed.program.book
    rows = [(name, total, grade) for name, total, grade in account.totals]
    said = [f"自评与复核的偏差率 {account.deviation}"] if account.deviation else []
    if account.lacking:
        said.append(f"缺 {len(account.lacking)} 项事实：{'、'.join(map(escaped, account.lacking))}")
    return [
        f"# {escaped(account.facts.unit)}　得分解释",
        f"{_first(account.title)}，评价年度 {book.year}，满分 {brief(book.full)} 分",
        table(("", "总分", "等级"), rows),
        *said,
    ]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; what stands in it is text."""
    lines = [heads, ["---"] * len(heads), *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _scores(account: Account) -> str:
    heads = ("指标", "分值", *account.columns, "状态", "扣分原因")
    rows = []
    for row in account.rows:
        node = row.node
        name = f"{'　' * row.depth}{node.number}{' ' if isinstance(node, tr.Group) else ''}{node.name}"
        rows.append((name, row.points, *row.scores, row.state, row.reason))
    return table(heads, rows)


def _reviews(account: Account) -> list[str]:
    if not account.reviews:
        return []
    return [
        f"## 复核改了 {len(account.reviews)} 项事实",
        table(("事实", "自评", "复核", "理由", "出处"), account.reviews),
    ]


def _findings(account: Account) -> list[str]:
    if not account.findings:
        return ["## 发现", "没有发现问题。"]
    items = []
    for number, found in enumerate(account.findings, 1):
        lines = [f"{number}. **{found.severity.value} {found.code.number}** {escaped(found.message)}"]
        places = [x for x in found.labels if x.span.source != NOWHERE.source]
        lines += [f"   - {_first(f'{x.span} {x.text}'.rstrip())}" for x in places]
        lines += [f"   - 怎么办：{escaped(found.help)}"] if found.help else []
        items.append("\n".join(lines))
    return [f"## 发现 {len(items)} 处", "\n".join(items)]


def _checks(account: Account) -> list[str]:
    checks = account.claimed.checks
    rows = [(c.status, c.check.severity, c.check.title, str(c.check.span)) for c in checks]
    return [f"## 勾稽 {len(checks)} 条", table(("结果", "级别", "内容", "规则"), rows)] if checks else []


def _section(account: Account, each: Section) -> list[str]:
    title = each.lines[0]
    blocks = [f"### {escaped(title.text)}　{escaped(title.value)}"]
    blocks += [_first(each.why)] if each.why else []
    blocks += _told(each.lines[1:])
    if each.again:
        blocks += [f"**复核** {escaped(each.again[0].value)}", *_told(each.again[1:])]
    taken = [
        f"- {_first(x.span.text)}（第 {x.span.line} 行{'，缺事实，还可能用到' if x.open else ''}）" for x in each.lit
    ]
    blocks += ["决定得分的条款：", "\n".join(taken)] if taken else []
    clause = [f"{x.text}；{x.origin}" for x in each.lines if x.kind == "clause"]
    return [*blocks, *map(_first, clause), fenced(each.node.span.text)]


def _told(lines: Sequence[Line]) -> list[str]:
    """Return formulas as they stand, and the facts under them as a table."""
    how = [x for x in lines if x.kind not in _SOURCES and x.kind != "clause"]
    facts = [x for x in lines if x.kind in _SOURCES]
    text = "\n".join(f"{'  ' * (x.level - 1)}{visible(f'{x.text} {x.value}'.rstrip())}" for x in how)
    rows = [(f"{'　' * (x.kind == 'row')}{x.text}", x.value, x.evidence, x.origin) for x in facts]
    found = [fenced(text)] if text else []
    return [*found, table(("事实", "值", "佐证", "出处"), rows)] if rows else found


def fenced(text: str) -> str:
    """Return text in a fence that is longer than any in it."""
    lines = [visible(line.replace("\t", "    ")) for line in text.replace("\r\n", "\n").split("\n")]
    ticks = "`" * max(3, 1 + max((len(t) for t in _TICKS.findall(text)), default=0))
    return "\n".join((f"{ticks}text", *lines, ticks))
