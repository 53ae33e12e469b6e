"""Indicators and checks with a change made in every expression that they are written with."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from attrs import evolve

from zjrules.term import rule as tr
from zjrules.term.expr import Expr

Change = Callable[[Expr], Expr]


def indicator_mapped(node: tr.Indicator, change: Change) -> tr.Indicator:
    """Return an indicator with all its expressions changed, those of its parts too; itself where none is."""
    touched = False

    def seen(e: Expr) -> Expr:
        nonlocal touched
        now = change(e)
        touched = touched or now is not e
        return now

    found = _indicator(node, seen)
    return found if touched else node


def check_mapped(check: tr.Check, change: Change) -> tr.Check:
    """Return a check with all its expressions changed; itself where none is."""
    when = change(check.when) if check.when is not None else None
    left = change(check.left)
    right = change(check.right) if check.right is not None else None
    same = when is check.when and left is check.left and right is check.right
    return check if same else evolve(check, when=when, left=left, right=right)


def _indicator(node: tr.Indicator, change: Change) -> tr.Indicator:
    na = [evolve(n, test=change(n.test), value=change(n.value) if n.value is not None else None) for n in node.na]
    return evolve(
        node,
        na=tuple(na),
        gates=tuple(evolve(g, otherwise=change(g.otherwise)) for g in node.gates),
        lets={name: evolve(let, value=change(let.value)) for name, let in node.lets.items()},
        base=_base(node.base, change) if node.base is not None else None,
        deduct=_deduct(node.deduct, change) if node.deduct is not None else None,
        clamps=tuple(evolve(c, low=change(c.low), high=change(c.high)) for c in node.clamps),
        parts=tuple(_indicator(p, change) for p in node.parts),
    )


def _base(base: tr.Base, change: Change) -> tr.Base:
    match base:
        case tr.Plain(value):
            return evolve(base, value=change(value))
        case tr.Bands(subject, bands, rest):
            now = tuple(
                evolve(b, limits=tuple(evolve(x, bound=change(x.bound)) for x in b.limits), result=change(b.result))
                for b in bands
            )
            return evolve(base, subject=change(subject), bands=now, rest=change(rest) if rest is not None else None)
        case tr.Decide(cases, rest):
            return evolve(base, cases=tuple(_case(c, change) for c in cases), rest=change(rest))
        case tr.Checklist(ticks):
            return evolve(base, ticks=tuple(_case(t, change) for t in ticks))
        case _:
            assert_never(base)


def _case(case: tr.Case, change: Change) -> tr.Case:
    return evolve(case, test=change(case.test), result=change(case.result))


def _deduct(deduct: tr.Deduct, change: Change) -> tr.Deduct:
    items = tuple(_case(i, change) if isinstance(i, tr.Case) else _per_step(i, change) for i in deduct.items)
    return evolve(deduct, items=items, most=change(deduct.most) if deduct.most is not None else None)


def _per_step(item: tr.PerStep, change: Change) -> tr.PerStep:
    return evolve(item, subject=change(item.subject), steps=change(item.steps), amount=change(item.amount))
