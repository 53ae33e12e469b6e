"""The patch of a list of clauses: what was added, taken away, changed, or stands in another order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from zjrules.diff.align import Key, Likeness, in_any_order, in_order
from zjrules.diff.change import ADDED, ORDER, REMOVED, Change, Patch, come, gone, joined, one
from zjrules.diff.context import Place, quoted, spans_of
from zjrules.diff.form import Form, Reader
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.walk import refs

Placed = tr.NotApplicable | tr.Gate | tr.Clamp | tr.Band | tr.Case | tr.PerStep
T = TypeVar("T")
Say = Callable[[str, T, T], Change]
"""What says that a clause was added, taken away or moved, from what was done and the clause on both sides."""


def listed(
    old: Sequence[T], new: Sequence[T], key: Key[T], alike: Likeness[T], both: Callable[[T, T], Patch[T]], say: Say[T],
    ordered: bool,
) -> Patch[tuple[T, ...]]:  # fmt: skip
    """Return the patch of a list; both compares two that belong together. Where the order says nothing it is not looked at."""
    pairs = (in_order if ordered else in_any_order)(old, new, key, alike)
    lost = {key(o): o for o, n in pairs if n is None and o is not None}
    moved: dict[Hashable, Change] = {
        key(n): say(ORDER, lost[key(n)], n) for o, n in pairs if o is None and n is not None and key(n) in lost
    }
    found: list[Patch[tuple[T, ...]]] = []
    for o, n in pairs:
        if o is not None and n is not None:
            found.append(one(both(o, n)))
        elif o is not None:
            found.append(gone(moved.get(key(o)) or say(REMOVED, o, o), o))
        elif n is not None:
            found.append(come(moved.get(key(n)) or say(ADDED, n, n), n))
    return joined(found)


def keyed(old: Sequence[T], new: Sequence[T], form: Callable[[T, Reader], Form], place: Place) -> Key[T]:
    """Return what tells whether two clauses say the same: their forms, every 令 in them being what it is."""
    known = {id(x): form(x, place.sides.plain_old) for x in old}
    known |= {id(x): form(x, place.sides.plain_new) for x in new}
    return lambda x: known[id(x)]


def saying(place: Place, kind: str, called: str) -> Callable[[str, Placed, Placed], Change]:
    """Return what says that a clause was added, taken away or moved."""

    def say(act: str, old: Placed, new: Placed) -> Change:
        text = quoted(new.span.text)
        said = f"的{called}{text}换了次序" if act == ORDER else f"{act}{called}{text}"
        return place.change(kind, act, said, spans_of(act, old, new))

    return say


def shares(one: tm.Expr, other: tm.Expr) -> bool:
    """Return whether two expressions speak of a thing that they both name."""
    mine, theirs = ({r for r in refs(e, {}) if r != ("var", "满分")} for e in (one, other))
    return bool(mine & theirs)
