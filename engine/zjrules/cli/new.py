"""zjrules new: an empty fact file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zjrules.cli import pages, say
from zjrules.cli.writing import save
from zjrules.inout.blank import blank
from zjrules.project import load


@click.command(cls=pages.Command, short_help="写一份空的事实文件，列出规则要的每一项")
@click.argument("path", metavar="FACTS.yaml", type=click.Path(path_type=Path))
@click.option("--rules", "rules", required=True, metavar="RULES", help="哪一本规则，如 zhanjiang/2025")
@click.option("--force", is_flag=True, help="文件已有也覆盖")
@pages.no_cache
def command(path: Path, rules: str, force: bool) -> int:
    """写一份空的、带说明的事实文件：每项事实的类型、单位、要的佐证、用在哪个指标。写「-」就打印出来。

    \b
    zjrules new 某局.yaml --rules zhanjiang/2025
    """
    found, problems = load(rules)
    if found is None:
        say.diagnostics(problems, say.console(sys.stderr))
        return 2
    text = blank(found.program, rules, found.title)
    if str(path) == "-":
        click.echo(text, nl=False)
        return 0
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise click.UsageError(f"「{path}」不是事实文件的名称，要以 .yaml 结尾；要工作簿用 zjrules template")
    if save(path, text.encode(), force):
        return 2
    count = len(found.program.schema.facts), len(found.program.schema.ledgers)
    click.echo(f"已写 {path}：{count[0]} 项事实，{count[1]} 张明细。填好后运行 zjrules check {path}")
    return 0
