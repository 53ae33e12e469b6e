"""A fact file, or a case, from facts that a program found: every value as it must be written to be read again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from zjrules.fact import Asked, AskedLedger, Evidence, Fact, Facts, Schema, State
from zjrules.unit import show

SUPPOSED = "假设"
"""The evidence and the reason of what was only supposed."""
_PLAIN = re.compile(r"[\w（）]+")


def text(
    facts: Facts, schema: Schema, rules: str, year: int, comments: Sequence[str] = (), expected: Mapping[str, str] | None = None,
    title: str = "",
) -> str:  # fmt: skip
    """Return a fact file; with expected scores by indicator (exact texts) it is a case that a person still has to sign."""
    lines = [*(f"# {c}" for c in comments), f"规则: {rules}", f"单位: {_text(facts.unit)}", f"评价年度: {year}"]
    if facts.facts:
        lines += ["", "事实:"]
        lines += [f"  {_text(n)}: {_fact(f, schema.facts[n])}" for n, f in facts.facts.items()]
    if facts.ledgers:
        lines += ["", "明细:"]
        for name, table in facts.ledgers.items():
            lines += _ledger(schema.ledgers[name], table.rows or ())
    if expected is not None:
        lines += [
            "",
            f"案例: {_text(title)}",
            "出处: 由程序找到的例子，得分由准确引擎重放",
            "期望:",
            "  签认: 未签认（机器重放）",
        ]
        lines += ["  指标:", *(f"    {_text(n)}: {score}" for n, score in expected.items())] if expected else []
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and not text[0].isdigit() else json.dumps(text, ensure_ascii=False)


def _fact(fact: Fact, asked: Asked) -> str:
    if fact.state is State.NOT_APPLICABLE:
        return f"{{不适用: {SUPPOSED}}}"
    value = json.dumps(_shown(fact, asked), ensure_ascii=False)
    parts = [f"值: {value}"]
    parts += [f"佐证: {SUPPOSED}"] if asked.evidence and fact.evidence is Evidence.PROVED else []
    parts += [f"理由: {SUPPOSED}"] if asked.needs_reason else []
    return f"{{{', '.join(parts)}}}" if len(parts) > 1 else value


def _shown(fact: Fact, asked: Asked) -> str:
    assert fact.value is not None
    return show(fact.value, asked.type)


def _ledger(asked: AskedLedger, rows: Sequence[Mapping[str, Fact]]) -> list[str]:
    head = f"  {_text(asked.name)}:"
    if not rows and not asked.evidence:
        return [f"{head} []"]
    lines = [head, f"    佐证: {SUPPOSED}", "    行:" if rows else "    行: []"] if asked.evidence else [head]
    for row in rows:
        cells = ", ".join(f"{_text(c)}: {_fact(f, asked.columns[c])}" for c, f in row.items())
        lines.append(f"{'      ' if asked.evidence else '    '}- {{{cells}}}")
    return lines
