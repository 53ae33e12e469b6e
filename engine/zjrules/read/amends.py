"""Amendments as people write them: what to say where a word between the verb and the content is missing."""

from __future__ import annotations

from zjrules.diag import Code, Diagnostic, Edit, Fix, at
from zjrules.read.parser import AMENDING, CLAUSES
from zjrules.read.spot import Spot

UNCLEAR = Code("ZJ1063", "amendment-unclear")

_HEADS = ("_INDICATOR", "_PART", "GROUP1", "GROUP2")


def unclear(spot: Spot) -> Diagnostic | None:
    """Find 修改 指标 甲 得分 … and 修改 权重 = … and 更名 事实 甲 乙 and a day without 自."""
    token, before = spot.token(), spot.token(-1)
    if token is None or before is None:
        return None
    if token.type == "DATE" and spot.kind(1) == "_IN_FORCE":
        fix = Fix("前面写「自」", (Edit(spot.span(token), f"自 {spot.written(token)}"),))
        return at(UNCLEAR, spot.span(token), f"「{spot.written(token)}」前面缺「自」", "写成「自 … 起施行」", fix=fix)
    if spot.chunk.tokens[0].type not in AMENDING:
        return None
    verb = spot.written(spot.chunk.tokens[0])
    if spot.slip.index == 1:
        help_ = f"写成「{verb} 参数 …」「{verb} 事实 …」「{verb} 指标 …」等"
        return at(UNCLEAR, spot.span(token), f"「{verb}」后面要先说是参数、事实、指标还是别的", help_)
    if before.type == "NAME" and spot.kind(-2) in _HEADS and "_OF" in spot.slip.accepts and _clause(spot):
        name = spot.written(before)
        help_ = f"{verb}一句，写「{name} 的 {spot.written(token)} …」；整条写一遍，写「{name} 几分 …」"
        return at(UNCLEAR, spot.span(token), f"「{name}」和「{spot.written(token)}」之间缺「的」", help_)
    if spot.chunk.tokens[0].type == "_RENAME" and "_IS" in spot.slip.accepts and before.type == "NAME":
        help_ = f"写成「{spot.written(before)} 为 {spot.written(token)}」"
        return at(UNCLEAR, spot.span(token), f"「{spot.written(token)}」前面缺「为」", help_)
    return None


def _clause(spot: Spot) -> bool:
    """Return whether a clause begins at the slip: a keyword, or 分值."""
    token = spot.token()
    return token is not None and (token.type in CLAUSES or (token.type == "NAME" and spot.kind(1) == "QUANTITY"))
