"""What changed between two rule sets, by meaning: in sentences, with the clauses of both sides. By form alone; no solver is asked."""

from __future__ import annotations

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zjrules.diff.change import Change, Clause
from zjrules.diff.report import headline
from zjrules.diff.reported import reported
from zjrules.diff.telling import called, numbered, outcome, parts
from zjrules.web import view
from zjrules.web.pages.home import books
from zjrules.web.scoring import rules_of

NOT_PROVED = (
    "这里只按写法比，没有证明得分是不是真的不同：标着「没有问」的指标，写法变了，得分可能变也可能不变。"
    "要证明，请会用命令行的人运行 zjrules diff"
)


@frozen
class Side:
    """A clause on one side: where it stands, and its text."""

    place: str
    text: str


@frozen
class Said:
    """One change."""

    number: int
    kind: str
    said: str
    old: Side | None
    new: Side | None


@frozen
class Compared:
    """The page: titles of both sides, the changes under their headings, and what is known of the touched indicators."""

    old: str
    new: str
    headline: str
    parts: tuple[tuple[str, tuple[Said, ...]], ...]
    verdicts: tuple[tuple[str, str], ...]
    unproved: bool


def names() -> list[tuple[str, str]]:
    """Return all rule sets as the first page lists them: their ids, each with what people call it."""
    return [(b.id, f"{b.name} {b.year}　{b.id}" if b.year else b.id) for b in books()]


def compared(old: str, new: str) -> Compared:
    """Compare two rule sets by their ids. Raises Refused where one of them is none."""
    report = reported(rules_of(old), rules_of(new), NOT_PROVED)
    told = tuple(
        (f"{part.title}（{len(part.changes)}）", tuple(_said(c, n) for n, c in enumerate(part.changes, first)))
        for part, first in numbered(list(parts(report)))
    )
    verdicts = tuple((called(v), outcome(v)) for v in report.verdicts)
    return Compared(report.old.title, report.new.title, headline(report), told, verdicts, bool(report.left))


def _said(change: Change, number: int) -> Said:
    return Said(number, change.kind, change.said, _side(change.old), _side(change.new))


def _side(clause: Clause | None) -> Side | None:
    return Side(str(clause.place), clause.text) if clause is not None else None


async def changes(request: Request) -> Response:
    """Show the form and, where both are chosen, what changed."""
    old, new = (request.query_params.get(n, "") for n in ("old", "new"))
    lanes = request.app.state.lanes
    every = await lanes.run(names)
    found = await lanes.run(compared, old, new) if old and new else None
    return view.page(
        request, "changes.html", title="两年的规则有什么不同", names=every, old=old, new=new, found=found, unproved=NOT_PROVED,
    )  # fmt: skip


ROUTES = (Route("/diff", changes),)
LINKS = (view.Link("比较两年", "/diff", 30),)
