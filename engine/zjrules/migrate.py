"""Fact files for rules in which things have other names: their keys are written anew, and nothing else is touched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from attrs import evolve, field, frozen

from zjrules.bookshelf import Gathered, dated
from zjrules.diag import Edit, Fix
from zjrules.fact import Raw
from zjrules.inout.casefile import scalar
from zjrules.inout.factfile import Document
from zjrules.inout.yaml import Node
from zjrules.lint.edits import applied
from zjrules.overlay.whole import Whole, day
from zjrules.span import Source, Span
from zjrules.syntax import decl as sd

_SCORES = ("指标", "舍入前")
_READINGS = ("仅有佐证", "复核")
"""Under 期望: blocks whose keys are names of indicators, and blocks that hold such blocks."""


@frozen
class Renames:
    """Old name → new name: of facts and ledgers, of columns by the old name of their ledger, of indicators and groups."""

    facts: Mapping[str, str] = field(factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(factory=dict)
    indicators: Mapping[str, str] = field(factory=dict)


def renames(old: str, texts: Gathered, book: Whole) -> Renames | None:
    """Return what is called otherwise in a rule set than in the one that it amends; None where it does not amend it.

    old: the id of the rule set that the facts were written for, with its day where it has one.
    """
    name, as_of = dated(old)
    layers = [*((b.id, b.sources) for b in texts.bases), (dated(texts.name)[0], texts.own)]
    place = next((i for i, (id_, _) in enumerate(layers) if id_ == name), None)
    if place is None:
        return None
    above = {s.name for _, sources in layers[place + 1 :] for s in sources}
    since = {s.name for s in layers[place][1]} if as_of is not None else set()

    def counts(a: sd.Amendment) -> bool:
        begins = day(a.since) if a.since is not None else None
        late = as_of is not None and begins is not None and begins > as_of
        return a.span.source.name in above or (a.span.source.name in since and late)

    return _followed([a for a in book.amendments if a.verb == "更名" and counts(a)])


def _followed(amendments: Iterable[sd.Amendment]) -> Renames:
    """Follow names from day to day: those of one day all speak of the names before it."""
    names: dict[tuple[str, ...], str] = {}
    for _, group in groupby(amendments, key=lambda a: (a.since, a.span.source.name.rpartition("/")[0])):
        today: dict[tuple[str, ...], str] = {}
        for a in group:
            assert a.to is not None
            kind = "指标" if a.target.kind in ("指标", "一级指标", "二级指标") else a.target.kind
            ledger = next((k[1] for k, v in names.items() if k[0] == "明细" and v == a.target.name), a.target.name)
            key: tuple[str, ...] = ("列名", ledger, a.target.part) if a.target.part else (kind, a.target.name)
            first = next((k for k, v in names.items() if k[:-1] == key[:-1] and v == key[-1]), key)
            today[first] = a.to.text
        names |= today
    found = Renames()
    for key, new in names.items():
        if key[-1] == new:
            continue
        if key[0] == "列名":
            found = evolve(found, columns={**found.columns, key[1]: {**found.columns.get(key[1], {}), key[2]: new}})
        elif key[0] == "指标":
            found = evolve(found, indicators={**found.indicators, key[1]: new})
        elif key[0] in ("事实", "明细"):
            found = evolve(found, facts={**found.facts, key[1]: new})
    return found


def migrated(document: Document, source: Source, names: Renames, old: str, new: str, year: int) -> tuple[str, int]:
    """Return a fact file's text for other rules, and how many names were written anew."""
    named = list(edits(document, names))
    head = [*_rules(document, old, new), *_year(document, year)]
    text = applied({source.name: source.text}, [Fix("", (*head, *named))])[source.name]
    return text, len(named)


def _rules(document: Document, old: str, new: str) -> Iterator[Edit]:
    """Yield the edit of 规则; of several rule sets only the one that is replaced."""
    said = document.raw.head.get("规则")
    if said is not None:
        for match in re.finditer(rf"(?<![\w/@.-]){re.escape(old)}(?![\w/@.-])", said.span.text):
            start = said.span.start + match.start()
            yield Edit(Span(said.span.source, start, start + len(match[0])), new)


def _year(document: Document, year: int) -> Iterator[Edit]:
    said = document.raw.head.get("评价年度")
    match = re.search(r"\d{4}", said.span.text) if said is not None and said.text else None
    if said is not None and match is not None and int(match[0]) != year:
        yield Edit(Span(said.span.source, said.span.start + match.start(), said.span.start + match.end()), str(year))


def edits(document: Document, names: Renames) -> Iterator[Edit]:
    """Yield the edits that give the keys of a fact file their new names."""
    raw = document.raw
    for fact in raw.facts:
        yield from _key(fact.name, fact.name_span, names.facts)
    for ledger in raw.ledgers:
        yield from _key(ledger.name, ledger.span, names.facts)
        columns = names.columns.get(ledger.name, {})
        cells: Iterable[Raw] = (cell for row in ledger.rows for cell in row)
        for cell in cells:
            yield from _key(cell.name, cell.name_span, columns)
    for score in (*raw.claims, *raw.reviews):
        yield from _key(score.name, score.name_span, names.indicators)
    if document.expected is not None:
        yield from _expected(document.expected, names.indicators)


def _expected(node: Node, names: Mapping[str, str]) -> Iterator[Edit]:
    for key, value in node.pairs:
        if key.text in _SCORES:
            for name, _ in value.pairs:
                yield from _key(name.text, name.span, names)
        elif key.text in _READINGS:
            yield from _expected(value, names)


def _key(name: str, span: Span, names: Mapping[str, str]) -> Iterator[Edit]:
    if name in names:
        yield written(span, names[name])


def written(span: Span, new: str) -> Edit:
    """Return the edit that puts a text in the place of a YAML scalar, in the quotes that stand there where they fit."""
    quote = span.text[:1] if span.text[:1] in "\"'" else ""
    return Edit(span, f"{quote}{new}{quote}" if quote and quote not in new and "\\" not in new else scalar(new))
