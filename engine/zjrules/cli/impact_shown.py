"""A dossier on a terminal, wide or narrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zjrules.dossier import words
from zjrules.dossier.dossier import Dossier, Unit
from zjrules.span import visible
from zjrules.summary.words import many

MOST = 10
"""Units of a list."""


def show(found: Dossier, alone: tuple[Sequence[str], Sequence[str]], out: Console) -> None:
    """Print a dossier; alone: the facts that only the old rule set asks, and those that only the new one asks."""
    out.print(Text(words.title(found), "bold"), soft_wrap=True)
    out.print(Text(f"{words.counted(found)}。", "bold"), soft_wrap=True)
    lines = [words.basis(found), *words.apart(found)]
    for name, facts in zip(("旧", "新"), alone, strict=True):
        if facts:
            lines.append(f"只有{name}规则要的事实：{'、'.join(facts)}；没有给的，{name}规则按缺失算。")
    for line in lines:
        out.print(Text(visible(line), "dim"), soft_wrap=True)
    _grades(found, out)
    _clauses(found, out)
    for name, units in (
        ("升得最多", found.winners),
        ("降得最多", found.losers),
        ("跨等级", found.crossing),
        ("没定", found.open),
    ):
        _units(name, units, out)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], title: str, out: Console, texts: int = 1) -> None:
    """Print a table of which the first columns are texts and the others numbers."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    for i, head in enumerate(heads):
        made.add_column(head, justify="left" if i < texts else "right", overflow="fold", no_wrap=i >= texts)
    for row in rows:
        made.add_row(*(Text(visible(cell)) for cell in row))
    out.print()
    out.print(Text(title, "bold"))
    out.print(made)


def _grades(found: Dossier, out: Console) -> None:
    old, new = found.names_of_grades(new=False), found.names_of_grades(new=True)
    rows = [(f"旧 {words.grade(a)}", *(many(found.grades.get((a, b), 0)) for b in new)) for a in old]
    _table(("", *(f"新 {words.grade(b)}" for b in new)), rows, "等级：旧（行）到新（列）的单位数", out)


def _clauses(found: Dossier, out: Console) -> None:
    out.print()
    out.print(Text(words.how(found), "bold"), soft_wrap=True)
    for number, share in enumerate(found.shares, 1):
        out.print(Text.assemble(f"{number:>3}  ", visible(words.said(share.change))), soft_wrap=True)
        if not found.attributed:
            continue
        out.print(
            Text(f"     {words.share(share)}", "green" if share.sum > 0 else "red" if share.sum < 0 else "dim"),
            soft_wrap=True,
        )


def _units(name: str, units: Sequence[Unit], out: Console) -> None:
    if not units:
        return
    rows = [
        (u.name, f"{words.total(u.old)} → {words.total(u.new)}", words.signed(u.change),
         f"{words.grades(u.old)} → {words.grades(u.new)}", f"{words.rank(u.old)} → {words.rank(u.new)}")
        for u in units[:MOST]
    ]  # fmt: skip
    title = f"{name}的单位" + (f"（前 {MOST} 个，共 {many(len(units))} 个）" if len(units) > MOST else "")
    if out.width >= 80:
        _table(("单位", "总分", "差额", "等级", "名次"), rows, title, out)
        return
    out.print()
    out.print(Text(title, "bold"))
    for unit, totals, change, grades, rank in rows:
        out.print(Text(visible(f"{unit}  {totals}（{change}）  {grades}  名次 {rank}")), soft_wrap=True)
