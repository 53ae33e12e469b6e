"""The ways of scoring side by side: 得分, 分档, 判定, 清单."""

from __future__ import annotations

from zjrules.diff.change import EDITED, Patch, changed, fields, still, swapped
from zjrules.diff.clause import case
from zjrules.diff.context import Place, edited, limits_text, quoted
from zjrules.diff.expression import Told, expression, optional
from zjrules.diff.form import Form, Reader
from zjrules.diff.listing import keyed, listed, saying, shares
from zjrules.term import rule as tr

_CALLED = {tr.Plain: "得分公式", tr.Bands: "分档", tr.Decide: "判定", tr.Checklist: "清单"}


def base(old: tr.Base | None, new: tr.Base | None, place: Place) -> Patch[tr.Base | None]:
    """Return the patch of a way of scoring; None is that of an indicator that only deducts."""
    match old, new:
        case None, None:
            return still(old)
        case tr.Plain(), tr.Plain():
            value = expression(old.value, new.value, place, Told("算法", "的得分公式"))
            return changed(fields(old, value=value), lambda b: b)
        case tr.Bands(), tr.Bands():
            return changed(_bands(old, new, place), lambda b: b)
        case tr.Decide(), tr.Decide():
            return changed(_decide(old, new, place), lambda b: b)
        case tr.Checklist(), tr.Checklist():
            return changed(_checklist(old, new, place), lambda b: b)
        case _:
            said = edited("的算法", *(_called(b) for b in (old, new)))
            sides = (old.span if old is not None else None, new.span if new is not None else None)
            return swapped(place.change("算法", EDITED, said, sides), old, new)


def _called(found: tr.Base | None) -> str:
    if found is None:
        return "「满分起扣」"
    text = " ".join(found.span.text.split())
    return f"{_CALLED[type(found)]}「{text if len(text) <= 80 else f'{text[:80]}…'}」"


# ---------- 分档 ----------


def _bands(old: tr.Bands, new: tr.Bands, place: Place) -> Patch[tr.Bands]:
    sides = place.sides

    def form(band: tr.Band, reader: Reader) -> Form:
        return reader.table.of(tuple((x.op, reader.of(x.bound)) for x in band.limits), reader.of(band.result))

    def alike(a: tr.Band, b: tr.Band) -> int:
        if _same_limits(a, b, place):
            return 60
        return 40 if sides.same(a.result, b.result) else 10 if _ops(a) == _ops(b) else 0

    def both(a: tr.Band, b: tr.Band) -> Patch[tr.Band]:
        return _band(a, b, old, place)

    bands = listed(
        old.bands,
        new.bands,
        keyed(old.bands, new.bands, form, place),
        alike,
        both,
        saying(place, "档", "一档："),
        ordered=True,
    )
    return fields(
        old,
        subject=expression(old.subject, new.subject, place, Told("算法", "分档所看的数")),
        bands=bands,
        rest=optional(old.rest, new.rest, place, Told("档", "其余的得分"), (old.span, new.span)),
    )


def _ops(band: tr.Band) -> list[str]:
    return [x.op for x in band.limits]


def _same_limits(a: tr.Band, b: tr.Band, place: Place) -> bool:
    return _ops(a) == _ops(b) and all(
        place.sides.same(x.bound, y.bound) for x, y in zip(a.limits, b.limits, strict=True)
    )


def _band(old: tr.Band, new: tr.Band, whole: tr.Bands, place: Place) -> Patch[tr.Band]:
    text = quoted(limits_text(old.limits))
    result = expression(old.result, new.result, place, Told("档", f"的{text}一档的得分"))
    if _same_limits(old, new, place):
        return fields(old, result=result)
    number = next(i for i, b in enumerate(whole.bands, 1) if b is old)
    said = edited(f"第 {number} 档的界线", text, quoted(limits_text(new.limits)))
    limits = swapped(place.change("界线", EDITED, said, (old.span, new.span)), old.limits, new.limits)
    return fields(old, result=result, limits=limits)


# ---------- 判定, 清单 ----------


def _decide(old: tr.Decide, new: tr.Decide, place: Place) -> Patch[tr.Decide]:
    cases = _cases(old.cases, new.cases, place, "档", "一种情形：", ordered=True)
    return fields(old, cases=cases, rest=expression(old.rest, new.rest, place, Told("档", "其余的得分")))


def _checklist(old: tr.Checklist, new: tr.Checklist, place: Place) -> Patch[tr.Checklist]:
    return fields(old, ticks=_cases(old.ticks, new.ticks, place, "要点", "一个要点：", ordered=False))


def _cases(
    old: tuple[tr.Case, ...], new: tuple[tr.Case, ...], place: Place, kind: str, called: str, ordered: bool
) -> Patch[tuple[tr.Case, ...]]:
    def form(found: tr.Case, reader: Reader) -> Form:
        return reader.table.of(reader.of(found.test), reader.of(found.result))

    def alike(a: tr.Case, b: tr.Case) -> int:
        if place.sides.same(a.test, b.test):
            return 60
        return 40 if shares(a.test, b.test) and place.sides.same(a.result, b.result) else 0

    def both(a: tr.Case, b: tr.Case) -> Patch[tr.Case]:
        return case(a, b, place, kind, called.removesuffix("："), "得")

    return listed(old, new, keyed(old, new, form, place), alike, both, saying(place, kind, called), ordered)
