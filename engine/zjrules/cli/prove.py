"""zjrules prove: what holds of a rule set for all facts, and facts that show what does not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

import click
from attrs import evolve

from zjrules.cli import pages, proving, say
from zjrules.cli.outcome import refuse_unknown
from zjrules.diag import Code, Diagnostic, Severity, has_errors
from zjrules.project import load
from zjrules.ruleset import RuleSet
from zjrules.term.question import QUESTIONS

FORMS = ("text", "json", "sarif", "junit", "github")
NO_SOLVER = Code("ZJ7001", "solver-missing", Severity.WARNING)
DISAGREES = Code("ZJ9010", "proof-disagrees-with-engine")


@click.command(cls=pages.Command, short_help="对所有可能的事实证明规则：范围、分档、方向、断崖；不成立的给出反例")
@click.argument("rules", metavar="RULES")
@click.argument("names", nargs=-1, metavar="[指标…]")
@click.option(
    "--kind", "kinds", multiple=True, metavar="类", type=click.Choice([*QUESTIONS]), help="只问这些类，可以写几次"
)
@click.option("--same-as", "other", metavar="RULES", help="与另一本规则（另一年）逐个指标比，不同的给出事实")
@click.option("--all", "whole", is_flag=True, help="逐题列出，不只列反例和未判定的")
@click.option("--timeout", "seconds", type=click.FloatRange(0.1, 600), default=2.0, help="求解器每次最多几秒，默认 2")
@click.option(
    "--write-cases", "folder", type=click.Path(path_type=Path, file_okay=False), help="把反例写成案例文件，放在这个目录"
)
@click.option("--force", is_flag=True, help="案例文件已经有了也覆盖")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", help="输出格式，默认 text")
@pages.no_cache
def command(
    rules: str, names: tuple[str, ...], kinds: tuple[str, ...], other: str | None, whole: bool, seconds: float,
    folder: Path | None, force: bool, form: str,
) -> int:  # fmt: skip
    """规则本身对不对：不是对一份事实，而是对所有可能的事实。

    问题由规则逐条列出：得分不出 0 至满分、满分和 0 分取得到、总算得出（不除以 0）、每一档轮得到、随每项事实往哪个方向变、
    改最小的一步最多跳多少、有没有怎么填都不影响得分的事实和去掉也一样的条、每个等级取得到、每条勾稽能通过也能不通过。

    判定是 已证、反例、未判定（限时内没有答出，不算已证）。反例都由准确引擎重算过，是 zjrules check 能读的事实。
    作者认可的反例在规则里写明：认可 零分 "最低档就有 2 分"。

    \b
    zjrules prove zhanjiang/2025
    zjrules prove zhanjiang/2025 固定资产利用率 --all
    zjrules prove zhanjiang/2025 --kind 断崖
    zjrules prove 某市/2026 --same-as zhanjiang/2025

    退出码：0 都已证（或已认可）；1 有反例或未判定的；2 规则不合格，或没有装求解器；3 用法不对。
    """
    loaded = [_loaded(name) for name in (rules, other) if name is not None]
    if None in loaded:
        return 2
    first, *rest = (r for r in loaded if r is not None)
    refuse_unknown(names, [n.name for n in first.indicators()])
    solver = find_spec("z3") is not None
    if not solver:
        help_ = (
            "装上它再来：pip install 'zjrules[prove]'；不上网的机器，先在能上网的机器上 pip download z3-solver 再拷过去"
        )
        message = "证明要用求解器 z3-solver，这台机器没有装；只答得出一个数决定的指标"
        say.diagnostics([Diagnostic(NO_SOLVER, message, (), help_)], say.console(sys.stderr))
        if rest:
            return 2
    return _prove(
        first, rest[0] if rest else None, names, kinds, (whole, int(seconds * 1000) * solver, folder, form), force
    )


def _loaded(name: str) -> RuleSet | None:
    found, problems = load(name)
    if found is None or has_errors(problems):
        say.diagnostics(problems, say.console(sys.stderr))
    return found


def _prove(
    rules: RuleSet, other: RuleSet | None, names: Sequence[str], kinds: Sequence[str],
    how: tuple[bool, int, Path | None, str], force: bool,
) -> int:  # fmt: skip
    whole, timeout, folder, form = how
    begun = monotonic()
    with say.busy(f"证明 {rules.id}"):
        report: proving.Report | None
        if not timeout:
            report = proving.simply(rules, names)
        elif other is not None:
            report = proving.compared(rules, other, timeout)
        else:
            report = _settled(rules, names, timeout)
    if report is None:
        return 2
    report = evolve(report, answers=tuple(a for a in report.answers if not kinds or a.question.kind in kinds))
    written = proving.write_cases(report, folder, force) if folder is not None else 0
    if form != "text":
        click.echo(proving.document(report, form), nl=False)
    else:
        proving.show(report, whole, monotonic() - begun, say.console())
    return max(written, report.code)


def _settled(rules: RuleSet, names: Sequence[str], timeout: int) -> proving.Report | None:
    """Ask the solver; None, with what was said, where it and the exact engine do not agree."""
    from zjrules.prove.run import DisagreeError

    try:
        return proving.proved(rules, names, timeout)
    except DisagreeError as error:
        help_ = "这是程序的错，不是规则的错；请把规则和这一行发给维护者。这次的结果都不要用"
        say.diagnostics([Diagnostic(DISAGREES, str(error), (), help_)], say.console(sys.stderr))
        return None
