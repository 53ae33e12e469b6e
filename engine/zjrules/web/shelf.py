"""Documents of rule sets, made in a lane and kept there until a rule set is another one."""

from __future__ import annotations

from functools import lru_cache

from zjrules.bookshelf import rule_sets
from zjrules.project import load
from zjrules.reader.document import document
from zjrules.reader.model import Document
from zjrules.reader.opened import opened
from zjrules.web.scoring import rules_of

MOST = 128
"""Documents that one lane keeps; one of a hundred indicators takes about a megabyte."""


def document_of(name: str) -> Document:
    """Return the document of a rule set that is asked for by its id. Raises Refused where there is none."""
    return _made(name, rules_of(name).digest)


def documents() -> list[Document]:
    """Return the documents of all rule sets that have no mistakes, by id."""
    loaded = [(name, load(name)[0]) for name in sorted(rule_sets())]
    return [_made(name, rules.digest) for name, rules in loaded if rules is not None]


@lru_cache(maxsize=MOST)
def _made(name: str, digest: str) -> Document:
    found, _ = opened(name)
    assert found is not None, "it was loaded just now"
    return document(found)
