"""zjrules diff: what changed between two rule sets, by meaning."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from attrs import frozen

from zjrules.cli import differing, pages, say
from zjrules.cli.batch import ledgers_given
from zjrules.cli.prove import NO_SOLVER
from zjrules.cli.summary import SCORING, not_installed
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
@click.option("--facts", "facts", metavar="DIR|FILE", type=click.Path(path_type=Path),
              help="一批单位的事实（batch 收的表或目录）：两边各算一遍，谁升谁降，差额归到各条文")  # fmt: skip
@click.option("--html", "page", metavar="影响.html", type=click.Path(path_type=Path, dir_okay=False),
              help="和 --facts 一起：另写一个不用上网的网页，有图")  # fmt: skip
@click.option("--no-attribution", "unattributed", is_flag=True, help="和 --facts 一起：不把差额归到条文，快得多")
@click.option("--orders", "orders", type=click.IntRange(1, 10_000), default=32, metavar="N",
              help="和 --facts 一起：影响得分的条文多于 8 处时抽几种次序，默认 32")  # fmt: skip
@click.option("--seed", "seed", type=int, default=20260101, metavar="N", help="抽次序的种子，默认 20260101")
@click.option("--ledger", "ledgers", multiple=True, metavar="明细名=FILE", callback=ledgers_given,
              help="和 --facts 一起：这张明细另在一张表里；可以写几次")  # fmt: skip
@click.option("--empty", "empty", multiple=True, metavar="明细名", help="这张明细里没有行的单位就是一笔也没有")
@click.option("--ignore", "ignored", multiple=True, metavar="列名", help="表里不用的列；可以写几次")
@pages.no_cache
def command(
    old: str,
    new: str,
    plain: bool,
    seconds: float,
    form: str | None,
    output: Path | None,
    force: bool,
    facts: Path | None,
    **rest: Any,
) -> int:
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
    zjrules diff zhanjiang/2025 example/2026 --facts 全市.parquet -o 影响.xlsx --html 影响.html

    加 --facts 的，用同一批事实（按旧规则的名称和年度）把每个单位按两边各算一遍：总分、名次、等级，谁跨了等级，升降最多的；
    每个单位的差额按沙普利值分到影响得分的条文，加起来正好是差额。不多于 8 处的走遍一切改法，更多的按种子抽次序，并说明。
    总分有一边没有定的另列区间，不归因。-o 写成 .xlsx（或 .json），--format 是 text 或 json；不问求解器。加 --facts 的，没有一个单位的得分变、也没有未定的，退出码才是 0。

    退出码：0 没有变化；1 有变化；2 规则读不了或不合格；3 用法不对。
    """
    if facts is None and (any(v for k, v in rest.items() if k not in ("orders", "seed")) or _named(output, ".xlsx")):
        raise click.UsageError("--html、--no-attribution、--ledger、--empty、--ignore 和 .xlsx 要和 --facts 一起用")
    if facts is not None:
        return _dossier(old, new, Asked(facts, output, form, force), rest)
    return _compared(old, new, Proving(plain, seconds), output, form, force)


@frozen
class Proving:
    """Whether and how long the solver is asked."""

    plain: bool
    seconds: float


def _compared(old: str, new: str, how: Proving, output: Path | None, form: str | None, force: bool) -> int:
    """Compare two rule sets by their clauses."""
    if output is not None:
        refuse_existing(output, force)
    loaded = [_loaded(name) for name in (old, new)]
    found = [r for r in loaded if r is not None]
    if len(found) < 2:
        return 2
    solver = find_spec("z3") is not None
    unasked = differing.NOT_WANTED if how.plain else "" if solver else differing.NO_SOLVER
    with say.busy(f"比较 {old} 和 {new}"):
        report = differing.compared(found[0], found[1], unasked, int(how.seconds * 1000))
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


@frozen
class Asked:
    """What both uses of the command have, where the facts are given."""

    facts: Path
    output: Path | None
    form: str | None
    force: bool


def _named(output: Path | None, *endings: str) -> bool:
    return output is not None and output.suffix.lower() in endings


def _dossier(old: str, new: str, asked: Asked, rest: dict[str, Any]) -> int:
    """Replay both rule sets over all units."""
    if asked.form == "md" or (asked.output is not None and not _named(asked.output, ".xlsx", ".json")):
        raise click.UsageError("加了 --facts 的，-o 写成 .xlsx 或 .json，--format 写 text 或 json；网页用 --html")
    absent = not_installed("--facts ", SCORING)
    if absent:
        say.diagnostics(absent, say.console(sys.stderr))
        return 2
    sides = [_loaded(name) for name in (old, new)]
    if sides[0] is None or sides[1] is None:
        return 2
    from zjrules.cli import impact

    wanted = impact.Wanted(
        asked.facts, rest["ledgers"], rest["empty"], rest["ignored"], not rest["unattributed"], rest["orders"], rest["seed"],
        asked.output, rest["page"], asked.form or "text", asked.force,
    )  # fmt: skip
    return impact.run(sides[0], sides[1], wanted)


def _loaded(name: str) -> RuleSet | None:
    found, problems = load(name)
    if found is None or has_errors(problems):
        say.diagnostics(problems, say.console(sys.stderr))
    return found
