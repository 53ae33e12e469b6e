"""A book while amendments are made to it: its declarations in order, and what was done to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from attrs import evolve, field, frozen

from zjrules.span import Span
from zjrules.syntax import decl as sd
from zjrules.syntax.expr import DateLit

Key = tuple[str, ...]
"""What something is called: its keyword and name, then a 分项 or column, then a clause."""


@frozen
class Entry:
    """A declaration; patched where some of its clauses were changed, so that its text is no longer one piece."""

    decl: sd.Declared
    patched: bool = False
    made: tuple[sd.Amendment, ...] = ()
    """The amendments that made it what it is, oldest first."""

    @property
    def key(self) -> Key:
        """The keyword and the name."""
        return key_of(self.decl)


@frozen
class Whole:
    """A consolidated book, with the files that it was made of and the amendments in force, oldest first."""

    head: sd.RuleSet | None
    entries: tuple[Entry, ...]
    files: tuple[sd.File, ...]
    amendments: tuple[sd.Amendment, ...] = ()
    edits: Mapping[Span, str] = field(factory=dict)
    """Where the text of a file says something else than the book: names that are others now, and what only amendments say."""
    heads: tuple[sd.RuleSet, ...] = ()
    """The heads that this one was put together from, the base's first."""
    further: tuple[sd.RuleSet, ...] = ()
    """Heads that are one too many, for the check to report."""

    def find(self, key: Key) -> int | None:
        """Return the place of a declaration, None where there is none."""
        return next((i for i, e in enumerate(self.entries) if e.key == key), None)

    def of(self, kind: str) -> Iterator[Entry]:
        """Yield the declarations of a keyword."""
        return (e for e in self.entries if e.key[0] == kind)

    def with_entries(self, entries: Iterable[Entry]) -> Whole:
        """Return the book with other declarations."""
        return evolve(self, entries=tuple(entries))

    def consolidated(self) -> tuple[sd.File, ...]:
        """Return the files as they are checked: all declarations in the first, and what reading said of each."""
        first, *rest = self.files
        heads = () if self.head is None else (self.head, *self.further)
        decls: tuple[sd.Decl, ...] = (*heads, *(e.decl for e in self.entries))
        return (evolve(first, decls=decls), *(evolve(f, decls=()) for f in rest))


def whole(files: Iterable[sd.File]) -> Whole:
    """Return the files of a book that amends no other."""
    files = tuple(files)
    decls = [d for f in files for d in f.decls]
    heads = tuple(d for d in decls if isinstance(d, sd.RuleSet))
    entries = tuple(Entry(d) for d in decls if not isinstance(d, sd.RuleSet | sd.Amendment))
    return Whole(heads[0] if heads else None, entries, files, heads=heads[:1], further=heads[1:])


def key_of(decl: sd.Declared) -> Key:
    """Return what a declaration is called."""
    match decl:
        case sd.CheckDecl(title=title):
            return "校验", title.text
        case sd.Notice(year=year):
            return "放假安排", str(year.value)
        case sd.Total():
            return "总评", ""
        case _:
            return sd.kind_of(decl), decl.name.text


def said(key: Key) -> str:
    """Return what something is called, for a reader: 指标「甲」的 令 率."""
    kind, name, *inside = key
    shown = f"{kind}「{name}」" if name else kind
    return "的".join([shown, *(f"「{part}」" for part in inside)])


def day(written: DateLit) -> date | None:
    """Return a day that is written with its year, None where there is no such day."""
    try:
        return date(written.year or 0, written.month, written.day)
    except ValueError:
        return None
