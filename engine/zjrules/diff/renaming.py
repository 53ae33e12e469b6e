"""The changes of names: facts, ledgers, columns, parameters and words that are only called otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve

from zjrules.diff.change import RENAMED, Change
from zjrules.diff.context import Place, declaration, quoted
from zjrules.diff.names import Renames
from zjrules.diff.recognised import bodies
from zjrules.term import rule as tr


def renamings(old: tr.Program, new: tr.Program, names: Renames, place: Place) -> dict[Change, Renames]:
    """Return the change of every name, and what it renames; none of them can change a score."""
    words = [bodies(p) if names.words else {} for p in (old, new)]
    spans = [
        {("事实", n): a.span for n, a in p.schema.facts.items()}
        | {("明细", n): x.span for n, x in p.schema.ledgers.items()}
        | {("参数", n): x.span for n, x in p.params.items()}
        | {("词", n): b.span for n, b in w.items()}
        for p, w in zip((old, new), words, strict=True)
    ]
    found: dict[Change, Renames] = {}
    for kind, before, after, part in _each(names):
        here = evolve(place, subject=before, where=f"{kind}{quoted(before)}")
        sides = (declaration(spans[0][kind, before]), declaration(spans[1][kind, after]))
        found[here.change(kind, RENAMED, f"改称{quoted(after)}", sides, scores=False)] = part
    return found | dict(_columns(old, new, names, place))


def _each(names: Renames) -> Iterator[tuple[str, str, str, Renames]]:
    yield from (("事实", a, b, Renames(facts={a: b})) for a, b in names.facts.items())
    yield from (("明细", a, b, Renames(ledgers={a: b})) for a, b in names.ledgers.items())
    yield from (("参数", a, b, Renames(params={a: b})) for a, b in names.params.items())
    yield from (("词", a, b, Renames(words={a: b})) for a, b in names.words.items())


def _columns(old: tr.Program, new: tr.Program, names: Renames, place: Place) -> Iterator[tuple[Change, Renames]]:
    for (ledger, before), after in names.columns.items():
        theirs: Mapping[str, str] = names.ledgers
        spans = (
            declaration(old.schema.ledgers[ledger].columns[before].span),
            declaration(new.schema.ledgers[theirs.get(ledger, ledger)].columns[after].span),
        )
        here = evolve(place, subject=before, where=f"明细{quoted(ledger)}的列{quoted(before)}")
        change = here.change("明细", RENAMED, f"改称{quoted(after)}", spans, scores=False)
        yield change, Renames(columns={(ledger, before): after})
