"""What each operation does, in a lane: plain data in, an answer out."""

from __future__ import annotations

import json
from fractions import Fraction
from importlib.metadata import version
from typing import Any

from attrs import frozen

from zjrules import appraisal, suppose
from zjrules.appraisal import calendar_for
from zjrules.compiled.program import compiled
from zjrules.diag import has_errors
from zjrules.diff.record import document as diff_record
from zjrules.diff.reported import reported
from zjrules.explain import record as explained
from zjrules.fact import Raw
from zjrules.margin.threshold import Margin, Threshold, Unit, margins
from zjrules.num import ratio_text
from zjrules.project import Given, load, rule_sets, score_both
from zjrules.reader import record as reader
from zjrules.ruleset import RuleSet
from zjrules.span import Source, Span
from zjrules.term import rule as tr
from zjrules.trace import Step
from zjrules.unit import show
from zjrules.web.api.body import JSON
from zjrules.web.api.scored import Params, one, outcomes, unusable
from zjrules.web.failure import BAD_QUERY, NO_PAGE, refused
from zjrules.web.pages import documents
from zjrules.web.pages.changes import NOT_PROVED
from zjrules.web.places import short
from zjrules.web.scoring import rules_of
from zjrules.web.shelf import document_of

Record = dict[str, Any]


@frozen
class Reply:
    """The bytes of an answer, their media type, and the name under which they are saved; '' for what is no file."""

    data: bytes
    media: str = JSON
    name: str = ""


def _json(found: Record) -> Reply:
    return Reply(short(json.dumps(found, ensure_ascii=False)).encode())


def _form(name: str) -> Record:
    return {"格式": f"zjrules.{name}/1", "引擎": version("zjrules")}


# ---------- rules ----------


def rules(params: Params) -> Reply:
    """List the rule sets."""
    return _json({**_form("rules"), "规则集": [_listed(name, load(name)[0]) for name in sorted(rule_sets())]})


def _listed(name: str, found: RuleSet | None) -> Record:
    if found is None:
        return {"id": name, "可用": False}
    book = found.program.book
    return {
        "id": name, "可用": True, "名称": found.title, "评价年度": book.year, "发布": book.issuer, "性质": book.nature,
        "满分": ratio_text(book.full), "指标": sum(1 for _ in found.indicators()), "摘要": found.digest,
    }  # fmt: skip


def document(params: Params) -> Reply:
    """Return a rule set as a document."""
    return _json(reader.record(document_of(params["id"][0]), version("zjrules")))


def facts(params: Params) -> Reply:
    """Return what a rule set asks for."""
    doc = document_of(params["id"][0])
    asked = [{**reader.fact(f), "列在": heading} for heading, group in doc.facts for f in group]
    book = {"id": doc.head.id, "名称": doc.title, "摘要": doc.head.digest}
    return _json({**_form("facts"), "规则": book, "事实": asked, "明细": [reader.fact(x) for x in doc.ledgers]})


def diff(params: Params) -> Reply:
    """Compare two rule sets by their form."""
    old, new = (rules_of(params[n][0]) for n in ("old", "new"))
    return _json(diff_record(reported(old, new, NOT_PROVED), version("zjrules")))


# ---------- units ----------


def check(given: Given, params: Params) -> Reply:
    """Score a unit."""
    return _json(appraisal.recorded(outcomes(given, params)))


def explain(given: Given, params: Params) -> Reply:
    """Score a unit and tell of some indicators alone."""
    found = outcomes(given, params)
    names = params["indicator"]
    known = {n.name for scored, _ in found if scored is not None for n in scored.rules.indicators()}
    for name in names:
        if known and name not in known:
            raise refused(404, NO_PAGE, f"规则里没有叫「{name[:40]}」的指标", "")
    return _json(appraisal.recorded(found, names))


def whatif(given: Given, params: Params) -> Reply:
    """Score a unit as it is and with some facts having other values."""
    mine = one(given, params)
    entries = [_entry(text) for text in params["set"]]
    supposed, problems = suppose.supposed(mine.scored, entries)
    if has_errors(problems):
        raise unusable("假设的值不合要求", problems)
    before = mine.scored.claimed
    after = score_both(mine.scored.rules, supposed, calendar_for(mine.scored.rules)[0]).claimed
    pairs = zip(before.indicators(), after.indicators(), strict=True)
    return _json({
        **_form("whatif"), "规则": mine.scored.rules.id, "单位": mine.scored.facts.unit,
        "假设": [{"事实": e.name, "值": e.text if e.not_applicable is None else "不适用"} for e in entries],
        "发现": [explained.diagnostic(d) for d in problems],
        "总分": {"现在": explained.score(before.total), "改后": explained.score(after.total)},
        "等级": {"现在": list(reversed(before.grades)), "改后": list(reversed(after.grades))},
        "指标": [_moved(a, b) for a, b in pairs if a.value != b.value],
        "转折": suppose.differences(before, after, ())[1],
    })  # fmt: skip


def _entry(text: str) -> Raw:
    name, sign, value = text.replace("＝", "=").partition("=")
    name, value = name.strip(), value.strip()
    if not sign or not name:
        raise refused(400, BAD_QUERY, f"set 的「{text[:40]}」要写成 名称=值", "例如 set=预算调剂额=5万元")
    source = Source("set", text)
    return suppose.entry(name, value, Span(source, text.rfind(value), len(text)), Span(source, 0, len(name)))


def _moved(before: Step, after: Step) -> Record:
    node = before.term
    assert isinstance(node, tr.Indicator)
    scores = {"现在": explained.score(before.value), "改后": explained.score(after.value)}
    return {"编号": node.number, "名称": node.name, "分值": ratio_text(node.points), **scores}


def near(given: Given, params: Params) -> Reply:
    """Tell how far each fact is from the next threshold."""
    mine = one(given, params)
    scored, program = mine.scored, mine.scored.rules.program
    calendar = calendar_for(scored.rules)[0]
    unit = Unit(program, compiled(program, calendar), scored.facts, calendar)
    told = []
    for step in scored.claimed.indicators():
        node = step.term
        assert isinstance(node, tr.Indicator)
        rows = [_margin(m, program) for m in margins(node, unit)]
        told.append({
            "编号": node.number, "名称": node.name, "分值": ratio_text(node.points), "得分": explained.score(step.value),
            "事实": rows,
        })  # fmt: skip
    return _json({**_form("margins"), "规则": scored.rules.id, "单位": scored.facts.unit, "指标": told})


def _margin(margin: Margin, program: tr.Program) -> Record:
    asked = program.schema.facts[margin.fact]

    def end(found: Threshold | None) -> Record | None:
        if found is None:
            return None
        score = ratio_text(found.score) if isinstance(found.score, Fraction) else None
        return {
            "界": ratio_text(found.at), "到界就变": found.reached, "不跳": found.bend, "值": ratio_text(found.point),
            "显示": show(found.point, asked.type), "得分": score,
        }  # fmt: skip

    return {
        "事实": margin.fact, "现在": ratio_text(margin.now), "显示": show(margin.now, asked.type), "往上": end(margin.up),
        "往下": end(margin.down), "说明": margin.why,
    }  # fmt: skip


def certificate(given: Given, params: Params) -> Reply:
    """Certify a unit's scores."""
    mine = one(given, params)
    data = documents.document_of(mine.scored, "certificate", mine.files)
    return Reply(data, JSON, documents.ADDRESSES["certificate"])


def paper(given: Given, params: Params, what: str) -> Reply:
    """Return a document of a unit."""
    mine = one(given, params)
    name = documents.ADDRESSES[what]
    data = documents.document_of(mine.scored, what, mine.files)
    return Reply(data, documents.KINDS[name[name.rindex(".") :]], f"{mine.scored.facts.unit} {name}")
