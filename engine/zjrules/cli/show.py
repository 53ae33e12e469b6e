"""zjrules show: a rule set as one consolidated text, or as a document for people who read no code."""

from __future__ import annotations

import json
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import click

from zjrules.bookshelf import Gathered, dated, gathered
from zjrules.cli import pages, say
from zjrules.cli.writing import save
from zjrules.diag import Diagnostics
from zjrules.reader.opened import full_text, opened, whole

_FORMS = ("zj", "html", "json")


@click.command(cls=pages.Command, short_help="打印合并以后的规则全文，每一条出自哪里；也可以做成一个网页")
@click.argument("name", metavar="RULES")
@click.option(
    "--as-of",
    "day",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="截至哪一天，如 2026-03-01：以后才起施行的修改不算",
)
@click.option("--format", "form", type=click.Choice(_FORMS), help="输出格式；默认看 -o 的名称，否则 zj")
@click.option("-o", "path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="写进这个文件")
@click.option("--force", is_flag=True, help="文件已有也覆盖")
@pages.no_cache
def command(name: str, day: date | None, form: str | None, path: Path | None, force: bool) -> int:
    """打印一本规则的全文：沿用别的规则的，把修改、新增、删除、更名都合进去，排成统一的样子。

    zj：一本完整的规则，可以存成 .zj 文件用；每一条上面的「# 出自」是它站在哪个文件哪一行，修改过的另写从哪天起、依据什么。
    html：一个不用上网的网页，给不写规则的人看：目录、每个指标怎么评分和规则原文并排、看哪些事实、勾稽、事实和词的说明。
    json：同样的内容，给程序用。
    别的命令看某一天的规则，在编号后面写 @ 和日期：zjrules check 某局.yaml --rules zhanjiang/2026@2026-03-01。

    \b
    zjrules show zhanjiang/2025
    zjrules show zhanjiang/2025 --format html -o 规则.html
    zjrules show 某市/2026 --as-of 2026-03-01
    zjrules show 某市/2026 -o 全文.zj

    退出码：0 打印了；2 规则读不了或有错误；3 用法不对。
    """
    asked = f"{dated(name)[0]}@{day:%Y-%m-%d}" if day is not None else name
    shape = form or {".html": "html", ".htm": "html", ".json": "json"}.get(path.suffix.lower() if path else "", "zj")
    if shape == "html" and path is None:
        # A shell may write what is printed in another encoding than the page says that it has.
        raise click.UsageError("网页要写成文件：加 -o 规则.html")
    text, problems = _rules(asked) if shape == "zj" else _document(asked, shape)
    if text is None:
        say.diagnostics(problems, say.console(sys.stderr))
        return 2
    if path is not None:
        return save(path, text.encode(), force)
    sys.stdout.write(text)
    return 0


def _rules(name: str) -> tuple[str | None, Diagnostics]:
    texts, problems = gathered(name)
    if texts is None:
        return None, problems
    return _consolidated(texts)


def _consolidated(texts: Gathered) -> tuple[str | None, Diagnostics]:
    book, problems = whole(texts)
    return (full_text(texts, book) if book is not None else None), problems


def _document(name: str, shape: str) -> tuple[str | None, Diagnostics]:
    from zjrules.reader.document import document
    from zjrules.reader.page import page
    from zjrules.reader.record import record

    found, problems = opened(name)
    if found is None:
        return None, problems
    doc, engine = document(found), version("zjrules")
    if shape == "html":
        return page(doc, engine), ()
    return f"{json.dumps(record(doc, engine), ensure_ascii=False, indent=2)}\n", ()
