"""认可: counterexamples that the rule's author leaves as they are, and those that are accepted but are not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve

from zjrules.prove.question import REFUTED, Answer
from zjrules.prove.reads import parts
from zjrules.term import rule as tr


def accepted(answers: Sequence[Answer], accepts: Sequence[tuple[str, tr.Accept]]) -> tuple[Answer, ...]:
    """Return answers of which those that 认可 speaks of say why they are left; accepts come with the owner they stand in."""
    return tuple(_accepted(a, accepts) if a.verdict == REFUTED else a for a in answers)


def _accepted(answer: Answer, accepts: Sequence[tuple[str, tr.Accept]]) -> Answer:
    why = next((accept.why for owner, accept in accepts if speaks_of(owner, accept, answer)), "")
    return evolve(answer, accepted=why)


def speaks_of(owner: str, accept: tr.Accept, answer: Answer) -> bool:
    """Return whether a 认可 speaks of an answer: the same kind, in the same place and, where it names one, the same subject."""
    asked = answer.question
    return (owner, accept.kind) == (asked.owner, asked.kind) and accept.subject in ("", asked.subject)


def of_indicator(node: tr.Indicator) -> Iterator[tuple[str, tr.Accept]]:
    """Yield the 认可 of an indicator and its parts, with the name of each."""
    for part in parts(node):
        yield from ((part.name, a) for a in part.accepts)


def of_book(program: tr.Program) -> Iterator[tuple[str, tr.Accept]]:
    """Yield the 认可 of the head (on points, total and grades) and of the checks."""
    yield from (("总分", a) for a in program.book.accepts)
    for check in program.checks:
        yield from ((check.title, a) for a in check.accepts)


def unneeded(answers: Sequence[Answer], accepts: Sequence[tuple[str, tr.Accept]]) -> list[tr.Accept]:
    """Return the 认可 of which the prover finds no counterexample."""
    refuted = [a for a in answers if a.verdict == REFUTED]
    return [accept for owner, accept in accepts if not any(speaks_of(owner, accept, a) for a in refuted)]
