"""``--format json`` of check and explain."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import version

from zjrules.diag import Diagnostic
from zjrules.explain import record
from zjrules.project import Scored


def checked(outcomes: Iterable[tuple[Scored | None, list[Diagnostic]]]) -> str:
    """Return all units as one JSON text."""
    units = []
    for scored, found in outcomes:
        item: record.Record = {"发现": [record.diagnostic(d) for d in found]}
        if scored is not None:
            rules = scored.rules
            traces = [t for t in (scored.claimed, scored.proved, scored.reviewed) if t is not None]
            item |= record.unit(rules.title, rules.id, rules.digest, scored.facts, traces)
        units.append(item)
    document = {"格式": record.SCHEMA, "引擎": version("zjrules"), "单位": units}
    return json.dumps(document, ensure_ascii=False, indent=2)
