"""Findings as SARIF 2.1.0 (OASIS), for code scanning and editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zjrules.diag import Code, Diagnostic, Edit, Fix, Label, Severity
from zjrules.lint.record import Outcome
from zjrules.lint.region import known, region, uri
from zjrules.span import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0-rtm.5.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
Pages = Mapping[str, tuple[str, str, str]]
"""Help pages by number: kebab name, title, text."""
Json = dict[str, Any]


def document(outcomes: Sequence[Outcome], engine: str, pages: Pages) -> Json:
    """Return the findings of some rule sets as one SARIF log with one run."""
    codes = {d.code.number: d.code for _, found in outcomes for d in found}
    order = {number: index for index, number in enumerate(sorted(codes))}
    driver = {"name": "zjrules", "version": engine, "rules": [_rule(codes[n], pages) for n in sorted(codes)]}
    results = [_result(name, d, order[d.code.number]) for name, found in outcomes for d in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "language": "zh-CN", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: Code, pages: Pages) -> Json:
    name, title, text = pages.get(code.number, (code.name, code.name, code.name))
    return {
        "id": code.number,
        "name": name,
        "shortDescription": {"text": title},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(book: str, found: Diagnostic, index: int) -> Json:
    places = [label for label in found.labels if known(label.span)]
    text = f"{found.message}。{found.help}" if found.help else found.message
    result: Json = {
        "ruleId": found.code.number,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "message": {"text": text},
        "locations": [_location(label, described=False) for label in places[:1]],
        "properties": {"规则集": book},
    }
    if places[1:]:
        result["relatedLocations"] = [_location(label, described=True) for label in places[1:]]
    if found.fix is not None:
        result["fixes"] = [_fix(found.fix)]
    return result


def _location(label: Label, described: bool) -> Json:
    artifact = {"uri": uri(label.span.source.name)}
    location: Json = {"physicalLocation": {"artifactLocation": artifact, "region": _region(label.span)}}
    if described and label.text:
        location["message"] = {"text": label.text}
    return location


def _region(span: Span) -> Json:
    at = region(span)
    return {"startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column}


def _fix(fix: Fix) -> Json:
    files: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        files.setdefault(edit.span.source.name, []).append(edit)
    changes = [
        {
            "artifactLocation": {"uri": uri(name)},
            "replacements": [{"deletedRegion": _region(e.span), "insertedContent": {"text": e.text}} for e in edits],
        }
        for name, edits in files.items()
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}
