"""zjrules show: a rule set as one consolidated text, with where every clause came from."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from zjrules import build
from zjrules.bookshelf import dated, gathered
from zjrules.canonical import consolidated_text
from zjrules.cli import pages, say
from zjrules.cli.writing import save
from zjrules.diag import has_errors


@click.command(cls=pages.Command, short_help="打印合并以后的规则全文，每一条出自哪里；可以看某一天的")
@click.argument("name", metavar="RULES")
@click.option(
    "--as-of",
    "day",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="截至哪一天，如 2026-03-01：以后才起施行的修改不算",
)
@click.option("-o", "path", metavar="FILE.zj", type=click.Path(path_type=Path, dir_okay=False), help="写进这个文件")
@click.option("--force", is_flag=True, help="文件已有也覆盖")
@pages.no_cache
def command(name: str, day: date | None, path: Path | None, force: bool) -> int:
    """打印一本规则的全文：沿用别的规则的，把修改、新增、删除、更名都合进去，排成统一的样子。

    每一条上面的「# 出自」是它站在哪个文件哪一行，修改过的另写从哪天起、依据什么。打印的是一本完整的规则，可以存成 .zj 文件用。
    别的命令看某一天的规则，在编号后面写 @ 和日期：zjrules check 某局.yaml --rules zhanjiang/2026@2026-03-01。

    \b
    zjrules show zhanjiang/2025
    zjrules show 某市/2026 --as-of 2026-03-01
    zjrules show 某市/2026 -o 全文.zj

    退出码：0 打印了；2 规则读不了或有错误；3 用法不对。
    """
    asked = f"{dated(name)[0]}@{day:%Y-%m-%d}" if day is not None else name
    err = say.console(sys.stderr)
    texts, problems = gathered(asked)
    if texts is None:
        say.diagnostics(problems, err)
        return 2
    found, problems = build.build(texts.own, texts.std, texts.spare, texts.bases, texts.as_of)
    if found is None or found.book is None or has_errors(problems):
        say.diagnostics([p for p in problems if p.is_error], err)
        return 2
    lines = [f"{dated(name)[0]} 的全文" + (f"，截至 {texts.as_of}" if texts.as_of is not None else "")]
    lines += ["沿用 " + "、".join(b.id for b in reversed(texts.bases))] if texts.bases else []
    text = consolidated_text(found.book, "\n".join(lines))
    if path is not None:
        return save(path, text.encode(), force)
    sys.stdout.write(text)
    return 0
