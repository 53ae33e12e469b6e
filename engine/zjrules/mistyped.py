"""What a clerk probably meant by a fact that cannot be read: one line of help for each usual slip."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from zjrules import numeral
from zjrules.num import MAX_DIGITS
from zjrules.unit import measure

_YES, _NO = frozenset("对yY1✔☑"), frozenset("错nN0✘☐")
_TRUTH = {**dict.fromkeys(_YES, "是"), **dict.fromkeys(_NO, "否"), "yes": "是", "no": "否", "正确": "是", "错误": "否"}
# Spreadsheets count days from 1899-12-30 (ECMA-376 Part 1, 18.17.4.1); these serials are 2000 to 2059.
_EPOCH, _SERIALS = date(1899, 12, 30), range(36526, 58440)


def number(text: str, sample: str) -> str:
    """Return the help for a number that cannot be read; sample shows how one is written."""
    if sum(c.isdigit() for c in text) > MAX_DIGITS:
        return f"超过 {MAX_DIGITS} 位，核对是否多粘贴了数字"
    for pattern, say in _NUMBERS:
        match = re.search(pattern, text)
        if match:
            return say.format(m=match, sample=sample) if isinstance(say, str) else say(match, sample)
    return f"写成数和单位，例如「{sample}」"


def truth(text: str) -> str:
    """Return the help for a 是否 that is neither."""
    likely = _TRUTH.get(text.lower())
    return f"写成「{likely}」" if likely else "写成 是 或 否"


def day(text: str) -> str:
    """Return the help for a date that cannot be read."""
    # Not isdigit: that takes ❶ and ² too, which are no numbers.
    if text.isdecimal() and len(text) < MAX_DIGITS and int(text) in _SERIALS:
        return f"像是表格里的日期序号；是不是 {_EPOCH + timedelta(days=int(text))}？"
    if re.fullmatch(r"\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?", text):
        return "补上年份，写成 2025-05-30"
    return "写成 2025-05-30"


def _unit(match: re.Match[str], sample: str) -> str:
    value, unit = match[1].strip(), match[2].strip()
    if measure(unit) is not None:
        return f"写成数和单位，例如「{sample}」"
    own = sample.rsplit(maxsplit=1)[-1] if " " in sample else "%"
    hint = "元」或「" + value + " 万元" if own.endswith("元") else own
    return f"认不出单位「{unit}」；写成「{value} {hint}」"


def _chinese(match: re.Match[str], sample: str) -> str:
    meant = numeral.digits(match[0])
    return f"写成「{meant}」" if meant else f"用阿拉伯数字写，例如「{sample}」"


def _blank(_: re.Match[str], sample: str) -> str:
    unit = sample.rsplit(maxsplit=1)[-1].removeprefix("万") if " " in sample else "%"
    return f"确实是零就写「0 {unit}」；不知道就留空，或写「缺失」".replace("0 %", "0%")


def _grouped(match: re.Match[str], _: str) -> str:
    return f"逗号每三位一个，或不写：{match[0].replace(',', '')}"


_NUMBERS: tuple[tuple[str, str | Callable[[re.Match[str], str], str]], ...] = (
    (r"^#(?:REF|DIV/0|N/A|VALUE|NAME|NUM|NULL)[!?]?$|^#+$", "这是表格里的错误值；回到原表改好再填"),
    (r"^=|\d\s*[-+*/×÷]\s*\d", "只写算好的数，不写式子，例如「{sample}」"),
    (r"^[-—–/无没\s]+有?$", _blank),
    (r"^[约近超逾]|左右$|以[上下]$", "写确切的数，例如「{sample}」"),
    (r"^([¥￥$])\s*([\d,.]+)$", "去掉「{m[1]}」，写成「{m[2]} 元」"),
    (r"^(\d+)。(\d+.*)$", "小数点用「.」：{m[1]}.{m[2]}"),
    (r"^[\d.]+[eE][-+]?\d+", "写成普通的数，例如「{sample}」"),
    (r"^[\d,]*,[\d,]*\d(.*)$", _grouped),
    (r"^[零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟万亿点]+[^\d]*$", _chinese),
    (r"^(-?\d+(?:,\d{3})*(?:\.\d+)?)\s*([^\d\s]{1,4})$", _unit),
)
