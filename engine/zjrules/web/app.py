"""The application: the guard around the pages, which are found by their files in pages/."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from zjrules.page.script import SCRIPT
from zjrules.page.style import STYLE
from zjrules.reader.script import SCRIPT as READING
from zjrules.reader.style import READER
from zjrules.web import pages, view
from zjrules.web.desk import Desk
from zjrules.web.failure import no_page
from zjrules.web.guard import Guard
from zjrules.web.lanes import Lanes
from zjrules.web.settings import Settings

_STATIC = Path(__file__).parent / "static"


def application(settings: Settings) -> Starlette:
    """Return a server's application; its lanes are ended with it.

    Its state has what pages need: settings, desk, lanes; links is the menu, version a digest of style and script.
    """
    found = [importlib.import_module(m.name) for m in pkgutil.iter_modules(pages.__path__, f"{pages.__name__}.")]
    routes: list[BaseRoute] = [route for module in found for route in module.ROUTES]
    files = _files()
    app = Starlette(
        routes=[*routes, Route("/static/{name}", _static), Route("/favicon.ico", _icon)],
        middleware=[Middleware(Guard, settings=settings, key=secrets.token_bytes(32))],
        exception_handlers={HTTPException: _not_found},
        lifespan=_lifespan,
    )
    app.state.settings, app.state.desk, app.state.lanes = settings, Desk(settings), Lanes(settings)
    app.state.files = files
    app.state.version = hashlib.sha256(b"".join(data for _, data in files.values())).hexdigest()[:12]
    links = [link for module in found for link in getattr(module, "LINKS", ())]
    app.state.links = sorted(links, key=lambda link: link.order)
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    app.state.lanes.close()


def _files() -> dict[str, tuple[str, bytes]]:
    """Return the files that every page refers to: its style and script are those of the pages that explain writes, and more."""
    style = f"{STYLE}\n{(_STATIC / 'app.css').read_text('utf-8')}"
    own = (_STATIC / "app.js").read_text("utf-8")
    script = f'if (document.getElementById("tools")) {{{SCRIPT}}}\n{own}'
    return {
        "reader.css": ("text/css", READER.encode()),
        "reader.js": ("text/javascript", READING.encode()),
        "app.css": ("text/css", style.encode()),
        "app.js": ("text/javascript", script.encode()),
        "icon.svg": ("image/svg+xml", (_STATIC / "icon.svg").read_bytes()),
    }


async def _static(request: Request) -> Response:
    found = request.app.state.files.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    kind, data = found
    return Response(data, media_type=kind, headers={"cache-control": "private, max-age=3600"})


async def _icon(request: Request) -> Response:
    kind, data = request.app.state.files["icon.svg"]
    return Response(data, media_type=kind)


async def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = view.failure(request, no_page(error.status_code))
    answer.headers.update(error.headers or {})  # which methods an address has
    return answer
