"""Numbers, dates and bounds as clerks type them: what to say when the grammar did not take them."""

from __future__ import annotations

import re

from zjrules import numeral
from zjrules.diag import Code, Diagnostic, Edit, Fix, at
from zjrules.num import fold
from zjrules.read.build_expr import BROKEN_NUMBER, chinese_share
from zjrules.read.spot import Spot
from zjrules.unit import measure

VAGUE_BOUND = Code("ZJ1015", "vague-bound")

_VAGUE = re.compile(r"(?P<unit>.*?)(?P<word>以上|以下|以内|之内|以外)")


def number(spot: Spot) -> Diagnostic | None:
    """Find 1，200 and 1,2000 and 3。5 and 百分之五 and 5月30日."""
    token, before, after = spot.token(), spot.token(-1), spot.token(1)
    if token is None:
        return None
    if numeral.is_share(spot.written(token)):
        return chinese_share(spot.span(token))
    if before is None or before.type != "QUANTITY":
        return None
    if token.type == "_COMMA" and after is not None and after.type == "QUANTITY":
        return _grouped(spot)
    if token.type != "QUANTITY":
        return None
    span = spot.span(before).to(spot.span(token))
    between = spot.source.text[before.end_pos : token.start_pos]
    if between == "。":
        fix = Fix("小数点改用「.」", (Edit(span, span.text.replace("。", ".")),))
        return at(BROKEN_NUMBER, span, f"「{span.text}」里的句号不是小数点", "小数点请用「.」", fix=fix)
    if re.fullmatch(r"\d{1,2}\s*月\s*\d{1,2}\s*日", fold(span.text)):
        help_ = f"写上哪一年：2026 年 {span.text}，或 当年{span.text}、次年{span.text}"
        return at(BROKEN_NUMBER, span, f"「{span.text}」没有年份", help_)
    return None


def _grouped(spot: Spot) -> Diagnostic | None:
    before, after = spot.token(-1), spot.token(1)
    assert before is not None and after is not None
    span = spot.span(before).to(spot.span(after))
    text = fold(span.text)
    if re.match(r"\d{1,3}(?:，\d{3})+(?!\d)", text):
        fix = Fix("逗号改用半角「,」", (Edit(span, text.replace("，", ",")),))
        return at(BROKEN_NUMBER, span, f"「{span.text}」是一个数吗？", "数里的逗号要用半角「,」，或不写", fix=fix)
    if spot.adjacent(0) and spot.adjacent(1) and text[0].isdigit():
        help_ = f"逗号每三位一个，或不写：{re.sub('[,，]', '', text)}"
        return at(BROKEN_NUMBER, span, f"「{span.text}」是一个数吗？", help_)
    return None


def vague(spot: Spot) -> Diagnostic | None:
    """90 分以上: the real tables are ambiguous here, so the language asks."""
    for offset in (0, -1, 1):
        token = spot.token(offset)
        match = _VAGUE.fullmatch(spot.written(token)) if token is not None and token.type == "NAME" else None
        before = spot.token(offset - 1)
        if token is None or match is None or (match["unit"] and measure(match["unit"]) is None):
            continue
        counted = before is not None and before.type == "QUANTITY"
        value = f"{before} {match['unit']}".strip() if counted and match["unit"] else str(before) if counted else "x"
        low = match["word"] in ("以上", "以外")
        kept, left = ("不低于", "超过") if low else ("不超过", "低于")
        span = spot.span(before).to(spot.span(token)) if counted and before is not None else spot.span(token)
        help_ = f"含这个数写「{kept} {value}」，不含写「{left} {value}」"
        written = f"{kept} {value}"
        fix = Fix(f"写成「{written}」", (Edit(span, written),), safe=False) if counted else None
        return at(VAGUE_BOUND, span, f"「{match['word']}」没有说清含不含这个数", help_, fix=fix)
    return None


def dashed_range(spot: Spot) -> Diagnostic | None:
    """80%-90% where a band begins: a dash is a minus sign. 80% 至 90% has no dash, and lacks 介于 as well."""
    token, last = spot.token(), spot.token(2)
    if token is None or last is None or "_BETWEEN" not in spot.slip.accepts:
        return None
    if (token.type, last.type) != ("QUANTITY", "QUANTITY") or spot.kind(1) not in ("MINUS", "_UPTO"):
        return None
    span = spot.span(token).to(spot.span(last))
    text = f"介于 {token} 至 {last}"
    fix = Fix(f"写成「{text}」", (Edit(span, text),))
    wrong = "会读成相减" if spot.kind(1) == "MINUS" else "前面缺「介于」"
    return at(VAGUE_BOUND, span, f"「{span.text}」{wrong}", f"写成「{text}」，两头都含；不含的写「（不含）」", fix=fix)
