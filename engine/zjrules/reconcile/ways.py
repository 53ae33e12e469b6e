"""How reports say things, as a pattern file tells it: facts, chapters, and what cannot both be said."""

from __future__ import annotations

from attrs import define, frozen

from zjrules.reconcile.phrase import Phrase
from zjrules.span import Source


@frozen
class Ways:
    """How a report states one thing: phrases, each with the value that it means where it takes none."""

    name: str
    phrases: tuple[tuple[Phrase, str | None], ...]
    not_after: tuple[str, ...] = ()
    """Words that may not stand right before a match: it would be the end of another name."""
    not_with: tuple[str, ...] = ()
    """Words that may not stand in the sentence."""
    not_before: tuple[str, ...] = ()
    """Words that may not stand before a match in its sentence: they are what it is about."""
    not_inside: tuple[str, ...] = ()
    """Words that may not stand in the match itself, where a … would take them in."""


@frozen
class Chapter:
    """A chapter of the official form, and how its heading may be worded."""

    name: str
    titles: tuple[Phrase, ...]


@frozen
class Wording:
    """Words that are probably a slip, and what to look at."""

    ways: Ways
    hint: str


@frozen
class Clash:
    """A report that says one thing and has another cannot leave out what would explain both."""

    said: str
    beside: str
    lacking: tuple[str, ...]
    why: str
    also: tuple[Phrase, ...] = ()
    """Further ways of saying it, which are not the whole of what the fact says."""
    unsaid: tuple[str, ...] = ()
    """Facts of which the report states no amount: one that is stated explains the other side."""


@frozen
class Sequence:
    """What a report says was done, the date it bears, the date that would prove it, and the stages that it tells of."""

    said: str
    written: str
    done: str
    chapter: str
    stages: tuple[Phrase, ...]
    limits: tuple[Phrase, ...]
    why: str


@define
class Patterns:
    """All that a report.yaml says. heard are words that make a sentence, or a clause, no statement of the report's own."""

    source: Source
    cover: tuple[Ways, ...] = ()
    claims: tuple[Ways, ...] = ()
    facts: tuple[Ways, ...] = ()
    other_years: tuple[str, ...] = ()
    not_said: tuple[str, ...] = ()
    not_said_clause: tuple[str, ...] = ()
    not_counted: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    wordings: tuple[Wording, ...] = ()
    clashes: tuple[Clash, ...] = ()
    sequences: tuple[Sequence, ...] = ()
