"""The score table and the explanation on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zjrules.explain.lines import Line, places_of, score_text
from zjrules.explain.reason import missing, reason, state
from zjrules.num import brief
from zjrules.project import Scored
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.value import Unknown

_STATE = {"已算": "", "缺事实": "yellow", "不适用": "cyan", "无佐证": "yellow", "无法计算": "red"}
_STYLE = {
    "title": "bold", "part": "bold", "result": "", "formula": "", "said": "italic", "fact": "", "ledger": "", "row": "dim",
    "clause": "dim", "note": "yellow", "let": "", "item": "",
}  # fmt: skip


WIDE = 100
"""From this width on the reasons stand in the table; on a narrower terminal they follow it, so that nothing is cut."""


def scores(scored: Scored, out: Console) -> None:
    """Print the table of groups and indicators: 分值, 按自述, 仅有佐证, 状态, 扣分原因."""
    out.print(_table(scored, wide=out.width >= WIDE))
    if out.width < WIDE:
        for step in scored.claimed.indicators():
            node = step.term
            assert isinstance(node, tr.Indicator)
            if reason(step):
                out.print(Text(f"{node.number}{node.name}：{reason(step)}"))
        out.print()


def _table(scored: Scored, wide: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    table.add_column("指标", overflow="fold", min_width=16)
    for name in ("分值", "按自述", "仅有佐证"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("状态", no_wrap=True)
    if wide:
        table.add_column("扣分原因", overflow="fold")
    for mine, proved in zip(scored.claimed.groups, scored.proved.groups, strict=True):
        _rows(table, mine, proved, 0, wide)
    total = scored.claimed.program.book.full
    grades = [_grades(t) for t in (scored.claimed, scored.proved)]
    table.add_section()
    values = [score_text(scored.claimed.total), score_text(scored.proved.total)]
    open_ = missing(scored.claimed.total)
    note = f"缺 {len(open_)} 项事实" if open_ else ""
    last = (note,) if wide else ()
    table.add_row(Text("总分", "bold"), brief(total), Text(values[0], "bold"), Text(values[1], "bold"), "", *last)
    table.add_row(Text("等级", "bold"), "", Text(grades[0], "bold"), Text(grades[1], "bold"), "", *[""] * len(last))
    return table


def _grades(trace: Trace) -> str:
    grades = trace.grades
    return grades[0] if len(grades) == 1 else f"{grades[0]} 至 {grades[-1]}" if grades else "—"


def _rows(table: Table, mine: Step, proved: Step, depth: int, wide: bool) -> None:
    node = mine.term
    if isinstance(node, tr.Group):
        places = places_of(node.rounding)
        texts = (score_text(mine.value, places), score_text(proved.value, places))
        name = Text(f"{'  ' * depth}{node.number} {node.name}", "bold")
        table.add_row(name, Text(brief(node.points), "bold"), *(Text(t, "bold") for t in texts), "", *[""] * wide)
        for a, b in zip(mine.kids, proved.kids, strict=True):
            _rows(table, a, b, depth + 1, wide)
        return
    assert isinstance(node, tr.Indicator)
    places = places_of(node.rounding)
    how = state(mine)
    table.add_row(
        Text(f"{'  ' * depth}{node.number}{node.name}"),
        brief(node.points),
        score_text(mine.value, places),
        score_text(proved.value, places),
        Text(how, _STATE[how]),
        *([Text(reason(mine))] if wide else []),
    )


def explanation(lines: Iterable[Line], width: int) -> list[Text]:
    """Return the lines of an explanation; the points of a title stand at the right."""
    found = []
    for line in lines:
        indent = "  " * (line.level * 2 if line.level <= 1 else line.level + 1)
        if line.kind == "formula":
            indent = "  " * (line.level + 1)
        if line.kind == "result" and line.text.startswith("="):
            indent = "  " * line.level
        found.append(_rendered(line, indent, width))
    return found


def _rendered(line: Line, indent: str, width: int) -> Text:
    style = _STYLE.get(line.kind, "")
    text = Text(indent)
    text.append(line.text, style)
    if line.kind in ("title", "part"):
        gap = max(2, min(width, 100) - cell_len(indent + line.text) - cell_len(line.value))
        return text.append(" " * gap).append(line.value, "bold")
    columns = [c for c in (line.value, line.evidence) if c]
    if line.kind in ("fact", "ledger"):
        text.append(f" {line.value}")
        pad = max(2, 34 - cell_len(text.plain))
        tag = line.evidence or ""
        text.append(" " * pad).append(tag, "yellow" if tag == "自述" else "dim")
        pad = max(2, 44 - cell_len(text.plain))
        return text.append(" " * pad).append(line.origin, "dim")
    for column in columns:
        text.append(f"  {column}")
    if line.origin:
        text.append(f"       {line.origin}", "dim")
    return text


def ties(trace: Trace) -> Text:
    """Return how the checks came out, in one line."""
    counts = Counter(c.status for c in trace.checks)
    parts = [f"{name} {counts[name]}" for name in ("通过", "不通过", "跳过", "不可核") if counts[name]]
    return Text(f"勾稽 {len(trace.checks)} 条：{'，'.join(parts)}")


def summary(scored: Scored, errors: int, warnings: int, notes: int) -> Text:
    """Return the last line: total, grade, what is missing, how many findings."""
    open_ = missing(scored.claimed.total)
    parts = [f"总分 {score_text(scored.claimed.total)}", f"等级 {_grades(scored.claimed)}"]
    if open_:
        parts.append(f"缺 {len(open_)} 项事实")
    if isinstance(scored.claimed.total, Unknown) and not scored.claimed.total.tight:
        parts.append("区间可能更窄")
    found = [f"{n} 个{name}" for n, name in ((errors, "错误"), (warnings, "警告"), (notes, "提示")) if n]
    parts.append("、".join(found) if found else "没有发现问题")
    return Text("，".join(parts), "bold")
