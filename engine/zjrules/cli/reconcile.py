"""zjrules reconcile: the report against the data table, the score table and the rules."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.text import Text

from zjrules.appraisal import calendar_for
from zjrules.cli import pages, say
from zjrules.cli.given import Given
from zjrules.diag import Diagnostic, Diagnostics, Severity, has_errors
from zjrules.fact import ScoreTable
from zjrules.inout.workbook.scores import score_table
from zjrules.project import load, rules_named, rules_said
from zjrules.reconcile.patterns import beside
from zjrules.reconcile.run import reconcile
from zjrules.reconcile.tally import Summary
from zjrules.ruleset import RuleSet


@click.command(cls=pages.Command, short_help="自评报告、数据表、评分表互相对照")
@click.argument("files", nargs=-1, required=True, metavar="FILES…", type=click.Path(path_type=Path))
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；默认看数据表里的「规则:」")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式，默认 text")
@pages.no_cache
def command(files: tuple[Path, ...], rules: str | None, form: str) -> int:
    """把自评报告（.txt、.docx、.pdf）、数据表（.xlsx、.yaml）、评分表（.xlsx）互相对照，次序随意，至少一份。

    报告里的话照规则旁边的 report.yaml 认：两份写的不同、报告自己前后矛盾、缺了章节、年度文号不对，都指到原文那一行。

    \b
    zjrules reconcile 自评报告.docx 数据表.xlsx 评分表.xlsx
    zjrules reconcile 自评报告.txt 某局.yaml
    zjrules reconcile 自评报告.docx --rules zhanjiang/2025 --format json

    退出码：0 没有发现；1 有发现；2 文件读不了或不合格；3 用法不对。
    """
    if len(files) > 3:
        raise click.UsageError("最多三份：自评报告、数据表、评分表")
    given = Given()
    for path in files:
        with say.busy(f"读 {path.name}"):
            given.read(path)
    given.one_of_each()
    if rules is None and "数据表" not in given.kinds:
        raise click.UsageError("没有数据表，要用 --rules 说明用哪一本规则")
    results = [] if has_errors(given.found) else _results(given, rules)
    if form == "json":
        from zjrules.cli import machine

        click.echo(machine.reconciled(results, given.found))
    else:
        _show(results, given.found)
    return _exit_code(results, given.found)


Result = tuple[RuleSet | None, Summary | None, list[Diagnostic]]


def _results(given: Given, rules: str | None) -> list[Result]:
    """Reconcile by each of the rule sets that are to be used."""
    names: tuple[str, ...] = (rules,) if rules is not None else ()
    found: list[Diagnostic] = []
    if given.data is not None:
        names, problems = rules_named(given.data, names)
        found += problems
    if not names:
        return [(None, None, found)]
    loaded = [load(name) for name in names]
    further = rules_said(given.data) if given.data is not None else ()
    both = [*loaded, *(load(name) for name in further if name not in names)]
    others = [rules for rules, _ in both if rules is not None]
    return [
        _result(rules, given, [*found, *wrong], others) if rules is not None else (None, None, [*found, *wrong])
        for rules, wrong in loaded
    ]


def _result(rules: RuleSet, given: Given, before: list[Diagnostic], others: list[RuleSet]) -> Result:
    patterns, slips = beside(rules) if given.report is not None else (None, ())
    if has_errors((*slips, *rules.edited)):
        return rules, None, [*before, *slips, *rules.edited]
    calendar, lacking = calendar_for(rules)
    scores: ScoreTable | None = None
    wrong: Diagnostics = ()
    if given.scores is not None:
        scores, wrong = score_table(given.scores, rules.program.schema, rules.indicator_names())
    summary, found = reconcile(rules, patterns, given.report, given.data, scores, calendar, others)
    return rules, summary, [*before, *slips, *lacking, *wrong, *found]


def _show(results: list[Result], unread: list[Diagnostic]) -> None:
    out = say.console()
    say.diagnostics(unread, say.console(sys.stderr))
    for rules, summary, found in results:
        if rules is None or summary is None:
            say.diagnostics(found, say.console(sys.stderr))
            continue
        out.print(Text(rules.title, "bold"))
        out.print()
        say.diagnostics(found, out)
        counts = "，".join(f"{s.value} {n}" for s in Severity if (n := sum(d.severity is s for d in found)))
        out.print(Text(f"{_sentence(summary)}；{counts or '没有发现'}"))


def _sentence(summary: Summary) -> str:
    """Return what was compared, in one sentence."""
    seen = [
        f"{where} {count} 项"
        for where, count in (("报告里认出", summary.stated), ("数据表有", summary.handed), ("评分表有", summary.scored))
        if count
    ]
    compared = f"对上 {summary.passed} 处，不符 {summary.differing} 处，不可核 {summary.open} 处"
    rest = "（报告里没有认出的数字和文字不在其中）" if summary.stated else ""
    return f"{'，'.join(seen) or '什么也没有认出来'}；{compared}{rest}"


def _exit_code(results: list[Result], unread: list[Diagnostic]) -> int:
    if has_errors(unread) or any(summary is None for _, summary, _ in results):
        return 2
    return 1 if unread or any(found for _, _, found in results) else 0
