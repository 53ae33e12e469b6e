"""The places of a rule set at which units are compared, and what a unit brings there, so that it can be counted apart.

The places are numbered in the order of the rules: the same program has the same numbers wherever it was sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from zjrules.exact import indicator
from zjrules.exact.census import Census, is_out
from zjrules.exact.expr import evaluate
from zjrules.exact.peers import abroad, elsewhere
from zjrules.exact.scope import Compared, Population, Scope
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import walk
from zjrules.trace import Step
from zjrules.unit import POINTS
from zjrules.value import Value


@frozen(eq=False)
class Place:
    """A function over all units, or 按 同级平均 of an indicator or part; which 令 and which 满分 hold there."""

    node: tm.Peers | tr.NotApplicable
    owner: tr.Indicator | None
    """None in a check or a step of the total."""
    lets: Mapping[str, tm.Let]
    leans: bool
    """Whether what a unit brings depends on what all units bring at other places: then those are counted first."""

    @property
    def kind(self) -> str:
        """What is taken of all units: 名次, 同级平均, 同级最大, 同级最小."""
        return self.node.kind if isinstance(self.node, tm.Peers) else "同级平均"

    def value(self, root: Scope) -> Value:
        """Return what a unit brings."""
        if isinstance(self.node, tr.NotApplicable):
            assert self.owner is not None
            return indicator.applied(self.owner, root, self.lets)
        full = self.owner.points if self.owner is not None else None
        steps = {} if full is None else {"满分": Step(tm.Const(full, POINTS, "满分"), full)}
        return elsewhere(self.node, root, steps, self.lets, evaluate)


def places(program: tr.Program) -> tuple[Place, ...]:
    """Return all places at which a rule set compares units, in order."""
    found = [p for node in survey.indicators(program.groups) for p in _places(node, {})]
    above = [e for c in program.checks for e in (c.when, c.left, c.right) if e is not None]
    above += [e for step in program.steps for e in survey.of_step(step)]
    return (*found, *(Place(e, None, {}, leans=False) for e in _peers(above)))


def _places(node: tr.Indicator, around: Mapping[str, tm.Let]) -> Iterator[Place]:
    lets = {**around, **node.lets}
    written = [*survey.own(node), *(let.value for let in node.lets.values())]
    for e in _peers(written):
        yield Place(e, node, lets, leans=False)
    leans = any(True for _ in _peers([*survey.of_indicator(node), *(let.value for let in around.values())]))
    for na in node.na:
        if na.mean is not None:
            yield Place(na, node, lets, leans)
    for part in node.parts:
        yield from _places(part, lets)


def _peers(written: Sequence[tm.Expr]) -> Iterator[tm.Peers]:
    for e in written:
        yield from (n for n in walk(e) if isinstance(n, tm.Peers))


def brought(place: Place, population: Population) -> tuple[Value, ...]:
    """Return what every unit at hand brings to a place, as other units see it."""
    return abroad(population, place.value)


def give(population: Population, found: Sequence[tuple[Place, Census | None]]) -> None:
    """Tell units what all units were found to bring, those at hand among them; they are known by their names.

    None where that is not known yet: then nothing that stands on it can be asked of these units.
    """
    population.whole = False
    for place, census in sorted(found, key=lambda each: each[0].leans):
        if census is None:
            continue
        values = brought(place, population)
        where = {name: i for i, (name, _) in enumerate(census.rest)}
        open_ = (i for i, v in enumerate(values) if population.names[i] in where and not is_out(v))
        own = {unit: where[population.names[unit]] for unit in open_}
        population.compared[id(place.node)] = Compared(values, own, census)
