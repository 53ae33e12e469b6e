"""Lark trees of what overlays are made with: names of clauses, 可调, 自 … 起施行, 突破 and places."""

from __future__ import annotations

from collections.abc import Iterable

from lark import Token, Tree

from zjrules.diag import Code, at
from zjrules.read.build_clause import Branch, branches
from zjrules.read.build_expr import Builder, Node
from zjrules.syntax import expr as sx
from zjrules.syntax import mark as mk

ODD_ASPECT = Code("ZJ1061", "odd-aspect")

POINTS = "分值"
NAMES = ("adjustable", "since", "breach", "placed", "into")
"""The trees of these clauses."""
_KINDS = {
    "ref_let": "令", "ref_trend": "随", "ref_base": "算法", "ref_deduct": "扣分", "ref_clamp": "限于", "ref_na": "不适用",
    "ref_gate": "须佐证", "ref_rounding": "舍入", "ref_accept": "认可", "ref_note": "说明", "ref_number": "编号",
    "ref_part": "分项", "ref_points": POINTS, "ref_full": "满分", "ref_grade": "等级",
}  # fmt: skip


def ref(b: Builder, t: Branch) -> mk.Ref:
    """Return what a clause is called."""
    kind = str(t.data)
    named = b.ident(t.children[0]) if kind in ("ref_let", "ref_trend", "ref_part", "ref_points") else None
    if kind == "ref_points":
        assert named is not None
        points(b, named)
    return mk.Ref(_KINDS[kind], named.text if named and kind != "ref_points" else "", span=b.span(t))


def points(b: Builder, name: sx.Ident) -> None:
    """Report a name that stands where only 分值 can."""
    if name.text != POINTS:
        help_ = "这里写「分值」，或一句的关键字：令 名称、得分、分档、扣分、限于……"
        b.problems.append(at(ODD_ASPECT, name.span, f"不知道「{name.text}」是哪一句", help_))


def mark(b: Builder, nodes: Iterable[Node]) -> mk.Mark | None:
    """Return 可调 among the clauses of a declaration; several are taken together."""
    found = branches(nodes, "adjustable")
    if not found:
        return None
    named = [[ref(b, c) for c in t.children if isinstance(c, Tree)] for t in found]
    refs = () if any(not each for each in named) else tuple(r for each in named for r in each)
    return mk.Mark(refs, span=b.span(found[0]))


def since(b: Builder, nodes: Iterable[Node]) -> sx.DateLit | None:
    """Return the day of 自 … 起施行."""
    found = branches(nodes, "since")
    return b.day(found[0].children[0]) if found else None  # type: ignore[arg-type]


def breach(b: Builder, nodes: Iterable[Node]) -> sx.Words | None:
    """Return the reason of 突破."""
    found = branches(nodes, "breach")
    return b.words(list(found[0].children)) if found else None  # type: ignore[arg-type]


def place(b: Builder, nodes: Iterable[Node]) -> mk.Place | None:
    """Return 列在 … 之后|之前, or 归入."""
    found = branches(nodes, "placed", "into")
    if not found:
        return None
    name, *side = found[0].children
    how = "into" if not side else "after" if isinstance(side[0], Token) and side[0].type == "AFTER" else "before"
    return mk.Place(how, b.ident(name), span=b.span(found[0]))
