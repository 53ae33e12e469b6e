"""A cell as plain data, for the pipe between the child process and its parent.

A cell is ``[column, kind, text, shown, flags]``: kind n (number), s (text), b (是否), d (date), e (error), and text its exact
value; shown is '' where it is the same. flags: f formula, u formula without a kept value, % shown as a percentage, x more
digits than a cell holds.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from zjrules.inout.workbook import shown

Packed = list[Any]
_WIDEST = 10**15
"""From here on a double does not hold every whole number that can be typed."""


def packed(column: int, value: object, form: str, kind: str) -> Packed:
    """Return a value with its number format as a packed cell."""
    match value:
        case bool():
            return [column, "b", "是" if value else "否", "TRUE" if value else "FALSE", ""]
        case int() | float():
            return _number(column, value, form)
        case datetime():
            iso = value.date().isoformat()
            return _differs(column, "d", iso, shown.moment(value, form) or value.isoformat(" "))
        case date() | time():
            return _differs(
                column, "d" if isinstance(value, date) else "s", value.isoformat(), shown.moment(value, form)
            )
        case timedelta():
            return [column, "s", str(value), "", ""]
        case _:
            return [column, "e" if kind == "e" else "s", str(value), "", ""]


def _number(column: int, value: float, form: str) -> Packed:
    stored = shown.exact(value)
    flags = ("%" if shown.percent(form) else "") + ("x" if abs(value) >= _WIDEST else "")
    return [*_differs(column, "n", shown.plain(stored), shown.number(stored, form))[:4], flags]


def _differs(column: int, kind: str, text: str, displayed: str | None) -> Packed:
    return [column, kind, text, "" if displayed in (None, text) else displayed, ""]
