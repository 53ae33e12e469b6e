"""Groups and the total over columns: from what the indicators came to, both ends at once.

What drops out (不计入) is known for every unit here; where it is open, the exact engine takes the unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import assert_never

import numpy as np
from attrs import define, evolve, field, frozen

from zjrules.bulk import band
from zjrules.bulk.code import NARROW, NO, SHORT, Code, Flag, Int, RefusedError, constant
from zjrules.bulk.frame import Ints, Truths
from zjrules.bulk.number import Cond, Num, exactly
from zjrules.bulk.operation import Array
from zjrules.bulk.parts import Extra, Part
from zjrules.bulk.run import Columns, Ready, ready
from zjrules.bulk.slow import total_below
from zjrules.bulk.sums import Sums
from zjrules.term import rule as tr

ZERO = exactly(Fraction(0))


# ---------- written ----------


@frozen(eq=False)
class Sides:
    """Both ends of a group, and the points left out at the level of the group and of the total."""

    low: Num
    high: Num
    group: Num = ZERO
    total: Num = ZERO


@define(eq=False)
class Adder:
    """Groups and steps of a rule set, made ready once for each set of bounds that occurs."""

    program: tr.Program
    made: dict[object, Ready | None] = field(factory=dict)
    seen: dict[object, tuple[int, int]] = field(factory=dict)
    """The widest bounds of each input so far."""

    def ready(self, inputs: Mapping[object, tuple[int, int]], columns: Columns) -> Ready | None:
        """Return the operations for inputs with these bounds; None where columns are not enough.

        What holds within wider bounds holds within these: frame after frame then goes through the same operations.
        """
        wider = {name: self._widened(name, one) if name in columns else one for name, one in inputs.items()}
        found = self._ready(wider)
        if found is None:
            return self._ready(inputs) if wider != inputs else None
        self.seen |= {name: wider[name] for name in columns}
        return found

    def _widened(self, name: object, one: tuple[int, int]) -> tuple[int, int]:
        seen = self.seen.get(name, one)
        return min(one[0], seen[0]), max(one[1], seen[1])

    def _ready(self, inputs: Mapping[object, tuple[int, int]]) -> Ready | None:
        key = tuple(inputs.items())
        if key not in self.made:
            try:
                self.made[key] = _Adding(Code(most=NARROW), inputs, self.program).written()
            except RefusedError:
                self.made[key] = None
        return self.made[key]

    def groups(self) -> list[tr.Group]:
        """Return the groups that are rounded: where one comes to a single number, nothing is missing for it."""
        return rounded_groups(self.program)


def rounded_groups(program: tr.Program) -> list[tr.Group]:
    """Return the groups that are rounded, those outside before those inside."""
    return [g for g in _groups(program.groups) if g.rounding.mode is not None]


def _groups(nodes: Sequence[tr.Group | tr.Indicator]) -> Iterator[tr.Group]:
    for node in nodes:
        if isinstance(node, tr.Group):
            yield node
            yield from _groups(node.children)


@define(eq=False)
class _Adding:
    """Writes the total of one rule set into one Code."""

    code: Code
    inputs: Mapping[object, tuple[int, int]]
    program: tr.Program
    place: int = 0
    open: dict[int, Flag] = field(factory=dict)
    """By the identity of a rounded group, where it is open."""
    bad: Flag = NO

    @property
    def sums(self) -> Sums:
        return Sums(self.code)

    def written(self) -> Ready:
        """Write everything: total and its denominator at both ends, possible grades, where it is not sure, open groups."""
        sides = [self._node(node) for node in self.program.groups]
        low, high = (self._added([getattr(s, end) for s in sides]) for end in ("low", "high"))
        lost, full = self._added([s.total for s in sides]), exactly(self.program.book.full)
        if lost.known != 0:
            left = self.sums.minus(full, lost)
            # Where nothing is left there is no total.
            self.bad = self.code.either(self.bad, self.sums.compared("=", left, ZERO).flag)
            low, high = (self._over(self.sums.times(x, full), left) for x in (low, high))
        graded = low, high
        if sum(isinstance(s, tr.Regrade) for s in self.program.steps) > 1:
            raise RefusedError
        for number, step in enumerate(self.program.steps):
            low, high = self._step(number, step, low, high)
            if isinstance(step, tr.Regrade):
                graded = low, high
        bits = self._grades(*graded)
        below = total_below(self.program)
        outputs: list[Int | Flag] = []
        for end in (low, high):
            self.bad = self.code.either(self.bad, end.bad)
            outputs += self.sums.over_fixed(end, below)
        self._narrow(outputs)
        groups = rounded_groups(self.program)
        return ready(self.code, [*outputs, bits, self.bad, *(self.open[id(g)] for g in groups)])

    def _grades(self, low: Num, high: Num) -> Int:
        if not any(isinstance(s, tr.Regrade) for s in self.program.steps):
            return constant(0)
        for end in (low, high):
            if end.most is not None:
                raise RefusedError
            self.bad = self.code.either(self.bad, end.bad)
        return band.possible(self.sums, low, high, band.limits(self.program))

    def _narrow(self, ends: list[Int | Flag]) -> None:
        """Refuse ends that, multiplied out to be compared with each other, would leave 64 bits."""
        size = max(max(-e.lo, e.hi) for e in ends if isinstance(e, Int))
        if size * max(e.hi for e in ends[1::2] if isinstance(e, Int)) > NARROW:
            raise RefusedError

    def _added(self, parts: list[Num]) -> Num:
        total = ZERO
        for one in parts:
            total = self.sums.plus(total, one)
        return total

    def _over(self, a: Num, b: Num) -> Num:
        return self.sums.over(a, Num(b.factor, self.code.larger(b.above, constant(1)), b.below, None, b.bad))

    def _node(self, node: tr.Group | tr.Indicator) -> Sides:
        if isinstance(node, tr.Indicator):
            self.place += 1
            return self._indicator(node, self.place - 1)
        found = [self._node(child) for child in node.children]
        low, high, group, total = (
            self._added([getattr(s, f) for s in found]) for f in ("low", "high", "group", "total")
        )
        sides = Sides(low, high, group, total)
        if node.level == 1 and group.known != 0:
            sides = self._rescaled(node, sides)
        return self._rounded(node, sides)

    def _rounded(self, node: tr.Group, sides: Sides) -> Sides:
        mode = node.rounding.mode
        if mode is None:
            return sides
        low, high = (self.sums.rounded(x, node.rounding.quantum, mode) for x in (sides.low, sides.high))
        same = self.sums.compared("=", low, high)
        self.open[id(node)] = self.code.opposite(same.flag)
        return Sides(low, high, sides.group, sides.total)

    def _rescaled(self, node: tr.Group, sides: Sides) -> Sides:
        """Spread the points that left a group over what stayed in it; an empty group leaves the total."""
        sums = self.sums
        counted = sums.minus(exactly(node.points), sides.total)
        gone = sums.compared("=", sides.group, counted)
        stayed = sums.minus(counted, sides.group)
        low, high = (
            sums.chosen(gone, ZERO, self._over(sums.times(x, counted), stayed)) for x in (sides.low, sides.high)
        )
        return Sides(low, high, ZERO, sums.chosen(gone, exactly(node.points), sides.total))

    def _indicator(self, node: tr.Indicator, place: int) -> Sides:
        low = self._input("low", place)
        # Nothing is open in the whole frame: both ends are one column.
        high = self._input("high", place) if ("high", place) in self.inputs else low
        drops = []
        for level in ("group", "total"):
            there = ("drop", level, place) in self.inputs
            flag = Cond(self.code.truth(("drop", level, place))) if there else Cond(NO)
            drops.append(self.sums.chosen(flag, exactly(node.points), ZERO))
        return Sides(low, high, drops[0], drops[1])

    def _input(self, end: str, place: int) -> Num:
        name = (end, place)
        above = self._bounded(name)
        below = self._bounded(("below", place))
        found = Num(Fraction(1), above, below)
        if below.known is not None:
            return Num(Fraction(1, below.known), above)
        return self.sums.bracket(found)

    def _bounded(self, name: object) -> Int:
        low, high = self.inputs[name]
        return constant(low) if low == high else self.code.input(name, low, high)

    def _step(self, number: int, step: tr.TotalStep, low: Num, high: Num) -> tuple[Num, Num]:
        sums = self.sums
        match step:
            case tr.Adjust(sign):
                more = Num(Fraction(1), self._bounded(("extra", number)), self._bounded(("extra below", number)))
                act = sums.plus if sign > 0 else sums.minus
                return act(low, more), act(high, more)
            case tr.Clamp(least, most):
                ends = [self._constant(e) for e in (least, most)]
                first, last = (sums.extreme(False, sums.extreme(True, x, ends[0]), ends[1]) for x in (low, high))
                return first, last
            case tr.RoundScore(mode, quantum):
                if mode is None:
                    return low, high
                return sums.rounded(low, quantum, mode), sums.rounded(high, quantum, mode)
            case tr.Override(kind="veto"):
                test = Cond(self.code.truth(("extra", number)))
                return sums.chosen(test, ZERO, low), sums.chosen(test, ZERO, high)
            case tr.Override() | tr.Regrade():
                return low, high
            case _:
                assert_never(step)

    def _constant(self, e: object) -> Num:
        value = getattr(e, "value", None)
        if value is None and hasattr(e, "name") and e.name in self.program.params:
            value = self.program.params[e.name].value
        if not isinstance(value, Fraction):
            raise RefusedError
        return exactly(value)


# ---------- over the units of a frame ----------


@frozen(eq=False)
class Added:
    """The total of all units: both ends, the possible grades, where it is not sure, and where each rounded group is open."""

    low: tuple[Ints, Ints]
    high: tuple[Ints, Ints]
    grades: Ints
    bad: Truths
    open: Mapping[int, Truths]


def added(
    adder: Adder, parts: Sequence[Part], extras: Mapping[int, Extra], size: int, due: int | None = None
) -> Added | None:
    """Add everything up; None where columns are not enough. due: how many units are to come, where that is known."""
    columns, inputs = _given(parts, extras)
    steps = adder.ready(inputs, columns)
    if steps is None and any(p.bounds is not None for p in parts):
        # What is known beforehand is wider than what occurs.
        columns, inputs = _given([evolve(p, bounds=None) for p in parts], extras)
        steps = adder.ready(inputs, columns)
    if steps is None:
        return None
    found = steps.run(columns, size, due)
    # Columns are as narrow as their bounds allow; what is done with these further on asks for all 64 bits.
    low, low_below, high, high_below, grades = (x.astype(np.int64, copy=False) for x in found[:5])
    bad, open_ = found[5], found[6:]
    groups = {id(g): flag for g, flag in zip(adder.groups(), open_, strict=True)}
    return Added((low, low_below), (high, high_below), grades, bad, groups)


def _given(
    parts: Sequence[Part], extras: Mapping[int, Extra]
) -> tuple[dict[object, Array], dict[object, tuple[int, int]]]:
    """Return the columns that are added up, and their bounds; what is the same everywhere has bounds only."""
    inputs: dict[object, tuple[int, int]] = {}
    columns: dict[object, Array] = {}

    def put(name: object, column: Array | int, positive: bool = False, known: tuple[int, int] | None = None) -> None:
        if isinstance(column, int):
            inputs[name] = column, column
            return
        columns[name] = column
        inputs[name] = known if known is not None and max(-known[0], known[1]) <= SHORT else bounds(column, positive)

    for place, one in enumerate(parts):
        put(("low", place), one.low, known=one.bounds)
        if one.high is not one.low:
            put(("high", place), one.high, known=one.bounds)
        put(("below", place), one.below, positive=True)
        for level, drop in (("group", one.group), ("total", one.total)):
            if drop is not None:
                columns["drop", level, place], inputs["drop", level, place] = drop, (0, 1)
    for number, extra in extras.items():
        put(("extra", number), extra.number)
        put(("extra below", number), extra.below, positive=True)
    return columns, inputs


def bounds(column: Array, positive: bool) -> tuple[int, int]:
    """Return bounds of a column, widened to powers of two, so that few different ones occur."""
    if not len(column):
        return (1, 1) if positive else (0, 1)
    low, high = int(column.min()), int(column.max())
    if positive and low == high:
        return low, high
    low = -(2 ** (-low).bit_length()) if low < 0 else 0
    high = 2 ** high.bit_length() if high > 0 else 1
    return (1 if positive else low), high
