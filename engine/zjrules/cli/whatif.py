"""zjrules whatif: what the scores would be with other facts, and what it takes to reach a score."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from zjrules import suppose
from zjrules.appraisal import NOT_ALL, calendar_for
from zjrules.cli import margins, pages, say
from zjrules.cli.outcome import Among, among, exit_code, refuse_unknown
from zjrules.diag import Diagnostics, has_errors
from zjrules.explain import columns
from zjrules.fact import Facts
from zjrules.margin import said
from zjrules.margin.reach import reaching
from zjrules.margin.threshold import Unit
from zjrules.project import Scored, score_units
from zjrules.span import Source, Span
from zjrules.term import rule as tr
from zjrules.trace import Trace


@click.command(cls=pages.Command, short_help="改几项事实会得多少分；要得某个分，一项事实至少改到多少")
@click.argument("facts", metavar="FACTS", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, metavar="[指标…]")
@click.option("--set", "settings", multiple=True, metavar="名称=值", help="假设一项事实是另一个值，可以写几次")
@click.option("--reach", "goal", metavar="满分|分数", help="要得这个分，单改一项事实，最少改到多少；要写指标")
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；默认看文件里的「规则:」")
@pages.further
@pages.all_units
@pages.sum_up
@pages.mapping
@pages.no_cache
def command(
    facts: Path, names: tuple[str, ...], settings: tuple[str, ...], goal: str | None, rules: str | None,
    further: tuple[Path, ...], whole: Path | None, under: Path | None, mapping: Path | None,
) -> int:  # fmt: skip
    """改了会怎样：按自述算，现在和改后并排；或者反过来，要得某个分至少要改多少。

    \b
    zjrules whatif 某局.yaml --set 预算调剂额=0元 --set 存在截留挤占挪用=否
    zjrules whatif 某局.yaml --reach 满分 固定资产利用率
    zjrules whatif 某局.yaml --reach 3.5 预算编制约束性
    zjrules whatif 全市/某局.yaml --set 平均年龄=45岁 --全体 全市

    和 --全体 一起：改了一个单位，名次、平均跟着变，全体重算一遍，列出别的单位里谁的得分变了。

    --reach 的「改为」是这项事实的最小单位（分、个、日、0.01%）里最近的一个够的值；「差一个最小单位」是少改一个单位时的得分，
    「准确的界」是有理数。

    退出码：0 没有发现；1 事实有发现；2 文件或假设的值不合格；3 用法不对。
    """
    if bool(settings) == bool(goal):
        raise click.UsageError("--set 和 --reach 写一种")
    if goal and not names:
        raise click.UsageError("--reach 后面要写指标的名称")
    out, codes = say.console(), []
    for one in among(facts, further, (rules,) if rules else (), whole, under, mapping):
        scored = one.scored
        codes.append(exit_code(scored, one.found))
        if scored is None:
            say.diagnostics(one.found, say.console(sys.stderr))
            continue
        nodes = _chosen(scored, names)
        if goal:
            _title(one, scored, out)
            _reach(margins.unit_of(one, scored), nodes, goal, out)
        elif not _compare(one, scored, settings, nodes if names else [], out):
            codes.append(2)
    return max(codes)


def _chosen(scored: Scored, names: tuple[str, ...]) -> list[tr.Indicator]:
    every = {node.name: node for node in scored.rules.indicators()}
    refuse_unknown(names, list(every))
    return [every[name] for name in names]


def _title(one: Among, scored: Scored, out: Console) -> None:
    out.print(f"{scored.facts.unit}    {scored.rules.title}", style="bold")
    out.print()
    # Everything else that was found has its place in check; without these the scores are not what was asked for.
    say.diagnostics([d for d in one.found if d.code == NOT_ALL], out)


# ---------- --set ----------


def _compare(one: Among, scored: Scored, settings: tuple[str, ...], nodes: list[tr.Indicator], out: Console) -> bool:
    """Print the scores before and after; False where a value does not fit."""
    changed, problems = supposed(scored, settings)
    if has_errors(problems):
        say.diagnostics(list(problems), say.console(sys.stderr))
        return False
    _title(one, scored, out)
    say.diagnostics(list(problems), out)
    calendar, _ = calendar_for(scored.rules)
    units = [changed, *(other.facts for other in one.others)]
    after, *others = (each.claimed for each in score_units(scored.rules, units, calendar, one.whole))
    rows, turns = suppose.differences(scored.claimed, after, nodes)
    full = str(scored.rules.program.book.full)
    rows.append(("总分", full, *suppose.moved(scored.claimed.total, after.total)))
    rows.append(("等级", "", columns.span_of(scored.claimed.grades), columns.span_of(after.grades), ""))
    margins.table(("指标", "分值", "现在", "改后", "变化"), rows, out)
    if turns:
        say.block([Text("为什么", "bold"), *(Text(f"  {t}") for t in turns)], out)
    if one.whole:
        _others(one.others, others, out)
    return True


def _others(before: list[Scored], after: list[Trace], out: Console) -> None:
    """Print the other units whose scores the change moves: their ranks and means are taken over all of them."""
    rows = []
    for one, two in zip(before, after, strict=True):
        pairs = zip(one.claimed.indicators(), two.indicators(), strict=True)
        names = [old.term.name for old, new in pairs if isinstance(old.term, tr.Indicator) and old.value != new.value]
        if names:
            grades = " → ".join(dict.fromkeys(columns.span_of(t.grades) for t in (one.claimed, two)))
            rows.append((one.facts.unit, *suppose.moved(one.claimed.total, two.total), grades, "、".join(names)))
    told = f"别的单位 {len(before)} 个，{len(rows)} 个的得分跟着变" if rows else "别的单位的得分不变"
    out.print(Text(told if before else "--全体 的目录里没有别的单位", "bold"))
    if rows:
        margins.table(("单位", "现在", "改后", "变化", "等级", "变的指标"), rows, out)


def supposed(scored: Scored, settings: tuple[str, ...]) -> tuple[Facts, Diagnostics]:
    """Return the facts with what is supposed in place of what was handed in."""
    entries = []
    for text in settings:
        name, sign, value = text.replace("＝", "=").partition("=")
        if not sign:
            raise click.UsageError(f"「{text}」要写成 名称=值")
        name, value = name.strip(), value.strip()
        source = Source("--set", text)
        entries.append(
            suppose.entry(name, value, Span(source, text.rfind(value), len(text)), Span(source, 0, len(name)))
        )
    return suppose.supposed(scored, entries)


# ---------- --reach ----------


def _reach(unit: Unit, nodes: list[tr.Indicator], goal: str, out: Console) -> None:
    for node in nodes:
        wanted = margins.wanted(goal, node, "--reach")
        held = unit.score(node, {})
        text = said.score(wanted, node)
        out.print(Text(f"{node.number}{node.name}  现在 {said.score(held, node)}，要得 {text}", "bold"))
        found = reaching(node, unit, wanted)
        schema = unit.program.schema
        if held == wanted:
            out.print(Text("现在就是这个分"))
        elif found:
            margins.table(said.REACHING, [said.reached(r, schema.facts[r.fact], node) for r in found], out)
        else:
            out.print(Text("这个指标不看数和日期，或者它们都缺：改的是「是否」、选项和明细"))
        out.print()
