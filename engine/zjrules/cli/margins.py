"""The tables of margins and of what-ifs on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zjrules.appraisal import calendar_for
from zjrules.cli.outcome import Among
from zjrules.compiled.program import compiled
from zjrules.margin import said, why
from zjrules.margin.threshold import Unit, grade_rounded, margins, rounding_decided
from zjrules.project import Scored
from zjrules.term import rule as tr
from zjrules.trace import Step
from zjrules.unit import quantity

ROUNDED = "四舍五入决定了本档：不舍入会落在另一档"


def unit_of(one: Among, scored: Scored) -> Unit:
    """Return a unit for the analysis of what would change its scores, the other units staying as they are."""
    calendar, _ = calendar_for(scored.rules)
    program = scored.rules.program
    others = tuple(other.facts for other in one.others) if one.whole else None
    return Unit(program, compiled(program, calendar), scored.facts, calendar, others)


def show(step: Step, unit: Unit, out: Console) -> None:
    """Print for one indicator how far every fact is from the next threshold."""
    node = step.term
    assert isinstance(node, tr.Indicator)
    rows = said.rows(margins(node, unit), unit.program.schema, node)
    if rows:
        table(said.HEAD, rows, out)
    if rounding_decided(node, unit.scope({})):
        out.print(Text(f"    {ROUNDED}", "yellow"))
    if rows:
        out.print()


def show_grade(scored: Scored, unit: Unit, out: Console) -> None:
    """Print that rounding the total decided the grade, where it did."""
    if grade_rounded(scored.claimed, unit.scope({})):
        out.print(Text("四舍五入决定了等级：总分不舍入会是另一等", "yellow"))


def show_missed(step: Step, unit: Unit, goal: str, out: Console) -> None:
    """Print for one indicator which conditions of a better score were missed, and by how much."""
    node = step.term
    assert isinstance(node, tr.Indicator)
    least = wanted(goal, node, "--why-not")
    held = unit.score(node, {})
    if held is not None and held >= least:
        out.print(Text(f"现在是 {said.score(held, node)}，已经不低于 {said.score(least, node)}"))
        return
    rows = why.missed(node, unit.scope({}), least)
    out.print(Text(f"为什么没有得 {said.score(least, node)}", "bold"))
    if rows:
        table(why.HEAD, rows, out)
    else:
        out.print(Text("这个指标按公式算，没有分档和条件：zjrules whatif … --reach 算出至少要改多少"))


def wanted(text: str, node: tr.Indicator, option: str) -> Fraction:
    """Return the score that is asked for: 满分 or a number."""
    if text == "满分":
        return node.points
    found = quantity(text)
    if found is None or found[2] not in ("", "分"):
        raise click.UsageError(f"{option} 要写「满分」或一个分数，却是「{text}」")
    return found[0]


def table(head: Sequence[str], rows: Sequence[Sequence[str]], out: Console) -> None:
    """Print a small table whose cells are folded and never cut."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    for name in head:
        made.add_column(name, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    out.print(made)
