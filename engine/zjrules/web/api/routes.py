"""Routes made of the table: queries checked, bodies taken in, work done in a lane."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules.span import visible
from zjrules.web import view
from zjrules.web.api import body
from zjrules.web.api.scored import Params
from zjrules.web.api.table import LONGEST, MOST, OPERATIONS, ROOT, Operation
from zjrules.web.api.work import Reply
from zjrules.web.failure import BAD_QUERY, Refused, refused


def routes() -> list[Route]:
    """Return the routes of all operations."""
    return [Route(f"{ROOT}{op.path}", _answering(op), methods=[op.method], name=op.id) for op in OPERATIONS]


def _answering(op: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        params = queried(op, request)
        lanes = request.app.state.lanes
        if op.upload:
            given = await body.received(request)
            return _sent(await lanes.run(op.work, given, params))
        return _sent(await lanes.run(op.work, params))

    return answer


def _sent(reply: Reply) -> Response:
    if reply.name:
        return view.saved(reply.data, reply.name, reply.media)
    return Response(reply.data, media_type=reply.media)


def queried(op: Operation, request: Request) -> Params:
    """Return the query parameters of a request. Raises Refused for what the operation does not know, or lacks."""
    asked = {q.name: q for q in op.queries}
    given: dict[str, tuple[str, ...]] = {}
    for name, text in request.query_params.multi_items():
        query = asked.get(name)
        if query is None:
            raise _bad(f"没有叫「{visible(name)[:40]}」的查询参数", f"能写的：{'、'.join(asked) or '没有'}")
        if len(text) > LONGEST or sum(map(len, given.values())) >= MOST:
            raise _bad("查询参数太长或太多", f"一个最多 {LONGEST} 字，一共最多 {MOST} 个")
        if name in given and not query.many:
            raise _bad(f"「{name}」写了两次", "只写一次")
        if not text.strip():
            raise _bad(f"「{name}」是空的", f"例如 {name}={query.example}")
        given[name] = (*given.get(name, ()), text)
    for query in op.queries:
        if query.required and query.name not in given:
            raise _bad(f"要写查询参数「{query.name}」：{query.about}", f"例如 {query.name}={query.example}")
    return given


def _bad(why: str, help_: str) -> Refused:
    return refused(400, BAD_QUERY, why, help_)
