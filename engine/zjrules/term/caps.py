"""Words that only cap a value by bounds, such as 封顶, 保底 and 限于: what they are is seen from their terms, not their names."""

from __future__ import annotations

from zjrules.term.expr import Body, Expr, Extreme, Use, Var

Cap = tuple[str, tuple[tuple[str, bool], ...]]
"""The input that is capped, and the bounds: each an input, and whether it holds the value up (a floor)."""


def bounds(body: Body) -> Cap | None:
    """Return what a word caps when that is all it does: 封顶, 保底, 限于."""
    return None if body.lets else _spine(body.result)


def _spine(e: Expr) -> Cap | None:
    match e:
        case Var(name):
            return name, ()
        case Extreme((inner, Var(bound)), most):
            found = _spine(inner)
            return (found[0], (*found[1], (bound, most))) if found is not None else None
        case Use(body, args):
            cap = bounds(body)
            given = dict(zip(body.inputs, args, strict=True))
            found = _spine(given[cap[0]]) if cap is not None else None
            if cap is None or found is None:
                return None
            outer = [(arg.name if isinstance(arg := given[name], Var) else "", floor) for name, floor in cap[1]]
            return (found[0], (*found[1], *outer)) if all(name for name, _ in outer) else None
        case _:
            return None
