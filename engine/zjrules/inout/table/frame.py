"""A table of units as a frame, and what is said of the rows that cannot be scored. Nothing here reads files."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pyarrow as pa

from zjrules import fit
from zjrules.bulk.frame import Flat, Frame, Truths
from zjrules.diag import Code
from zjrules.fact import Schema
from zjrules.inout.table.cells import cells, nothing, taken
from zjrules.inout.table.columns import UNIT, Reading, reading
from zjrules.inout.table.faults import Faults, note
from zjrules.inout.table.ledgers import Lines, flat, ledger_claims, lines_of, taken_flat
from zjrules.inout.table.plain import doubtful
from zjrules.term import rule as tr

BLANK_UNIT = Code("ZJ5508", "unit-blank")
UNIT_TWICE = Code("ZJ5509", "unit-twice")

Beside = Mapping[str, Lines]
"""The rows of ledgers that stand in tables of their own, by ledger, in the order of this table's units."""


def frame_from(
    program: tr.Program,
    table: pl.DataFrame | pa.Table | pa.RecordBatch,
    how: Reading | None = None,
    beside: Beside | None = None,
    twice: pl.Series | None = None,
    first: int = 0,
) -> tuple[Frame, pl.DataFrame]:
    """Return the rows of a table that can be scored, and what is said of rows (columns: faults.SCHEMA).

    how: how its columns are read, as `columns.reading` said once for all tables of a kind; twice: names of units that stand
    twice in the whole input; first: how many rows stood before this table. Rows with an error are not in the frame.
    """
    data = table if isinstance(table, pl.DataFrame) else _from_arrow(table)
    if how is None:
        how, problems = reading(program.schema, dict(data.schema))
        assert how is not None, [d.message for d in problems]
    faults = Faults()
    units = data[UNIT].cast(pl.String)
    _units(units, twice, faults)
    _year(data, how, program.book.year, faults)
    found = _frame(program.schema, data, units, how, beside or {}, faults)
    bad = faults.bad(data.height)
    return (_kept(found, ~bad) if bad.any() else found), faults.table(units, first)


def _from_arrow(table: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    found = pl.from_arrow(table)
    assert isinstance(found, pl.DataFrame)
    return found


def _frame(schema: Schema, data: pl.DataFrame, units: pl.Series, how: Reading, beside: Beside, faults: Faults) -> Frame:
    facts = {
        name: cells(data, how.facts[name], faults) if name in how.facts else nothing(data.height)
        for name in schema.facts
    }
    ledgers: dict[str, Flat] = {}
    for name, asked in schema.ledgers.items():
        nested = how.ledgers.get(name)
        if nested is None:
            ledgers[name] = _no_ledger(data.height, {c: nothing(0) for c in asked.columns})
            continue
        lines = beside[name] if name in beside else lines_of(data[nested.name])
        ledgers[name] = flat(lines, nested, asked, faults, ledger_claims(data, nested, asked))
    return Frame(schema, units.to_numpy().astype(np.object_), facts, ledgers)


def _no_ledger(size: int, columns: Mapping[str, object]) -> Flat:
    return Flat(np.zeros(size + 1, np.int64), np.ones(size, np.bool_), {c: nothing(0) for c in columns})


def _kept(found: Frame, good: Truths) -> Frame:
    places = np.flatnonzero(good).astype(np.int64)
    facts = {name: taken(each, places) for name, each in found.facts.items()}
    ledgers = {name: taken_flat(each, places) for name, each in found.ledgers.items()}
    return Frame(found.schema, found.units[places], facts, ledgers)


def _units(units: pl.Series, twice: pl.Series | None, faults: Faults) -> None:
    own = faults.of(UNIT)
    rows = np.arange(len(units), dtype=np.int64) if units.null_count() else doubtful(units)
    places = rows[(units.gather(rows).str.strip_chars() == "").fill_null(value=True).to_numpy()]
    own.say(places, units.gather(places), note(BLANK_UNIT, "这一行没有写单位", "写上单位的名称"))
    if twice is None:
        named = np.ones(len(units), np.bool_)
        named[places] = False
        places = np.flatnonzero(units.is_duplicated().to_numpy() & named).astype(np.int64)
    elif len(twice):
        places = units.is_in(twice.implode()).fill_null(value=False).arg_true().to_numpy().astype(np.int64)
    else:
        return
    help_ = "核对哪一行是对的，只留一行；不是同一个单位的，名称写得分得开"
    own.say(places, units.gather(places), note(UNIT_TWICE, "这个单位在表里不止一行，每一行都没有算", help_))


def _year(data: pl.DataFrame, how: Reading, year: int, faults: Faults) -> None:
    if not how.year:
        return
    said = data[how.year].cast(pl.String).str.strip_chars().str.replace("年度?$", "")
    other = ((said != "") & (said != str(year))).fill_null(value=False)
    places = other.arg_true().to_numpy().astype(np.int64)
    message = f"这一行的年度不是 {year}，规则的评价年度是 {year}"
    own = faults.of(how.year)
    own.say(
        places,
        data[how.year].gather(places).cast(pl.String),
        note(fit.WRONG_YEAR, message, "换用那一年的规则，或更正年度"),
    )
