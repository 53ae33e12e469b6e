"""Where a new indicator or group stands: 列在 another one, or 归入 a group."""

from __future__ import annotations

from collections.abc import Sequence

from zjrules.diag import Code, Diagnostic, at
from zjrules.overlay.conflict import head
from zjrules.overlay.whole import Entry
from zjrules.span import Span
from zjrules.spelling import nearest
from zjrules.syntax import decl as sd
from zjrules.syntax.mark import Place

NO_PLACE = Code("ZJ4109", "no-place-for-it")

Outlined = sd.Indicator | sd.Group


def spot(entries: Sequence[Entry], new: Outlined, place: Place | None, span: Span) -> int | Diagnostic:
    """Return before which entry a new indicator or group goes, or what is wrong with its place."""
    what = "指标" if isinstance(new, sd.Indicator) else "分组"
    if place is None:
        first = "写「归入 所在的一级、二级指标」，或" if what == "指标" else "写"
        return at(
            NO_PLACE, head(span), f"没有说新的{what}「{new.name.text}」列在哪里", f"{first}「列在 另一个{what} 之后」"
        )
    where = [i for i, e in enumerate(entries) if _fits(e.decl, new, place)]
    if not where:
        return _unknown(entries, new, place)
    found = where[0]
    if place.how == "before":
        return found
    last = _end(entries, found)
    inner = [e for e in entries[found + 1 : last] if isinstance(e.decl, sd.Group)]
    if place.how == "into" and inner and isinstance(new, sd.Indicator):
        names = "、".join(e.key[1] for e in inner)
        message = f"「{place.name.text}」下面还分二级指标，不知道归入哪一个"
        return at(NO_PLACE, place.span, message, f"写二级指标的名称：{names}")
    return last


def _fits(decl: sd.Declared, new: Outlined, place: Place) -> bool:
    """Return whether a declaration is what a place names: a group to go into, or one of the same kind to stand beside."""
    if not isinstance(decl, Outlined) or decl.name.text != place.name.text:
        return False
    if place.how == "into":
        return isinstance(decl, sd.Group) and (not isinstance(new, sd.Group) or decl.level < new.level)
    if isinstance(new, sd.Group):
        return isinstance(decl, sd.Group) and decl.level == new.level
    return isinstance(decl, sd.Indicator)


def _end(entries: Sequence[Entry], start: int) -> int:
    """Return where what begins at start ends: an indicator with itself, a group with the last that stands under it."""
    decl = entries[start].decl
    last = start
    if isinstance(decl, sd.Group):
        for i in range(start + 1, len(entries)):
            below = entries[i].decl
            if isinstance(below, sd.Group) and below.level <= decl.level:
                break
            last = i if isinstance(below, Outlined) else last
    return last + 1


def children(entries: Sequence[Entry], start: int) -> list[Entry]:
    """Return the indicators and groups that stand under a group."""
    return [e for e in entries[start + 1 : _end(entries, start)] if isinstance(e.decl, Outlined)]


def _unknown(entries: Sequence[Entry], new: Outlined, place: Place) -> Diagnostic:
    into = place.how == "into"
    kinds = sd.Group if into or isinstance(new, sd.Group) else sd.Indicator
    known = [e.key[1] for e in entries if isinstance(e.decl, kinds)]
    likely = nearest(place.name.text, known)
    what = "一级、二级指标" if kinds is sd.Group else "指标"
    help_ = f"是不是「{likely}」？" if likely else f"{what}有 {'、'.join(known[:8])}"
    return at(NO_PLACE, place.name.span, f"没有叫「{place.name.text}」的{what}可以{'归入' if into else '并列'}", help_)


def group_of(entries: Sequence[Entry], place: int) -> str:
    """Return the innermost group that an entry at a place would stand under, '' for none."""
    groups = [e for e in entries[:place] if isinstance(e.decl, sd.Group)]
    return groups[-1].key[1] if groups else ""
