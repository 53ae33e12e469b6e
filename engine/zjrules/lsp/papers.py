"""Files beside the rules that name what is in them: fact files and cases, and how reports are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from zjrules import migrate
from zjrules.bookshelf import plain, roots, rule_sets, shown
from zjrules.diag import Edit
from zjrules.fact import Raw
from zjrules.fit import meant_option
from zjrules.inout import factfile, yaml
from zjrules.inout.casefile import scalar
from zjrules.inout.text import read_text
from zjrules.lsp.mention import COLUMN, INDICATOR, OPTION, VALUE, Key
from zjrules.lsp.shelf import Shelf
from zjrules.span import Source

MOST_FILES = 2000
"""Fact files that are looked into; a repository of rules has some hundred."""


def fact_files() -> Iterator[tuple[Path, Source]]:
    """Yield the fact files and cases in the cases/ folders beside the folders of rule sets."""
    folders = dict.fromkeys(root.parent / "cases" for root in roots())
    paths = [p for folder in folders for p in sorted(folder.rglob("*.y*ml")) if folder.is_dir()]
    for path in paths[:MOST_FILES]:
        source, _ = read_text(path, shown(path))
        if source is not None:
            yield path, source


def in_fact_files(ids: Collection[str], key: Key, new: str, options: Collection[str] = ()) -> list[Edit]:
    """Return the edits that give a name its new one in the fact files for some rule sets, and in their report.yaml.

    options: for an option, all of its list as they are called now: what a file means by a text depends on them.
    """
    if key[0] == OPTION:
        return _as_value(ids, key, new, options)
    *_, owner, old = ("", *key)
    names = migrate.Renames(
        {old: new} if key[0] == VALUE else {},
        {owner: {old: new}} if key[0] == COLUMN else {},
        {old: new} if key[0] in (INDICATOR, "一级指标", "二级指标") else {},
    )
    found = [e for document in _documents(ids, old) for e in migrate.edits(document, names)]
    if names.facts or names.indicators:
        found += [Edit(name.span, scalar(new)) for i in ids for name, _ in _in_report(i, old)]
    return found


def _documents(ids: Collection[str], name: str) -> Iterator[factfile.Document]:
    """Yield the fact files for some rule sets in which a name stands."""
    for _, source in fact_files():
        if name in source.text and any(i in source.text for i in ids):
            document, _ = factfile.facts(source)
            said = document.raw.head.get("规则") if document is not None else None
            if document is not None and said is not None and {plain(n) for n in said.text.split("、")} & {*ids}:
                yield document


def _as_value(ids: Collection[str], key: Key, new: str, options: Collection[str]) -> list[Edit]:
    """Return the edits where an option is the value of its fact or column; an input of a word has none."""
    _, kind, *owner, old = key
    if kind not in (VALUE, COLUMN):
        return []
    cells = [c for document in _documents(ids, owner[-1]) for c in _cells(document, kind, owner)]
    spans = [c.span for cell in cells for c in (cell, cell.review) if c and meant_option(c.text, options) == old]
    if kind == VALUE:
        spans += [n.span for i in ids for _, node in _in_report(i, owner[0]) for n in _said(node, old, options)]
    return [migrate.written(span, new) for span in spans]


def _cells(document: factfile.Document, kind: str, owner: Sequence[str]) -> Iterator[Raw]:
    """Yield the values of a fact, or of a column in its ledger."""
    if kind == VALUE:
        yield from (fact for fact in document.raw.facts if fact.name == owner[0])
    for ledger in document.raw.ledgers if kind == COLUMN else ():
        if ledger.name == owner[0]:
            yield from (cell for row in ledger.rows for cell in row if cell.name == owner[1])


def _said(node: yaml.Node, old: str, options: Collection[str]) -> Iterator[yaml.Node]:
    """Yield the values that phrases of report.yaml stand for (写, 值) and that are an option."""
    for name, value in node.pairs:
        if name.text == "值" and meant_option(value.text, options) == old:
            yield value
        yield from _said(value, old, options)
    for item in node.items:
        yield from _said(item, old, options)


def _in_report(rules: str, name: str) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Yield the entries of report.yaml whose key is a name."""
    folder = rule_sets().get(rules)
    path = folder / "report.yaml" if folder is not None else None
    source = read_text(path, shown(path))[0] if path is not None and path.is_file() else None
    root = yaml.parse(source)[0] if source is not None and name in source.text else None
    left = [root] if root is not None else []
    while left:
        node = left.pop()
        for key, value in node.pairs:
            if key.text == name:
                yield key, value
            left.append(value)


def cases_of(shelf: Shelf) -> list[Path]:
    """Return the cases whose 规则 names a rule set, in the order of their paths."""
    return [path for path, _ in titled_cases(shelf)]


def case_of(shelf: Shelf) -> Path | None:
    """Return the first case whose 规则 names a rule set."""
    return next((path for path, _ in titled_cases(shelf)), None)


def titled_cases(shelf: Shelf) -> Iterator[tuple[Path, factfile.Document]]:
    """Yield the cases of a rule set with what is written in them."""
    for path, source in fact_files():
        document = factfile.facts(source)[0] if shelf.id in source.text else None
        if document is None:
            continue
        said = document.raw.head.get("规则")
        if said is not None and shelf.id in {plain(n) for n in said.text.split("、")}:
            yield path, document
