"""A checked rule set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from zjrules.diag import Diagnostics
from zjrules.layer import Layer
from zjrules.span import Span
from zjrules.term import survey
from zjrules.term.expr import Expr
from zjrules.term.rule import Group, Indicator, Program


@frozen
class Example:
    """An example of a word: what is written, and what it must give."""

    word: str
    call: Expr
    expected: Expr
    span: Span


@frozen
class Edition:
    """A published edition: its number, why it corrects the one before it ('' for the first), and the digest in book.lock."""

    number: int
    correction: str
    digest: str

    def __str__(self) -> str:
        return f"第 {self.number} 版" + (f"（更正：{self.correction}）" if self.correction else "")


@frozen
class RuleSet:
    """A rule set that was found and checked."""

    id: str
    """zhanjiang/2025, or the path that was given."""
    path: Path
    program: Program
    digest: str
    """SHA-256 over the names and texts of its files and of the standard words."""
    examples: tuple[Example, ...]
    bases: tuple[Layer, ...] = ()
    """The rule sets that it amends (沿用), the lowest first."""
    edition: Edition | None = None
    """The edition that was published, None where none was."""
    edited: Diagnostics = ()
    """Why it must not be used for scoring: what was published was edited since."""

    @property
    def title(self) -> str:
        """The name with its label and edition, such as 湛江市…（重构，非官方）第 2 版, as it must be shown."""
        book = self.program.book
        edition = f"第 {self.edition.number} 版" if self.edition is not None else ""
        return f"{book.name} {book.year}" + (f"（{book.nature}）" if book.nature else "") + (edition and f" {edition}")

    def beside(self, name: str) -> Path | None:
        """Return a file beside the rules: its own, else that of the nearest rule set that it amends; None where there is none."""
        paths = (self.path, *(base.path for base in reversed(self.bases)))
        folders = [path if path.is_dir() else path.parent for path in paths]
        return next((folder / name for folder in folders if (folder / name).is_file()), None)

    def indicators(self) -> Iterator[Indicator]:
        """Yield the indicators in order."""
        return survey.indicators(self.program.groups)

    def indicator_names(self) -> list[str]:
        """Return the names of all indicators and groups, in order."""
        return [name for node in self.program.groups for name in _names(node)]


def _names(node: Group | Indicator) -> list[str]:
    inner = node.children if isinstance(node, Group) else node.parts
    return [node.name, *(n for child in inner for n in _names(child))]
