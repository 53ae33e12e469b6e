"""One indicator before the solver: its formulas in one or two worlds, and what comes of asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from time import monotonic
from typing import Any

import z3
from attrs import define, field, frozen

from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Asked
from zjrules.prove.draw import pairs
from zjrules.prove.example import Example, Replay
from zjrules.prove.ground import Ground, World, world
from zjrules.prove.model import read
from zjrules.prove.reads import ledgers, names
from zjrules.prove.score import Scored, scored
from zjrules.prove.symbol import Fails, Num, land, lnot, lor
from zjrules.term import rule as tr
from zjrules.unit import MONEY_DIM, Date, Number
from zjrules.value import MISUSED, NO_CALENDAR

ROWS = (2, 6)
"""How many rows a ledger has at most in an example: few, and where that is not enough, more."""
NUDGE = 12
"""By how many days a date is moved when working days, which are only enclosed, do not come out."""
ASSUMED = (NO_CALENDAR, MISUSED)
"""Failures that are the input's and not the rule's: a year without a calendar, an input that a word refuses (应有)."""


@frozen
class Found:
    """What came of asking: NEVER, with examples that were replayed (SOME), or OPEN with what was tried."""

    verdict: str
    examples: tuple[Example, ...] = ()
    tried: tuple[str, ...] = ()


TIME_OUT = "求解器没有在限时内答出"
CALLS = 5
"""A question that has taken so many times the limit of one call is not asked further."""
SHARES = (8, 4, 1)
"""By what the limit of one call is divided, try by try: each starts elsewhere, for a bad start can take forever.

The times of one formula have a heavy tail over seeds: Gomes, Selman, Crato, Kautz, J. Automated Reasoning 24 (2000).
"""
MODELS = 3
"""How many of a formula's models are carried back before the next formula is asked."""
NEVER, SOME, OPEN = "never", "some", "open"
Check = Callable[..., bool]


@define(eq=False)
class Lab:
    """An indicator in a ground: the first world, and further ones by what they differ in."""

    node: tr.Indicator
    program: tr.Program
    calendar: WorkCalendar | None
    ground: Ground
    worlds: dict[str, World] = field(factory=dict)
    scores: dict[object, Scored] = field(factory=dict)
    sane: dict[int, tuple[Fails, Any]] = field(factory=dict)
    usual: dict[int, Any] = field(factory=dict)
    """By the variable: that it is of a usual size."""

    def world(self, name: str = "") -> World:
        """Return the first world, or the one that differs in a fact (in all of it: with a * before its name)."""
        if name not in self.worlds:
            first = self.worlds.get("") or world(self.ground, self.program, names(self.node))
            self.worlds[""] = first
            if name:
                self.worlds[name] = first.wholly_apart(name[1:]) if name[0] == "*" else first.apart(name)
        return self.worlds[name]

    def score(self, name: str = "", node: tr.Indicator | None = None) -> Scored:
        """Return the score in a world, of the indicator or of a variant of it."""
        key = name, id(node or self.node)
        if key not in self.scores:
            self.scores[key] = scored(node or self.node, self.world(name))
        return self.scores[key]

    def sound(self, fails: Fails) -> Any:
        """Return that nothing fails by the input's fault."""
        if id(fails) not in self.sane:
            wrong = lor(*(term for (kind, _, _), term in fails.items() if kind.split("：")[0] in ASSUMED))
            self.sane[id(fails)] = fails, lnot(wrong)
        return self.sane[id(fails)][1]


def _moved(example: Example, name: str, days: int) -> Example:
    value = example.values[name]
    return example.with_value(name, value + days) if isinstance(value, Fraction) else example


@define(eq=False)
class Bench:
    """Asks about one indicator: first for a proof, over any rows; then for an example, over a few."""

    node: tr.Indicator
    replay: Replay
    timeout: int
    """Milliseconds for one call of the solver."""
    general: Lab = field(init=False)
    special: tuple[Lab, ...] = field(init=False)
    pool: list[Example] = field(factory=list)
    """All facts that a solver ever gave; what is proved must hold of them too (run.Prover)."""
    until: float = 0.0
    """When the time for the question at hand ends; 0: never."""

    def __attrs_post_init__(self) -> None:
        self.replay = self.replay.only(names(self.node), ledgers(self.node))
        program, calendar = self.replay.program, self.replay.calendar
        self.general = Lab(self.node, program, calendar, Ground(calendar))
        grounds = [Ground(calendar, rows) for rows in ROWS] if ledgers(self.node) else []
        self.special = tuple(Lab(self.node, program, calendar, g) for g in grounds) or (self.general,)

    def begin(self) -> None:
        """Begin a question: its time starts now."""
        self.until = monotonic() + self.timeout * CALLS / 1000

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Forget afterwards what questions inside add to the ground: roundings that only they ask for."""
        grounds = [lab.ground for lab in dict.fromkeys((self.general, *self.special))]
        before = [ground.state() for ground in grounds]
        try:
            yield
        finally:
            for ground, state in zip(grounds, before, strict=True):
                ground.restore(state)

    def ask(
        self,
        wanted: Callable[[Lab], Any],
        check: Check,
        worlds: tuple[str, ...] = ("",),
        sure: Callable[[Lab], Any] | None = None,
    ) -> Found:
        """Return whether facts exist for which something holds.

        wanted gives its formula; sure a stronger one, of which rounding can make nothing else. check tells of examples,
        one for each world, whether they show it: only what the exact engine confirms is an example.
        """
        if self.until and monotonic() > self.until:
            return Found(OPEN, (), (TIME_OUT,))
        tried: list[str] = []
        weak = wanted(self.general)
        terms: dict[int, list[Any]] = {}
        for grid in (False, True):
            if self._asked(self.general, weak, grid)[0] == z3.unsat:
                return Found(NEVER)
            drawn = self._drawn(check, worlds) if not grid and self.general.ground.rounds else None
            if drawn is not None:
                return Found(SOME, drawn)
            for lab in self.special:
                # What is rounded is only found where it is a multiple.
                if not grid and lab.ground.rounds:
                    continue
                if id(lab) not in terms:
                    last = weak if lab is self.general else wanted(lab)
                    terms[id(lab)] = [sure(lab), last] if sure is not None else [last]
                for term in terms[id(lab)]:
                    found = self._example(lab, term, grid, check, worlds, tried)
                    if found is not None:
                        return Found(SOME, found)
        drawn = self._drawn(check, worlds) if not self.general.ground.rounds else None
        if drawn is not None:
            return Found(SOME, drawn)
        return Found(OPEN, (), tuple(dict.fromkeys((*tried, *self.general.ground.loose))))

    def _drawn(self, check: Check, worlds: tuple[str, ...]) -> tuple[Example, ...] | None:
        """Return examples drawn at random, where the solver gave none: of facts alone, not of ledgers."""
        if ledgers(self.node):
            return None
        for found in pairs(self.replay.program, sorted(names(self.node)), worlds):
            if all(map(self.replay.fits, found)) and check(*found):
                self.pool += found
                return found
        return None

    def _asked(
        self, lab: Lab, term: Any, grid: bool, usual: Sequence[Any] | None = None, nth: int = 0
    ) -> tuple[Any, Any]:
        """Return the solver's answer to the nth try at a term, and the solver: with usual, for the sake of an example."""
        for seed, share in enumerate(SHARES, nth * len(SHARES)):
            solver = z3.Solver()
            solver.set("timeout", max(self.timeout // share, 1))
            solver.set("random_seed", seed)
            solver.add(*lab.ground.always, term, *(lab.ground.grid if grid else ()))
            if usual is not None:
                # Told of a scope, the solver leaves its strategies for proofs, which seldom come to a model.
                solver.push()
                solver.add(*usual)
            answer = solver.check()
            if answer != z3.unknown:
                break
        return answer, solver

    def _example(
        self, lab: Lab, term: Any, grid: bool, check: Check, worlds: tuple[str, ...], tried: list[str]
    ) -> tuple[Example, ...] | None:
        for usual in (self._usual(lab), []):
            for nth in range(MODELS):
                answer, solver = self._asked(lab, term, grid, usual, nth)
                if answer != z3.sat:
                    tried += [TIME_OUT] if answer == z3.unknown else []
                    break
                model = solver.model()
                found = self._confirmed(tuple(read(model, lab.world(name)) for name in worlds), lab, check)
                if found is not None:
                    return found
                tried.append("求解器给的例子，代回去不成立")
        return None

    def _confirmed(self, found: tuple[Example, ...], lab: Lab, check: Check) -> tuple[Example, ...] | None:
        for each in self._near(found, lab):
            if all(map(self.replay.fits, each)):
                self.pool += each
                if check(*each):
                    return each
        return None

    def _near(self, found: tuple[Example, ...], lab: Lab) -> Iterator[tuple[Example, ...]]:
        """Yield examples and, where working days are only enclosed, others with their dates moved a little."""
        yield found
        if not lab.ground.sites.keys() & {"工作日", "加工作日", "顺延"}:
            return
        schema = self.replay.program.schema.facts
        for name, asked in schema.items():
            if isinstance(asked.type, Date) and name in found[0].values:
                for days in (d * way for d in range(1, NUDGE + 1) for way in (1, -1)):
                    yield tuple(_moved(e, name, days) for e in found)

    def _usual(self, lab: Lab) -> list[Any]:
        """Return that facts are of a usual size: days near the year, money from 0 or 10,000 元 to 100 million 元."""
        schema = self.replay.program.schema
        columns = {(n, c): a for n, ledger in schema.ledgers.items() for c, a in ledger.columns.items()}
        cells = [(columns[n, c], s) for (n, _, c), s in lab.ground.cells.items() if (n, c) in columns]
        facts = [(w.program.schema.facts[n], s) for w in lab.worlds.values() for n, s in w.facts.items()]
        for asked, symbol in (*facts, *cells):
            if isinstance(symbol, Num) and id(symbol) not in lab.usual:
                lab.usual[id(symbol)] = _usual(asked, symbol, self.replay.program.book.year)
        return [term for term in lab.usual.values() if term is not None]


def _usual(asked: Asked, symbol: Num, year: int) -> Any:
    match asked.type:
        case Date():
            first, last = (date(y, m, 1).toordinal() for y, m in ((year - 1, 1), (year + 1, 12)))
            return land(symbol.num >= first, symbol.num <= last)
        case Number(dim=dim) if dim == MONEY_DIM:
            return lor(symbol.num == 0, land(symbol.num >= 10_000, symbol.num <= 100_000_000))
        case Number(whole=True):
            return land(symbol.num >= -1000, symbol.num <= 1000)
        case _:
            return None
