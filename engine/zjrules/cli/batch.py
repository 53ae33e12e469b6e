"""zjrules batch: score many units from tables to a table."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zjrules.cli import pages, say
from zjrules.cli.summary import SCORING, not_installed


def ledgers_given(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[tuple[str, Path], ...]:
    """Read what --ledger says. Raises a usage error."""
    found = []
    for text in given:
        name, equals, path = text.partition("=")
        if not (name and equals and path):
            raise click.UsageError(f"--ledger 写成「明细名=文件」，却是「{text}」")
        found.append((name, Path(path)))
    if len({name for name, _ in found}) < len(found):
        raise click.UsageError("一张明细只给一次 --ledger")
    return tuple(found)


@click.command(cls=pages.Command, short_help="给成千上万个单位的表算分，写成一张表")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.option("-o", "--output", "output", metavar="OUT", type=click.Path(path_type=Path, dir_okay=False),
              help="写到这个文件：.parquet、.csv、.xlsx 或 .arrow")  # fmt: skip
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；IN 是事实文件时默认看文件里的「规则:」")
@click.option("--ledger", "ledgers", multiple=True, metavar="明细名=FILE", callback=ledgers_given,
              help="这张明细另在一张表里，每行写「单位」；可以写几次")  # fmt: skip
@click.option("--empty", "empty", multiple=True, metavar="明细名",
              help="这张明细里没有行的单位就是一笔也没有；不写时是缺失")  # fmt: skip
@click.option("--ignore", "ignored", multiple=True, metavar="列名", help="不用的列；可以写几次")
@click.option("--block", "size", type=click.IntRange(min=1), metavar="N", help="每次读多少行；默认看列数，最多 100,000")
@click.option("--sweep", "sweeps", multiple=True, metavar="参数=值",
              help="参数取几个值，各算一遍，数据只读一次：从..到/步，或用逗号隔开；写几次就是各种组合")  # fmt: skip
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local",
              help="在哪里算：这台机器，或 Spark（要装 zjrules[spark] 和 Java）；默认 local")  # fmt: skip
@click.option("--master", metavar="URL", help="Spark 在哪里，例如 local[4]、yarn；默认照 Spark 自己的设置")
@click.option("--plan", is_flag=True, help="只说会怎么做：有多少行、哪些列、缺哪些列，不算")
@click.option("--resume", is_flag=True, help="接着上次没有算完的算；结果和一次算完的一样")
@click.option("--force", is_flag=True, help="OUT 已有也覆盖；上次没有算完的，从头算")
@click.option("--html", "page", metavar="汇总.html", type=click.Path(path_type=Path, dir_okay=False),
              help="算完以后汇总，另写一个不用上网的网页，有图")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="小结的格式，默认 text")
@pages.no_cache
def command(
    source: Path, output: Path | None, rules: str | None, ledgers: tuple[tuple[str, Path], ...], empty: tuple[str, ...],
    ignored: tuple[str, ...], size: int | None, sweeps: tuple[str, ...], engine: str, master: str | None, plan: bool,
    resume: bool, force: bool, page: Path | None, form: str,
) -> int:  # fmt: skip
    """给一张表里的全部单位算分。IN 是 Parquet、CSV、Arrow IPC 的文件，或一个目录：里面是一种表的各份，或每个单位一份的工作簿、YAML。

    \b
    zjrules batch 全市.parquet -o 得分.parquet --rules zhanjiang/2025
    zjrules batch 全市.csv -o 得分.xlsx --rules zhanjiang/2025 --ledger 采购合同=合同.csv
    zjrules batch 全市.parquet -o 得分.parquet --rules zhanjiang/2025 --plan
    zjrules batch 全市.parquet -o 得分.parquet --rules zhanjiang/2025 --resume
    zjrules batch 全市.parquet -o 扫描.parquet --rules zhanjiang/2025 --sweep 调剂权重=40%..80%/5%
    zjrules batch 全市.parquet -o 得分.parquet --rules zhanjiang/2025 --html 汇总.html
    zjrules batch 全国.parquet -o 得分.parquet --rules zhanjiang/2025 --engine spark --master local[4]
    zjrules explain 得分.parquet --unit 某局

    表里一行一个单位：「单位」一列，一项事实一列（金额的列名写单位，如「年初预算数（万元）」，（分）最快），旁边可以有
    「事实名·佐证」「事实名·不适用」「事实名·理由」；空的格是缺失。明细是列表，或另一张表。
    有问题的行不算，放进 OUT.退回.csv，写明代码和怎么改；OUT 从哪里来的记在 OUT.来历.json。细说：zjrules help 批量。

    退出码：0 全部算出来，没有要看的；1 有退回的行、缺事实、勾稽不符；2 读不了或列不合格；3 用法不对。
    """
    if output is None and not plan:
        raise click.UsageError("要用 -o 写明输出的文件")
    absent = not_installed("成批计算", SCORING)
    if absent:
        say.diagnostics(absent, say.console(sys.stderr))
        return 2
    from zjrules.cli import batching

    asked = batching.Asked(source, output, rules, ledgers, empty, ignored, size, sweeps, resume, force, form, page)
    if engine == "spark":
        from zjrules.cli import sparking

        sparking.usage(asked, plan)
        return sparking.run(asked, master)
    batching.usage(asked, master)
    return batching.planned(asked) if plan else batching.run(asked)
