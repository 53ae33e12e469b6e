"""What is asked side by side: facts, ledgers and their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from zjrules.diff.basis import basis
from zjrules.diff.change import ADDED, EDITED, REMOVED, Change, Chosen, Patch, by_key, distinct, fields, still, swapped
from zjrules.diff.context import Place, declaration, edited, quoted, some
from zjrules.diff.year import shifted
from zjrules.fact import Asked, AskedLedger, Schema
from zjrules.span import Span
from zjrules.unit import type_text

NO_LIMITS = "不限"


@frozen
class Asking:
    """What the comparison of facts knows: where each is used, and the years of both rule sets."""

    used: tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]
    """By name: the indicators and checks that use a fact, in the old and in the new rule set."""
    years: int = 0
    """How many years later the new one is."""
    year: Change | None = None
    """The change of the year: a range of days that moves with it is no change of its own."""


def schema(old: Schema, new: Schema, place: Place, asking: Asking) -> Patch[Schema]:
    """Return the patch of all that is asked, told in the old names. What only one asks is in whatever stands between."""
    facts = by_key(
        {
            n: _fact(old.facts.get(n), new.facts.get(n), place, asking, "事实")
            for n in dict.fromkeys((*old.facts, *new.facts))
        }
    )
    ledgers = by_key(
        {
            n: _ledger(old.ledgers.get(n), new.ledgers.get(n), place, asking)
            for n in dict.fromkeys((*old.ledgers, *new.ledgers))
        }
    )

    def build(chosen: Chosen) -> Schema:
        asked, rows = facts.build(chosen), ledgers.build(chosen)
        return Schema(asked, rows, (old.elsewhere | new.elsewhere) - asked.keys() - rows.keys())

    return Patch(distinct([*facts.changes, *ledgers.changes]), build)


# ---------- facts ----------


def _fact(old: Asked | None, new: Asked | None, place: Place, asking: Asking, kind: str) -> Patch[Asked]:
    """Return the patch of a fact or column."""
    if old is None or new is None:
        found = old or new
        assert found is not None
        return Patch((_alone(found, old is None, place, asking, kind),), lambda _: found)
    where = f"{kind}{quoted(old.name)}" if kind == "事实" else f"{place.where}的列{quoted(old.name)}"
    here = evolve(place, subject=old.name, where=where)
    spans = (declaration(old.span), declaration(new.span))
    aspects = {
        **_declared(here, kind, old, new, asking),
        "may_be_na": _flag(here, kind, "可以不适用", old.may_be_na, new.may_be_na, spans),
        "evidence": _evidence(here, kind, old, new),
        "needs_reason": _flag(here, kind, "要写理由", old.needs_reason, new.needs_reason, spans, scores=False),
        "pool": _text(here, kind, "的汇总", (old, new), (old.pool, new.pool), "按类型的惯例"),
        "basis": basis(old, new, here, spans),
        "source": _text(here, kind, "的来源", (old, new), (old.source, new.source), "（没有写）", scores=False),
    }
    return fields(old, **aspects)


def _alone(asked: Asked, added: bool, place: Place, asking: Asking, kind: str) -> Change:
    """Return the change that a fact is asked now, or is asked no more."""
    limits = f"，{asked.limits_text}" if asked.limits_text else ""
    said = f"{type_text(asked.type)}{limits}"
    said += f"，佐证{quoted(asked.evidence)}" if asked.evidence and added else ""
    users = asking.used[added].get(asked.name, ())
    said += f"，用在{some(users)}" if users else ""
    line = declaration(asked.span)
    here = evolve(place, subject=asked.name)
    sides = (None, line) if added else (line, None)
    if kind != "事实":
        act = ADDED if added else REMOVED
        return here.change(kind, act, f"{act}一列{quoted(asked.name)}：{said}", sides, scores=False)
    here = evolve(here, where="")
    said = f"新要一项事实{quoted(asked.name)}：{said}" if added else f"不再要事实{quoted(asked.name)}"
    return here.change(kind, ADDED if added else REMOVED, said, sides, scores=False)


def _text(
    place: Place, kind: str, what: str, asked: tuple[Asked, Asked], texts: tuple[str, str], without: str, scores: bool = True
) -> Patch[str]:  # fmt: skip
    """Return the patch of something that a declaration says in a word; without is what it means to say nothing."""
    if texts[0] == texts[1]:
        return still(texts[0])
    said = edited(what, *(quoted(t or without) for t in texts))
    spans = (declaration(asked[0].span), declaration(asked[1].span))
    return swapped(place.change(kind, EDITED, said, spans, scores), *texts)


def _declared(place: Place, kind: str, old: Asked, new: Asked, asking: Asking) -> dict[str, Patch[Any]]:
    """Return the patches of the type, the range and the usual unit. Of another type, a fact has another range anyway."""
    sides = (declaration(old.span), declaration(new.span))
    typed = old.type != new.type
    ranged = old.limits != new.limits and not typed
    change = asking.year if ranged and shifted(old.limits, old.type, asking.years) == new.limits else None
    if (ranged or typed) and change is None:
        texts = [a.limits_text or NO_LIMITS for a in (old, new)]
        texts = [f"{type_text(a.type)}，范围 {t}" for a, t in zip((old, new), texts, strict=True)] if typed else texts
        said = edited("的类型" if typed else "的范围", *map(quoted, texts))
        change = place.change(kind, EDITED, said, sides)
    names = ("type", "limits", "limits_text", *(("unit",) if typed else ()))
    found = {n: still(getattr(old, n)) for n in names}
    if change is not None:
        found = {n: swapped(change, getattr(old, n), getattr(new, n)) for n in names}
    if not typed:
        found["unit"] = _text(place, kind, "的填报单位", (old, new), (old.unit, new.unit), "无", scores=False)
    return found


def _flag(
    place: Place, kind: str, what: str, old: bool, new: bool, spans: tuple[Span, Span], scores: bool = True
) -> Patch[bool]:
    if old == new:
        return still(old)
    return swapped(place.change(kind, EDITED, f"现在{what}" if new else f"不再{what}", spans, scores), old, new)


def _evidence(place: Place, kind: str, old: Asked, new: Asked) -> Patch[str]:
    if old.evidence and new.evidence:
        return _text(place, kind, "要的佐证", (old, new), (old.evidence, new.evidence), "", scores=False)
    if old.evidence == new.evidence:
        return still(old.evidence)
    said = f"现在要佐证{quoted(new.evidence)}" if new.evidence else "不再要佐证"
    return swapped(
        place.change(kind, EDITED, said, (declaration(old.span), declaration(new.span))), old.evidence, new.evidence
    )


# ---------- ledgers ----------


def _ledger(old: AskedLedger | None, new: AskedLedger | None, place: Place, asking: Asking) -> Patch[AskedLedger]:
    """Return the patch of a ledger."""
    if old is None or new is None:
        found = old or new
        assert found is not None
        act = ADDED if old is None else REMOVED
        line = declaration(found.span)
        users = asking.used[old is None].get(found.name, ())
        said = f"{'新要' if old is None else '不再要'}一张明细{quoted(found.name)}，列有{'、'.join(found.columns)}"
        said += f"，用在{some(users)}" if users else ""
        here = evolve(place, subject=found.name, where="")
        change = here.change("明细", act, said, (None, line) if old is None else (line, None), scores=False)
        return Patch((change,), lambda _: found)
    here = evolve(place, subject=old.name, where=f"明细{quoted(old.name)}")
    columns = by_key(
        {
            c: _fact(old.columns.get(c), new.columns.get(c), here, asking, "明细")
            for c in dict.fromkeys((*old.columns, *new.columns))
        }
    )
    return fields(old, **_ledger_head(old, new, here), columns=columns)


def _ledger_head(old: AskedLedger, new: AskedLedger, place: Place) -> dict[str, Patch[str]]:
    spans = (declaration(old.span), declaration(new.span))
    found = {"basis": basis(old, new, place, spans)}
    for name, what in (("key", "的主键"), ("evidence", "要的佐证")):
        one, other = getattr(old, name), getattr(new, name)
        said = edited(what, quoted(one or "（没有）"), quoted(other or "（没有）"))
        scores = name == "evidence" and bool(one) != bool(other)
        change = place.change("明细", EDITED, said, spans, scores)
        found[name] = still(one) if one == other else swapped(change, one, other)
    return found
