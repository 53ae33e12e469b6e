"""The outline side by side: groups, indicators where they stand, and the outline that stands between when some changes were made.

The points of a group and of the whole are the sum of what stands in it: they follow, in whatever stands between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from attrs import evolve, field, frozen

from zjrules.diff.basis import basis
from zjrules.diff.change import (
    ADDED,
    EDITED,
    MERGED,
    MOVED,
    REMOVED,
    RENAMED,
    SPLIT,
    Change,
    Chosen,
    Patch,
    come,
    distinct,
    fields,
    gone,
    one,
    still,
    swapped,
)  # fmt: skip
from zjrules.diff.context import Place, edited, head, points_text, quoted
from zjrules.diff.indicator import indicator
from zjrules.diff.matching import Groups, Key, Match, Seat, groups_of, matches, seats
from zjrules.span import Span
from zjrules.term import rule as tr

Nodes = tuple[tr.Group | tr.Indicator, ...]
LEVELS = {1: "一级指标", 2: "二级指标"}


@frozen(eq=False)
class Seated:
    """An indicator that may stand in the outline, and the group that it then stands in. at: its place among all."""

    patch: Patch[tuple[tr.Indicator, ...]]
    old: Key | None
    new: Key | None
    moved: Change | None
    at: tuple[int, int]

    def group(self, chosen: Chosen) -> Key:
        """Return the group that it stands in when some changes were made."""
        here = self.new if self.moved is None or self.moved in chosen or self.old is None else self.old
        found = here if here is not None else self.old
        assert found is not None
        return found


@frozen(eq=False)
class Outline:
    """The outline of both rule sets, and which indicators have become which."""

    seated: tuple[Seated, ...]
    groups: dict[Key, Patch[tr.Group]]
    changes: tuple[Change, ...]
    matches: tuple[Match, ...] = field(default=())

    def build(self, chosen: Chosen) -> Nodes:
        """Return the outline when some changes were made; groups in which nothing stands are left out."""
        inside: dict[Key, list[tr.Indicator]] = {}
        for each in self.seated:
            inside.setdefault(each.group(chosen), []).extend(each.patch.build(chosen))
        return self._under((), inside, chosen)

    def _under(self, above: Key, inside: dict[Key, list[tr.Indicator]], chosen: Chosen) -> Nodes:
        found: list[tr.Group] = []
        for key, patch in self.groups.items():
            if key[:-1] != above:
                continue
            children = (*self._under(key, inside, chosen), *inside.get(key, ()))
            if children:
                points = sum((c.points for c in children), Fraction(0))
                found.append(evolve(patch.build(chosen), children=children, points=points))
        return tuple(found)


def outline(old: tr.Program, new: tr.Program, place: Place) -> Outline:
    """Return the outline of both rule sets side by side."""
    groups = groups_of(old, new)
    mine, theirs = seats(groups.old), seats(groups.new)
    found = matches(mine, theirs, place.sides.old.table)
    order = _order(mine, theirs, found)
    seated = [s for m in found for s in _seated(m, groups, place, order)]
    seated.sort(key=lambda s: s.at)
    keys = _merged_order(list(groups.old), list(groups.new))
    patches = {k: _group(groups.old.get(k), groups.new.get(k), place) for k in keys}
    changes = [c for k in keys for c in patches[k].changes]
    changes += [c for s in seated for c in (*((s.moved,) if s.moved is not None else ()), *s.patch.changes)]
    return Outline(tuple(seated), patches, distinct(changes), tuple(found))


# ---------- order ----------


def _order(old: Sequence[Seat], new: Sequence[Seat], found: Sequence[Match]) -> dict[int, tuple[int, int]]:
    """Return the place of every seat: that in the new outline; what is no more stands after what it stood after."""
    places = {id(s): (s.at + 1, 0) for s in new}
    partner = {id(o): m.new[0] for m in found for o in m.old if m.new}
    last = 0
    for seat in old:
        if id(seat) in partner:
            last = places[id(partner[id(seat)])][0]
        places[id(seat)] = (last, seat.at + 1)
    return places


def _merged_order(old: Sequence[Key], new: Sequence[Key]) -> list[Key]:
    found = list(new)
    for at, key in enumerate(old):
        if key not in found:
            before = next((found.index(k) + 1 for k in reversed(old[:at]) if k in found), 0)
            found.insert(before, key)
    return found


# ---------- groups ----------


def _group(old: tr.Group | None, new: tr.Group | None, place: Place) -> Patch[tr.Group]:
    """Return the patch of a group by itself. That it is there follows from its indicators, and so do its points."""
    if old is None or new is None:
        found = old or new
        assert found is not None
        act = REMOVED if new is None else ADDED
        name = LEVELS[found.level]
        said = f"{act}{name}{quoted(found.name)}（{points_text(found.points)}）"
        sides = (head(found.span), None) if new is None else (None, head(found.span))
        here = evolve(place, subject=found.name, where="")
        return Patch((here.change(name, act, said, sides, scores=False),), lambda _: found)
    name = LEVELS[old.level]
    here = evolve(place, subject=old.name, where=f"{name}{quoted(old.name)}")
    sides_of = (head(old.span), head(new.span))
    called = still(old.name)
    if old.name != new.name:
        called = swapped(
            here.change(name, RENAMED, f"改称{quoted(new.name)}", sides_of, scores=False), old.name, new.name
        )
    points: Patch[Fraction] = still(old.points)
    if old.points != new.points:
        said = f"{edited('的分值', points_text(old.points), points_text(new.points))}，随其中的指标"
        change = here.change("分值", EDITED, said, sides_of, scores=False)
        points = swapped(change, old.points, new.points)
    shared = place.shared.get(("舍入", old.level))
    rounding = still(old.rounding) if shared is None else swapped(shared, old.rounding, new.rounding)
    return fields(old, name=called, points=points, rounding=rounding, basis=basis(old, new, here))


# ---------- indicators ----------


def _seated(match: Match, groups: Groups, place: Place, order: dict[int, tuple[int, int]]) -> list[Seated]:
    """Return the seats of a match: one that both share, or those of each with the change that trades the one for the other."""
    if len(match.old) == len(match.new) == 1:
        return [_kept(match.old[0], match.new[0], groups, place, order)]
    change = _exchange(match, groups, place)
    found = [Seated(gone(change, o.node), o.group, None, None, order[id(o)]) for o in match.old]
    return found + [Seated(come(change, n.node), None, n.group, None, order[id(n)]) for n in match.new]


def _kept(old: Seat, new: Seat, groups: Groups, place: Place, order: dict[int, tuple[int, int]]) -> Seated:
    name = old.node.name
    here = evolve(place, subject=name, where=f"指标{quoted(name)}", owner=name)
    moved = None
    if old.group != new.group:
        names = [quoted(g[k].name) for g, k in ((groups.old, old.group), (groups.new, new.group))]
        said = f"由{LEVELS[len(old.group)]}{names[0]}移到{LEVELS[len(new.group)]}{names[1]}"
        moved = here.change("指标", MOVED, said, (head(old.node.span), head(new.node.span)))
    patch = one(indicator(old.node, new.node, here))
    return Seated(patch, old.group, new.group, moved, order[id(new)])


def _exchange(match: Match, groups: Groups, place: Place) -> Change:
    """Return the change that some indicators are others now, or are there no more, or are there now."""
    old, new = ([s.node for s in side] for side in (match.old, match.new))
    owner = (old or new)[0].name
    here = evolve(place, subject=owner, where="", owner=owner)
    span_old, span_new = _span(old), _span(new)
    if not old or not new:
        act, found = (ADDED, match.new[0]) if not old else (REMOVED, match.old[0])
        inside = (groups.new if not old else groups.old)[found.group]
        where = f"{LEVELS[inside.level]}{quoted(inside.name)}"
        said = f"{where}{act}指标{_called([found.node])}"
        return here.change("指标", act, said, (span_old, span_new))
    act, verb = (SPLIT, "拆成") if len(new) > 1 else (MERGED, "合并成")
    return here.change("指标", act, f"指标{_called(old)}{verb}{_called(new)}", (span_old, span_new))


def _called(nodes: Iterable[tr.Indicator]) -> str:
    return "、".join(f"{quoted(n.name)}（{points_text(n.points)}）" for n in nodes)


def _span(nodes: Sequence[tr.Indicator]) -> Span | None:
    """Return the place of some indicators: where they stand beside each other, all of them, else the first."""
    if not nodes:
        return None
    first, last = nodes[0].span, nodes[-1].span
    return first.to(last) if first.source == last.source and first.start <= last.start else first
