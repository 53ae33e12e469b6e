"""Findings as JUnit XML: a rule set is a suite, a finding a failed test; a suite without findings has one that passed."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from zjrules.diag import Diagnostic, Diagnostics
from zjrules.lint.record import Outcome
from zjrules.lint.region import known
from zjrules.span import visible


def document(outcomes: Sequence[Outcome]) -> str:
    """Return the findings of some rule sets as one XML document."""
    root = ET.Element("testsuites", name="zjrules lint")
    for name, found in outcomes:
        root.append(_suite(name, found))
    root.set("tests", str(sum(len(suite) for suite in root)))
    root.set("failures", str(sum(len(found) for _, found in outcomes)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(name: str, found: Diagnostics) -> ET.Element:
    suite = ET.Element("testsuite", name=visible(name), tests=str(len(found) or 1), failures=str(len(found)))
    if not found:
        ET.SubElement(suite, "testcase", classname=visible(name), name="没有发现")
    for each in found:
        _case(suite, name, each)
    return suite


def _case(suite: ET.Element, book: str, found: Diagnostic) -> None:
    span = found.labels[0].span if found.labels and known(found.labels[0].span) else None
    where = str(span) if span is not None else book
    case = ET.SubElement(suite, "testcase", classname=visible(book), name=visible(f"{found.code.number} {where}"))
    if span is not None:
        case.set("file", visible(span.source.name))
        case.set("line", str(span.line))
    failure = ET.SubElement(case, "failure", type=found.severity.value, message=visible(found.message))
    failure.text = visible(f"{where}：{found.message}" + (f"。{found.help}" if found.help else ""))
