"""What stands above the indicators side by side: the head, the year, parameters, roundings of many clauses, notices."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import evolve

from zjrules.diff.basis import basis, promises
from zjrules.diff.change import (
    ADDED,
    EDITED,
    REMOVED,
    Change,
    Chosen,
    Patch,
    by_key,
    changed,
    distinct,
    fields,
    still,
    swapped,
)
from zjrules.diff.context import Place, edited, line_in, points_text, quoted, rounding_text, some, spaced
from zjrules.diff.indicator import INDICATORS, says_rounding
from zjrules.diff.year import relative
from zjrules.prove.question import groups
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.unit import show

Users = Mapping[str, Sequence[str]]
"""By the name of a parameter or word: the indicators that use it, then 勾稽 and 总评."""

# ---------- the head ----------


def book(old: tr.Book, new: tr.Book, place: Place) -> Patch[tr.Book]:
    """Return the patch of the head. The points of the whole follow from the outline; the year is told by year_change."""
    here = evolve(place, subject=old.name, where="规则集")
    full: Patch[Fraction] = still(old.full)
    if old.full != new.full:
        said = f"{edited('的满分', points_text(old.full), points_text(new.full))}，随各级指标"
        sides = (line_in(old.span, "满分"), line_in(new.span, "满分"))
        full = swapped(here.change("分值", EDITED, said, sides, scores=False), old.full, new.full)
    named = {field: _text(here, field, *said, old, new) for field, said in _TEXTS.items()}
    return fields(
        old, full=full, basis=basis(old, new, here), accepts=promises(old.accepts, new.accepts, here), **named
    )


_TEXTS = {
    "name": ("书头", "的名称", "规则集"),
    "issuer": ("书头", "的发布者", "发布"),
    "nature": ("书头", "的性质", "性质"),
}


def _text(place: Place, field: str, kind: str, what: str, keyword: str, old: tr.Book, new: tr.Book) -> Patch[str]:
    one, other = getattr(old, field), getattr(new, field)
    if one == other:
        return still(one)
    said = edited(what, quoted(one or "（没有写）"), quoted(other or "（没有写）"))
    sides = (line_in(old.span, keyword), line_in(new.span, keyword))
    return swapped(place.change(kind, EDITED, said, sides, scores=False), one, other)


def year_change(old: tr.Book, new: tr.Book, place: Place, moves: bool) -> Change | None:
    """Return the change of the year; moves says whether what scores a unit moves with it."""
    if old.year == new.year:
        return None
    said = f"评价年度由 {old.year} 改为 {new.year}"
    said += "，写成上年、当年、次年的日期和评价年度随之移动" if moves else ""
    here = evolve(place, subject="评价年度", where="")
    sides = (line_in(old.span, "评价年度"), line_in(new.span, "评价年度"))
    return here.change("年度", EDITED, said, sides, scores=moves)


# ---------- parameters ----------


def users(program: tr.Program, named: Callable[[tm.Expr], str | None]) -> Users:
    """Return where something that is named is used; named says whether a node is a use of it, and of which."""
    found: dict[str, list[str]] = {}

    def note(exprs: Iterator[tm.Expr], where: str) -> None:
        for e in exprs:
            for node in survey.deep(e):
                name = named(node)
                if name is not None and where not in found.setdefault(name, []):
                    found[name].append(where)

    for node in survey.indicators(program.groups):
        note(survey.of_indicator(node), node.name)
    note(survey.of_program(evolve(program, groups=(), steps=())), CHECKS)
    note(survey.of_program(evolve(program, groups=(), checks=())), TOTAL)
    return found


CHECKS, TOTAL = "勾稽", "总评"


def scores(used: Sequence[str]) -> bool:
    """Return whether something is used where units are scored."""
    return any(u != CHECKS for u in used)


def params(old: tr.Program, new: tr.Program, place: Place) -> Patch[Mapping[str, tr.Param]]:
    """Return the patch of the parameters, told in the old names. What only one has is in whatever stands between."""

    def named(e: tm.Expr) -> str | None:
        return e.name if isinstance(e, tm.ParamRef) else None

    used = [users(p, named) for p in (old, new)]
    return changed(
        by_key(
            {
                n: _param(old.params.get(n), new.params.get(n), place, (used[0].get(n, ()), used[1].get(n, ())))
                for n in dict.fromkeys((*old.params, *new.params))
            }
        ),
        lambda found: found,
    )


def _param(
    old: tr.Param | None, new: tr.Param | None, place: Place, used: tuple[Sequence[str], Sequence[str]]
) -> Patch[tr.Param]:
    found = old or new
    assert found is not None
    here = evolve(place, subject=found.name, where=f"参数{quoted(found.name)}")
    if old is None or new is None:
        act = ADDED if old is None else REMOVED
        value = f" = {_value(found)}" if old is None else ""
        sides = (None, found.span) if old is None else (found.span, None)
        alone = evolve(here, where="").change("参数", act, f"{act}{here.where}{value}", sides, scores=False)
        return Patch((alone,), lambda _: found)
    changes: dict[str, Patch[object]] = {"basis": basis(old, new, here)}  # type: ignore[dict-item]
    if old.value != new.value:
        where = tuple(dict.fromkeys((*used[0], *used[1])))
        said = edited("", _value(old), _value(new)) + (f"，用在{some(where)}" if where else "，没有用到")
        change = here.change("参数", EDITED, said, (old.span, new.span), scores(where))
        changes |= {f: swapped(change, getattr(old, f), getattr(new, f)) for f in ("value", "type", "text")}
    return fields(old, **changes)


def _value(param: tr.Param) -> str:
    text = " ".join(param.text.split())
    return text if relative(text, param.type) else show(param.value, param.type)


# ---------- roundings that are declared for many clauses at once ----------


def shared_roundings(old: tr.Program, new: tr.Program, place: Place) -> dict[Hashable, Change]:
    """Return the changes of the roundings in the head, by what they are about."""
    mine, theirs = _roundings(old), _roundings(new)
    found: dict[Hashable, Change] = {}
    for key, (called, before) in mine.items():
        after = theirs[key][1] if key in theirs else before
        if (before.mode, before.quantum) != (after.mode, after.quantum):
            here = evolve(place, subject=called, where=called)
            said = edited("得分的舍入", rounding_text(before), rounding_text(after))
            found[key] = here.change("舍入", EDITED, said, (before.span, after.span))
    return found


def _roundings(program: tr.Program) -> dict[Hashable, tuple[str, tr.RoundScore]]:
    found: dict[Hashable, tuple[str, tr.RoundScore]] = {}
    for node in survey.indicators(program.groups):
        if not says_rounding(node):
            found.setdefault(INDICATORS, (INDICATORS, node.rounding))
        for na in (na for part in (node, *node.parts) for na in part.na):
            if na.mean is not None:
                found.setdefault("同级平均", ("同级平均", na.mean))
    for group in groups(program.groups):
        found.setdefault(("舍入", group.level), (f"各{'一二'[group.level - 1]}级指标", group.rounding))
    return found


# ---------- notices ----------


def notices(old: Sequence[tr.Notice], new: Sequence[tr.Notice], place: Place) -> Patch[tuple[tr.Notice, ...]]:
    """Return the patch of the days that the rule set supplies."""
    mine, theirs = ({n.year: n for n in side} for side in (old, new))
    found: list[Patch[tr.Notice | None]] = []
    for year in sorted({*mine, *theirs}):
        one, other = mine.get(year), theirs.get(year)
        if one is not None and other is not None and (one.off, one.on) == (other.off, other.on):
            found.append(still(one))
            continue
        act = ADDED if one is None else REMOVED if other is None else EDITED
        here = evolve(place, subject=f"{year} 年的放假安排", where="")
        said = spaced(act, here.subject)
        sides = (one.span if one is not None else None, other.span if other is not None else None)
        found.append(swapped(here.change("放假安排", act, said, sides), one, other))

    def build(chosen: Chosen) -> tuple[tr.Notice, ...]:
        return tuple(n for p in found if (n := p.build(chosen)) is not None)

    return Patch(distinct([c for p in found for c in p.changes]), build)
