"""Numbers that write down what the exact engine does with them.

Where facts are missing, the exact engine itself is run once on numbers of one unit that also stand for columns. What it gives is
then right for every unit whose comparisons come out the same way: these comparisons are the conditions of the path.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Self

from attrs import define, field, frozen

from zjrules.bulk.code import Code, Flag, RefusedError
from zjrules.bulk.number import Num, exactly
from zjrules.bulk.sums import Sums
from zjrules.num import Followed, Rounding, round_to


@define(eq=False)
class Path:
    """What was asked on one way through the engine, and how it came out."""

    code: Code
    asked: dict[int, bool] = field(factory=dict)

    @property
    def sums(self) -> Sums:
        """Return arithmetic that writes here."""
        return Sums(self.code)

    def ask(self, flag: Flag, outcome: bool) -> bool:
        """Note how a question came out for the unit at hand."""
        if flag.place is not None:
            self.asked[flag.place] = outcome
        return outcome

    def condition(self) -> Flag:
        """Return where everything comes out as it did."""
        found = Flag(None, True)
        for place, outcome in self.asked.items():
            flag = Flag(place)
            found = self.code.both(found, flag if outcome else self.code.opposite(flag))
        return found


@frozen
class _Below:
    """The denominator of a followed number: only whether it is 1 may be asked."""

    of: Symbol

    def __eq__(self, other: object) -> bool:
        if other != 1:
            raise RefusedError
        return bool(self.of % 1 == 0)

    __hash__ = None  # type: ignore[assignment]


class Symbol(Followed):
    """A number of one unit, and the column that it stands for."""

    __slots__ = ("column", "path")
    column: Num
    path: Path

    def __new__(cls, value: Fraction, column: Num, path: Path) -> Self:
        """Return a followed number."""
        self = super().__new__(cls, value)
        self.column, self.path = column, path
        return self

    @property
    def plain(self) -> Fraction:
        """Return the number of the unit at hand."""
        return Fraction(self._numerator, self._denominator)  # type: ignore[attr-defined]

    def _other(self, other: Any) -> tuple[Fraction, Num] | None:
        if isinstance(other, Symbol):
            return other.plain, other.column
        return (Fraction(other), exactly(Fraction(other))) if isinstance(other, int | Fraction) else None

    def _made(self, value: Fraction, column: Num) -> Fraction:
        if column.bad.place is not None:
            self.path.ask(column.bad, False)
        return Symbol(value, column, self.path)

    # ---------- arithmetic ----------

    def __add__(self, other: Any) -> Any:
        found = self._other(other)
        return (
            self._made(self.plain + found[0], self.path.sums.plus(self.column, found[1])) if found else NotImplemented
        )

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        found = self._other(other)
        return (
            self._made(self.plain - found[0], self.path.sums.minus(self.column, found[1])) if found else NotImplemented
        )

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        found = self._other(other)
        if found is None:
            return NotImplemented
        column = self.path.sums.times(self.column, found[1])
        if column.most is not None and self.column.most is None and found[1].most is None:
            raise RefusedError
        return self._made(self.plain * found[0], column)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        found = self._other(other)
        return (
            self._made(self.plain / found[0], self.path.sums.over(self.column, found[1])) if found else NotImplemented
        )

    def __rtruediv__(self, other: Any) -> Any:
        found = self._other(other)
        return (
            self._made(found[0] / self.plain, self.path.sums.over(found[1], self.column)) if found else NotImplemented
        )

    def __neg__(self) -> Any:
        return self * -1

    def __abs__(self) -> Any:
        return self._made(abs(self.plain), self.path.sums.magnitude(self.column))

    def __floordiv__(self, other: Any) -> Any:
        if other != 1:
            raise RefusedError
        return self._made(Fraction(self.plain // 1), self.path.sums.whole(self.column, up=False))

    def __mod__(self, other: Any) -> Any:
        return self - self // other

    def rounded(self, quantum: Fraction, mode: Rounding) -> Fraction:
        """Return what round_to gives."""
        if isinstance(quantum, Symbol):
            raise RefusedError
        return self._made(round_to(self.plain, quantum, mode), self.path.sums.rounded(self.column, quantum, mode))

    # ---------- order ----------

    def _asked(self, op: str, outcome: bool, column: Num) -> bool:
        found = self.path.sums.compared(op, self.column, column)
        if found.bad.place is not None:
            self.path.ask(found.bad, False)
        if found.flag.known is not None and found.flag.known != outcome:
            raise RefusedError
        return self.path.ask(found.flag, outcome)

    def __eq__(self, other: object) -> bool:
        found = self._other(other)
        return found is not None and self._asked("=", self.plain == found[0], found[1])

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> Any:
        found = self._other(other)
        return self._asked("<", self.plain < found[0], found[1]) if found else NotImplemented

    def __le__(self, other: Any) -> Any:
        found = self._other(other)
        return self._asked("≤", self.plain <= found[0], found[1]) if found else NotImplemented

    def __gt__(self, other: Any) -> Any:
        found = self._other(other)
        return self._asked(">", self.plain > found[0], found[1]) if found else NotImplemented

    def __ge__(self, other: Any) -> Any:
        found = self._other(other)
        return self._asked("≥", self.plain >= found[0], found[1]) if found else NotImplemented

    def __bool__(self) -> bool:
        return self != 0

    # ---------- what would lose the column ----------

    @property
    def numerator(self) -> Any:
        """Refuse: a part of a number is no column."""
        raise RefusedError

    @property
    def denominator(self) -> Any:
        """Return what can only be asked whether it is 1."""
        return _Below(self)

    def __hash__(self) -> int:  # type: ignore[override]
        raise RefusedError

    def __int__(self) -> int:  # type: ignore[override]
        raise RefusedError

    def __float__(self) -> float:
        raise RefusedError

    def __trunc__(self) -> int:
        raise RefusedError

    def __round__(self, ndigits: Any = None) -> Any:
        raise RefusedError

    def __pow__(self, other: Any) -> Any:
        raise RefusedError
