"""Certificates of scored units, with the names and digests of the files that their facts were read from."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from zjrules.certificate import document
from zjrules.exact.scope import WorkCalendar
from zjrules.project import Scored, rule_digests


def certified(
    scored: Scored,
    files: Mapping[str, str],
    calendar: WorkCalendar | None,
    corrects: str | None = None,
    engine: str = "",
) -> dict[str, Any]:
    """Return the certificate of a scored unit; files are those that its facts were read from, with their SHA-256."""
    rules = scored.rules
    # A rule set that was given by its place must not bring the place into the certificate.
    placed = Path(rules.id).is_absolute() or rules.id.startswith(".") or rules.id.endswith(".zj")
    name = rules.path.name if placed else rules.id
    origin = document.Origin(engine or version("zjrules"), name, rule_digests(rules), files, corrects, rules.edition)
    traces = [t for t in (scored.claimed, scored.proved, scored.reviewed) if t is not None]
    return document.certificate(scored.facts, traces, calendar, origin, scored.others)
