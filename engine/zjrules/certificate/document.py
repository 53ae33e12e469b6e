"""The whole certificate: what was used, how each number follows, and the digests over it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from zjrules import verifier
from zjrules.certificate import tables
from zjrules.certificate.plain import Record, written
from zjrules.certificate.score import Scores
from zjrules.certificate.steps import Writer
from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Facts
from zjrules.term import rule as tr
from zjrules.trace import Trace


@frozen
class Origin:
    """What a certificate says of where it comes from. Files are names with SHA-256 digests."""

    engine: str
    rules: str
    rule_files: Mapping[str, str]
    fact_files: Mapping[str, str]
    corrects: str | None = None


def certificate(facts: Facts, traces: Sequence[Trace], calendar: WorkCalendar | None, origin: Origin) -> Record:
    """Return the certificate of a unit; traces are 按自述, 仅有佐证 and, where there is one, 复核."""
    program = traces[0].program
    head: Record = {
        "事实": tables.facts_of(facts, program.schema),
        "明细": tables.ledgers_of(facts, program.schema),
        "参数": [{"名": p.name, "值": written(p.value), "依据": p.basis} for p in program.params.values()],
        "规则": _rules(program, origin),
        "步骤": [], "日历": [], "节日": [], "同级": [],
    }  # fmt: skip
    body = verifier.Body(head)
    _points(program.groups, body)
    out = Writer(body)
    conclusions, numbers = [], []
    for name, trace in zip(verifier.READINGS, traces, strict=False):
        reading = Scores(name, out)
        found: dict[int, int] = {}
        tops = [(reading.node(step, found), str(_points_of(step.term))) for step in trace.groups]
        last = reading.total(trace, tops)
        conclusions.append(
            {"读法": name, "总步": last, "总分": written(body.results[last]), "等级": list(trace.grades)}
        )
        numbers.append(found)
    head |= {
        "格式": verifier.FORMAT, "引擎": origin.engine, "单位": facts.unit, "更正": origin.corrects,
        "事实文件": _files(origin.fact_files),
        "自评": [{"名": n, "分": str(c.value)} for n, c in facts.claims.items() if isinstance(c.value, Fraction)],
        "日历": tables.calendar_of(out.years, calendar),
        "节日": tables.feasts_of(out.feasts, calendar),
        "同级": [[written(v) for v in row] for row in body.peers],
        "指标": [_node(node, numbers) for node in program.groups],
        "结论": conclusions, "未重推": body.loose,
    }  # fmt: skip
    return {"凭证": head, "摘要": verifier.digests(head)}


def text(document: Record) -> bytes:
    """Return the canonical JSON of a certificate."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _files(files: Mapping[str, str]) -> list[Record]:
    return [{"名": name, "sha256": digest} for name, digest in files.items()]


def _rules(program: tr.Program, origin: Origin) -> Record:
    book = program.book
    return {
        "编号": origin.rules, "名称": book.name, "年度": book.year, "发布": book.issuer, "性质": book.nature, "依据": book.basis,
        "满分": str(book.full), "等级": [g.name for g in program.grades], "文件": _files(origin.rule_files),
    }  # fmt: skip


def _points_of(node: object) -> Fraction:
    assert isinstance(node, tr.Group | tr.Indicator)
    return node.points


def _points(nodes: Sequence[tr.Group | tr.Indicator], body: verifier.Body) -> None:
    for node in nodes:
        body.points.setdefault(node.name, set()).add(str(node.points))
        _points(node.children if isinstance(node, tr.Group) else node.parts, body)


def _node(node: tr.Group | tr.Indicator, numbers: Sequence[Mapping[int, int]]) -> Record:
    found: Record = {
        "编号": node.number, "名称": node.name, "分值": str(node.points), "依据": node.basis, "规则": tables.place(node.span),
        "步": {name: each[id(node)] for name, each in zip(verifier.READINGS, numbers, strict=False)},
    }  # fmt: skip
    if isinstance(node, tr.Group):
        found["下级"] = [_node(child, numbers) for child in node.children]
    elif node.parts:
        found["分项"] = [{"名称": part.name, "分值": str(part.points)} for part in _parts(node)]
    return found


def _parts(node: tr.Indicator) -> list[tr.Indicator]:
    return [p for part in node.parts for p in (part, *_parts(part))]
