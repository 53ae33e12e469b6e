"""Texts read once: what was not changed is not read again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property

from attrs import define, field, frozen
from lark import Token

from zjrules.build import the_parser
from zjrules.diag import Diagnostics
from zjrules.read import lexer
from zjrules.read.book import read
from zjrules.span import Source
from zjrules.syntax.decl import File

MOST_FILES = 400
"""Files of which readings are kept; two rule sets with all that they draw on are under 100."""
MOST_VERSIONS = 3
"""Readings kept of one file: as it is, as it was, and as it would be after a rename."""


class OutdatedError(Exception):
    """The text was changed while it was being checked: what would come of it is of no use."""


@frozen(slots=False, eq=False)
class Parsed:
    """A text as it was read."""

    file: File
    problems: Diagnostics

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of the text."""
        return self._lexed[0]

    @property
    def comments(self) -> tuple[Token, ...]:
        """The comments of the text."""
        return self._lexed[1]

    @cached_property
    def _lexed(self) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
        tokens, comments, _ = lexer.tokens(self.file.span.source, the_parser().lex)
        return tuple(tokens), tuple(comments)


@define(eq=False)
class Readings:
    """The texts that were read last, by the names of their files; the last one of each first."""

    kept: OrderedDict[str, tuple[Parsed, ...]] = field(factory=OrderedDict)

    def parsed(self, source: Source) -> Parsed:
        """Return a text as it reads."""
        known = self.kept.get(source.name, ())
        found = next((p for p in known if p.file.span.source.text == source.text), None)
        if found is None:
            found = Parsed(*read(source, the_parser()))
        self.kept[source.name] = (found, *(p for p in known if p is not found))[:MOST_VERSIONS]
        while len(self.kept) > MOST_FILES:
            self.kept.popitem(last=False)
        return found

    def reader(self, outdated: Callable[[], bool]) -> Callable[[Source], tuple[File, Diagnostics]]:
        """Return a reader for build that ends with OutdatedError as soon as nobody waits for the result."""

        def reading(source: Source) -> tuple[File, Diagnostics]:
            if outdated():
                raise OutdatedError
            found = self.parsed(source)
            return found.file, found.problems

        return reading
