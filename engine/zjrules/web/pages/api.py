"""The interface for programs: its operations, its OpenAPI document, and a page about both."""

from __future__ import annotations

from urllib.parse import urlencode

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules.web import view
from zjrules.web.api import body, openapi
from zjrules.web.api.routes import routes
from zjrules.web.api.table import OPERATIONS, ROOT, Operation


@frozen
class Told:
    """An operation as the page tells it."""

    operation: Operation
    address: str
    example: str
    answer: str
    errors: tuple[tuple[int, str], ...]


def told(op: Operation, server: str) -> Told:
    """Return an operation with a command that asks it."""
    query = urlencode({q.name: q.example for q in op.queries if q.required}, safe="/")
    address = f"{server}{ROOT}{op.path}" + (f"?{query}" if query else "")
    sent = f" -H 'Content-Type: {body.YAML}' --data-binary @某局.yaml" if op.upload else ""
    saved = "" if op.schema else " -OJ"
    answer = f"JSON，{op.schema}" if op.schema else op.media
    statuses = sorted({*openapi.ALWAYS, *op.errors})
    return Told(
        op,
        f"{ROOT}{op.path}",
        f"curl{saved}{sent} '{address}'",
        answer,
        tuple((s, openapi.REASONS[s]) for s in statuses),
    )


async def page(request: Request) -> Response:
    """Show the operations."""
    server = str(request.base_url).rstrip("/")
    found = [told(op, server) for op in OPERATIONS]
    return view.page(request, "api.html", title="给程序用的接口", told=found, root=ROOT)


async def document(request: Request) -> Response:
    """Return the OpenAPI document."""
    return Response(openapi.document(), media_type=body.JSON)


ROUTES = (Route("/api", page), Route(f"{ROOT}/openapi.json", document), *routes())
LINKS = (view.Link("接口", "/api", 90),)
