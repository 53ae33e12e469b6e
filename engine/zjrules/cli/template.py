"""zjrules template: an empty workbook to be filled."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zjrules.cli import pages, say
from zjrules.cli.writing import save
from zjrules.project import load


@click.command(cls=pages.Command, short_help="做一份填报用的工作簿（数据表.xlsx），每项事实一格、每张明细一页")
@click.argument("rules", metavar="RULES")
@click.option(
    "-o", "--output", "path", required=True, metavar="数据表.xlsx", type=click.Path(path_type=Path), help="写到哪里"
)
@click.option("--force", is_flag=True, help="文件已有也覆盖")
@pages.no_cache
def command(rules: str, path: Path, force: bool) -> int:
    """照一本规则做一份空的数据表：事实按一级指标分组，有单位、填报说明、要的佐证，能选的有下拉，只有要填的格可以改。

    \b
    zjrules template zhanjiang/2025 -o 数据表.xlsx

    填好后运行 zjrules check 数据表.xlsx。
    """
    if path.suffix.lower() != ".xlsx":
        raise click.UsageError(f"「{path}」不是工作簿的名称，要以 .xlsx 结尾")
    found, problems = load(rules)
    if found is None:
        say.diagnostics(problems, say.console(sys.stderr))
        return 2
    from zjrules.inout.workbook.databook import workbook

    schema = found.program.schema
    done = save(path, workbook(found), force)
    if done == 0:
        click.echo(
            f"已写 {path}：{len(schema.facts)} 项事实，{len(schema.ledgers)} 张明细。填好后运行 zjrules check {path}"
        )
    return done
