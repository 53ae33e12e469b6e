"""What a batch says: its plan before, its counts after."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from zjrules.batch.opening import Opened
from zjrules.batch.record import FORMAT
from zjrules.batch.run import Counts
from zjrules.batch.swept import Swept
from zjrules.bulk import plan as engine_plan
from zjrules.bulk.program import Bulk
from zjrules.cli import say
from zjrules.explain import record
from zjrules.inout.table.blocks import Survey
from zjrules.inout.table.columns import Column, Reading
from zjrules.inout.table.files import TITLES
from zjrules.ruleset import RuleSet
from zjrules.summary import sweep
from zjrules.unit import type_text

MOST = 12
"""Names that one line shows."""


def _names(names: Sequence[str]) -> str:
    return "、".join(names[:MOST]) + (f" 等 {len(names)} 个" if len(names) > MOST else "")


def plan(
    rules: RuleSet, ready: Bulk, opened: Opened, known: Survey | None, size: int, form: str, sweep: Swept | None = None
) -> None:
    """Say what would be done, of a sweep also with each of its values."""
    whole = ready.compares
    rows = known.rows if known is not None else len(opened.paths)
    if form == "json":
        document = _plan(rules, ready, opened, known, size, rows)
        document |= {"扫描": _swept(sweep)} if sweep is not None else {}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    lines = [f"规则  {rules.title}（{rules.id}）", f"输入  {_input(opened)}，{rows:,} 个单位"]
    if known is not None and (known.twice.len() or any(known.broken)):
        lines.append(
            f"退回  重名的单位 {known.twice.len():,} 个；格数不对的行 {sum(map(len, known.broken)):,} 行，别的问题算的时候才知道"
        )
    if opened.how is not None:
        lines += _columns(opened.how, opened)
    lines += engine_plan.lines(ready)
    if sweep is not None:
        lines += engine_plan.sweep_lines(sweep.versions, [v.values for v in sweep.variants])
    blocks = max(-(-rows // size), 1)
    lines.append(
        "次序  规则要比较各单位：全部单位一起读进内存" if whole else f"次序  每次 {size:,} 个单位，共 {blocks:,} 次"
    )
    click.echo("\n".join(lines))
    say.diagnostics(opened.said, say.console())


def _input(opened: Opened) -> str:
    if opened.files is None:
        return f"{len(opened.paths):,} 个事实文件，一个单位一份"
    many = f"，{len(opened.files.paths):,} 份" if len(opened.files.paths) > 1 else ""
    return f"{TITLES[opened.files.kind]}{many}"


def _columns(how: Reading, opened: Opened) -> list[str]:
    asked = len(how.facts) + len(how.ledgers) + len(how.absent)
    lines = [f"列    用到 {len(how.facts) + len(how.ledgers)} 个，规则要 {asked} 个"]
    lines += [f"  {column.name}  {_told(column)}" for column in how.facts.values()]
    beside = {b.ledger: b for b in opened.beside}
    for name in how.ledgers:
        one = beside.get(name)
        where = "明细，列表" if one is None else f"明细，另一张表 {one.files.names[0]}"
        absent = "" if one is None else "；没有行的单位算" + ("一笔也没有" if one.empty else "缺失")
        lines.append(f"  {name}  {where}{absent}")
    if how.absent:
        lines.append(f"缺的列  {_names(how.absent)}：这些事实在每一行都是缺失")
    unproved = [c.asked.name for c in how.facts.values() if c.asked.evidence and not c.proof]
    if unproved:
        lines.append(f"没有佐证一列  {_names(unproved)}：只算自述")
    if how.spare:
        lines.append(f"不用的列  {_names(how.spare)}")
    return lines


def _told(column: Column) -> str:
    unit = f"，单位 {column.unit}" if column.unit else ""
    beside = [n.rpartition("·")[2] for n in (column.na, column.proof, column.reason) if n]
    return f"{type_text(column.asked.type)}{unit}" + (f"，另有{'、'.join(beside)}" if beside else "")


def _plan(rules: RuleSet, ready: Bulk, opened: Opened, known: Survey | None, size: int, rows: int) -> dict[str, Any]:
    how = opened.how
    return {
        "格式": FORMAT,
        "引擎": version("zjrules"),
        "规则": {"id": rules.id, "名称": rules.title, "摘要": rules.digest},
        "单位数": rows,
        "重名": known.twice.to_list() if known is not None else [],
        "列": {n: c.name for n, c in how.facts.items()} if how is not None else {},
        "明细": list(how.ledgers) if how is not None else [],
        "缺的列": list(how.absent) if how is not None else [],
        "不用的列": list(how.spare) if how is not None else [],
        "每块": size,
        "全部一起读": ready.compares,
        "算法": [_taken(p) for p in engine_plan.planned(ready)],
        "发现": [record.diagnostic(d) for d in opened.said],
    }


def _taken(p: engine_plan.Planned) -> dict[str, Any]:
    return {"指标": p.name, "位数": p.bits, "夹在整数之间": p.bracketed, "分开算的部分": p.parts}


def _swept(sweep: Swept) -> list[dict[str, Any]]:
    found = []
    for variant, again in zip(sweep.variants, map(engine_plan.again, sweep.versions), strict=True):
        own = [_taken(p) for p in again.indicators]
        found.append({"参数": dict(variant.values), "再算": own, "勾稽": list(again.checks)})
    return found


def end(
    rules: RuleSet,
    opened: Opened,
    out: Path,
    rejects: Path | None,
    counts: Counts,
    form: str,
    values: Sequence[Mapping[str, str]] = (),
    swept: Sequence[sweep.Outcome] = (),
) -> None:
    """Say what came out, of a sweep also variant by variant. The summary of the scores themselves belongs here too."""
    absent = opened.how.absent if opened.how is not None else ()
    if form == "json":
        document = _document(rules, out, rejects, counts, absent)
        document |= {"扫描": sweep.record(values, swept)} if swept else {}
        document["发现"] = [record.diagnostic(d) for d in opened.said]
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    states = "、".join(f"{name} {n:,}" for name, n in counts.states.items())
    if swept:
        states = f"{counts.times} 种取值，各种取值合计 {states}"
        sweep.terminal(values, swept, [g.name for g in rules.program.grades], say.console())
    lines = [f"{rules.title}：{counts.rows:,} 个单位，算了 {counts.scored:,} 个" + (f"（{states}）" if states else "")]
    if counts.grades and not swept:
        lines.append("等级  " + "、".join(f"{name} {n:,}" for name, n in counts.grades.items()))
    if counts.failed:
        lines.append(f"勾稽不符的 {counts.failed:,} {'行' if swept else '个'}")
    if absent:
        lines.append(f"缺的列  {_names(absent)}")
    if rejects is not None:
        codes = "、".join(f"{code} {n:,} 处" for code, n in counts.codes.items())
        lines.append(f"退回 {counts.aside:,} 行，写在「{rejects}」：{codes}；zjrules help 代码 看怎么改")
    more = "一个单位、一种取值一行" if swept else f"看一个单位怎么算的：zjrules explain {out} --unit 名称"
    click.echo("\n".join([*lines, f"写好了「{out}」；{more}"]))
    say.diagnostics(opened.said, say.console(sys.stderr))


def _document(rules: RuleSet, out: Path, rejects: Path | None, counts: Counts, absent: Sequence[str]) -> dict[str, Any]:
    names = ("行数", "已算", "状态", "等级", "勾稽不符", "代码", "退回", "取值")
    return {
        "格式": FORMAT,
        "引擎": version("zjrules"),
        "规则": {"id": rules.id, "名称": rules.title, "摘要": rules.digest},
        "输出": str(out),
        "退回文件": str(rejects) if rejects is not None else None,
        "缺的列": list(absent),
        **dict(zip(names, asdict(counts).values(), strict=True)),
    }
