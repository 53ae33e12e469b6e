"""The steps of a certificate: the checker's own walk over 核式, written down; where facts are missing, as narrow as the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from zjrules.certificate.known import known
from zjrules.certificate.nodes import Names
from zjrules.certificate.plain import Plain, Record, written
from zjrules.exact.scope import WorkCalendar
from zjrules.trace import Trace
from zjrules.verifier import LEAVES, OPEN, Calendar, Walk, inside


class Days(Calendar):
    """The engine's calendar as the checker has one; it notes the years that are asked for."""

    def __init__(self, calendar: WorkCalendar | None) -> None:
        super().__init__([], [])
        self.asked: set[int] = set()
        self.asked_feasts: set[int] = set()
        if calendar is not None:
            self.days = list(calendar.days)
            spans = [(date(y, 1, 1).toordinal(), date(y, 12, 31).toordinal()) for y in sorted(calendar.years)]
            self.every = [day for first, last in spans for day in range(first, last + 1)]
            self.feasts = {"春节": dict(calendar.spring), "春节假期首日": dict(calendar.leave)}

    def found(self, op: str, v: Sequence[Plain]) -> Plain:
        """Return the result of an operation on working days."""
        found = super().found(op, v)
        days = [v[0], v[1] if op == "工作日数" else found]
        numbers = [int(day) for day in days if isinstance(day, Fraction)]
        if op in self.feasts:
            self.asked_feasts.update(numbers[:1])
        else:
            years = [date.fromordinal(n).year for n in numbers if 1 <= n <= date.max.toordinal()]
            self.asked.update(range(min(years), max(years) + 1) if years else ())
        return found


class Recorder(Walk):
    """A walk that writes the steps down."""

    def __init__(self, doc: Record, calendar: Days, names: Names) -> None:
        super().__init__(doc, calendar)
        self.names = names
        self.trace: Trace | None = None
        self.engine: dict[int, Plain] | None = None

    def conclusion(self, reading: str, trace: Trace) -> Record:
        """Write the steps of one reading and return what it comes to."""
        self.trace, self.engine = trace, None
        found: Record = self.read(reading)
        return found

    def step(self, node: Record, use: list[Any], found: Plain) -> int:
        """Write a step down and return its number."""
        steps = self.doc["步骤"]
        stated = self._narrower(node["号"], found) if isinstance(found, OPEN) and node["式"] not in LEAVES else found
        step: Record = {"式": node["号"], "运算": node["式"], "用": use, "得": written(stated)}
        if "用" in node:
            step["数"] = [None if i is None else steps[i]["得"] for i in use]
        if stated is not found:
            step["未重推"] = True
            self.loose += 1
        steps.append(step)
        self.values.append(stated)
        return len(steps) - 1

    def _narrower(self, number: int, found: Plain) -> Plain:
        """Return what the engine knows of a node, where that is less."""
        if self.engine is None:
            assert self.trace is not None
            self.engine = known(self.trace, self.names)
        stated = self.engine.get(number, found)
        return stated if stated != found and inside(stated, found) else found
