"""Files beside the rules that name what is in them: fact files and cases, and how reports are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from zjrules import migrate
from zjrules.bookshelf import plain, roots, rule_sets, shown
from zjrules.diag import Edit
from zjrules.inout import factfile, yaml
from zjrules.inout.casefile import scalar
from zjrules.inout.text import read_text
from zjrules.lsp.mention import COLUMN, INDICATOR, VALUE, Key
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


def in_fact_files(ids: Collection[str], key: Key, new: str) -> list[Edit]:
    """Return the edits that give a name its new one in the fact files for some rule sets, and in their report.yaml."""
    *_, owner, old = ("", *key)
    names = migrate.Renames(
        {old: new} if key[0] == VALUE else {},
        {owner: {old: new}} if key[0] == COLUMN else {},
        {old: new} if key[0] in (INDICATOR, "一级指标", "二级指标") else {},
    )
    found: list[Edit] = []
    for _, source in fact_files():
        if old in source.text and any(i in source.text for i in ids):
            document, _ = factfile.facts(source)
            said = document.raw.head.get("规则") if document is not None else None
            if document is not None and said is not None and {plain(n) for n in said.text.split("、")} & {*ids}:
                found += migrate.edits(document, names)
    if names.facts or names.indicators:
        for i in ids:
            found += _in_report(i, old, new)
    return found


def _in_report(rules: str, old: str, new: str) -> Iterator[Edit]:
    """Yield the edits of the keys of report.yaml that are a name."""
    folder = rule_sets().get(rules)
    path = folder / "report.yaml" if folder is not None else None
    source = read_text(path, shown(path))[0] if path is not None and path.is_file() else None
    root = yaml.parse(source)[0] if source is not None and old in source.text else None
    left = [root] if root is not None else []
    while left:
        node = left.pop()
        for name, value in node.pairs:
            if name.text == old:
                yield Edit(name.span, scalar(new))
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
