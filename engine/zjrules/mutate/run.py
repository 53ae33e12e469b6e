"""All mutants of a rule set against its cases, and what each survivor is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attrs import frozen

from zjrules.exact import indicator, total
from zjrules.exact.scope import WorkCalendar, scope_of
from zjrules.fact import Facts
from zjrules.mutate.bench import Bench, Kill, Signed, bench
from zjrules.mutate.book import mutants
from zjrules.mutate.change import Mutant
from zjrules.mutate.protocol import Distinguishing, Equivalent, Prover, Undecided, Verdict
from zjrules.mutate.settle import settled, usual
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr
from zjrules.value import Problem, Value

KILLED, SAME, ALIVE, OPEN = "杀死", "等价", "活着", "未判定"
Watch = Callable[[Sequence[Mutant], str], Iterable[Mutant]]


@frozen
class Fate:
    """A mutant and what became of it: the case that noticed it, or what is known of a survivor."""

    mutant: Mutant
    kill: Kill | None
    verdict: Verdict | None = None

    @property
    def state(self) -> str:
        """In one word."""
        match self.verdict:
            case None:
                return KILLED
            case Equivalent():
                return SAME
            case Distinguishing():
                return ALIVE
            case Undecided():
                return OPEN


def fates(
    rules: RuleSet,
    cases: Sequence[Signed],
    calendar: WorkCalendar | None,
    watch: Watch = lambda items, _: items,
    prover: Prover | None = None,
) -> tuple[Fate, ...]:
    """Return what becomes of every mutant. prover settles the survivors; watch shows how far it is."""
    ready = bench(rules, cases, calendar)
    ask = prover or usual([c.units[0] for c in cases], calendar)
    made = mutants(rules.program)
    kills = {m.number: ready.killed(m) for m in watch(made, "变异")}
    alive = [m for m in made if kills[m.number] is None]
    units = [c.units[0] for c in cases]
    verdicts = {m.number: _settled(ready, m, ask, units) for m in watch(alive, "活着的")}
    return tuple(Fate(m, kills[m.number], verdicts.get(m.number)) for m in made)


def _settled(ready: Bench, mutant: Mutant, ask: Prover, units: Sequence[Facts]) -> Verdict:
    found = settled(ready.rules.program, mutant, ask, ready.calendar, units)
    if isinstance(found, Distinguishing):
        # What a prover says is believed when the exact engine says it too.
        assert replays(ready.rules.program, mutant, found, ready.calendar), mutant.change
    return found


def replays(program: tr.Program, mutant: Mutant, found: Distinguishing, calendar: WorkCalendar | None) -> bool:
    """Return whether facts that are to tell a mutant from the rules do so in the exact engine."""
    if mutant.total:
        before_, after_ = (total.score(p, found.facts, calendar) for p in (program, mutant.program))
        return (before_.total, before_.grades) != (after_.total, after_.grades)
    one, two = (scope_of(p, found.facts, calendar, proved_only=False) for p in (program, mutant.program))
    nodes = list(_indicators(program))
    for place, node in mutant.indicators.items():
        before, after = indicator.score(nodes[place], one), indicator.score(node, two)
        if _differ(before.value, after.value) or (found.raw and _differ(before.note, after.note)):  # type: ignore[arg-type]
            return True
    return any(
        total.checked(program.checks[place], one).status != total.checked(check, two).status
        for place, check in mutant.checks.items()
    )


def _indicators(program: tr.Program) -> Iterable[tr.Indicator]:
    return (n for g in program.groups for n in _under(g))


def _under(node: tr.Group | tr.Indicator) -> list[tr.Indicator]:
    return [node] if isinstance(node, tr.Indicator) else [n for child in node.children for n in _under(child)]


def _differ(one: Value, two: Value) -> bool:
    if isinstance(one, Problem) and isinstance(two, Problem):
        return (one.kind, one.detail) != (two.kind, two.detail)
    return one != two
