"""A summary on a terminal, wide or narrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zjrules.num import brief
from zjrules.span import visible
from zjrules.summary import bars, words
from zjrules.summary.marks import Marks
from zjrules.summary.tally import Tally

WIDE = 100
"""From this width on an indicator has one row; on a narrower terminal its columns stand in two tables, so that nothing is cut."""
MOST = 10
"""Rows of a ranking."""
LONGEST = 40
"""Cells of the longest bar."""

_SCORES = ("分值", "平均", "得分率", "失分")
_COUNTS = ("满分", "部分", "零分", "缺事实", "无得分")


def terminal(tally: Tally, out: Console) -> None:
    """Print a summary."""
    book = tally.program.book
    title = f"{book.name} {book.year}" + (f"（{book.nature}）" if book.nature else "")
    _lines([f"{title}    汇总"], "bold", out)
    _lines([words.counted(tally), words.totals(tally)], "", out)
    _lines([words.how_exact(tally)] if tally.settled else [], "dim", out)
    _totals(tally, out)
    _grades(tally, out)
    _indicators(tally, out)
    _rankings(tally, out)
    _strange(tally, out)


def printed(heads: Sequence[str], rows: Iterable[Sequence[str]], title: str, out: Console) -> None:
    """Print a table whose first column are names and whose others are numbers."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    for i, head in enumerate(heads):
        made.add_column(head, justify="right" if i else "left", overflow="fold", no_wrap=i > 0)
    for row in rows:
        made.add_row(*(Text(visible(cell)) for cell in row))
    out.print()
    out.print(Text(title, "bold"))
    out.print(made)


def _totals(tally: Tally, out: Console) -> None:
    found = bars.of_totals(tally, 10)
    most = max((b.many for b in found), default=0)
    length = min(LONGEST, max(out.width - 36, 8))
    rows = [
        (words.span(b.low, b.high), words.many(b.many), words.of(b.many, tally.settled),
         _bar(b.many, most, length))
        for b in found
    ]  # fmt: skip
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    for head, side in (("总分", "left"), ("单位", "right"), ("占", "right"), ("", "left")):
        made.add_column(head, justify="right" if side == "right" else "left", no_wrap=True)
    for row in rows:
        made.add_row(*map(Text, row))
    out.print()
    out.print(Text("总分的分布（每档含左端，不含右端）", "bold"))
    out.print(made)


def _bar(many: int, most: int, length: int) -> str:
    # What is not nothing is seen.
    return "█" * max(many * length // most, 1) if many else ""


def _grades(tally: Tally, out: Console) -> None:
    rows = [
        (g.grade, words.many(g.certain), words.of(g.certain, tally.units), words.many(g.possible) if g.possible else "")
        for g in bars.grades(tally)
    ]
    printed(("等级", "单位", "占", "还可能"), rows, "等级", out)


def _indicators(tally: Tally, out: Console) -> None:
    if out.width >= WIDE:
        rows = [(m.label, *_scores(m), *_counts(m)) for m in tally.indicators]
        printed(("指标", *_SCORES, *_COUNTS), rows, "各指标", out)
        return
    printed(("指标", *_SCORES), [(m.label, *_scores(m)) for m in tally.indicators], "各指标的得分", out)
    printed(("指标", *_COUNTS), [(m.label, *_counts(m)) for m in tally.indicators], "各指标的单位数", out)


def _scores(found: Marks) -> tuple[str, ...]:
    return brief(found.points), words.points(found.mean), words.percent(found.share), words.points(found.lost)


def _counts(found: Marks) -> tuple[str, ...]:
    return tuple(words.many(n) for n in (found.full, found.partial, found.zero, found.open, found.none))


def _rankings(tally: Tally, out: Console) -> None:
    lost = sum(m.lost for m in bars.lost(tally))
    rows = [(m.label, words.points(m.lost), words.percent(m.lost / lost)) for m in bars.lost(tally)]
    _ranking(("指标", "失分", "占"), rows, "失分最多的指标", "个指标", out)
    some = [(n, words.many(c), words.of(c, tally.units)) for n, c in bars.missing(tally)]
    _ranking(("事实", "单位", "占"), some, "缺得最多的事实", "项事实", out)
    ties = [(n, words.many(c), words.of(c, tally.units)) for n, c in bars.failed(tally)]
    _ranking(("勾稽", "单位", "占"), ties, "不符最多的勾稽", "条勾稽", out)


def _ranking(heads: Sequence[str], rows: list[tuple[str, str, str]], title: str, what: str, out: Console) -> None:
    if rows:
        printed(heads, rows[:MOST], title, out)
    if len(rows) > MOST:
        out.print(Text(f"还有 {len(rows) - MOST} {what}", "dim"))


def _strange(tally: Tally, out: Console) -> None:
    _told("各项满分", [words.perfect(tally)], bool(tally.perfect), "", out)
    edges = tally.edges
    if edges:
        plain = [words.edge(e) for e in edges if not e.crowded]
        _told("挤在界线上方", [words.edge(e) for e in edges if e.crowded], True, "", out)
        _lines(plain, "", out)
        _lines([words.edge_rule()], "dim", out)
    if tally.seen:
        crowds = tally.crowds
        found = [words.band(c) for c in crowds if c.crowded]
        if crowds:
            _told("挤在分档的界线上", found or ["没有发现"], bool(found), words.band_rule(), out)
        found = [words.slip(*s) for s in tally.slips]
        if len(found) > MOST:
            found = [*found[:MOST], f"还有 {len(found) - MOST} 项事实"]
        _told("金额的单位（万元、元）", found or ["没有发现"], bool(found), words.slip_rule(), out)
    else:
        _told("分档的界线、金额的单位", ["没有给事实，没有查"], False, "", out)
    if tally.change is not None:
        _told("与上年比", [words.changed(tally.change)], False, "", out)
        _lines([words.jump(n) for n in tally.change.farthest], "yellow", out)


def _told(title: str, found: Iterable[str], strange: bool, rule: str, out: Console) -> None:
    out.print()
    out.print(Text(title, "bold"))
    _lines(found, "yellow" if strange else "", out)
    _lines([rule] if rule else [], "dim", out)


def _lines(found: Iterable[str], style: str, out: Console) -> None:
    for text in found:
        out.print(Text(visible(text), style))
