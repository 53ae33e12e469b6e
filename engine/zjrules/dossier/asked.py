"""What both rule sets ask, as one schema: the facts of a unit are read once and scored by all that stands between."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from zjrules.diff.compare import Diff
from zjrules.fact import Asked, AskedLedger, Schema
from zjrules.interval.sets import either


def schema_of_both(diff: Diff) -> Schema:
    """Return all that either asks, in the old names; a value that one of them takes is taken."""
    found, told = diff.hybrid(frozenset()).schema, diff.told.schema
    facts = {n: _both(a, told.facts.get(n)) for n, a in found.facts.items()}
    ledgers = {n: _ledger(x, told.ledgers.get(n)) for n, x in found.ledgers.items()}
    return Schema(facts, ledgers, found.elsewhere)


def _both(one: Asked, other: Asked | None) -> Asked:
    if other is None or one.type != other.type:
        return one
    texts = dict.fromkeys(a.limits_text for a in (one, other))
    # Where one of them says nothing, all is allowed.
    text = " 或 ".join(texts) if all(texts) else ""
    limits = either(one.limits, other.limits)
    return evolve(one, limits=limits, limits_text=text, may_be_na=one.may_be_na or other.may_be_na)


def _ledger(one: AskedLedger, other: AskedLedger | None) -> AskedLedger:
    columns = {c: _both(a, other.columns.get(c) if other is not None else None) for c, a in one.columns.items()}
    return evolve(one, columns=columns)


def of_other_types(diff: Diff) -> tuple[str, ...]:
    """Return the names of facts and columns whose type has changed: one value cannot be given to both rule sets."""
    return tuple(_other_types(diff.old.schema, diff.told.schema))


def _other_types(old: Schema, new: Schema) -> Iterator[str]:
    for name, asked in old.facts.items():
        if name in new.facts and new.facts[name].type != asked.type:
            yield name
    for name, ledger in old.ledgers.items():
        theirs = new.ledgers[name].columns if name in new.ledgers else {}
        yield from (f"{name}·{c}" for c, a in ledger.columns.items() if c in theirs and theirs[c].type != a.type)


def of_one_alone(diff: Diff) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the facts and ledgers that only the old rule set asks, and those that only the new one asks."""
    sides = [(*p.schema.facts, *p.schema.ledgers) for p in (diff.old, diff.told)]
    old, new = sides
    return tuple(n for n in old if n not in new), tuple(n for n in new if n not in old)
