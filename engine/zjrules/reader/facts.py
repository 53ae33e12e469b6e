"""Facts and ledgers of a rule set as a reference: what is asked, in which unit and range, with which evidence, and for what."""

from __future__ import annotations

from zjrules.fact import Asked, AskedLedger
from zjrules.reader import model
from zjrules.reader.uses import Uses
from zjrules.unit import type_text


def fact(asked: Asked, uses: Uses) -> model.Fact:
    """Return the entry of a fact."""
    name = asked.name
    return _entry(asked, uses.of("facts", name), uses.checking("facts", name))


def ledger(asked: AskedLedger, uses: Uses) -> model.Fact:
    """Return the entry of a ledger with its columns."""
    key = (f"按「{asked.key}」分行，不能重复",) if asked.key else ()
    columns = tuple(_entry(column) for column in asked.columns.values())
    name = asked.name
    return model.Fact(
        name, "明细", "", "", asked.note, asked.basis, asked.evidence, "", key, uses.of("ledgers", name),
        uses.checking("ledgers", name), columns, str(asked.span),
    )  # fmt: skip


def _entry(asked: Asked, used: tuple[str, ...] = (), checks: tuple[str, ...] = ()) -> model.Fact:
    demands = [
        "可以填不适用，要写理由" if asked.may_be_na else "",
        "要写理由" if asked.needs_reason else "",
        f"汇总下属单位时{asked.pool}" if asked.pool else "",
    ]
    return model.Fact(
        asked.name, type_text(asked.type), asked.unit, asked.limits_text, asked.note, asked.basis, asked.evidence,
        asked.source, tuple(d for d in demands if d), used, checks, None, str(asked.span),
    )  # fmt: skip
