"""One rule set: what it is, the empty files to be filled in, and the form that takes them back."""

from __future__ import annotations

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules.inout.blank import blank
from zjrules.inout.workbook import databook
from zjrules.num import brief
from zjrules.web import view
from zjrules.web.scoring import rules_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@frozen
class About:
    """What a page tells of a rule set."""

    id: str
    title: str
    name: str
    nature: str
    pairs: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    """The indicators of the first level with their points."""
    notes: str


def about(name: str) -> About:
    """Return what a rule set is. Raises Refused where there is none."""
    rules = rules_of(name)
    book, schema = rules.program.book, rules.program.schema
    pairs = (
        ("评价年度", str(book.year)),
        ("发布", book.issuer),
        ("依据", book.basis),
        ("满分", f"{brief(book.full)} 分"),
        ("要填的", f"{len(schema.facts)} 项事实，{len(schema.ledgers)} 张明细"),
    )
    groups = tuple((f"{g.number} {g.name}", f"{brief(g.points)} 分") for g in rules.program.groups)
    return About(name, rules.title, book.name, book.nature, tuple(p for p in pairs if p[1]), groups, book.note)


def workbook(name: str) -> bytes:
    """Return the workbook to be filled in, as zjrules template makes it."""
    return databook.workbook(rules_of(name))


def text(name: str) -> bytes:
    """Return the fact file to be filled in, as zjrules new makes it."""
    rules = rules_of(name)
    return blank(rules.program, name, rules.title).encode()


async def book(request: Request) -> Response:
    """Show a rule set."""
    found = await request.app.state.lanes.run(about, request.query_params.get("id", ""))
    return view.page(request, "book.html", title=found.name, book=found)


async def template(request: Request) -> Response:
    """Hand out the empty workbook."""
    name = request.query_params.get("id", "")
    data = await request.app.state.lanes.run(workbook, name)
    return view.saved(data, f"数据表 {name.replace('/', ' ')}.xlsx", XLSX)


async def empty(request: Request) -> Response:
    """Hand out the empty fact file."""
    name = request.query_params.get("id", "")
    data = await request.app.state.lanes.run(text, name)
    return view.saved(data, f"事实 {name.replace('/', ' ')}.yaml", "application/yaml")


ROUTES = (Route("/rules", book), Route("/rules/template", template), Route("/rules/empty", empty))
