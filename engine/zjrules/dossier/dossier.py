"""What a change of rules comes to for the units: who gains, who loses, who crosses into another grade, and by which clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cached_property

from attrs import define, frozen

from zjrules.bulk.frame import Frame
from zjrules.diff.change import Change
from zjrules.dossier import shapley
from zjrules.dossier.replay import Replay, Standing, Totals, Units, replayed, sortable
from zjrules.dossier.shapley import Weights

Seen = Callable[[int], None]


@frozen
class Unit:
    """One unit under both rule sets. parts are in points, by clause; None where its difference is not attributed."""

    name: str
    old: Standing
    new: Standing
    change: Fraction | None
    """The difference of the totals, where both are settled."""
    parts: tuple[Fraction, ...] | None = None

    @property
    def crosses(self) -> bool:
        """Whether it certainly has another grade now."""
        return bool(self.old.grade and self.new.grade) and self.old.grade != self.new.grade


@frozen
class Share:
    """What a clause does to all attributed units together, in points."""

    change: Change
    sum: Fraction
    mean: Fraction
    gain: int
    lose: int

    @property
    def felt(self) -> bool:
        """Whether any unit has a part of it."""
        return bool(self.gain or self.lose)


@define(eq=False, slots=False)
class Dossier:
    """All units under both rule sets, with what follows from them."""

    replay: Replay
    units: tuple[Unit, ...]
    weights: Weights | None
    """How the differences were attributed; None where that was not asked for."""
    aside: int = 0
    """Units of the input that were not scored."""

    @cached_property
    def settled(self) -> tuple[Unit, ...]:
        """The units both of whose totals are settled."""
        return tuple(u for u in self.units if u.change is not None)

    @cached_property
    def open(self) -> tuple[Unit, ...]:
        """The units of which a total is not settled: they are counted apart and not attributed."""
        return tuple(u for u in self.units if u.change is None)

    @cached_property
    def attributed(self) -> tuple[Unit, ...]:
        """The units whose differences are attributed."""
        return tuple(u for u in self.settled if u.parts is not None)

    @cached_property
    def between(self) -> tuple[Unit, ...]:
        """Settled units that are not settled where only some of the clauses were made: they are not attributed."""
        return tuple(u for u in self.settled if u.parts is None) if self.weights is not None else ()

    @cached_property
    def _moves(self) -> dict[Fraction, list[Unit]]:
        """The settled units by their differences, from the least to the greatest, by name."""
        found: dict[int, tuple[Fraction, list[Unit]]] = {}
        for unit in self.settled:
            if unit.change is not None:
                found.setdefault(id(unit.change), (unit.change, []))[1].append(unit)
        moves: dict[Fraction, list[Unit]] = {}
        for change, some in sorted(found.values(), key=lambda x: x[0]):
            moves.setdefault(change, []).extend(some)
        return {change: sorted(some, key=lambda u: u.name) for change, some in moves.items()}

    @cached_property
    def winners(self) -> tuple[Unit, ...]:
        """The units that gain, the most first."""
        return tuple(u for change in reversed(self._moves) if change > 0 for u in self._moves[change])

    @cached_property
    def losers(self) -> tuple[Unit, ...]:
        """The units that lose, the most first."""
        return tuple(u for change in self._moves if change < 0 for u in self._moves[change])

    @cached_property
    def crossing(self) -> tuple[Unit, ...]:
        """The units that cross into another grade."""
        return tuple(u for u in self.units if u.crosses)

    @cached_property
    def grades(self) -> Mapping[tuple[str, str], int]:
        """How many units had one grade and have the other now; '' stands for several possible ones."""
        return Counter((u.old.grade, u.new.grade) for u in self.units)

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """What every clause does, in the order of the rules; none where nothing was attributed."""
        if self.weights is None:
            return ()
        return tuple(self._share(i, c) for i, c in enumerate(self.replay.players))

    def _share(self, place: int, change: Change) -> Share:
        mine = [u.parts[place] for u in self.attributed if u.parts is not None]
        total = sum(mine, Fraction(0))
        mean = total / len(mine) if mine else Fraction(0)
        return Share(change, total, mean, sum(p > 0 for p in mine), sum(p < 0 for p in mine))

    @property
    def code(self) -> int:
        """The exit code: 0 where every unit was scored, is settled and has the same total and grade, else 1."""
        moved = bool(self.winners or self.losers or self.crossing)
        return int(moved or bool(self.open) or bool(self.aside))

    def names_of_grades(self, new: bool) -> tuple[str, ...]:
        """Return the grades of a rule set in their order, then those that only a step of the total gives, then ''."""
        program = self.replay.diff.told if new else self.replay.diff.old
        named = [g.name for g in program.grades]
        met = [pair[new] for pair in self.grades]
        return tuple(dict.fromkeys((*named, *sorted(m for m in met if m), *([""] if "" in met else []))))


def dossier(found: Replay, frames: Iterable[Frame], weights: Weights | None, watch: tuple[Seen, Seen]) -> Dossier:
    """Return the dossier of two rule sets over all units; watch is told how many units, then how many sets of clauses are scored.

    weights None attributes nothing. Raises what reading the frames does.
    """
    units = replayed(found, frames, weights is not None, watch[0])
    parts = _parts(found, units, weights, watch[1]) if weights is not None else [None] * len(units.names)
    rows = zip(units.names, units.old, units.new, _changes(units), parts, strict=True)
    return Dossier(found, tuple(Unit(*row) for row in rows), weights)


def _changes(units: Units) -> list[Fraction | None]:
    """Return the differences. Equal standings are one object and equal differences too, so that each is made once."""
    totals = {id(s): s.total for s in (*units.old, *units.new)}
    sign = sortable([t for t in totals.values() if t is not None])
    signs = {place: sign(t) for place, t in totals.items() if t is not None}
    known: dict[int | Fraction, Fraction] = {}
    found: list[Fraction | None] = []
    for old, new in zip(map(id, units.old), map(id, units.new), strict=True):
        before, after = totals[old], totals[new]
        if before is None or after is None:
            found.append(None)
            continue
        by = signs[new] - signs[old]
        if by not in known:
            known[by] = after - before
        found.append(known[by])
    return found


def _parts(found: Replay, units: Units, weights: Weights, seen: Seen) -> list[tuple[Fraction, ...] | None]:
    def value(made: shapley.Made) -> Totals:
        return found.totals(frozenset(found.players[i] for i in made), units.frames)

    settled = [a.settled and b.settled for a, b in zip(units.old, units.new, strict=True)]
    if not found.players or not any(settled):
        return [() if s else None for s in settled]
    got = shapley.parts(weights, value, len(units.names), seen)
    known = got.settled.tolist()
    return [tuple(c[i] for c in got.columns) if known[i] and settled[i] else None for i in range(len(known))]
