"""A small book with its cases, from one text: the rules, then fact files with 期望, each after +++."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen
from books import checked

from zjrules.case import judge, wishes
from zjrules.coverage.covered import Ran
from zjrules.exact.scope import WorkCalendar
from zjrules.fit import fit
from zjrules.inout import factfile
from zjrules.mutate.bench import Signed
from zjrules.project import Case, score_both
from zjrules.ruleset import RuleSet
from zjrules.span import Source


@frozen
class Casework:
    """A book and its cases, as coverage and mutants take them."""

    rules: RuleSet
    ran: tuple[Ran, ...]
    signed: tuple[Signed, ...]


def casework(book: str, cases: list[str], calendar: WorkCalendar | None = None) -> Casework:
    """Read a book and its cases; every case must hold."""
    built, said = checked(book)
    assert built is not None, [d.message for d in said]
    rules = RuleSet("试验", Path(), built, "", ())
    ran, signed = [], []
    for number, text in enumerate(cases, 1):
        document, problems = factfile.facts(Source(f"{number:02}.yaml", text))
        assert document is not None and document.expected is not None, [d.message for d in problems]
        facts, more = fit(document.raw, built.schema, 2025, rules.indicator_names())
        assert not [d for d in (*problems, *more) if d.is_error], [d.message for d in (*problems, *more)]
        case = Case(document.title, document.authority, document.expected)
        ran.append(Ran(f"{number:02}", score_both(rules, facts, calendar), wishes(case, built)[0]))
        misses, wrong = judge(case, ran[-1].scored)
        assert not misses and not wrong, [f"{m.what}: {m.expected} {m.got}" for m in misses]
        signed.append(Signed(f"{number:02}", (facts,), ran[-1].wishes))
    return Casework(rules, tuple(ran), tuple(signed))
