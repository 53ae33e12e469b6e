"""The first page: choose a rule set, or upload what is filled in; and what was uploaded already."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules.bookshelf import files_of
from zjrules.inout.asset import standard
from zjrules.num import brief
from zjrules.project import load, rule_sets
from zjrules.web import view


@frozen
class Book:
    """A rule set as a row of the list; problems counts its mistakes, and where there are any the rest is not known."""

    id: str
    name: str
    year: str
    issuer: str
    nature: str
    full: str
    indicators: int
    problems: int = 0


def books() -> tuple[Book, ...]:
    """Return every rule set that can be found, the latest year first: that is the one to be filled in."""
    places = rule_sets()
    files = (file for folder in {*places.values(), *standard()} for file in (files_of(folder)))
    seen = ((file, file.stat()) for file in files)
    return _books(tuple(sorted(places)), frozenset((file, s.st_mtime_ns, s.st_size) for file, s in seen))


@lru_cache(1)
def _books(names: tuple[str, ...], files: frozenset[tuple[Path, int, int]]) -> tuple[Book, ...]:
    """Return the rule sets; as long as no file changes, a lane remembers them."""
    found = []
    for name in names:
        rules, problems = load(name)
        if rules is None:
            found.append(Book(name, name, "", "", "", "", 0, max(1, sum(d.is_error for d in problems))))
            continue
        book = rules.program.book
        count = sum(1 for _ in rules.indicators())
        found.append(Book(name, book.name, str(book.year), book.issuer, book.nature, brief(book.full), count))
    return tuple(sorted(found, key=lambda b: (-int(b.year or 0), b.id)))


async def home(request: Request) -> Response:
    """Show the list."""
    found = await request.app.state.lanes.run(books)
    held = request.app.state.desk.of(request.state.session)
    return view.page(request, "home.html", title="选规则，传数据表", books=found, held=held)


ROUTES = (Route("/", home),)
LINKS = (view.Link("首页", "/", 10),)
