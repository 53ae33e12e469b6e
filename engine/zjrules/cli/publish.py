"""zjrules publish: fix what a rule set is, edition by edition."""

from __future__ import annotations

import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import click

from zjrules import lock, snapshot
from zjrules.bookshelf import Gathered, dated, gathered, pinned, shown
from zjrules.cli import pages, say
from zjrules.cli.writing import WHY, save
from zjrules.publish import Publication, publication


@click.command(cls=pages.Command, short_help="公布一本规则：写 book.lock，记下每个文件的摘要；改过的要作为更正再公布")
@click.argument("name", metavar="RULES")
@click.option("--correct", "correction", metavar="理由", default="", help="更正已经公布的：为什么改。得到新的一版")
@click.option(
    "--on", "day", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="公布的日期，默认今天，如 2026-03-10"
)
@pages.no_cache
def command(name: str, correction: str, day: date | None) -> int:
    """公布一本规则：在它的目录里写 book.lock，记下每个文件（沿用的、用到的词和事实也在内）的摘要、核式的摘要。

    原文留在 editions/ 里。以后要照第几版重算，编号后面写 @ 和版号：--rules zhanjiang/2026@1。

    公布以后改过一个字，check、explain、report、audit 就不再用它评分，直到改回去，或作为更正公布新的一版。
    得分的 JSON、凭证、各种表上都写着是第几版。

    \b
    zjrules publish zhanjiang/2026
    zjrules publish zhanjiang/2026 --correct "第 3 条的界线印错，90% 应为 85%"

    退出码：0 公布了，或没有变化；2 规则有错误，或不能这样公布；3 用法不对。
    """
    err = say.console(sys.stderr)
    if dated(name)[1] is not None or pinned(name)[1] is not None:
        raise click.UsageError("公布的是整本，编号后面不写 @")
    if correction != " ".join(correction.split()) or "\n" in correction:
        raise click.UsageError("更正的理由写成一行，前后不留空格")
    texts, problems = gathered(name)
    if texts is None:
        say.diagnostics(problems, err)
        return 2
    on = f"{day or date.today():%Y-%m-%d}"  # noqa: DTZ011 - the day that people of the office write
    found, problems = publication(texts, correction, on, version("zjrules"))
    if found is None:
        say.diagnostics(problems, err)
        return 2
    last = found.lock.last
    path = (texts.path if texts.path.is_dir() else texts.path.parent) / lock.NAME
    if not found.new:
        click.echo(f"{name} 没有变化，仍是{last.edition}，{last.day} 公布")
        return 0
    if _kept(path.parent, texts, last.number) or save(path, lock.written(found.lock).encode(), force=True):
        return 2
    _tell(name, found, path)
    return 0


def _kept(folder: Path, texts: Gathered, number: int) -> int:
    """Keep the texts of an edition beside the rules; what an attempt that failed left there is written over."""
    place = snapshot.place(folder, number)
    own = {Path(s.name).name: s.text for s in texts.own}
    bases = {b.id: {Path(s.name).name: s.text for s in b.sources} for b in texts.bases}
    library = {"/".join(Path(s.name).parts[-2:]): s.text for s in texts.std}
    try:
        place.parent.mkdir(exist_ok=True)
    except OSError as error:
        click.echo(f"写不了「{shown(place)}」：{WHY.get(type(error), error.strerror)}", err=True)
        return 2
    return save(place, snapshot.written(own, bases, library).encode(), force=True)


def _tell(name: str, found: Publication, path: Path) -> None:
    last = found.lock.last
    click.echo(f"已公布 {name} {last.edition}，{last.day}：{shown(path)}")
    if last.number > 1:
        click.echo("意思和上一版不同：得分可能不同" if found.moved else "意思和上一版一样：只改了文字，得分不会变")
    click.echo(f"核式 SHA-256 {last.kernel}")
    click.echo("这是凭证里的「核式摘要」，可以随通知公布")
