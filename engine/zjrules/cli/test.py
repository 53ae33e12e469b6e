"""zjrules test: run the cases of a rule set and the examples of its words; what the cases cover."""

from __future__ import annotations

import io
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from attrs import define, field
from rich.console import Console
from rich.text import Text

from zjrules.appraisal import calendar_for, calendar_of
from zjrules.case import Miss, failed_examples, judge, units_of, wishes
from zjrules.cli import covering, pages, say, writing
from zjrules.coverage.covered import Ran, coverage
from zjrules.coverage.record import record as covered_record
from zjrules.diag import has_errors
from zjrules.exact.scope import WorkCalendar
from zjrules.mutate.bench import Signed
from zjrules.project import (
    Handed,
    load,
    read_facts,
    rule_sets,
    rules_named,
    score_units,
    shown,
    standard_examples,
)
from zjrules.ruleset import RuleSet

FORMAT = "zjrules.test/1"


@define
class Wanted:
    """What is asked of a run beside its cases."""

    coverage: bool
    mutate: bool
    html: Path | None
    folder: Path | None
    force: bool
    record: bool
    """Whether JSON is asked for: then nothing else is printed."""


@define
class Ready:
    """The cases of a rule set that were run: for coverage, and as mutants are judged by them."""

    ran: list[Ran] = field(factory=list)
    signed: list[Signed] = field(factory=list)
    said: list[dict[str, Any]] = field(factory=list)


@click.command(cls=pages.Command, short_help="运行规则集的案例和词的举例；案例覆盖了哪些条款，改一处认不认得出")
@click.argument("names", nargs=-1, metavar="[RULES…]")
@click.option("--cases", "folder", type=click.Path(path_type=Path), help="案例在哪里，默认是当前目录向上最近的 cases/")
@click.option(
    "--coverage", "cover", is_flag=True, help="案例用到了哪些条款、哪些档，各由哪个案例；没有用到的一条条列出"
)
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="覆盖写成网页，规则原文加颜色；一本规则",
)
@click.option(
    "--mutate",
    is_flag=True,
    help="每次改动规则的一处，看案例的期望认不认得出；认不出的，给出分得开的事实，或证明没有差别",
)
@click.option(
    "--write-cases", "write", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="分得开的事实写成案例，放进这个目录；得分留给人签",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="给人看，还是给程序用")
@click.option("--force", is_flag=True, help="那里已有文件的，覆盖它")
@pages.no_cache
def command(
    names: tuple[str, ...], folder: Path | None, cover: bool, html: Path | None, mutate: bool, write: Path | None,
    form: str, force: bool,
) -> int:  # fmt: skip
    """运行案例（给定、期望、出处）和词的举例；不写规则集就运行全部。

    \b
    zjrules test zhanjiang/2025
    zjrules test zhanjiang/2025 --coverage --html 覆盖.html
    zjrules test zhanjiang/2025 --mutate --write-cases 待签

    退出码：0 都相符，都用到，改动都认得出或证明没有差别；1 有没做到的；2 规则读不了，文件写不了；3 用法不对。
    """
    out = say.console()
    root = folder or _nearest_cases()
    if folder is not None and not folder.is_dir():
        raise click.UsageError(f"「{folder}」不是目录")
    if html is not None:
        if len(names) != 1:
            raise click.UsageError("--html 一次写一本规则，要写明是哪一本")
        writing.refuse_existing(html, force)
    wanted = Wanted(cover or html is not None, mutate or write is not None, html, write, force, form == "json")
    handed = _cases(root, say.console(sys.stderr) if wanted.record else out) if root is not None else []
    worst = 0 if wanted.record or (names and (wanted.coverage or wanted.mutate)) else _standard(out)
    records: list[dict[str, Any]] = []
    for name in names or sorted(rule_sets()):
        rules, problems = load(name)
        if rules is None:
            say.diagnostics(problems, say.console(sys.stderr))
            worst = 2
            continue
        worst = max(worst, _run(rules, name, handed, wanted, records, out))
    if wanted.record:
        click.echo(json.dumps({"格式": FORMAT, "规则集": records}, ensure_ascii=False, indent=2))
    return worst


def _standard(out: Console) -> int:
    """Run the examples of the standard words."""
    examples, problems = standard_examples()
    misses = failed_examples(examples, calendar_of(examples))
    out.print("标准的词", style="bold")
    _report(f"词的举例 {len(examples)} 条", misses, out, broken=has_errors(problems))
    say.diagnostics([p for p in problems if p.is_error], out)
    out.print()
    return int(bool(misses) or has_errors(problems))


def _nearest_cases() -> Path | None:
    here = Path.cwd()
    return next((p / "cases" for p in (here, *here.parents) if (p / "cases").is_dir()), None)


def _cases(root: Path, out: Console) -> list[Handed]:
    found = []
    for path in sorted([*root.rglob("*.yaml"), *root.rglob("*.yml")]):
        handed, problems = read_facts(path)
        say.diagnostics(problems, out)
        if handed is not None and handed.case is not None:
            found.append(handed)
    return found


def _run(
    rules: RuleSet, name: str, handed: list[Handed], wanted: Wanted, records: list[dict[str, Any]], out: Console
) -> int:
    """Run the cases of a rule set, and what else is asked for."""
    shows = Console(file=io.StringIO()) if wanted.record else out
    shows.print(f"{rules.title}    {shown(rules.path)}", style="bold")
    calendar, _ = calendar_for(rules)
    misses = failed_examples(rules.examples, calendar)
    if rules.examples:
        _report(f"词的举例 {len(rules.examples)} 条", misses, shows)
    ready = Ready()
    mine = [h for h in handed if name in rules_named(h, ())[0]]
    failed = bool(misses)
    for case in mine:
        failed = not _one(case, rules, calendar, ready, shows) or failed
    if not mine:
        shows.print("  没有这本规则的案例", style="dim")
    record: dict[str, Any] = {"规则": rules.id, "摘要": rules.digest, "案例": ready.said}
    worst = max(int(failed), _covered(rules, calendar, ready, wanted, record, shows))
    if wanted.mutate and failed:
        shows.print("  变异：先把不符的案例改好", style="yellow")
    elif wanted.mutate:
        worst = max(worst, _mutated(rules, calendar, ready, wanted, record, shows))
    records.append(record)
    shows.print()
    return worst


def _covered(
    rules: RuleSet, calendar: WorkCalendar | None, ready: Ready, wanted: Wanted, record: dict[str, Any], out: Console
) -> int:
    if not wanted.coverage:
        return 0
    found = coverage(rules.program, ready.ran, calendar)
    record["覆盖"] = covered_record(found)
    whole = covering.show(found, out)
    if wanted.html is not None and covering.write(rules, found, wanted.html, wanted.force):
        return 2
    return int(not whole)


def _mutated(
    rules: RuleSet, calendar: WorkCalendar | None, ready: Ready, wanted: Wanted, record: dict[str, Any], out: Console
) -> int:
    from zjrules.cli import mutating
    from zjrules.mutate.protocol import first_decided
    from zjrules.mutate.record import record as mutant_record
    from zjrules.mutate.run import fates
    from zjrules.mutate.settle import usual

    prover = usual([c.units[0] for c in ready.signed], calendar)
    if find_spec("z3") is not None:
        from zjrules.mutate.solver import by_solver

        prover = first_decided((prover, by_solver(calendar)))
    found = fates(rules, ready.signed, calendar, say.watched, prover)
    record["变异"] = mutant_record(found, rules.program.schema)
    whole = mutating.show(rules, found, out)
    if wanted.folder is not None and mutating.write(rules, found, wanted.folder, wanted.force):
        return 2
    return int(not whole)


def _one(handed: Handed, rules: RuleSet, calendar: WorkCalendar | None, ready: Ready, out: Console) -> bool:
    """Run one case; return whether it holds."""
    assert handed.case is not None
    units, problems = units_of(handed, rules)
    misses: list[Miss] = []
    unsigned = False
    if not has_errors(problems):
        scored = score_units(rules, units, calendar, whole=len(units) > 1)[0]
        misses, wrong = judge(handed.case, scored)
        problems = [*problems, *wrong]
        expected = wishes(handed.case, rules.program)[0]
        unsigned = not expected
        ready.ran.append(Ran(Path(handed.name).stem, scored, expected))
        ready.signed.append(Signed(Path(handed.name).stem, tuple(units), expected))
    broken = has_errors(problems)
    title = f"{handed.name}  {handed.case.title}" + ("（没有写期望，待签）" if unsigned else "")
    _report(title, misses, out, broken=broken)
    say.diagnostics([p for p in problems if p.is_error], out)
    said = [{"什么": m.what, "期望": m.expected, "算得": m.got} for m in misses]
    ready.said.append({"文件": handed.name, "案例": handed.case.title, "相符": not misses and not broken, "不符": said})
    return not misses and not broken


def _report(title: str, misses: list[Miss], out: Console, broken: bool = False) -> None:
    bad = bool(misses) or broken
    out.print(Text.assemble(("  不符  " if bad else "  相符  ", "red" if bad else "green"), title), soft_wrap=True)
    for miss in misses:
        out.print(Text(f"        {miss.what}：期望 {miss.expected}，算得 {miss.got}    {miss.span}"), soft_wrap=True)
