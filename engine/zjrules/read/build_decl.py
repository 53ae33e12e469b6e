"""Lark trees of declarations to syntax."""

from __future__ import annotations

from collections.abc import Callable

from lark import Token, Tree

from zjrules.num import fold
from zjrules.read import build_mark
from zjrules.read.build_clause import (
    CLAUSES,
    Branch,
    accept,
    branches,
    clamp,
    first_words,
    let,
    rounding,
    type_name,
    words_of,
)
from zjrules.read.build_expr import Builder, operator
from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx

LEVELS = {"GROUP1": (1, "一级指标"), "GROUP2": (2, "二级指标")}
"""The terminals of groups: their level, and their keyword."""


def declared(b: Builder, t: Branch) -> sd.Declared:
    """Return the syntax of a declaration that is neither a head nor an amendment."""
    return _DECLS[str(t.data)](b, t)


def ruleset(b: Builder, t: Branch) -> sd.RuleSet:
    """Return the head of a book."""

    def number(name: str) -> sx.Quantity | None:
        found = branches(t.children, name)
        return b.quantity(found[0].children[0]) if found else None  # type: ignore[arg-type]

    grades = [g for group in branches(t.children, "grades") for g in branches(group.children, "grade_at", "grade_rest")]
    return sd.RuleSet(
        b.ident(t.children[0]),
        number("language"),
        number("year"),
        first_words(b, t.children, "issuer"),
        first_words(b, t.children, "nature"),
        number("full_points"),
        words_of(b, t.children, "basis"),
        words_of(b, t.children, "note"),
        tuple(rounding(b, r) for r in branches(t.children, "rounding")),
        tuple(_grade(b, g) for g in grades),
        tuple(accept(b, a) for a in branches(t.children, "accept")),
        _base(b, t),
        build_mark.since(b, t.children),
        build_mark.breach(b, t.children),
        build_mark.mark(b, t.children),
        span=b.span(t),
    )


def _base(b: Builder, t: Branch) -> sx.Ident | None:
    """Return the id after 沿用, as it is written: zhanjiang/2025 is a name, a sign and a number to the lexer."""
    found = branches(t.children, "based")
    if not found:
        return None
    inner = found[0].children[0]
    span = b.span(inner)
    text = b.words([inner]).text if isinstance(inner, Token) else fold(span.text)
    return sx.Ident("".join(text.split()), span=span)


def _grade(b: Builder, t: Branch) -> sd.Grade:
    name = b.ident(t.children[0])
    if t.data == "grade_rest":
        return sd.Grade(name, None, span=b.span(t))
    op, value = t.children[1], t.children[2]
    return sd.Grade(name, cl.Test(operator(op), b.expr(value), span=b.span(op).to(b.span(value))), span=b.span(t))


def _param(b: Builder, t: Branch) -> sd.Param:
    basis, note = words_of(b, t.children, "basis"), words_of(b, t.children, "note")
    mark = build_mark.mark(b, t.children)
    return sd.Param(b.ident(t.children[0]), b.expr(t.children[2]), basis, note, mark, span=b.span(t))


def fact(b: Builder, t: Branch) -> sd.FactDecl:
    """Return a 事实, or a 列名 of a ledger."""
    return sd.FactDecl(
        b.ident(t.children[0]),
        type_name(b, branches(t.children, "type")[0]),
        words_of(b, t.children, "note"),
        words_of(b, t.children, "basis"),
        words_of(b, t.children, "evidence"),
        words_of(b, t.children, "source"),
        bool(branches(t.children, "may_be_na")),
        bool(branches(t.children, "reason")),
        b.ident(pools[0].children[0]) if (pools := branches(t.children, "pool")) else None,
        build_mark.mark(b, t.children),
        span=b.span(t),
    )


def _ledger(b: Builder, t: Branch) -> sd.LedgerDecl:
    keys = branches(t.children, "key")
    return sd.LedgerDecl(
        b.ident(t.children[0]),
        tuple(fact(b, c) for c in branches(t.children, "column")),
        b.ident(keys[0].children[0]) if keys else None,
        words_of(b, t.children, "note"),
        words_of(b, t.children, "basis"),
        words_of(b, t.children, "evidence"),
        build_mark.mark(b, t.children),
        span=b.span(t),
    )


def _check(b: Builder, t: Branch) -> sd.CheckDecl:
    strings = [c for c in t.children if isinstance(c, Token) and c.type == "STRING"]
    parts = {str(c.data): c for c in t.children if isinstance(c, Tree)}
    should = next(c for c in t.children if isinstance(c, Tree) and c.data not in _CHECK_PARTS)
    return sd.CheckDecl(
        b.ident(t.children[0]),
        b.words(strings),
        b.expr(parts["check_when"].children[0]) if "check_when" in parts else None,
        b.expr(should),
        b.expr(parts["tolerance"].children[0]) if "tolerance" in parts else None,
        words_of(b, t.children, "basis"),
        words_of(b, t.children, "note"),
        tuple(accept(b, a) for a in branches(t.children, "accept")),
        build_mark.mark(b, t.children),
        span=b.span(t),
    )


_CHECK_PARTS = ("check_when", "tolerance", "basis", "note", "accept", *build_mark.NAMES)


def _group(b: Builder, t: Branch) -> sd.Group:
    head, name, points = t.children[:3]
    assert isinstance(head, Token) and isinstance(points, Token)
    return sd.Group(
        LEVELS[head.type][0],
        b.ident(name),
        b.quantity(points),
        first_words(b, t.children, "numbering"),
        words_of(b, t.children, "basis"),
        words_of(b, t.children, "note"),
        build_mark.mark(b, t.children),
        span=b.span(t),
    )


def clauses(b: Builder, t: Branch) -> tuple[cl.Clause, ...]:
    """Return the clauses of an indicator or 分项, in order."""
    return tuple(CLAUSES[str(c.data)](b, c) for c in branches(t.children, *CLAUSES))


def part(b: Builder, t: Branch) -> sd.Part:
    """Return a 分项."""
    return sd.Part(
        b.ident(t.children[0]),
        b.quantity(t.children[1]),  # type: ignore[arg-type]
        clauses(b, t),
        first_words(b, t.children, "numbering"),
        words_of(b, t.children, "basis"),
        words_of(b, t.children, "note"),
        mark=build_mark.mark(b, t.children),
        span=b.span(t),
    )


def _indicator(b: Builder, t: Branch) -> sd.Indicator:
    return sd.Indicator(
        b.ident(t.children[0]),
        b.quantity(t.children[1]),  # type: ignore[arg-type]
        clauses(b, t),
        tuple(part(b, p) for p in branches(t.children, "part")),
        first_words(b, t.children, "numbering"),
        words_of(b, t.children, "basis"),
        words_of(b, t.children, "note"),
        mark=build_mark.mark(b, t.children),
        span=b.span(t),
    )


def _step(b: Builder, t: Branch) -> sd.TotalStep:
    basis = words_of(b, t.children, "basis")
    match t.data:
        case "bonus" | "penalty":
            caps = branches(t.children, "at_most")
            most = b.expr(caps[0].children[0]) if caps else None
            return sd.Adjust(1 if t.data == "bonus" else -1, b.expr(t.children[0]), most, basis, span=b.span(t))
        case "clamp":
            return clamp(b, t)
        case "round_total":
            return sd.RoundTotal(b.ident(t.children[0]), span=b.span(t))
        case "regrade":
            return sd.Regrade(span=b.span(t))
        case kind:
            grade = t.children[1] if len(t.children) > 1 and isinstance(t.children[1], Token) else None
            named = b.ident(grade) if grade is not None else None
            return sd.Override(str(kind), b.expr(t.children[0]), named, basis, span=b.span(t))


def _total(b: Builder, t: Branch) -> sd.Total:
    steps = [s for s in t.children if isinstance(s, Tree) and str(s.data) not in ("basis", *build_mark.NAMES)]
    basis, mark = words_of(b, t.children, "basis"), build_mark.mark(b, t.children)
    return sd.Total(tuple(_step(b, s) for s in steps), basis, mark, span=b.span(t))


def _input(b: Builder, t: Branch) -> sd.Input:
    defaults = branches(t.children, "default")
    default = b.expr(defaults[0].children[0]) if defaults else None
    kind = type_name(b, branches(t.children, "type")[0])
    return sd.Input(b.ident(t.children[0]), kind, default, span=b.span(t))


def _word(b: Builder, t: Branch) -> sd.Word:
    callee = t.children[0]
    assert isinstance(callee, Tree)
    results = branches(t.children, "result")
    examples = branches(t.children, "example")
    return sd.Word(
        b.ident(callee.children[0]),
        tuple(_input(b, i) for i in branches(t.children, "input")),
        tuple(let(b, i) for i in branches(t.children, "let")),
        b.expr(results[0].children[0]) if results else None,
        first_words(b, t.children, "said"),
        tuple(sd.Example(b.expr(e.children[0]), b.expr(e.children[1]), span=b.span(e)) for e in examples),
        words_of(b, t.children, "note"),
        words_of(b, t.children, "basis"),
        tuple(_need(b, n) for n in branches(t.children, "need")),
        mark=build_mark.mark(b, t.children),
        span=b.span(t),
    )


def _need(b: Builder, t: Branch) -> sd.Need:
    return sd.Need(b.expr(t.children[0]), b.words(list(t.children[1:])), span=b.span(t))  # type: ignore[arg-type]


def _notice(b: Builder, t: Branch) -> sd.Notice:
    on = [b.day(d) for made_up in branches(t.children, "days_on") for d in made_up.children]  # type: ignore[arg-type]
    return sd.Notice(
        b.quantity(t.children[0]),  # type: ignore[arg-type]
        tuple(_off(b, o) for o in branches(t.children, "days_off")),
        tuple(on),
        words_of(b, t.children, "basis"),
        words_of(b, t.children, "note"),
        span=b.span(t),
    )


def _off(b: Builder, t: Branch) -> sd.Off:
    days = [c for c in t.children if isinstance(c, Token) and c.type == "DATE"]
    names = [c for c in t.children if isinstance(c, Token) and c.type == "STRING"]
    return sd.Off(b.day(days[0]), b.day(days[-1]), b.words(names) if names else None, span=b.span(t))


_DECLS: dict[str, Callable[[Builder, Branch], sd.Declared]] = {
    "param": _param,
    "fact": fact,
    "ledger": _ledger,
    "check": _check,
    "group": _group,
    "indicator": _indicator,
    "total": _total,
    "word": _word,
    "notice": _notice,
}
