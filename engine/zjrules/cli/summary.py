"""zjrules summary: what the scores of many units come to."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import click

from zjrules.cli import pages, say, writing
from zjrules.diag import Code, Diagnostic, has_errors
from zjrules.num import read
from zjrules.project import load

NO_TABLES = Code("ZJ5191", "bulk-libraries-missing")
LIBRARIES = ("numpy", "polars", "pyarrow")
SCORING = (*LIBRARIES, "llvmlite")
"""What scores many units."""


@click.command(cls=pages.Command, short_help="一批单位的得分汇总：总分、等级、各指标、失分、异常，附图")
@click.argument("table", metavar="得分表", type=click.Path(path_type=Path))
@click.option("--rules", "rules", required=True, metavar="RULES", help="得分表是按哪一本规则算的")
@click.option(
    "--last",
    "last",
    metavar="得分表",
    type=click.Path(path_type=Path),
    help="上年的得分表，按单位名称对上，列出变动大的",
)
@click.option("--jump", "jump", metavar="分", default="10", help="与上年比，变动不小于几分的列出，默认 10")
@click.option(
    "--html",
    "page",
    metavar="汇总.html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="另写一个不用上网的网页，有图",
)
@click.option("--force", is_flag=True, help="网页已经有了也覆盖")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式，默认 text")
@pages.no_cache
def command(table: Path, rules: str, last: Path | None, jump: str, page: Path | None, force: bool, form: str) -> int:
    """汇总一批单位的得分。得分表是 zjrules batch 写出的 Parquet、CSV 或 Arrow 文件，一行一个单位。

    说出：总分的分布、平均、四分位；各等级有几个单位，缺事实的还可能得哪几等；各指标满分、部分得分、零分、缺事实的各有几个，
    得分率，失分最多的指标；缺得最多的事实；不符最多的勾稽；异常：各项满分的，挤在等级界线上方的，与上年比变动大的。
    个数和分数都是准确的，只在显示时四舍五入；不准确的会说明。

    \b
    zjrules summary 得分.parquet --rules zhanjiang/2025
    zjrules summary 得分.csv --rules zhanjiang/2025 --html 汇总.html
    zjrules summary 得分.parquet --rules zhanjiang/2025 --last 上年得分.parquet --jump 5
    zjrules summary 得分.parquet --rules zhanjiang/2025 --format json

    退出码：0 汇总好了；2 表读不了、不是这本规则的得分表；3 用法不对。
    """
    least = _points(jump)
    if page is not None:
        writing.refuse_existing(page, force)
    absent = not_installed("汇总", (*LIBRARIES, *(["matplotlib"] if page is not None else [])))
    if absent:
        _say(absent)
        return 2
    found, problems = load(rules)
    if found is None or has_errors(problems):
        _say(problems)
        return 2
    from zjrules.cli import tallying

    tally, wrong = tallying.tallied(table, found.program, last, least)
    if tally is None:
        _say(wrong)
        return 2
    return tallying.told(tally, found, table.name, page, force, form)


def not_installed(what: str, libraries: Iterable[str]) -> list[Diagnostic]:
    """Return what is to be said where some libraries are not installed."""
    absent = [name for name in libraries if find_spec(name) is None]
    help_ = "装上它们再来：pip install 'zjrules[bulk]'"
    return [Diagnostic(NO_TABLES, f"{what}要用 {'、'.join(absent)}，这台机器没有装", (), help_)] if absent else []


def _points(text: str) -> Fraction:
    found = read(text.removesuffix("分").strip())
    if found is None or found <= 0:
        raise click.UsageError(f"--jump 要写大于 0 的分数，却是「{text}」")
    return found


def _say(found: Iterable[Diagnostic]) -> None:
    say.diagnostics(found, say.console(sys.stderr))
