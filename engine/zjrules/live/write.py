"""Formulas as they are stored in a workbook: English names, commas, A1 references, no leading =."""

from __future__ import annotations

from collections.abc import Callable

from zjrules.live.form import At, Flag, Form, Given, Int, Op, Row, Said

Address = Callable[[Given | Row], str]
_LEVELS = {"=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "+": 2, "-": 2, "*": 3, "/": 3}
_ATOM, _SIGNED = 9, 2
MOST_CHARACTERS = 8000
"""Excel takes 8,192. Rows of at most sheet.MOST_SIZE operations stay far below, and below its 64 levels."""


def text(form: Form, address: Address) -> str:
    """Return a formula as text."""
    return _text(form, address)[0]


def _text(form: Form, address: Address) -> tuple[str, int]:
    match form:
        case Int(value):
            return str(value), _ATOM if value >= 0 else _SIGNED
        case Flag(value):
            return ("TRUE" if value else "FALSE"), _ATOM
        case Said(said):
            return '"' + said.replace('"', '""') + '"', _ATOM
        case At(cell):
            return address(cell), _ATOM
        case Op("FLOOR", (above, below)):
            return _floor(text(above, address), text(below, address)), 2
        case Op("INT", (above, below)):
            return f"INT({text(above, address)}/{text(below, address)})", _ATOM
        case Op("REST", (above, below, whole)):
            return f"{text(above, address)}-{text(whole, address)}*{text(below, address)}", 2
        case Op("WHOLE", (cell,)):
            said = text(cell, address)
            return f"INT({said})={said}", 1
        case Op(name, (left, right)) if name in _LEVELS:
            level = _LEVELS[name]
            shown = (_text(left, address), _text(right, address))
            sides = [f"({said})" if at < level + later else said for later, (said, at) in enumerate(shown)]
            return name.join(sides), level
        case Op(name, args):
            return f"{name}({','.join(text(a, address) for a in args)})", _ATOM


def _floor(a: str, b: str) -> str:
    """Return whole division of two cells. INT of a quotient in 15 digits can be one off; the remainder says which way."""
    guess = f"INT({a}/{b})"
    rest = f"{a}-{guess}*{b}"
    return f"{guess}+IF({rest}>={b},1,IF({rest}<0,-1,0))"
