"""A rule set written as columns once: what every indicator and check needs, and one list of operations for all of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from attrs import field, frozen

from zjrules.bulk.code import NARROW, NO, Code, Flag, Int, RefusedError, constant
from zjrules.bulk.day import Days
from zjrules.bulk.expr import number, truth
from zjrules.bulk.frame import Frame, Known, Truths
from zjrules.bulk.gather import Rows
from zjrules.bulk.indicator import checked, scored
from zjrules.bulk.number import Cond, Num, Value
from zjrules.bulk.operation import Array
from zjrules.bulk.run import Ready, needed, ready
from zjrules.bulk.slow import below_of
from zjrules.bulk.writer import MOST_ROWS, Fold, Need, Place, RowCode, Writer
from zjrules.term import rule as tr
from zjrules.term import survey

SKIPPED, PASSED, FAILED = 2, 0, 1


@frozen(eq=False)
class Aggregate:
    """An aggregate that the columns know, by its outputs.

    They are its number (or truth) and denominator, its upper bound where the number is only the lower one, and where it has
    no value.
    """

    value: Value
    number: int
    below: int | None
    most: int | None
    bad: int
    needs: frozenset[Need]


@frozen(eq=False)
class Written:
    """One indicator or check as columns: where its numbers stand among the outputs, and what it needs.

    Of an indicator: numerator, denominator (None: below throughout), and where there is no value. Of a check: how it came
    out, and where that is not known.
    """

    number: int
    below: int | None
    bad: int
    needs: frozenset[Need]
    fixed: int = 1
    overs: Mapping[int, Aggregate] = field(factory=dict)


@frozen(eq=False)
class Fast:
    """All that is written as columns; None is left to the exact engine throughout."""

    indicators: tuple[Written | None, ...]
    checks: tuple[Written | None, ...]
    extras: Mapping[int, Written | None]
    """The amounts and conditions of the steps of the total, by the place of the step."""
    units: Ready
    overs: Ready
    """The aggregates by themselves, which only units of which something is missing ask for."""
    rows: Mapping[str, Rows]


@frozen(eq=False)
class Run:
    """A frame, worked out: the outputs, and for each indicator and check the units of which it does not know all."""

    made: Fast
    columns: dict[object, Array]
    outputs: list[Array]
    lacking: dict[Need, Truths]
    size: int
    later: list[list[Array]] = field(factory=list)

    def over(self, place: int) -> Array:
        """Return an output of the aggregates, worked out when the first is asked for."""
        if not self.later:
            self.later.append(self.made.overs.run(self.columns, self.size))
        return self.later[0][place]


def fast(program: tr.Program, days: Days | None) -> Fast:
    """Write a rule set as columns."""
    code, rows = Code(most=NARROW), dict[str, RowCode]()
    outputs, overs = list[Int | Flag](), list[Int | Flag]()

    def writer() -> Writer:
        return Writer(program, code, rows, days)

    indicators = [_indicator(n, writer(), outputs, overs) for n in survey.indicators(program.groups)]
    checks = [_check(c, writer(), outputs, overs) for c in program.checks]
    extras = {
        number: _extra(step, writer(), outputs)
        for number, step in enumerate(program.steps)
        if isinstance(step, tr.Adjust | tr.Override)
    }
    wanted = {code.ops[p].args[0] for p in needed(code, [*outputs, *overs]) if code.ops[p].name == "input"}
    folded = {}
    for ledger, row in rows.items():
        folds = [f if ("fold", ledger, i) in wanted else Fold("", NO) for i, f in enumerate(row.folds)]
        folded[ledger] = Rows(ledger, ready(row.code, [f.column for f in folds]), tuple(folds))
    return Fast(tuple(indicators), tuple(checks), extras, ready(code, outputs), ready(code, overs), folded)


def _put(outputs: list[Int | Flag], column: Int | Flag) -> int:
    outputs.append(column)
    return len(outputs) - 1


def _indicator(node: tr.Indicator, w: Writer, outputs: list[Int | Flag], overs: list[Int | Flag]) -> Written | None:
    try:
        found = scored(node, Place(), w)
        above, below = over_fixed(found, below_of(node.rounding), w)
    except RefusedError:
        return None
    fixed = below.known
    place = None if fixed is not None else _put(outputs, below)
    bad = _put(outputs, found.bad)
    return Written(_put(outputs, above), place, bad, frozenset(w.needs), fixed or 1, _aggregates(w, overs))


def _aggregates(w: Writer, outputs: list[Int | Flag]) -> dict[int, Aggregate]:
    """Return the aggregates that were written for an indicator or check."""
    found = {}
    for key, (value, needs) in w.overs.items():
        match value:
            case Num(_, above, below, most):
                place = None if below.known is not None else _put(outputs, below)
                top = None if most is None else _put(outputs, most)
                found[key] = Aggregate(value, _put(outputs, above), place, top, _put(outputs, value.bad), needs)
            case Cond(flag, bad):
                found[key] = Aggregate(value, _put(outputs, flag), None, None, _put(outputs, bad), needs)
            case _:
                pass
    return found


def over_fixed(found: Num, below: int, w: Writer) -> tuple[Int, Int]:
    """Return a score as an integer over a denominator: `below` where that holds it."""
    times = found.factor * below / (found.below.known or 1)
    if found.most is not None:
        raise RefusedError
    if found.below.known is not None and times.denominator == 1:
        return w.code.mul(found.above, constant(int(times))), constant(below)
    return (
        w.code.mul(found.above, constant(found.factor.numerator)),
        w.code.mul(found.below, constant(found.factor.denominator)),
    )


def _check(check: tr.Check, w: Writer, outputs: list[Int | Flag], overs: list[Int | Flag]) -> Written | None:
    try:
        when, holds = checked(check, w)
    except RefusedError:
        return None
    c = w.code
    bad = c.either(when.bad, c.both(when.flag, holds.bad))
    status = c.chosen(holds.flag, constant(PASSED), constant(FAILED))
    status = c.chosen(when.flag, status, constant(SKIPPED))
    place = _put(outputs, status)
    return Written(place, None, _put(outputs, bad), frozenset(w.needs), overs=_aggregates(w, overs))


def _extra(step: tr.Adjust | tr.Override, w: Writer, outputs: list[Int | Flag]) -> Written | None:
    """Write what a step of the total adds or takes, or the condition under which it moves it."""
    try:
        if isinstance(step, tr.Override):
            test = truth(step.test, Place(), w)
            return Written(_put(outputs, test.flag), None, _put(outputs, test.bad), frozenset(w.needs))
        amount = number(step.amount, Place(), w)
        if step.most is not None:
            amount = w.sums.extreme(False, amount, number(step.most, Place(), w))
        above, below = over_fixed(amount, 1, w)
    except RefusedError:
        return None
    place = None if below.known is not None else _put(outputs, below)
    return Written(_put(outputs, above), place, _put(outputs, amount.bad), frozenset(w.needs), below.known or 1)


# ---------- over a frame ----------


def run(made: Fast, frame: Frame) -> Run:
    """Work out all columns over a frame."""
    columns: dict[object, Array] = {}
    lacking: dict[Need, Truths] = {}
    for name, cells in frame.facts.items():
        columns["fact", name] = cells.values
        columns["claimed", name] = nowhere(len(frame)) if cells.claimed is None else cells.claimed
        if cells.state.any():
            lacking["fact", name] = cells.state != Known.GIVEN
    for ledger, rows in made.rows.items():
        columns |= rows.gathered(frame.ledgers[ledger], columns)
        sizes = np.diff(frame.ledgers[ledger].starts)
        lacks = frame.ledgers[ledger].missing | (sizes > MOST_ROWS)
        if lacks.any():
            lacking["rows", ledger] = lacks
    return Run(made, columns, made.units.run(columns, len(frame)), lacking, len(frame))


def nowhere(size: int) -> Truths:
    """Return a column of truths that holds nowhere and takes no room."""
    return np.broadcast_to(np.bool_(False), size)


def lacks(made: Written, found: Run) -> Truths:
    """Return the units of which an indicator or check does not know all, or for which it has no value."""
    bad: Truths = found.outputs[made.bad]
    for need in made.needs:
        if need in found.lacking:
            bad = bad | found.lacking[need]
    return bad
