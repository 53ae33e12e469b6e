"""zjrules audit: claimed scores against the rules, the evidence, a review and the unit's own papers."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zjrules.audit.run import BELIEVED, Audit, audit
from zjrules.cli import auditing, pages, say
from zjrules.cli.given import DATA, Given
from zjrules.cli.outcome import calendar_for, outcomes
from zjrules.diag import Diagnostic, Diagnostics, has_errors
from zjrules.fact import ScoreTable
from zjrules.inout.workbook.scores import score_table
from zjrules.project import Handed, Scored, read_facts
from zjrules.reconcile.patterns import beside
from zjrules.reconcile.run import reconcile

Outcome = tuple[Audit | None, list[Diagnostic]]


@click.command(cls=pages.Command, short_help="审核自评：自评、重算、复核并排，佐证、勾稽、矛盾，给出结论")
@click.argument("facts", metavar="FACTS", type=click.Path(path_type=Path))
@click.argument("papers", nargs=-1, metavar="[评分表.xlsx] [自评报告]", type=click.Path(path_type=Path))
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；默认看文件里的「规则:」")
@click.option(
    "--with", "further", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
    help="同一单位的另一份事实文件，如复核人写的",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式，默认 text")
@pages.mapping
@pages.no_cache
def command(
    facts: Path, papers: tuple[Path, ...], rules: str | None, further: tuple[Path, ...], form: str, mapping: Path | None
) -> int:
    """审核一个单位的自评。FACTS 是事实（.yaml 或工作簿），里面的「自评」「复核得分」是要审的得分；另给评分表的，以评分表为准。

    每项列出 分值、自评、重算、仅有佐证、复核和偏差；不同的说出原因、差几分、由哪个事实决定；没有佐证、没有写扣分原因、
    重算不了的各有多少分；勾稽逐条列出；给了自评报告的，还核对报告和事实。最后是结论：可以采信、需补材料，或有矛盾、退回。

    \b
    zjrules audit 某局.yaml
    zjrules audit 数据表.xlsx 评分表.xlsx 自评报告.docx
    zjrules audit 某局.yaml 自评报告.txt --format json
    zjrules audit 某局.yaml --with 复核.yaml

    退出码：0 可以采信，没有发现；1 有发现；2 文件读不了或不合格；3 用法不对。
    """
    given = Given()
    for path in papers:
        given.read(path)
    given.one_of_each()
    if DATA in given.kinds:
        raise click.UsageError("事实只给一份，写在最前面；后面只写评分表、自评报告")
    results: list[Outcome] = [(None, given.found)]
    if not has_errors(given.found):
        results = _audits((facts, *further), given, rules, mapping)
    if form == "json":
        from zjrules.cli import machine

        click.echo(machine.audited(results))
    else:
        for one, found in results:
            _show(one, found)
    return max(_exit_code(one) for one, _ in results)


def _audits(files: tuple[Path, ...], given: Given, rules: str | None, mapping: Path | None) -> list[Outcome]:
    """Audit one unit, of which there may be several fact files, by each of the rule sets that are to be used."""
    first, *further = files
    scored = outcomes((first,), tuple(further), (rules,) if rules else (), mapping=mapping)
    # The papers are compared with the facts as texts.
    handed = read_facts(first, tuple(further), mapping)[0] if given.kinds else None
    return [_audit(one, [*given.found, *found], given, handed) for one, found in scored]


def _audit(scored: Scored | None, said: list[Diagnostic], given: Given, handed: Handed | None) -> Outcome:
    if scored is None:
        return None, said
    rules = scored.rules
    patterns, slips = beside(rules) if given.report is not None else (None, ())
    if has_errors(slips):
        return None, [*said, *slips]
    table: ScoreTable | None = None
    wrong: Diagnostics = ()
    if given.scores is not None:
        table, wrong = score_table(given.scores, rules.program.schema, rules.indicator_names())
    between: list[Diagnostic] = []
    if given.kinds:
        _, between = reconcile(rules, patterns, given.report, handed, table, calendar_for(rules)[0])
    return audit(scored, table, said, [*slips, *wrong, *between]), []


def _show(one: Audit | None, found: list[Diagnostic]) -> None:
    if one is None:
        say.diagnostics(found, say.console(sys.stderr))
        return
    auditing.show(one, say.console())


def _exit_code(one: Audit | None) -> int:
    if one is None:
        return 2
    return 0 if one.conclusion == BELIEVED and not (one.found or one.papers) else 1
