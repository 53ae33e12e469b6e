"""The judge that asks the solver; it is imported only where there is one."""

from __future__ import annotations

from zjrules.diff.settle import APART, OPEN, SAME, Judge, Touched, Verdict
from zjrules.prove.equal import Pair
from zjrules.prove.example import Replay
from zjrules.prove.question import PROVED, REFUTED, Question
from zjrules.prove.question import SAME as EQUAL
from zjrules.prove.tell import gives


def by_solver(old: Replay, new: Replay, timeout: int) -> Judge:
    """Return the judge that asks whether both score the same for all facts that both allow; timeout in milliseconds."""
    pair = Pair(old, new, timeout)

    def judge(found: Touched) -> Verdict:
        answer = pair.answer(Question(EQUAL, found.owner, "", "", found.old.span), found.old, found.new)
        if answer.verdict == PROVED:
            within = f"，其中{'、'.join(answer.enclosed)}只知道范围" if answer.enclosed else ""
            return Verdict(found, SAME, f"对两年都允许的所有事实{within}")
        if answer.verdict != REFUTED:
            return Verdict(found, OPEN, "、".join(dict.fromkeys(answer.tried)))
        example = answer.examples[0].example
        scores = gives(old.step(found.old, example)), gives(new.step(found.new, example))
        return Verdict(found, APART, "", example, scores)

    return judge
