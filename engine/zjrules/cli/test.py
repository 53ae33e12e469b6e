"""zjrules test: run the cases of a rule set and the examples of its words."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from zjrules.case import Miss, failed_examples, judge
from zjrules.cli import pages, say
from zjrules.cli.outcome import calendar_for, calendar_of
from zjrules.diag import Diagnostic, has_errors
from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Facts
from zjrules.project import (
    Handed,
    fitted,
    load,
    read_facts,
    rule_sets,
    rules_named,
    score_units,
    shown,
    standard_examples,
)
from zjrules.ruleset import RuleSet


@click.command(cls=pages.Command, short_help="运行规则集的案例和词的举例")
@click.argument("names", nargs=-1, metavar="[RULES…]")
@click.option("--cases", "folder", type=click.Path(path_type=Path), help="案例在哪里，默认是当前目录向上最近的 cases/")
@pages.no_cache
def command(names: tuple[str, ...], folder: Path | None) -> int:
    """运行案例（给定、期望、出处）和词的举例；不写规则集就运行全部。

    \b
    zjrules test zhanjiang/2025
    """
    out = say.console()
    root = folder or _nearest_cases()
    if folder is not None and not folder.is_dir():
        raise click.UsageError(f"「{folder}」不是目录")
    handed = _cases(root, out) if root is not None else []
    worst = _standard(out)
    for name in names or sorted(rule_sets()):
        rules, problems = load(name)
        if rules is None:
            say.diagnostics(problems, say.console(sys.stderr))
            worst = 2
            continue
        worst = max(worst, _run(rules, name, handed, out))
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


def _run(rules: RuleSet, name: str, handed: list[Handed], out: Console) -> int:
    out.print(f"{rules.title}    {shown(rules.path)}", style="bold")
    calendar, _ = calendar_for(rules)
    misses = failed_examples(rules.examples, calendar)
    if rules.examples:
        _report(f"词的举例 {len(rules.examples)} 条", misses, out)
    failed = bool(misses)
    mine = [h for h in handed if name in rules_named(h, ())[0]]
    for case in mine:
        failed = not _one(case, rules, calendar, out) or failed
    if not mine:
        out.print("  没有这本规则的案例", style="dim")
    out.print()
    return int(failed)


def _one(handed: Handed, rules: RuleSet, calendar: WorkCalendar | None, out: Console) -> bool:
    """Run one case; return whether it holds."""
    assert handed.case is not None
    units, problems = _units(handed, rules)
    misses: list[Miss] = []
    if not has_errors(problems):
        scored = score_units(rules, units, calendar, whole=len(units) > 1)[0]
        misses, wrong = judge(handed.case, scored)
        problems = [*problems, *wrong]
    _report(f"{handed.name}  {handed.case.title}", misses, out, broken=has_errors(problems))
    say.diagnostics([p for p in problems if p.is_error], out)
    return not misses and not has_errors(problems)


def _units(handed: Handed, rules: RuleSet) -> tuple[list[Facts], list[Diagnostic]]:
    """Return the facts of a case and of the units that it is compared with."""
    facts, problems = fitted(handed, rules)
    units, found = [facts], list(problems)
    for path in handed.case.others if handed.case else ():
        other, wrong = read_facts(path)
        found += wrong
        if other is not None:
            facts, more = fitted(other, rules)
            units.append(facts)
            found += more
    return units, found


def _report(title: str, misses: list[Miss], out: Console, broken: bool = False) -> None:
    bad = bool(misses) or broken
    out.print(Text.assemble(("  不符  " if bad else "  相符  ", "red" if bad else "green"), title), soft_wrap=True)
    for miss in misses:
        out.print(Text(f"        {miss.what}：期望 {miss.expected}，算得 {miss.got}    {miss.span}"), soft_wrap=True)
