"""The dossier of a change of rules over many departments, as a ratio to two plain runs of the batch engine."""

from __future__ import annotations

import sys

from attrs import evolve
from departments import departments
from ratios import paired

from zjrules.bulk.program import bulk
from zjrules.diff.compare import compare
from zjrules.dossier.dossier import dossier
from zjrules.dossier.replay import replay
from zjrules.inout.calendar import work_calendar
from zjrules.inout.table.frame import frame_from
from zjrules.project import load
from zjrules.term.rule import Program

UNITS = 10_000


def _program(name: str) -> Program:
    found, problems = load(name)
    assert found is not None, problems
    return found.program


def whole(units: int = UNITS, missing: float = 0.0) -> tuple[float, float, float]:
    """Return the ratio of a dossier without attribution to both rule sets made ready and run over the same columns."""
    calendar = work_calendar()
    found = replay(compare(_program("zhanjiang/2025"), _program("example/2026")), lambda _: calendar)
    asks = evolve(found.diff.hybrid(frozenset()), schema=found.schema)
    frame, said = frame_from(asks, departments(units, 1, missing=missing))
    assert said.is_empty() and len(frame) == units
    nobody = lambda _: None  # noqa: E731

    def ours() -> int:
        made = dossier(found, [frame], None, (nobody, nobody))
        # All that its forms ask for is worked out.
        return len(made.winners) + len(made.losers) + len(made.crossing) + len(made.grades)

    def plain() -> None:
        for program in (asks, evolve(found.diff.as_of_one_year, schema=found.schema)):
            bulk(program, calendar).score(frame)

    return paired(ours, plain, 5)


if __name__ == "__main__":
    for missing in (0.0, 0.002):
        ratio, ours, theirs = whole(int(sys.argv[1]) if len(sys.argv) > 1 else UNITS, missing)
        print(f"missing {missing}: {ratio:.2f}  {ours * 1000:.1f}  {theirs * 1000:.1f}", flush=True)
