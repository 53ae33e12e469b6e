"""Texts read once: what was not changed is not read again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from attrs import define, field, frozen
from lark import Token

from zjrules.build import the_parser
from zjrules.diag import Diagnostics
from zjrules.read import lexer
from zjrules.read.book import read
from zjrules.span import Source
from zjrules.syntax.decl import File

MOST_KEPT = 400
"""Texts that are kept; two rule sets with all that they draw on are under 100."""


class OutdatedError(Exception):
    """The text was changed while it was being checked: what would come of it is of no use."""


@frozen(eq=False)
class Parsed:
    """A text as it was read."""

    file: File
    problems: Diagnostics
    tokens: tuple[Token, ...]
    comments: tuple[Token, ...]


@define(eq=False)
class Readings:
    """The texts that were read last."""

    kept: OrderedDict[Source, Parsed] = field(factory=OrderedDict)

    def parsed(self, source: Source) -> Parsed:
        """Return a text as it reads."""
        found = self.kept.get(source)
        if found is None:
            tokens, comments, _ = lexer.tokens(source, the_parser().lex)
            found = Parsed(*read(source, the_parser()), tuple(tokens), tuple(comments))
            self.kept[source] = found
            while len(self.kept) > MOST_KEPT:
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
