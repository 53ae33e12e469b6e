"""An empty, commented fact file for a rule set: every fact with its type, unit, evidence and use."""

from __future__ import annotations

from zjrules.fact import Asked, AskedLedger
from zjrules.term import rule as tr
from zjrules.term.survey import grouped, used_in
from zjrules.unit import Number, Truth, type_text


def blank(program: tr.Program, rules: str, title: str) -> str:
    """Return the text of an empty fact file; facts stand under the level-1 indicator that first uses them."""
    used = used_in(program)
    lines = [
        f"# {title}：事实表",
        "# 每项写在冒号后面。金额写单位（89.974 万元）；日期写 2025-05-30；是否写 是 或 否。",
        "# 没有数就留空（缺失），不要填 0：缺失会算出得分的区间，0 是一个值。",
        "# 佐证 写证明材料的名称和页码；没有佐证的按自述算，“仅有佐证”一栏不认。",
        "# 复核人另有认定的，写成 {值: …, 复核: …, 复核理由: …}，两个得分和偏差率都会列出。",
        "",
        f"规则: {rules}",
        "单位:",
        f"评价年度: {program.book.year}",
        "填报日期:",
        "",
        "# 自评得分：可以只写总分，也可以写各指标的名称和得分；用来与重算的结果对照。",
        "自评:",
        "  总分:",
        "",
        "事实:",
    ]
    for heading, facts in grouped(program, used):
        lines += ["", f"  # ======== {heading} ========"]
        for asked in facts:
            lines += ["", *_fact(asked, used.get(asked.name, []))]
    if program.schema.ledgers:
        lines += ["", "明细:"]
        for ledger in program.schema.ledgers.values():
            lines += ["", *_ledger(ledger, used.get(ledger.name, []))]
    return "\n".join(lines) + "\n"


def _about(asked: Asked, used: list[str]) -> list[str]:
    limits = f" {asked.limits_text}" if asked.limits_text else ""
    where = f"。用于：{'、'.join(used)}" if used else "。没有指标用到"
    lines = [f"{asked.name}：{type_text(asked.type)}{limits}{where}"]
    lines += [f"  {asked.note}"] if asked.note else []
    lines += [f"  佐证：{asked.evidence}"] if asked.evidence else []
    lines += ["  确实没有这回事的，改写成 不适用: 理由"] if asked.may_be_na else []
    return lines


def _fact(asked: Asked, used: list[str]) -> list[str]:
    lines = [f"  # {text}" for text in _about(asked, used)]
    keys = ["值"]
    keys += ["佐证"] if asked.evidence else []
    keys += ["理由"] if asked.needs_reason else []
    if len(keys) == 1:
        return [*lines, f"  {_key(asked.name)}:"]
    return [*lines, f"  {_key(asked.name)}:", *(f"    {key}:" for key in keys)]


def _key(name: str) -> str:
    return f'"{name}"' if name[0] in "“\"'&*!%@`[]{}#|>-?:," or ": " in name else name


def _ledger(ledger: AskedLedger, used: list[str]) -> list[str]:
    where = f"用于：{'、'.join(used)}" if used else "没有指标用到"
    lines = [f"  # {ledger.name}：一行一笔。{where}"]
    lines += [f"  #   {ledger.note}"] if ledger.note else []
    lines += [f"  #   佐证：{ledger.evidence}"] if ledger.evidence else []
    lines += ["  # 还不知道就留空；一笔也没有写 []。去掉各行的「# 」再填："]
    lines += [f"  {_key(ledger.name)}:"]
    lines += ["    # 佐证:", "    # 行:"] if ledger.evidence else []
    for index, column in enumerate(ledger.columns.values()):
        head = "- " if index == 0 else "  "
        evidence = f"；佐证：{column.evidence}" if column.evidence else ""
        lines.append(f"    # {head}{_key(column.name)}:    # {_short(column)}{evidence}")
    return lines


def _short(column: Asked) -> str:
    limits = f" {column.limits_text}" if column.limits_text else ""
    kind = "是 或 否" if isinstance(column.type, Truth) else type_text(column.type)
    if isinstance(column.type, Number) and column.needs_reason:
        kind += "，写成 {值: …, 理由: …}"
    return f"{kind}{limits}"
