"""Whether an indicator that a change touches scores otherwise: proved the same, or shown facts where it does not.

Both years are asked of the same facts, under the old names and as of the old year. What has the same form needs no proof; what
has the same normal form is proved without a solver; the rest is asked of a judge, where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve, frozen

from zjrules.diff.change import EDITED_CLAUSE
from zjrules.diff.compare import Diff
from zjrules.diff.form import Reader, Table
from zjrules.diff.matching import Match
from zjrules.diff.meaning import meaning
from zjrules.exact.scope import WorkCalendar
from zjrules.mutate.normal import NoFormError, normal_form
from zjrules.prove import reads
from zjrules.prove.example import Example
from zjrules.term import rule as tr
from zjrules.term import survey

SAME, APART, OPEN, UNASKED = "证明未变", "得分不同", "未判定", "没有问"
WRITTEN_OUT = "词、参数、令都写开以后是同一个式子"
NORMAL = "写成同一形式以后一样"


@frozen
class Touched:
    """An indicator that a change touches, on both sides: of several that one was split into, their sum."""

    old: tr.Indicator
    new: tr.Indicator
    names: tuple[tuple[str, ...], tuple[str, ...]]
    """The names of the indicators, in the old rule set and in the new one."""

    @property
    def owner(self) -> str:
        """The name by which changes are said to belong to it."""
        return self.names[0][0]


@frozen
class Verdict:
    """What is known of an indicator that a change touches. why: how it was proved, or what was tried."""

    touched: Touched
    state: str
    why: str = ""
    example: Example | None = None
    """Facts that both rule sets give other scores, under the old names."""
    scores: tuple[str, str] = ("", "")
    """What the exact engine gives for them, in words."""


Judge = Callable[[Touched], Verdict]


def touched(diff: Diff, other: tr.Program) -> Iterator[tuple[Touched, bool]]:
    """Yield the indicators that do not read the same on both sides, and whether they are the same all the same.

    They are where words, parameters and 令 written out make one formula of both. other is diff.as_of_one_year.
    """
    written = {c.owner for c in diff.changes if c.scores and c.kind in EDITED_CLAUSE}
    table = Table()
    readers = [Reader(table, {n: p.value for n, p in x.params.items()}, opened=True) for x in (diff.old, other)]
    now = {n.name: n for n in survey.indicators(other.groups)}
    for match in diff.matches:
        pair = _pair(match, now)
        if pair is None:
            continue
        asked = [_asked(n, x) for n, x in ((pair.old, diff.old), (pair.new, other))]
        same = meaning(pair.old, readers[0]) == meaning(pair.new, readers[1]) and asked[0] == asked[1]
        if not same or pair.owner in written:
            yield pair, same


def _pair(match: Match, now: dict[str, tr.Indicator]) -> Touched | None:
    if not match.old or not match.new:
        return None
    old, new = [s.node for s in match.old], [now[s.node.name] for s in match.new]
    names = (tuple(n.name for n in old), tuple(n.name for n in new))
    return Touched(_summed(old), _summed(new), names)


def _summed(nodes: list[tr.Indicator]) -> tr.Indicator:
    """Return one indicator that is the sum of several; each of them is rounded as it is, the sum is not."""
    first, *rest = nodes
    if not rest:
        return first
    points = sum((n.points for n in nodes), start=first.points * 0)
    plain = tr.RoundScore(None, first.rounding.quantum)
    return evolve(
        first,
        points=points,
        na=(),
        gates=(),
        lets={},
        base=None,
        deduct=None,
        clamps=(),
        rounding=plain,
        parts=tuple(nodes),
    )


def _asked(node: tr.Indicator, program: tr.Program) -> Any:
    """Return how what an indicator reads is declared."""
    schema = program.schema
    facts = {
        n: (a.type, a.limits, a.may_be_na, bool(a.evidence)) for n in reads.names(node) if (a := schema.facts.get(n))
    }
    rows = {
        n: (bool(x.evidence), {c: (a.type, a.limits, a.may_be_na, bool(a.evidence)) for c, a in x.columns.items()})
        for n in reads.ledgers(node)
        if (x := schema.ledgers.get(n))
    }
    return facts, rows


def by_form(diff: Diff, other: tr.Program, calendar: WorkCalendar | None) -> Judge:
    """Return the judge that writes both in their normal form; it leaves unasked what that does not settle."""

    def judge(found: Touched) -> Verdict:
        alike = _asked(found.old, diff.old) == _asked(found.new, other)
        try:
            forms = [normal_form(p, n, calendar) for p, n in ((diff.old, found.old), (other, found.new))]
        except NoFormError:
            return Verdict(found, UNASKED)
        return Verdict(found, SAME, NORMAL) if alike and forms[0] == forms[1] else Verdict(found, UNASKED)

    return judge


def settled(diff: Diff, judges: tuple[Judge, ...], other: tr.Program) -> tuple[Verdict, ...]:
    """Return the verdict on every indicator that a change touches: of the first judge that has one."""
    found = []
    for each, same in touched(diff, other):
        verdict = Verdict(each, SAME, WRITTEN_OUT) if same else Verdict(each, UNASKED)
        for judge in judges if not same else ():
            verdict = judge(each)
            if verdict.state != UNASKED:
                break
        found.append(verdict)
    return tuple(found)
