"""A pattern for folded text as one for text as it is written: full-width signs, letters and digits match too.

Editors match what is in the file, while our lexer folds it first (num.fold).
"""

from __future__ import annotations

import re

from zjrules.num import fold

# Escapes, the openings of groups, counts, and what stands in brackets are read whole; the rest sign by sign.
_PART = re.compile(r"\\.|\(\?(?:<[=!]|[:=!])|\{\d+(?:,\d*)?\}|\[(?:\\.|[^\]\\])+\]|.", re.DOTALL)
_IN_CLASS = re.compile(r"(?:\\.|.)(?:-(?:\\.|[^\\]))?", re.DOTALL)
_META = frozenset("()|?*+.^$")


def _twins() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in range(0x80, 0x10000):
        plain = fold(chr(code))
        if plain != chr(code):
            found[plain] = found.get(plain, "") + chr(code)
    return found


_TWINS = _twins()


def wide(pattern: str) -> str:
    """Return the pattern that matches a text where the given one matches the folded text."""
    return "".join(_part(part) for part in _PART.findall(pattern))


def _part(part: str) -> str:
    if part.startswith("[") and len(part) > 1:
        negated = part.startswith("[^")
        inside = part[2 if negated else 1 : -1]
        return f"[{'^' * negated}{''.join(_range(r) for r in _IN_CLASS.findall(inside))}]"
    if (part.startswith(("(?", "{")) and len(part) > 1) or part in _META:
        return part
    char = part[-1]
    if part.startswith("\\") and (char.isalnum() or char == "\n"):
        return part
    others = _TWINS.get(char, "")
    return f"[{re.escape(char)}{others}]" if others else part


def _range(part: str) -> str:
    if len(part) == 3 and part[1] == "-" and part.isascii():
        return part + "-".join(_TWINS[end][0] for end in (part[0], part[2]))
    if part.startswith("\\") and part[-1].isalnum():
        return part
    if part == "-":
        return "\\-" + _TWINS["-"]
    return part + "".join(_TWINS.get(char, "") for char in part if char != "\\" and (part == char or len(part) == 2))
