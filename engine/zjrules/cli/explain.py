"""zjrules explain: how each indicator, or some of them, came to its score."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zjrules.cli import pages, say
from zjrules.cli.check import show_explanations
from zjrules.cli.outcome import exit_code, outcomes
from zjrules.spelling import nearest


@click.command(cls=pages.Command, short_help="逐项解释得分：公式、代入的数、事实的出处、规则的条款")
@click.argument("facts", metavar="FACTS", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, metavar="[指标…]")
@click.option("--rules", "rules", metavar="RULES", help="用哪一本规则；默认看文件里的「规则:」")
@click.option(
    "--with", "further", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="同一单位的另一份事实文件"
)
@pages.no_cache
def command(facts: Path, names: tuple[str, ...], rules: str | None, further: tuple[Path, ...]) -> int:
    """解释得分。不写指标就解释全部。

    \b
    zjrules explain 某局.yaml
    zjrules explain 某局.yaml 预算编制约束性 满意度
    """
    results = outcomes((facts,), further, (rules,) if rules else ())
    known = [node.name for scored, _ in results if scored is not None for node in scored.rules.indicators()]
    for name in names:
        if known and name not in known:
            likely = nearest(name, known)
            help_ = f"是不是「{likely}」？" if likely else f"指标有 {'、'.join(known)}"
            raise click.UsageError(f"没有叫「{name}」的指标，{help_}")
    out = say.console()
    for scored, found in results:
        if scored is None:
            say.diagnostics(found, say.console(sys.stderr))
            continue
        out.print(f"{scored.facts.unit}    {scored.rules.title}", style="bold")
        out.print()
        show_explanations(scored, out, names)
    return max(exit_code(*result) for result in results)
