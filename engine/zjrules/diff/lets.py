"""令 side by side. What a 令 is called is nobody's business: two are matched by their names, else by what they say.

A clause that says the same with every 令 written out, though its 令 differ, is kept with them written out: then no change of
a 令 can move it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from zjrules.diff.change import Patch, changed, distinct, fields
from zjrules.diff.context import Place, quoted
from zjrules.diff.expression import Told, expression, put
from zjrules.diff.form import Reader
from zjrules.diff.meaning import clauses
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.mapped import indicator_mapped
from zjrules.term.walk import walk

Lets = Mapping[str, tm.Let]


class TangledError(Exception):
    """Some of the 令 changed places with others that they use: never seen outside this package."""


@frozen
class Matched:
    """An indicator whose 令 have the names of the old one's where they are the same ones, and what its clauses are read with."""

    new: tr.Indicator
    place: Place
    lets: Patch[dict[str, tm.Let]]


def matched(old: tr.Indicator, new: tr.Indicator, place: Place, outer: tuple[Lets, Lets]) -> Matched:
    """Match the 令 of an indicator or part; outer are those of the indicators that it is a part of. Raises TangledError."""
    mine = {n: let for n, let in old.lets.items() if n not in outer[0]}
    theirs = {n: let for n, let in new.lets.items() if n not in outer[1]}
    names = _names(mine, theirs, place)
    if names:
        new = _called(new, names)
        theirs = {names.get(n, n): new.lets[names.get(n, n)] for n in theirs}
    _untangled(old, new)
    both = [n for n in mine if n in theirs]
    here = _reading(place, mine, theirs, frozenset(both))
    wanted = _wanted(old, new, here)
    patches = {n: _let(mine[n], theirs[n], here) for n in both if n in wanted}
    every = distinct([c for p in patches.values() for c in p.changes])
    fresh = {n: let for n, let in theirs.items() if n not in mine}

    def build(chosen: object) -> dict[str, tm.Let]:
        now = {n: patches[n].build(chosen) if n in patches else let for n, let in old.lets.items()}  # type: ignore[arg-type]
        return {**now, **fresh}

    return Matched(new, here, Patch(every, build))


def _names(mine: Lets, theirs: Lets, place: Place) -> dict[str, str]:
    """Return the old names of 令 that are called otherwise now."""
    old, new = place.sides.plain_old.with_lets(mine), place.sides.plain_new.with_lets(theirs)
    left = {n: old.env[n] for n in mine if n not in theirs}
    found: dict[str, str] = {}
    for name in theirs:
        same = next((n for n, form in left.items() if form == new.env[name]), None)
        if name not in mine and same is not None:
            found[name] = same
            del left[same]
    lost, fresh = [n for n in mine if n in left], [n for n in theirs if n not in mine and n not in found]
    # One that was renamed and changed can be told only where there is no other.
    return {**found, fresh[0]: lost[0]} if len(lost) == len(fresh) == 1 else found


def _called(node: tr.Indicator, names: Mapping[str, str]) -> tr.Indicator:
    """Return an indicator with other names for its 令."""

    def change(e: tm.Expr) -> tm.Expr:
        return put(
            e, {n: tm.Var(to, v.type, span=v.span) for v in _vars(e) if (n := v.name) in names and (to := names[n])}
        )

    def let_named(found: tr.Indicator) -> tr.Indicator:
        lets = {names.get(n, n): evolve(x, name=names.get(n, n)) for n, x in found.lets.items()}
        return evolve(found, lets=lets, parts=tuple(let_named(p) for p in found.parts))

    return let_named(indicator_mapped(node, change))


def _vars(e: tm.Expr) -> Iterator[tm.Var]:
    yield from (n for n in walk(e) if isinstance(n, tm.Var))


def _reading(place: Place, mine: Lets, theirs: Lets, both: frozenset[str]) -> Place:
    """Return the place whose readers know the 令: a matched one is a name, another is what it says."""
    sides = place.sides
    written = dict(sides.written)
    for name, let in mine.items():
        written[name] = put(let.value, written)
        opaque = sides.old.table.of("令", name) if name in both else sides.old.of(let.value)
        sides = evolve(sides, old=sides.old.knowing({name: opaque}), plain_old=_plain(sides.plain_old, name, let))
    for name, let in theirs.items():
        opaque = sides.old.table.of("令", name) if name in both else sides.new.of(let.value)
        sides = evolve(sides, new=sides.new.knowing({name: opaque}), plain_new=_plain(sides.plain_new, name, let))
    return evolve(place, sides=evolve(sides, written=written))


def _plain(reader: Reader, name: str, let: tm.Let) -> Reader:
    return reader.knowing({name: reader.of(let.value)})


def _wanted(old: tr.Indicator, new: tr.Indicator, place: Place) -> set[str]:
    """Return the 令 that clauses use which do not say the same with every 令 written out."""
    mine, theirs = list(clauses(old, place.sides.plain_old)), list(clauses(new, place.sides.plain_new))
    apart = [e for unit, es in mine if unit not in {u for u, _ in theirs} for e in es]
    apart += [e for unit, es in theirs if unit not in {u for u, _ in mine} for e in es]
    lets = [found for node in (old, new) for found in _every_lets(node)]
    found: set[str] = set()
    open_ = {v.name for e in apart for v in _vars(e)}
    while open_ - found:
        name = (open_ - found).pop()
        found.add(name)
        open_ |= {v.name for each in lets if name in each for v in _vars(each[name].value)}
    return found


def _every_lets(node: tr.Indicator) -> Iterator[Lets]:
    yield node.lets
    for part in node.parts:
        yield from _every_lets(part)


def _untangled(old: tr.Indicator, new: tr.Indicator) -> None:
    """Raise TangledError where 令 of both, put together, would use each other in a circle."""
    uses: dict[str, set[str]] = {}
    for lets in (*_every_lets(old), *_every_lets(new)):
        for name, let in lets.items():
            uses.setdefault(name, set()).update(v.name for v in _vars(let.value))
    while uses:
        free = [n for n, names in uses.items() if not names & uses.keys()]
        if not free:
            raise TangledError
        for name in free:
            del uses[name]


def _let(old: tm.Let, new: tm.Let, place: Place) -> Patch[tm.Let]:
    found: Patch[tm.Let] = fields(
        old, value=expression(old.value, new.value, place, Told("令", f"的{quoted(old.name)}"))
    )
    return changed(found, lambda let: let)
