"""From rule files to a checked rule set.

Nothing here is imported when a rule set comes from the cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from attrs import frozen

from zjrules import resolve, sense
from zjrules.diag import Diagnostic, Diagnostics, has_errors
from zjrules.elaborate.program import examples, program, shelf
from zjrules.inout import store
from zjrules.inout.asset import asset
from zjrules.library import Spare
from zjrules.read import tables
from zjrules.read.book import read
from zjrules.read.parser import Parser, parser, parser_of
from zjrules.ruleset import Example
from zjrules.span import Source, Span
from zjrules.syntax.decl import File, Word
from zjrules.term.rule import Program


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


@frozen
class Built:
    """A program with the examples of its own words, and the rule set's own files as they were written."""

    program: Program
    examples: tuple[Example, ...]
    files: tuple[File, ...] = ()


def build(own: Iterable[Source], std: Iterable[Source], spare: Spare | None = None) -> tuple[Built | None, Diagnostics]:
    """Read and check the files of a rule set and of the library that it draws on; None when there are errors."""
    mine, slips = _files(own)
    others, more = _files(std)
    return check(mine, others, (*slips, *more), spare)


def _files(sources: Iterable[Source]) -> tuple[list[File], Diagnostics]:
    read_all = [read(source, the_parser()) for source in sources]
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
    problems = tuple(dict.fromkeys((*slips, *later)))
    if found is None or has_errors(problems):
        return None, problems
    problems += sense.checks(found)
    return (None if has_errors(problems) else Built(found, typed, tuple(own))), problems


def library(own: Iterable[Source], std: Iterable[Source]) -> tuple[Built | None, Diagnostics]:
    """Read and check files of words and shared facts alone, such as rules/std, which are no rule set."""
    mine, slips = _files(own)
    others, more = _files(std)
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
