"""How far each fact of an upload is from the next threshold, and what it takes to have all points."""

from __future__ import annotations

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules.appraisal import calendar_for
from zjrules.compiled.program import compiled
from zjrules.explain.lines import places_of, score_text
from zjrules.margin import said
from zjrules.margin.threshold import Unit, grade_rounded, margins, rounding_decided
from zjrules.num import brief
from zjrules.term import rule as tr
from zjrules.web import view
from zjrules.web.pages.unit import held
from zjrules.web.scoring import scored


@frozen
class Near:
    """One indicator: its score, and a row for each fact that it rests on."""

    name: str
    points: str
    score: str
    rows: tuple[tuple[str, ...], ...]
    rounded: bool
    """Whether rounding decided which band was taken."""


@frozen
class Told:
    """The page."""

    title: str
    grade_rounded: bool
    near: tuple[Near, ...]
    without: tuple[str, ...]
    """The indicators that rest on no number and no date."""


def told(facts: bytes) -> Told:
    """Return the thresholds of every indicator."""
    one, _ = scored(facts)
    program = one.rules.program
    calendar = calendar_for(one.rules)[0]
    unit = Unit(program, compiled(program, calendar), one.facts, calendar)
    near, without = [], []
    for step in one.claimed.indicators():
        node = step.term
        assert isinstance(node, tr.Indicator)
        rows = said.rows(margins(node, unit), program.schema, node)
        name = f"{node.number}{node.name}"
        if not rows:
            without.append(name)
            continue
        score = score_text(step.value, places_of(node.rounding))
        near.append(Near(name, brief(node.points), score, tuple(rows), rounding_decided(node, unit.scope({}))))
    return Told(one.rules.title, grade_rounded(one.claimed, unit.scope({})), tuple(near), tuple(without))


async def page(request: Request) -> Response:
    """Show the thresholds."""
    mine = held(request)
    found = await request.app.state.lanes.run(told, mine.facts)
    return view.page(request, "margins.html", title=f"{mine.unit}　离界线多远", held=mine, told=found, head=said.HEAD)


ROUTES = (Route("/unit/{id}/margins", page),)
