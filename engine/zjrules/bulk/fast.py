"""A rule set written as columns once: what every indicator and check needs, and one list of operations for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np
from attrs import field, frozen

from zjrules.bulk.code import NARROW, NO, Code, Flag, Int, RefusedError, constant
from zjrules.bulk.day import Days
from zjrules.bulk.expr import number, truth
from zjrules.bulk.frame import Frame, Ints, Truths
from zjrules.bulk.gather import Rows
from zjrules.bulk.indicator import checked, scored
from zjrules.bulk.native import Job, together
from zjrules.bulk.number import Cond, Num, Value
from zjrules.bulk.operation import Array, everywhere
from zjrules.bulk.run import Ready, needed, ready
from zjrules.bulk.slow import below_of
from zjrules.bulk.writer import MOST_ROWS, TOLD, Fold, Need, Place, RowCode, Writer, lack
from zjrules.term import rule as tr
from zjrules.term import survey

ALL = slice(None)
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
    """One indicator or check as columns: where its numbers stand among the outputs.

    Of an indicator: numerator, denominator (None: fixed throughout), and where it has no value or not all is known that it
    needs. Of a check: how it came out, and where that is not known.
    """

    number: int
    below: int | None
    bad: int
    fixed: int = 1
    bounds: tuple[int, int] = (0, 1)
    """What the number cannot leave."""
    needs: frozenset[Need] = frozenset()
    """What must be known for it to be worked out, in columns or for one unit."""
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
    """A frame, worked out: its columns by name, and the outputs."""

    made: Fast
    columns: dict[object, Array]
    outputs: list[Array]
    size: int
    due: int | None = None
    """How many units there are to come, these included, where that is known."""
    later: list[list[Array]] = field(factory=list)
    lock: Lock = field(factory=Lock)

    def over(self, place: int) -> Array:
        """Return an output of the aggregates, worked out when the first is asked for."""
        with self.lock:
            if not self.later:
                self.later.append(self.made.overs.run(self.columns, self.size, self.due))
        return self.later[0][place]

    def known(self, need: Need, rows: Ints | slice = ALL) -> Truths:
        """Return the units (of some) of which something that is needed is known."""
        if need[0] == "told":
            return np.isin(self.columns["state", need[1]][rows], TOLD)
        found: Truths = self.columns[lack(need)][rows] == 0
        return found


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
        above, below = w.sums.over_fixed(found, below_of(node.rounding))
    except RefusedError:
        return None
    fixed = below.known
    place = None if fixed is not None else _put(outputs, below)
    bad = _put(outputs, _lacking(found.bad, w))
    bounds, needs = (above.lo, above.hi), frozenset(w.needs)
    return Written(_put(outputs, above), place, bad, fixed or 1, bounds, needs, _aggregates(w, overs))


def _lacking(bad: Flag, w: Writer) -> Flag:
    """Return where there is no value, or something is not known that was read."""
    for need in sorted(w.needs):
        bad = w.code.either(bad, w.lacking(need))
    return bad


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
    return Written(place, None, _put(outputs, _lacking(bad, w)), overs=_aggregates(w, overs))


def _extra(step: tr.Adjust | tr.Override, w: Writer, outputs: list[Int | Flag]) -> Written | None:
    """Write what a step of the total adds or takes, or the condition under which it moves it."""
    try:
        if isinstance(step, tr.Override):
            test = truth(step.test, Place(), w)
            return Written(_put(outputs, test.flag), None, _put(outputs, _lacking(test.bad, w)))
        amount = number(step.amount, Place(), w)
        if step.most is not None:
            amount = w.sums.extreme(False, amount, number(step.most, Place(), w))
        above, below = w.sums.over_fixed(amount, 1)
    except RefusedError:
        return None
    place = None if below.known is not None else _put(outputs, below)
    return Written(_put(outputs, above), place, _put(outputs, _lacking(amount.bad, w)), below.known or 1)


# ---------- over a frame ----------


def run(made: Fast, frame: Frame, due: int | None = None) -> Run:
    """Work out all columns over a frame. due: how many units there are to come, these included, where that is known."""
    columns = _facts(frame)
    folds, jobs = dict[object, Array](), list[Job]()
    for ledger, flat in frame.ledgers.items():
        if ledger in made.rows:
            gathered, job = made.rows[ledger].begun(flat, columns, due)
            folds |= gathered
            jobs += [] if job is None else [job]
        beyond = flat.beyond(MOST_ROWS)
        columns[lack(("rows", ledger))] = flat.missing | beyond if somewhere(beyond) else flat.missing
    columns |= folds
    compiles = made.units.pays(len(frame), due)
    return Run(made, columns, _outputs(made.units, compiles, columns, len(frame), folds, jobs), len(frame), due)


def expect(made: Fast, outline: Frame, due: int) -> None:
    """Compile what pays for so many units to come, of which the columns are as wide as those of an outline without units."""
    columns = _facts(outline)
    for ledger, flat in outline.ledgers.items():
        columns[lack(("rows", ledger))] = flat.missing
        if ledger in made.rows:
            columns |= made.rows[ledger].expect(flat, columns, due)
    made.units.expect(columns, due)


def _facts(frame: Frame) -> dict[object, Array]:
    columns: dict[object, Array] = {}
    for name, cells in frame.facts.items():
        columns["fact", name] = cells.values
        columns["claimed", name] = nowhere(len(frame)) if cells.claimed is None else cells.claimed
        columns[lack(("fact", name))] = cells.state
        columns["state", name] = cells.state.view(np.int8)
    return columns


def _outputs(
    units: Ready,
    compiles: bool,
    columns: Mapping[object, Array],
    size: int,
    folds: Mapping[object, Array],
    jobs: Sequence[Job],
) -> list[Array]:
    """Return the outputs of all units; folds are columns among these that jobs will write, part by part."""

    def gathered(start: int, stop: int) -> None:
        for job in jobs:
            job(start, stop)

    def worked(start: int, stop: int) -> None:
        gathered(start, stop)
        last(start, stop)

    if not compiles:
        if jobs:
            together(size, gathered)
        return units.interpreted(columns, size)
    found, last = units.job(columns, size, folds)
    # What the rows came to is still in the cache when the units are worked out.
    together(size, worked)
    return found


def nowhere(size: int) -> Truths:
    """Return a column of truths that holds nowhere and takes no room; it cannot be written to."""
    return everywhere(np.bool_(False), size)


def only_at(size: int, rows: Ints | Sequence[int]) -> Truths:
    """Return a column of truths that holds at some rows."""
    if not len(rows):
        return nowhere(size)
    found = np.zeros(size, np.bool_)
    found[rows] = True
    return found


def somewhere(flags: Truths) -> bool:
    """Return whether it is worth looking where these hold: whether it is not one of nowhere's."""
    return flags.strides != (0,)
