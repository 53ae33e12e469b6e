"""The patterns of report.yaml: words, ``[甲|乙]`` for one of some, ``{金额}`` for a value, ``…`` for up to 40 characters.

Matching is linear: every stretch between two ``…`` is found by itself (its choices take the longest and are never taken
back), and the stretches are then joined from the end.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from fractions import Fraction
from functools import lru_cache

from attrs import field, frozen

from zjrules.reconcile.flow import Flow, bare
from zjrules.unit import measure

GAP = 40
MOST_GAPS, MOST_CHOICES, MOST_LENGTH = 4, 10, 200
MOST_PLACES = 2000
"""Places of one pattern in one report; a report that is not nonsense has a few."""

_COUNTERS = "个 项 处 次 人 起 例 笔 家 户 辆 套 件 宗 名 份 台 条 篇 场 期 批 只 所 座 间 张 本 块 类 种".split()
_NUMBER = (
    r"(?<![0-9.,])(?:(?<![0-9日月年元%号])[+-])?(?:[0-9]{1,3}(?:[,，][0-9]{3}){1,9}|[0-9]{1,24})(?:\.[0-9]{1,12})?"
    r"(?![.,]?[0-9])"
)
_MONEY = r"(?:百万|千万|百|千|万|亿)?元"
_CHINESE = "[〇零一二三四五六七八九]"
_YEAR = rf"(?<![0-9.])(?:19|20)[0-9]{{2}}(?![0-9])|{_CHINESE}{{4}}(?=年)"
_DAY = r"[0-9]{1,2}[-/.月][0-9]{1,2}(?:日|(?<=[-/.][0-9])|(?<=[-/.][0-9]{2}))"
_CHINESE_DAY = "[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日"
SLOTS = {
    "金额": rf"(?:人民币)?¥?{_NUMBER}(?:\(?{_MONEY}\)?)|¥{_NUMBER}|\({_MONEY}\)[:为是]?{_NUMBER}(?!{_MONEY})|(?<![0-9.,])0(?:\.0{{1,4}})?(?![0-9.,%‰]|[百千万亿个项处次笔]|元)",
    "数": rf"{_NUMBER}(?:万?(?:{'|'.join(_COUNTERS)}))?(?![%‰万亿元]|至[0-9])",
    "率": rf"{_NUMBER}[%‰]",
    "分": rf"{_NUMBER}分(?![钟之别析工类])",
    "年": _YEAR,
    "日期": rf"(?<![0-9])(?:19|20)[0-9]{{2}}[-/.年]{_DAY}|{_CHINESE}{{4}}年{_CHINESE_DAY}",
    "月日": r"(?<![0-9])(?:(?:19|20)[0-9]{2}年)?[0-9]{1,2}月[0-9]{1,2}日",
    "名称": r"[^，。、,;:\"\n ]{2,40}",
    "文号": r"[一-鿿]{1,12}[〔(](?:19|20)[0-9]{2}[〕)]第?[0-9]{1,4}号",
    "字": r"[一-鿿]{1,12}",
}
_POINTS = r"(?<![0-9.,]){}(?:\.0{{1,4}})?分? ?(?![.,][0-9])(?<![0-9](?=[0-9]))"
"""The points of an indicator, as a phrase for each of them has it ({=4}): read over, with the blank before another number."""
UNTAKEN = frozenset({"字"})
"""Slots that match and are not taken as the value."""


@frozen
class Hit:
    """A pattern at a place of a flow: its ends, and the ends and even text of its value."""

    start: int
    end: int
    value: tuple[int, int] = (0, 0)
    text: str = ""


@frozen
class Phrase:
    """A compiled pattern. slot is the kind of value that it takes, '' for none."""

    text: str
    slot: str
    pieces: tuple[str, ...] = field(eq=False, repr=False)
    """The regular expressions between its gaps, compiled when they are first looked for: most are not."""
    literal: str = ""
    """Its longest word: where that is not in a text, the pattern is not."""

    def hits(self, flow: Flow) -> list[Hit]:
        """Return the places of the pattern in order, no value twice, at most MOST_PLACES."""
        if self.literal not in flow.text:
            return []
        chains: list[tuple[int, int, tuple[int, int]]] = []
        for index in range(len(self.pieces) - 1, -1, -1):
            chains = _before(_expression(self.pieces[index]), chains, flow, last=index == len(self.pieces) - 1)
            if not chains:
                return []
        seen: dict[tuple[int, int], Hit] = {}
        for start, end, value in chains:
            # Of several beginnings of one match the last is the nearest.
            seen[value if self.slot else (end, end)] = Hit(start, end, value, flow.text[value[0] : value[1]])
        return sorted(seen.values(), key=lambda h: h.start)[:MOST_PLACES]


@lru_cache(maxsize=4096)
def _expression(piece: str) -> re.Pattern[str]:
    return re.compile(piece)


def _before(
    piece: re.Pattern[str], after: list[tuple[int, int, tuple[int, int]]], flow: Flow, last: bool
) -> list[tuple[int, int, tuple[int, int]]]:
    """Return the places of a piece from which the rest is within reach, with the ends of the whole."""
    starts = [start for start, _, _ in after]
    found = []
    for match in piece.finditer(flow.text):
        own = match.span("v") if "v" in piece.groupindex else (0, 0)
        if last:
            found.append((match.start(), match.end(), own))
        else:
            place = bisect_left(starts, match.end())
            if place == len(starts) or starts[place] - match.end() > GAP:
                continue
            _, end, value = after[place]
            if flow.unbroken(match.end(), starts[place]):
                found.append((match.start(), end, own if own != (0, 0) else value))
        if len(found) > MOST_PLACES:
            break
    return found


# ---------- compiling ----------


_TOKEN = re.compile(
    r"\{([^{}\[\]|]*)\}|\[([^{}\[\]]*)\]|(…+|\.{3,6})|([^{}\[\]|…]+?(?=\.{3}|[{}\[\]|…]|$))|(.)", re.DOTALL
)


@frozen
class Slip:
    """What is wrong with a pattern, and what to do."""

    message: str
    help: str


def compiled(text: str) -> Phrase | Slip:
    """Compile a pattern, or say what is wrong with it."""
    if len(text) > MOST_LENGTH:
        return Slip(f"句式太长，超过 {MOST_LENGTH} 个字", "只写认得出这句话的几个字，中间用 …")
    pieces, slots, words = [""], [], [""]
    firm: set[int] = set()  # the pieces that cannot be empty
    choices, options = 0, [""]
    for token in _TOKEN.finditer(bare_pattern(text)):
        slot, choice, gap, literal, stray = token.groups()
        if stray:
            return Slip(f"「{stray}」没有成对，或套在另一个里面", "{金额} 取一个值，[甲|乙] 任选其一，都不能互相套")
        if slot is not None and re.fullmatch(r"=[0-9./]+", slot):
            pieces[-1] += _POINTS.format(re.escape(slot[1:]))
        elif slot is not None:
            if slot not in SLOTS:
                return Slip(f"没有「{{{slot}}}」这种空", f"可写 {'、'.join(f'{{{s}}}' for s in SLOTS)}")
            taken = slot not in UNTAKEN
            slots += [slot] if taken else []
            pieces[-1] += f"(?P<v>{SLOTS[slot]})" if taken and len(slots) == 1 else f"(?:{SLOTS[slot]})"
        elif choice is not None:
            choices += 1
            options = sorted({bare(o) for o in choice.split("|")}, key=len, reverse=True)
            pieces[-1] += f"(?>{'|'.join(re.escape(o) for o in options)})"
        elif gap:
            pieces.append("")
        else:
            pieces[-1] += re.escape(bare(literal))
            words.append(bare(literal))
        if slot is not None or (choice is not None and "" not in options) or (literal and words[-1]):
            firm.add(len(pieces) - 1)
    if choices > MOST_CHOICES or len(pieces) - 1 > MOST_GAPS:
        return Slip(f"一个句式最多 {MOST_GAPS} 个 … 和 {MOST_CHOICES} 个 [甲|乙]", "分成几个句式写")
    if len(firm) < len(pieces):
        return Slip("… 不能在开头、末尾，也不能连着写", "… 两边都要有字或空")
    return _phrase(text, pieces, slots, words, bool(choices))


def _phrase(text: str, pieces: list[str], slots: list[str], words: list[str], choices: bool) -> Phrase | Slip:
    if len(slots) > 1:
        return Slip("一个句式只取一个值", "别的数用 … 略过，或分成两个句式")
    literal = max(words, key=len)
    if not literal and not choices:
        return Slip("句式里没有一个字", "至少写一个认得出这句话的词")
    return Phrase(text, slots[0] if slots else "", tuple(pieces), literal)


def bare_pattern(text: str) -> str:
    """Return a pattern without blanks and with half-width signs; its own brackets stay as they are."""
    from_wide = str.maketrans("｛｝［］｜", "{}[]|")
    return re.sub(r"\s", "", text.translate(from_wide))


# ---------- values ----------


_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0}


def _spelled(text: str) -> int:
    """Return a number up to 99 in Chinese characters, or digits one by one for a year."""
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[c]) for c in text))


def _plain_date(text: str) -> str:
    if text[0].isdigit():
        parts = re.findall(r"\d+", text)
    else:
        parts = [str(_spelled(p)) for p in re.split("[年月日]", text) if p]
    return "-".join((parts[0], *(p.zfill(2) for p in parts[1:])))


def written(slot: str, text: str) -> str:
    """Return a matched value as a fact file writes it."""
    if slot == "金额":
        before = re.match(r"\((.*?元)\)[:为是]?(.*)", text)  # 支出合计（万元）：5200
        text = f"{before[2]}{before[1]}" if before else text
        plain = text.removeprefix("人民币").replace("，", ",").strip("()").replace("(", "")
        amount = plain.removeprefix("¥")
        return amount if amount.endswith("元") or amount == plain else f"{amount}元"
    if slot in ("数", "率", "分"):
        return text.replace("，", ",")
    if slot == "年":
        return text if text[0].isdigit() else str(_spelled(text))
    if slot == "名称":
        return re.sub(r"\((?:公章|盖章|章)\)$", "", text)
    return _plain_date(text) if slot == "日期" else text


def last_place(text: str) -> Fraction:
    """Return the worth of the last digit of a number as written, in the base unit: 0.01 万元 is 100."""
    match = re.match(r"[+-]?[0-9,]+(?:\.([0-9]+))?\s*(.*)", text)
    if match is None:
        return Fraction(0)
    named = measure(match[2]) if match[2] else None
    scale = named[1] if named else {"%": Fraction(1, 100), "‰": Fraction(1, 1000)}.get(match[2], Fraction(1))
    return scale / Fraction(10 ** len(match[1] or ""))
