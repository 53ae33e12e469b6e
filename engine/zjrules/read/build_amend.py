"""Lark trees of whole declarations to syntax, amendments among them."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve
from lark import Token, Tree

from zjrules.diag import Code, at
from zjrules.read import build_decl, build_mark
from zjrules.read.build_clause import Branch, branches, first_words, words_of
from zjrules.read.build_expr import Builder, Node
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx

NOT_AMENDING = Code("ZJ1060", "only-in-amendments")

_VERBS = {"change": "修改", "addition": "新增", "removal": "删除", "renaming": "更名"}
OF_AMENDMENTS = ("since", "breach", "placed", "into")
"""The trees of what an amendment says of itself, whatever it was read into."""


def declaration(b: Builder, t: Branch, damaged: bool) -> sd.Decl:
    """Return the syntax of one declaration; damaged marks one that lost a clause to a reading error."""
    b.since = len(b.problems)
    if str(t.data) in _VERBS:
        return _amendment(b, t, damaged)
    allowed = ("since", "breach") if t.data == "ruleset" else ()
    for each in _about(t, *(n for n in OF_AMENDMENTS if n not in allowed)):
        help_ = "它说的是修改、新增、删除、更名从哪天起、列在哪里；不是的，删去它"
        b.problems.append(at(NOT_AMENDING, b.span(each), f"「{b.span(each).text}」只能写在修改一类的条文里", help_))
    return build_decl.ruleset(b, t) if t.data == "ruleset" else _hurt(build_decl.declared(b, t), damaged)


def _hurt(decl: sd.Declared, damaged: bool) -> sd.Declared:
    """Return a declaration marked as one that lost a clause, and its parts with it."""
    if isinstance(decl, sd.Indicator | sd.Word | sd.Notice):
        decl = evolve(decl, damaged=damaged)
    if isinstance(decl, sd.Indicator) and damaged:
        decl = evolve(decl, parts=tuple(evolve(p, damaged=True) for p in decl.parts))
    return decl


def _about(t: Branch, *kinds: str) -> list[Node]:
    """Return what an amendment says of itself: after a 分项 or a column it was read into that."""
    found: list[Node] = []
    stack = [t]
    while stack:
        node = stack.pop()
        found += [node] if str(node.data) in kinds else []
        stack += [c for c in reversed(node.children) if isinstance(c, Tree)]
    return found


def _amendment(b: Builder, t: Branch, damaged: bool) -> sd.Amendment:
    inner = t.children[0]
    assert isinstance(inner, Tree)
    content: sd.Declared | sd.Patch | None = None
    basis = words_of(b, t.children, "basis")
    if inner.data == "target" or str(inner.data).startswith("at_"):
        target = _target(b, inner)
    elif inner.data in _PATCHES:
        target, content, basis = _PATCHES[str(inner.data)](b, inner)
    else:
        content = whole = _hurt(build_decl.declared(b, inner), damaged)
        target, basis = _whole(whole), whole.basis or _inner_basis(whole)
    damaged = damaged or any(p.is_error for p in b.problems[b.since :])
    about = _about(t, *OF_AMENDMENTS)
    names = [c for c in t.children[1:] if isinstance(c, Token) and c.type == "NAME"]
    return sd.Amendment(
        _VERBS[str(t.data)], target, content, b.ident(names[0]) if names else None, build_mark.place(b, about), basis,
        build_mark.since(b, about), build_mark.breach(b, about), damaged,
        aside=tuple(b.span(a) for a in about), span=b.span(t),
    )  # fmt: skip


def _inner_basis(content: sd.Declared) -> tuple[sx.Words, ...]:
    """Return the 依据 inside a declaration that has none of its own."""
    match content:
        case sd.Total(steps=steps):
            return tuple(w for s in steps if isinstance(s, sd.Adjust | sd.Override) for w in s.basis)
        case sd.LedgerDecl(columns=columns):
            return tuple(w for c in columns for w in c.basis)
        case sd.Indicator(parts=parts):
            return tuple(w for p in parts for w in p.basis)
        case _:
            return ()


def _whole(content: sd.Declared) -> sd.Target:
    """Return what a declaration that is written out is about."""
    match content:
        case sd.Param() | sd.FactDecl() | sd.LedgerDecl() | sd.Word() | sd.Indicator() | sd.Group():
            return sd.Target(sd.kind_of(content), content.name.text, span=content.name.span)
        case sd.CheckDecl(title=title):
            return sd.Target("校验", title.text, span=title.span)
        case sd.Notice(year=year):
            return sd.Target("放假安排", str(year.value), span=year.span)
        case sd.Total(span=span):
            return sd.Target("总评", "", span=span)


# ---------- inside a declaration ----------

_Patched = tuple[sd.Target, sd.Patch, tuple[sx.Words, ...]]


def _in_indicator(b: Builder, t: Branch) -> _Patched:
    name, *rest = t.children
    inner = branches(rest, "in_part")
    if not inner:
        found, basis = _patch(b, t)
        part = found.parts[0].name.text if found.parts else ""
        return _inside(b, "指标", name, part), found, basis or (found.parts[0].basis if found.parts else ())
    found, basis = _patch(b, inner[0])
    return _inside(b, "指标", name, b.ident(inner[0].children[0]).text), found, basis


def _inside(b: Builder, kind: str, name: Node, part: str = "") -> sd.Target:
    return sd.Target(kind, b.ident(name).text, part, span=b.span(name))


def _patch(b: Builder, t: Branch) -> tuple[sd.Patch, tuple[sx.Words, ...]]:
    found = sd.Patch(
        _points(b, t), build_decl.clauses(b, t), tuple(build_decl.part(b, p) for p in branches(t.children, "part")), (),
        first_words(b, t.children, "numbering"), words_of(b, t.children, "note"),
    )  # fmt: skip
    return found, words_of(b, t.children, "basis")


def _points(b: Builder, t: Branch) -> sx.Quantity | None:
    found = branches(t.children, "points")
    if not found:
        return None
    name, quantity = found[0].children
    build_mark.points(b, b.ident(name))
    return b.quantity(quantity)  # type: ignore[arg-type]


def _in_group(b: Builder, t: Branch) -> _Patched:
    head, name = t.children[:2]
    assert isinstance(head, Token)
    found, basis = _patch(b, t)
    return _inside(b, build_decl.LEVELS[head.type][1], name), found, basis


def _in_ledger(b: Builder, t: Branch) -> _Patched:
    column = build_decl.fact(b, branches(t.children, "column")[0])
    target = evolve(_inside(b, "明细", t.children[0]), part=column.name.text)
    return target, sd.Patch(columns=(column,)), column.basis


_PATCHES: dict[str, Callable[[Builder, Branch], _Patched]] = {
    "in_indicator": _in_indicator,
    "in_group": _in_group,
    "in_ledger": _in_ledger,
}


def _target(b: Builder, t: Branch) -> sd.Target:
    kind = str(t.data).removeprefix("at_")
    span = b.span(t)
    names = [b.ident(c).text for c in t.children if isinstance(c, Token) and c.type == "NAME"]
    match kind:
        case "group":
            head = t.children[0]
            assert isinstance(head, Token)
            return sd.Target(build_decl.LEVELS[head.type][1], names[0], span=span)
        case "check":
            strings = [c for c in t.children if isinstance(c, Token) and c.type == "STRING"]
            return sd.Target("校验", b.words(strings).text, span=span)
        case "word":
            callee = t.children[0]
            assert isinstance(callee, Tree)
            return sd.Target("定词", b.ident(callee.children[0]).text, span=span)
        case "notice":
            return sd.Target("放假安排", str(b.quantity(t.children[0]).value), span=span)  # type: ignore[arg-type]
        case "total":
            return sd.Target("总评", "", span=span)
    refs = [c for c in t.children if isinstance(c, Tree)]
    part = names[1] if len(names) > 1 else ""
    return sd.Target(_TARGETS[kind], names[0], part, build_mark.ref(b, refs[0]) if refs else None, span=span)


_TARGETS = {
    "param": "参数", "fact": "事实", "ledger": "明细", "column": "明细", "indicator": "指标", "clause": "指标",
    "part": "指标", "part_clause": "指标",
}  # fmt: skip
