"""What formulas stand on: the facts as variables, what is always true of them, and what could only be enclosed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import z3
from attrs import define, evolve, field

from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Asked
from zjrules.interval.sets import ONE, Piece, Range, restrict
from zjrules.num import Rounding
from zjrules.prove.symbol import (
    UNIT,
    ZERO,
    Cond,
    Num,
    Opt,
    Sym,
    crossed,
    land,
    lor,
    never_negative,
    product,
    real,
)
from zjrules.term.rule import Program
from zjrules.unit import MONEY_DIM, Choice, Date, Number, Text, Truth, Year

FIRST_DAY, LAST_DAY = Fraction(1), Fraction(3652059)
"""The days of the calendar as ordinals: 0001-01-01 and 9999-12-31."""
CENT = Fraction(1, 100)


@define(eq=False)
class Ground:
    """The variables of one indicator, and what is known of them.

    always holds in every question. grid says that counts and days are whole, and that what was rounded is a multiple: a
    proof that does without it is a proof. loose says what is only enclosed, so that an answer without proof is no example.
    """

    calendar: WorkCalendar | None
    rows: int | None = None
    """How many rows a ledger may have where they stand as variables; None: a ledger is known by its aggregates."""
    always: list[Any] = field(factory=list)
    grid: list[Any] = field(factory=list)
    cells: dict[tuple[str, int, str], Sym] = field(factory=dict)
    """Cells of ledgers that stand as variables, by ledger, row and column."""
    present: dict[str, tuple[Any, ...]] = field(factory=dict)
    """Whether each row of such a ledger is there."""
    loose: dict[str, None] = field(factory=dict)
    dens: dict[int, tuple[Any, Any]] = field(factory=dict)
    sites: dict[object, list[tuple[Any, ...]]] = field(factory=dict)
    """For what is enclosed at one place in several worlds: its operands and results, so that order is kept between them."""
    known: dict[object, Sym] = field(factory=dict)
    """Aggregates by what they add up."""
    options: dict[str, int] = field(factory=dict)
    rounds: bool = False
    """Whether anything is rounded on the way."""
    count: int = 0

    def option(self, name: str) -> Any:
        """Return the code of an option."""
        return z3.RealVal(self.options.setdefault(name, len(self.options)))

    def fresh(self, name: str) -> Any:
        """Return a new real variable."""
        self.count += 1
        return z3.Real(f"{name}#{self.count}")

    def whole(self, name: str) -> Any:
        """Return a new variable for a whole number."""
        found = self.fresh(name)
        self.grid.append(found == z3.ToReal(z3.Int(f"{found}whole")))
        return found

    def truth(self, name: str) -> Any:
        """Return a new condition."""
        self.count += 1
        return z3.Bool(f"{name}#{self.count}")

    def enclosed(self, why: str) -> None:
        """Note that something is only enclosed."""
        self.loose[why] = None

    def state(self) -> tuple[Any, ...]:
        """Return what restore needs."""
        sites = {key: len(kept) for key, kept in self.sites.items()}
        return len(self.always), len(self.grid), sites, dict(self.dens), dict(self.known), self.rounds

    def restore(self, state: tuple[Any, ...]) -> None:
        """Forget what was added since a state."""
        always, grid, sites, dens, known, self.rounds = state
        del self.always[always:], self.grid[grid:]
        self.sites = {key: self.sites[key][:count] for key, count in sites.items()}
        self.dens, self.known = dens, known

    # ---------- facts ----------

    def fact(self, asked: Asked) -> Sym:
        """Return a fact as a variable within what is declared of it."""
        match asked.type:
            case Truth():
                return Cond(self.truth(asked.name))
            case Choice(options):
                code = self.fresh(asked.name)
                self.always.append(lor(*(code == self.option(o) for o in options)))
                return Opt(code)
            case Text():
                return Opt(self.fresh(asked.name))
            case _:
                return self._number(asked)

    def _number(self, asked: Asked) -> Num:
        limits, kind = asked.limits, asked.type
        if isinstance(kind, Date):
            limits = restrict(restrict(limits, "≥", FIRST_DAY), "≤", LAST_DAY)
        if isinstance(kind, Year):
            limits = restrict(restrict(limits, "≥", ONE), "≤", Fraction(9999))
        is_whole = isinstance(kind, Date | Year) or (isinstance(kind, Number) and kind.whole)
        found = self.whole(asked.name) if is_whole else self.fresh(asked.name)
        if isinstance(kind, Number) and kind.dim == MONEY_DIM and not kind.whole:
            self.grid.append(found * 100 == z3.ToReal(z3.Int(f"{found}fen")))
        self.always.append(inside(found, limits))
        return Num(found, UNIT, limits)

    def within(self, asked: Asked, value: Sym) -> Any:
        """Return that a value lies within what is declared of a fact."""
        return inside(value.num, asked.limits) if isinstance(value, Num) else z3.BoolVal(True)

    # ---------- denominators, roundings ----------

    def denominator(self, b: Num) -> Any:
        """Return a term that is the numerator of b where that is not 0, and positive everywhere (its sign is set apart)."""
        positive = never_negative(b.range)
        if positive and not b.range.holds(ZERO) and not b.fails:
            return b.num
        kept = self.dens.get(b.num.get_id())
        if kept is not None:
            return kept[0]
        den = self.fresh("除数")
        # Where b itself has no value its terms are anything, and its range says nothing of them.
        known = b.num > 0 if positive else b.num != 0
        size = b.num if positive else z3.If(b.num >= 0, b.num, -b.num)
        self.always.append(land(den > 0, z3.Implies(known, den == size)))
        self.dens[b.num.get_id()] = (den, b.num)  # the term is kept, so that its id is not given to another
        return den

    def rounded(self, a: Num, quantum: Fraction, mode: Rounding | str, range_: Range) -> Num:
        """Return a multiple of quantum beside a. mode 向下 and 向上 are those of 取整."""
        only = range_.point
        if only is not None or _on_grid(a.range, quantum):
            return Num(real(only), UNIT, range_, a.fails) if only is not None else a
        self.rounds = True
        k = self.whole("取整")
        unit = real(quantum)
        left, right = crossed(Num(k * unit), Num(a.num, a.den))
        gap = product(unit, a.den)
        self.always.append(_near(mode, left, right, gap))
        self.grid.append(_exactly(mode, left, right, gap))
        if mode is Rounding.HALF_EVEN:
            self.enclosed("五成双的舍入")
        for num, den, other in self.sites.setdefault((quantum, mode), []):
            low, high = crossed(Num(num, den), a)
            self.always.append(land(z3.Implies(low <= high, other <= k), z3.Implies(low >= high, other >= k)))
        self.sites[quantum, mode].append((a.num, a.den, k))
        return Num(k * unit, UNIT, range_, a.fails)

    def enclosure(self, name: str, range_: Range, whole: bool = False) -> Num:
        """Return a number of which only the range is known."""
        found = self.whole(name) if whole else self.fresh(name)
        if not range_.is_empty:  # nothing lies in it where there never is a value
            self.always.append(inside(found, range_))
        return Num(found, UNIT, range_)


def inside(term: Any, limits: Range) -> Any:
    """Return that a term lies in a set (of a lattice, in its hull: that it is whole is said apart)."""
    return lor(*(_in_piece(term, p) for p in limits.pieces))


def _in_piece(term: Any, piece: Piece) -> Any:
    if piece.is_point and piece.lo is not None:
        return term == real(piece.lo)
    low = [] if piece.lo is None else [term > real(piece.lo) if piece.lo_open else term >= real(piece.lo)]
    high = [] if piece.hi is None else [term < real(piece.hi) if piece.hi_open else term <= real(piece.hi)]
    return land(*low, *high)


def _on_grid(range_: Range, quantum: Fraction) -> bool:
    """Return whether every member is a multiple of quantum already."""

    def fits(x: Fraction | None) -> bool:
        return x is not None and (x / quantum).denominator == 1

    return all(
        fits(p.lo) if p.is_point else p.step is not None and fits(p.step) and fits(p.anchor) for p in range_.pieces
    )


def _near(mode: Rounding | str, rounded: Any, exact: Any, gap: Any) -> Any:
    """Return what rounding keeps, both ends included; all terms are over one denominator, gap is the quantum."""
    match mode:
        case "向下":
            return land(rounded <= exact, exact <= rounded + gap)
        case "向上":
            return land(exact <= rounded, rounded <= exact + gap)
        case Rounding.HALF_UP | Rounding.HALF_EVEN:
            return land(2 * rounded - gap <= 2 * exact, 2 * exact <= 2 * rounded + gap)
        case Rounding.DOWN:
            return z3.If(
                exact >= 0,
                land(rounded <= exact, exact <= rounded + gap, rounded >= 0),
                land(rounded >= exact, exact >= rounded - gap, rounded <= 0),
            )
        case _:
            return z3.If(
                exact >= 0,
                land(rounded >= exact, rounded <= exact + gap),
                land(rounded <= exact, rounded >= exact - gap),
            )


def _exactly(mode: Rounding | str, rounded: Any, exact: Any, gap: Any) -> Any:
    """Return which of the two ends a tie goes to."""
    match mode:
        case "向下":
            return exact < rounded + gap
        case "向上":
            return rounded < exact + gap
        case Rounding.HALF_UP:
            return z3.If(exact >= 0, 2 * exact < 2 * rounded + gap, 2 * exact > 2 * rounded - gap)
        case Rounding.DOWN:
            return z3.If(exact >= 0, exact < rounded + gap, exact > rounded - gap)
        case Rounding.UP:
            return z3.If(exact >= 0, rounded < exact + gap, rounded > exact - gap)
        case _:
            return z3.BoolVal(True)


@define(eq=False)
class World:
    """One way in which the facts can be. Two worlds of one ground may share all facts but one."""

    ground: Ground
    program: Program
    facts: Mapping[str, Sym]
    tag: str = field(default="", kw_only=True)
    """Stands before the names of ledgers whose rows are this world's own."""
    lacking: Mapping[str, Any]
    """For a fact that may be 不适用, the condition that it is."""
    evidence: Mapping[str, Any]

    def apart(self, name: str) -> World:
        """Return a world in which one fact has another value."""
        return evolve(self, facts={**self.facts, name: self.ground.fact(self.program.schema.facts[name])})

    def wholly_apart(self, name: str) -> World:
        """Return a world in which one fact differs in all: its value, whether it applies, its evidence."""
        asked = self.program.schema.facts[name]
        lacking = {name: self.ground.truth(f"{name}不适用")} if asked.may_be_na else {}
        evidence = {name: self.ground.truth(f"{name}有佐证")} if asked.evidence else {}
        return evolve(self.apart(name), lacking={**self.lacking, **lacking}, evidence={**self.evidence, **evidence})


def world(ground: Ground, program: Program, names: frozenset[str]) -> World:
    """Return a world in which the named facts are free."""
    asked = {n: a for n, a in program.schema.facts.items() if n in names}
    facts = {n: ground.fact(a) for n, a in asked.items()}
    lacking = {n: ground.truth(f"{n}不适用") for n, a in asked.items() if a.may_be_na}
    evidence = {n: ground.truth(f"{n}有佐证") for n, a in asked.items() if a.evidence}
    return World(ground, program, facts, lacking, evidence)
