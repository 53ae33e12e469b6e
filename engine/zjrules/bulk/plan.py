"""How the columns take each indicator, as it can be told before the first unit is read; of a sweep also value by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from zjrules.bulk.fast import Fast, Written
from zjrules.bulk.program import Bulk
from zjrules.bulk.run import needed
from zjrules.bulk.sums import FINE
from zjrules.bulk.versions import Version
from zjrules.term import rule as tr
from zjrules.term import survey

MOST = 12
"""Values of a sweep that one line names."""


@frozen
class Planned:
    """One indicator: how many bits its numbers take (0: the exact engine takes every unit).

    bracketed: sums of ratios are held between two integers; parts: how many parts are worked out apart where facts are
    missing.
    """

    name: str
    bits: int
    bracketed: bool
    parts: int


def planned(bulk: Bulk) -> tuple[Planned, ...]:
    """Return how each indicator of a rule set is taken, in the order of the book."""
    return _planned(bulk, list(survey.indicators(bulk.program.groups)))


@frozen
class Again:
    """What one version of a sweep scores itself: its indicators, and its checks by name. Its total is always its own."""

    indicators: tuple[Planned, ...]
    checks: tuple[str, ...]


def again(version: Version) -> Again:
    """Return what a version scores itself; all there is where units are compared."""
    own = version.bulk
    if own.compares:
        return Again(_exact(own), tuple(c.title for c in own.program.checks))
    nodes = list(survey.indicators(own.program.groups))
    checks = tuple(own.program.checks[place].title for place in version.checks)
    return Again(_planned(own, [nodes[place] for place in version.indicators]), checks)


def _exact(bulk: Bulk) -> tuple[Planned, ...]:
    nodes = survey.indicators(bulk.program.groups)
    return tuple(Planned(node.name, 0, bracketed=False, parts=1) for node in nodes)


def _planned(bulk: Bulk, nodes: Sequence[tr.Indicator]) -> tuple[Planned, ...]:
    return tuple(
        Planned(node.name, 0, bracketed=False, parts=1)
        if column.written is None or bulk.compares
        else Planned(node.name, _bits(bulk.fast, column.written), _bracketed(column.written), len(column.ways))
        for node, column in zip(nodes, bulk.columns, strict=True)
    )


def _bits(fast: Fast, written: Written) -> int:
    """Return the width of the widest operation that an indicator rests on, its ledgers' rows included."""
    code = fast.units.code
    outputs = [fast.units.outputs[written.number], fast.units.outputs[written.bad]]
    ops = [code.ops[place] for place in needed(code, outputs)]
    most = max((max(-op.lo, op.hi) for op in ops), default=0)
    for ledger, rows in fast.rows.items():
        if any(op.name == "input" and op.args[0][:2] == ("fold", ledger) for op in ops):  # type: ignore[index]
            most = max(most, *(max(-op.lo, op.hi) for op in rows.steps.code.ops))
    return 32 if most < 2**31 else 64


def _bracketed(written: Written) -> bool:
    return any(a.most is not None for a in written.overs.values())


def lines(bulk: Bulk) -> list[str]:
    """Return the plan in sentences."""
    found = planned(bulk)
    whole = [p for p in found if p.bits]
    said = []
    if whole:
        narrow = sum(p.bits == 32 for p in whole)
        said.append(f"算法  {len(whole)} 个指标成列地算：{narrow} 个用 32 位整数，{len(whole) - narrow} 个用 64 位")
    exact = [p.name for p in found if not p.bits]
    if exact:
        why = "要比较各单位" if bulk.compares else "整数放不下，或要逐行对照"
        said.append(f"{'      ' if said else '算法  '}{len(exact)} 个指标逐个单位准确算（{why}）：{'、'.join(exact)}")
    bracketed = [p.name for p in whole if p.bracketed]
    if bracketed:
        fine = len(str(FINE)) - 1
        said.append(
            f"      明细里比率的和夹在两个整数之间（{fine} 位小数），夹不准的单位逐个准确算：{'、'.join(bracketed)}"
        )
    said.append("      金额到万亿元、个数到十亿、一张明细到 2,000 行；更大的，和小数位更细的，那个单位逐个准确算")
    return said


def sweep_lines(versions: Sequence[Version], values: Sequence[Mapping[str, str]]) -> list[str]:
    """Return what each value of a sweep scores again, in sentences: one for all values that are taken alike."""
    alike: dict[Again, list[Mapping[str, str]]] = {}
    for version, some in zip(versions, values, strict=True):
        alike.setdefault(again(version), []).append(some)
    said = [f"扫描  {len(values)} 种取值，每个单位 {len(values)} 行；规则原样先算一遍，没有用到这些参数的不再算"]
    for one, which in alike.items():
        more = f" 等 {len(which)} 种" if len(which) > MOST else ""
        said.append(f"      {_values(which[:MOST])}{more}：{_again(one)}")
    return said


def _values(which: Sequence[Mapping[str, str]]) -> str:
    if len(which[0]) == 1:
        (name,) = which[0]
        return f"{name} = {'、'.join(some[name] for some in which)}"
    return "；".join("，".join(f"{name} = {text}" for name, text in some.items()) for some in which)


def _again(one: Again) -> str:
    parts = []
    if one.indicators:
        names = "、".join(f"{p.name}（{_taken(p)}）" for p in one.indicators)
        parts.append(f"{len(one.indicators)} 个指标：{names}")
    if one.checks:
        parts.append(f"{len(one.checks)} 处勾稽：{'、'.join(one.checks)}")
    return f"再算 {'；'.join(parts)}；总分" if parts else "只再算总分"


def _taken(one: Planned) -> str:
    if not one.bits:
        return "逐个单位准确算"
    return f"{one.bits} 位整数" + ("，比率的和夹在两个整数之间" if one.bracketed else "")
