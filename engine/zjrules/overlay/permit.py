"""可调: what a base lets its overlays change."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.overlay.place import group_of
from zjrules.overlay.whole import Key, Whole
from zjrules.syntax import decl as sd
from zjrules.syntax.mark import Mark

FREE = frozenset({"事实", "参数", "明细", "校验", "定词", "放假安排"})
"""What may be added without asking: it changes no score until an indicator uses it."""


def permitted(base: Whole, key: Key, adding: bool = False, group: str = "") -> bool:
    """Return whether a base lets something be changed, removed, renamed or added.

    group names the group that a new indicator goes to.
    """
    kind, name, *inner = key
    if adding and kind in FREE and not inner:
        return True
    place = base.find((kind, name))
    holding = group if adding and not inner else _holding(base, (kind, name), place)
    if any(_says(m, "") for m in _marks_above(base, holding)):
        return True
    if adding and not inner:
        return False
    if place is None:  # what the base has not is the overlay's own
        return True
    decl = base.entries[place].decl
    if isinstance(decl, sd.Notice):
        return False
    return _says(decl.mark, inner[0] if inner else "") or _inside(decl, inner)


def _inside(decl: sd.Declared, inner: list[str]) -> bool:
    """Return whether a 分项 or column says itself that what is in it may be changed."""
    if not inner:
        return False
    if isinstance(decl, sd.Indicator):
        part = next((p for p in decl.parts if f"分项 {p.name.text}" == inner[0]), None)
        return part is not None and _says(part.mark, inner[1] if len(inner) > 1 else "")
    if isinstance(decl, sd.LedgerDecl):
        column = next((c for c in decl.columns if f"列名 {c.name.text}" == inner[0]), None)
        return column is not None and _says(column.mark, "")
    return False


def _says(mark: Mark | None, what: str) -> bool:
    """Return whether a mark lets a clause ('' for everything) be changed."""
    return mark is not None and (not mark.refs or (what != "" and any(str(r) == what for r in mark.refs)))


def _holding(base: Whole, key: Key, place: int | None) -> str:
    """Return the group that something is or stands in, '' for none."""
    if key[0] in ("一级指标", "二级指标"):
        return key[1]
    return group_of(base.entries, place) if key[0] == "指标" and place is not None else ""


def _marks_above(base: Whole, group: str) -> Iterator[Mark | None]:
    """Yield the marks of the head, of a group and of the one that it stands in."""
    yield base.head.mark if base.head is not None else None
    outer: Mark | None = None
    for entry in base.entries:
        decl = entry.decl
        if isinstance(decl, sd.Group) and decl.name.text == group:
            yield decl.mark
            yield outer if decl.level > 1 else None
        elif isinstance(decl, sd.Group) and decl.level == 1:
            outer = decl.mark
