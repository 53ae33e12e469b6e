"""Scored units as a table: one row a unit, exact decimals or pairs of integers, never a float."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd

import numpy as np
import polars as pl
from attrs import frozen

from zjrules.bulk.frame import Ints, Truths
from zjrules.bulk.result import CHECKS, End, Kind, Scored, Scores, Why
from zjrules.explain.columns import any_of
from zjrules.inout.table.compact import DIGITS, JOINT, PART, coded, integers, nothing, whole_schema, widened
from zjrules.num import decimal
from zjrules.term import rule as tr
from zjrules.term import survey

MOST = 2**62
UNIT, TOTAL, GRADE, STATE, MISSING, FAILED = "单位", "总分", "等级", "状态", "缺少", "勾稽不符"
STATES = ("已算", "缺事实", "无法计算")
"""What 状态 can be, by the kind of the total."""
TO, ABOVE, BELOW, NOTE = "·至", "·分子", "·分母", "·注"
PARAMETER = "参数·"
"""What stands before the name of a parameter in the columns of a sweep, which has a row for every unit and value."""
FEW = 1 << 16
"""Numbers below this are counted, not sorted."""
TOGETHER = 8
"""So many checks can fail in so few ways that the text of each is made once."""


@frozen
class Place:
    """The columns of one score: its name, and how many decimals it is rounded to; None where it is not rounded."""

    name: str
    decimals: int | None

    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        ends = (self.name, self.name + TO)
        if self.decimals is None:
            ends = tuple(e + part for e in ends for part in (ABOVE, BELOW))  # type: ignore[assignment]
        return (*ends, self.name + NOTE)


def places(program: tr.Program) -> tuple[Place, ...]:
    """Return the columns of the total and of the indicators, in the order of the book."""
    found = [Place(TOTAL, _total(program))]
    return (*found, *(Place(n.name, _decimals(n.rounding)) for n in survey.indicators(program.groups)))


def _decimals(rounding: tr.RoundScore) -> int | None:
    text = decimal(rounding.quantum) if rounding.mode is not None else None
    return None if text is None else len(text.partition(".")[2])


def _total(program: tr.Program) -> int | None:
    """Return the decimals of the total: those that its last step rounds to, before which nothing is added."""
    last = next((s for s in reversed(program.steps) if not isinstance(s, tr.Regrade | tr.Override)), None)
    return _decimals(last) if isinstance(last, tr.RoundScore) else None


def schema_of(program: tr.Program) -> pl.Schema:
    """Return the columns of the table of a rule set with their types."""
    total, *others = (_types(p) for p in places(program))
    first, (to, note) = dict(list(total.items())[:-2]), list(total.items())[-2:]
    head = {UNIT: pl.String(), **first, to[0]: to[1], GRADE: pl.String(), STATE: pl.String()}
    head |= {MISSING: pl.String(), FAILED: pl.String(), note[0]: note[1]}
    return pl.Schema({**head, **{n: t for each in others for n, t in each.items()}})


def _types(place: Place) -> dict[str, pl.DataType]:
    kind = pl.Int64() if place.decimals is None else pl.Decimal(DIGITS, place.decimals)
    return {n: pl.String() if n.endswith(NOTE) else kind for n in place.names()}


Like = tuple[Scored, pl.DataFrame]
"""The same units by another version of the rule set, and their compact table: columns that both share are taken from it."""


def table_of(scored: Scored, like: Like | None = None) -> pl.DataFrame:
    """Return scored units as a table with the columns of schema_of."""
    found = pl.from_arrow(widened(compact_of(scored, like), whole_schema(schema_of(scored.program))))
    assert isinstance(found, pl.DataFrame)
    return found


def compact_of(scored: Scored, like: Like | None = None) -> pl.DataFrame:
    """Return scored units as the compact table of which `compact.widened` makes the whole one."""
    other, made = like if like is not None else (None, pl.DataFrame())
    units = pl.Series(scored.units.tolist(), dtype=pl.String) if other is None else made[UNIT]
    columns: dict[str, pl.Series | None] = {UNIT: units}
    before = (None,) * (len(scored.indicators) + 1) if other is None else (other.total, *other.indicators)
    for place, scores, one in zip(places(scored.program), (scored.total, *scored.indicators), before, strict=True):
        same = scores is one
        columns |= {n: made[n] for n in place.names() if n in made.columns} if same else _columns(place, scores)
    columns |= {
        GRADE: _by_number(scored.grades, lambda row: any_of(scored.grade_names(row))),
        STATE: coded(STATES, scored.total.kind.astype(np.int64)),
        MISSING: _reasons(scored.total, scored.total.kind != Kind.SETTLED, lambda why: "、".join(why.missing)),
    }
    shared = other is not None and all(a is b for a, b in zip(scored.checks, other.checks, strict=True))
    failed = [s for s in made if s.name.startswith(FAILED + PART)] if shared else _failed(scored)
    columns |= {f"{FAILED}{PART}{number}": part for number, part in enumerate(failed)}
    return pl.DataFrame([column.alias(name) for name, column in columns.items() if column is not None])


# ---------- scores ----------


def _columns(place: Place, scores: Scores) -> dict[str, pl.Series | None]:
    """Return the columns of one score; None for one that says nothing."""
    size = len(scores.kind)
    held = np.ones(size, np.bool_)
    held[np.fromiter(scores.beside, np.int64, len(scores.beside))] = False
    some, between = held & (scores.kind != Kind.NONE), held & (scores.kind == Kind.OPEN)
    notes: dict[int, list[str]] = {}
    ends = []
    for which, (column, there) in enumerate(((scores.low, some), (scores.high, between))):
        numbers: Ints = column.astype(np.int64, copy=False)  # a kernel may have needed fewer bits
        ends.append(_end(place, numbers, scores.below, there, _besides(scores, which), notes, which))
    settled = {row for row in notes if scores.kind[row] == Kind.SETTLED}
    notes |= {row: [n.replace("下限", "得分") for n in notes[row]] for row in settled}
    found = dict(zip(place.names()[:-1], (s for end in ends for s in end), strict=True))
    return found | {place.name + NOTE: _notes(scores, notes)}


def _besides(scores: Scores, which: int) -> dict[int, End]:
    """Return the ends that stand beside the columns; a settled score has no upper one."""
    return {p: e[which] for p, e in scores.beside.items() if scores.kind[p] == (Kind.OPEN if which else scores.kind[p])}


_SAID = (("大于 {}", "没有下限", "下限 {}"), ("小于 {}", "没有上限", "上限 {}"))


def _end(
    place: Place,
    numbers: Ints,
    below: Ints | int,
    there: Truths,
    beside: dict[int, End],
    notes: dict[int, list[str]],
    which: int,
) -> list[pl.Series | None]:
    """Return one end of a score as one column (of what is a decimal), or as two; what these cannot say goes to the notes."""
    if not beside and not there.any():
        return [None] if place.decimals is not None else [None, None]
    above, under, fits = _parted(place, numbers, below)
    lost = np.flatnonzero(there & ~fits).tolist()
    beside = beside | {row: End(Fraction(int(numbers[row]), _at(below, row))) for row in lost}
    valid = there & fits
    if beside:
        above, under = np.array(above), np.array(under)
    opened, endless, other = _SAID[which]
    for row, end in beside.items():
        if end.value is None:
            notes.setdefault(row, []).append(endless)
            continue
        if end.open:
            notes.setdefault(row, []).append(opened.format(decimal(end.value) or end.value))
        scaled = end.value * (10**place.decimals if place.decimals is not None else end.value.denominator)
        if scaled.denominator == 1 and abs(scaled) < MOST and end.value.denominator < MOST:
            above[row], under[row], valid[row] = int(scaled), end.value.denominator, True
        elif not end.open:
            notes.setdefault(row, []).append(other.format(end.value))
    return [integers(column, valid) for column in ((above,) if place.decimals is not None else (above, under))]


def _parted(place: Place, numbers: Ints, below: Ints | int) -> tuple[Ints, Ints, Truths]:
    """Return the numerators and denominators that the columns of one end hold, and where they do."""
    if place.decimals is not None:
        above, fits = _over(numbers, below, 10**place.decimals)
        return above, np.broadcast_to(np.int64(1), numbers.shape), fits
    shrink = np.gcd(numbers, below)
    under: Ints = np.broadcast_to(below, numbers.shape) // shrink
    return numbers // shrink, under, np.ones(len(numbers), np.bool_)


def _at(below: Ints | int, row: int) -> int:
    return below if isinstance(below, int) else int(below[row])


def _over(numbers: Ints, below: Ints | int, scale: int) -> tuple[Ints, Truths]:
    """Return numbers ÷ below in units of 1 ÷ scale, and where that is whole and fits."""
    if isinstance(below, int) and len(numbers):
        common = gcd(below, scale)
        most, rest = scale // common, below // common
        if max(-int(numbers.min()), int(numbers.max())) <= MOST // most and rest <= MOST:
            whole = numbers if rest == 1 else numbers // rest
            fits = np.ones(len(numbers), np.bool_) if rest == 1 else whole * rest == numbers
            return whole if most == 1 else whole * most, fits
    factor = np.gcd(below, scale)
    up, down = scale // factor, below // factor
    fits = (np.abs(numbers) <= MOST // up) & (numbers % down == 0)
    return np.where(fits, numbers, 0) // down * up, fits


def _notes(scores: Scores, notes: dict[int, list[str]]) -> pl.Series | None:
    """Return why there is no score, why there may be none, and what the numbers cannot say."""
    found = _reasons(scores, scores.kind != Kind.SETTLED, lambda why: "、".join(why.problems))
    if found is not None and (scores.kind == Kind.OPEN).any():
        may = (scores.kind == Kind.OPEN) & found.is_not_null().to_numpy()
        said = found.cast(pl.String)
        found = pl.select(pl.when(pl.Series(may)).then(pl.lit("可能没有得分：") + said).otherwise(said)).to_series()
    if notes:
        found = found.cast(pl.String) if found is not None else nothing(pl.String(), len(scores.kind))
        rows = sorted(notes)
        texts = ["；".join([*([s] if s else []), *notes[r]]) for r, s in ((r, found[r]) for r in rows)]
        found = found.scatter(rows, texts)
    return found


# ---------- texts ----------


def _reasons(scores: Scores, there: Truths, text: Callable[[Why], str]) -> pl.Series | None:
    """Return a text of the reason of every row where it is there; null elsewhere and where it is blank. None: it is nowhere."""
    rows = np.flatnonzero(there)
    if not len(rows):
        return None
    # Reasons may be worked out when they are asked for, so that only those that count are.
    wanted, which = _distinct(scores.why[rows].astype(np.int64))
    texts = [text(scores.reasons[k]) for k in wanted.tolist()]
    places = np.full(len(there), len(wanted), np.int64)
    places[rows] = which
    return coded([*texts, None], places)


def _distinct(numbers: Ints) -> tuple[Ints, Ints]:
    """Return the different numbers in order, and for every row the place of its own among them."""
    if len(numbers) and int(numbers.min()) >= 0 and int(numbers.max()) < FEW:
        there = np.bincount(numbers) > 0
        return np.flatnonzero(there).astype(np.int64), (np.cumsum(there) - 1)[numbers]
    found, which = np.unique(numbers, return_inverse=True)
    return found, which.astype(np.int64)


def _by_number(numbers: Ints, text: Callable[[int], str]) -> pl.Series:
    """Return a text for every row, worked out once for each different number, of a row that has it."""
    found, which = _distinct(numbers)
    rows = np.empty(len(found), np.int64)
    rows[which] = np.arange(len(numbers))
    return coded([text(row) for row in rows.tolist()], which)


def _failed(scored: Scored) -> list[pl.Series]:
    """Return the titles of the checks that failed, in columns that are joined in the end."""
    columns = [found == CHECKS.index("不通过") for found in scored.checks]
    failed = [(c.title, rows) for c, rows in zip(scored.program.checks, columns, strict=True) if rows.any()]
    return [_titles(failed[at : at + TOGETHER]) for at in range(0, len(failed), TOGETHER)]


def _titles(failed: Sequence[tuple[str, Truths]]) -> pl.Series:
    """Return the titles of some checks where they failed, worked out once for each way in which they did."""
    ways = np.zeros(len(failed[0][1]), np.int64)
    for _, rows in failed:
        ways = ways * 2 + rows
    return _by_number(ways, lambda row: JOINT.join(title for title, rows in failed if rows[row]))
