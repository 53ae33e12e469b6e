"""Two expressions: where they differ in a few numbers, names or comparisons, each of these; else the one for the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from zjrules.diff.change import Change, Patch, distinct, still, swapped
from zjrules.diff.context import Place, Sides, edited, quoted, spaced, written
from zjrules.diff.form import said
from zjrules.explain import formula
from zjrules.span import NOWHERE, Span
from zjrules.term import cost
from zjrules.term import expr as tm
from zjrules.term.walk import children, with_children

MOST_SPOTS = 3
"""An expression that differs in more spots than this is told as a whole."""
_NAMES = (tm.Const, tm.FactRef, tm.ParamRef, tm.Var, tm.Column, tm.IsNA, tm.HasEvidence)


@frozen
class Told:
    """How a difference of an expression is told: what kind of clause it is, and what the expression is there."""

    kind: str
    what: str
    """的得分公式, 的条件 …"""
    bound: bool = False
    """Whether a number that stands alone is a threshold."""


def expression(old: tm.Expr, new: tm.Expr, place: Place, told: Told) -> Patch[tm.Expr]:
    """Return the patch of an expression."""
    if place.sides.same(old, new):
        return still(old)
    if place.sides.equal(old, new) and (plain := _written_out(old, place)) is not None:
        return still(plain)
    found = _spots(old, new, place.sides)
    if found is None or len({s.said for s in found}) > MOST_SPOTS or (found[0].old is old and not _small(old, new)):
        return swapped(_whole(old, new, place, told), old, new)
    made: dict[str, Change] = {}
    for spot in found:
        if spot.said not in made:
            alone = spot.old is old
            where = edited(told.what, written(old), written(new)) if alone else spaced(f"{told.what}里，", spot.said)
            kind = "界线" if spot.compared or (alone and told.bound) else told.kind
            made[spot.said] = place.change(kind, "修改", where, (_at(old), _at(new)))
    return _patched(old, new, found, made)


def optional(
    old: tm.Expr | None, new: tm.Expr | None, place: Place, told: Told, whole: tuple[Span, Span]
) -> Patch[tm.Expr | None]:
    """Return the patch of an expression that may be left out; whole is where the clause that it belongs to stands."""
    if old is None and new is None:
        return still(None)
    if old is not None and new is not None:
        return expression(old, new, place, told)  # type: ignore[return-value]
    act, found = ("新增", new) if old is None else ("去掉", old)
    assert found is not None
    return swapped(
        place.change(told.kind, act, f"{act}{told.what.removeprefix('的')}{written(found)}", whole), old, new
    )


def _whole(old: tm.Expr, new: tm.Expr, place: Place, told: Told) -> Change:
    return place.change(told.kind, "修改", edited(told.what, written(old), written(new)), (_at(old), _at(new)))


def _at(e: tm.Expr) -> Span | None:
    """Return the place of an expression; of one that was made from others, that of the first of these."""
    if e.span != NOWHERE:
        return e.span
    return next((s for k in children(e) if (s := _at(k)) is not None), None)


def became(old: tm.Expr, new: tm.Expr) -> str:
    """Return in words that one expression stands in place of another."""
    return spaced(written(old), "改为", written(new))


def apart(old: tm.Expr, new: tm.Expr, sides: Sides) -> str:
    """Return in words how two expressions differ: 「50%」改为「60%」."""
    found = _spots(old, new, sides)
    if found is None or len({s.said for s in found}) > MOST_SPOTS:
        return became(old, new)
    return "，".join(dict.fromkeys(s.said for s in found))


def _written_out(e: tm.Expr, place: Place) -> tm.Expr | None:
    """Return an expression with every 令 written out, None where that would be too much."""
    found = put(e, place.sides.written)
    try:
        cost.of_expression(found)
    except cost.TooMuch:
        return None
    return found


def put(e: tm.Expr, values: Mapping[str, tm.Expr]) -> tm.Expr:
    """Return an expression with expressions in place of some names; words are closed and stay."""
    if isinstance(e, tm.Var):
        return values.get(e.name, e)
    kids = children(e)
    now = [put(k, values) for k in kids]
    return with_children(e, now) if any(a is not b for a, b in zip(kids, now, strict=True)) else e


# ---------- spots ----------


@frozen(eq=False)
class _Spot:
    """Two nodes that differ where all around them is the same."""

    old: tm.Expr
    new: tm.Expr
    said: str
    compared: bool = False


def _spots(old: tm.Expr, new: tm.Expr, sides: Sides, compared: bool = False) -> list[_Spot] | None:
    """Return where two expressions differ, None where they are of different shapes."""
    if sides.same(old, new):
        return []
    if isinstance(old, _NAMES) and isinstance(new, _NAMES):
        return [_Spot(old, new, became(old, new), compared and isinstance(old, tm.Const))]
    if isinstance(old, tm.Cmp) and isinstance(new, tm.Cmp) and old.op != new.op:
        inner = evolve(new, op=old.op)
        return [_Spot(old, new, became(old, new), True)] if sides.same(old, inner) else None
    if type(old) is not type(new) or said(old) != said(new) or _turned(old, new, sides):
        return None
    if isinstance(old, tm.Use) and isinstance(new, tm.Use) and _called(old) != _called(new):
        return None
    mine, theirs = children(old), children(new)
    if len(mine) != len(theirs):
        return None
    found: list[_Spot] = []
    for one, other in zip(mine, theirs, strict=True):
        inner_spots = _spots(one, other, sides, isinstance(old, tm.Cmp))
        if inner_spots is None:
            return None
        found += inner_spots if not isinstance(old, tm.Use) else [_named(s, old, one) for s in inner_spots]
    return found or None


def _named(spot: _Spot, use: tm.Use, arg: tm.Expr) -> _Spot:
    """Return a spot that is all of an argument of a word as that of the input."""
    if spot.old is not arg:
        return spot
    name = next(n for n, a in zip(use.body.inputs, use.args, strict=True) if a is arg)
    return evolve(spot, said=edited(quoted(name), written(spot.old), written(spot.new)))


def _called(e: tm.Use) -> tuple[str, tuple[str, ...]]:
    return e.body.word, e.body.inputs


def _turned(old: tm.Expr, new: tm.Expr, sides: Sides) -> bool:
    """Return whether operands of one rank changed places, so that what stands side by side does not belong together."""
    ranked = isinstance(old, tm.Logic | tm.Extreme | tm.CountTrue) or (isinstance(old, tm.Arith) and old.op in "+×")
    mine, theirs = children(old), children(new)
    if not ranked or len(mine) != len(theirs):
        return False
    places = range(len(mine))
    return any(
        i != j and sides.same(mine[i], theirs[j]) and not sides.same(mine[i], theirs[i]) for i in places for j in places
    )


def _small(old: tm.Expr, new: tm.Expr) -> bool:
    return len(formula.names(old)) + len(formula.names(new)) <= 120


def _patched(old: tm.Expr, new: tm.Expr, spots: Sequence[_Spot], made: dict[str, Change]) -> Patch[tm.Expr]:
    spot = next((s for s in spots if s.old is old and s.new is new), None)
    if spot is not None:
        return swapped(made[spot.said], old, new)
    inner = [
        _patched(one, other, spots, made) for one, other in zip(children(old), children(new), strict=True)
    ] if _touched(old, spots) else []  # fmt: skip
    if not any(p.changes for p in inner):
        return still(old)
    return Patch(
        distinct([c for p in inner for c in p.changes]),
        lambda chosen: with_children(old, [p.build(chosen) for p in inner]),
    )


def _touched(e: tm.Expr, spots: Sequence[_Spot]) -> bool:
    return any(s.old is e for s in spots) or any(_touched(k, spots) for k in children(e))
