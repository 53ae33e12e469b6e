"""Where kernel expressions are written as columns: names, facts, the rows of ledgers, and what a score needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction

from attrs import define, field

from zjrules.bulk.code import NARROW, NO, Code, Flag, Int, RefusedError, constant
from zjrules.bulk.day import Days
from zjrules.bulk.frame import Known
from zjrules.bulk.grid import grid, reach
from zjrules.bulk.number import Cond, Num, Pick, Value
from zjrules.bulk.sums import Sums
from zjrules.fact import Asked
from zjrules.term import expr as tm
from zjrules.term.rule import Program
from zjrules.unit import Choice, Text, Truth

MOST_ROWS = 2_000
"""A unit with more rows than this in a ledger is left to the exact engine."""
Need = tuple[str, str]
"""What must be known: ("fact", name), ("told", name) where 不适用 will do too, or ("rows", ledger)."""

TOLD = Known.GIVEN, Known.NOT_APPLICABLE
"""The states of a fact of which a unit said what there is to say."""


def lack(need: Need) -> tuple[str, str, str]:
    """Return the name of the column that tells where a fact or ledger is not known: 0 where it is."""
    return "lack", *need


@define(eq=False)
class Place:
    """Where an expression stands: the names that it sees."""

    names: dict[str, Thunk] = field(factory=dict)


@define(eq=False)
class Thunk:
    """A name and what it stands for: worked out once for units, once for the rows of each ledger."""

    expr: tm.Expr
    place: Place
    found: dict[str, tuple[Value, frozenset[Need]]] = field(factory=dict)
    refs: frozenset[tm.Ref] = frozenset()


@define(eq=False)
class Fold:
    """One column of a ledger's rows that is brought together by unit: sum, max, min or any."""

    kind: str
    column: Int | Flag


@define(eq=False)
class RowCode:
    """The operations over the rows of one ledger, and what they give to its units."""

    code: Code
    folds: list[Fold] = field(factory=list)
    places: dict[tuple[str, object], int] = field(factory=dict)

    def fold(self, kind: str, column: Int | Flag) -> int:
        """Return the number of a column that is brought together; the same one has the same number."""
        bounds = (column.lo, column.hi) if isinstance(column, Int) else column.known
        key = kind, (column.place, bounds)
        if key not in self.places:
            self.places[key] = len(self.folds)
            self.folds.append(Fold(kind, column))
        return self.places[key]


Write = Callable[[tm.Expr, Place], Value]


@define(eq=False)
class Writer:
    """Writes expressions over units or, with a ledger, over its rows."""

    program: Program
    code: Code
    rows: dict[str, RowCode]
    days: Days | None
    ledger: str = ""
    needs: set[Need] = field(factory=set)
    overs: dict[int, tuple[Value, frozenset[Need]]] = field(factory=dict)
    """The aggregates that were written, by the identity of the kernel node, with what each needs."""

    @property
    def sums(self) -> Sums:
        """Return arithmetic that writes here."""
        return Sums(self.code)

    @contextmanager
    def noting(self) -> Iterator[set[Need]]:
        """Collect what is needed for what is written inside; it is needed outside too."""
        before, self.needs = self.needs, set()
        yield self.needs
        # The same set as before: the writer outside of a ledger's rows has it too.
        before |= self.needs
        self.needs = before

    def inside(self, ledger: str) -> Writer:
        """Return what writes over the rows of a ledger, with the same needs."""
        if self.ledger:
            raise RefusedError
        rows = self.rows.setdefault(ledger, RowCode(Code(most=NARROW)))
        self.needs.add(("rows", ledger))
        return Writer(self.program, rows.code, self.rows, self.days, ledger, self.needs)

    # ---------- what is handed in ----------

    def fact(self, name: str) -> Value:
        """Return a fact; inside a ledger, that of the unit whose row it is. One that is 不适用 is bad only where it is read."""
        asked = self.program.schema.facts[name]
        return self._given(("fact", name), asked, self.absent(name))

    def absent(self, name: str) -> Flag:
        """Return where a fact was declared 不适用."""
        may = self.program.schema.facts[name].may_be_na
        self.needs.add(("told" if may else "fact", name))
        return self.code.equal(self._state(name), constant(Known.NOT_APPLICABLE)) if may else NO

    def _state(self, name: str) -> Int:
        return self.code.input(("state", name), min(Known), max(Known))

    def lacking(self, need: Need) -> Flag:
        """Return where something is not known that is needed."""
        if need[0] != "told":
            return self.code.truth(lack(need))
        told = (self.code.equal(self._state(need[1]), constant(state)) for state in TOLD)
        return self.code.opposite(self.code.either(*told))

    def column(self, name: str) -> Value:
        """Return a column of the ledger at hand; a blank cell is bad only where it is read."""
        asked = self.program.schema.ledgers[self.ledger].columns[name]
        return self._given(("cell", self.ledger, name), asked, self.code.truth(("blank", self.ledger, name)))

    def evidence(self, name: str) -> Cond:
        """Return whether a known fact has evidence."""
        self.needs.add(("fact", name))
        return Cond(self.code.opposite(self.code.truth(("claimed", name))))

    def _given(self, name: object, asked: Asked, bad: Flag) -> Value:
        match asked.type:
            case Text():
                raise RefusedError
            case Truth():
                return Cond(self.code.truth(name), bad)
            case Choice(options):
                return Pick(self._within(name, asked, bad), options, bad)
            case _:
                return Num(Fraction(1, grid(asked.type)), self._within(name, asked, bad), constant(1), None, bad)

    def _within(self, name: object, asked: Asked, bad: Flag) -> Int:
        """Return the number of a fact or cell, within its bounds also where there is none.

        What is bad where it is read may stand in a branch that is not taken, and its denominator under the one that is.
        """
        low, high = reach(asked)
        return self.code.chosen(bad, constant(min(max(low, 0), high)), self.code.input(name, low, high))

    def gathered(self, rows: RowCode, ledger: str, kind: str, column: Int | Flag) -> Int:
        """Return what the rows of a unit come to."""
        place = rows.fold(kind, column)
        lo, hi = (0, 1) if isinstance(column, Flag) else (column.lo, column.hi)
        if kind == "sum":
            lo, hi = min(lo, 0) * MOST_ROWS, max(hi, 0) * MOST_ROWS
        return self.code.input(("fold", ledger, place), min(lo, 0), max(hi, 0))
