"""Names, and the words around them, as clerks type them: what to say when the grammar did not take them."""

from __future__ import annotations

from lark import Token

from zjrules.diag import Code, Diagnostic, Edit, Fix, at
from zjrules.read.build_clause import MISSING_SPACE
from zjrules.read.build_expr import UNKNOWN_UNIT
from zjrules.read.parser import NAMED
from zjrules.read.spot import Spot
from zjrules.span import Span
from zjrules.unit import measure

SIDE_BY_SIDE = Code("ZJ1012", "names-side-by-side")
RESERVED_NAME = Code("ZJ1013", "reserved-name")
ODD_NAME = Code("ZJ1018", "odd-name")


def odd_name(spot: Spot) -> Diagnostic | None:
    """Find a declared name that begins with a digit, or that holds brackets or a dash: 2025年支出, 三公经费(决算)."""
    at_name = 0 if spot.kind() == "QUANTITY" and spot.kind(-1) in NAMED else -1
    if at_name and (spot.kind() not in ("_LPAR", "MINUS", "DIV", "QUANTITY", "NAME") or spot.kind(-2) not in NAMED):
        return None
    if at_name and (not spot.adjacent(0) or spot.kind(-1) != "NAME"):
        return None
    span = spot.run(at_name)
    if span is None or "「" in span.text or (at_name == 0 and not spot.adjacent(1)):
        return None
    fix = Fix(f"写成「{span.text}」", (Edit(span, f"「{span.text}」"),), safe=False)
    why = "名称不能以数字开头" if at_name == 0 else "名称里有符号或数字"
    help_ = f"用到它的地方都写成「{span.text}」；若不是一个名称，中间加空格"
    return at(ODD_NAME, span, f"{why}：{span.text}", help_, fix=fix)


def missing_space(spot: Spot) -> Diagnostic | None:
    """得满分, 每1处问题数, 若x则y: Chinese has no spaces, the language needs them around its words."""
    for offset in (0, -1):
        token = spot.token(offset)
        if token is None or token.type != "NAME" or "「" in token:
            continue
        cut = _splits(spot, token)
        before = spot.token(offset - 1)
        counted = spot.kind(offset - 2) in ("_EACH", "_TAKE", "_GET", "_EVERY")
        if cut is None and offset == 0 and before is not None and before.type == "QUANTITY" and counted:
            units = [n for n in (3, 2, 1) if measure(str(token)[:n]) and len(token) > n]
            if units and before.end_pos == token.start_pos:
                cut = str(token)[: units[0]], str(token)[units[0] :]
        if cut is None:
            continue
        span = spot.span(token)
        joined = " ".join(cut)
        fix = Fix(f"写成「{joined}」", (Edit(span, joined),))
        return at(MISSING_SPACE, span, f"「{token}」中间少一个空格？", f"写成「{joined}」", fix=fix)
    return None


def _splits(spot: Spot, token: Token) -> tuple[str, str] | None:
    """Return a name cut into a keyword that fits here and a rest (得满分 → 得, 满分), or a rest and a keyword."""
    text, here = str(token), token is spot.token()
    for cut in range(1, len(text)):
        head, tail = text[:cut], text[cut:]
        accepted = spot.slip.accepts
        if here and spot.lex.words.get(head) in accepted and spot.lex.words.get(head) != "NAME":
            return head, tail
        if not here and spot.lex.words.get(tail) in accepted and spot.lex.words.get(tail) not in ("_IS", "_OF"):
            return head, tail
    return None


def reserved(spot: Spot) -> Diagnostic | None:
    """Find a keyword where a name must stand."""
    token, before = spot.token(), spot.token(-1)
    if token is None or "NAME" not in spot.slip.accepts or token.type == "NAME" or str(token) not in spot.lex.words:
        return None
    # After a declaration keyword or 令 a name must follow; elsewhere a keyword may well start the next clause.
    if before is None or before.type not in (*NAMED, "_OF", "_TREND", "_GATE"):
        return None
    starts_clause = spot.kind(1) in ("QUANTITY", "_COLON", "EQ")
    if before.type in ("_LET", "_TREND", "_GATE") and not starts_clause:
        return None
    span = spot.span(token)
    quoted = f"「{span.text}」"
    fix = Fix(f"写成 {quoted}", (Edit(span, quoted),))
    return at(RESERVED_NAME, span, f"「{span.text}」是保留词，不能直接作名称", f"用到它的地方都写成 {quoted}", fix=fix)


def times(spot: Spot) -> Diagnostic | None:
    """满分 x 率: a letter for the sign."""
    token = spot.token()
    if token is None or str(token) not in ("x", "X", "乘") or "MUL" not in spot.slip.accepts:
        return None
    span = spot.span(token)
    return at(SIDE_BY_SIDE, span, f"「{token}」不是乘号", "乘号写成「×」或「*」", fix=_as(span, "×"))


def unknown_unit(spot: Spot) -> Diagnostic | None:
    """0 圆: something after a bare number that is no unit."""
    token, before = spot.token(), spot.token(-1)
    if token is None or before is None or (before.type, token.type) != ("QUANTITY", "NAME") or not before[-1].isdigit():
        return None
    span = spot.span(before).to(spot.span(token))
    if "\n" in span.text or len(token) > 3:
        return None
    help_ = f"单位见 zjrules help ZJ1030；若「{token}」是名称，前面加运算符"
    return at(UNKNOWN_UNIT, span, f"认不出「{span.text}」的单位", help_)


def side_by_side(spot: Spot) -> Diagnostic | None:
    """Find two names with nothing between them, or a name that holds a digit."""
    token, before = spot.token(), spot.token(-1)
    if token is None or before is None:
        return None
    span = spot.span(before).to(spot.span(token))
    kinds = (before.type, token.type)
    if spot.adjacent(0) and kinds in (("QUANTITY", "NAME"), ("NAME", "QUANTITY")) and "「" not in span.text:
        fix = Fix(f"写成「{span.text}」", (Edit(span, f"「{span.text}」"),), safe=False)
        help_ = f"名称含数字时写成「{span.text}」；若不是一个名称，中间加空格或运算符"
        return at(ODD_NAME, span, f"「{span.text}」是一个名称，还是数和名称？", help_, fix=fix)
    if kinds != ("NAME", "NAME"):
        return None
    if before.type == "NAME" and spot.kind(-2) in NAMED:
        help_ = f"去掉空格：{before}{token}"
        return at(SIDE_BY_SIDE, span, f"名称「{span.text}」里多了空格？", help_, fix=_as(span, f"{before}{token}"))
    help_ = "中间加运算符；若本是一个名称，去掉空格"
    return at(SIDE_BY_SIDE, span, f"「{before}」和「{token}」之间少了运算符，或名称里多了空格", help_)


def _as(span: Span, text: str) -> Fix:
    return Fix(f"写成「{text}」", (Edit(span, text),), safe=False)
