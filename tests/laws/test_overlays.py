"""Amendments: a change and its inverse give the base, disjoint ones commute, colliding ones are refused in any order."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from attrs import evolve, frozen
from books import OVERLAY
from hypothesis import given, settings
from hypothesis import strategies as st

from zjrules.build import the_parser
from zjrules.canonical import consolidated_text
from zjrules.inout.asset import asset, standard
from zjrules.overlay.clauses import ref_of
from zjrules.overlay.consolidate import consolidated
from zjrules.overlay.place import group_of
from zjrules.overlay.whole import Entry, Whole, key_of, whole
from zjrules.read.book import read
from zjrules.span import Source
from zjrules.syntax import decl as sd

FIRST, SECOND = "自 2026-01-01 起施行", "自 2026-02-01 起施行"
WHY = '依据 "文 2"'


def _read(name: str, text: str) -> sd.File:
    file, problems = read(Source(name, text), the_parser())
    assert not [p for p in problems if p.is_error], (text, [p.message for p in problems])
    return file


def _base() -> list[sd.File]:
    files = []
    for path in sorted((asset("rules") / "zhanjiang" / "2025").glob("*.zj")):
        text = path.read_text("utf-8").replace("  语言 1\n", "  语言 1\n  可调\n")
        files.append(_read(path.name, text))
    return files


BASE = _base()
SHARED = [_read(p.name, p.read_text("utf-8")) for p in standard()]
BOOK = whole(BASE)


@frozen
class Edit:
    """An amendment and what undoes it, both without their day; key: the declaration that they are about."""

    key: tuple[str, ...]
    do: str
    undo: str


# ---------- every edit that the book admits ----------


def _edits() -> Iterator[Edit]:
    for place, entry in enumerate(BOOK.entries):
        decl, key = entry.decl, entry.key
        match decl:
            case sd.Param(name=name):
                yield Edit(key, f"修改 参数 「{name.text}」 = 1 {WHY}", f"修改 {decl.span.text}")
            case sd.FactDecl(name=name):
                yield Edit(key, f"修改 事实 「{name.text}」 : 数 {WHY}", f"修改 {decl.span.text} {WHY}")
            case sd.LedgerDecl(name=name, columns=columns):
                first = columns[0]
                head = f"修改 明细 「{name.text}」 的"
                yield Edit(key, f"{head} 列名 「{first.name.text}」 : 数 {WHY}", f"{head} {first.span.text} {WHY}")
                column = f"明细 「{name.text}」 的 列名"
                yield Edit(key, *_renaming(column, columns[-1].name.text))
            case sd.Group(name=name, points=points):
                head = f"修改 {key[0]} 「{name.text}」 的 分值"
                yield Edit(key, f"{head} 99 分 {WHY}", f"{head} {points.span.text} {WHY}")
            case sd.CheckDecl(title=title):
                yield Edit(key, f"删除 校验 {title.span.text} {WHY}", f"新增 {decl.span.text} {WHY}")
            case sd.Indicator():
                yield from _of_indicator(decl, place)
        if key[0] in ("参数", "事实", "明细", "指标", "一级指标", "二级指标"):
            yield Edit(key, *_renaming(key[0], key[1]))


def _renaming(kind: str, name: str) -> tuple[str, str]:
    return f"更名 {kind} 「{name}」 为 「{name}新」 {WHY}", f"更名 {kind} 「{name}新」 为 「{name}」 {WHY}"


def _of_indicator(decl: sd.Indicator, place: int) -> Iterator[Edit]:
    key = key_of(decl)
    inside = f"指标 「{decl.name.text}」 的"
    yield Edit(key, f"修改 {inside} 分值 99 分 {WHY}", f"修改 {inside} 分值 {decl.points.span.text} {WHY}")
    for ref in dict.fromkeys(ref_of(c) for c in decl.clauses):
        texts = "\n".join(c.span.text for c in decl.clauses if ref_of(c) == ref)
        called = f"{'得分' if ref.kind == '算法' else ref.kind} {ref.name}"
        yield Edit(key, f"删除 {inside} {called} {WHY}", f"新增 {inside} {texts} {WHY}")
        if ref.kind == "算法":
            yield Edit(key, f"修改 {inside} 得分 0 分 {WHY}", f"修改 {inside} {texts} {WHY}")
    whole_ = decl.span.text
    yield Edit(key, f"修改 指标 「{decl.name.text}」 1 分 {WHY} 得分 满分", f"修改 {whole_} ")
    yield Edit(key, f"删除 指标 「{decl.name.text}」 {WHY}", f"新增 {whole_} {_where(place)}")


def _where(place: int) -> str:
    """Return where an indicator must be put back."""
    before = [e for e in BOOK.entries[:place] if isinstance(e.decl, sd.Indicator | sd.Group)]
    after = [e for e in BOOK.entries[place + 1 :] if isinstance(e.decl, sd.Indicator | sd.Group)]
    if isinstance(before[-1].decl, sd.Indicator):
        return f"列在 「{before[-1].key[1]}」 之后"
    if after and isinstance(after[0].decl, sd.Indicator):
        return f"列在 「{after[0].key[1]}」 之前"
    return f"归入 「{group_of(BOOK.entries, place)}」"


EDITS = list(_edits())


def disjoint(edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits of which no two are about one declaration, nor about neighbours that say where another goes."""
    found: dict[tuple[str, ...], Edit] = {}
    for edit in edits:
        found.setdefault(edit.key, edit)
    removed = [e.key for e in found.values() if e.do.startswith("删除 指标 「") and "的" not in e.do.split("」")[1]]
    # What is put back says beside what, by the name that this has on the day.
    beside = {n for e in found.values() for n in re.findall(r"(?:列在|归入) 「(.+?)」", e.undo)}
    moved = {e.key for e in found.values() if e.do.startswith("更名") and e.key[1] in beside}
    return [e for e in found.values() if e.key not in removed[1:] and e.key not in moved]


several = st.lists(st.sampled_from(EDITS), min_size=1, max_size=8).map(disjoint)


# ---------- what is compared ----------


UNORDERED = ("令", "随")


def _without_basis(decl: sd.Declared) -> sd.Declared:
    """Return a declaration without 依据, of which an amendment leaves its own; 令 and 随 are put in order."""
    if isinstance(decl, sd.Indicator):
        named = sorted((c for c in decl.clauses if ref_of(c).kind in UNORDERED), key=lambda c: str(ref_of(c)))
        others = [c for c in decl.clauses if ref_of(c).kind not in UNORDERED]
        decl = evolve(decl, clauses=(*named, *others), parts=tuple(evolve(p, basis=()) for p in decl.parts))
    if isinstance(decl, sd.LedgerDecl):
        decl = evolve(decl, columns=tuple(evolve(c, basis=()) for c in decl.columns))
    return evolve(decl, basis=())


def content(entries: Sequence[Entry]) -> tuple[dict[tuple[str, ...], sd.Declared], list[tuple[str, ...]]]:
    """Return declarations by name, and the order of what has one."""
    outline = [e.key for e in entries if isinstance(e.decl, sd.Indicator | sd.Group)]
    return {e.key: _without_basis(e.decl) for e in entries}, outline


def amended(files: Sequence[str], as_of: date | None = None) -> tuple[Whole, list[str]]:
    """Return the book as files of amendments make it, and what is wrong."""
    texts = [OVERLAY, *files]
    own = [_read(f"修改{i}.zj", t) for i, t in enumerate(texts)]
    found, problems = consolidated([BASE, own], SHARED, as_of)
    return found, [d.code.number for d in problems]


def _on(day: str, texts: Sequence[str]) -> list[str]:
    return [f"{t}\n{day}\n" for t in texts]


# ---------- laws ----------


@pytest.mark.parametrize("edit", EDITS, ids=lambda e: e.do[:40])
def test_each_change_is_undone_by_its_inverse(edit: Edit) -> None:
    there, said = amended(_on(FIRST, [edit.do]))
    assert said == []
    assert content(there.entries) != content(BOOK.entries)
    back, said = amended([*_on(FIRST, [edit.do]), *_on(SECOND, [edit.undo])])
    assert said == []
    assert content(back.entries) == content(BOOK.entries)


@given(several)
@settings(max_examples=40, deadline=None)
def test_changes_are_undone_together(edits: list[Edit]) -> None:
    files = [*_on(FIRST, [e.do for e in edits]), *_on(SECOND, [e.undo for e in edits])]
    back, said = amended(files)
    assert said == []
    assert content(back.entries) == content(BOOK.entries)


@given(several, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_disjoint_amendments_commute(edits: list[Edit], rng: random.Random) -> None:
    texts = _on(FIRST, [e.do for e in edits])
    first, said = amended(["".join(texts)])
    assert said == []
    rng.shuffle(texts)
    cut = rng.randint(0, len(texts))
    again, said = amended(["".join(texts[:cut]), "".join(texts[cut:])])
    assert said == []
    assert content(again.entries) == content(first.entries)
    assert {e.key: e.decl for e in again.entries} == {e.key: e.decl for e in first.entries}


@given(st.sampled_from(EDITS), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_what_collides_is_refused_in_any_order(edit: Edit, rng: random.Random) -> None:
    others = [e.do for e in EDITS if e.key == edit.key and e.do.split()[0] in ("修改", "删除")]
    if edit.do.startswith("更名"):
        return
    wipe = f"删除 {edit.key[0]} " + (f'"{edit.key[1]}"' if edit.key[0] == "校验" else f"「{edit.key[1]}」") + f" {WHY}"
    texts = _on(FIRST, [wipe, rng.choice(others)])
    rng.shuffle(texts)
    assert "ZJ4106" in amended(texts)[1]


@given(several)
@settings(max_examples=12, deadline=None)
def test_the_text_of_a_consolidated_book_reads_to_the_same_book(edits: list[Edit]) -> None:
    found, _ = amended(_on(FIRST, [e.do for e in edits]))
    text = consolidated_text(found, "全文")  # raises Changed where it reads to another one
    assert "沿用" not in text.replace("# ", "").split("\n\n", 1)[1].split("说明")[0]
    again = whole([_read("全文.zj", text)])
    assert [e.decl for e in again.entries] == [e.decl for e in found.entries]


@given(several)
@settings(max_examples=10, deadline=None)
def test_before_its_day_nothing_is_changed(edits: list[Edit]) -> None:
    found, said = amended(_on(FIRST, [e.do for e in edits]), date(2025, 12, 31))
    assert said == []
    assert [e.decl for e in found.entries] == [e.decl for e in BOOK.entries]
