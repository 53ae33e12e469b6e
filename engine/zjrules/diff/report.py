"""What is told of two rule sets: the changes that change something, what is only written otherwise, and the touched indicators."""

from __future__ import annotations

from attrs import frozen

from zjrules.diff.change import EDITED_CLAUSE, Change
from zjrules.diff.compare import Diff
from zjrules.diff.settle import APART, SAME, UNASKED, Verdict
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr

NO_SOLVER = "没有装求解器 z3-solver，没有问得分是不是真的不同；装了 zjrules[prove] 再来"
NOT_WANTED = "没有问得分是不是真的不同（--no-prove）"


@frozen(eq=False)
class Report:
    """Two rule sets, what has changed, and what is known of the indicators that a change touches."""

    old: RuleSet
    new: RuleSet
    diff: Diff
    other: tr.Program
    """The new rule set as of the old year, which examples are facts of."""
    verdicts: tuple[Verdict, ...]
    unasked: str = ""
    """Why no solver was asked; '' where one was."""

    @property
    def same(self) -> frozenset[str]:
        """The indicators that are proved to score the same, by the name that changes belong to."""
        return frozenset(v.touched.owner for v in self.verdicts if v.state == SAME)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that change something."""
        return tuple(c for c in self.diff.changes if not self._only_written(c))

    @property
    def rewritten(self) -> tuple[Change, ...]:
        """The clauses that are written otherwise in indicators that are proved to score the same."""
        return tuple(c for c in self.diff.changes if self._only_written(c))

    def _only_written(self, change: Change) -> bool:
        return change.scores and change.owner in self.same and change.kind in EDITED_CLAUSE

    @property
    def apart(self) -> tuple[Verdict, ...]:
        """The indicators of which facts are known that both score otherwise."""
        return tuple(v for v in self.verdicts if v.state == APART)

    @property
    def left(self) -> tuple[Verdict, ...]:
        """The indicators of which a solver would have to be asked."""
        return tuple(v for v in self.verdicts if v.state == UNASKED)

    @property
    def code(self) -> int:
        """The exit code: 0 where nothing has changed, 1 where something has."""
        return int(bool(self.changes))


def headline(report: Report) -> str:
    """Return in one sentence how much has changed."""
    changes = report.changes
    if not changes and not report.rewritten:
        return "没有变化"
    scoring = sum(c.scores for c in changes)
    parts = [f"{len(changes)} 处变化（影响得分的 {scoring} 处，不影响得分的 {len(changes) - scoring} 处）"]
    parts = parts if changes else ["没有变化"]
    parts += [f"{len(report.rewritten)} 处只是写法不同，证明未变"] if report.rewritten else []
    return "，".join(parts)
