"""The tables of margins and of what-ifs on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zjrules.cli.outcome import calendar_for
from zjrules.compiled.program import compiled
from zjrules.margin import said
from zjrules.margin.threshold import Unit, margins, rounding_decided
from zjrules.project import Scored
from zjrules.term import rule as tr
from zjrules.trace import Step

ROUNDED = "四舍五入决定了本档：不舍入会落在另一档"


def unit_of(scored: Scored) -> Unit:
    """Return a unit for the analysis of what would change its scores."""
    calendar, _ = calendar_for(scored.rules)
    return Unit(scored.rules.program, compiled(scored.rules.program, calendar), scored.facts, calendar)


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


def table(head: Sequence[str], rows: Sequence[Sequence[str]], out: Console) -> None:
    """Print a small table whose cells are folded and never cut."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    for name in head:
        made.add_column(name, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    out.print(made)
