"""What a spreadsheet makes of formula texts: a small reader and three kinds of arithmetic, sharing nothing with the engine."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

TOKEN = re.compile(r'\s*(?:("(?:[^"]|"")*")|([^\W\d_]+![A-Z]+\d+)|(\d+)|([A-Z]+)|(<=|>=|<>|[-+*/(),<>=]))')
LEVELS: tuple[tuple[str, ...], ...] = (("=", "<>", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"))
Tree = tuple[str, Any]


def parsed(text: str) -> Tree:
    """Read a formula by the precedence of spreadsheets, from left to right."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match, text[at:]
        kind = ("text", "cell", "number", "name", "mark")[(match.lastindex or 1) - 1]
        tokens.append((kind, match[match.lastindex or 0]))
        at = match.end()
    tree, rest = _level(tokens, 0)
    assert not rest, (text, rest)
    return tree


def _level(tokens: Sequence[tuple[str, str]], level: int) -> tuple[Tree, Sequence[tuple[str, str]]]:
    if level == len(LEVELS):
        return _atom(tokens)
    left, tokens = _level(tokens, level + 1)
    while tokens and tokens[0][0] == "mark" and tokens[0][1] in LEVELS[level]:
        op = tokens[0][1]
        right, tokens = _level(tokens[1:], level + 1)
        left = ("call", (op, [left, right]))
    return left, tokens


def _atom(tokens: Sequence[tuple[str, str]]) -> tuple[Tree, Sequence[tuple[str, str]]]:
    (kind, text), rest = tokens[0], tokens[1:]
    if kind == "text":
        return ("text", text[1:-1].replace('""', '"')), rest
    if kind in ("cell", "number"):
        return (kind, text), rest
    if kind == "mark" and text == "-":
        inner, rest = _atom(rest)
        return ("call", ("-", [("number", "0"), inner])), rest
    if kind == "mark":
        assert text == "("
        inner, rest = _level(rest, 0)
        assert rest[0][1] == ")"
        return inner, rest[1:]
    if not rest or rest[0][1] != "(":
        return ("truth", text == "TRUE"), rest
    args: list[Tree] = []
    rest = rest[1:]
    while rest[0][1] != ")":
        arg, rest = _level(rest[1:] if rest[0][1] == "," else rest, 0)
        args.append(arg)
    return ("call", (text, args)), rest[1:]


def nested(tree: Tree) -> int:
    """Return how deep the calls of a formula are nested."""
    kind, what = tree
    return 1 + max((nested(a) for a in what[1]), default=0) if kind == "call" else 0


# ---------- arithmetic ----------


class Exact:
    """Rationals: what a formula means."""

    number: Callable[[Any], Any] = staticmethod(Fraction)

    def whole(self, x: Any) -> Any:
        return Fraction(math.floor(x))

    def order(self, a: Any, b: Any) -> int:
        return int(a > b) - int(a < b)

    def minus(self, a: Any, b: Any) -> Any:
        return a - b


class Double(Exact):
    """IEEE doubles as they are."""

    number = staticmethod(float)

    def whole(self, x: float) -> float:
        return float(math.floor(x))


class Fifteen(Double):
    """Doubles as Excel and LibreOffice take them: compared, taken from each other and cut off by 15 significant digits."""

    def whole(self, x: float) -> float:
        return float(math.floor(float(f"{x:.15g}")))

    def order(self, a: float, b: float) -> int:
        return super().order(float(f"{a:.15g}"), float(f"{b:.15g}"))

    def minus(self, a: float, b: float) -> float:
        return 0.0 if self.order(a, b) == 0 else a - b


KINDS = (Exact(), Double(), Fifteen())


class Workbook:
    """Cells by address: values, and formulas that are worked out when asked for. None is an error."""

    def __init__(self, values: Mapping[str, int | str], formulas: Mapping[str, str], kind: Exact) -> None:
        self._kind = kind
        self._formulas = formulas
        self._known: dict[str, Any] = {k: v if isinstance(v, str) else kind.number(v) for k, v in values.items()}

    def cell(self, address: str) -> Any:
        if address not in self._known:
            self._known[address] = self.value(parsed(self._formulas[address]))
        return self._known[address]

    def value(self, tree: Tree) -> Any:
        kind, what = tree
        match kind:
            case "number":
                return self._kind.number(int(what))
            case "text" | "truth":
                return what
            case "cell":
                return self.cell(what)
        name, args = what
        if name == "IF":
            test = self.value(args[0])
            assert test is None or isinstance(test, bool)
            return None if test is None else self.value(args[1] if test else args[2])
        values = [self.value(a) for a in args]
        return None if name == "NA" or None in values else self._call(name, values)

    def _call(self, name: str, v: list[Any]) -> Any:
        if name in LEVELS[0]:
            if isinstance(v[0], bool):
                return (v[0] is v[1]) == (name == "=")
            assert not isinstance(v[0], str) and not isinstance(v[1], str | bool)
            order = self._kind.order(v[0], v[1])
            return {"=": order == 0, "<>": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0}.get(
                name, order >= 0
            )
        if name in ("AND", "OR", "NOT", "EXACT", "ISNUMBER"):
            assert name in ("EXACT", "ISNUMBER") or all(isinstance(x, bool) for x in v)
            if name == "ISNUMBER":
                return not isinstance(v[0], str | bool)
            return {"AND": all(v), "OR": any(v), "NOT": not v[0], "EXACT": v[0] == v[-1]}[name]
        assert all(not isinstance(x, str | bool) for x in v), (name, v)
        for x in v:
            assert abs(x) < 10**15, "more than 15 digits"
        return self._count(name, v)

    def _count(self, name: str, v: list[Any]) -> Any:
        match name:
            case "+":
                return v[0] + v[1]
            case "-":
                return self._kind.minus(v[0], v[1])
            case "*":
                return v[0] * v[1]
            case "/":
                return v[0] / v[1] if v[1] else None
            case "INT":
                return self._kind.whole(v[0])
            case "SIGN":
                return self._kind.number((v[0] > 0) - (v[0] < 0))
            case "ABS":
                return abs(v[0])
        return {"MAX": max, "MIN": min}[name](v)
