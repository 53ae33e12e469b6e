"""Which indicators and groups of an old rule set have become which of a new one: kept, renamed, split, merged, or no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from attrs import define, field, frozen

from zjrules.diff.form import Reader, Table
from zjrules.diff.meaning import meaning
from zjrules.prove import reads
from zjrules.term import rule as tr

Key = tuple[str, ...]
"""A group: its name in the old rule set (its own where it is new) under that of the group that it stands in."""
MOST_PIECES = 5
"""Into more indicators than this nothing is found to be split."""
MOST_NEAR = 12
"""Of more indicators that read some of the same, only the first are tried."""


@frozen(eq=False)
class Seat:
    """An indicator, the group that it stands in and its place among all."""

    node: tr.Indicator
    group: Key
    at: int

    @property
    def read(self) -> frozenset[str]:
        """The facts and ledgers that it reads."""
        return reads.names(self.node) | reads.ledgers(self.node)


@frozen(eq=False)
class Match:
    """Old indicators and what they have become: one and one (kept), one and several (split), several and one, one alone."""

    old: tuple[Seat, ...]
    new: tuple[Seat, ...]


@frozen
class Groups:
    """The groups of both rule sets, by key, in order."""

    old: dict[Key, tr.Group]
    new: dict[Key, tr.Group]


def groups_of(old: tr.Program, new: tr.Program) -> Groups:
    """Return the groups of both: of one name, or renamed, which most of the indicators in it tell."""
    mine = dict(_groups(old.groups, ()))
    names = _group_names(old, new)
    theirs = {tuple(names.get(k[: i + 1], k[i]) for i in range(len(k))): g for k, g in _groups(new.groups, ())}
    return Groups(mine, theirs)


def _groups(nodes: Iterable[tr.Group | tr.Indicator], above: Key) -> Iterator[tuple[Key, tr.Group]]:
    for node in nodes:
        if isinstance(node, tr.Group):
            key = (*above, node.name)
            yield key, node
            yield from _groups(node.children, key)


def _group_names(old: tr.Program, new: tr.Program) -> dict[Key, str]:
    """Return the old names of groups that are called otherwise now: those that have kept most of their indicators."""
    mine, theirs = dict(_groups(old.groups, ())), dict(_groups(new.groups, ()))
    found: dict[Key, str] = {}
    for key, group in theirs.items():
        if key in mine:
            continue
        inside = _names(group)
        for other, lost in mine.items():
            free = other not in theirs and len(other) == len(key) and other[-1] not in found.values()
            if free and 2 * len(inside & _names(lost)) > max(len(inside), len(_names(lost))):
                found[key] = other[-1]
                break
    return found


def _names(group: tr.Group) -> frozenset[str]:
    return frozenset(
        n for child in group.children for n in (_names(child) if isinstance(child, tr.Group) else {child.name})
    )


def seats(groups: dict[Key, tr.Group]) -> list[Seat]:
    """Return the indicators that stand in some groups, in order."""
    found = [(child, key) for key, g in groups.items() for child in g.children if isinstance(child, tr.Indicator)]
    return [Seat(node, key, at) for at, (node, key) in enumerate(found)]


def matches(old: Sequence[Seat], new: Sequence[Seat], table: Table) -> list[Match]:
    """Return what has become of every old indicator, and where every new one comes from."""
    return _Matching(list(old), list(new), Reader(table)).all()


@define(eq=False)
class _Matching:
    """The indicators that are not matched yet, and the matches so far."""

    old: list[Seat]
    new: list[Seat]
    reader: Reader
    found: list[Match] = field(factory=list)

    def all(self) -> list[Match]:
        named = {s.node.name: s for s in self.new}
        kept = [(o, named[o.node.name]) for o in self.old if o.node.name in named]
        self._leave(kept)
        kept = [pair for pair in kept if not self._split(pair) and not self._merged(pair)]
        self._take(kept)
        for o in list(self.old):  # said alike under another name
            same = next((n for n in self.new if self._form(n) == self._form(o)), None)
            self._take([(o, same)] if same is not None else [])
        for seat in list(self.old):
            self._split((seat, None))
        for seat in list(self.new):
            self._merged((None, seat))
        for o in list(self.old):
            alike = [n for n in self.new if _alike(o, n)]
            self._take([(o, alike[0])] if len(alike) == 1 else [])
        self.found += [Match((o,), ()) for o in self.old] + [Match((), (n,)) for n in self.new]
        return self.found

    def _form(self, seat: Seat) -> int:
        return meaning(seat.node, self.reader)

    def _leave(self, pairs: Sequence[tuple[Seat, Seat]]) -> None:
        self.old = [s for s in self.old if all(s is not o for o, _ in pairs)]
        self.new = [s for s in self.new if all(s is not n for _, n in pairs)]

    def _take(self, pairs: Sequence[tuple[Seat, Seat]]) -> None:
        self._leave(pairs)
        self.found += [Match((o,), (n,)) for o, n in pairs]

    def _split(self, pair: tuple[Seat, Seat | None]) -> bool:
        """Find that an indicator is several now, of which one may have kept its name."""
        old, kept = pair
        pieces = _pieces(old, kept, self.new)
        if pieces:
            self.found.append(Match((old,), pieces))
            self._leave([(old, p) for p in pieces])
        return bool(pieces)

    def _merged(self, pair: tuple[Seat | None, Seat]) -> bool:
        """Find that several indicators are one now, which may have the name of one of them."""
        kept, new = pair
        pieces = _pieces(new, kept, self.old)
        if pieces:
            self.found.append(Match(pieces, (new,)))
            self._leave([(p, new) for p in pieces])
        return bool(pieces)


def _pieces(whole: Seat, kept: Seat | None, others: Sequence[Seat]) -> tuple[Seat, ...]:
    """Return the indicators that have the points of one together, each of which reads what it reads; () where there are none."""
    left = whole.node.points - (kept.node.points if kept is not None else Fraction(0))
    read = whole.read - (kept.read if kept is not None else frozenset())
    near = [s for s in others if s.group[0] == whole.group[0] and s.read & read][:MOST_NEAR]
    least = 1 if kept is not None else 2
    if left <= 0:
        return ()
    for count in range(least, min(len(near), MOST_PIECES) + 1):
        for some in combinations(near, count):
            every = (*((kept,) if kept is not None else ()), *some)
            covered = frozenset(n for s in every for n in s.read)
            if sum(s.node.points for s in some) == left and 2 * len(covered & whole.read) > len(whole.read):
                return tuple(sorted(every, key=lambda s: s.at))
    return ()


def _alike(old: Seat, new: Seat) -> bool:
    """Return whether an indicator is likely another under another name and with changes."""
    shared = len(old.read & new.read)
    same_place = old.group == new.group and old.node.points == new.node.points
    return same_place and 2 * shared >= len(old.read | new.read) and shared > 0
