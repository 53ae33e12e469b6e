"""What steps refer to: facts, ledgers and the days of the calendar."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any

from zjrules.certificate.plain import Record, seen, written
from zjrules.exact.scope import WorkCalendar, lacking, possible
from zjrules.fact import AskedLedger, Evidence, Fact, Facts, Schema, State, Table
from zjrules.span import NOWHERE, Span
from zjrules.value import NOT_APPLICABLE, Problem

_WORDS = ("原文", "佐证材料", "来源", "理由", "出处")


def place(span: Span) -> str:
    """Return a place without a folder: file and line, or sheet and cell."""
    if span.source == NOWHERE.source:
        return ""
    name = PurePath(span.source.name.replace("\\", "/")).name
    return f"{name}:{span.line}" if span.source.cell is None else f"{name} {span.source.cell}"


def _entry(fact: Fact) -> Record:
    missing = fact.state is State.MISSING
    found: Record = {"态": fact.state.value, "佐证": (Evidence.NOT_ASKED if missing else fact.evidence).value}
    if fact.state is State.NOT_APPLICABLE:
        found["值"] = written(seen(Problem(NOT_APPLICABLE, fact.name)))
    elif fact.value is not None:
        found["值"] = written(fact.value)
    texts = (fact.shown, fact.reference, fact.source, fact.reason, place(fact.span))
    return found | {name: text for name, text in zip(_WORDS, texts, strict=True) if text}


def facts_of(facts: Facts, schema: Schema) -> list[Record]:
    """Return every fact that the rules ask for: what was handed in, and what it can be where that does not count."""
    found = []
    for name, asked in schema.facts.items():
        fact = facts.facts.get(name)
        item: Record = {"态": State.MISSING.value, "佐证": Evidence.NOT_ASKED.value} if fact is None else _entry(fact)
        item["名"] = name
        if asked.evidence:
            item["要佐证"] = True
        reviewed = None if fact is None else fact.review
        if reviewed is not None:
            item["复核"] = _entry(reviewed)
        hidden = fact is None or fact.evidence is Evidence.CLAIMED or "值" not in item
        if hidden or (reviewed is not None and "值" not in item["复核"]):
            item["缺"] = written(seen(lacking(fact, asked)))
        found.append(item)
    return found


def ledgers_of(facts: Facts, schema: Schema) -> list[Record]:
    """Return every ledger with its rows; None for rows that nobody has seen."""
    return [_ledger(asked, facts.ledgers.get(name)) for name, asked in schema.ledgers.items()]


def compared(units: Sequence[Facts], schema: Schema, wanted: Container[str]) -> list[Record]:
    """Return what is compared of other units: only what the rules ask of them, without names, places and words."""
    asked = Schema(
        {n: a for n, a in schema.facts.items() if n in wanted}, {n: a for n, a in schema.ledgers.items() if n in wanted}
    )
    found = [{"事实": _bare(facts_of(unit, asked)), "明细": _bare(ledgers_of(unit, asked))} for unit in units]
    return sorted(found, key=lambda unit: json.dumps(unit, ensure_ascii=False, sort_keys=True))


def _bare(node: Any) -> Any:
    if isinstance(node, list):
        return [_bare(each) for each in node]
    return {k: _bare(v) for k, v in node.items() if k not in _WORDS} if isinstance(node, dict) else node


def _ledger(asked: AskedLedger, table: Table | None) -> Record:
    columns = [
        {"名": c, "缺": written(seen(possible(a.type, a.limits, c, a.may_be_na)))} for c, a in asked.columns.items()
    ]
    rows = (
        None
        if table is None or table.rows is None
        else [_row(asked.name, n, row, asked) for n, row in enumerate(table.rows, 1)]
    )
    evidence = Evidence.NOT_ASKED if table is None else table.evidence
    found = {"名": asked.name, "列": columns, "行": rows, "佐证": evidence.value}
    return found | ({"佐证材料": table.reference} if table is not None and table.reference else {})


def _row(ledger: str, number: int, row: Mapping[str, Fact], asked: AskedLedger) -> list[Record]:
    found = []
    for column in asked.columns:
        cell = row.get(column)
        item: Record = (
            {"态": State.MISSING.value, "佐证": Evidence.NOT_ASKED.value}
            if cell is None
            else _cell(cell, ledger, number)
        )
        if cell is not None and cell.review is not None:
            item["复核"] = _cell(cell.review, ledger, number)
        found.append(item)
    return found


def _cell(cell: Fact, ledger: str, number: int) -> Record:
    found = _entry(cell)
    if cell.state is State.NOT_APPLICABLE:
        found["值"] = written(seen(Problem(NOT_APPLICABLE, f"{ledger} 第 {number} 行「{cell.name}」")))
    return found


def calendar_of(years: Iterable[int], calendar: WorkCalendar | None) -> list[Record]:
    """Return the days on which a year differs from its weeks: weekdays that are off, weekend days of work."""
    found = []
    known = frozenset() if calendar is None else calendar.years
    for year in sorted(set(years) & known):
        assert calendar is not None
        days = {d for d in calendar.days if date.fromordinal(d).year == year}
        every = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
        off = [_iso(d) for d in every if (d - 1) % 7 < 5 and d not in days]
        on = [_iso(d) for d in every if (d - 1) % 7 >= 5 and d in days]
        found.append({"年": year, "放假": off, "上班": on})
    return found


def feasts_of(years: Iterable[int], calendar: WorkCalendar | None) -> list[Record]:
    """Return 春节 and the first day of its holiday in years that were asked for."""
    found = []
    for year in sorted(set(years)):
        item: Record = {"年": year}
        for name, days in (("春节", calendar.spring), ("春节假期首日", calendar.leave)) if calendar is not None else ():
            if year in days:
                item[name] = _iso(days[year])
        found.append(item)
    return found


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
