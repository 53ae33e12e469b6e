"""Facts that tell a mutant from the rules, as a fact file; what they should score is left to a person."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from zjrules.fact import Asked, Evidence, Fact, Facts, Schema, State
from zjrules.mutate.change import Mutant
from zjrules.unit import show

_PLAIN = re.compile(r"[^\s,:{}\[\]#&*!|>'\"%@`?-][^,:{}\[\]#\"]*")
PROOF, REASON = "试验", "试验"


def line(facts: Facts, schema: Schema) -> str:
    """Return facts as one line of a fact file."""
    parts = []
    if facts.facts:
        parts.append(f"事实: {_flow({n: _fact(f, schema.facts[n]) for n, f in facts.facts.items()})}")
    for name, table in facts.ledgers.items():
        rows = ", ".join(_row(row, schema.ledgers[name].columns) for row in table.rows or ())
        parts.append(f"明细 {name}: [{rows}]")
    return "  ".join(parts)


def case(mutant: Mutant, facts: Facts, schema: Schema, rules: str, year: int) -> str:
    """Return a case that expects nothing yet: a person works out the scores and signs them."""
    lines = [f"规则: {rules}", "单位: 试验单位（虚构）", f"评价年度: {year}"]
    if facts.facts:
        lines += ["", "事实:", *(f"  {_text(n)}: {_fact(f, schema.facts[n])}" for n, f in facts.facts.items())]
    if facts.ledgers:
        lines += ["", "明细:"]
    for name, table in facts.ledgers.items():
        rows = [f"      - {_row(row, schema.ledgers[name].columns)}" for row in table.rows or ()]
        proof = [f"    佐证: {PROOF}"] if schema.ledgers[name].evidence else []
        lines += [f"  {_text(name)}:", *proof, *(["    行:", *rows] if rows else ["    行: []"])]
    title = f"{mutant.owner}：{mutant.change.said}，得分就不同的事实"
    return "\n".join([*lines, "", f"案例: {_text(title)}", "出处: 待签：按规则手工核算", "期望:", "  签认: 待签", ""])


def _row(row: Mapping[str, Fact], columns: Mapping[str, Asked]) -> str:
    return _flow({c: _fact(f, columns[c]) for c, f in row.items()})


def _flow(parts: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_text(name)}: {text}" for name, text in parts.items()) + "}"


def _fact(fact: Fact, asked: Asked) -> str:
    if fact.state is State.NOT_APPLICABLE:
        return _flow({"不适用": REASON})
    value = _text(show(fact.value, asked.type)) if fact.value is not None else ""
    beside = {"佐证": PROOF} if fact.evidence is Evidence.PROVED else {}
    beside |= {"理由": REASON} if asked.needs_reason else {}
    return _flow({"值": value, **beside}) if beside else value


def _text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
