"""Findings as plain data, after the schema zjrules.lint/1."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import asdict

from zjrules.diag import Diagnostic, Diagnostics, Fix
from zjrules.explain import record
from zjrules.lint.region import known, region

SCHEMA = "zjrules.lint/1"
Outcome = tuple[str, Diagnostics]
"""A rule set by its id, and all that was found in it."""


def document(outcomes: Iterable[Outcome], engine: str) -> record.Record:
    """Return the findings of some rule sets."""
    books = [{"id": name, "发现": [finding(d) for d in found]} for name, found in outcomes]
    return {"格式": SCHEMA, "引擎": engine, "规则集": books}


def finding(found: Diagnostic) -> record.Record:
    """Return a finding as the other commands have it, with the end of each place and what would mend it."""
    places = [
        {"文件": x.span.source.name, **_ends(asdict(region(x.span))), "说明": x.text}
        for x in found.labels
        if known(x.span)
    ]
    return {**record.diagnostic(found), "位置": places, "改法": _fix(found.fix) if found.fix is not None else None}


def _ends(of: dict[str, int]) -> record.Record:
    return dict(zip(("行", "列", "到行", "到列"), of.values(), strict=True))


def _fix(fix: Fix) -> record.Record:
    edits = [{"文件": e.span.source.name, **_ends(asdict(region(e.span))), "改为": e.text} for e in fix.edits]
    return {"说明": fix.title, "意思不变": fix.safe, "改动": edits}
