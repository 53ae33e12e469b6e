"""What must not matter: order, width, layout, comments, and whether money is written in 元 or 万元."""

from __future__ import annotations

import random
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from books import FACTS, VALUES, Made, book, compiled, everything, facts, head, made, parse
from chinese_calendar import is_workday
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.exact.total import score
from zjrules.fit import fit
from zjrules.inout import factfile
from zjrules.inout.asset import asset
from zjrules.inout.calendar import work_calendar
from zjrules.num import fixed
from zjrules.project import load
from zjrules.ruleset import RuleSet
from zjrules.span import Source
from zjrules.unit import Scalar

BOOKS = sorted((asset("rules")).rglob("*.zj"))
_STRING = re.compile(r'"[^"\n]*"|“(?:[^“”\n]|“[^“”\n]*”)*”|《[^》\n]*》|#[^\n]*|「[^」\n]*」')


def outside_strings(text: str, change: str) -> str:
    """Change the width of what stands outside strings, names in 「」 and comments."""
    out, last = [], 0
    widen = {c: c + 0xFEE0 for c in range(0x21, 0x7F) if chr(c) not in ',"'}
    for match in _STRING.finditer(text):
        out += [
            text[last : match.start()].translate(widen) if change == "wide" else text[last : match.start()],
            match[0],
        ]
        last = match.end()
    tail = text[last:]
    return "".join([*out, tail.translate(widen) if change == "wide" else tail])


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.name)
def test_full_width_and_half_width_give_the_same_tree(path: Path) -> None:
    text = path.read_text("utf-8")
    wide = outside_strings(text, "wide")
    assert wide != text
    assert parse(wide)[0].decls == parse(text)[0].decls


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.name)
def test_layout_and_comments_do_not_matter(path: Path) -> None:
    text = path.read_text("utf-8")
    rng = random.Random(7)
    tokens = re.findall(r'"[^"\n]*"|“(?:[^“”\n]|“[^“”\n]*”)*”|《[^》\n]*》|#[^\n]*|「[^」\n]*」|[^\s"“《#「]+', text)
    blanks = [" ", "\n", "  \n    "]
    # A number and its unit are one token, so only blanks may come between them.
    glued = "".join(
        t + ("\n" if t.startswith("#") else rng.choice(blanks if t[-1].isdigit() else [*blanks, "\n# 注\n"]))
        for t in tokens
    )
    assert parse(glued)[0].decls == parse(text)[0].decls


@settings(max_examples=80, deadline=None)
@given(made(), everything, st.randoms())
def test_order_of_clauses_and_facts_does_not_matter(m: Made, values: dict[str, Scalar], rng: random.Random) -> None:
    clauses = re.split(r"\n(?=(?:得分|分档|判定|清单|扣分|限于|不适用) )|\n(?=扣分|清单|判定)", m.text)
    rng.shuffle(clauses)
    declared = [line for line in FACTS.strip().splitlines() if line]
    rng.shuffle(declared)
    text = "\n".join(declared) + "\n" + head(4) + "指标 第一 4 分\n" + "\n".join(clauses)
    given_order = dict(rng.sample(sorted(values.items()), len(values)))
    assert score(compiled(text), facts(given_order)).total == score(compiled(book([m])), facts(values)).total


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_yuan_and_wan_yuan_are_the_same_money(fen: int, other: int) -> None:
    found, _ = load("zhanjiang/2025") if not _BOOK else (_BOOK[0], ())
    assert found is not None
    _BOOK[:] = [found]
    totals = []
    for places, scale, unit in ((2, 1, "元"), (6, 10_000, "万元"), (10, 10**8, "亿元")):
        amounts = [fixed(Fraction(n, 100) / scale, places) for n in (fen, other)]
        text = f"单位: 甲\n事实:\n  预算调剂额: {amounts[0]} {unit}\n  年初预算数: {amounts[1]} {unit}\n"
        document, slips = factfile.facts(Source("a.yaml", text))
        assert document is not None
        assert not slips
        fitted, problems = fit(document.raw, found.program.schema, 2025, [])
        assert not problems
        totals.append([s.value for s in score(found.program, fitted).indicators()])
    assert totals[0] == totals[1] == totals[2]


_BOOK: list[RuleSet] = []
assert set(VALUES) <= set(re.findall(r"事实 (\S+)", FACTS))


def test_the_calendar_says_of_every_day_what_its_library_says() -> None:
    found = work_calendar()
    days = set(found.days)
    for ordinal in range(min(found.days), max(found.days) + 1):
        assert (ordinal in days) == is_workday(date.fromordinal(ordinal))
