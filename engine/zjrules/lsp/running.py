"""The cases that touch an indicator, run by what is in the editor: what each expects of it, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attrs import frozen

from zjrules.case import Miss, judge, wishes
from zjrules.lsp.cases import CaseFile, scored
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr

Watch = Callable[[int, int], None]
"""Called before each step with its number (from 0) and their count; what it raises ends the work."""


@frozen
class Outcome:
    """What one case says of an indicator: the expectations not met, or broken where its facts do not fit the rules."""

    case: CaseFile
    misses: tuple[Miss, ...] = ()
    broken: bool = False

    @property
    def holds(self) -> bool:
        """Whether all came out as expected."""
        return not self.misses and not self.broken


def run_cases(rules: RuleSet, name: str, cases: Sequence[CaseFile], watch: Watch) -> list[Outcome]:
    """Run the cases that expect something of an indicator, of what it is summed up in, of the total or the grade."""
    touched = {name, *_above(rules.program.groups, name), "总分", "等级"}
    found = []
    for number, case in enumerate(cases):
        watch(number, len(cases))
        if not any(w.name in touched for w in wishes(case.case, rules.program)[0]):
            continue
        unit = scored(case, rules)
        if unit is None:
            found.append(Outcome(case, broken=True))
            continue
        names = {*touched, f"{name}（指标）", f"{name}（舍入前）", *(f"{n}（指标）" for n in touched)}
        misses = judge(case.case, unit)[0]
        found.append(Outcome(case, tuple(m for m in misses if m.what in names)))
    return found


def told(name: str, outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """Return what came of a run in a few words, and in a sentence."""
    bad = [o for o in outcomes if not o.holds]
    if not outcomes:
        return "没有案例", f"没有案例写了与「{name}」有关的期望"
    if not bad:
        return f"{len(outcomes)} 个相符", f"「{name}」：{len(outcomes)} 个案例都相符"
    first = f"「{bad[0].case.title}」" + "".join(
        f"{m.what}期望 {m.expected}，算得 {m.got}" for m in bad[0].misses[:1]
    ) + ("的事实与规则不合" if bad[0].broken else "")  # fmt: skip
    return f"{len(bad)} 个不符", f"「{name}」：{len(outcomes)} 个案例，{len(bad)} 个不符。{first}"


def _above(nodes: Iterable[tr.Group | tr.Indicator], name: str) -> list[str]:
    """Return the names of the groups that an indicator is in."""
    for node in nodes:
        if node.name == name and isinstance(node, tr.Indicator):
            return []
        if isinstance(node, tr.Group):
            inner = _above(node.children, name)
            if inner or any(n.name == name for n in node.children):
                return [node.name, *inner]
    return []
