"""Uploads: taken in, shown with their findings and scores, replaced and forgotten."""

from __future__ import annotations

from importlib.metadata import version

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules.diag import Diagnostic
from zjrules.page import overview
from zjrules.page.account import Account
from zjrules.page.markup import Html
from zjrules.project import Scored
from zjrules.web import findings, forms, view
from zjrules.web.desk import Held
from zjrules.web.failure import BAD_FORM, refused
from zjrules.web.findings import Finding
from zjrules.web.places import short
from zjrules.web.scoring import Reading, outcome, received


@frozen
class Told:
    """What is told of an upload: title is that of its rule set; the parts of the page are None where it has no score."""

    title: str
    findings: list[Finding]
    number: int
    """Of all findings, of which the page may not show the last."""
    counted: str
    """How many there are of each weight."""
    head: Html | None = None
    scores: Html | None = None
    checks: Html | None = None


def account_of(scored: Scored, found: list[Diagnostic]) -> Account:
    """Return a scored unit as a page of an explanation tells it."""
    rules = scored.rules
    traces = [t for t in (scored.claimed, scored.proved, scored.reviewed) if t is not None]
    return Account(rules.title, rules.id, rules.digest, version("zjrules"), scored.facts, traces, findings.shown(found))


def told(facts: bytes, explained: str) -> Told:
    """Return what is told of an upload; explained is the address of the page that its rows link to."""
    one = outcome(facts)
    title = one.rules.title if one.rules is not None else ""
    said, counted = findings.told(one.found), findings.counted(one.found)
    if one.scored is None:
        return Told(title, said, len(one.found), counted)
    account = account_of(one.scored, one.found)
    return Told(
        title, said, len(one.found), counted, overview.standing(account), overview.scores(account, explained),
        Html(short(overview.checks(account).text)),
    )  # fmt: skip


def held(request: Request) -> Held:
    """Return the upload that an address is about. Raises Refused."""
    found: Held = request.app.state.desk.get(request.path_params["id"], request.state.session)
    return found


async def upload(request: Request) -> Response:
    """Take in a unit's files."""
    return await _taken(request, "")


async def again(request: Request) -> Response:
    """Take in files in the place of those of before."""
    return await _taken(request, held(request).id)


async def _taken(request: Request, instead_of: str) -> Response:
    form = await forms.read(request)
    if not form.files:
        raise refused(400, BAD_FORM, "没有选文件", "先点「选择文件」，选填好的数据表，再点「上传」")
    readings = await request.app.state.lanes.run(received, form.files, form.fields.get("rules", ""))
    desk, owner = request.app.state.desk, request.state.session
    # A file may name several rule sets; the first is shown, and the others stand beside it in the list.
    ids = [desk.put(_held(r, owner), "" if i else instead_of) for i, r in reversed([*enumerate(readings)])]
    return view.moved(f"/unit/{ids[-1]}")


def _held(reading: Reading, owner: str) -> Held:
    return Held(owner, reading.rules, reading.unit, reading.facts, reading.files, reading.scored)


async def unit(request: Request) -> Response:
    """Show an upload."""
    mine = held(request)
    found = await request.app.state.lanes.run(told, mine.facts, f"/unit/{mine.id}/explain")
    return view.page(request, "unit.html", title=mine.unit, held=mine, told=found)


async def drop(request: Request) -> Response:
    """Forget an upload."""
    await forms.read(request)
    request.app.state.desk.drop(request.path_params["id"], request.state.session)
    return view.moved("/")


ROUTES = (
    Route("/unit", upload, methods=["POST"]),
    Route("/unit/{id}", unit),
    Route("/unit/{id}/again", again, methods=["POST"]),
    Route("/unit/{id}/drop", drop, methods=["POST"]),
)
