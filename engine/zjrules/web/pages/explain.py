"""How each indicator of an upload came to its score: what the page that explain writes has, among the other pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules.page import document
from zjrules.page.markup import Html
from zjrules.web import view
from zjrules.web.pages.unit import account_of, held
from zjrules.web.places import short
from zjrules.web.scoring import scored


def parts(facts: bytes) -> tuple[str, list[Html]]:
    """Return the title of the rules and the parts of the explanation."""
    one, found = scored(facts)
    return one.rules.title, [Html(short(part.text)) for part in document.parts(account_of(one, found))]


async def explain(request: Request) -> Response:
    """Show the explanation."""
    mine = held(request)
    title, found = await request.app.state.lanes.run(parts, mine.facts)
    return view.page(request, "explain.html", title=f"{mine.unit}　逐项解释", held=mine, book=title, parts=found)


ROUTES = (Route("/unit/{id}/explain", explain),)
