"""A summary as plain data (JSON), after the schema zjrules.summary/1: exact numbers are "num/den" strings."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from zjrules.num import ratio_text
from zjrules.summary import bars
from zjrules.summary.bands import Crowd
from zjrules.summary.bunching import Edge
from zjrules.summary.change import Change
from zjrules.summary.listed import Names
from zjrules.summary.marks import Marks
from zjrules.summary.money import WHOLE
from zjrules.summary.source import UNKNOWN, Source
from zjrules.summary.tally import Tally

SCHEMA = "zjrules.summary/1"
Record = dict[str, Any]


def record(tally: Tally, source: Source = UNKNOWN) -> Record:
    """Return a tally as plain data."""
    book = tally.program.book
    return {
        "格式": SCHEMA,
        "来源": {"规则": source.rules, "摘要": source.digest, "引擎": source.engine, "得分表": source.table},
        "规则": {"名称": book.name, "评价年度": book.year, "性质": book.nature, "满分": ratio_text(book.full)},
        "单位": {"共": tally.units, "已算": tally.settled, "缺事实": tally.open, "无法计算": tally.none},
        "总分": _totals(tally),
        "等级": [{"等级": g.grade, "单位": g.certain, "还可能": g.possible} for g in bars.grades(tally)],
        "指标": [_indicator(m) for m in tally.indicators],
        "失分": [{"指标": m.name, "失分": ratio_text(m.lost)} for m in bars.lost(tally)],
        "缺的事实": [{"事实": n, "单位": c} for n, c in bars.missing(tally)],
        "勾稽不符": [{"勾稽": n, "单位": c} for n, c in bars.failed(tally)],
        "异常": {
            "各项满分": {"单位": tally.perfect, "名单": [n.unit for n in tally.perfect_names]},
            "界线": [_edge(e) for e in tally.edges],
            "分档": [_crowd(c) for c in tally.crowds] if tally.seen else None,
            "金额": [_slip(*s) for s in tally.slips] if tally.seen else None,
            "较上年": None if tally.change is None else _change(tally.change),
        },
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else ratio_text(value)


def _bars(found: list[bars.Bar]) -> list[Record]:
    return [{"从": ratio_text(b.low), "不到": _exact(b.high), "单位": b.many} for b in found]


def _totals(tally: Tally) -> Record:
    return {
        "平均": _exact(tally.mean),
        "平均准确": tally.sum.exact,
        "最低": _exact(tally.ends and tally.ends[0]),
        "最高": _exact(tally.ends and tally.ends[1]),
        "四分位": None if tally.quartiles is None else [ratio_text(q) for q in tally.quartiles],
        "四分位准确": tally.totals.exact,
        "分布": _bars(bars.of_totals(tally)),
    }


def _indicator(found: Marks) -> Record:
    return {
        "指标": found.name,
        "编号": found.number,
        "分值": ratio_text(found.points),
        "满分": found.full,
        "部分": found.partial,
        "零分": found.zero,
        "缺事实": found.open,
        "无得分": found.none,
        "平均": _exact(found.mean),
        "平均准确": found.sum.exact,
        "得分率": _exact(found.share),
        "最低": _exact(found.ends and found.ends[0]),
        "最高": _exact(found.ends and found.ends[1]),
        "失分": ratio_text(found.lost),
        "分布": _bars(bars.of_indicator(found)),
    }


def _edge(found: Edge) -> Record:
    return {
        "等级": found.grade, "界线": ratio_text(found.at), "宽": ratio_text(found.width), "上方": found.above,
        "下方": found.below, "概率": ratio_text(found.tail), "概率准确": found.exact, "异常": found.crowded,
    }  # fmt: skip


def _crowd(found: Crowd) -> Record:
    edge = found.edge
    return {
        "指标": edge.indicator, "界线": ratio_text(edge.at), "写作": f"{edge.op} {edge.text}", "宽": ratio_text(edge.width),
        "刚够": found.better, "差一点": found.worse, "概率": ratio_text(found.tail), "概率准确": found.exact, "异常": found.crowded,
    }  # fmt: skip


def _slip(name: str, many: int, usual: int, found: Names) -> Record:
    units = [
        {"单位": n.unit, "金额": ratio_text(Fraction(n.said[0]) / 100) if len(n.said) > 1 else None, "级差": int(n.said[-1]) - usual}
        for n in found
    ]  # fmt: skip
    return {"事实": None if name == WHOLE else name, "单位": many, "名单": units}


def _change(found: Change) -> Record:
    units = [
        {"单位": n.unit, "上年": ratio_text(Fraction(n.said[0])), "本年": ratio_text(Fraction(n.said[1]))}
        for n in found.farthest
    ]
    return {
        "升": found.up, "降": found.down, "不变": found.same, "上年没有": found.new, "变动合计": ratio_text(found.sum.value),
        "变动合计准确": found.sum.exact, "大变动的界线": ratio_text(found.jump), "大变动": found.jumps, "名单": units,
    }  # fmt: skip
