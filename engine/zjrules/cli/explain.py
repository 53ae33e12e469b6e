"""zjrules explain: how each indicator, or some of them, came to its score."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from zjrules.cli import forms, pages
from zjrules.cli.check import show_explanations
from zjrules.cli.outcome import Among, among, exit_code, refuse_unknown
from zjrules.cli.writing import refuse_existing
from zjrules.project import Scored
from zjrules.trace import Step


@click.command(cls=pages.Command, short_help="逐项解释得分：公式、代入的数、事实的出处、规则的条款")
@click.argument("facts", metavar="FACTS", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, metavar="[指标…]")
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；默认看文件里的「规则:」")
@pages.further
@pages.all_units
@pages.sum_up
@click.option("--format", "form", type=click.Choice(forms.FORMS), help="输出格式；默认看 -o 的名称，否则 text")
@click.option("-o", "--output", "output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="写到这个文件，不在屏幕上显示")  # fmt: skip
@click.option("--force", is_flag=True, help="文件已有也覆盖")
@click.option("--margin", "margin", is_flag=True, help="每个指标后面列出：每项事实离下一道界线有多远，过了界线得多少")
@click.option(
    "--why-not", "why_not", metavar="满分|分数", help="为什么没有得到这个分：差了哪一个条件，还差多少；要写指标"
)
@click.option("--unit", "unit", metavar="名称", help="FACTS 是 zjrules batch 写的表：解释里面这一个单位的行")
@pages.mapping
@pages.no_cache
def command(
    facts: Path,
    names: tuple[str, ...],
    rules: str | None,
    further: tuple[Path, ...],
    whole: Path | None,
    under: Path | None,
    form: str | None,
    output: Path | None,
    force: bool,
    margin: bool,
    why_not: str | None,
    mapping: Path | None,
    unit: str | None,
) -> int:
    """解释得分。不写指标就解释全部。html 是一个不用上网的网页：公式、代入的数、计算步骤、规则原文，可以查找和打印。

    \b
    zjrules explain 某局.yaml
    zjrules explain 某局.yaml 预算编制约束性 满意度
    zjrules explain 全市/某局.yaml 平均年龄 --全体 全市
    zjrules explain 某局.yaml --format html -o 解释.html
    zjrules explain 某局.yaml 固定资产利用率 --margin --why-not 满分
    zjrules explain 得分.parquet 满意度 --unit 某局

    --margin 一次只动一项事实，别的不变；「超过」「低于」是刚好在界线上还不算。
    """
    shape = forms.form_of(form, output)
    _usage(names, shape, margin, why_not)
    if output is not None:
        refuse_existing(output, force)
    results = _results(facts, unit, further, rules, whole, under, mapping)
    _refuse_margins(results, unit is not None and (margin or bool(why_not)))
    refuse_unknown(names, _known(results))
    others = {id(one.scored): one for one in results}
    plain = [(one.scored, one.found) for one in results]
    failed = forms.tell(
        plain, shape, names, output, force, lambda s, out: _explain(others[id(s)], s, out, names, margin, why_not)
    )
    return max(failed, *(exit_code(*result) for result in plain))


def _usage(names: tuple[str, ...], shape: str, margin: bool, why_not: str | None) -> None:
    if why_not and not names:
        raise click.UsageError("--why-not 要写指标的名称")
    if shape != "text" and (margin or why_not):
        raise click.UsageError("--margin、--why-not 只写成文字（text）")


def _results(
    facts: Path,
    unit: str | None,
    further: tuple[Path, ...],
    rules: str | None,
    whole: Path | None,
    under: Path | None,
    mapping: Path | None,
) -> list[Among]:
    """Return a unit's file, or one unit of a batch, scored."""
    if unit is None:
        return among(facts, further, (rules,) if rules else (), whole, under, mapping)
    if rules or further or whole or under or mapping:
        raise click.UsageError("--unit 的规则和输入看表的来历，不能再写 --rules、--with、--全体、--汇总、--map")
    from zjrules.cli import inbatch

    return inbatch.among(facts, unit)


def _known(results: list[Among]) -> list[str]:
    return [node.name for one in results if one.scored is not None for node in one.scored.rules.indicators()]


def _refuse_margins(results: list[Among], wanted: bool) -> None:
    if wanted and any(one.whole for one in results):
        raise click.UsageError("这本规则要比较各单位，表里的行不能用 --margin、--why-not")


def _explain(
    one: Among, scored: Scored, out: Console, names: tuple[str, ...], margin: bool, why_not: str | None
) -> None:
    if not (margin or why_not):
        show_explanations(scored, out, names)
        return
    from zjrules.cli import margins

    unit = margins.unit_of(one, scored)

    def after(step: Step) -> None:
        if margin:
            margins.show(step, unit, out)
        if why_not:
            margins.show_missed(step, unit, why_not, out)

    show_explanations(scored, out, names, after)
    if margin:
        margins.show_grade(scored, unit, out)
