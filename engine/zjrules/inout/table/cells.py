"""One column of a table as cells of a frame. What is not plain is read by `fit`, each different text once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import polars as pl
from attrs import define, frozen

from zjrules import fit
from zjrules.bulk.frame import Cells, Ints, Known, States, Truths
from zjrules.bulk.grid import grid, reach, width
from zjrules.diag import Code
from zjrules.inout.table import numbers as num
from zjrules.inout.table.columns import Column
from zjrules.inout.table.faults import Faults, note
from zjrules.inout.table.fitted import coded, fitted
from zjrules.inout.table.plain import EPOCH, SPACES, doubtful, plain, truths
from zjrules.unit import Date, Number, Scalar, Text, Truth, Year

INEXACT = Code("ZJ5507", "inexact-float")
_NO = frozenset({"", "否", "false", "0", "×", "✗"}) | fit.NO_PROOF
_YES = frozenset({"是", "true", "1", "√", "✓"})


@frozen(eq=False)
class Texts(Mapping[int, Scalar]):
    """The values of a text column by row, where there is one."""

    column: pl.Series

    def __getitem__(self, place: int) -> Scalar:
        found = self.column[place] if 0 <= place < len(self.column) else None
        if found is None:
            raise KeyError(place)
        return str(found)

    def __contains__(self, place: object) -> bool:
        return isinstance(place, int) and 0 <= place < len(self.column) and self.column[place] is not None

    def __iter__(self) -> Iterator[int]:
        return iter(self.column.is_not_null().arg_true().to_list())

    def __len__(self) -> int:
        return len(self.column) - self.column.null_count()


@define
class _Draft:
    """A column that is being read."""

    column: Column
    numbers: Ints
    state: States
    beside: dict[int, Scalar]
    faults: Faults


def cells(table: pl.DataFrame, column: Column, faults: Faults, called: str = "") -> Cells:
    """Return a column of a table; what is wrong with single rows is added to faults, and they are missing here.

    called: what the column is called there, where it is not the name of the fact.
    """
    values, asked = table[column.name], column.asked
    own, size = faults.of(called or asked.name), len(values)
    found = plain(values, column)
    if found is not None:
        draft = _Draft(column, found.numbers, found.states, {}, own)
        beside: Mapping[int, Scalar] = {}
    else:
        draft = _Draft(column, np.zeros(size, np.int64), np.full(size, Known.MISSING, np.uint8), {}, own)
        beside = _by_row(_as_text(values), draft)
    _not_applicable(table, draft)
    _reasons(table, draft)
    claimed = claims(table, column.proof, bool(asked.evidence), size)
    return Cells(draft.numbers.astype(width(asked), copy=False), draft.state, beside, claimed)


def _by_row(values: pl.Series, draft: _Draft) -> Mapping[int, Scalar]:
    """Read a column of which some row is not plainly right, and return the values that are kept beside it."""
    kind = draft.column.asked.type
    if isinstance(kind, Text):
        return _texts(values, draft) if values.dtype == pl.String else {}
    words = values.str.strip_chars(SPACES) if values.dtype == pl.String else values
    given = values.is_not_null() if words is values else ~num.filled(words.is_in(list(fit.BLANK)), instead=True)
    (_numbers if isinstance(kind, Number) else _others)(words, given, draft)
    return draft.beside


def _as_text(values: pl.Series) -> pl.Series:
    return values.cast(pl.String) if isinstance(values.dtype, pl.Categorical | pl.Enum) else values


def claims(table: pl.DataFrame, name: str, asked: bool, size: int) -> Truths | None:
    """Return where a value is only claimed: evidence is asked, and there is no column of it or the cell says there is none."""
    if not asked:
        return None
    if not name:
        return np.ones(size, np.bool_)
    claimed = ~said(table[name])
    return claimed if claimed.any() else None


def said(values: pl.Series) -> Truths:
    """Return where a column beside a fact (佐证, 不适用 …) says something: true, or a text that is not 无, 否 …"""
    if values.dtype == pl.Boolean:
        return truths(values)
    if values.dtype == pl.Null:
        return np.zeros(len(values), np.bool_)
    folded = _as_text(values).fill_null("").str.strip_chars(SPACES).str.to_lowercase()
    return ~folded.is_in(list(_NO)).to_numpy()


def nothing(size: int) -> Cells:
    """Return a column of which every row is missing."""
    return Cells(np.zeros(size, np.int64), np.full(size, Known.MISSING, np.uint8))


def taken(found: Cells, places: Ints) -> Cells:
    """Return some rows of a column, in ascending order."""
    claimed = None if found.claimed is None else found.claimed[places]
    beside: Mapping[int, Scalar] = {}
    if isinstance(found.beside, Texts):
        beside = Texts(found.beside.column.gather(places))
    elif found.beside:
        rows = np.fromiter(found.beside, np.int64, len(found.beside))
        new = np.searchsorted(places, rows)
        kept = (new < len(places)) & (places[np.minimum(new, len(places) - 1)] == rows) if len(places) else rows < 0
        beside = {int(i): found.beside[int(r)] for i, r in zip(new[kept], rows[kept], strict=True)}
    return Cells(found.values[places], found.state[places], beside, claimed)


# ---------- by type ----------


def _texts(values: pl.Series, draft: _Draft) -> Mapping[int, Scalar]:
    if values.null_count():
        draft.state[values.is_not_null().to_numpy()] = Known.BESIDE
    else:
        draft.state[:] = Known.BESIDE
    rows = doubtful(values)
    if len(rows):
        words = values.gather(rows).str.strip_chars(SPACES)
        draft.state[rows[num.filled(words.is_in(list(fit.BLANK)), instead=True).to_numpy()]] = Known.MISSING
        odd = num.filled(words.str.starts_with("不适用"), instead=False).to_numpy()
        draft.state[rows[odd]] = Known.MISSING
        _asked_of_fit(words.filter(odd), rows[odd], draft)
    gone = draft.state != Known.BESIDE
    return Texts(values.set(pl.Series(gone), None) if len(rows) and gone.any() else values)


def _numbers(values: pl.Series, given: pl.Series, draft: _Draft) -> None:
    asked = draft.column.asked
    held = num.numbers(values, draft.column)
    certain = held.certain & given.to_numpy()
    if values.dtype == pl.Float64:
        lost = np.flatnonzero(~certain & given.to_numpy())
        _say_inexact(values, lost, draft)
        given = given & pl.Series(certain)
    fits = certain & num.within(held.numbers, asked)
    _settle(held.numbers, fits, draft)
    _odd(values, given & ~pl.Series(fits), draft)


def _settle(numbers: Ints, fits: Truths, draft: _Draft) -> None:
    least, most = reach(draft.column.asked)
    near = fits & (numbers >= least) & (numbers <= most)
    np.copyto(draft.numbers, numbers, where=near)
    np.copyto(draft.state, np.uint8(Known.GIVEN), where=near)
    far = np.flatnonzero(fits & ~near)
    draft.state[far], scale = Known.BESIDE, grid(draft.column.asked.type)
    draft.beside |= {p: Fraction(n, scale) for p, n in zip(far.tolist(), numbers[far].tolist(), strict=True)}


def _say_inexact(values: pl.Series, places: Ints, draft: _Draft) -> None:
    name, unit = draft.column.asked.name, draft.column.unit
    message = f"「{name}」的浮点数不是一个 {num.MOST_DIGITS} 位以内的小数，或小数比最小的单位还细"
    help_ = f"这一列换成整数（金额用「{name}（分）」）、Decimal 或文字" + (f"；现在的单位是 {unit}" if unit else "")
    shown = pl.Series([repr(v) for v in values.gather(places).to_list()], dtype=pl.String)
    draft.faults.say(places, shown, note(INEXACT, message, help_))


def _others(values: pl.Series, given: pl.Series, draft: _Draft) -> None:
    """Read truths, choices, dates and years; texts each once."""
    kind, dtype = draft.column.asked.type, values.dtype
    if dtype in (pl.String, pl.Null):
        _odd(values, given, draft)
        return
    ready = values
    odd = pl.Series(np.zeros(len(values), np.bool_))
    if isinstance(dtype, pl.Datetime):
        ready = values.dt.date()
        odd = (given & (ready.cast(dtype) != values)).fill_null(value=False)
    if isinstance(kind, Date):
        numbers = num.filled(ready.cast(pl.Int32).cast(pl.Int64), 0).to_numpy() + EPOCH
    else:
        numbers = num.filled(ready.cast(pl.Int64, strict=False), 0).to_numpy()
    if isinstance(kind, Year):
        odd = odd | (given & ~pl.Series((numbers >= 1000) & (numbers <= 9999)))
    fits = (given & ~odd).to_numpy() & (isinstance(kind, Truth) | num.within(numbers, draft.column.asked))
    _settle(numbers, fits, draft)
    _odd(values, given & ~pl.Series(fits), draft)


# ---------- what fit reads ----------


def _odd(values: pl.Series, odd: pl.Series, draft: _Draft) -> None:
    places = odd.arg_true().to_numpy().astype(np.int64)
    if len(places):
        _asked_of_fit(values.gather(places), places, draft)


def _asked_of_fit(odd: pl.Series, places: Ints, draft: _Draft) -> None:
    """Read the odd cells of a column, which stand in some rows, as the cells of a fact file are read, each different one once."""
    if not len(places):
        return
    texts = _written(odd)
    which, distinct = coded(texts)
    found = fitted(distinct, draft.column)
    for k, value in found.beside.items():
        draft.beside |= dict.fromkeys(places[which == k].tolist(), value)
    draft.state[places], draft.numbers[places] = found.states[which], found.numbers[which]
    draft.faults.put(places, texts, found.problems, which)


def _written(values: pl.Series) -> pl.Series:
    """Return values as texts, numbers without an exponent."""
    if values.dtype == pl.Float64:
        return pl.Series([format(Decimal(repr(v)), "f") for v in values.to_list()], dtype=pl.String)
    if values.dtype in (pl.Date, pl.Datetime):
        return values.cast(pl.String).str.replace(r"[ T]00:00:00(\.0+)?$", "")
    return values.cast(pl.String)


# ---------- columns beside ----------


def _not_applicable(table: pl.DataFrame, draft: _Draft) -> None:
    column = draft.column
    if not column.na:
        return
    gone = np.flatnonzero(said(table[column.na]))
    if not len(gone):
        return
    states = draft.state[gone]
    both = gone[(states == Known.GIVEN) | (states == Known.BESIDE)]
    message = f"「{column.asked.name}」填了值，又填了不适用"
    draft.faults.say(both, table[column.name].gather(both).cast(pl.String), note(fit.GIVEN_TWICE, message, "只留一个"))
    draft.state[gone] = Known.NOT_APPLICABLE


def _reasons(table: pl.DataFrame, draft: _Draft) -> None:
    column = draft.column
    if not column.reason:
        return
    given = (draft.state == Known.GIVEN) | (draft.state == Known.BESIDE)
    without = np.flatnonzero(given & ~said(table[column.reason]))
    message = f"「{column.asked.name}」是评判的结果，要写理由"
    help_ = f"写在「{column.reason}」一列"
    shown = table[column.name].gather(without).cast(pl.String)
    draft.faults.say(without, shown, note(fit.REASON_MISSING, message, help_))
