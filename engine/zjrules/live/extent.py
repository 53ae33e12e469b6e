"""What whole numbers a formula can come to, for all inputs that its checked cells let through."""

from __future__ import annotations

from typing import assert_never

from zjrules.live.form import LIMIT, At, Extent, Flag, Form, Int, Op, Row, Said, TooLarge

_COUNTS = frozenset({"+", "-", "*", "MAX", "MIN", "ABS", "SIGN", "INT", "FLOOR"})


def extent(form: Form) -> Extent | None:
    """Return the least and greatest whole number, None for what is none or always fails; nothing on the way reaches LIMIT."""
    match form:
        case Int(value):
            return _within((value, value))
        case Flag() | Said():
            return None
        case At(cell):
            return cell.extent if isinstance(cell, Row) else None
        case Op("REST", (_, below, _)):
            found = extent(below)
            return None if found is None else (0, max(found[1] - 1, 0))
        case Op("IF", (test, then, other)):
            extent(test)
            return _either(extent(then), extent(other))
        case Op(name, args):
            known = [f for f in map(extent, args) if f is not None]
            return _within(_of(name, known)) if name in _COUNTS and len(known) == len(args) else None
        case _:
            assert_never(form)


def _within(found: Extent) -> Extent:
    if max(abs(found[0]), abs(found[1])) >= LIMIT:
        raise TooLarge
    return found


def _either(a: Extent | None, b: Extent | None) -> Extent | None:
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), max(a[1], b[1])


def _of(name: str, args: list[Extent]) -> Extent:
    a = args[0]
    b = args[1] if len(args) > 1 else a
    match name:
        case "+":
            return a[0] + b[0], a[1] + b[1]
        case "-":
            return a[0] - b[1], a[1] - b[0]
        case "*":
            ends = [x * y for x in a for y in b]
            return min(ends), max(ends)
        case "MAX":
            return max(x[0] for x in args), max(x[1] for x in args)
        case "MIN":
            return min(x[0] for x in args), min(x[1] for x in args)
        case "ABS":
            return (max(0, a[0], -a[1]), max(-a[0], a[1]))
        case "SIGN":
            return ((a[0] > 0) - (a[0] < 0), (a[1] > 0) - (a[1] < 0))
        case _:
            return _divided(a, b)


def _divided(a: Extent, b: Extent) -> Extent:
    """Return the extent of whole division; a divisor of 0 has failed before. On the way stands up to |a| + b."""
    least, greatest = max(1, b[0]), max(1, b[1])
    _within((0, max(-a[0], a[1], 0) + greatest))
    return a[0] // (least if a[0] < 0 else greatest), a[1] // (greatest if a[1] < 0 else least)
