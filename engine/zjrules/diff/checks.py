"""Checks (校验) side by side. No score depends on them."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from zjrules.diff.basis import basis, promises
from zjrules.diff.change import EDITED, RENAMED, Change, Chosen, Patch, distinct, fields, still, swapped
from zjrules.diff.context import Place, edited, head, quoted, spans_of
from zjrules.diff.expression import Told, expression, optional
from zjrules.diff.form import Form, Reader
from zjrules.diff.listing import keyed, listed
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import show

CHECK = "校验"


def checks(old: Sequence[tr.Check], new: Sequence[tr.Check], place: Place) -> Patch[tuple[tr.Check, ...]]:
    """Return the patch of the checks; their order says nothing."""
    titles = {c.title for c in old} & {c.title for c in new}

    def form(check: tr.Check, reader: Reader) -> Form:
        # One that has kept its title is compared with that of its title, whatever else has its condition.
        kept = check.title if check.title in titles else ""
        when = reader.of(check.when) if check.when is not None else None
        return reader.table.of(CHECK, kept, when, reader.of(should(check)), check.tolerance, check.severity)

    def alike(a: tr.Check, b: tr.Check) -> int:
        return 60 if a.title == b.title else 0

    def say(act: str, a: tr.Check, b: tr.Check) -> Change:
        sides = spans_of(act, a, b)
        here = evolve(place, subject=b.title, where="")
        return here.change(CHECK, act, f"{act}勾稽{quoted(b.title)}（{b.severity}）", sides, scores=False)

    def both(a: tr.Check, b: tr.Check) -> Patch[tr.Check]:
        return _check(a, b, evolve(place, subject=a.title, where=f"勾稽{quoted(a.title)}", scores=False))

    return listed(old, new, keyed(old, new, form, place), alike, both, say, ordered=False)


def should(check: tr.Check) -> tm.Expr:
    """Return the condition of a check as one expression."""
    return check.left if check.right is None else tm.Cmp(check.op, check.left, check.right)


def _check(old: tr.Check, new: tr.Check, place: Place) -> Patch[tr.Check]:
    title = still(old.title)
    if old.title != new.title:
        change = place.change(CHECK, RENAMED, f"改称{quoted(new.title)}", (head(old.span), head(new.span)))
        title = swapped(change, old.title, new.title)
    severity = still(old.severity)
    if old.severity != new.severity:
        said = edited("的级别", quoted(old.severity), quoted(new.severity))
        change = place.change(CHECK, EDITED, said, (head(old.span), head(new.span)))
        severity = swapped(change, old.severity, new.severity)
    tolerance = still(old.tolerance)
    if old.tolerance != new.tolerance:
        sides = (quoted(show(c.tolerance, c.left.type)) for c in (old, new))
        change = place.change(CHECK, EDITED, edited("的容差", *sides), (old.span, new.span))
        tolerance = swapped(change, old.tolerance, new.tolerance)
    when = optional(old.when, new.when, place, Told(CHECK, "的前提"), (old.span, new.span))
    test = expression(should(old), should(new), place, Told(CHECK, "的条件"))
    rest = fields(old, title=title, severity=severity, tolerance=tolerance, when=when,
                  basis=basis(old, new, place),
                  accepts=promises(old.accepts, new.accepts, place))  # fmt: skip

    def build(chosen: Chosen) -> tr.Check:
        found, now = test.build(chosen), rest.build(chosen)
        single = isinstance(found, tm.Cmp)
        return evolve(
            now,
            left=found.left if isinstance(found, tm.Cmp) else found,
            op=found.op if isinstance(found, tm.Cmp) else "",
            right=found.right if isinstance(found, tm.Cmp) and single else None,
        )

    return Patch(distinct([*rest.changes, *test.changes]), build)
