"""Inputs of the sheet: facts, their evidence, and what was worked out from ledgers, as whole numbers, truths and options."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import evolve, frozen

from zjrules.exact.expr import evaluate
from zjrules.exact.scope import Scope
from zjrules.explain.formula import over_names
from zjrules.fact import Asked, Evidence, Fact, Facts, State
from zjrules.interval.sets import EVERYTHING, Range, between
from zjrules.live.form import FAIL, At, Flag, Form, Given, Op, Said, choice, is_one_of
from zjrules.live.pair import Pair, divide, made
from zjrules.live.sheet import Room, Rooms, Sheet
from zjrules.num import brief
from zjrules.term import expr as tm
from zjrules.term.rule import Program
from zjrules.term.walk import refs
from zjrules.trace import Step, Tally
from zjrules.unit import MONEY_DIM, POINTS, POINTS_DIM, Choice, Date, Number, Scalar, Truth, Type, Year, dim_text, show
from zjrules.value import Problem, Unknown

Item = Pair | Form
"""A value in the sheet: a number, or a truth or text."""

YES_NO = "1 是，0 否"
MISSING, NOT_APPLICABLE = "缺失", "不适用"
EPOCH = 693594
"""The ordinal of day 0 of a spreadsheet, 1899-12-30."""
LATEST = 2958465
"""9999-12-31 in a spreadsheet."""
MOST_DECIMALS = 8


class Unsupported(Exception):
    """An indicator is not written as a formula; the message says why, in Chinese."""


@frozen
class Source:
    """What inputs are taken from."""

    program: Program
    facts: Facts
    overs: Mapping[int, tuple[Step, ...]]
    """The steps of aggregates over ledgers, by the identity of the term."""
    rooms: Rooms
    largest: int
    """The largest amount of money handed in, in yuan."""
    root: Scope
    """The engine's own view of the facts."""


def serial(value: Fraction, kind: Type) -> Fraction:
    """Return a number as the sheet holds it: days are counted from the spreadsheet's own day 0."""
    return value - EPOCH if isinstance(kind, Date) else value


# ---------- facts ----------


def fact(source: Source, sheet: Sheet, name: str) -> Item:
    """Return a fact."""
    asked, found = source.program.schema.facts[name], source.facts.facts.get(name)
    value, shown = _state(found, asked)
    match asked.type:
        case Truth():
            return sheet.truth(Given(name, shown, int(value) if isinstance(value, bool) else str(value), YES_NO))
        case Choice(options):
            return sheet.option(Given(name, shown, str(value), f"{'、'.join(options)} 之一"), options)
        case Number() | Date() | Year():
            return _number(source, sheet, Wanted(name, shown, value, asked.type, asked.limits))
        case _:
            raise Unsupported(f"「{name}」是文字，不能计算")


def _state(found: Fact | None, asked: Asked) -> tuple[Scalar, str]:
    if found is None or found.state is State.MISSING or found.value is None:
        absent = found is not None and found.state is State.NOT_APPLICABLE
        return (NOT_APPLICABLE, NOT_APPLICABLE) if absent else (MISSING, MISSING)
    return found.value, found.shown or show(found.value, asked.type)


def is_na(source: Source, sheet: Sheet, name: str) -> Form:
    """Return whether a fact is declared 不适用; a fact that is not given at all says neither."""
    fact(source, sheet, name)
    given, kind = At(sheet.given[name, None]), source.program.schema.facts[name].type
    known = is_one_of(given, kind.options) if isinstance(kind, Choice) else Op("ISNUMBER", (given,))
    declared = Op("EXACT", (given, Said(NOT_APPLICABLE)))
    return sheet.row(
        choice(known, Flag(False), choice(declared, Flag(True), FAIL)), f"不适用({name})", "取数写了「不适用」"
    )


def has_evidence(source: Source, sheet: Sheet, name: str) -> Form:
    """Return whether a fact has evidence."""
    asked, found = source.program.schema.facts[name], source.facts.facts.get(name)
    lacking = found is None or found.state is State.MISSING or (found.value is None and found.state is State.GIVEN)
    claimed = found is not None and found.state is not State.MISSING and found.evidence is Evidence.CLAIMED
    number: int | str = 0 if claimed else MISSING if lacking and asked.evidence else 1
    shown = {0: "没有佐证", 1: "有佐证"}.get(number, MISSING) if isinstance(number, int) else MISSING
    return sheet.truth(Given(f"有佐证({name})", shown, number, "1 有，0 没有"))


# ---------- numbers ----------


@frozen
class Wanted:
    """A number that is wanted as an input; a text says why there is none. term is what it stands for, beside its name."""

    name: str
    shown: str
    value: Scalar
    kind: Type
    allowed: Range
    term: object = None


def _number(source: Source, sheet: Sheet, wanted: Wanted) -> Pair:
    value, kind, room = wanted.value, wanted.kind, source.rooms.get(wanted.name, Room())
    number = serial(value, kind) if isinstance(value, Fraction) else None
    scale = room.scale or scale_of(number, kind)
    if scale is None:
        raise Unsupported(f"「{wanted.name}」的小数太长")
    text = value if isinstance(value, str) else MISSING
    whole = text if number is None else int(number * scale)
    given = Given(wanted.name, wanted.shown, whole, unit_text(kind, scale), wanted.term)
    low, high = _limits(wanted.allowed, kind, scale)
    most = _most(source, whole if isinstance(whole, int) else 0, kind, Room(scale, room.tight))
    low, high = -most if low is None else low, most if high is None else min(high, most)
    cell = sheet.number(given, (low, max(low, high)))
    return made(1, cell, scale, (), between(Fraction(low, scale), Fraction(max(low, high), scale)))


def scale_of(value: Fraction | None, kind: Type) -> int | None:
    """Return how many of the smallest unit make one: fen for money, 0.01% for a ratio, and finer where a value needs it."""
    scale = 1
    match kind:
        case Number(dim=dim) if dim in (MONEY_DIM, POINTS_DIM):
            scale = 100
        case Number(percent=True):
            scale = 10_000
    for _ in range(MOST_DECIMALS):
        if value is None or (value * scale).denominator == 1:
            return scale
        scale *= 10
    return None


def unit_text(kind: Type, scale: int) -> str:
    """Return in what a whole number counts."""
    match kind:
        case Date():
            return "日期的序号"
        case Year():
            return "年"
        case Number(dim=dim) if dim == MONEY_DIM:
            return {1: "元", 100: "分（0.01 元）"}.get(scale, f"{brief(Fraction(1, scale), 8)} 元")
        case Number(percent=True, points=points):
            return f"{brief(Fraction(100, scale), 8)}{' 个百分点' if points else '%'}"
        case Number(dim=dim):
            unit = dim_text(dim) if dim else ""
            return unit or "整数" if scale == 1 else f"{brief(Fraction(1, scale), 8)} {unit}".strip()
        case _:
            return ""


def _limits(allowed: Range, kind: Type, scale: int) -> tuple[int | None, int | None]:
    """Return the declared limits as whole numbers."""
    if isinstance(kind, Date):
        return 1, LATEST
    hull = allowed.hull
    low = high = None
    if hull.lo is not None:
        edge = hull.lo * scale
        low = -(-edge.numerator // edge.denominator) + (hull.lo_open and edge.denominator == 1)
    if hull.hi is not None:
        edge = hull.hi * scale
        high = edge.numerator // edge.denominator - (hull.hi_open and edge.denominator == 1)
    return low, high


def _most(source: Source, number: int, kind: Type, room: Room) -> int:
    """Return the greatest magnitude that an input may be changed to."""
    scale = room.scale or 1
    if isinstance(kind, Year | Date):
        return LATEST if isinstance(kind, Date) else 9999
    if room.tight == 2:
        return max(abs(number), scale)
    digits = len(str(abs(number))) + (1 - room.tight)
    if number == 0 and isinstance(kind, Number) and kind.dim == MONEY_DIM:
        digits = len(str(source.largest * scale)) - room.tight
    return max(int(10**digits), scale * (100 if room.tight else 1000))


# ---------- ledgers ----------


def over(source: Source, sheet: Sheet, e: tm.Over, lets: Mapping[str, tm.Let], full: Fraction | None) -> Item:
    """Return an aggregate over a ledger, whose rows stay where they are: the sheet takes its value."""
    steps = source.overs.get(id(e)) or (_asked(source, e, lets, full),)
    name, value = over_names(e), steps[0].value
    if len({s.value for s in steps}) > 1:
        raise Unsupported(f"「{name}」在几处的得数不同")
    if isinstance(value, Unknown | Problem):
        value = value.kind if isinstance(value, Problem) else MISSING
    # Two may be written alike and mean two things, if what they name differs.
    local = sheet.place if any(kind == "var" for kind, _ in refs(e, lets)) else ""
    term = (e, value, local)
    shown = f"由明细算出：{value if isinstance(value, str) else show(value, e.type)}"
    if isinstance(e.type, Truth):
        return sheet.truth(Given(name, shown, int(value) if isinstance(value, bool) else str(value), YES_NO, term))
    if not isinstance(e.type, Number | Date):
        raise Unsupported(f"「{name}」不是数")
    assert not isinstance(value, bool)
    if e.kind == "占比" or (isinstance(value, Fraction) and scale_of(serial(value, e.type), e.type) is None):
        return _quotient(source, sheet, Wanted(name, shown, value, Number(), EVERYTHING, term), e.kind, steps[0].note)
    allowed = between(Fraction(0), None) if e.kind == "计数" else EVERYTHING
    return _number(source, sheet, Wanted(name, shown, value, e.type, allowed, term))


def _asked(source: Source, e: tm.Over, lets: Mapping[str, tm.Let], full: Fraction | None) -> Step:
    """Return what the engine says of an aggregate that the trace passed over, such as that of a 不适用 that is not met."""
    root = source.root
    steps = {} if full is None else {"满分": Step(tm.Const(full, POINTS, "满分"), full)}
    return evaluate(e, Scope(root.run, root.facts, root.ledgers, steps, lets))


def _quotient(source: Source, sheet: Sheet, wanted: Wanted, kind: str, tally: object) -> Pair:
    """Return a share or a mean as two inputs, a share by its rows where rows are what is counted."""
    value = wanted.value
    above, below = (value.numerator, value.denominator) if isinstance(value, Fraction) else (value, value)
    if isinstance(tally, Tally) and tally.total and value == Fraction(tally.taken, tally.total):
        above, below = tally.taken, tally.total
    natural, positive = between(Fraction(0), None), between(Fraction(0), None, lo_open=True)
    top, bottom = (
        evolve(wanted, name=f"{wanted.name} {part}", value=Fraction(n) if isinstance(n, int) else n, allowed=allowed)
        for part, n, allowed in (
            ("分子", above, natural if kind == "占比" else EVERYTHING),
            ("分母", below, positive),
        )
    )
    return divide(sheet, _number(source, sheet, top), _number(source, sheet, bottom))
