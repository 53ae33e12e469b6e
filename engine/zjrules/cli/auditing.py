"""An audit on a terminal: the scores side by side, why they differ, the checks, the papers, the verdict."""

from __future__ import annotations

from fractions import Fraction

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zjrules.audit.run import BELIEVED, INCOMPLETE, Audit
from zjrules.audit.sheet import Row, rests_on
from zjrules.audit.ties import FAILED, OPEN, PASSED, SKIPPED, WARNED, Tie
from zjrules.audit.words import conclusion_in_words, differs_in_words, share_in_words, tie_in_words
from zjrules.cli import say
from zjrules.cli.table import explanation
from zjrules.diag import Diagnostic
from zjrules.explain import columns
from zjrules.explain.lines import score_text
from zjrules.num import brief
from zjrules.span import NOWHERE
from zjrules.value import DROPPED, Problem, Value

_ORDER = (FAILED, WARNED, OPEN, SKIPPED, PASSED)
_STYLE = {FAILED: "red", WARNED: "yellow", OPEN: "yellow", SKIPPED: "dim", PASSED: "green"}


def show(audit: Audit, out: Console) -> None:
    """Print an audit."""
    out.print(Text(f"{audit.scored.facts.unit}    {audit.scored.rules.title}    审核", "bold"))
    out.print()
    out.print(_table(audit))
    if any(row.implied for row in audit.rows):
        out.print(Text("括号里的自评没有写，是由上面的满分推得的", "dim"))
    say.block([*_differences(audit, out.width), *_ties(audit), Text()], out)
    _findings("得分", audit.found, out)
    _findings("事实、勾稽、材料", audit.papers, out)
    out.print(Text(share_in_words(audit.share), "bold"))
    out.print(Text(conclusion_in_words(audit), _colour(audit)))


def _colour(audit: Audit) -> str:
    return {BELIEVED: "bold green", INCOMPLETE: "bold yellow"}.get(audit.conclusion, "bold red")


def _findings(title: str, found: tuple[Diagnostic, ...], out: Console) -> None:
    if found:
        out.print(Text(f"{title}：发现 {len(found)} 处", "bold"))
        out.print()
        say.diagnostics(found, out)


# ---------- all units ----------


def others(audits: list[Audit], out: Console) -> None:
    """Print the other units of a run: their totals, the indicators that differ or are open, and their conclusions."""
    out.print()
    out.print(Text(f"别的单位 {len(audits)} 个", "bold"))
    reviewed = any(row.review is not None for audit in audits for row in audit.rows)
    table = _columns("单位、有出入的指标", reviewed)
    told: list[Text] = []
    for audit in audits:
        *rows, total = audit.rows
        unit = audit.scored.facts.unit
        table.add_row(*(Text(text, "bold") for text in (unit, *_values(total, reviewed))))
        for row in rows:
            said = differs_in_words(row, audit.scored) if row.kind == "indicator" else ""
            if said:
                table.add_row(*(Text(text) for text in (f"  {row.number}{row.name}", *_values(row, reviewed))))
                told.append(Text(f"{unit}  {row.number}{row.name}  {said}"))
        told.append(Text(f"{unit}  {conclusion_in_words(audit)}", _colour(audit)))
    out.print(table)
    say.block(told, out)


# ---------- scores ----------


def _columns(first: str, reviewed: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    table.add_column(first, overflow="fold", min_width=16)
    for name in ("分值", "自评", "重算", "仅有佐证", "偏差", *(("复核", "复核偏差率") if reviewed else ())):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _table(audit: Audit) -> Table:
    reviewed = any(row.review is not None for row in audit.rows)
    table = _columns("指标", reviewed)
    for row in audit.rows:
        if row.kind == "total":
            table.add_section()
        bold = "" if row.kind in ("indicator", "part") else "bold"
        label = f"{'  ' * row.depth}{row.number}{' ' if row.kind == 'group' and row.number else ''}{row.name}"
        table.add_row(*(Text(text, bold) for text in (label, *_values(row, reviewed))))
    return table


def _values(row: Row, reviewed: bool) -> list[str]:
    claim = "" if row.claim is None else score_text(row.claim, row.places)
    claim = f"({claim})" if row.implied is not None else claim
    found = [brief(row.points), claim, _score(row.recomputed, row.places), _score(row.proved, row.places), _signed(row)]
    if reviewed:
        rate = row.review_rate
        found += [
            "" if row.reviewed is None else score_text(row.reviewed, row.places),
            columns.percent(rate) if rate else "",
        ]
    return found


def _score(value: Value, places: int) -> str:
    # Why there is no score stands below the table.
    return "无法计算" if isinstance(value, Problem) and value.kind != DROPPED else score_text(value, places)


def _signed(row: Row) -> str:
    """Return 自评 - 重算 with its sign, '' where they agree, — where it is not known."""
    gap = row.deviation
    if gap is None:
        return "—" if row.claim is not None else ""
    return "" if gap == Fraction(0) else f"{'+' if gap > 0 else ''}{score_text(gap, row.places)}"


def _differences(audit: Audit, width: int) -> list[Text]:
    """Return for every indicator that differs or is open the reason in words, and the facts with their places."""
    lines: list[Text] = []
    for row in audit.rows:
        said = differs_in_words(row, audit.scored) if row.kind in ("indicator", "part") else ""
        if not said:
            continue
        lines.append(Text.assemble((f"{row.number}{row.name}", "bold"), f"  {said}"))
        if not row.open:
            lines += explanation(rests_on(row, audit.scored), width)
    return [Text("逐项说明", "bold"), *lines, Text()] if lines else []


# ---------- checks ----------


def _ties(audit: Audit) -> list[Text]:
    if not audit.ties:
        return []
    counts = {status: sum(t.status == status for t in audit.ties) for status in _ORDER}
    told = "，".join(f"{status} {count}" for status, count in counts.items() if count)
    lines = [Text(f"勾稽 {len(audit.ties)} 条：{told}", "bold")]
    return lines + [_tie(tie) for status in _ORDER for tie in audit.ties if tie.status == status]


def _tie(tie: Tie) -> Text:
    said = tie_in_words(tie)
    line = Text.assemble("  ", (tie.status, _STYLE[tie.status]), f"  {tie.title}{f'：{said}' if said else ''}")
    known = [str(label.span) for label in tie.labels[:-1] if label.span != NOWHERE]
    return line.append(f"    {known[0]}", "dim") if known and tie.status in (FAILED, WARNED, OPEN) else line
