"""Operations on values of which some are open: arithmetic, rounding, comparisons, options."""

from __future__ import annotations

from fractions import Fraction

from zjrules.interval import arith
from zjrules.interval.sets import Range, between, compare, either, restrict
from zjrules.num import Rounding, round_to
from zjrules.span import Span
from zjrules.term import expr as tm
from zjrules.value import (
    ZERO_DIVISION,
    Problem,
    Unknown,
    Value,
    apart,
    combined,
    deps_of,
    problems_of,
    range_of,
    settled,
    truths,
)  # fmt: skip

ZERO = Fraction(0)


def arithmetic(op: str, a: Value, b: Value, span: Span) -> Value:
    """Return a op b for + - × ÷."""
    if type(a) is Fraction and type(b) is Fraction:
        match op:
            case "+":
                return a + b
            case "-":
                return a - b
            case "×":
                return a * b
            case _:
                return a / b if b else Problem(ZERO_DIVISION, "", span)
    match op:
        case "+":
            return combined(arith.add, a, b)
        case "-":
            return combined(lambda x, y: arith.add(x, arith.negate(y)), a, b)
        case "×":
            return combined(arith.multiply, a, b)
        case _:
            return _quotient(a, b, span)


def _quotient(a: Value, b: Value, span: Span) -> Value:
    if isinstance(a, Problem):
        return a
    may_be_zero = not isinstance(b, Problem) and range_of(b).holds(ZERO)
    also = frozenset({Problem(ZERO_DIVISION, "", span)}) if may_be_zero else frozenset()
    return combined(arith.divide, a, b, also=also)


def negative(a: Value) -> Value:
    """Return -a."""
    return -a if type(a) is Fraction else combined(arith.negate, a)


def extreme(most: bool, *values: Value) -> Value:
    """Return the largest or smallest of several."""
    known = [v for v in values if type(v) is Fraction]
    if len(known) == len(values):
        return max(known) if most else min(known)
    found = values[0]
    for value in values[1:]:
        found = combined(arith.larger if most else arith.smaller, found, value)
    return found


def stepped(e: tm.Whole | tm.Round | tm.Abs, a: Value) -> Value:
    """Return a rounded to whole numbers, rounded as declared, or its magnitude."""
    match e:
        case tm.Whole(up=up):
            if type(a) is Fraction:
                return Fraction(-(-a.numerator // a.denominator) if up else a.numerator // a.denominator)
            return combined(lambda r: arith.floor_range(r, up), a)
        case tm.Round(quantum=quantum, mode=mode):
            return rounded(a, quantum, mode)
        case tm.Abs():
            if type(a) is Fraction:
                return abs(a)
            return combined(_magnitude, a)


def _magnitude(a: Range) -> Range:
    return either(restrict(a, "≥", ZERO), arith.negate(restrict(a, "<", ZERO)))


def rounded(a: Value, quantum: Fraction, mode: Rounding) -> Value:
    """Return a rounded to a multiple of quantum."""
    if type(a) is Fraction:
        return round_to(a, quantum, mode)
    return combined(lambda r: arith.round_range(r, quantum, mode), a)


# ---------- conditions ----------


def comparison(op: str, a: Value, b: Value) -> Value:
    """Return whether a op b."""
    if type(a) is Fraction and type(b) is Fraction:
        match op:
            case "≤":
                return a <= b
            case "<":
                return a < b
            case "≥":
                return a >= b
            case ">":
                return a > b
            case "=":
                return a == b
            case _:
                return a != b
    for value in (a, b):
        if isinstance(value, Problem):
            return value
    if isinstance(a, bool) or isinstance(b, bool) or is_truths(a):
        can = frozenset((x == y) == (op == "=") for x in truths(a) for y in truths(b))
        return settled(can, deps_of(a, b), apart(a, b), problems_of(a, b))
    x, y = range_of(a), range_of(b)
    if x.is_empty or y.is_empty:
        return settled(frozenset[bool](), deps_of(a, b), True, problems_of(a, b))
    can = compare(op, x, y)
    exact = apart(a, b) and (len(can) == 1 or (x.solid and y.solid))
    return settled(can, deps_of(a, b), exact, problems_of(a, b))


def count_true(values: list[Value]) -> Value:
    """Return how many of several conditions hold."""
    for value in values:
        if isinstance(value, Problem):
            return value
    sure = Fraction(sum(value is True for value in values))
    maybe = sum(isinstance(value, Unknown) and True in truths(value) for value in values)
    if not maybe and not problems_of(*values):
        return sure
    can = between(sure, sure + maybe, step=Fraction(1))
    return settled(can, deps_of(*values), apart(*values), problems_of(*values))


def is_truths(a: Value) -> bool:
    """Return whether a value is a condition that is open."""
    return isinstance(a, Unknown) and isinstance(a.can, frozenset)


def negated(a: Value) -> Value:
    """Return 非 a."""
    if isinstance(a, bool):
        return not a
    if isinstance(a, Unknown):
        return settled(frozenset(not t for t in truths(a)), a.deps, a.tight, a.problems)
    return a


def chosen(a: Value, options: tuple[str, ...]) -> Value:
    """Return whether an option is one of several."""
    if isinstance(a, str):
        return a in options
    if isinstance(a, Unknown) and isinstance(a.can, frozenset):
        return settled(frozenset(o in options for o in a.can), a.deps, a.tight, a.problems)
    return a
