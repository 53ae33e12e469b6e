"""An indicator side by side with what it has become, clause by clause; its parts (分项) in the same way."""

from __future__ import annotations

from attrs import evolve

from zjrules.diff import clause as dc
from zjrules.diff.basis import basis, promises
from zjrules.diff.change import EDITED, RENAMED, Change, Patch, changed, fields, still, swapped
from zjrules.diff.context import Place, edited, head, points_text, quoted, rounding_text, spans_of
from zjrules.diff.form import Form, Reader
from zjrules.diff.lets import Lets, TangledError, matched
from zjrules.diff.listing import keyed, listed
from zjrules.diff.mapped import bound
from zjrules.diff.meaning import meaning
from zjrules.diff.scoring import base
from zjrules.term import rule as tr

INDICATORS = "各指标"
"""The place of the rounding that all indicators have unless they say another."""


def indicator(old: tr.Indicator, new: tr.Indicator, place: Place) -> Patch[tr.Indicator]:
    """Return the patch of an indicator. What a 令 depends on is worked out for what was chosen.

    With all changes made it must mean what the new one means, with none what the old one means. Where its clauses and 令 are so
    entangled that they do not, the one is put for the other as a whole.
    """
    try:
        found = changed(_node(old, new, place, ({}, {})), bound)
    except TangledError:
        return _whole(old, new, place)
    readers = place.sides.plain_old, place.sides.plain_new
    ends = found.build(frozenset()), found.build(frozenset(found.changes))
    same = all(meaning(a, r) == meaning(b, r) for a, b, r in zip(ends, (old, new), readers, strict=True))
    return found if same else _whole(old, new, place)


def _whole(old: tr.Indicator, new: tr.Indicator, place: Place) -> Patch[tr.Indicator]:
    return swapped(place.change("算法", EDITED, "的算法改写了", (old.span, new.span)), old, new)


def _node(old: tr.Indicator, new: tr.Indicator, place: Place, outer: tuple[Lets, Lets]) -> Patch[tr.Indicator]:
    found = matched(old, new, place, outer)
    new, place = found.new, found.place
    return fields(
        old,
        name=_name(old, new, place),
        points=_points(old, new, place),
        na=dc.not_applicables(old.na, new.na, place),
        gates=dc.gates(old.gates, new.gates, place),
        lets=found.lets,
        base=base(old.base, new.base, place),
        deduct=dc.deduction(old.deduct, new.deduct, place),
        clamps=dc.clamps(old.clamps, new.clamps, place),
        rounding=_rounding(old, new, place),
        parts=_parts(old, new, place),
        basis=basis(old, new, place),
        trends=promises(old.trends, new.trends, place),
        accepts=promises(old.accepts, new.accepts, place),
    )


def _name(old: tr.Indicator, new: tr.Indicator, place: Place) -> Patch[str]:
    if old.name == new.name:
        return still(old.name)
    kind = "分项" if "的分项" in place.where else "指标"
    change = place.change(kind, RENAMED, f"改称{quoted(new.name)}", (head(old.span), head(new.span)), scores=False)
    return swapped(change, old.name, new.name)


def _points(old: tr.Indicator, new: tr.Indicator, place: Place) -> Patch:  # type: ignore[type-arg]
    if old.points == new.points:
        return still(old.points)
    said = edited("的分值", points_text(old.points), points_text(new.points))
    return swapped(place.change("分值", EDITED, said, (head(old.span), head(new.span))), old.points, new.points)


def _rounding(old: tr.Indicator, new: tr.Indicator, place: Place) -> Patch[tr.RoundScore]:
    shared = place.shared.get(INDICATORS)
    default = not (says_rounding(old) or says_rounding(new))
    if default and shared is not None and "的分项" not in place.where:
        return swapped(shared, old.rounding, new.rounding)
    if (old.rounding.mode, old.rounding.quantum) == (new.rounding.mode, new.rounding.quantum):
        return still(old.rounding)
    said = edited("得分的舍入", rounding_text(old.rounding), rounding_text(new.rounding))
    return swapped(
        place.change("舍入", EDITED, said, (old.rounding.span, new.rounding.span)), old.rounding, new.rounding
    )


def says_rounding(node: tr.Indicator) -> bool:
    """Return whether an indicator says itself how it is rounded."""
    inner, outer = node.rounding.span, node.span
    return inner.source == outer.source and outer.start <= inner.start < outer.end


# ---------- 分项 ----------


def _parts(old: tr.Indicator, new: tr.Indicator, place: Place) -> Patch[tuple[tr.Indicator, ...]]:
    """Return the patch of 分项; their order says nothing."""

    def form(part: tr.Indicator, reader: Reader) -> Form:
        return meaning(part, reader)

    def alike(a: tr.Indicator, b: tr.Indicator) -> int:
        return 80 if a.name == b.name else 0

    def both(a: tr.Indicator, b: tr.Indicator) -> Patch[tr.Indicator]:
        here = evolve(place, where=f"{place.where}的分项{quoted(a.name)}")
        return _node(a, b, here, (old.lets, new.lets))

    def say(act: str, a: tr.Indicator, b: tr.Indicator) -> Change:
        sides = spans_of(act, a, b)
        return place.change("分项", act, f"{act}分项{quoted(b.name)}（{points_text(b.points)}）", sides)

    return listed(old.parts, new.parts, keyed(old.parts, new.parts, form, place), alike, both, say, ordered=False)
