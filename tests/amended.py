"""zhanjiang/2025 with edits: what a finance bureau does from one year to the next, as text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from zjrules.build import build
from zjrules.inout.asset import standard
from zjrules.library import drawn_on
from zjrules.span import Source
from zjrules.term.rule import Program

BOOK = Path(__file__).parent.parent / "rules/zhanjiang/2025"
Edit = tuple[str, str, str]
"""A file, what stands in it once, and what is to stand there."""


@cache
def library() -> tuple[Source, ...]:
    """Return the standard words and facts."""
    return tuple(Source(f"{p.parent.name}/{p.name}", p.read_text("utf-8")) for p in standard())


@cache
def amended(folder: str, edits: tuple[Edit, ...] = ()) -> Program:
    """Return the program of zhanjiang/2025 with some edits made, under the name of another folder; it must be clean."""
    texts = {p.name: p.read_text("utf-8") for p in sorted(BOOK.glob("*.zj"))}
    for file, old, new in edits:
        if not old:  # at the end
            texts[file] += f"\n{new}\n"
            continue
        assert texts[file].count(old) == 1, (file, old)
        texts[file] = texts[file].replace(old, new)
    own = [Source(f"{folder}/{name}", text) for name, text in texts.items()]
    drawn, spare = drawn_on(own, library())
    found, problems = build(own, drawn, spare)
    assert found is not None, [(d.message, str(d.labels[0].span) if d.labels else "") for d in problems if d.is_error]
    return found.program


def edits_of(text: str) -> tuple[tuple[Edit, ...], tuple[Edit, ...]]:
    """Return the edits of both years and of the new one alone from a golden block.

    An edit is a line 改 FILE (both years: 两年改 FILE), what stands there, a line 成, and what is to stand there.
    """
    both: list[Edit] = []
    own: list[Edit] = []
    for part in text.split("\n+++\n"):
        head, _, rest = part.partition("\n")
        found = re.fullmatch(r"(两年)?改 (\S+)", head)
        assert found, head
        old, _, new = f"\n{rest}\n".partition("\n成\n")
        edit = (found[2], old.strip("\n"), new.strip("\n"))
        both += [edit] if found[1] else []
        own.append(edit)
    return tuple(both), tuple(own)
