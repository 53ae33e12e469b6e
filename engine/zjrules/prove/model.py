"""What a solver found, as examples on the grid on which facts are written."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import z3

from zjrules.fact import Asked
from zjrules.prove.example import Example, snapped
from zjrules.prove.ground import Ground, World
from zjrules.prove.symbol import Cond, Num, Opt, Sym
from zjrules.unit import Scalar, Text


def read(model: Any, world: World) -> Example:
    """Return the facts of a world in a model, each on the grid on which it can be written."""
    ground = world.ground
    asked = world.program.schema.facts
    values: dict[str, Scalar | None] = {}
    for name, symbol in world.facts.items():
        lacks = world.lacking.get(name)
        hidden = lacks is not None and z3.is_true(model.eval(lacks, model_completion=True))
        values[name] = None if hidden else _value(model, symbol, asked[name], ground)
    claimed = frozenset(
        n for n, term in world.evidence.items() if not z3.is_true(model.eval(term, model_completion=True))
    )
    return Example(values, claimed, _ledgers(model, world))


def _ledgers(model: Any, world: World) -> dict[str, tuple[Mapping[str, Scalar], ...]]:
    ground = world.ground
    found: dict[str, tuple[Mapping[str, Scalar], ...]] = {}
    for name, asked in world.program.schema.ledgers.items():
        columns, own = asked.columns, f"{world.tag}{name}"
        flags = ground.present.get(own)
        if flags is None:
            continue
        there = [n for n, flag in enumerate(flags) if z3.is_true(model.eval(flag, model_completion=True))]
        found[name] = tuple(
            {c: _value(model, ground.cells[own, n, c], a, ground) for c, a in columns.items()} for n in there
        )
    return found


def _value(model: Any, symbol: Sym, asked: Asked, ground: Ground) -> Scalar:
    match symbol:
        case Cond(term):
            return bool(z3.is_true(model.eval(term, model_completion=True)))
        case Opt(code):
            if isinstance(asked.type, Text):
                return "甲"
            place = _fraction(model.eval(code, model_completion=True))
            return next((o for o, n in ground.options.items() if n == place), asked.type.options[0])  # type: ignore[union-attr]
        case Num(num):
            return snapped(_fraction(model.eval(num, model_completion=True)), asked)


def _fraction(value: Any) -> Fraction:
    if z3.is_algebraic_value(value):
        value = value.approx(20)
    return Fraction(value.numerator_as_long(), value.denominator_as_long())
