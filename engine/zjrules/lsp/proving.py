"""证明 of one indicator of what is in the editor. Imported when it is first asked for: the solver is large."""

from __future__ import annotations

from collections.abc import Callable

from zjrules.diag import Diagnostic
from zjrules.lsp.cases import calendar_of
from zjrules.proofs import Proofs
from zjrules.prove import accept
from zjrules.prove.findings import diagnostic, unneeded
from zjrules.prove.question import OPEN, PROVED, REFUTED, counted
from zjrules.prove.run import TIMEOUT, Prover
from zjrules.ruleset import RuleSet


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
        found += [diagnostic(a) for a in answers if a.verdict != PROVED and not a.accepted]
        found += [unneeded(a) for a in accept.unneeded(answers, accepts)]
        count = counted(answers)
        parts += [f"{verdict} {count[verdict]}" for verdict in (PROVED, REFUTED, OPEN) if verdict in count]
        accepted = sum(bool(a.accepted) for a in answers)
        parts += [f"其中已认可 {accepted}"] if accepted else []
    cache.close()
    return "，".join(parts), found
