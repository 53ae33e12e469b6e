"""Exact rational numbers: reading, printing and named rounding. No binary float passes through here."""

from __future__ import annotations

import re
from enum import Enum
from fractions import Fraction

MAX_DIGITS = 40
"""More digits than this in one number are refused: no amount of money or count of things needs them."""

# Width is folded one to one, so that columns in messages stay true. The full-width comma is left alone, since
# 最大(1，200) has two arguments while 1,200 is one number.
_FOLDED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != ord("，")}
_FOLDED |= {0x3000: 0x20, 0xA0: 0x20, 0xFEFF: 0x20, ord("﹣"): ord("-")}
_FOLDED |= dict.fromkeys(map(ord, "−–—"), ord("-"))

_DECIMAL = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


class Rounding(Enum):
    """A rounding mode, by the name that rule files use (halves: GB/T 8170 and its variants in use)."""

    HALF_UP = "四舍五入"
    HALF_EVEN = "四舍六入五成双"
    DOWN = "去尾"
    UP = "进一"


def fold(text: str) -> str:
    """Return text with full-width forms made half-width, character for character (same length)."""
    return text.translate(_FOLDED)


def read(text: str) -> Fraction | None:
    """Read a plain decimal such as ``-1,234.50``; None when it is not one or has more than MAX_DIGITS digits."""
    if not _DECIMAL.fullmatch(text) or sum(c.isdigit() for c in text) > MAX_DIGITS:
        return None
    return Fraction(text.replace(",", ""))


class Followed(Fraction):
    """A rational that takes note of what is done with it: the columnar reading learns from it what the exact engine does."""

    __slots__ = ()

    def rounded(self, quantum: Fraction, mode: Rounding) -> Fraction:
        """Return what round_to gives."""
        raise NotImplementedError


def round_to(value: Fraction, quantum: Fraction, mode: Rounding) -> Fraction:
    """Round value to a multiple of quantum; halves and 去尾/进一 go by magnitude, so the sign never matters."""
    if isinstance(value, Followed):
        return value.rounded(quantum, mode)
    # In integers: above / below is how many quanta the magnitude has.
    above, below = abs(value.numerator) * quantum.denominator, value.denominator * quantum.numerator
    match mode:
        case Rounding.HALF_UP:
            whole = (2 * above + below) // (2 * below)
        case Rounding.HALF_EVEN:
            whole = round(Fraction(above, below))
        case Rounding.DOWN:
            whole = above // below
        case Rounding.UP:
            whole = -(-above // below)
    return Fraction(whole * quantum.numerator if value >= 0 else -whole * quantum.numerator, quantum.denominator)


def decimal(value: Fraction, most: int = 30) -> str | None:
    """Return the exact decimal text of value, or None when it does not end within `most` decimals."""
    rest = value.denominator
    twos = fives = 0
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    places = max(twos, fives)
    if rest != 1 or places > most:
        return None
    return fixed(value, places)


def fixed(value: Fraction, places: int, grouped: bool = False) -> str:
    """Return value with exactly `places` decimals, halves up; grouped writes 1,234.50."""
    below = 2 * value.denominator
    whole = (2 * abs(value.numerator) * 10**places + value.denominator) // below
    head, tail = divmod(whole, 10**places)
    sign = "-" if value < 0 and whole else ""
    text = f"{head:,}" if grouped else str(head)
    return f"{sign}{text}.{tail:0{places}d}" if places else f"{sign}{text}"


def brief(value: Fraction, places: int = 4, grouped: bool = False) -> str:
    """Return the exact decimal when it is short, and otherwise ``≈`` with `places` decimals: never a silent loss."""
    exact = decimal(value, most=max(places, 10))
    if exact is None:
        return "≈" + fixed(value, places, grouped)
    return fixed(value, len(exact.partition(".")[2]), grouped)


def ratio_text(value: Fraction) -> str:
    """Return ``num/den``, or the integer: the form that certificates and JSON carry."""
    return str(value)
