"""What evaluating a rule costs at most, known before any fact is: steps, digits and depth.

Lets are evaluated once and words once per use, so that words which use each other twice double with every level, and
a product of a let with itself doubles its digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import define, evolve, frozen

from zjrules.num import MAX_DIGITS
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.term.walk import children

MAX_STEPS = 20_000
"""Evaluated nodes of one indicator; the largest real one has under 300."""
MAX_BITS = 100_000
"""Bits of numerator and denominator; a fact has under 300, a real score under 1,000."""
MAX_DEPTH = 120
"""Nodes inside nodes, through lets and words: what every recursive reader of the tree may rely on."""

# A fact is a decimal of at most MAX_DIGITS digits: its denominator is a power of ten of at most as many.
_FACT_BITS = 4 * MAX_DIGITS


@frozen
class Cost:
    """The most that evaluating an expression takes: bits of its numerator and denominator, and depth below it."""

    above: int
    below: int
    tens: bool = True
    """Whether the denominator is a power of ten, so that sums do not multiply denominators."""
    depth: int = 1


class TooMuch(Exception):
    """Ends the counting of a rule that is beyond a limit."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@define
class Meter:
    """Counts the steps of an evaluation by walking as it would; steps is what was counted so far."""

    steps: int = 0

    def measure(self, e: tm.Expr, names: Mapping[str, Cost], outer: int = 0) -> Cost:
        """Return the cost of an expression, names giving that of lets and inputs. Raises TooMuch."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooMuch(f"算一次超过 {MAX_STEPS} 步")
        if outer > MAX_DEPTH:
            raise TooMuch(f"一层套一层超过 {MAX_DEPTH} 层")
        if isinstance(e, tm.Var) and e.name in names:
            return names[e.name]
        kids = [self.measure(k, names, outer + 1) for k in children(e)]
        if isinstance(e, tm.Use):
            inner = dict(zip(e.body.inputs, kids, strict=True))
            for let in e.body.lets.values():
                inner[let.name] = self.measure(let.value, inner, outer + 1)
            found = self.measure(e.body.result, inner, outer + 1)
            return _held(evolve(found, depth=found.depth + 1))
        return _held(evolve(_size(e, kids), depth=1 + max((k.depth for k in kids), default=0)))

    def lets(self, lets: Mapping[str, tm.Let], names: dict[str, Cost]) -> None:
        """Add the costs of some lets to names."""
        for let in lets.values():
            names[let.name] = self.measure(let.value, names)


def _held(cost: Cost) -> Cost:
    if cost.above + cost.below > MAX_BITS:
        raise TooMuch(f"结果会有 {MAX_BITS * 3 // 10:,} 位以上的数字")
    if cost.depth > MAX_DEPTH:
        raise TooMuch(f"一层套一层超过 {MAX_DEPTH} 层")
    return cost


def _size(e: tm.Expr, kids: list[Cost]) -> Cost:
    match e:
        case tm.Const(value=Fraction() as value):
            return Cost(value.numerator.bit_length(), value.denominator.bit_length())
        case tm.FactRef() | tm.Column() | tm.ParamRef():
            return Cost(_FACT_BITS, _FACT_BITS)
        case tm.Arith("×"):
            a, b = kids
            return Cost(a.above + b.above, a.below + b.below, a.tens and b.tens)
        case tm.Arith("÷"):
            a, b = kids
            return Cost(a.above + b.below, a.below + b.above, tens=False)
        case tm.Arith():
            return _sum(*kids)
        case tm.Over():
            # Rows are not known here: their sum is counted as if they shared their denominators.
            return Cost(
                max((k.above for k in kids), default=0) + 64, max((k.below for k in kids), default=0) + 64, tens=False
            )
        case _:
            above, below = max((k.above for k in kids), default=1), max((k.below for k in kids), default=1)
            return Cost(above + 1, below, all(k.tens for k in kids))


def _sum(a: Cost, b: Cost) -> Cost:
    if a.tens and b.tens:
        below = max(a.below, b.below)
        return Cost(max(a.above + below - a.below, b.above + below - b.below) + 1, below)
    return Cost(max(a.above + b.below, b.above + a.below) + 1, a.below + b.below, tens=False)


def of_indicator(node: tr.Indicator) -> int:
    """Return the steps that an indicator takes at most. Raises TooMuch."""
    meter = Meter()
    _indicator(node, meter, {})
    return meter.steps


def _indicator(node: tr.Indicator, meter: Meter, names: dict[str, Cost]) -> None:
    names = {**names, "满分": Cost(64, 64)}
    meter.lets(node.lets, names)
    for e in survey.own(node):
        meter.measure(e, names)
    for part in node.parts:
        _indicator(part, meter, names)


def of_expression(e: tm.Expr) -> int:
    """Return the steps that an expression outside an indicator takes at most. Raises TooMuch."""
    meter = Meter()
    meter.measure(e, {})
    return meter.steps
