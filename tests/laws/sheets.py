"""Facts of several units written as a table of a given form, as a user could have written it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl
from attrs import evolve

from zjrules.fact import Asked, Evidence, Fact, Facts, Schema, State, Table
from zjrules.num import decimal
from zjrules.unit import MONEY_DIM, Choice, Date, Number, Scalar, Text, Truth, Year, show

FORMS = ("fen", "decimal", "text", "万元")


def writable(units: Iterable[Facts]) -> list[Facts]:
    """Return units with names of their own, as a table can hold them: what is no decimal is missing, names of rows differ."""
    found = []
    for place, unit in enumerate(units):
        facts = {n: _writable(f, "") for n, f in unit.facts.items()}
        tables = {
            n: evolve(
                t,
                rows=tuple({c: _writable(f, f"{c}{i}") for c, f in row.items()} for i, row in enumerate(t.rows or ())),
            )
            for n, t in unit.ledgers.items()
        }
        found.append(evolve(unit, unit=f"单位{place}", facts=facts, ledgers=tables))
    return found


def _writable(fact: Fact, name: str) -> Fact:
    if isinstance(fact.value, str) and name and fact.value == "文":
        return evolve(fact, value=name)
    if isinstance(fact.value, Fraction) and decimal(fact.value) is None:
        return evolve(fact, value=None, state=State.MISSING)
    return fact


def sheet(schema: Schema, units: Sequence[Facts], form: str) -> pl.DataFrame:
    """Return units as a table: fen, decimal (元), text (each cell with its unit) or 万元 (as text)."""
    columns = {"单位": pl.Series([u.unit for u in units], dtype=pl.String)}
    for name, asked in schema.facts.items():
        columns |= _columns(asked, [u.facts.get(name) for u in units], form)
    for name, ledger in schema.ledgers.items():
        tables = [u.ledgers[name] for u in units]
        flat = [row for t in tables for row in t.rows or ()]
        inner: dict[str, pl.Series] = {}
        for column, asked in ledger.columns.items():
            inner |= _columns(asked, [row.get(column) for row in flat], form)
        columns[name] = _lists(tables, pl.DataFrame([s.alias(n) for n, s in inner.items()]))
        if ledger.evidence:
            columns[f"{name}·佐证"] = pl.Series([t.evidence is not Evidence.CLAIMED for t in tables])
    return pl.DataFrame([s.alias(n) for n, s in columns.items()])


def _lists(tables: Sequence[Table], rows: pl.DataFrame) -> pl.Series:
    kind = pl.List(pl.Struct(rows.schema))
    lines = rows.to_dicts()
    found: list[list[dict[str, object]] | None] = []
    for table in tables:
        size = len(table.rows or ())
        found.append(lines[:size] if table.rows is not None else None)
        lines = lines[size:]
    return pl.Series(found, dtype=kind)


def _columns(asked: Asked, facts: Sequence[Fact | None], form: str) -> dict[str, pl.Series]:
    values = [f.value if f is not None else None for f in facts]
    unit, kind, write = _form(asked, form)
    name = f"{asked.name}（{unit}）" if unit else asked.name
    found = {name: pl.Series([None if v is None else write(v) for v in values], dtype=kind)}
    if asked.may_be_na:
        found[f"{asked.name}·不适用"] = pl.Series([f is not None and f.state is State.NOT_APPLICABLE for f in facts])
    if asked.evidence:
        proofs = ["凭证" if f is not None and f.evidence is Evidence.PROVED else None for f in facts]
        found[f"{asked.name}·佐证"] = pl.Series(proofs, dtype=pl.String)
    return found


def _form(asked: Asked, form: str) -> tuple[str, pl.DataType, Callable[[Scalar], object]]:
    """Return the unit in a column's name, its type, and how a value is written."""
    money = isinstance(asked.type, Number) and asked.type.dim == MONEY_DIM
    if form in ("text", "万元") or isinstance(asked.type, Text | Choice):
        ten_thousand = money and form == "万元"
        if ten_thousand:
            return "万元", pl.String(), lambda v: decimal(Fraction(v) / 10_000)
        return "", pl.String(), lambda v: _text(v, asked)
    match asked.type:
        case Truth():
            return "", pl.Boolean(), bool
        case Date():
            return "", pl.Date(), lambda v: date.fromordinal(int(v))
        case Year():
            return "", pl.Int32(), int
        case Number(whole=True):
            return "", pl.Int64(), int
        case _ if money and form == "fen":
            return "分", pl.Decimal(38, 16), lambda v: Decimal(decimal(Fraction(v) * 100) or "")
        case _:
            return "元" if money else "", pl.Decimal(38, 16), lambda v: Decimal(decimal(Fraction(v)) or "")


def _text(value: Scalar, asked: Asked) -> str:
    if isinstance(asked.type, Number) and asked.type.dim not in ((), None):
        unit = show(Fraction(1), asked.type).split()[-1]
        return f"{decimal(Fraction(value))} {unit}"
    if isinstance(asked.type, Number):
        return str(decimal(Fraction(value)))
    return show(value, asked.type)
