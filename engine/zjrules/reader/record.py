"""The document as plain data (JSON), after the schema zjrules.rulebook/1.

Points are exact; empty texts and lists are written, not left out.
"""

from __future__ import annotations

from typing import Any

from zjrules.num import ratio_text
from zjrules.reader.model import Check, Clause, Document, Fact, Group, Indicator, Param, Word

SCHEMA = "zjrules.rulebook/1"
Record = dict[str, Any]


def record(doc: Document, engine: str) -> Record:
    """Return the document of a rule set. engine: the version of zjrules that made it."""
    return {
        "格式": SCHEMA,
        "引擎": engine,
        "规则": _head(doc),
        "指标": [_node(n) for n in doc.groups],
        "总评": {"步骤": list(doc.total), "规则": _clause(doc.total_clause) if doc.total_clause is not None else None},
        "等级": [{"名称": name, "条件": limit} for name, limit in doc.grades],
        "参数": [_param(p) for p in doc.params],
        "勾稽": [_check(c) for c in doc.checks],
        "事实": [{**fact(f), "列在": heading} for heading, group in doc.facts for f in group],
        "明细": [fact(x) for x in doc.ledgers],
        "词": [_word(w) for w in doc.words],
        "放假安排": [_clause(c) for c in doc.notices],
        "删去": list(doc.removed),
        "编制说明": doc.readme,
    }


def _head(doc: Document) -> Record:
    head = doc.head
    return {
        "id": head.id, "名称": doc.title, "评价年度": head.year, "性质": head.nature, "发布": head.issuer, "依据": list(head.basis),
        "说明": list(head.notes), "满分": ratio_text(head.full), "版": head.edition, "不能评分": list(head.edited), "截至": head.as_of,
        "沿用": list(head.bases), "摘要": head.digest, "舍入": list(head.rounding), "原文": "".join(p.text for p in head.text),
    }  # fmt: skip


def _clause(clause: Clause) -> Record:
    return {"原文": clause.text, "出自": clause.origin, "修改": list(clause.made)}


def _node(node: Group | Indicator) -> Record:
    common = {
        "编号": node.number, "名称": node.name, "分值": ratio_text(node.points), "依据": [b for b in node.basis if b], "说明": node.note,
        "规则": _clause(node.clause),
    }  # fmt: skip
    if isinstance(node, Group):
        return {
            "类": "一级指标" if node.level == 1 else "二级指标",
            **common,
            "下级": [_node(n) for n in node.children],
        }
    ways = [
        {
            "分项": w.name,
            "分值": ratio_text(w.points),
            "依据": w.basis,
            "条": [{"头": t.head, "项": list(t.items)} for t in w.told],
        }
        for w in node.ways
    ]
    return {
        "类": "指标", **common, "评分": ways, "走向": list(node.trends), "事实": list(node.facts), "明细": list(node.ledgers),
        "参数": list(node.params), "词": list(node.words), "勾稽": list(node.checks),
    }  # fmt: skip


def _param(param: Param) -> Record:
    return {
        "名称": param.name,
        "值": param.value,
        "依据": param.basis,
        "用在": list(param.used),
        "规则": _clause(param.clause),
    }


def _check(check: Check) -> Record:
    return {
        "级别": check.severity, "内容": check.title, "前提": check.when, "应有": check.should, "容差": check.tolerance,
        "依据": check.basis, "说明": check.note, "事实": list(check.facts), "明细": list(check.ledgers),
        "规则": _clause(check.clause),
    }  # fmt: skip


def fact(found: Fact) -> Record:
    """Return the entry of a fact, or of a ledger with its columns."""
    entry: Record = {
        "名称": found.name, "类型": found.type, "单位": found.unit, "范围": found.limits, "说明": found.note, "依据": found.basis,
        "佐证": found.evidence, "来源": found.source, "要求": list(found.demands), "用在": list(found.used),
        "勾稽": list(found.checks), "出自": found.origin,
    }  # fmt: skip
    return entry if found.columns is None else {**entry, "列": [fact(c) for c in found.columns]}


def _word(word: Word) -> Record:
    inputs = [{"名称": i.name, "类型": i.type, "默认": i.default} for i in word.inputs]
    examples = [{"写": call, "得": result} for call, result in word.examples]
    return {
        "名称": word.name, "说明": word.note, "输入": inputs, "说成": word.said, "举例": examples, "用在": list(word.used),
        "规则": _clause(word.clause),
    }  # fmt: skip
