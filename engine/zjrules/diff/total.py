"""The total side by side: the steps of 总评 in their order, and the grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from attrs import evolve

from zjrules.diff import clause as dc
from zjrules.diff.basis import basis
from zjrules.diff.change import EDITED, ORDER, RENAMED, Change, Patch, changed, fields, still, swapped
from zjrules.diff.context import Place, edited, limit_text, quoted, rounding_text, spans_of
from zjrules.diff.expression import Told, expression, optional
from zjrules.diff.form import Form, Reader
from zjrules.diff.listing import keyed, listed, shares
from zjrules.explain import formula
from zjrules.term import rule as tr

TOTAL = "总评"
_KINDS = {"veto": "总分归零", "cap": "等级不得高于", "bar": "不得评为", "replace": "改评为"}


def steps(old: Sequence[tr.TotalStep], new: Sequence[tr.TotalStep], place: Place) -> Patch[tuple[tr.TotalStep, ...]]:
    """Return the patch of the steps from the sum of the groups to the total and its grade."""
    here = evolve(place, subject=TOTAL, where=TOTAL)

    def say(act: str, a: tr.TotalStep, b: tr.TotalStep) -> Change:
        sides = spans_of(act, a, b)
        said = f"的一步{_text(b)}换了次序" if act == ORDER else f"{act}一步{_text(b)}"
        return here.change(TOTAL, act, said, sides)

    def both(a: tr.TotalStep, b: tr.TotalStep) -> Patch[tr.TotalStep]:
        return _step(a, b, here)

    return listed(old, new, keyed(old, new, _form, here), _alike, both, say, ordered=True)


def _text(step: tr.TotalStep) -> str:
    match step:
        case tr.RoundScore():
            return quoted(f"舍入 总分（{rounding_text(step)}）")
        case tr.Regrade():
            return quoted("定级")
        case _:
            return quoted(step.span.text)


def _form(step: tr.TotalStep, reader: Reader) -> Form:
    made = reader.table.of
    match step:
        case tr.Adjust(sign, amount, most):
            return made("加减", sign, reader.of(amount), reader.of(most) if most is not None else None)
        case tr.Clamp(low, high):
            return made("限于", reader.of(low), reader.of(high))
        case tr.RoundScore(mode, quantum):
            return made("舍入", mode, quantum if mode else None)
        case tr.Regrade():
            return made("定级")
        case tr.Override(kind, test, grade):
            return made("凡", kind, grade, reader.of(test))
        case _:
            assert_never(step)


def _alike(a: tr.TotalStep, b: tr.TotalStep) -> int:
    match a, b:
        case tr.Override(), tr.Override():
            return (30 if shares(a.test, b.test) else 0) + (10 if a.kind == b.kind else 0)
        case tr.Adjust(), tr.Adjust():
            return (30 if shares(a.amount, b.amount) else 0) + (10 if a.sign == b.sign else 0)
        case _:
            return 50 if type(a) is type(b) else 0


def _step(old: tr.TotalStep, new: tr.TotalStep, place: Place) -> Patch[tr.TotalStep]:
    match old, new:
        case tr.Adjust(), tr.Adjust() if old.sign == new.sign:
            called = quoted("加分项" if old.sign > 0 else "减分项")
            amount = expression(old.amount, new.amount, place, Told(TOTAL, f"的{called}"))
            most = optional(old.most, new.most, place, Told(TOTAL, f"的{called}至多"), (old.span, new.span))
            return changed(fields(old, amount=amount, most=most, basis=basis(old, new, place)), lambda s: s)
        case tr.Clamp(), tr.Clamp():
            return changed(dc.clamp(old, new, place), lambda s: s)
        case tr.Override(), tr.Override():
            return changed(_override(old, new, place), lambda s: s)
        case tr.RoundScore(), tr.RoundScore() if (old.mode, old.quantum) != (new.mode, new.quantum):
            here = evolve(place, subject="总分", where="总分")
            said = edited("的舍入", rounding_text(old), rounding_text(new))
            return swapped(here.change("舍入", EDITED, said, (old.span, new.span)), old, new)
        case _ if type(old) is type(new) and not isinstance(old, tr.Adjust):
            return still(old)
        case _:
            change = place.change(TOTAL, EDITED, edited("的一步", _text(old), _text(new)), (old.span, new.span))
            return swapped(change, old, new)


def _override(old: tr.Override, new: tr.Override, place: Place) -> Patch[tr.Override]:
    test = expression(old.test, new.test, place, Told(TOTAL, f"{quoted(_outcome(old))}的条件"))
    stands = basis(old, new, place)
    if (old.kind, old.grade) == (new.kind, new.grade):
        return fields(old, test=test, basis=stands)
    said = edited(f"的「凡 {formula.names(old.test)}」", quoted(_outcome(old)), quoted(_outcome(new)))
    change = place.change(TOTAL, EDITED, said, (old.span, new.span))
    kinds = {n: swapped(change, getattr(old, n), getattr(new, n)) for n in ("kind", "grade")}
    return fields(old, test=test, basis=stands, **kinds)


def _outcome(step: tr.Override) -> str:
    return f"{_KINDS[step.kind]} {step.grade}".strip()


# ---------- grades ----------


def grades(old: Sequence[tr.Grade], new: Sequence[tr.Grade], place: Place) -> Patch[tuple[tr.Grade, ...]]:
    """Return the patch of the grades, the best first."""

    def form(grade: tr.Grade, reader: Reader) -> Form:
        limit = (grade.limit.op, reader.of(grade.limit.bound)) if grade.limit is not None else ()
        return reader.table.of("等级", grade.name, *limit)

    def alike(a: tr.Grade, b: tr.Grade) -> int:
        return 60 if a.name == b.name else 40 if _limit(a) == _limit(b) else 0

    def say(act: str, a: tr.Grade, b: tr.Grade) -> Change:
        sides = spans_of(act, a, b)
        here = evolve(place, subject=b.name, where="")
        said = f"等级{quoted(b.name)}换了次序" if act == ORDER else f"{act}等级{quoted(b.name)}（{_limit(b)}）"
        return here.change("等级", act, said, sides)

    def both(a: tr.Grade, b: tr.Grade) -> Patch[tr.Grade]:
        return _grade(a, b, evolve(place, subject=a.name, where=f"等级{quoted(a.name)}"))

    return listed(old, new, keyed(old, new, form, place), alike, both, say, ordered=True)


def _limit(grade: tr.Grade) -> str:
    return limit_text(grade.limit) if grade.limit is not None else "其余"


def _grade(old: tr.Grade, new: tr.Grade, place: Place) -> Patch[tr.Grade]:
    name, limit = still(old.name), still(old.limit)
    if old.name != new.name:
        change = place.change("等级", RENAMED, f"改称{quoted(new.name)}", (old.span, new.span))
        name = swapped(change, old.name, new.name)
    if _limit(old) != _limit(new):
        said = edited("的分数线", quoted(_limit(old)), quoted(_limit(new)))
        limit = swapped(place.change("等级", EDITED, said, (old.span, new.span)), old.limit, new.limit)
    return fields(old, name=name, limit=limit)
