"""Numbers in Chinese characters (百分之五, 三分, 二十日): rules are written with digits, so these are only recognised."""

from __future__ import annotations

import re
from fractions import Fraction

from zjrules.num import decimal
from zjrules.unit import measure

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, *range(3, 10)), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_SHARE = re.compile(r"(百|千|万)分之([零〇一二两三四五六七八九十百点]+)")
_COUNT = re.compile(r"([零〇一二两三四五六七八九十百千点]+)(.+)")
_OF = {"百": 100, "千": 1000, "万": 10000}


def is_share(name: str) -> bool:
    """Return whether a name is a share such as 百分之五, which cannot be meant as anything else."""
    return _SHARE.fullmatch(name) is not None


def digits(name: str) -> str | None:
    """Return how a name that is a number in Chinese characters is written with digits (5%, 3 分), or None."""
    share = _SHARE.fullmatch(name)
    if share is not None:
        value = _value(share[2])
        return f"{decimal(value * 100 / _OF[share[1]])}%" if value is not None else None
    count = _COUNT.fullmatch(name)
    if count is None or measure(count[2]) is None:
        return None
    value = _value(count[1])
    return f"{decimal(value)} {count[2]}" if value is not None else None


def _value(text: str) -> Fraction | None:
    whole, point, rest = text.partition("点")
    if point and not (rest and all(c in _DIGITS for c in rest)):
        return None
    head = _whole(whole)
    if head is None or not point:
        return head
    return head + Fraction(int("".join(str(_DIGITS[c]) for c in rest)), 10 ** len(rest))


def _whole(text: str) -> Fraction | None:
    if not text:
        return None
    if all(c in _DIGITS for c in text):
        return Fraction(int("".join(str(_DIGITS[c]) for c in text)))
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            return None
    return Fraction(total + digit)
