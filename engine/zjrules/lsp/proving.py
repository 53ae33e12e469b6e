"""证明 of one indicator of what is in the editor. Imported when it is first asked for: the solver is large."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from zjrules.diag import Diagnostic
from zjrules.inout import casefile
from zjrules.lint.book import head
from zjrules.lsp.cases import calendar_of
from zjrules.proofs import Proofs
from zjrules.prove import accept
from zjrules.prove.example import facts_of
from zjrules.prove.findings import diagnostic, unneeded
from zjrules.prove.question import OPEN, PROVED, REFUTED, Answer, counted
from zjrules.prove.run import TIMEOUT, Prover
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr

MOST_SHOWN = 400
"""Characters of facts that are shown with a finding."""


def prove(rules: RuleSet, name: str, watch: Callable[[int, int], None]) -> tuple[str, list[Diagnostic]]:
    """Return in a few words what was proved of an indicator, and what was not.

    watch is called before each question; what it raises ends the run. Raises DisagreeError where engine and solver differ.
    """
    cache = Proofs.of(rules.id)
    prover = Prover(rules.program, calendar_of(rules), TIMEOUT, cache.kept, cache.keep, watch)
    found: list[Diagnostic] = []
    parts: list[str] = []
    for node, raw in prover.indicators((name,)):
        accepts = tuple(accept.of_indicator(node))
        answers = accept.accepted(raw, accepts)
        found += [_told(a, rules.program) for a in answers if a.verdict != PROVED and not a.accepted]
        found += [_short(unneeded(a)) for a in accept.unneeded(answers, accepts)]
        count = counted(answers)
        parts += [f"{verdict} {count[verdict]}" for verdict in (PROVED, REFUTED, OPEN) if verdict in count]
        accepted = sum(bool(a.accepted) for a in answers)
        parts += [f"其中已认可 {accepted}"] if accepted else []
    cache.close()
    return "，".join(parts), found


def _told(answer: Answer, program: tr.Program) -> Diagnostic:
    """Return what is not proved, with the first facts that show it."""
    found = _short(diagnostic(answer))
    if not answer.examples:
        return found
    shown = answer.examples[0]
    facts = casefile.line(facts_of(shown.example, program), program.schema)
    return evolve(
        found, message=f"{found.message}\n例如 {facts[:MOST_SHOWN]}：{shown.gives}" if facts else found.message
    )


def _short(found: Diagnostic) -> Diagnostic:
    """Return a diagnostic that marks one line: an indicator underlined from top to bottom says no more."""
    return evolve(found, labels=tuple(evolve(label, span=head(label.span)) for label in found.labels))
