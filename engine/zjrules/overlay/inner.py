"""What stands inside a declaration: its 分项 or columns, and the clauses that an amendment writes anew, adds or removes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from attrs import evolve

from zjrules.overlay import clauses
from zjrules.syntax import decl as sd
from zjrules.syntax.expr import Words

Named = TypeVar("Named", sd.Part, sd.FactDecl)
Made = Callable[[clauses.Owner, sd.Patch], clauses.Owner]


def part_word(target: sd.Target) -> str:
    """Return the keyword of what stands inside a declaration."""
    return "列名" if target.kind == "明细" else "分项"


def parts(decl: sd.Declared) -> Sequence[sd.Part | sd.FactDecl]:
    """Return the 分项 of an indicator or the columns of a ledger."""
    match decl:
        case sd.Indicator(parts=found):
            return found
        case sd.LedgerDecl(columns=found):
            return found
        case _:
            return ()


def owner(decl: sd.Declared, part: str) -> sd.Declared | sd.Part | None:
    """Return what the clauses of an amendment belong to; None where there is no such 分项."""
    if not part:
        return decl
    return next((p for p in parts(decl) if p.name.text == part), None)


def refs(owned: sd.Declared | sd.Part | None) -> list[str]:
    """Return what the clauses of an indicator or 分项 are called."""
    if not isinstance(owned, sd.Indicator | sd.Part):
        return []
    return ["分值", *dict.fromkeys(str(clauses.ref_of(c)) for c in owned.clauses)]


def patched(decl: sd.Declared, amendment: sd.Amendment, patch: sd.Patch) -> sd.Declared:
    """Return a declaration with what a patch writes anew, and the amendment's 依据 among its own."""
    name = amendment.target.part
    match decl:
        case sd.LedgerDecl():
            return evolve(decl, columns=_with(decl.columns, name, patch.columns[0]))
        case sd.Group():
            return evolve(decl, points=patch.points or decl.points, basis=joined(decl.basis, amendment))
        case sd.Indicator():
            if patch.parts:
                return evolve(decl, parts=_with(decl.parts, name, patch.parts[0]))
            return _within(decl, amendment, patch, clauses.changed)
    raise AssertionError(decl)


def grown(decl: sd.Declared, amendment: sd.Amendment, patch: sd.Patch) -> sd.Declared:
    """Return a declaration with what a patch adds."""
    match decl:
        case sd.LedgerDecl():
            return evolve(decl, columns=(*decl.columns, *patch.columns))
        case sd.Indicator():
            if patch.parts:
                return evolve(decl, parts=(*decl.parts, *patch.parts))
            return _within(decl, amendment, patch, clauses.added)
    raise AssertionError(decl)


def lessened(decl: sd.Declared, amendment: sd.Amendment) -> sd.Declared:
    """Return a declaration without a 分项, a column or a clause."""
    target = amendment.target
    match decl:
        case sd.LedgerDecl():
            return evolve(decl, columns=tuple(c for c in decl.columns if c.name.text != target.part))
        case sd.Indicator():
            ref = target.ref
            if ref is None:
                return evolve(decl, parts=tuple(p for p in decl.parts if p.name.text != target.part))
            return _within(decl, amendment, sd.Patch(), lambda owned, _: clauses.without(owned, ref))
    raise AssertionError(decl)


def _within(decl: sd.Indicator, amendment: sd.Amendment, patch: sd.Patch, made: Made) -> sd.Indicator:
    """Return an indicator in which it, or the 分项 that an amendment names, is another."""
    found = owner(decl, amendment.target.part)
    assert isinstance(found, sd.Indicator | sd.Part)
    new = evolve(made(found, patch), basis=joined(found.basis, amendment))
    if isinstance(new, sd.Indicator):
        return new
    return evolve(decl, parts=_with(decl.parts, new.name.text, new))


def _with(owned: Sequence[Named], name: str, new: Named) -> tuple[Named, ...]:
    return tuple(new if p.name.text == name else p for p in owned)


def joined(basis: tuple[Words, ...], amendment: sd.Amendment) -> tuple[Words, ...]:
    """Return 依据 with those of an amendment, each once."""
    return tuple(dict.fromkeys((*basis, *amendment.basis)))
