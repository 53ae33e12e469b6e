"""What can be said of a rule and its mutant, and who may say it.

A prover is any function of this shape; the one built on z3 is another. Whoever calls it replays what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from zjrules.fact import Facts
from zjrules.term import rule as tr
from zjrules.value import Value


@frozen
class Distinguishing:
    """Facts of which the two make different scores: before and after are these, rounded or (raw) before rounding."""

    facts: Facts
    before: Value
    after: Value
    raw: bool = False


@frozen
class Equivalent:
    """No facts within their declared ranges tell the two apart; why says how that is known, in Chinese."""

    why: str


@frozen
class Undecided:
    """Neither was found; tried says what was tried, in Chinese."""

    tried: str


Verdict = Distinguishing | Equivalent | Undecided
Prover = Callable[[tr.Program, tr.Indicator, tr.Indicator], Verdict]
"""program, the indicator as it is, and as the mutant has it."""


def first_decided(provers: Sequence[Prover]) -> Prover:
    """Return a prover that asks others in turn until one of them decides."""

    def ask(program: tr.Program, before: tr.Indicator, after: tr.Indicator) -> Verdict:
        tried = []
        for prover in provers:
            found = prover(program, before, after)
            if not isinstance(found, Undecided):
                return found
            tried.append(found.tried)
        return Undecided("；".join(t for t in tried if t))

    return ask
