"""``--format json`` of check, explain, reconcile and audit."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from importlib.metadata import version

from attrs import astuple

from zjrules import appraisal
from zjrules.audit import record as audit_record
from zjrules.audit.run import Audit
from zjrules.diag import Diagnostic
from zjrules.explain import record
from zjrules.project import Scored
from zjrules.reconcile.tally import Summary
from zjrules.ruleset import RuleSet


def checked(
    outcomes: Iterable[tuple[Scored | None, list[Diagnostic]]], only: Collection[str] = (), indent: int | None = 2
) -> str:
    """Return all units as one JSON text; only: the indicators that are asked for, all where it is empty.

    indent None: in one line.
    """
    return json.dumps(appraisal.recorded(outcomes, only), ensure_ascii=False, indent=indent)


def reconciled(
    results: Iterable[tuple[RuleSet | None, Summary | None, list[Diagnostic]]], unread: Iterable[Diagnostic]
) -> str:
    """Return what reconcile found as one JSON text."""
    runs = []
    for rules, summary, found in results:
        item: record.Record = {"发现": [record.diagnostic(d) for d in found]}
        if rules is not None:
            item["规则"] = {"id": rules.id, "名称": rules.title, "摘要": rules.digest}
        if summary is not None:
            names = ("报告认出", "数据表", "评分表", "对上", "不符", "不可核")
            item["计数"] = dict(zip(names, astuple(summary), strict=True))
        runs.append(item)
    document = {
        "格式": "zjrules.reconcile/1",
        "引擎": version("zjrules"),
        "文件": [record.diagnostic(d) for d in unread],
    }
    return json.dumps(document | {"对照": runs}, ensure_ascii=False, indent=2)


def audited(results: Iterable[tuple[Audit | None, list[Diagnostic]]]) -> str:
    """Return audits as one JSON text; of a unit that could not be audited, why."""
    units = [
        audit_record.audited(audit) if audit is not None else {"未审": [record.diagnostic(d) for d in found]}
        for audit, found in results
    ]
    document = {"格式": audit_record.SCHEMA, "引擎": version("zjrules"), "审核": units}
    return json.dumps(document, ensure_ascii=False, indent=2)
