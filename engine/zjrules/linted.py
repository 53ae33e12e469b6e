"""Rule sets as lint takes them: read, checked, looked through, and mended in memory before a file is touched."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from zjrules import build, resolve
from zjrules.bookshelf import Gathered, around, find, rule_sets, shown
from zjrules.diag import Diagnostics, Fix, has_errors
from zjrules.inout.asset import STANDARD, asset
from zjrules.inout.text import read_text
from zjrules.lint.book import Book
from zjrules.lint.edits import applied, chosen
from zjrules.lint.run import lint
from zjrules.span import Source
from zjrules.syntax import decl as sd

MOST_ROUNDS = 20
"""Rounds of mending: a fix that touches another waits for the next round."""


_HEAD = re.compile(r"^\s*规则集\s", re.MULTILINE)


@frozen
class Linted:
    """One rule set or library folder: its own texts, what the checker said, and what lint found (None when it has errors)."""

    id: str
    sources: tuple[Source, ...]
    told: Diagnostics
    book: Book | None
    found: Diagnostics = ()


@frozen
class Mended:
    """Texts after fixes, by the names of their files, and the fixes that were applied."""

    texts: Mapping[str, str]
    fixes: tuple[Fix, ...]


def everything() -> list[str]:
    """Return all that can be linted: the rule sets by id, and the folders of the library."""
    return [*sorted(rule_sets()), *(shown(asset("rules") / name) for name in STANDARD)]


def named(names: Iterable[str]) -> list[str]:
    """Return names with every folder that holds rule sets further down replaced by these."""
    found: dict[str, None] = {}
    for name in names:
        path = Path(name)
        below = sorted({p.parent for p in path.rglob("*.zj")}) if path.is_dir() and not any(path.glob("*.zj")) else []
        found.update(dict.fromkeys([shown(p) for p in below] or [name]))
    return list(found)


def linted(name: str, only: Collection[str] = (), without: Collection[str] = ()) -> Linted:
    """Find, read, check and look through a rule set, or a folder of words and shared facts."""
    path, problems = find(name)
    if path is None:
        return Linted(name, (), problems, None)
    read = [read_text(p, shown(p)) for p in _files(path)]
    problems = tuple(d for _, wrong in read for d in wrong)
    sources = tuple(source for source, _ in read if source is not None)
    if has_errors(problems):
        return Linted(name, sources, problems, None)
    return looked_through(name, sources, only, without)


def _files(path: Path) -> list[Path]:
    """Return the files of a rule set; of one file of several, which says nothing by itself, those of its folder."""
    if path.is_dir():
        return sorted(path.glob("*.zj"))
    beside = sorted(path.parent.glob("*.zj"))
    heads = [p for p in beside if any(_HEAD.search(s.text) for s, _ in [read_text(p)] if s is not None)]
    return beside if heads and path not in heads else [path]


def looked_through(
    name: str, sources: tuple[Source, ...], only: Collection[str] = (), without: Collection[str] = ()
) -> Linted:
    """Check and look through the texts of a rule set."""
    book, told = book_of(sources)
    return Linted(name, sources, told, book, lint(book, only, without) if book is not None else ())


def book_of(sources: Sequence[Source]) -> tuple[Book | None, Diagnostics]:
    """Read and check the texts of a rule set or of a library; None when they have errors."""
    texts, wrong = around("", Path(sources[0].name).parent if sources else Path(), sources)
    return checked(texts) if texts is not None else (None, wrong)


def checked(texts: Gathered, reading: build.Reader = build.reader) -> tuple[Book | None, Diagnostics]:
    """Check the texts of a rule set or of a library; None when they have errors."""
    built, problems = build.build(texts.own, texts.std, texts.spare, texts.bases, reading=reading)
    whole = True
    if built is None and any(d.code == resolve.NO_HEAD for d in problems):
        shelf, wrong = build.library(texts.own, texts.std, reading)
        # What has indicators is a rule set that lacks its head, not a library.
        if shelf is None or not any(isinstance(d, sd.Group | sd.Indicator) for f in shelf.files for d in f.decls):
            built, problems, whole = shelf, wrong, False
    return (Book(built.program, built.files, problems, whole) if built is not None else None), problems


def mended(start: Linted, unsafe: bool, only: Collection[str] = (), without: Collection[str] = ()) -> Mended:
    """Return the texts of a rule set with its fixes applied, round after round until none is left.

    A fix after which the rule set would have errors is not taken.
    """
    now, fixes = start, list[Fix]()

    def after(some: Sequence[Fix]) -> Linted:
        texts = applied({s.name: s.text for s in now.sources}, some)
        return looked_through(start.id, tuple(Source(n, t) for n, t in texts.items()), only, without)

    for _ in range(MOST_ROUNDS):
        round_ = chosen(now.found, unsafe)
        then = after(round_)
        if then.book is None:
            round_ = [fix for fix in round_ if after([fix]).book is not None]
            then = after(round_)
        if not round_ or then.book is None:
            break
        fewer = len(chosen(then.found, unsafe)) < len(chosen(now.found, unsafe))
        now, fixes = then, [*fixes, *round_]
        if not fewer:
            break
    return Mended({s.name: s.text for s in now.sources}, tuple(fixes))
