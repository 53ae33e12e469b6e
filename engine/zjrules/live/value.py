"""What the cells of a sheet come to, in exact integers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import assert_never

from zjrules.live.form import At, Flag, Form, Given, Int, Op, Row, Said

Cell = int | bool | str | Fraction | None
"""None is an error, such as #N/A."""


class Values:
    """The values of cells, each worked out once."""

    def __init__(self) -> None:
        self._rows: dict[Row, Cell] = {}

    def of(self, form: Form) -> Cell:
        """Return the value of a formula; like a spreadsheet, IF looks at one branch only."""
        match form:
            case Int(value) | Flag(value) | Said(value):
                return value
            case At(cell):
                if isinstance(cell, Given):
                    return cell.number
                if cell not in self._rows:
                    self._rows[cell] = self.of(cell.form)
                return self._rows[cell]
            case Op("IF", (test, then, other)):
                found = self.of(test)
                return None if found is None else self.of(then if found else other)
            case Op(name, args):
                values = [self.of(a) for a in args]
                return None if None in values or name == "NA" else _APPLY[name](*values)
            case _:
                assert_never(form)


def _sign(x: int) -> int:
    return (x > 0) - (x < 0)


_APPLY: dict[str, Callable[..., Cell]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: Fraction(a, b) if b else None,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "INT": lambda a, b: a // b if b else None,
    "FLOOR": lambda a, b: a // b if b else None,
    "REST": lambda a, b, whole: a - whole * b,
    "ABS": abs,
    "SIGN": _sign,
    "MAX": max,
    "MIN": min,
    "AND": lambda *found: all(found),
    "OR": lambda *found: any(found),
    "NOT": lambda a: not a,
    "EXACT": lambda a, b: a == b,
    "ISNUMBER": lambda a: isinstance(a, int),
    "WHOLE": lambda a: isinstance(a, int),
}
