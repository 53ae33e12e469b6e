"""zjrules whatif: what the scores would be with other facts, and what it takes to reach a score."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import click
from attrs import evolve
from rich.console import Console
from rich.text import Text

from zjrules.cli import margins, pages, say
from zjrules.cli.outcome import calendar_for, exit_code, outcomes, refuse_unknown
from zjrules.diag import Diagnostics, has_errors
from zjrules.explain.lines import places_of, score_text
from zjrules.fact import Evidence, Facts, Raw, RawFacts
from zjrules.fit import fit
from zjrules.margin import said
from zjrules.margin.reach import reaching
from zjrules.project import Scored, score_both
from zjrules.span import Source, Span
from zjrules.term import rule as tr
from zjrules.trace import Trace

SUPPOSED = "假设"


@click.command(cls=pages.Command, short_help="改几项事实会得多少分；要得某个分，一项事实至少改到多少")
@click.argument("facts", metavar="FACTS", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, metavar="[指标…]")
@click.option("--set", "settings", multiple=True, metavar="名称=值", help="假设一项事实是另一个值，可以写几次")
@click.option("--reach", "goal", metavar="满分|分数", help="要得这个分，单改一项事实，最少改到多少；要写指标")
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；默认看文件里的「规则:」")
@click.option(
    "--with", "further", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="同一单位的另一份事实文件"
)
@pages.no_cache
def command(
    facts: Path, names: tuple[str, ...], settings: tuple[str, ...], goal: str | None, rules: str | None,
    further: tuple[Path, ...],
) -> int:  # fmt: skip
    """改了会怎样：按自述算，现在和改后并排；或者反过来，要得某个分至少要改多少。

    \b
    zjrules whatif 某局.yaml --set 预算调剂额=0元 --set 存在截留挤占挪用=否
    zjrules whatif 某局.yaml --reach 满分 固定资产利用率
    zjrules whatif 某局.yaml --reach 3.5 预算编制约束性

    --reach 的「改为」是这项事实的最小单位（分、个、日、0.01%）里最近的一个够的值；「差一个最小单位」是少改一个单位时的得分，
    「准确的界」是有理数。

    退出码：0 没有发现；1 事实有发现；2 文件或假设的值不合格；3 用法不对。
    """
    if bool(settings) == bool(goal):
        raise click.UsageError("--set 和 --reach 写一种")
    if goal and not names:
        raise click.UsageError("--reach 后面要写指标的名称")
    out, codes = say.console(), []
    for scored, found in outcomes((facts,), further, (rules,) if rules else ()):
        codes.append(exit_code(scored, found))
        if scored is None:
            say.diagnostics(found, say.console(sys.stderr))
            continue
        nodes = _chosen(scored, names)
        if goal:
            _title(scored, out)
            _reach(scored, nodes, goal, out)
        elif not _compare(scored, settings, nodes if names else [], out):
            codes.append(2)
    return max(codes)


def _chosen(scored: Scored, names: tuple[str, ...]) -> list[tr.Indicator]:
    every = {node.name: node for node in scored.rules.indicators()}
    refuse_unknown(names, list(every))
    return [every[name] for name in names]


def _title(scored: Scored, out: Console) -> None:
    out.print(f"{scored.facts.unit}    {scored.rules.title}", style="bold")
    out.print()


# ---------- --set ----------


def _compare(scored: Scored, settings: tuple[str, ...], nodes: list[tr.Indicator], out: Console) -> bool:
    """Print the scores before and after; False where a value does not fit."""
    changed, problems = supposed(scored, settings)
    if has_errors(problems):
        say.diagnostics(list(problems), say.console(sys.stderr))
        return False
    _title(scored, out)
    say.diagnostics(list(problems), out)
    calendar, _ = calendar_for(scored.rules)
    after = score_both(scored.rules, changed, calendar).claimed
    rows, turns = _differences(scored.claimed, after, nodes)
    full = scored.rules.program.book.full
    rows.append(
        (
            "总分",
            str(full),
            score_text(scored.claimed.total),
            score_text(after.total),
            _gap(scored.claimed.total, after.total),
        )
    )
    rows.append(("等级", "", " 至 ".join(scored.claimed.grades), " 至 ".join(after.grades), ""))
    margins.table(("指标", "分值", "现在", "改后", "变化"), rows, out)
    if turns:
        say.block([Text("为什么", "bold"), *(Text(f"  {t}") for t in turns)], out)
    return True


def supposed(scored: Scored, settings: tuple[str, ...]) -> tuple[Facts, Diagnostics]:
    """Return the facts with what is supposed in place of what was handed in; its evidence stays as it is."""
    entries = []
    for text in settings:
        name, sign, value = text.replace("＝", "=").partition("=")
        if not sign:
            raise click.UsageError(f"「{text}」要写成 名称=值")
        name, value = name.strip(), value.strip()
        source = Source("--set", text)
        place, where = Span(source, text.rfind(value), len(text)), Span(source, 0, len(name))
        not_applicable = SUPPOSED if value == "不适用" else None
        entries.append(
            Raw(name, "" if not_applicable else value, SUPPOSED, reason=SUPPOSED, not_applicable=not_applicable,
                span=place, name_span=where)
        )  # fmt: skip
    head = {"单位": Raw("单位", scored.facts.unit or SUPPOSED)}
    program = scored.rules.program
    fitted, problems = fit(RawFacts(head, tuple(entries), (), ()), program.schema, program.book.year, ())
    new = {}
    for name, fact in fitted.facts.items():
        old = scored.facts.facts.get(name)
        asked = program.schema.facts[name]
        evidence = old.evidence if old is not None else Evidence.CLAIMED if asked.evidence else Evidence.NOT_ASKED
        new[name] = evolve(fact, evidence=evidence)
    return evolve(scored.facts, facts={**scored.facts.facts, **new}), problems


def _differences(before: Trace, after: Trace, nodes: list[tr.Indicator]) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the rows of the indicators that change (or of those asked for), and what turned in them."""
    rows: list[tuple[str, ...]] = []
    turns: list[str] = []
    for one, two in zip(before.indicators(), after.indicators(), strict=True):
        node = one.term
        assert isinstance(node, tr.Indicator)
        if node not in nodes and (nodes or one.value == two.value):
            continue
        places = places_of(node.rounding)
        now, then = score_text(one.value, places), score_text(two.value, places)
        rows.append((f"{node.number}{node.name}", str(node.points), now, then, _gap(one.value, two.value)))
        turns += [f"{node.name}  {text}" for text in said.turned(one, two)]
    return rows, turns


def _gap(one: object, two: object) -> str:
    if not (isinstance(one, Fraction) and isinstance(two, Fraction)) or one == two:
        return ""
    return f"{'+' if two > one else '-'}{score_text(abs(two - one))}"


# ---------- --reach ----------


def _reach(scored: Scored, nodes: list[tr.Indicator], goal: str, out: Console) -> None:
    unit = margins.unit_of(scored)
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
