"""A dossier as a workbook: 总览, 各单位, 各条文, 跨档."""

from __future__ import annotations

from collections.abc import Iterator

from zjrules.dossier import words
from zjrules.dossier.dossier import Dossier, Share, Unit
from zjrules.inout.workbook.sheets import Sheet, Value, workbook

_UNIT = ("单位", "旧总分", "新总分", "差额", "旧等级", "新等级", "旧名次", "新名次")


def xlsx(found: Dossier) -> bytes:
    """Return a dossier as a workbook; equal dossiers give equal bytes."""
    clauses = [f"条文 {i}" for i in range(1, len(found.shares) + 1)]
    units = ([*_row(u), *(u.parts or ())] for u in found.units)
    known = bool(found.attributed)
    shares = (_clause(i, s, known) for i, s in enumerate(found.shares, 1))
    crossing = (_row(u) for u in found.crossing)
    return workbook(
        (
            Sheet("总览", ("项目", "数", "说明"), list(_overview(found)), (24, 12, 90)),
            Sheet("各单位", (*_UNIT, *clauses), units, (28,)),
            Sheet("各条文", ("条文", "改了什么", "合计（分）", "平均（分）", "增（个）", "减（个）", "备注"), shares, (8, 80)),
            Sheet("跨档", _UNIT, crossing, (28,)),
        )
    )  # fmt: skip


def _clause(number: int, found: Share, known: bool) -> list[Value]:
    if not known:
        return [number, words.said(found.change)]
    note = "" if found.felt else words.NOBODY
    return [number, words.said(found.change), found.sum, found.mean, found.gain, found.lose, note]


def _overview(found: Dossier) -> Iterator[list[Value]]:
    yield ["规则", None, words.title(found)]
    yield ["单位", len(found.units), words.counted(found)]
    for name, number in (
        ("两边已算", len(found.settled)), ("至少一边未定", len(found.open)), ("没有算", found.aside), ("升", len(found.winners)),
        ("降", len(found.losers)), ("跨等级", len(found.crossing)),
    ):  # fmt: skip
        yield [name, number]
    if found.settled:
        yield ["平均差额（分）", words.mean(found)]
    for text in (words.basis(found), words.how(found), *words.apart(found)):
        yield ["说明", None, text]
    for (old, new), number in sorted(found.grades.items()):
        yield [f"等级：{words.grade(old)} → {words.grade(new)}", number]


def _row(unit: Unit) -> list[Value]:
    totals: list[Value] = [s.total if s.total is not None else words.total(s) for s in (unit.old, unit.new)]
    return [
        unit.name,
        *totals,
        unit.change,
        words.grades(unit.old),
        words.grades(unit.new),
        unit.old.rank,
        unit.new.rank,
    ]
