"""One row of an output, found again in the input that it came from, as the facts of a unit with their places."""

from __future__ import annotations

import numpy as np
import polars as pl
from attrs import evolve, frozen

from zjrules.batch.opening import Opened
from zjrules.bulk import slow
from zjrules.bulk.frame import frame_of
from zjrules.bulk.result import CHECKS, Scored
from zjrules.diag import Code, Severity
from zjrules.fact import Asked, Fact, Facts, Schema, State, Table
from zjrules.inout.table.blocks import rows_of
from zjrules.inout.table.columns import UNIT, Column, Reading
from zjrules.inout.table.files import Files
from zjrules.inout.table.frame import frame_from
from zjrules.inout.table.ledgers import Lines
from zjrules.inout.table.scores import table_of
from zjrules.span import Field, Source, Span
from zjrules.term import rule as tr
from zjrules.trace import Trace
from zjrules.unit import show

NO_RECORD = Code("ZJ5514", "no-record-of-a-batch")
NO_SUCH_UNIT = Code("ZJ5515", "no-such-unit-in-a-batch")
CHANGED = Code("ZJ5516", "batch-source-changed", Severity.WARNING)
DIFFERS = Code("ZJ5517", "score-differs-from-batch")


@frozen(eq=False)
class Found:
    """A unit found in the input: its facts, or what was said of its row where it was set aside."""

    facts: Facts | None
    said: tuple[dict[str, str], ...] = ()


def located(opened: Opened, program: tr.Program, unit: str) -> Found:
    """Find a unit in a table. Raises UnreadableError."""
    assert opened.files is not None
    assert opened.how is not None
    rows = rows_of(opened.files, unit)
    if not rows:
        return Found(None)
    table = pl.concat([row for _, _, row in rows])
    beside = {b.ledger: _lines(b.files, unit, table.height, b.empty) for b in opened.beside}
    frame, said = frame_from(program, table, opened.how, beside)
    if not len(frame):
        return Found(None, tuple(said.filter(pl.col("级别") == Severity.ERROR.value).to_dicts()))
    place, number, row = rows[0]
    facts = _placed(frame.facts_of(0), program.schema, opened.how, row, opened.files.names[place], number)
    return Found(facts)


def _lines(files: Files, unit: str, size: int, empty: bool) -> Lines:
    """Return the rows of a ledger of its own as those of the first of some units of one name."""
    found = [row for _, _, row in rows_of(files, unit)]
    schema = {n: t for n, t in files.schema.items() if n != UNIT}
    rows = pl.concat(found).drop(UNIT) if found else pl.DataFrame(schema=schema)
    starts = np.full(size + 1, rows.height, np.int64)
    starts[0] = 0
    return Lines(rows, starts, np.full(size, not found and not empty))


# ---------- places ----------


def _placed(facts: Facts, schema: Schema, how: Reading, row: pl.DataFrame, name: str, number: int) -> Facts:
    """Return facts with the cells that they stand in."""
    found = {n: _at(fact, schema.facts[n], how.facts.get(n), row, name, number) for n, fact in facts.facts.items()}
    ledgers = {n: _rows(table, schema, name, number) for n, table in facts.ledgers.items()}
    return evolve(facts, facts=found, ledgers=ledgers)


def _at(fact: Fact, asked: Asked, column: Column | None, row: pl.DataFrame, name: str, number: int) -> Fact:
    if column is None:
        return fact
    value = row[column.name][0]
    text = "" if value is None else str(value)
    span = Span(Source(name, text, Field(column.name, number, 0)), 0, len(text))
    proof, reason = (_text(row, c) for c in (column.proof, column.reason))
    gone = _text(row, column.na) if fact.state is State.NOT_APPLICABLE else reason
    return evolve(fact, shown=_shown(fact, asked), reference=proof, reason=gone, span=span)


def _text(row: pl.DataFrame, name: str) -> str:
    value = row[name][0] if name else None
    return "" if value is None else "是" if value is True else str(value)


def _shown(fact: Fact, asked: Asked) -> str:
    if fact.state is State.NOT_APPLICABLE:
        return "不适用"
    return show(fact.value, asked.type) if fact.value is not None else ""


def _rows(table: Table, schema: Schema, name: str, number: int) -> Table:
    asked = schema.ledgers[table.name].columns
    span = Span(Source(name, "", Field(table.name, number, 0)), 0, 0)
    if table.rows is None:
        return evolve(table, span=span)
    rows = tuple(
        {
            c: evolve(
                f, shown=_shown(f, asked[c]), span=_inner(name, number, f"{table.name}.{c}（第 {i} 行）", f, asked[c])
            )
            for c, f in row.items()
        }
        for i, row in enumerate(table.rows, 1)
    )
    return evolve(table, rows=rows, span=span)


def _inner(name: str, number: int, column: str, fact: Fact, asked: Asked) -> Span:
    text = _shown(fact, asked)
    return Span(Source(name, text, Field(column, number, 0)), 0, len(text))


def row_of_trace(program: tr.Program, trace: Trace, facts: Facts) -> dict[str, object]:
    """Return what the row of a unit is by its trace."""
    frame = frame_of(program.schema, [facts])
    columns, total = slow.empty(program, frame)
    for column, step in zip(columns, trace.indicators(), strict=True):
        column.put([0], step.value)
    total.put([0], trace.total)
    others: list[str] = []
    grades = np.array([slow.grade_bits(program, trace.grades, others)])
    checks = tuple(np.array([CHECKS.index(c.status)], np.uint8) for c in trace.checks)
    done = tuple(c.done() for c in columns)
    one = np.ones(1, np.bool_)
    scored = Scored(program, frame.units, done, total.done(), grades, tuple(others), checks, one)
    return table_of(scored).row(0, named=True)
