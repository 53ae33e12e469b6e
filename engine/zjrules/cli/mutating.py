"""Mutants on a terminal, and the cases that are missing, to be signed by a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve
from rich.console import Console
from rich.text import Text

from zjrules.cli import say, writing
from zjrules.explain.lines import score_text
from zjrules.inout import casefile
from zjrules.mutate import judged
from zjrules.mutate.protocol import Distinguishing, Equivalent, Undecided
from zjrules.mutate.run import ALIVE, KILLED, OPEN, SAME, Fate
from zjrules.ruleset import RuleSet
from zjrules.value import Value


def show(rules: RuleSet, found: Sequence[Fate], out: Console) -> bool:
    """Print a line for each indicator and all survivors; return whether none is left that is not equivalent."""
    owners: dict[str, list[Fate]] = {}
    for fate in found:
        owners.setdefault(fate.mutant.owner, []).append(fate)
    lines = [Text("  变异：每次改一处，看案例的期望认不认得出", "bold")]
    for owner, mine in owners.items():
        counts = Counter(f.state for f in mine)
        left = counts[ALIVE] + counts[OPEN]
        said = f"杀死 {counts[KILLED]:>3}  等价 {counts[SAME]:>2}  活着 {left:>3}"
        lines.append(Text.assemble("    ", (f"{len(mine):>3} 个  {said}", "yellow" if left else "green"), f"  {owner}"))
        lines.append(Text(f"        各句（行 杀死/共）  {_clauses(mine)}", "dim"))
        for fate in (f for f in mine if f.state != KILLED):
            lines += _survivor(rules, fate)
    counts = Counter(f.state for f in found)
    total = "，".join(f"{state} {counts[state]}" for state in (KILLED, SAME, ALIVE, OPEN))
    lines.append(Text(f"  共 {len(found)} 个：{total}", "bold"))
    say.block(lines, out)
    return not counts[ALIVE] and not counts[OPEN]


def _clauses(mine: Sequence[Fate]) -> str:
    """Return how many were killed of how many, by the line that the clause begins at."""
    found: dict[int, Counter[bool]] = {}
    for fate in mine:
        found.setdefault(fate.mutant.change.span.line, Counter())[fate.state == KILLED] += 1
    return "  ".join(f"{line} {count[True]}/{count.total()}" for line, count in sorted(found.items()))


def _survivor(rules: RuleSet, fate: Fate) -> list[Text]:
    change = fate.mutant.change
    head = f"        {fate.state}  第 {fate.mutant.number} 个  {change.kind}：{change.said}    {change.span}"
    schema = rules.program.schema
    match fate.verdict:
        case Distinguishing(facts, before, after, raw):
            scores = f"原来 {_score(fate, before)}，改后 {_score(fate, after)}" + ("（舍入前）" if raw else "")
            return [Text(head, "yellow"), Text(f"              {scores}    {casefile.line(facts, schema)}")]
        case Equivalent(why):
            return [Text(head, "dim"), Text(f"              {why}", "dim")]
        case Undecided(tried):
            return [Text(head, "yellow"), Text(f"              {tried}")]
        case None:
            return []


def _score(fate: Fate, value: Value) -> str:
    if fate.mutant.checks and not fate.mutant.indicators:
        return judged.STATUS.get(value, "不可核")  # type: ignore[arg-type]
    return value if isinstance(value, str) else score_text(value)


def write(rules: RuleSet, found: Sequence[Fate], folder: Path, force: bool) -> int:
    """Write a case for every survivor that is told apart, and return 0, or say what cannot be written and return 2."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        say.console().print(Text(f"建不了目录「{folder}」：{writing.WHY.get(type(error), error.strerror)}"))
        return 2
    program = rules.program
    worst = 0
    for fate in found:
        if isinstance(fate.verdict, Distinguishing):
            facts = evolve(fate.verdict.facts, unit="试验单位（虚构）")
            title = f"{fate.mutant.owner}：{fate.mutant.change.said}，得分就不同的事实"
            text = casefile.text(facts, program.schema, rules.id, program.book.year)
            text += casefile.expecting(title, "待签：按规则手工核算", "待签")
            path = folder / f"mutant-{fate.mutant.number:04}.yaml"
            worst = max(worst, writing.save(path, text.encode(), force))
    return worst
