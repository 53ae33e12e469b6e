"""Departments of the generator scored exactly: what every contestant of the benchmark is held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
from attrs import evolve
from departments import header
from draw import Ints

from zjrules.compiled.program import compiled
from zjrules.exact.scope import WorkCalendar
from zjrules.exact.total import score
from zjrules.fact import Asked, Evidence, Fact, Facts, State, Table
from zjrules.term.rule import Program
from zjrules.unit import Scalar


def facts(frame: pl.DataFrame, program: Program) -> Iterator[Facts]:
    """Return each row as the facts of a unit. Without a column 「…·佐证」, a fact has evidence."""
    schema, fen = program.schema, any(name.endswith("（分）") for name in frame.columns)
    for row in frame.iter_rows(named=True):
        found = {name: _fact(asked, row, fen) for name, asked in schema.facts.items()}
        tables = {}
        for name, ledger in schema.ledgers.items():
            lines = row[name]
            rows = (
                None
                if lines is None
                else tuple({c: _fact(a, line, fen) for c, a in ledger.columns.items()} for line in lines)
            )
            tables[name] = Table(name, rows, Evidence.PROVED)
        yield Facts(row["单位"], found, tables, {})


def _fact(asked: Asked, row: Mapping[str, Any], fen: bool) -> Fact:
    head = header(asked, fen)
    cell = row[head]
    evidence = Evidence.PROVED if row.get(f"{asked.name}·佐证", True) else Evidence.CLAIMED
    if row.get(f"{asked.name}·不适用"):
        return Fact(asked.name, State.NOT_APPLICABLE, None, evidence)
    if cell is None:
        return Fact(asked.name, State.MISSING, None, evidence)
    return Fact(asked.name, State.GIVEN, _value(cell, 100 if head != asked.name else 1), evidence)


def _value(cell: object, parts: int) -> Scalar:
    match cell:
        case bool() | str():
            return cell
        case int():
            return Fraction(cell, parts)
        case Decimal():
            return Fraction(cell)
        case date():
            return Fraction(cell.toordinal())
        case _:
            raise AssertionError("the generator draws nothing else")


def exact_cents(frame: pl.DataFrame, program: Program, calendar: WorkCalendar) -> Ints:
    """Return the scores of all indicators and, last, the total, in cents; every fact must be there, or 不适用."""
    program = evolve(program, checks=())
    fast = compiled(program, calendar)
    found = []
    for unit in facts(frame, program):
        scores = fast.scores(fast.values(unit))
        if scores.total is not None:
            values = [*scores.indicators, scores.total]
        else:
            trace = score(program, unit, calendar)
            values = [*(s.value for s in trace.indicators()), trace.total]  # type: ignore[list-item]
        found.append([_cents(v) for v in values])
    return np.array(found, dtype=np.int64).reshape(len(found), -1)


def _cents(value: object) -> int:
    assert isinstance(value, Fraction), f"no score: {value}"
    whole = value * 100
    assert whole.denominator == 1
    return whole.numerator
