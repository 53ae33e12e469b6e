"""zjrules explain: how each indicator, or some of them, came to its score."""

from __future__ import annotations

from pathlib import Path

import click

from zjrules.cli import forms, pages
from zjrules.cli.outcome import Outcome, exit_code, outcomes, spread
from zjrules.cli.writing import refuse_existing
from zjrules.spelling import nearest


@click.command(cls=pages.Command, short_help="逐项解释得分：公式、代入的数、事实的出处、规则的条款")
@click.argument("facts", metavar="FACTS", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, metavar="[指标…]")
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；默认看文件里的「规则:」")
@click.option(
    "--with", "further", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="同一单位的另一份事实文件"
)
@click.option(
    "--全体", "--all-units", "whole", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="DIR 里是全体单位的文件：名次、同级平均按它们算",
)  # fmt: skip
@click.option(
    "--汇总", "--sum-up", "under", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="FACTS 是一个部门，DIR 里是下属单位的文件",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(forms.FORMS), help="输出格式；默认看 -o 的名称，否则 text")
@click.option("-o", "--output", "output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="写到这个文件，不在屏幕上显示")  # fmt: skip
@click.option("--force", is_flag=True, help="文件已有也覆盖")
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
    mapping: Path | None,
) -> int:
    """解释得分。不写指标就解释全部。html 是一个不用上网的网页：公式、代入的数、计算步骤、规则原文，可以查找和打印。

    \b
    zjrules explain 某局.yaml
    zjrules explain 某局.yaml 预算编制约束性 满意度
    zjrules explain 全市/某局.yaml 平均年龄 --全体 全市
    zjrules explain 某局.yaml --format html -o 解释.html
    zjrules explain 某局.yaml --format md -o 解释.md
    """
    if whole is not None and (under is not None or further):
        raise click.UsageError("--全体 不与 --汇总、--with 同用")
    shape = forms.form_of(form, output)
    if output is not None:
        refuse_existing(output, force)
    given = (rules,) if rules else ()
    if whole is not None:
        others = [p for p in spread((whole,)) if p.resolve() != facts.resolve()]
        results = outcomes((facts, *others), (), given, whole=True)[:1]
    else:
        results = outcomes((facts,), further, given, under=under, mapping=mapping)
    _refuse_unknown(names, results)
    failed = forms.tell(results, shape, names, output, force)
    return max(failed, *(exit_code(*result) for result in results))


def _refuse_unknown(names: tuple[str, ...], results: list[Outcome]) -> None:
    known = [node.name for scored, _ in results if scored is not None for node in scored.rules.indicators()]
    for name in names:
        if known and name not in known:
            likely = nearest(name, known)
            help_ = f"是不是「{likely}」？" if likely else f"指标有 {'、'.join(known)}"
            raise click.UsageError(f"没有叫「{name}」的指标，{help_}")
