"""Answers of the prover in the cache: those of an indicator are found again by the digest of all that they depend on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import define, field

from zjrules.inout import store
from zjrules.prove import record
from zjrules.prove.question import Answer, Question


@define(eq=False)
class Proofs:
    """What was proved of one rule set, one file in the cache: an indicator that was changed is asked again, others are not."""

    rules: str
    """The id of the rule set."""
    known: dict[str, Any] = field(factory=dict)
    used: dict[str, Any] = field(factory=dict)

    @classmethod
    def of(cls, rules: str) -> Proofs:
        """Return what the cache holds for a rule set."""
        data = store.get("proofs", _place(rules))
        return cls(rules, data if isinstance(data, dict) else {})

    def kept(self, key: str, questions: Sequence[Question]) -> tuple[Answer, ...] | None:
        """Return the answers that were kept under a key, or None."""
        digest = store.digest(key)
        try:
            found = record.restored(self.known[digest], questions)
        except (LookupError, TypeError, ValueError, AttributeError):
            return None
        self.used[digest] = self.known[digest]
        return found

    def keep(self, key: str, answers: Sequence[Answer]) -> None:
        """Keep the answers about an indicator."""
        self.used[store.digest(key)] = [record.answer(a) for a in answers]

    def close(self) -> None:
        """Write what was used or found in this run; what no rule set asks for any more is let go."""
        if self.used != self.known:
            store.put("proofs", _place(self.rules), {**self.known, **self.used} if len(self.known) < 500 else self.used)


def _place(rules: str) -> str:
    return store.digest(rules, store.engine_stamp(Path(__file__).parent))
