"""What people write in headings and labels, without what says nothing: numbering, colons, width, units in brackets."""

from __future__ import annotations

import re
from functools import lru_cache

from attrs import frozen

from zjrules.num import fold
from zjrules.spelling import plain_form
from zjrules.unit import unit

_NUMBERING = re.compile(
    r"^(?:[\d一二三四五六七八九十]+[.、．]|[（(][\d一二三四五六七八九十]+[)）]|[①-⑳]|其中[:：]|[—·●★*-]+)+\s*"
)
_ASIDE = re.compile(r"[（(]([^（()）]*)[)）]\s*$")
_NOTE = re.compile(
    r"^(?:注|备注|说明|填表|填报说明|填报人|填表人|制表|审核|复核人|负责人|单位负责人|联系|经办|日期|盖章|例|示例|（例|（示例)"
)
_SIGNATURE = re.compile(
    r"(?:填[表报]人|制表人?|审核人?|复核人|负责人|单位负责人|分管领导|联系人|联系电话|经办人|填[表报]日期)\s*[:：]"
)
TOTALS = frozenset({"合计", "小计", "总计", "共计", "总分"})
STATUS, EVIDENCE = "填报情况", "本表的佐证材料"
CAPTIONS = frozenset({STATUS, EVIDENCE, "出处"})
"""Labels that stand above a ledger's headings."""
UNITLESS = frozenset({"", "-", "—", "——", "/", "无"})


@frozen
class Heading:
    """A heading: its name, the unit written behind it, and which part of a value it is for (佐证, 理由 …; '' the value)."""

    name: str
    unit: str = ""
    part: str = ""
    whole: str = ""
    """The heading as one name, for names that have brackets of their own."""


PARTS = ("佐证", "佐证材料", "理由", "出处", "复核", "复核理由", "不适用")


def bare(text: str) -> str:
    """Return a label without numbering, spaces, quotes and a colon at its end: what two labels are compared by."""
    text = fold(text).replace("\n", "").strip().rstrip(":：")
    return plain_form(_NUMBERING.sub("", text))


@lru_cache(maxsize=4096)
def heading(text: str) -> Heading:
    """Return a heading such as 合同额（万元） or 完成值（佐证） in its parts."""
    folded = fold(text).replace("\n", " ").strip().rstrip(":：").rstrip("*").strip()
    aside = _ASIDE.search(folded)
    whole = plain_form(folded)
    if aside is None:
        return Heading(whole, whole=whole)
    name, inside = plain_form(folded[: aside.start()]), aside[1].strip()
    if inside in PARTS:
        return Heading(name, part="佐证" if inside == "佐证材料" else inside, whole=whole)
    inside = inside.removeprefix("单位").lstrip(":： ")
    return Heading(name, inside if unit(inside) is not None else "", whole=whole)


def is_note(text: str) -> bool:
    """Return whether a text is a remark under or above a table, or a line for signatures."""
    return _NOTE.match(fold(text).strip().lstrip("*※")) is not None or len(text) > _LONGEST_NAME


_LONGEST_NAME = 60


def is_signature(text: str) -> bool:
    """Return whether a text is a place for a name under a table: 填表人：…"""
    return _SIGNATURE.match(fold(text).strip()) is not None


def is_total(text: str) -> bool:
    """Return whether a row's label says that it sums up others."""
    return bare(text) in TOTALS


def caption_unit(text: str) -> str:
    """Return the unit that a caption such as 单位：万元 gives a whole table; '' where it is none."""
    match = re.search(r"单位\s*[:：]\s*(?:人民币\s*)?([^\s，,；;、）)]+)", fold(text))
    return match[1] if match is not None and unit(match[1]) is not None else ""
