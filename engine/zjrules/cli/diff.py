"""zjrules diff: what changed between two rule sets, by meaning."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import click

from zjrules.cli import differing, pages, say
from zjrules.cli.prove import NO_SOLVER
from zjrules.cli.writing import refuse_existing, save
from zjrules.diag import Diagnostic, has_errors
from zjrules.project import load
from zjrules.ruleset import RuleSet

FORMS = ("text", "json", "md")
_SUFFIXES = {".json": "json", ".md": "md"}


@click.command(cls=pages.Command, short_help="两本规则（两年）按意思比：每处变化一句话，并证明得分变没变")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--no-prove", "plain", is_flag=True, help="只比条款，不问求解器得分是不是真的不同")
@click.option("--timeout", "seconds", type=click.FloatRange(0.1, 600), default=2.0, help="求解器每次最多几秒，默认 2")
@click.option("--format", "form", type=click.Choice(FORMS), help="输出格式；不写的，看 -o 的文件名，再不然是 text")
@click.option("-o", "--output", "output", type=click.Path(path_type=Path, dir_okay=False), help="写成文件，如 变化.md")
@click.option("--force", is_flag=True, help="文件已经有了也覆盖")
@pages.no_cache
def command(old: str, new: str, plain: bool, seconds: float, form: str | None, output: Path | None, force: bool) -> int:
    """比较 OLD 和 NEW，说出改了什么：按意思比，不是按行比。

    指标的新增、去掉、移动、更名、拆分、合并，分值、界线、权数、公式、扣分、不适用、词、舍入、总评、等级、勾稽，
    新要的和不再要的事实，事实的范围和单位：每处一句话，附两边的原文和行号。只是换了地方、重新排版、「令」改了名称、
    改了注释和说明的，不算变化。年度不同的，写成「次年5月30日」的日期按同一年比。

    装了 zjrules[prove] 的，有改动的指标还问求解器：写法不同、得分处处相同的是「证明未变」，不算变化；
    不同的给出事实，两边的得分由准确引擎算出。没有装的，会说明没有问。

    \b
    zjrules diff zhanjiang/2025 example/2026
    zjrules diff zhanjiang/2025 example/2026 -o 变化.md
    zjrules diff zhanjiang/2025 example/2026 --format json --no-prove

    退出码：0 没有变化；1 有变化；2 规则读不了或不合格；3 用法不对。
    """
    if output is not None:
        refuse_existing(output, force)
    loaded = [_loaded(name) for name in (old, new)]
    found = [r for r in loaded if r is not None]
    if len(found) < 2:
        return 2
    solver = find_spec("z3") is not None
    unasked = differing.NOT_WANTED if plain else "" if solver else differing.NO_SOLVER
    with say.busy(f"比较 {old} 和 {new}"):
        report = differing.compared(found[0], found[1], unasked, int(seconds * 1000))
    if unasked == differing.NO_SOLVER and report.left:
        help_ = "装上它再来：pip install 'zjrules[prove]'"
        say.diagnostics([Diagnostic(NO_SOLVER, unasked, (), help_)], say.console(sys.stderr))
    form = form or _SUFFIXES.get(output.suffix.lower() if output is not None else "", "text")
    if form == "text" and output is None:
        differing.show(report, say.console())
        return report.code
    text = differing.document(report, form)
    if output is None:
        click.echo(text, nl=False)
        return report.code
    return save(output, text.encode("utf-8"), force) or report.code


def _loaded(name: str) -> RuleSet | None:
    found, problems = load(name)
    if found is None or has_errors(problems):
        say.diagnostics(problems, say.console(sys.stderr))
    return found
