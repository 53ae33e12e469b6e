"""What if: other values of some facts, and the scores before and after. Without script it is a form; with it, it is live."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules import suppose
from zjrules.appraisal import calendar_for
from zjrules.diag import has_errors
from zjrules.explain import columns
from zjrules.fact import Asked, Fact, State
from zjrules.project import Scored, score_both
from zjrules.span import Source, Span
from zjrules.term.survey import grouped, used_in
from zjrules.unit import Choice, Text, Truth, show, type_text
from zjrules.web import findings, forms, view
from zjrules.web.findings import Finding
from zjrules.web.pages.unit import held
from zjrules.web.scoring import scored

PREFIX = "事实 "
"""Stands before the name of a fact in the name of its field."""
NOT_APPLICABLE = "不适用"


@frozen
class Field:
    """A fact to be changed: what it is now, as it can be written again, and what stands in its field."""

    name: str
    now: str
    text: str
    kind: str
    note: str
    options: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether another value is supposed."""
        return self.text != self.now


@frozen
class Result:
    """The scores before and after; findings say which values do not fit, and then there are no scores."""

    changed: tuple[tuple[str, str, str], ...]
    """The facts with their values before and after."""
    findings: list[Finding]
    total: tuple[str, str, str] = ("", "", "")
    grades: tuple[str, str] = ("", "")
    rows: tuple[tuple[str, ...], ...] = ()
    turns: tuple[str, ...] = ()


@frozen
class Told:
    """The page: title of the rules, the fields under the indicators that they are of, and what came of it."""

    title: str
    groups: tuple[tuple[str, tuple[Field, ...]], ...]
    ledgers: tuple[str, ...]
    result: Result


def told(facts: bytes, texts: Mapping[str, str]) -> Told:
    """Return the page with some facts having other values, by name."""
    one, _ = scored(facts)
    program = one.rules.program
    groups = tuple(
        (heading, tuple(_field(asked, one.facts.facts.get(asked.name), texts) for asked in every))
        for heading, named in grouped(program, used_in(program))
        if (every := [asked for asked in named if not isinstance(asked.type, Text)])
    )
    changed = [field for _, fields in groups for field in fields if field.changed]
    return Told(one.rules.title, groups, tuple(program.schema.ledgers), _result(one, changed))


def _field(asked: Asked, fact: Fact | None, texts: Mapping[str, str]) -> Field:
    now = ""
    if fact is not None and fact.state is State.NOT_APPLICABLE:
        now = NOT_APPLICABLE
    elif fact is not None and fact.value is not None:
        now = show(fact.value, asked.type)
    options: tuple[str, ...] = ()
    if isinstance(asked.type, Truth | Choice):
        named = asked.type.options if isinstance(asked.type, Choice) else ("是", "否")
        # "" is 缺失, which every fact can be.
        options = ("", *named, *((NOT_APPLICABLE,) if asked.may_be_na or now == NOT_APPLICABLE else ()))
    text = texts.get(asked.name, now).strip()
    return Field(asked.name, now, text, type_text(asked.type), asked.note, options)


def _result(one: Scored, changed: list[Field]) -> Result:
    entries = []
    for field in changed:
        source = Source(field.name, field.text)
        place = Span(source, 0, len(field.text))
        entries.append(suppose.entry(field.name, field.text, place, place))
    supposed, problems = suppose.supposed(one, entries)
    moves = tuple((f.name, f.now or "缺失", f.text or "缺失") for f in changed)
    # A field is no file with lines: that it is this one is said already.
    fields = {f.name for f in changed}
    said = [evolve(f, spots=tuple(s for s in f.spots if s.file not in fields)) for f in findings.told(problems)]
    if has_errors(problems):
        return Result(moves, said)
    after = score_both(one.rules, supposed, calendar_for(one.rules)[0]).claimed if changed else one.claimed
    rows, turns = suppose.differences(one.claimed, after, ())
    return Result(
        moves, said, suppose.moved(one.claimed.total, after.total),
        (columns.grades(one.claimed), columns.grades(after)), tuple(rows), tuple(turns),
    )  # fmt: skip


async def show_page(request: Request) -> Response:
    """Show the form as the unit's facts are."""
    return await _page(request, {})


async def suppose_page(request: Request) -> Response:
    """Show what other values would make."""
    form = await forms.read(request)
    return await _page(request, {n.removeprefix(PREFIX): t for n, t in form.fields.items() if n.startswith(PREFIX)})


async def _page(request: Request, texts: Mapping[str, str]) -> Response:
    mine = held(request)
    found = await request.app.state.lanes.run(told, mine.facts, texts)
    # The script asks for the result alone, and puts it in the place of the one before.
    template = "_result.html" if request.headers.get("x-part") == "result" else "whatif.html"
    return view.page(
        request, template, title=f"{mine.unit}　试改", held=mine, told=found, result=found.result, prefix=PREFIX
    )


ROUTES = (
    Route("/unit/{id}/whatif", show_page),
    Route("/unit/{id}/whatif", suppose_page, methods=["POST"]),
)
