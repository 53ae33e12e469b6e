"""The leaves of an indicator brought together again: both ends at once, by the arithmetic of intervals.

A sum has the sums of the ends, a difference takes the far one, 限于 and 扣完为止 take an end that they hold; what goes on
without limit is only allowed where something holds it. Moore, Kearfott and Cloud, *Introduction to Interval Analysis* (2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

import numpy as np
from attrs import define, evolve, field, frozen

from zjrules.bulk.code import NARROW, NO, Code, Flag, Int, RefusedError, constant
from zjrules.bulk.frame import Ints, Truths
from zjrules.bulk.leaf import Extreme, Known, Leaf, Less, Rounded, Sum, Tree, leaves
from zjrules.bulk.number import Cond, Num, exactly, scaled
from zjrules.bulk.open import Found
from zjrules.bulk.operation import Array
from zjrules.bulk.result import Kind, Why
from zjrules.bulk.run import Ready, ready
from zjrules.bulk.sums import Sums
from zjrules.num import Rounding

MOST_NAMES = 60


@frozen(eq=False)
class End:
    """One end: its number, where it is without a limit, and where it is not reached."""

    number: Num
    infinite: Flag = NO
    open: Flag = NO


@frozen(eq=False)
class Ends:
    """Both ends of a part, and the names that it is open for, as bits."""

    low: End
    high: End
    names: Int


@frozen(eq=False)
class Input:
    """What is known of the columns of a leaf before they are worked through: bounds, and which flags occur at all."""

    bounds: tuple[tuple[int, int], ...]
    flags: tuple[bool, ...]
    names: int


@define(eq=False)
class Composer:
    """A tree made ready for columns, once for each set of bounds that occurs."""

    tree: Tree
    below: int
    names: dict[str, int] = field(factory=dict)
    made: dict[object, Ready | None] = field(factory=dict)
    reasons: dict[int, Why] = field(factory=dict)

    def why(self, bits: int) -> Why:
        """Return the names that some bits stand for."""
        if bits not in self.reasons:
            self.reasons[bits] = Why(tuple(sorted(n for n, i in self.names.items() if bits >> i & 1)))
        return self.reasons[bits]

    def bit(self, name: str) -> int:
        """Return the bit that stands for a missing name; 0 when there are too many."""
        place = self.names.setdefault(name, len(self.names))
        return 1 << place if place < MOST_NAMES else 0

    def ready(self, inputs: Sequence[Input]) -> Ready | None:
        """Return the operations for leaves with these bounds; None where 64 bits are too few."""
        key = tuple((i.bounds, i.flags, i.names) for i in inputs)
        if key not in self.made:
            try:
                self.made[key] = self._written(inputs)
            except RefusedError:
                self.made[key] = None
        return self.made[key]

    def _written(self, inputs: Sequence[Input]) -> Ready:
        code = Code(most=NARROW)
        order = {id(leaf): i for i, leaf in enumerate(leaves(self.tree))}
        made = _Writer(code, inputs, order)
        found = made.ends(self.tree)
        outputs: list[Int | Flag] = []
        for end in (found.low, found.high):
            times = end.number.factor * self.below / (end.number.below.known or 1)
            if end.number.below.known is not None and times.denominator == 1:
                outputs += [code.mul(end.number.above, constant(int(times))), constant(self.below)]
            else:
                factor = end.number.factor
                outputs.append(code.mul(end.number.above, constant(factor.numerator)))
                outputs.append(code.mul(end.number.below, constant(factor.denominator)))
            outputs += [end.infinite, end.open]
        return ready(code, [*outputs, found.names])


@frozen(eq=False)
class _Writer:
    """Writes a tree into one Code."""

    code: Code
    inputs: Sequence[Input]
    order: dict[int, int]

    @property
    def sums(self) -> Sums:
        return Sums(self.code)

    def ends(self, tree: Tree) -> Ends:
        match tree:
            case Known(value):
                end = End(exactly(value))
                return Ends(end, end, constant(0))
            case Leaf():
                return self._leaf(self.order[id(tree)])
            case Sum(parts):
                found = self.ends(Known(Fraction(0)))
                for part in parts:
                    found = self._sum(found, self.ends(part))
                return found
            case Less(left, right):
                return self._sum(self.ends(left), _turned(self.ends(right)))
            case Extreme(most, left, right):
                return self._settled(self._extreme(most, self.ends(left), self.ends(right)))
            case Rounded(part, quantum, mode):
                return self._settled(self._rounded(self.ends(part), quantum, mode))
            case _:
                assert_never(tree)

    def _leaf(self, place: int) -> Ends:
        given, c = self.inputs[place], self.code
        low, low_below, high, high_below = (
            c.input((name, place), *bounds) if bounds[0] != bounds[1] else constant(bounds[0])
            for name, bounds in zip(("low", "low_below", "high", "high_below"), given.bounds, strict=True)
        )
        flags = [
            c.truth((name, place)) if there else NO
            for name, there in zip(("low_inf", "high_inf", "low_open", "high_open"), given.flags, strict=True)
        ]
        one = Fraction(1)
        first, last = Num(one, low, low_below), Num(one, high, high_below)
        names = c.input(("names", place), 0, given.names) if given.names else constant(0)
        return Ends(End(first, flags[0], flags[2]), End(last, flags[1], flags[3]), names)

    def _sum(self, a: Ends, b: Ends) -> Ends:
        c = self.code
        low, high = (
            End(self.sums.plus(x.number, y.number), c.either(x.infinite, y.infinite), c.either(x.open, y.open))
            for x, y in ((a.low, b.low), (a.high, b.high))
        )
        return Ends(low, high, c.bits(a.names, b.names))

    def _extreme(self, most: bool, a: Ends, b: Ends) -> Ends:
        low = self._pick(most, a.low, b.low, gives=most)
        high = self._pick(most, a.high, b.high, gives=not most)
        return Ends(low, high, self.code.bits(a.names, b.names))

    def _pick(self, most: bool, a: End, b: End, gives: bool) -> End:
        """Return one end of the larger or smaller of two; gives: an end without a limit gives way to the other."""
        c = self.code
        number = self.sums.extreme(most, a.number, b.number)
        same = self.sums.compared("=", a.number, b.number).flag
        first = self.sums.compared(">" if most else "<", a.number, b.number).flag
        # At equal ends, the least of a maximum is only reached where both are, the greatest where one is.
        tie = c.either(a.open, b.open) if gives else c.both(a.open, b.open)
        open_ = c.picked(same, tie, c.picked(first, a.open, b.open))
        if gives:
            number = self._instead(a.infinite, b.number, self._instead(b.infinite, a.number, number))
            open_ = c.picked(a.infinite, b.open, c.picked(b.infinite, a.open, open_))
            return End(number, c.both(a.infinite, b.infinite), open_)
        return End(number, c.either(a.infinite, b.infinite), open_)

    def _instead(self, test: Flag, a: Num, b: Num) -> Num:
        return b if test.known is False else self.sums.chosen(Cond(test), a, b)

    def _rounded(self, a: Ends, quantum: Fraction, mode: Rounding) -> Ends:
        low = self._rounded_end(a.low, quantum, mode, 1)
        return Ends(low, self._rounded_end(a.high, quantum, mode, -1), a.names)

    def _rounded_end(self, a: End, quantum: Fraction, mode: Rounding, side: int) -> End:
        """Round an end; one that is not reached, and lies where rounding turns, is rounded from beside it."""
        number = a.number
        if a.open.known is not False:
            doubled = scaled(number, 2 / quantum)
            turns = self.sums.compared("=", doubled, self.sums.whole(doubled, up=False)).flag
            beside = self.sums.plus(number, exactly(Fraction(side) * quantum / 4))
            number = self.sums.chosen(Cond(self.code.both(a.open, turns)), beside, number)
        return End(self.sums.rounded(number, quantum, mode), a.infinite)

    def _settled(self, a: Ends) -> Ends:
        """Forget the names where only one number is left."""
        c = self.code
        same = self.sums.compared("=", a.low.number, a.high.number).flag
        closed = c.opposite(c.either(c.either(a.low.infinite, a.high.infinite), c.either(a.low.open, a.high.open)))
        return evolve(a, names=c.chosen(c.both(same, closed), constant(0), a.names))


def _turned(a: Ends) -> Ends:
    low, high = (evolve(e, number=scaled(e.number, Fraction(-1))) for e in (a.high, a.low))
    return Ends(low, high, a.names)


# ---------- over the units of a frame ----------


@frozen(eq=False)
class Composed:
    """Both ends of an indicator for some units, the names it is open for as bits, and where the exact engine must be asked."""

    ends: tuple[Ints, Ints, Ints, Ints]
    """Numerators and denominators of the lower and the upper end."""
    flags: tuple[Truths, Truths, Truths, Truths]
    """Where these are without a limit, and where they are not reached."""
    open: Truths
    names: Ints
    left: Truths


def composed(composer: Composer, found: Sequence[Found]) -> Composed | None:
    """Bring the leaves of some units together; None where 64 bits are too few."""
    size = len(found[0].outcome)
    left = np.zeros(size, np.bool_)
    columns: dict[object, Array] = {}
    inputs = []
    for place, leaf in enumerate(found):
        left |= leaf.outcome < 0
        inputs.append(_input(composer, place, leaf, left, columns))
    steps = composer.ready(inputs)
    if steps is None or len(composer.names) > MOST_NAMES:
        return None
    out = steps.run(columns, size)
    low, low_below, low_inf, low_open, high, high_below, high_inf, high_open, names = out
    low, low_below, high, high_below = (x.astype(np.int64, copy=False) for x in (low, low_below, high, high_below))
    if not (low_below == high_below).all():
        low, low_below = _reduced(low, low_below)
        high, high_below = _reduced(high, high_below)
    settled = (low == high) & (low_below == high_below) & ~(low_inf | high_inf | low_open | high_open)
    bounds = low_inf, high_inf, low_open, high_open
    return Composed((low, low_below, high, high_below), bounds, ~settled, names, left)


def lowest_terms(above: Ints, below: Ints) -> tuple[Ints, Ints]:
    """Return ratios in lowest terms, so that equal ones are equal in both parts; 0 over 0, which is no number, is 0."""
    if not len(above) or (below[0] and (below == below[0]).all()):
        return above, below
    return _reduced(above, below)


def _reduced(above: Ints, below: Ints) -> tuple[Ints, Ints]:
    below = np.maximum(below, 1)
    shared = np.gcd(above, below)
    return above // shared, below // shared


def _input(composer: Composer, place: int, leaf: Found, left: Truths, columns: dict[object, Array]) -> Input:
    """Put the columns of a leaf where the operations find them, and return what is known of them."""
    kinds = np.maximum(leaf.outcome, 0)
    outcomes = leaf.outcomes
    bounds = []
    for name, column in zip(
        ("low", "low_below", "high", "high_below"), (leaf.low, leaf.low_below, leaf.high, leaf.high_below), strict=True
    ):
        columns[name, place] = column
        bounds.append(_bounds(column, 1 if "below" in name else None))
    flags = []
    for number, name in enumerate(("low_inf", "high_inf", "low_open", "high_open")):
        table = [o.flags[number] for o in outcomes]
        flags.append(any(table))
        if flags[-1]:
            columns[name, place] = np.array(table, np.bool_)[kinds]
    hard = np.array([o.kind is Kind.NONE or bool(o.why.problems) for o in outcomes] or [False], np.bool_)
    left |= hard[kinds]
    bits = [sum(composer.bit(n) for n in o.why.missing) for o in outcomes] or [0]
    columns["names", place] = np.array(bits, np.int64)[kinds]
    most = max(bits)
    return Input(tuple(bounds), tuple(flags), 2 ** most.bit_length() - 1)


def _bounds(column: Ints, least: int | None) -> tuple[int, int]:
    """Return bounds of a column that few others share: its ends, widened to powers of two."""
    if not len(column):
        return 1, 1
    low, high = int(column.min()), int(column.max())
    if low == high:
        return low, high
    low, high = (-(2 ** (-low).bit_length()) if low < 0 else 0), (2 ** high.bit_length() if high > 0 else 0)
    return (max(low, least) if least is not None else low), high
