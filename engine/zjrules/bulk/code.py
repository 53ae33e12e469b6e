"""Columns of integers and truths as a list of operations, each with bounds that no row can leave.

Equal operations stand once. Every bound is worked out from the bounds of the inputs, so that it is known before the first
row whether an operation fits 64 bits, needs 128, or is refused.
"""

from __future__ import annotations

from attrs import define, field, frozen

from zjrules.bulk.table import Lookup

SHORT, NARROW, WIDE = 2**31 - 1, 2**63 - 1, 2**127 - 1


class RefusedError(Exception):
    """What is being written is not for columns: the exact engine takes it. Never seen outside this package."""


@frozen(eq=False)
class Int:
    """A column of integers that lie from lo to hi; place is its operation, None for a constant (lo)."""

    place: int | None
    lo: int
    hi: int

    @property
    def known(self) -> int | None:
        """The only value that it can have."""
        return self.lo if self.lo == self.hi else None


@frozen(eq=False)
class Flag:
    """A column of truths; place is None for a constant."""

    place: int | None
    known: bool | None = None


YES, NO = Flag(None, True), Flag(None, False)
Arg = int | tuple[str, int]
"""The place of an operation, or ("int", constant)."""


@frozen
class Op:
    """One operation: its name, what it takes, and the bounds of what it gives (0 and 1 for truths)."""

    name: str
    args: tuple[object, ...]
    lo: int
    hi: int


def constant(value: int) -> Int:
    """Return a column that is the same everywhere."""
    return Int(None, value, value)


def _arg(value: Int | Flag) -> object:
    if value.place is not None:
        return value.place
    return ("int", int(value.lo) if isinstance(value, Int) else int(bool(value.known)))


Within = tuple[int, int] | None


def _inside(lo: int, hi: int, within: Within) -> tuple[int, int]:
    if within is None:
        return lo, hi
    low, high = max(lo, within[0]), min(hi, within[1])
    return (low, high) if low <= high else (lo, hi)


@define(eq=False)
class Code:
    """Operations in an order in which they can be carried out."""

    ops: list[Op] = field(factory=list)
    seen: dict[tuple[object, ...], int] = field(factory=dict)
    most: int = WIDE
    """A number that may reach beyond this is refused."""

    def _put(self, name: str, args: tuple[object, ...], lo: int, hi: int) -> int:
        if max(-lo, hi) > self.most:
            raise RefusedError
        key = (name, *args)
        place = self.seen.get(key)
        if place is None:
            place = self.seen[key] = len(self.ops)
            self.ops.append(Op(name, args, lo, hi))
        before = self.ops[place]
        if lo < before.lo or hi > before.hi:
            # What is known of it where it was asked for first need not hold where it is asked for now.
            self.ops[place] = Op(name, args, min(lo, before.lo), max(hi, before.hi))
        return place

    def _int(self, name: str, args: tuple[object, ...], lo: int, hi: int) -> Int:
        if lo == hi and name != "input":
            return constant(lo)
        place = self._put(name, args, lo, hi)
        return Int(place, lo, hi)

    def _flag(self, name: str, *args: Int | Flag) -> Flag:
        return Flag(self._put(name, tuple(map(_arg, args)), 0, 1))

    # ---------- inputs ----------

    def input(self, name: object, lo: int, hi: int) -> Int:
        """Return a column that is given, by a name of its own."""
        return Int(self._put("input", (name,), lo, hi), lo, hi)

    def truth(self, name: object) -> Flag:
        """Return a column of truths that is given."""
        return Flag(self._put("truth", (name,), 0, 1))

    def lookup(self, table: Lookup, index: Int) -> Int:
        """Return what a table has at an index, which must lie in it."""
        if index.known is not None:
            return constant(int(table.values[index.known]))
        return self._int("lookup", (table, _arg(index)), table.lo, table.hi)

    # ---------- integers ----------

    def add(self, a: Int, b: Int, within: Within = None) -> Int:
        """Return a + b; within is what is known of it from elsewhere."""
        if a.known == 0 or b.known == 0:
            return b if a.known == 0 else a
        return self._int("add", (_arg(a), _arg(b)), *_inside(a.lo + b.lo, a.hi + b.hi, within))

    def sub(self, a: Int, b: Int, within: Within = None) -> Int:
        """Return a - b; within is what is known of it from elsewhere."""
        if b.known == 0:
            return a
        if a.place is not None and a.place == b.place:
            return constant(0)
        return self._int("sub", (_arg(a), _arg(b)), *_inside(a.lo - b.hi, a.hi - b.lo, within))

    def mul(self, a: Int, b: Int, within: Within = None) -> Int:
        """Return a × b; within is what is known of it from elsewhere."""
        if a.known == 1 or b.known == 1:
            return b if a.known == 1 else a
        ends = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
        return self._int("mul", (_arg(a), _arg(b)), *_inside(min(ends), max(ends), within))

    def floor(self, a: Int, b: Int, within: Within = None) -> Int:
        """Return ⌊a ÷ b⌋ for b > 0; within is what is known of it from elsewhere."""
        if b.known == 1:
            return a
        low = max(b.lo, 1)
        ends = [x // y for x in (a.lo, a.hi) for y in (low, max(b.hi, low))]
        return self._int("floor", (_arg(a), _arg(b)), *_inside(min(ends), max(ends), within))

    def negative(self, a: Int) -> Int:
        """Return -a."""
        return self.sub(constant(0), a)

    def magnitude(self, a: Int) -> Int:
        """Return |a|."""
        if a.lo >= 0:
            return a
        least = 0 if a.hi >= 0 else -a.hi
        return self._int("abs", (_arg(a),), least, max(-a.lo, a.hi))

    def larger(self, a: Int, b: Int) -> Int:
        """Return the larger of two."""
        if a.lo >= b.hi or b.lo >= a.hi:
            return a if a.lo >= b.hi else b
        return self._int("max", (_arg(a), _arg(b)), max(a.lo, b.lo), max(a.hi, b.hi))

    def smaller(self, a: Int, b: Int) -> Int:
        """Return the smaller of two."""
        if a.hi <= b.lo or b.hi <= a.lo:
            return a if a.hi <= b.lo else b
        return self._int("min", (_arg(a), _arg(b)), min(a.lo, b.lo), min(a.hi, b.hi))

    def chosen(self, test: Flag, a: Int, b: Int) -> Int:
        """Return a where test holds and b elsewhere."""
        if test.known is not None:
            return a if test.known else b
        if (a.place, a.lo, a.hi) == (b.place, b.lo, b.hi):
            return a
        return self._int("if", (_arg(test), _arg(a), _arg(b)), min(a.lo, b.lo), max(a.hi, b.hi))

    def bits(self, a: Int, b: Int) -> Int:
        """Return the bits that stand in either; both must be 0 or more."""
        if a.known == 0 or b.known == 0:
            return b if a.known == 0 else a
        if a.known is not None and b.known is not None:
            return constant(a.known | b.known)
        return self._int("bits", (_arg(a), _arg(b)), 0, 2 ** max(a.hi.bit_length(), b.hi.bit_length()) - 1)

    # ---------- truths ----------

    def less(self, a: Int, b: Int) -> Flag:
        """Return a < b."""
        if a.hi < b.lo or a.lo >= b.hi:
            return YES if a.hi < b.lo else NO
        return self._flag("lt", a, b)

    def least(self, a: Int, b: Int) -> Flag:
        """Return a ≤ b."""
        if a.hi <= b.lo or a.lo > b.hi:
            return YES if a.hi <= b.lo else NO
        return self._flag("le", a, b)

    def equal(self, a: Int, b: Int) -> Flag:
        """Return a = b."""
        if a.hi < b.lo or a.lo > b.hi:
            return NO
        if a.known is not None and a.known == b.known:
            return YES
        return self._flag("eq", a, b)

    def both(self, a: Flag, b: Flag) -> Flag:
        """Return a and b."""
        for one, other in ((a, b), (b, a)):
            if one.known is not None:
                return other if one.known else NO
        return a if a.place == b.place else self._flag("and", a, b)

    def either(self, a: Flag, b: Flag) -> Flag:
        """Return a or b."""
        for one, other in ((a, b), (b, a)):
            if one.known is not None:
                return YES if one.known else other
        return a if a.place == b.place else self._flag("or", a, b)

    def opposite(self, a: Flag) -> Flag:
        """Return not a."""
        if a.known is not None:
            return NO if a.known else YES
        return self._flag("not", a)

    def picked(self, test: Flag, a: Flag, b: Flag) -> Flag:
        """Return the truth a where test holds and b elsewhere."""
        return self.either(self.both(test, a), self.both(self.opposite(test), b))

    def number(self, a: Flag) -> Int:
        """Return 1 where a holds and 0 elsewhere."""
        return self.chosen(a, constant(1), constant(0))
