"""自评报告: the report of a scored unit in Word."""

from __future__ import annotations

from pathlib import Path

from zjrules.diag import Diagnostics
from zjrules.explain.narrative import narrative
from zjrules.inout.archive import opened
from zjrules.inout.asset import TEMPLATE, report_template
from zjrules.inout.paper import written
from zjrules.project import Scored, shown


def report(scored: Scored, template: Path | None = None) -> tuple[bytes | None, Diagnostics]:
    """Return the report by a template, that of the rule set where none is given; None with what is wrong with the template."""
    path = template or report_template(scored.rules.beside(TEMPLATE))
    archive, problems = opened(path, shown(path), ("docx",))
    if archive is None:
        return None, problems
    content = narrative(scored.rules, scored.facts, scored.claimed, scored.proved)
    return written(archive.data, content, shown(path))
