"""zjrules check: score fact files and explain them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from zjrules.appraisal import Outcome
from zjrules.cli import pages, say, table
from zjrules.cli.outcome import exit_code, outcomes, spread
from zjrules.diag import Diagnostic, Diagnostics, Severity
from zjrules.explain.lines import explained
from zjrules.project import Scored
from zjrules.review import reviewed
from zjrules.term import rule as tr
from zjrules.trace import Step


@click.command(cls=pages.Command, short_help="给事实文件算分、查勾稽、逐项解释")
@click.argument("files", nargs=-1, required=True, metavar="FACTS…", type=click.Path(path_type=Path))
@click.option(
    "--rules",
    "rules",
    multiple=True,
    metavar="RULES",
    help="用哪一本规则（如 zhanjiang/2025，或一个目录），可以写几次；默认看文件里的「规则:」",
)
@pages.further
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式，默认 text")
@click.option(
    "--全体",
    "--all-units",
    "whole",
    is_flag=True,
    help="FACTS 就是全体单位：名次、同级平均按它们算；不写时这些只给区间",
)
@pages.sum_up
@click.option(
    "--certificate", "certificate", metavar="凭证.json", type=click.Path(path_type=Path, dir_okay=False),
    help="另写一份评分凭证：全部步骤，可用 zjrules verify 或单独的核对器重算；和 --全体 一起，是第一个文件的单位的",
)  # fmt: skip
@click.option(
    "--corrects", "corrects", metavar="旧凭证.json", type=click.Path(path_type=Path, dir_okay=False),
    help="这份凭证更正的是哪一份",
)  # fmt: skip
@click.option(
    "--sign", "key", metavar="私钥.pem", type=click.Path(path_type=Path, dir_okay=False),
    help="用这把私钥（zjrules key 做一对）给凭证签名",
)  # fmt: skip
@click.option("--force", is_flag=True, help="凭证已有也覆盖")
@click.option("--brief", is_flag=True, help="只要得分表和发现，不要逐项解释")
@click.option("--watch", "watch", is_flag=True, help="看着文件：事实、规则一保存就再算，说出哪几分变了；Ctrl-C 结束")
@pages.mapping
@pages.no_cache
def command(
    files: tuple[Path, ...], rules: tuple[str, ...], further: tuple[Path, ...], form: str, whole: bool, under: Path | None,
    brief: bool, watch: bool, mapping: Path | None, certificate: Path | None, corrects: Path | None, key: Path | None,
    force: bool,
) -> int:  # fmt: skip
    """给事实文件算分：得分表、发现的问题、每个指标怎么算的。每个文件是一个单位，一个目录是里面的全部文件。

    \b
    zjrules check 某局.yaml
    zjrules check 甲局.yaml 乙局.yaml --rules zhanjiang/2025 --brief
    zjrules check 某局.yaml --with 采购合同.yaml --format json
    zjrules check 全市 --全体 --brief
    zjrules check 某局.yaml --汇总 某局下属单位
    zjrules check 某局.yaml --certificate 凭证.json
    zjrules check 某局.yaml --watch

    --watch 看着事实文件、--with 的文件、映射和用到的规则，一保存就再算，得分原来多少、现在多少并排；文件正写着一半、有错，照样说出来，
    接着看。输出不在终端上时一次一段；--format json 一次一行。

    退出码：0 没有发现；1 有发现（勾稽不通过、自评与重算不符、缺事实）；2 文件不合格；3 用法不对。--watch 以 Ctrl-C 结束时，是最后一次的。
    """
    _usage(files, further, whole, under)
    if watch:
        if certificate is not None:
            raise click.UsageError("--watch 不出凭证：改好了，不带 --watch 再算一次")
        from zjrules.cli import watching

        return watching.run(watching.Asked(files, rules, further, form, whole, under, mapping))
    if certificate is None and (corrects is not None or key is not None or force):
        raise click.UsageError("--corrects、--sign、--force 要和 --certificate 一起用")
    write, problems = _certificate(certificate, corrects, key, force)
    if problems:
        say.diagnostics(problems, say.console(sys.stderr))
        return 2
    results = outcomes(files, further, rules, whole, under, mapping)
    own = (*further, *(spread((under,)) if under is not None else ()))
    code = write(results, len(spread(files)) if whole else 1, [spread(files)[0], *own])
    _print(results, form, brief)
    return max(code, *(exit_code(*result) for result in results))


def _usage(files: tuple[Path, ...], further: tuple[Path, ...], whole: bool, under: Path | None) -> None:
    if further and len(files) > 1:
        raise click.UsageError("--with 只用于一个单位：FACTS 只写一个文件")
    if under is not None and (len(files) > 1 or whole):
        raise click.UsageError("--汇总 只用于一个部门：FACTS 只写部门自己的文件")


def _print(results: list[Outcome], form: str, brief: bool) -> None:
    if form == "json":
        from zjrules.cli import machine

        click.echo(machine.checked(results))
        return
    for result in results:
        _show(*result, brief=brief, only=())
    if len(results) > 1:
        table.overview(results, say.console())


Write = Callable[[list[Outcome], int, list[Path]], int]


def _nothing(*_: object) -> int:
    return 0


def _certificate(path: Path | None, corrects: Path | None, key: Path | None, force: bool) -> tuple[Write, Diagnostics]:
    """Return what writes the certificate of the first file's unit, if one is wanted; nothing is loaded for it otherwise."""
    if path is None:
        return _nothing, ()
    from zjrules.cli import certifying

    order, problems = certifying.ordered(path, corrects, key, force)
    return (partial(certifying.write, order) if order is not None else _nothing), problems


def _show(scored: Scored | None, found: list[Diagnostic], brief: bool, only: tuple[str, ...]) -> None:
    out = say.console()
    if scored is None:
        say.diagnostics(found, say.console(sys.stderr))
        return
    out.print(f"{scored.facts.unit}    {scored.rules.title}", style="bold")
    out.print()
    table.scores(scored, out)
    if scored.reviewed is not None:
        lines = table.reviews(scored)
        out.print(f"复核改了 {len(lines)} 项事实" if lines else "复核没有改本单位的事实", style="bold")
        say.block([*lines, Text()], out)
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


def show_explanations(
    scored: Scored, out: Console, only: tuple[str, ...], after: Callable[[Step], None] | None = None
) -> None:
    """Print how each indicator was computed and, where the reviewer's score is another, how that one was.

    after prints what else is to be said of an indicator.
    """
    shown: list[Text] = []
    again = scored.reviewed.indicators() if scored.reviewed else scored.claimed.indicators()
    for step, second in zip(scored.claimed.indicators(), again, strict=True):
        node = step.term
        assert isinstance(node, tr.Indicator)
        if only and node.name not in only:
            continue
        shown += [*table.explanation(explained(step, scored.claimed, scored.facts), out.width), Text()]
        if scored.reviewed is not None and second.value != step.value:
            facts = reviewed(scored.facts) or scored.facts
            lines = table.explanation(explained(second, scored.reviewed, facts), out.width)
            shown += [Text("复核", "bold"), *lines, Text()]
        if after is not None:
            say.block(shown, out)
            shown = []
            after(step)
    say.block(shown, out)
