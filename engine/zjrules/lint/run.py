"""All rules over one rule set, and what its comments silence."""

from __future__ import annotations

from collections.abc import Callable, Collection

from zjrules.diag import Diagnostic, Diagnostics
from zjrules.lint import silence
from zjrules.lint.book import Book
from zjrules.lint.discover import rules


def _nobody() -> None:
    """Watch nothing."""


def lint(
    book: Book, only: Collection[str] = (), without: Collection[str] = (), watch: Callable[[], None] = _nobody
) -> Diagnostics:
    """Return what the rules find in the rule set's own files, by place, less what 忽略 silences.

    only and without are numbers or kebab names of codes; an empty only means all. watch is called before each rule;
    what it raises ends the run.
    """
    # Whether a silence is needed is known only of the rules that ran.
    about_silences = any(_among(c.number, c.name, only, without) for c in silence.PAGES) and bool(only)
    asked = [r for r in rules() if about_silences or _among(r.code.number, r.code.name, only, without)]
    found = []
    for rule in asked:
        watch()
        found += [d for d in rule.found(book) if d.labels and book.owns(d.labels[0].span)]
    known = {r.code.number for r in rules()}
    left, own = silence.silenced(book.files, found, {r.code.number for r in asked}, known)
    kept = [d for d in (*left, *own) if _among(d.code.number, d.code.name, only, without)]
    return tuple(sorted(dict.fromkeys(kept), key=_place))


def _among(number: str, name: str, only: Collection[str], without: Collection[str]) -> bool:
    return (not only or number in only or name in only) and number not in without and name not in without


def _place(found: Diagnostic) -> tuple[str, int, str]:
    span = found.labels[0].span
    return span.source.name, span.start, found.code.number
