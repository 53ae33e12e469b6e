"""Writes the text of one Python function over integers: lines, blocks, numbers as pairs of texts.

Nothing that a user wrote stands in the text: facts are slots, words and options are constants of the namespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from math import lcm

from attrs import define, field, frozen

from zjrules.num import Rounding
from zjrules.term import expr as tm
from zjrules.term.rule import Program

FAIL = "return None"
"""There is no value here: the caller asks the exact engine why."""
MOST_LINES, MOST_DEPTH = 4000, 60
_ATOM = re.compile(r"\w+(\[\d+\])?")
_LITERAL = re.compile(r"-?\d+")
_HALVES = {"<": "<", "≤": "<=", ">": ">", "≥": ">=", "=": "==", "≠": "!="}


class RefusedError(Exception):
    """What is being written is not for the fast reading: never seen outside this package."""


@frozen
class Num:
    """A number: texts of its numerator and of its positive denominator. positive says that it cannot be below 0."""

    num: str
    den: str = "1"
    positive: bool = False


@frozen
class Plain:
    """A condition or an option, as the text of a Python expression."""

    text: str


Result = Num | Plain


@define(eq=False)
class Place:
    """Where an expression stands: the names that it sees, and the row at hand with its ledger."""

    names: dict[str, Thunk] = field(factory=dict)
    row: str = ""
    ledger: str = ""
    cells: dict[str, Thunk] = field(factory=dict)


@define(eq=False)
class Thunk:
    """A name and what it stands for; written where it is first asked for, as the exact engine evaluates it there."""

    expr: tm.Expr
    place: Place
    value: Result | None = None
    refs: frozenset[tm.Ref] = frozenset()


def literal(text: str) -> int | None:
    """Return the integer that a text is, None when it is more than one."""
    return int(text) if _LITERAL.fullmatch(text) else None


def constant(value: Fraction) -> Num:
    """Return a number that is known now."""
    return Num(str(value.numerator), str(value.denominator), value >= 0)


def known(value: Num) -> Fraction | None:
    """Return the number when it is known now."""
    above, below = literal(value.num), literal(value.den)
    return None if above is None or below is None else Fraction(above, below)


def product(a: str, b: str) -> str:
    """Return the text of a × b."""
    x, y = literal(a), literal(b)
    if x is not None and y is not None:
        return str(x * y)
    if "0" in (a, b):
        return "0"
    if a == "1" or b == "1":
        return b if a == "1" else a
    return f"{_part(a)} * {_part(b)}"


def added(a: str, b: str, op: str) -> str:
    """Return the text of a + b or a - b."""
    x, y = literal(a), literal(b)
    if x is not None and y is not None:
        return str(x + y if op == "+" else x - y)
    if b == "0":
        return a
    return f"{a} {op} {_part(b)}" if a != "0" or op == "-" else b


def _part(text: str) -> str:
    return text if _ATOM.fullmatch(text) else f"({text})"


@define(eq=False)
class Writer:
    """One function being written."""

    namespace: dict[str, object]
    lines: list[tuple[int, str]] = field(factory=list)
    depth: int = 1
    names: int = 0
    cached: list[Thunk] = field(factory=list)

    # ---------- lines ----------

    def line(self, text: str) -> None:
        """Write a line. What grows without bound is refused."""
        if len(self.lines) >= MOST_LINES or self.depth > MOST_DEPTH:
            raise RefusedError
        self.lines.append((self.depth, text))

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a block; what is worked out in it is not known after it."""
        self.line(head)
        self.depth += 1
        before = len(self.cached)
        yield
        self.depth -= 1
        self._forget(before)

    def mark(self) -> tuple[int, int]:
        """Return a place to go back to."""
        return len(self.lines), len(self.cached)

    def undo(self, mark: tuple[int, int]) -> None:
        """Go back to a place."""
        del self.lines[mark[0] :]
        self._forget(mark[1])

    def fails_since(self, mark: tuple[int, int]) -> bool:
        """Return whether what was written since may have no value."""
        return any(text.endswith(FAIL) for _, text in self.lines[mark[0] :])

    def _forget(self, before: int) -> None:
        for thunk in self.cached[before:]:
            thunk.value = None
        del self.cached[before:]

    def keep(self, thunk: Thunk, value: Result) -> Result:
        """Keep the value of a name for the rest of the block."""
        thunk.value = value
        self.cached.append(thunk)
        return value

    def fresh(self, text: str) -> str:
        """Assign a text to a new name and return the name."""
        self.names += 1
        name = f"t{self.names}"
        self.line(f"{name} = {text}")
        return name

    def atom(self, text: str) -> str:
        """Return a text that costs nothing to read twice."""
        return text if _ATOM.fullmatch(text) or literal(text) is not None else self.fresh(text)

    def steady(self, value: Result) -> Result:
        """Return a value that costs nothing to read twice."""
        if isinstance(value, Plain):
            return Plain(self.atom(value.text))
        return Num(self.atom(value.num), self.atom(value.den), value.positive)

    def number(self, value: Num) -> Num:
        """Return a number that costs nothing to read twice."""
        return Num(self.atom(value.num), self.atom(value.den), value.positive)

    def given(self, value: object) -> str:
        """Return the name of a constant in the namespace."""
        name = f"k{len(self.namespace)}"
        self.namespace[name] = value
        return name

    # ---------- numbers ----------

    def sum(self, a: Num, b: Num, op: str = "+") -> Num:
        """Return a + b or a - b."""
        positive = op == "+" and a.positive and b.positive
        x, y = literal(a.den), literal(b.den)
        if x is not None and y is not None:
            below = lcm(x, y)
            left, right = product(a.num, str(below // x)), product(b.num, str(below // y))
            return Num(added(left, right, op), str(below), positive)
        if a.den == b.den:
            return Num(added(a.num, b.num, op), a.den, positive)
        p, q = self.atom(a.den), self.atom(b.den)
        return Num(added(product(a.num, q), product(b.num, p), op), product(p, q), positive)

    def times(self, a: Num, b: Num) -> Num:
        """Return a × b."""
        x, y = known(a), known(b)
        if x is not None and y is not None:
            return constant(x * y)
        return Num(product(a.num, b.num), product(a.den, b.den), a.positive and b.positive)

    def over(self, a: Num, b: Num) -> Num:
        """Return a ÷ b; dividing by 0 has no value."""
        divisor = known(b)
        if divisor is not None and divisor != 0:
            return self.times(a, constant(1 / divisor))
        below = self.atom(b.num)
        self.line(f"if not {below}: {FAIL}")
        above, under = product(a.num, b.den), product(a.den, below)
        if b.positive:
            return Num(above, under, a.positive)
        above, under = self.fresh(above), self.fresh(under)
        self.line(f"if {under} < 0: {above} = -{above}; {under} = -{under}")
        return Num(above, under)

    def negative(self, a: Num) -> Num:
        """Return -a."""
        value = literal(a.num)
        return Num(str(-value) if value is not None else f"-{_part(a.num)}", a.den)

    def compared(self, op: str, a: Num, b: Num) -> str:
        """Return the text of a op b."""
        if a.den == b.den:
            return f"{a.num} {_HALVES[op]} {b.num}"
        return f"{product(a.num, b.den)} {_HALVES[op]} {product(b.num, a.den)}"

    def extreme(self, most: bool, a: Num, b: Num) -> Num:
        """Return the larger or smaller of two."""
        a, b = self.number(a), self.number(b)
        positive = (a.positive or b.positive) if most else (a.positive and b.positive)
        test = self.compared("<" if most else ">", a, b)
        if a.den == b.den:
            return Num(self.fresh(f"{b.num} if {test} else {a.num}"), a.den, positive)
        above, below = self.fresh(a.num), self.fresh(a.den)
        self.line(f"if {test}: {above} = {b.num}; {below} = {b.den}")
        return Num(above, below, positive)

    def rounded(self, a: Num, quantum: Fraction, mode: Rounding) -> Num:
        """Return a rounded to a multiple of quantum, by its magnitude."""
        fixed_den = literal(a.den)
        if fixed_den is not None and (Fraction(1, fixed_den) / quantum).denominator == 1:
            return a
        above = self.atom(product(a.num, str(quantum.denominator)))
        below = self.atom(product(a.den, str(quantum.numerator)))
        size = above if a.positive else self.fresh(f"abs({above})")
        whole = self.fresh(_whole(size, below, mode))
        if not a.positive:
            self.line(f"if {above} < 0: {whole} = -{whole}")
        return Num(product(whole, str(quantum.numerator)), str(quantum.denominator), a.positive)


def _whole(size: str, below: str, mode: Rounding) -> str:
    match mode:
        case Rounding.HALF_UP:
            return f"({product('2', size)} + {_part(below)}) // {_part(product('2', below))}"
        case Rounding.HALF_EVEN:
            return f"half_even({size}, {below})"
        case Rounding.DOWN:
            return f"{size} // {_part(below)}"
        case Rounding.UP:
            return f"-(-{_part(size)} // {_part(below)})"


Need = tuple[str, str, str]
"""What must be known: ("fact", name, ""), ("evidence", name, ""), ("rows", ledger, "") or ("cell", ledger, column)."""


@define(eq=False)
class Code:
    """The function of one indicator being written, and what it needs."""

    program: Program
    out: Writer
    slots: dict[Need, int]
    """Places in the tuple of facts, of ledgers, or in the rows of a ledger; all indicators share them."""
    needs: dict[Need, int] = field(factory=dict)

    def need(self, need: Need) -> int:
        """Note that something must be known, and return its place."""
        home = _home(need)
        beside = sum(_home(other) == home for other in self.slots)
        self.needs[need] = self.slots.setdefault(need, 2 * beside)
        return self.needs[need]


def _home(need: Need) -> tuple[str, str]:
    return ("cell", need[1]) if need[0] == "cell" else ("rows", "") if need[0] == "rows" else ("", "")


class Join:
    """The value of several branches, of which one is taken: each writes it into the same names."""

    def __init__(self, out: Writer) -> None:
        out.names += 1
        self.out = out
        self.name = f"t{out.names}"
        self.dens: list[tuple[str, tuple[int, str]]] = []
        self.positive = True
        self.plain = False

    def put(self, value: Result) -> None:
        """Write the value of one branch."""
        if isinstance(value, Plain):
            self.plain = True
            self.out.line(f"{self.name} = {value.text}")
            return
        self.positive = self.positive and value.positive
        self.out.line(f"{self.name} = {value.num}")
        self.out.line(f"{self.name}d = {value.den}")
        self.dens.append((value.den, self.out.lines[-1]))

    def done(self) -> Result:
        """Return the value after the branches; a denominator that all of them share is not written."""
        if self.plain:
            return Plain(self.name)
        dens = {den for den, _ in self.dens}
        if len(dens) == 1 and literal(self.dens[0][0]) is not None:
            gone = {id(line) for _, line in self.dens}
            self.out.lines = [x for x in self.out.lines if id(x) not in gone]
            return Num(self.name, dens.pop(), self.positive)
        return Num(self.name, f"{self.name}d", self.positive)
