"""Chinese names as they are typed on a Latin keyboard."""

from __future__ import annotations

from functools import cache

from pypinyin import Style, lazy_pinyin


@cache
def filter_text(name: str) -> str:
    """Return what a name is found by: its pinyin, the initials, and the name: yusuan ys 预算."""
    if name.isascii():
        return name
    full = "".join(lazy_pinyin(name))
    return f"{full} {''.join(lazy_pinyin(name, style=Style.FIRST_LETTER))} {name}"
