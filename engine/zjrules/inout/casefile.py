"""A fact file, or a case, from facts that a program found: every value as it must be written to be read again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from zjrules.fact import Asked, AskedLedger, Evidence, Fact, Facts, Schema, State
from zjrules.unit import show

SUPPOSED = "假设"
"""The evidence and the reason of what was only supposed."""
_PLAIN = re.compile(r"[^\s,:{}\[\]#&*!|>'\"%@`?-][^,:{}\[\]#\"]*")


def text(facts: Facts, schema: Schema, rules: str, year: int, comments: Sequence[str] = ()) -> str:
    """Return a fact file; comments stand at its head."""
    lines = [*(f"# {c}" for c in comments), f"规则: {rules}", f"单位: {scalar(facts.unit)}", f"评价年度: {year}"]
    if facts.facts:
        lines += ["", "事实:", *(f"  {scalar(n)}: {_fact(f, schema.facts[n])}" for n, f in facts.facts.items())]
    if facts.ledgers:
        lines += ["", "明细:"]
        for name, table in facts.ledgers.items():
            lines += _ledger(schema.ledgers[name], table.rows or ())
    return "\n".join(lines) + "\n"


def expecting(title: str, source: str, signed: str, scores: Mapping[str, str] | None = None) -> str:
    """Return what makes a fact file a case, to stand at its end: scores are exact texts by indicator, for a person to sign."""
    lines = ["", f"案例: {scalar(title)}", f"出处: {scalar(source)}", "期望:", f"  签认: {scalar(signed)}"]
    lines += ["  指标:", *(f"    {scalar(n)}: {score}" for n, score in scores.items())] if scores else []
    return "\n".join(lines) + "\n"


def line(facts: Facts, schema: Schema) -> str:
    """Return facts as one line of a fact file."""
    parts = []
    if facts.facts:
        parts.append(f"事实: {_flow({n: _fact(f, schema.facts[n]) for n, f in facts.facts.items()})}")
    for name, table in facts.ledgers.items():
        rows = ", ".join(_row(row, schema.ledgers[name].columns) for row in table.rows or ())
        parts.append(f"明细 {name}: [{rows}]")
    return "  ".join(parts)


def _ledger(asked: AskedLedger, rows: Sequence[Mapping[str, Fact]]) -> list[str]:
    proof = [f"    佐证: {SUPPOSED}"] if asked.evidence else []
    inside = [f"      - {_row(row, asked.columns)}" for row in rows]
    return [f"  {scalar(asked.name)}:", *proof, *(["    行:", *inside] if inside else ["    行: []"])]


def _row(row: Mapping[str, Fact], columns: Mapping[str, Asked]) -> str:
    return _flow({c: _fact(f, columns[c]) for c, f in row.items()})


def _flow(parts: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{scalar(name)}: {text}" for name, text in parts.items()) + "}"


def _fact(fact: Fact, asked: Asked) -> str:
    if fact.state is State.NOT_APPLICABLE:
        return _flow({"不适用": SUPPOSED})
    value = scalar(show(fact.value, asked.type)) if fact.value is not None else ""
    beside = {"佐证": SUPPOSED} if fact.evidence is Evidence.PROVED else {}
    beside |= {"理由": SUPPOSED} if asked.needs_reason else {}
    return _flow({"值": value, **beside}) if beside else value


def scalar(text: str) -> str:
    """Return a text as one YAML scalar, in quotes where it needs them."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
