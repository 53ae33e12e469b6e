"""From rule files to a checked rule set.

Nothing here is imported when a rule set comes from the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache

from attrs import evolve, frozen

from zjrules import resolve, sense
from zjrules.diag import Code, Diagnostic, Diagnostics, Label, at, has_errors
from zjrules.elaborate.program import examples, program, shelf
from zjrules.inout import store
from zjrules.inout.asset import asset
from zjrules.layer import Layer
from zjrules.library import Spare
from zjrules.overlay.conflict import head
from zjrules.overlay.consolidate import consolidated, stray
from zjrules.overlay.whole import Whole
from zjrules.read import tables
from zjrules.read.book import read
from zjrules.read.parser import Parser, parser, parser_of
from zjrules.ruleset import Example
from zjrules.span import Source, Span
from zjrules.syntax.decl import Amendment, File, RuleSet, Word
from zjrules.term.rule import Program

UNSEEN_BASE = Code("ZJ1062", "unseen-base")


@cache
def the_parser() -> Parser:
    """Return the parser of grammar/zj.lark, its tables from the cache when they are there."""
    text = grammar_text()
    key = store.digest(tables.VERSION, text)
    kept = store.get("grammar", key)
    if kept is not None:
        try:
            return parser_of(tables.restore(kept))
        except (LookupError, TypeError, ValueError, AttributeError, AssertionError):
            pass  # whatever is kept under this name is not what we wrote: work it out again
    found = parser(text)
    store.put("grammar", key, tables.dump(found.grammar))
    return found


def grammar_text() -> str:
    """Return the text of the grammar."""
    return (asset("grammar") / "zj.lark").read_text("utf-8")


Reader = Callable[[Source], tuple[File, Diagnostics]]
"""Reads a text; an editor's keeps what it read, so that only what was changed is read again."""


def reader(source: Source) -> tuple[File, Diagnostics]:
    """Read a rule file."""
    return read(source, the_parser())


@frozen
class Built:
    """A program with the examples of its own words, and the rule set's own files as they were written."""

    program: Program
    examples: tuple[Example, ...]
    files: tuple[File, ...] = ()
    book: Whole | None = None
    """The declarations with where each came from, where they were put together from several rule sets."""


def build(
    own: Iterable[Source],
    std: Iterable[Source],
    spare: Spare | None = None,
    bases: Sequence[Layer] = (),
    as_of: date | None = None,
    reading: Reader = reader,
) -> tuple[Built | None, Diagnostics]:
    """Read and check the files of a rule set and of the library that it draws on; None when there are errors.

    bases: the rule sets that it amends, the lowest first; as_of: the day on which it is looked at.
    """
    mine, slips = _files(own, reading)
    others, more = _files(std, reading)
    below = [_files(layer.sources, reading) for layer in bases]
    slips = (*(d for _, wrong in below for d in wrong), *slips)
    book, crossed = consolidated([*(files for files, _ in below), mine], others, as_of)
    slips = (*slips, *_misread(mine, bases), *more)
    damaged = any(isinstance(d, Amendment) and d.damaged for f in mine for d in f.decls)
    if damaged or has_errors(crossed):  # what an amendment that was not made leaves behind is no second mistake
        return None, tuple(dict.fromkeys((*slips, *crossed)))
    found, problems = check(book.consolidated(), others, (*slips, *crossed), spare)
    problems = _traced(problems, book)
    return (evolve(found, files=tuple(mine), book=book) if found is not None else None), problems


def _traced(problems: Diagnostics, book: Whole) -> Diagnostics:
    """Return diagnostics in which a name that nothing declares any more points at the amendment that removed it."""
    gone = {
        a.target.name: a for a in book.amendments if a.verb == "删除" and not a.target.part and a.target.ref is None
    }
    return tuple(_removed(d, gone) for d in problems)


def _removed(found: Diagnostic, gone: dict[str, Amendment]) -> Diagnostic:
    if found.code != resolve.UNKNOWN_NAME:
        return found
    amendment = gone.get(found.labels[0].span.text.strip("「」"))
    if amendment is None:
        return found
    labels = (*found.labels, Label(head(amendment.span), "这一条把它删去了"))
    return evolve(found, labels=labels, help="还用着它的条文要一起改", fix=None)


def _misread(mine: Sequence[File], bases: Sequence[Layer]) -> Diagnostics:
    """Return what is wrong where the parser reads another 沿用 than was looked for in the text."""
    said = next((d.base for f in mine for d in f.decls if isinstance(d, RuleSet) and d.base is not None), None)
    looked_for = bases[-1].id if bases else None
    if said is None or said.text == looked_for:
        return ()
    return (at(UNSEEN_BASE, said.span, f"「沿用 {said.text}」没有认出来", "「沿用」和编号写在同一行，编号里不加空格"),)


def _files(sources: Iterable[Source], reading: Reader = reader) -> tuple[list[File], Diagnostics]:
    read_all = [reading(source) for source in sources]
    return [file for file, _ in read_all], tuple(d for _, wrong in read_all for d in wrong)


def standard_examples(std: Iterable[Source]) -> tuple[tuple[Example, ...], Diagnostics]:
    """Return the typed examples of all standard words."""
    files, slips = _files(std)
    index, names = resolve.index([], files)
    found, misfits = examples(index, set(index.words))
    return found, (*slips, *names, *misfits)


def check(
    own: Iterable[File], std: Iterable[File], slips: Iterable[Diagnostic], spare: Spare | None = None
) -> tuple[Built | None, Diagnostics]:
    """Resolve, type and check the files of a rule set; slips are what reading them found. None when there are errors."""
    own = list(own)
    index, names = resolve.index(own, list(std), spare)
    found, wrong = program(index)
    typed, misfits = examples(index, {d.name.text for file in own for d in file.decls if isinstance(d, Word)})
    damaged = [span for file in own for span in file.damaged]
    later = [d for d in (*names, *wrong, *misfits) if not _follows(d, damaged)]
    problems = tuple(dict.fromkeys((*slips, *stray(own), *later)))
    if found is None or has_errors(problems):
        return None, problems
    problems += sense.checks(found)
    return (None if has_errors(problems) else Built(found, typed, tuple(own))), problems


def library(own: Iterable[Source], std: Iterable[Source], reading: Reader = reader) -> tuple[Built | None, Diagnostics]:
    """Read and check files of words and shared facts alone, such as rules/std, which are no rule set."""
    mine, slips = _files(own, reading)
    others, more = _files(std, reading)
    index, names = resolve.index(mine, others)
    found, wrong = shelf(index)
    typed, misfits = examples(index, {d.name.text for file in mine for d in file.decls if isinstance(d, Word)})
    problems = tuple(dict.fromkeys((*slips, *more, *names, *wrong, *misfits)))
    return (None if has_errors(problems) else Built(found, typed, tuple(mine))), problems


def _follows(finding: Diagnostic, damaged: list[Span]) -> bool:
    """Return whether a finding lies in a clause that could not be read whole."""
    return any(_inside(finding.labels[0].span, span) for span in damaged) if finding.labels else False


def _inside(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end
