"""The whole certificate: what was used, how each number follows, and the digests over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import frozen

from zjrules import verifier
from zjrules.certificate import score, tables
from zjrules.certificate.nodes import Names, Writer
from zjrules.certificate.plain import Record, seen, written
from zjrules.certificate.steps import Days, Recorder
from zjrules.exact.scope import WorkCalendar
from zjrules.fact import Facts
from zjrules.ruleset import Edition
from zjrules.term import rule as tr
from zjrules.trace import Trace
from zjrules.value import Problem


@frozen
class Origin:
    """What a certificate says of where it comes from. Files are names with SHA-256 digests."""

    engine: str
    rules: str
    rule_files: Mapping[str, str]
    fact_files: Mapping[str, str]
    corrects: str | None = None
    edition: Edition | None = None
    """The published edition of the rules, None where none was published."""


@frozen
class Kernel:
    """核式 of a rule set, its canonical JSON with the SHA-256 of that, and who wrote it."""

    record: Record
    text: str
    digest: str
    writer: Writer


def certificate(
    facts: Facts,
    traces: Sequence[Trace],
    calendar: WorkCalendar | None,
    origin: Origin,
    others: Sequence[Facts] | None = None,
    kernel: Kernel | None = None,
) -> Record:
    """Return the certificate of a unit; traces are 按自述, 仅有佐证 and, where there is one, 复核.

    others are the other units of a run over all units, None where it was not one. Who writes many certificates by one rule
    set gives its kernel, which is otherwise written here.
    """
    program = traces[0].program
    kernel = kernel or kernel_of(program)
    asked = kernel.writer.compared
    body: Record = {
        "事实": tables.facts_of(facts, program.schema), "明细": tables.ledgers_of(facts, program.schema),
        "规则": _rules(program, origin), "核式": kernel.record, "步骤": [],
        "同级": tables.compared(others, program.schema, asked) if others is not None and asked else None,
    }  # fmt: skip
    days = Days(calendar)
    recorder = Recorder(body, days, kernel.writer.top)
    conclusions = [recorder.conclusion(name, trace) for name, trace in zip(verifier.READINGS, traces, strict=False)]
    for conclusion, trace in zip(conclusions, traces, strict=True):
        assert conclusion["等级"] == list(trace.grades), "the checker and the engine must agree"
        assert isinstance(trace.total, Problem) or conclusion["总分"] == written(seen(trace.total))
    body |= {
        "格式": verifier.FORMAT, "引擎": origin.engine, "单位": facts.unit, "更正": origin.corrects,
        "事实文件": _files(origin.fact_files),
        "自评": [{"名": n, "分": str(c.value)} for n, c in facts.claims.items() if isinstance(c.value, Fraction)],
        "日历": tables.calendar_of(days.asked, calendar), "节日": tables.feasts_of(days.asked_feasts, calendar),
        "结论": conclusions, "未重推": recorder.loose, "核式摘要": kernel.digest,
    }  # fmt: skip
    texts = {name: verifier.canonical(part) for name, part in body.items() if name != "核式"}
    return {"凭证": body, "摘要": verifier.digests(verifier.together(texts | {"核式": kernel.text}))}


def text(document: Record) -> bytes:
    """Return the canonical JSON of a certificate."""
    return verifier.canonical(document).encode()


def _files(files: Mapping[str, str]) -> list[Record]:
    return [{"名": name, "sha256": digest} for name, digest in files.items()]


def _rules(program: tr.Program, origin: Origin) -> Record:
    book = program.book
    named = [s.grade for s in program.steps if isinstance(s, tr.Override) and s.grade]
    edition = origin.edition
    said = {} if edition is None else {"版": {"号": edition.number, "更正": edition.correction, "摘要": edition.digest}}
    return {
        **said, "编号": origin.rules, "名称": book.name, "年度": book.year, "发布": book.issuer, "性质": book.nature, "依据": book.basis,
        "满分": str(book.full), "文件": _files(origin.rule_files),
        "等级": list(dict.fromkeys([*(g.name for g in program.grades), *sorted(named)])),
    }  # fmt: skip


def kernel_of(program: tr.Program) -> Kernel:
    """Return 核式 of a rule set, in which nothing depends on the facts."""
    out = Writer()
    table: list[Record] = [{"级": "总分", "名称": "各一级指标相加", "分值": str(program.book.full), "上级": None}]
    for node in program.groups:
        _listed(node, 0, table, out)
    added, last, grade = score.total(program, out.top, out)
    table[0]["式"] = added
    for number in range(len(table)):
        out.read("分值", number, out.top)
    for place, names in _placed(program.groups, out.top):
        table[out.places[id(place)]]["式"] = names.nodes[id(place)]
    params = [
        {"名": p.name, "值": written(p.value), "依据": p.basis} for p in program.params.values() if p.name in out.params
    ]
    record = {"参数": params, "指标": table, "式": out.top.out, "总分": last, "定级": grade}
    text_ = verifier.canonical(record)
    return Kernel(record, text_, verifier.digests(text_)["sha256"], out)


def meaning_of(program: tr.Program) -> str:
    """Return the SHA-256 of 核式 without the places in the files and without 依据: two texts that mean the same have one."""
    digest: str = verifier.digests(verifier.canonical(_placeless(kernel_of(program).record)))["sha256"]
    return digest


def _placeless(record: Any) -> Any:
    match record:
        case dict():
            return {k: _placeless(v) for k, v in record.items() if k not in ("处", "规则", "依据")}
        case list() | tuple():
            return [_placeless(v) for v in record]
        case _:
            return record


def _listed(node: tr.Group | tr.Indicator, above: int, table: list[Record], out: Writer, part: bool = False) -> None:
    level = "分项" if part else "指标" if isinstance(node, tr.Indicator) else f"{node.level} 级"
    out.places[id(node)] = len(table)
    table.append({
        "级": level, "编号": node.number, "名称": node.name, "分值": str(node.points), "上级": above, "依据": node.basis,
        "规则": tables.place(node.span),
    })  # fmt: skip
    own = out.places[id(node)]
    for below in node.children if isinstance(node, tr.Group) else node.parts:
        _listed(below, own, table, out, part=isinstance(node, tr.Indicator))


def _placed(nodes: Sequence[tr.Group | tr.Indicator], names: Names) -> Iterator[tuple[tr.Group | tr.Indicator, Names]]:
    """Yield indicators, parts and groups with the place where their nodes are known."""
    for node in nodes:
        yield node, names
        if isinstance(node, tr.Group):
            yield from _placed(node.children, names)
        else:
            yield from _placed(node.parts, names.inner[id(node)])
