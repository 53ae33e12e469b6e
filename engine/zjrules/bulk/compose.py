"""The leaves of an indicator brought together again: both ends at once, by the arithmetic of intervals.

A sum has the sums of the ends, a difference takes the far one, 限于 and 扣完为止 take an end that they hold; what goes on
without limit is only allowed where something holds it. Moore, Kearfott and Cloud, *Introduction to Interval Analysis* (2009).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import assert_never

import numpy as np
from attrs import define, evolve, field, frozen
from numpy.typing import NDArray

from zjrules.bulk.code import NARROW, NO, YES, Code, Flag, Int, RefusedError, constant
from zjrules.bulk.frame import Ints
from zjrules.bulk.leaf import Extreme, Known, Leaf, Less, Rounded, Sum, Tree, leaves
from zjrules.bulk.number import Cond, Num, exactly, scaled
from zjrules.bulk.result import Kind, Why
from zjrules.bulk.run import Ready, ready
from zjrules.bulk.sums import Sums
from zjrules.bulk.table import lookup
from zjrules.bulk.tracks import UNKNOWN
from zjrules.bulk.way import Bounds, Outcome
from zjrules.num import Rounding

MOST_NAMES = 60
MOST_COUNTED = 16
"""Sets of so many names are told apart by a table of them all, more by sorting."""


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
    """What is known of a leaf before its columns are worked through: the bounds of its ends, and what it can come to."""

    bounds: Bounds
    outcomes: Sequence[Outcome]


@define(eq=False)
class Composer:
    """A tree made ready for columns, once for each set of bounds and outcomes that occurs."""

    tree: Tree
    below: int
    names: dict[str, int] = field(factory=dict)
    made: dict[object, Ready | None] = field(factory=dict)
    reasons: dict[Why, int] = field(factory=lambda: {Why(): 0})
    numbers: NDArray[np.int32] = field(factory=lambda: np.zeros(1, np.int32))
    """The number of the reason that a set of names is, by its bits; UNKNOWN: it has not occurred."""

    def numbered(self, bits: Ints) -> NDArray[np.int32]:
        """Return the numbers of the reasons that some sets of names are."""
        if len(self.names) > MOST_COUNTED:
            kinds, which = np.unique(bits, return_inverse=True)
            return np.array([self._number(kind) for kind in kinds.tolist()], np.int32)[which]
        more = (1 << len(self.names)) - len(self.numbers)
        self.numbers = np.concatenate((self.numbers, np.full(more, UNKNOWN, np.int32)))
        found: NDArray[np.int32] = self.numbers[bits]
        if len(found) and found.min() == UNKNOWN:
            for kind in np.unique(bits[found == UNKNOWN]).tolist():
                self.numbers[kind] = self._number(kind)
            found = self.numbers[bits]
        return found

    def _number(self, bits: int) -> int:
        why = Why(tuple(sorted(n for n, i in self.names.items() if bits >> i & 1)))
        return self.reasons.setdefault(why, len(self.reasons))

    def bit(self, name: str) -> int:
        """Return the bit that stands for a missing name; 0 when there are too many."""
        place = self.names.setdefault(name, len(self.names))
        return 1 << place if place < MOST_NAMES else 0

    def ready(self, inputs: Sequence[Input]) -> Ready | None:
        """Return the operations for leaves with these bounds; None where 64 bits, or names, are too few.

        Their outputs: low, its denominator, where it is without a limit, and where it is not reached; the same of high; the
        names as bits, where the exact engine must be asked, and where the ends differ as they are written.
        """
        # Outcomes are only ever added to.
        key = tuple((i.bounds, len(i.outcomes)) for i in inputs)
        if key not in self.made:
            try:
                self.made[key] = self._written(inputs)
            except RefusedError:
                self.made[key] = None
        return self.made[key] if len(self.names) <= MOST_NAMES else None

    def _written(self, inputs: Sequence[Input]) -> Ready:
        code = Code(most=NARROW)
        order = {id(leaf): i for i, leaf in enumerate(leaves(self.tree))}
        made = _Writer(code, inputs, order, self.bit)
        found = made.ends(self.tree)
        outputs: list[Int | Flag] = []
        same = YES
        for end in (found.low, found.high):
            outputs += [*made.sums.over_fixed(end.number, self.below), end.infinite, end.open]
            same = code.both(same, code.opposite(code.either(end.infinite, end.open)))
        for a, b in zip(outputs[:2], outputs[4:6], strict=True):
            assert isinstance(a, Int) and isinstance(b, Int)
            same = code.both(same, code.equal(a, b))
        return ready(code, [*outputs, found.names, made.left, code.opposite(same)])


@define(eq=False)
class _Writer:
    """Writes a tree into one Code."""

    code: Code
    inputs: Sequence[Input]
    order: dict[int, int]
    bit: Callable[[str], int]
    left: Flag = NO
    """Where a leaf comes to nothing, or to what has no ends."""

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
        found = c.input(("outcome", place), UNKNOWN, len(given.outcomes) - 1)
        at = c.larger(found, constant(0))
        outcomes = given.outcomes or (Outcome(),)
        hard = self._flag(at, [o.kind is Kind.NONE or bool(o.why.problems) for o in outcomes])
        self.left = c.either(self.left, c.either(c.less(found, constant(0)), hard))
        flags = [self._flag(at, [o.flags[number] for o in outcomes]) for number in range(4)]
        names = c.lookup(lookup([sum(map(self.bit, o.why.missing)) for o in outcomes]), at)
        one = Fraction(1)
        first, last = Num(one, low, low_below), Num(one, high, high_below)
        return Ends(End(first, flags[0], flags[2]), End(last, flags[1], flags[3]), names)

    def _flag(self, at: Int, table: list[bool]) -> Flag:
        return self.code.equal(self.code.lookup(lookup([int(t) for t in table]), at), constant(1))

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
