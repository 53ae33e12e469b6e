"""One indicator over the units of a frame: what the columns know, what the ways give, and what the exact engine is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, partial
from math import lcm, prod

import numpy as np
from attrs import define, evolve

from zjrules.bulk.code import SHORT
from zjrules.bulk.compose import Composer
from zjrules.bulk.composed import composed, lowest_terms, put_composed
from zjrules.bulk.ends import put_ends
from zjrules.bulk.fast import Run, Written, nowhere, only_at, somewhere
from zjrules.bulk.frame import Frame, Ints, Truths
from zjrules.bulk.leaf import Leaf, leaves, of_indicator, whole_indicator
from zjrules.bulk.native import shared
from zjrules.bulk.open import Found, Ways, ways
from zjrules.bulk.operation import Array, everywhere
from zjrules.bulk.result import Gathered, Kind, Scores, Why, gathered
from zjrules.bulk.slots import values
from zjrules.bulk.slow import below_of
from zjrules.bulk.tracks import UNKNOWN
from zjrules.bulk.way import reader
from zjrules.compiled.program import Compiled, compiled
from zjrules.exact.scope import WorkCalendar
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.unit import Choice, Truth
from zjrules.value import Value

SMALL = 512
"""An indicator of truths and options that can come in no more ways than this is not taken apart."""


ALONE = 64
"""So few units are not worth walking along all columns for, where the compiled integers can take them."""


@define(eq=False)
class Column:
    """One indicator made ready."""

    node: tr.Indicator
    written: Written | None
    ways: tuple[Ways, ...]
    composer: Composer | None
    """How the leaves come together; None where there is only one."""
    alone: Ways
    """The whole indicator, for the units that the leaves do not know."""
    below: int
    place: int
    """Its number in the order of the book."""
    integers: Callable[[], Compiled]
    """Returns the rule set compiled for single units; made when it is first asked for."""

    def left(self, run: Run) -> int:
        """Return of how many units the columns do not know the score."""
        return run.size if self.written is None else int(np.count_nonzero(run.outputs[self.written.bad]))

    def settled(self, run: Run) -> Scores:
        """Return the scores where the columns know all of them."""
        assert self.written is not None
        return _settled(self.written, run, self.below)

    def score(self, frame: Frame, run: Run) -> tuple[Scores, Truths]:
        """Return the scores where the columns do not know all of them, and where the exact engine was asked for one unit alone."""
        size = len(frame)
        if self.written is None:
            rows, found = np.arange(size, dtype=np.int64), gathered(size, self.below)
        else:
            rows = np.flatnonzero(run.outputs[self.written.bad])
            if self._alone(self.written, rows, run):
                return self._few(self.written, frame, rows, run), only_at(size, rows)
            found = _settle(self.written, run, self.below)
        found.rows = rows
        left = self._open(found, frame, rows, run)
        self._put(found, left, self._asked(frame, left))
        return found.done(), only_at(size, left)

    def _alone(self, written: Written, rows: Ints, run: Run) -> bool:
        """Return whether these units are best asked for one by one: few, of which all is known, for the compiled integers."""
        if len(rows) > ALONE or self.integers().functions[self.place] is None:
            return False
        return all(bool(run.known(need, rows).all()) for need in written.needs)

    def _few(self, written: Written, frame: Frame, rows: Ints, run: Run) -> Scores:
        """Return the scores where a few units are asked for one by one: most often settled, as all the others are."""
        asked = self._asked(frame, rows)
        settled = _settled_but(_settled(written, run, self.below), rows, asked)
        if settled is not None:
            return settled
        found = _settle(written, run, self.below)
        found.rows = rows
        self._put(found, rows, asked)
        return found.done()

    def _put(self, found: Gathered, rows: Ints, asked: Sequence[Value]) -> None:
        for row, value in zip(rows.tolist(), asked, strict=True):
            found.put([row], value)

    def _asked(self, frame: Frame, rows: Ints) -> list[Value]:
        """Return the scores of units by themselves: by the compiled integers where one is whole, else by the exact engine."""
        if not len(rows):
            return []
        integers = self.integers()
        function = integers.functions[self.place]
        known: list[Value | None] = [None] * len(rows)
        if function is not None:
            known = [integers.indicator(self.place, v) for v in values(integers, frame, rows, function.needs)]
        return [self._exactly(frame, row) if k is None else k for k, row in zip(known, rows.tolist(), strict=True)]

    def _exactly(self, frame: Frame, row: int) -> Value:
        value = self.alone.reader.value(frame.facts_of(row, self.alone.reader.program.schema))
        assert not isinstance(value, str)
        return value

    def _open(self, found: Gathered, frame: Frame, rows: Ints, run: Run) -> Ints:
        """Score the units of which something is missing; return those that are left."""
        some = [ways.find(frame, rows, run, found) for ways in self.ways]
        if self.composer is None:
            return rows[_single(found, rows, some[0])]
        together = composed(self.composer, some)
        if together is None:
            return rows
        return rows[put_composed(found, rows, together, self.composer)]


def scored(some: Sequence[Column], frame: Frame, run: Run) -> tuple[list[Scores], Truths]:
    """Return the scores of some indicators, and the units for which the exact engine was asked."""
    left = [one.left(run) for one in some]
    asked = np.zeros(len(frame), np.bool_)
    many, few = ([n for n, count in enumerate(left) if count and (count > ALONE) is wide] for wide in (True, False))
    # What is done unit by unit holds Python's lock: a second core would only wait for it.
    found = dict(zip(many, shared([partial(some[place].score, frame, run) for place in many]), strict=True))
    found |= {place: some[place].score(frame, run) for place in few}
    for _, alone in found.values():
        if somewhere(alone):
            asked |= alone
    return [found[n][0] if n in found else one.settled(run) for n, one in enumerate(some)], asked


def _settled(written: Written, run: Run, below: int) -> Scores:
    """Return the scores of units of which nothing is missing, as the columns hold them."""
    number = run.outputs[written.number]
    belows: Ints | int = below
    if written.below is not None:
        number, belows = lowest_terms(number, run.outputs[written.below])
    if number.dtype != np.int64:
        number = number.astype(np.int32, copy=False)
    nothing = everywhere(np.uint8(0), len(number)), everywhere(np.int32(0), len(number))
    bounds = written.bounds if written.below is None else None
    return Scores(number, number, belows, *nothing, (Why(),), bounds=bounds)


def _settled_but(scores: Scores, rows: Ints, values_: Sequence[Value]) -> Scores | None:
    """Return settled scores with some others in these rows; None where one of these is no number that the column holds."""
    below = scores.below
    numbers = [v * below for v in values_ if isinstance(v, Fraction) and isinstance(below, int)]
    held = [int(n) for n in numbers if n.denominator == 1 and abs(n) <= SHORT]
    if len(held) < len(values_):
        return None
    low = scores.low.copy()
    low[rows] = held
    bounds = scores.bounds
    if bounds is not None:
        bounds = min(*held, bounds[0]), max(*held, bounds[1])
    return evolve(scores, low=low, high=low, bounds=bounds)


def _settle(written: Written, run: Run, below: int) -> Gathered:
    """Return the scores that the columns know, in all rows; those of which something is missing are to be written over."""
    number, belows = run.outputs[written.number], None
    if written.below is not None:
        number, belows = lowest_terms(number, run.outputs[written.below])
    found = gathered(len(number), below, number.astype(np.int64))
    found.belows = None if belows is None else belows.astype(np.int64)
    found.bounds = written.bounds if belows is None else None
    return found


def _single(found: Gathered, rows: Ints, leaf: Found) -> Truths:
    """Write what the ways of one leaf give; return where they give nothing."""
    left: Truths = leaf.outcome == UNKNOWN
    found.within(leaf.bounds[0], leaf.bounds[2])
    there = np.flatnonzero(leaf.outcome >= 0)
    if not len(there):
        return left
    found.bounds = None  # what is over another denominator is multiplied out
    which, places, outcomes = leaf.outcome[there], rows[there], leaf.outcomes
    reasons = [found.reasons.setdefault(o.why, len(found.reasons)) for o in outcomes]
    found.why[places] = np.array(reasons, np.int32)[which]
    kinds = np.array([o.kind for o in outcomes], np.uint8)[which]
    found.kind[places] = kinds
    found.gaps[places] = np.array([o.gaps for o in outcomes], np.bool_)[which]
    flags = tuple(_flag([o.flags[i] for o in outcomes], which) for i in range(4))
    ends = tuple(e[there] for e in leaf.ends)
    scored = kinds != Kind.NONE
    if not scored.all():
        places, ends, flags = places[scored], tuple(e[scored] for e in ends), tuple(f[scored] for f in flags)
    put_ends(found, places, ends, flags)
    return left


def _flag(table: list[bool], which: Array) -> Truths:
    return np.array(table, np.bool_)[which] if any(table) else nowhere(len(which))


# ---------- made ready ----------


def columns(
    program: tr.Program, written: Sequence[Written | None], calendar: WorkCalendar | None
) -> tuple[Column, ...]:
    """Make the indicators of a rule set ready."""
    nodes = survey.indicators(program.groups)
    integers = cache(lambda: compiled(program, calendar))
    return tuple(
        _column(n, program, w, calendar, place, integers)
        for place, (n, w) in enumerate(zip(nodes, written, strict=True))
    )


def _column(
    node: tr.Indicator,
    program: tr.Program,
    written: Written | None,
    calendar: WorkCalendar | None,
    place: int,
    integers: Callable[[], Compiled],
) -> Column:
    tree = of_indicator(node)
    alone = whole_indicator(node)
    if _finite(alone, program) or isinstance(tree, Leaf):
        tree = alone
    aggregates = written.overs if written is not None else {}
    below = below_of(node.rounding)
    if written is not None and written.below is None:
        below = lcm(below, written.fixed)
    direct = tree is alone and (written is None or written.below is None)
    found = tuple(ways(reader(leaf, program, calendar, aggregates, below), direct) for leaf in leaves(tree))
    whole = found[0] if tree is alone else ways(reader(alone, program, calendar, {}, below))
    composer = None if tree is alone else Composer(tree, below)
    return Column(node, written, found, composer, whole, below, place, integers)


def _finite(leaf: Leaf, program: tr.Program) -> bool:
    """Return whether a leaf reads truths and options only, and few of them."""
    if leaf.ledgers or leaf.evidence:
        return False
    kinds = []
    for name in leaf.facts:
        match program.schema.facts[name].type:
            case Truth():
                kinds.append(3)
            case Choice(options):
                kinds.append(len(options) + 1)
            case _:
                return False
    return prod(kinds) <= SMALL
