"""From what a page tells to an answer: templates, files to be saved, and pages that say what went wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from attrs import frozen
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from zjrules.span import visible
from zjrules.web import problem
from zjrules.web.failure import Told
from zjrules.web.places import short

_FOLDER = Path(__file__).parent / "templates"
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_ENVIRONMENT.filters["visible"] = lambda text: visible(str(text))
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


@frozen
class Link:
    """A page's place in the menu; the lower order stands first."""

    name: str
    address: str
    order: int


def page(request: Request, template: str, status: int = 200, **told: Any) -> HTMLResponse:
    """Return a page made by a template. It has title, and request.state's token for forms, beside what is told."""
    state = request.app.state
    text = _ENVIRONMENT.get_template(template).render(
        token=request.state.token, links=state.links, version=state.version, here=request.url.path, **told
    )
    return HTMLResponse(short(text), status)


def failure(request: Request, told: Told) -> Response:
    """Return the page that says why a request was not answered; a program that asks is told in JSON."""
    if problem.asked(request):
        return problem.answer(told)
    return page(request, "failure.html", told.status, title=told.message, told=told)


def moved(address: str) -> RedirectResponse:
    """Send the visitor to a page after a form was taken in, so that a reload does not send it again."""
    return RedirectResponse(address, 303)


def saved(data: bytes, name: str, kind: str = "application/octet-stream") -> Response:
    """Return a file to be saved under a name that may be Chinese (RFC 5987, 6266)."""
    name = visible(_UNFIT.sub("_", name)).strip(" .") or "文件"
    # Browsers that do not know the second name get one with what is left of it.
    stem, dot, end = name.rpartition(".")
    plain = f"{_ascii(stem) or 'file'}{dot}{_ascii(end)}" if dot else _ascii(name) or "file"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=kind, headers={"content-disposition": disposition})


def _ascii(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "", text)
