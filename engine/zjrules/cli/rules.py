"""zjrules rules: which rule sets there are."""

from __future__ import annotations

import click
from rich import box
from rich.table import Table
from rich.text import Text

from zjrules.cli import pages, say
from zjrules.project import load, rule_sets, shown


@click.command(cls=pages.Command, short_help="列出找得到的规则集")
def command() -> int:
    """列出找得到的规则集：编号、名称、发布单位、指标数、所在的目录。

    依次在 ZJRULES_PATH、当前目录向上最近的 rules/ 和随程序安装的规则里找。
    """
    out = say.console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("编号", "名称", "发布", "指标", "目录"):
        table.add_column(name, overflow="fold")
    broken = 0
    for name, path in sorted(rule_sets().items()):
        found, problems = load(name)
        if found is None:
            broken += 1
            errors = sum(d.is_error for d in problems)
            table.add_row(
                Text(name), Text(f"有 {errors} 个错误，zjrules test {name} 查看", "red"), "", "", Text(shown(path))
            )
            continue
        count = sum(1 for _ in found.indicators())
        book = found.program.book
        table.add_row(Text(name), Text(found.title), Text(book.issuer), str(count), Text(shown(path)))
    out.print(table)
    return 2 if broken else 0
