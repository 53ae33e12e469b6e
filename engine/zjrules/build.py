"""From rule files to a checked rule set.

Nothing here is imported when a rule set comes from the cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from attrs import frozen

from zjrules import resolve, sense
from zjrules.diag import Diagnostic, Diagnostics, has_errors
from zjrules.elaborate.program import examples, program
from zjrules.inout import store
from zjrules.inout.asset import asset
from zjrules.read import tables
from zjrules.read.book import read
from zjrules.read.parser import Parser, parser, parser_of
from zjrules.ruleset import Example
from zjrules.span import Source, Span
from zjrules.syntax.decl import File
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
    """A program with the examples of its words."""

    program: Program
    examples: tuple[Example, ...]


def build(own: Iterable[Source], std: Iterable[Source]) -> tuple[Built | None, Diagnostics]:
    """Read and check the files of a rule set and the standard words; None when there are errors."""
    slips: list[Diagnostic] = []

    def files(sources: Iterable[Source]) -> list[File]:
        found = []
        for source in sources:
            file, wrong = read(source, the_parser())
            found.append(file)
            slips.extend(wrong)
        return found

    return check(files(own), files(std), slips)


def check(own: Iterable[File], std: Iterable[File], slips: Iterable[Diagnostic]) -> tuple[Built | None, Diagnostics]:
    """Resolve, type and check the files of a rule set; slips are what reading them found. None when there are errors."""
    own = list(own)
    index, names = resolve.index(own, list(std))
    found, wrong = program(index)
    typed, misfits = examples(index)
    damaged = [span for file in own for span in file.damaged]
    later = [d for d in (*names, *wrong, *misfits) if not _follows(d, damaged)]
    problems = tuple(dict.fromkeys((*slips, *later)))
    if found is None or has_errors(problems):
        return None, problems
    problems += sense.checks(found)
    return (None if has_errors(problems) else Built(found, typed)), problems


def _follows(finding: Diagnostic, damaged: list[Span]) -> bool:
    """Return whether a finding lies in a clause that could not be read whole."""
    return any(_inside(finding.labels[0].span, span) for span in damaged) if finding.labels else False


def _inside(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end
