"""A checked rule set, and the way there from the syntax of its files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

from zjrules import resolve, sense
from zjrules.diag import Diagnostic, Diagnostics, has_errors
from zjrules.elaborate.program import examples, program
from zjrules.span import Span
from zjrules.syntax.decl import File
from zjrules.term import survey
from zjrules.term.expr import Expr
from zjrules.term.rule import Group, Indicator, Program

Examples = tuple[tuple[str, Expr, Expr, Span], ...]
"""The examples of words: word, what is written, what it must give, place."""


@frozen
class RuleSet:
    """A rule set that was found and checked."""

    id: str
    """zhanjiang/2025, or the path that was given."""
    path: Path
    program: Program
    digest: str
    """SHA-256 over the names and texts of its files and of the standard words."""
    examples: Examples

    @property
    def title(self) -> str:
        """The name with its label, such as 湛江市…（重构，非官方）, as it must be shown."""
        book = self.program.book
        return f"{book.name} {book.year}" + (f"（{book.nature}）" if book.nature else "")

    def indicators(self) -> Iterator[Indicator]:
        """Yield the indicators in order."""
        return survey.indicators(self.program.groups)

    def indicator_names(self) -> list[str]:
        """Return the names of all indicators and groups, in order."""
        return [name for node in self.program.groups for name in _names(node)]


def _names(node: Group | Indicator) -> list[str]:
    inner = node.children if isinstance(node, Group) else node.parts
    return [node.name, *(n for child in inner for n in _names(child))]


def check(
    own: Iterable[File], std: Iterable[File], slips: Iterable[Diagnostic]
) -> tuple[Program | None, Examples, Diagnostics]:
    """Resolve, type and check the files of a rule set; slips are what reading them found. None when there are errors."""
    own = list(own)
    index, names = resolve.index(own, list(std))
    found, wrong = program(index)
    typed, misfits = examples(index)
    damaged = [span for file in own for span in file.damaged]
    later = [d for d in (*names, *wrong, *misfits) if not _follows(d, damaged)]
    problems = tuple(dict.fromkeys((*slips, *later)))
    if found is None or has_errors(problems):
        return None, (), problems
    problems += sense.checks(found)
    return (None if has_errors(problems) else found), typed, problems


def _follows(finding: Diagnostic, damaged: list[Span]) -> bool:
    """Return whether a finding lies in a clause that could not be read whole."""
    return any(_inside(finding.labels[0].span, span) for span in damaged) if finding.labels else False


def _inside(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end
