"""zjrules map: propose which cells of a bureau's own workbook are which facts."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich import box
from rich.table import Table
from rich.text import Text

from zjrules.cli import pages, say
from zjrules.cli.writing import refuse_existing, save
from zjrules.inout.workbook import grid
from zjrules.inout.workbook.proposal import Proposal, proposal, written
from zjrules.project import load, shown

MOST_LEFT = 12
"""Names of what was not found that are shown; the mapping file lists all."""
SURE = 90
"""Hundredths of likeness below which a proposal is marked to be looked at first."""


@click.command(cls=pages.Command, short_help="本单位自己的工作簿：提出哪一格是哪项事实，写成映射给人核对")
@click.argument("workbook", metavar="表.xlsx", type=click.Path(path_type=Path))
@click.option("--rules", "rules", required=True, metavar="RULES", help="哪一本规则，如 zhanjiang/2025")
@click.option(
    "-o", "--output", "path", metavar="映射.yaml", type=click.Path(path_type=Path), help="把提出的映射写到哪里"
)
@click.option("--force", is_flag=True, help="文件已有也覆盖")
@pages.no_cache
def command(workbook: Path, rules: str, path: Path | None, force: bool) -> int:
    """按标签的相像，提出工作簿里哪一格是哪项事实，哪些没有找到。只是提出：写出的映射要人逐条核对、写上「已核: 是」才能用。

    \b
    zjrules map 决算表.xlsx --rules zhanjiang/2025 -o 映射.yaml
    zjrules check 决算表.xlsx --map 映射.yaml
    """
    if path is not None:
        refuse_existing(path, force)
    found, problems = load(rules)
    book, wrong = grid.read(workbook, shown(workbook)) if found is not None else (None, ())
    if found is None or book is None:
        say.diagnostics([*problems, *wrong], say.console(sys.stderr))
        return 2
    with say.busy("对照标签"):
        made = proposal(book, found.program.schema, found.program.book.year)
    _show(made, MOST_LEFT if path is not None else None)
    if path is None:
        click.echo("加 -o 映射.yaml 写成文件，核对以后用")
        return 0
    done = save(path, written(made, rules, workbook.name).encode(), force)
    if done == 0:
        click.echo(f"已写 {path}。逐条核对、改对，把「已核」改成 是，再运行 zjrules check {workbook} --map {path}")
    return done


def _show(made: Proposal, most: int | None) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=False)
    for name in ("事实", "在哪里", "显示", "标签", "像"):
        table.add_column(name, overflow="fold", justify="right" if name == "像" else "left")
    for each in made.facts:
        label = each.place.row_label + (f"／{each.place.column_label}" if each.place.column_label else "")
        unit = f"（{each.unit}）" if each.unit else ""
        look = "" if each.alike >= SURE else "yellow"
        cells = (each.fact, each.place.where, f"{each.place.cell.displayed}{unit}", label, f"{each.alike}%")
        table.add_row(*(Text(c, look) for c in cells))
    for ledger in made.ledgers:
        for column, (text, alike) in ledger.headings.items():
            look = "" if alike >= SURE else "yellow"
            cells = (f"{ledger.ledger}·{column}", f"{ledger.sheet}!第 {ledger.row} 行", "", text, f"{alike}%")
            table.add_row(*(Text(c, look) for c in cells))
    console = say.console()
    if made.facts or made.ledgers:
        console.print(table)
    more = " 等，都列在映射文件里" if most is not None and len(made.left) > most else ""
    left = f"没有找到 {len(made.left)} 项：{'、'.join(made.left[:most])}{more}"
    console.print(Text(f"放上 {len(made.facts)} 项事实、{len(made.ledgers)} 张明细；{left}"))
