"""zjrules report: the three documents that a bureau hands in, from one set of facts."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zjrules.cli import pages, say
from zjrules.cli.outcome import exit_code, outcomes
from zjrules.cli.writing import WHY, refuse_existing, save
from zjrules.diag import Diagnostics
from zjrules.project import Scored

SCORES, DATA, REPORT = "评分表.xlsx", "数据表.xlsx", "自评报告.docx"
ALL = (SCORES, DATA, REPORT)


@click.command(cls=pages.Command, short_help="写出三份材料：评分表、数据表（xlsx）和自评报告（docx）")
@click.argument("facts", metavar="FACTS", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", required=True, metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
              help="写到哪个目录；没有就建")  # fmt: skip
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；默认看文件里的「规则:」")
@click.option(
    "--with", "further", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="同一单位的另一份事实文件"
)
@click.option(
    "--汇总", "--sum-up", "under", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="FACTS 是一个部门，DIR 里是下属单位的文件",
)  # fmt: skip
@click.option(
    "--only",
    "only",
    multiple=True,
    type=click.Choice([n.partition(".")[0] for n in ALL]),
    help="只写哪几份，可以写几次",
)
@click.option("--live", is_flag=True, help="评分表里的得分写成公式，改了取数表，得分跟着变；算不准的仍写数，并注明")
@click.option("--template", "template", metavar="报告.docx", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="自评报告用的 Word 模板；默认用规则目录里的 report.docx")  # fmt: skip
@click.option("--force", is_flag=True, help="文件已有也覆盖")
@pages.mapping
@pages.no_cache
def command(
    facts: Path,
    folder: Path,
    rules: str | None,
    further: tuple[Path, ...],
    under: Path | None,
    only: tuple[str, ...],
    live: bool,
    template: Path | None,
    force: bool,
    mapping: Path | None,
) -> int:
    """从一份事实写出三份材料，三份一定相符：评分表、数据表、自评报告。自评报告里只能由人写的，标着【由本单位填写】。

    \b
    zjrules report 数据表.xlsx -o 报送
    zjrules report 某局.yaml -o 报送 --live --force

    退出码：0 都写好了，没有发现；1 都写好了，事实还有要处理的；2 文件不合格或写不了；3 用法不对。
    """
    names = [n for n in ALL if not only or n.partition(".")[0] in only]
    for name in names:
        refuse_existing(folder / name, force)
    results = outcomes((facts,), further, (rules,) if rules else (), under=under, mapping=mapping)
    if len(results) > 1:
        raise click.UsageError("这份事实写了几本规则，用 --rules 指定一本")
    scored, found = results[0]
    if scored is None:
        say.diagnostics(found, say.console(sys.stderr))
        return 2
    documents: dict[str, bytes] = {}
    with say.busy("写三份材料"):
        for name in names:
            data, problems = _document(name, scored, live, template)
            if data is None:
                say.diagnostics(problems, say.console(sys.stderr))
                return 2
            documents[name] = data
    return _written(folder, documents) or _told(scored, len(found), documents, folder) or exit_code(scored, found)


def _document(name: str, scored: Scored, live: bool, template: Path | None) -> tuple[bytes | None, Diagnostics]:
    if name == SCORES:
        from zjrules.inout.workbook import livebook, scorebook

        make = livebook.workbook if live else scorebook.workbook
        return make(scored.rules, scored.facts, scored.claimed, scored.reviewed), ()
    if name == DATA:
        from zjrules.inout.workbook import databook

        return databook.workbook(scored.rules, scored.facts), ()
    return _report(scored, template)


def _report(scored: Scored, template: Path | None) -> tuple[bytes | None, Diagnostics]:
    try:
        from zjrules.papers import report
    except ImportError as missing:
        raise click.UsageError(
            f"写自评报告要另装一个部件（{missing.name}）：安装时写 zjrules[office]；只要两张表，写 --only 评分表 --only 数据表"
        ) from missing
    return report(scored, template)


def _written(folder: Path, documents: dict[str, bytes]) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        click.echo(f"建不了目录「{folder}」：{WHY.get(type(error), error.strerror)}", err=True)
        return 2
    return max((save(folder / name, data, force=True) for name, data in documents.items()), default=0)


def _told(scored: Scored, findings: int, documents: dict[str, bytes], folder: Path) -> int:
    """Say what was written and what is left to do; return 0."""
    for name in documents:
        click.echo(f"已写 {folder / name}")
    out = say.console()
    from zjrules.cli import table

    out.print(table.summary(scored, 0, 0, 0) if not findings else f"发现 {findings} 处要处理，zjrules check 看是哪几处")
    return 0
