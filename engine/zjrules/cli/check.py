"""zjrules check: score fact files and explain them."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from zjrules.cli import pages, say, table
from zjrules.diag import Diagnostic, Diagnostics, Severity, has_errors
from zjrules.exact.scope import WorkCalendar
from zjrules.explain.findings import findings
from zjrules.explain.lines import explained
from zjrules.project import Scored, fitted, load, read_facts, rules_named, score_both
from zjrules.ruleset import RuleSet
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey

Outcome = tuple[Scored | None, list[Diagnostic]]


@click.command(cls=pages.Command, short_help="给事实文件算分、查勾稽、逐项解释")
@click.argument("files", nargs=-1, required=True, metavar="FACTS…", type=click.Path(path_type=Path))
@click.option(
    "--rules", "rules", metavar="RULES", help="用哪一本规则（如 zhanjiang/2025，或一个目录）；默认看文件里的「规则:」"
)
@click.option(
    "--with", "further", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="同一单位的另一份事实文件"
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式，默认 text")
@click.option("--brief", is_flag=True, help="只要得分表和发现，不要逐项解释")
@pages.no_cache
def command(files: tuple[Path, ...], rules: str | None, further: tuple[Path, ...], form: str, brief: bool) -> int:
    """给事实文件算分：得分表、发现的问题、每个指标怎么算的。每个文件是一个单位。

    \b
    zjrules check 某局.yaml
    zjrules check 甲局.yaml 乙局.yaml --rules zhanjiang/2025 --brief
    zjrules check 某局.yaml --with 采购合同.yaml --format json

    退出码：0 没有发现；1 有发现（勾稽不通过、自评与重算不符、缺事实）；2 文件不合格；3 用法不对。
    """
    if further and len(files) > 1:
        raise click.UsageError("--with 只用于一个单位：FACTS 只写一个文件")
    outcomes = [outcome(path, further, rules) for path in files]
    if form == "json":
        from zjrules.cli import machine

        click.echo(machine.checked(outcomes))
    else:
        for result in outcomes:
            _show(*result, brief=brief, only=())
    return max(exit_code(*result) for result in outcomes)


def outcome(path: Path, further: tuple[Path, ...], rules: str | None) -> Outcome:
    """Read, fit and score one unit; the diagnostics hold what was wrong on the way and what was found."""
    handed, problems = read_facts(path, further)
    found = list(problems)
    if handed is None:
        return None, found
    name, more = rules_named(handed, rules)
    found += more
    if name is None:
        return None, found
    rule_set, more = load(name)
    found += more
    if rule_set is None:
        return None, found
    facts, more = fitted(handed, rule_set)
    found += more
    if has_errors(found):
        return None, found
    calendar, more = calendar_for(rule_set)
    found += more
    scored = score_both(rule_set, facts, calendar)
    return scored, [*found, *findings(scored.claimed, facts)]


def calendar_for(rules: RuleSet) -> tuple[WorkCalendar | None, Diagnostics]:
    """Return the calendar when the rules need one, with the years that they supply; its library is not imported otherwise."""
    if not survey.uses(rules.program, tm.Workdays, tm.AddWorkdays, tm.RollOn, tm.Festival):
        return None, ()
    from zjrules.inout.calendar import supplied, work_calendar

    calendar = work_calendar()
    if survey.uses(rules.program, tm.Festival):
        from zjrules.inout.spring import with_spring

        calendar = with_spring(calendar)
    return supplied(calendar, rules.program.notices)


def exit_code(scored: Scored | None, found: list[Diagnostic]) -> int:
    """Return 2 when nothing could be scored, 1 when there is something to look at, 0 otherwise."""
    if scored is None:
        return 2
    return 1 if found or not isinstance(scored.claimed.total, Fraction) else 0


def _show(scored: Scored | None, found: list[Diagnostic], brief: bool, only: tuple[str, ...]) -> None:
    out = say.console()
    if scored is None:
        say.diagnostics(found, say.console(sys.stderr))
        return
    out.print(f"{scored.facts.unit}    {scored.rules.title}", style="bold")
    out.print()
    table.scores(scored, out)
    if found:
        out.print(f"发现 {len(found)} 处", style="bold")
        out.print()
        say.diagnostics(found, out)
    if not brief:
        show_explanations(scored, out, only)
    if scored.claimed.checks:
        out.print(table.ties(scored.claimed))
    counts = [sum(d.severity is s for d in found) for s in Severity]
    out.print(table.summary(scored, *counts))


def show_explanations(scored: Scored, out: Console, only: tuple[str, ...]) -> None:
    """Print how each indicator was computed."""
    shown: list[Text] = []
    for step in scored.claimed.indicators():
        node = step.term
        assert isinstance(node, tr.Indicator)
        if only and node.name not in only:
            continue
        shown += [*table.explanation(explained(step, scored.claimed, scored.facts), out.width), Text()]
    # One call: rich takes longer to begin to print than to print a line.
    out.print(Text("\n").join(shown), soft_wrap=True)
