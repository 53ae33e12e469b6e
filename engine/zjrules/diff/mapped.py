"""A whole program with a change made in its expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from attrs import evolve

from zjrules.mutate.book import rewritten
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.mapped import check_mapped, indicator_mapped
from zjrules.term.walk import refs, walk

Change = Callable[[tm.Expr], tm.Expr]


def everywhere(program: tr.Program, change: Change) -> tr.Program:
    """Return a program with a change made at every node of its expressions, those of words too."""

    def deep(e: tm.Expr) -> tm.Expr:
        return rewritten(e, change)

    def node(old: tr.Group | tr.Indicator) -> tr.Group | tr.Indicator:
        if isinstance(old, tr.Group):
            return evolve(old, children=tuple(node(child) for child in old.children))
        return bound(indicator_mapped(old, deep))

    return evolve(
        program,
        groups=tuple(node(g) for g in program.groups),
        checks=tuple(check_mapped(c, deep) for c in program.checks),
        steps=tuple(_step(s, deep) for s in program.steps),
        grades=tuple(
            evolve(g, limit=evolve(x, bound=deep(x.bound)) if (x := g.limit) else None) for g in program.grades
        ),
    )


def _step(step: tr.TotalStep, change: Change) -> tr.TotalStep:
    match step:
        case tr.Adjust(amount=amount, most=most):
            return evolve(step, amount=change(amount), most=change(most) if most is not None else None)
        case tr.Clamp(low, high):
            return evolve(step, low=change(low), high=change(high))
        case tr.Override(test=test):
            return evolve(step, test=change(test))
        case tr.RoundScore() | tr.Regrade():
            return step
        case _:
            assert_never(step)


def bound(node: tr.Indicator, outer: Mapping[str, tm.Let] | None = None) -> tr.Indicator:
    """Return an indicator in which what every 令 depends on is worked out anew, each after those that it uses.

    A part knows the 令 of its indicator.
    """
    lets: dict[str, tm.Let] = dict(outer or {})

    def bind(name: str) -> None:
        if name in lets or name not in node.lets:
            return
        let = node.lets[name]
        for inner in walk(let.value):
            if isinstance(inner, tm.Var) and inner.name != name:
                bind(inner.name)
        lets[name] = evolve(let, refs=refs(let.value, lets))

    for name in node.lets:
        bind(name)
    return evolve(node, lets=lets, parts=tuple(bound(p, lets) for p in node.parts))
