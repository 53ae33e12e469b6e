"""What a cell displays: a listed part of the number formats of ECMA-376 Part 1, 18.8.30 and 18.8.31.

Listed are: General, digits with grouping, fixed decimals, thousands scaling, %, signs, quoted and escaped text, currency
symbols, up to three sections, and dates and times of year, month, day, hour, minute, second. For anything else (fractions,
exponents, conditions, 大写 numbers) the caller shows the value as it is stored.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, localcontext

ZH_BUILTIN = {
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m/d/yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: 'h"时"mm"分"', 35: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"',
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"',
    55: 'h"时"mm"分"', 56: 'h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
"""The number formats that zh-cn Excel and WPS refer to by number alone (18.8.30): without them a date reads as a serial."""
DIGITS = 15
"""A numeric cell holds a double; what a person typed is its decimal of 15 significant digits."""

_SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])*')
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]|(?P<digits>[0#?.,]+)|(?P<sign>.)'
)
_DATE = re.compile(
    r'"([^"]*)"|\\(.)|\[\$[^\]]*\]|(yyyy|yy|mm(?!m)|m(?!m)|dd(?!d)|d(?!d)|hh|h|ss|s)|([a-zA-Z\[@;]+)|(.)', re.IGNORECASE
)
_COLOURS = re.compile(
    r"(?i)(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|黑色|蓝色|青色|绿色|洋红|红色|白色|黄色)$"
)


def exact(value: float) -> Decimal:
    """Return the decimal of 15 significant digits of a stored number."""
    with localcontext() as context:
        context.prec = DIGITS
        return +Decimal(repr(value))


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(form: str) -> bool:
    """Return whether a number format shows hundredths as %."""
    return any(sign == "%" for sign in (m["sign"] for m in _TOKEN.finditer(form)))


def number(value: Decimal, form: str) -> str | None:
    """Return a number as its format displays it; None where the format is not one of the listed."""
    if form in ("General", "@", ""):
        return plain(value)
    sections = [m[0] for m in _SECTION.finditer(form) if m[0]] or [form]
    if value == 0 and len(sections) > 2:
        return _section(value, sections[2])
    if value < 0:
        shown = _section(-value, sections[1] if len(sections) > 1 else sections[0])
        return shown if shown is None or len(sections) > 1 else f"-{shown}"
    return _section(value, sections[0])


def _section(value: Decimal, section: str) -> str | None:
    parts: list[str] = []
    pattern: str | None = None
    hundredfold = False
    for token in _TOKEN.finditer(section):
        quoted, escaped, bracket, digits, sign = token.group("quoted", "escaped", "bracket", "digits", "sign")
        if bracket is not None:
            if bracket.startswith("$"):
                parts.append(bracket[1:].partition("-")[0])
            elif not _COLOURS.match(bracket):
                return None
        elif digits is not None:
            if pattern is not None:
                return None
            pattern = digits
            parts.append("\0")
        elif sign is not None and re.match(r"[A-Za-z@/]", sign):
            return None
        else:
            hundredfold = hundredfold or sign == "%"
            parts.append(quoted if quoted is not None else escaped or sign or "")
    text = "".join(parts).strip()
    if pattern is None:
        return text
    shown = _digits(value * 100 if hundredfold else value, pattern)
    return None if shown is None else text.replace("\0", shown).strip()


def _digits(value: Decimal, pattern: str) -> str | None:
    core = pattern.rstrip(",")
    value = value.scaleb(-3 * (len(pattern) - len(core)))
    whole, _, tail = core.partition(".")
    if "." in tail or "," in tail:
        return None
    least, most = tail.count("0"), len(tail)
    with localcontext() as context:
        context.prec = 60
        if max(value.adjusted(), 0) + most >= context.prec - 1:
            return None
        rounded = value.quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP)
    head, _, decimals = format(rounded, "f").partition(".")
    while len(decimals) > least and decimals.endswith("0"):
        decimals = decimals[:-1]
    head = head.zfill(whole.count("0"))
    if "," in whole:
        head = f"{int(head):,}"
    elif whole.count("0") == 0 and int(head) == 0:
        head = ""
    return f"{head}.{decimals}" if decimals else head


def moment(value: datetime | date | time, form: str) -> str | None:
    """Return a date or time as its format displays it; None where the format is not one of the listed."""
    parts: list[str] = []
    hours = False
    for quoted, escaped, code, unknown, other in _DATE.findall(form.partition(";")[0]):
        if unknown:
            return None
        if code:
            shown = _field(value, code.lower(), hours)
            if shown is None:
                return None
            hours = hours or code.lower().startswith("h")
            parts.append(shown)
        else:
            parts.append(quoted or escaped or other)
    return "".join(parts)


def _field(value: datetime | date | time, code: str, after_hours: bool) -> str | None:
    kind = code[0]
    if kind == "m" and after_hours:
        kind = "n"
    name = {"y": "year", "m": "month", "d": "day", "h": "hour", "n": "minute", "s": "second"}[kind]
    part = getattr(value, name, None)
    if part is None:
        return None
    if code == "yy":
        return f"{part % 100:02}"
    return f"{part:0{len(code)}}"
