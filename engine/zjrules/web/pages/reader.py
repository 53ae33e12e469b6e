"""The rules for reading: every rule set as a document, search over all of them, the standard words and the shared facts."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules.page.markup import Html, anchor
from zjrules.reader import library, page
from zjrules.reader.model import Document, Fact
from zjrules.reader.reference import word_section
from zjrules.reader.search import asked, hits
from zjrules.web import view
from zjrules.web.shelf import document_of, documents

MOST_HITS = 40
"""Places shown of one rule set."""
LONGEST = 100
"""Characters of a query that count."""


@frozen
class Found:
    """A place that a search found: its address, what it is, and text around what was looked for."""

    address: str
    kind: str
    label: str
    before: str
    match: str
    after: str


@frozen
class Book:
    """A rule set in the list: where it is read, and what was found in it."""

    id: str
    title: str
    name: str
    nature: str
    issuer: str
    address: str
    count: int
    found: tuple[Found, ...]


Places = tuple[tuple[str, str], ...]
"""Rule sets by id, each with the address of the place in its document."""


@frozen
class Word:
    """A standard word, and who uses it."""

    name: str
    id: str
    section: Html
    books: Places


@frozen
class Asked:
    """A shared fact or ledger, and who asks it."""

    kind: str
    fact: Fact
    id: str
    books: Places


def address(name: str) -> str:
    """Return the address of the document of a rule set."""
    return f"/read/book?id={quote(name)}"


def listed(query: str) -> list[Book]:
    """Return all rule sets; with a query, those that have something of it, with the places."""
    words = asked(query[:LONGEST])
    every = [_book(doc, words) for doc in documents()]
    return [book for book in every if book.count] if words else every


def _book(doc: Document, words: tuple[str, ...]) -> Book:
    found = hits(doc, words)
    where = address(doc.head.id)
    shown = tuple(
        Found(f"{where}#{quote(anchor(h.kind, h.name))}", h.kind, h.label, h.before, h.found, h.after)
        for h in found[:MOST_HITS]
    )
    head = doc.head
    title = f"{head.name} {head.year}"
    return Book(head.id, title, head.name, head.nature, head.issuer, where, len(found), shown)


def read(name: str) -> tuple[str, list[Html]]:
    """Return the title and the parts of a document. Raises Refused where there is no such rule set."""
    doc = document_of(name)
    return doc.head.name, page.content(doc)


def words() -> list[Word]:
    """Return the standard words, each with the rule sets that use it and where."""
    used = library.using(documents())
    return [
        Word(w.name, anchor("词", w.name), word_section(w), _places("词", w.name, used.get(w.name, ())))
        for w in library.words()
    ]


def facts() -> list[Asked]:
    """Return the shared facts and ledgers, each with the rule sets that ask them and where."""
    return [
        Asked(each.kind, each.fact, anchor(each.kind, each.fact.name), _places(each.kind, each.fact.name, each.books))
        for each in library.shared(documents())
    ]


def _places(kind: str, name: str, books: Iterable[str]) -> Places:
    return tuple((id_, f"{address(id_)}#{quote(anchor(kind, name))}") for id_ in books)


async def index(request: Request) -> Response:
    """Show all rule sets, or what a search finds in them."""
    query = request.query_params.get("q", "")
    found = await request.app.state.lanes.run(listed, query)
    return view.page(request, "read.html", title="规则", books=found, query=query, most=MOST_HITS)


async def book(request: Request) -> Response:
    """Show the document of a rule set."""
    name = request.query_params.get("id", "")
    title, parts = await request.app.state.lanes.run(read, name)
    return view.page(request, "read_book.html", title=title, parts=parts, id=name)


async def words_page(request: Request) -> Response:
    """Show the standard words."""
    found = await request.app.state.lanes.run(words)
    return view.page(request, "read_words.html", title="标准的词", words=found)


async def facts_page(request: Request) -> Response:
    """Show the shared facts."""
    found = await request.app.state.lanes.run(facts)
    return view.page(request, "read_facts.html", title="合用的事实", facts=found)


ROUTES = (
    Route("/read", index), Route("/read/book", book), Route("/read/words", words_page), Route("/read/facts", facts_page),
)  # fmt: skip
LINKS = (view.Link("规则", "/read", 20),)
