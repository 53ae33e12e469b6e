"""The score table and the explanation on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zjrules import review
from zjrules.diag import Diagnostic
from zjrules.explain import columns
from zjrules.explain.lines import Line, places_of, score_text
from zjrules.explain.moved import GRADE, TOTAL, Move, Standing, move
from zjrules.explain.reason import missing, reason, state
from zjrules.num import brief
from zjrules.project import Scored
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.value import Unknown, Value

_STATE = {"已算": "", "缺事实": "yellow", "不适用": "cyan", "无佐证": "yellow", "无法计算": "red"}
_STYLE = {
    "title": "bold", "part": "bold", "result": "", "formula": "", "said": "italic", "fact": "", "ledger": "", "row": "dim",
    "clause": "dim", "note": "yellow", "let": "", "item": "",
}  # fmt: skip


NOTHING_BEFORE: Standing = {}
WIDE = 100
"""From this width on the reasons stand in the table; on a narrower terminal they follow it, so that nothing is cut."""


def scores(scored: Scored, out: Console) -> None:
    """Print the table of groups and indicators: 分值, 按自述, 仅有佐证, 状态, 扣分原因."""
    out.print(score_table(scored, wide=out.width >= WIDE))
    if out.width < WIDE:
        for step in scored.claimed.indicators():
            node = step.term
            assert isinstance(node, tr.Indicator)
            if reason(step):
                out.print(Text(f"{node.number}{node.name}：{reason(step)}"))
        out.print()


def score_table(scored: Scored, wide: bool, before: Standing = NOTHING_BEFORE) -> Table:
    """Return the table; a score that is another than it was before stands beside it. wide: with the reasons."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    table.add_column("指标", overflow="fold", min_width=16)
    for name in ("分值", "按自述", "仅有佐证", *(("复核", "偏差率") if scored.reviewed else ())):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("状态", no_wrap=True)
    if wide:
        table.add_column("扣分原因", overflow="fold")
    traces = [t for t in (scored.claimed, scored.proved, scored.reviewed) if t is not None]
    for steps in zip(*(t.groups for t in traces), strict=True):
        _rows(table, steps, 0, wide, before)
    total = scored.claimed.program.book.full
    table.add_section()
    open_ = missing(scored.claimed.total)
    note = f"缺 {len(open_)} 项事实" if open_ else ""
    last = (note,) if wide else ()
    values = _cells(TOTAL, [t.total for t in traces], 2, before, "bold")
    table.add_row(Text("总分", "bold"), brief(total), *values, "", *last)
    grades = _cells(GRADE, [columns.grades(t) for t in traces], 2, before, "bold")[: len(traces)]
    table.add_row(Text("等级", "bold"), "", *grades, *[""] * (len(values) - len(grades)), "", *[""] * len(last))
    return table


def _cells(name: str, now: Sequence[Value], places: int, before: Standing, style: str) -> list[Text]:
    texts = [Text(t, style) for t in columns.values(now, places)]
    for at, was in enumerate(before.get(name, ())[: len(now)]):
        change = move(was, now[at], places)
        if change is not None:
            texts[at] = moved(change, style)
    return texts


def moved(change: Move, style: str = "") -> Text:
    """Return a score as it was and as it is; the colour says which way, and so does the arrow."""
    colour = "yellow" if not change.by else "green" if change.by > 0 else "red"
    return Text(str(change), f"{style} {colour}".strip())


def _rows(table: Table, steps: tuple[Step, ...], depth: int, wide: bool, before: Standing) -> None:
    mine = steps[0]
    node = mine.term
    assert isinstance(node, tr.Group | tr.Indicator)
    style = "bold" if isinstance(node, tr.Group) else ""
    texts = _cells(node.name, [s.value for s in steps], places_of(node.rounding), before, style)
    if isinstance(node, tr.Group):
        name = Text(f"{'  ' * depth}{node.number} {node.name}", "bold")
        table.add_row(name, Text(brief(node.points), "bold"), *texts, "", *[""] * wide)
        for below in zip(*(s.kids for s in steps), strict=True):
            _rows(table, below, depth + 1, wide, before)
        return
    how = state(mine)
    table.add_row(
        Text(f"{'  ' * depth}{node.number}{node.name}"),
        brief(node.points),
        *texts,
        Text(how, _STATE[how]),
        *([Text(reason(mine))] if wide else []),
    )


def overview(results: Sequence[tuple[Scored | None, list[Diagnostic]]], out: Console) -> None:
    """Print one line for each unit, in the order given."""
    units = [(s, found) for s, found in results if s is not None]
    failed = sum(s is None for s, _ in results)
    reviewed = any(s.reviewed for s, _ in units)
    books = len({s.rules.id for s, _ in units}) > 1
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    table.add_column("单位", overflow="fold")
    if books:
        table.add_column("规则", overflow="fold")
    for name in ("按自述", "仅有佐证", *(("复核", "偏差率") if reviewed else ())):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("等级", no_wrap=True)
    table.add_column("发现", justify="right")
    for scored, found in units:
        traces = [t for t in (scored.claimed, scored.proved, scored.reviewed) if t is not None]
        values = columns.values([t.total for t in traces], 2)
        values += [""] * (4 * reviewed - len(values) if reviewed else 0)
        first = [Text(scored.facts.unit), *([Text(scored.rules.id)] if books else [])]
        table.add_row(*first, *values, columns.grades(scored.claimed), str(len(found)) if found else "")
    out.print(table)
    tail = f"，{failed} 个文件不合格，没有算" if failed else ""
    out.print(Text(f"共 {len(units)} 个单位次{tail}" if books else f"共 {len(units)} 个单位{tail}", "bold"))


def reviews(scored: Scored) -> list[Text]:
    """Return what the reviewer set, one line for each."""
    lines = []
    for where, own, found in review.changes(scored.facts):
        was = own.shown or own.state.value
        now = found.shown or found.state.value
        line = Text(f"  {where}：自评 {was} → 复核 {now}（{found.reason}）")
        lines.append(line.append(f"    {found.span}", "dim"))
    return lines


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
    parts = [f"总分 {score_text(scored.claimed.total)}", f"等级 {columns.grades(scored.claimed)}"]
    if scored.reviewed is not None:
        change = columns.deviation(scored.claimed.total, scored.reviewed.total)
        parts.append(f"复核 {score_text(scored.reviewed.total)}{f'（偏差率 {change}）' if change else ''}")
    if open_:
        parts.append(f"缺 {len(open_)} 项事实")
    if isinstance(scored.claimed.total, Unknown) and not scored.claimed.total.tight:
        parts.append("区间可能更窄")
    found = [f"{n} 个{name}" for n, name in ((errors, "错误"), (warnings, "警告"), (notes, "提示")) if n]
    parts.append("、".join(found) if found else "没有发现问题")
    return Text("，".join(parts), "bold")
