"""zjrules audit: claimed scores against the rules, the evidence, a review and the unit's own papers."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from attrs import evolve

from zjrules.appraisal import NOT_ALL, calendar_for
from zjrules.audit.run import BELIEVED, Audit, audit
from zjrules.cli import auditing, pages, say
from zjrules.cli.given import DATA, Given
from zjrules.cli.outcome import among
from zjrules.diag import Diagnostic, Diagnostics, has_errors
from zjrules.fact import ScoreTable
from zjrules.inout.workbook.scores import score_table
from zjrules.project import Handed, Scored, read_facts
from zjrules.reconcile.patterns import beside
from zjrules.reconcile.run import claims, reconcile

Outcome = tuple[Audit | None, list[Diagnostic]]


@click.command(cls=pages.Command, short_help="审核自评：自评、重算、复核并排，佐证、勾稽、矛盾，给出结论")
@click.argument("facts", metavar="FACTS", type=click.Path(path_type=Path))
@click.argument("papers", nargs=-1, metavar="[评分表.xlsx] [自评报告]", type=click.Path(path_type=Path))
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；默认看文件里的「规则:」")
@pages.further
@pages.all_units
@pages.sum_up
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式，默认 text")
@pages.mapping
@pages.no_cache
def command(
    facts: Path, papers: tuple[Path, ...], rules: str | None, further: tuple[Path, ...], whole: Path | None,
    under: Path | None, form: str, mapping: Path | None,
) -> int:  # fmt: skip
    """审核一个单位的自评。FACTS 是事实（.yaml 或工作簿），里面的「自评」「复核得分」是要审的得分；另给评分表的，以评分表为准；都没有写的，看报告正文里写的得分。

    每项列出 分值、自评、重算、仅有佐证、复核和偏差；不同的说出原因、差几分、由哪个事实决定；没有佐证、没有写扣分原因、
    重算不了的各有多少分；勾稽逐条列出；给了自评报告的，还核对报告和事实。最后是结论：可以采信、需补材料，或有矛盾、退回。

    \b
    zjrules audit 某局.yaml
    zjrules audit 数据表.xlsx 评分表.xlsx 自评报告.docx
    zjrules audit 某局.yaml 自评报告.txt --format json
    zjrules audit 某局.yaml --with 复核.yaml
    zjrules audit 全市/某局.yaml --全体 全市

    和 --全体 一起：名次、同级平均按全体重算；评分表、报告是 FACTS 这个单位的，别的单位照各自文件里的「自评」审，不同的逐项列在后面。

    退出码：0 可以采信，没有发现；1 有发现；2 文件读不了或不合格；3 用法不对。
    """
    given = Given()
    for path in papers:
        given.read(path)
    given.one_of_each()
    if DATA in given.kinds:
        raise click.UsageError("事实只给一份，写在最前面；后面只写评分表、自评报告")
    results, rest = _audits(facts, given, (further, (rules,) if rules else (), whole, under, mapping))
    if form == "json":
        from zjrules.cli import machine

        click.echo(machine.audited([*results, *rest]))
    else:
        _show(results, rest)
    return max(_exit_code(one) for one, _ in (*results, *rest))


Asked = tuple[tuple[Path, ...], tuple[str, ...], Path | None, Path | None, Path | None]
"""The unit's further files, the rule sets, all units, the units to sum up, the mapping."""


def _audits(facts: Path, given: Given, asked: Asked) -> tuple[list[Outcome], list[Outcome]]:
    """Audit one unit by each of its rule sets, and the others of its run."""
    if has_errors(given.found):
        return [(None, given.found)], []
    units = among(facts, *asked)
    # The papers are compared with the facts as texts.
    handed = read_facts(facts, asked[0], asked[-1])[0] if given.kinds else None
    own = [_audit(one.scored, [*given.found, *one.found], given, handed) for one in units]
    return own, [_audit(scored, found, Given(), None) for one in units for scored, found in one.peers]


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
    prose = claims(rules, patterns, given.report) if patterns is not None and given.report is not None else ()
    # That another unit cannot be compared is no contradiction of this one; it is told, and its ranks stay open.
    others = [d for d in said if d.code == NOT_ALL]
    made = audit(scored, table, [d for d in said if d.code != NOT_ALL], [*slips, *wrong, *between], prose)
    return evolve(made, papers=(*made.papers, *others)), []


def _show(results: list[Outcome], rest: list[Outcome]) -> None:
    for one, found in results:
        if one is None:
            say.diagnostics(found, say.console(sys.stderr))
        else:
            auditing.show(one, say.console())
    for one, found in rest:
        if one is None:
            say.diagnostics(found, say.console(sys.stderr))
    if rest:
        auditing.others([one for one, _ in rest if one is not None], say.console())


def _exit_code(one: Audit | None) -> int:
    if one is None:
        return 2
    return 0 if one.conclusion == BELIEVED and not (one.found or one.papers) else 1
