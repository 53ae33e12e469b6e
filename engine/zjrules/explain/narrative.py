"""A scored unit as the content of a self-evaluation report: plain texts under Chinese names, for a template to place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from attrs import frozen

from zjrules.diag import Diagnostic
from zjrules.explain import formula as fm
from zjrules.explain import prose
from zjrules.explain.findings import CHECK_FAILED, CHECK_NOTED, CHECK_WARNED, findings
from zjrules.explain.lines import Line, explained, places_of, score_text
from zjrules.explain.reason import missing, reason, state
from zjrules.fact import Evidence, Fact, Facts, State, Table
from zjrules.num import brief
from zjrules.ruleset import RuleSet
from zjrules.term import rule as tr
from zjrules.term.survey import indicators, used_in
from zjrules.trace import Step, Trace
from zjrules.unit import read_date, type_text
from zjrules.value import Unknown

Content = str | Sequence["Content"] | Mapping[str, "Content"]
"""What a report is filled with: texts, lists of them, and texts by name."""
Narrative = dict[str, Content]

_CHECKS = (CHECK_FAILED, CHECK_WARNED, CHECK_NOTED)
UNPROVED = "自述，没有佐证"
_QUOTES = str.maketrans("「」", "“”")
"""Official papers quote with “”."""


def narrative(rules: RuleSet, facts: Facts, claimed: Trace, proved: Trace) -> Narrative:
    """Return all that a report says of a unit, scored by what it claims and by what has evidence."""
    program = rules.program
    index = _Index.of(facts, program)
    pairs = list(zip(claimed.groups, proved.groups, strict=True))
    claim = facts.claims.get("总分")
    return {
        "单位": facts.unit,
        "评价年度": str(program.book.year),
        "填报日期": _day(facts.head.get("填报日期", "")),
        "规则集": _book(rules),
        "满分": brief(program.book.full),
        "总分": prose.points(claimed.total),
        "等级": _grades(claimed),
        "自评总分": score_text(claim.value) if claim is not None and isinstance(claim.value, Fraction) else "",
        "仅有佐证": {"总分": prose.points(proved.total), "等级": _grades(proved)},
        "缺几项": str(len(missing(claimed.total))),
        "总评": _adjustments(claimed),
        "一级指标": [_section(*pair, claimed, index) for pair in pairs],
        "存在问题": _problems(claimed, facts),
        "待补事实": _lacking(claimed, facts),
        "未佐证事实": _unproved(facts, program),
        "佐证材料": [
            {"序号": str(n), "材料": material, "证明": "、".join(what)}
            for n, (material, what) in enumerate(index.materials.items(), 1)
        ],
        "事实": {name: _value(name, facts, program) for name in program.schema.facts},
        "数据": _data(facts, program, index),
    }


def _day(text: str) -> str:
    """Return a date as a report writes it; '' where there is none, the text itself where it is no date."""
    ordinal = read_date(text) if text else None
    if ordinal is None:
        return text
    day = date.fromordinal(int(ordinal))
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _book(rules: RuleSet) -> Narrative:
    book = rules.program.book
    return {
        "编号": rules.id, "名称": book.name, "全名": rules.title, "年度": str(book.year), "发布": book.issuer,
        "性质": book.nature, "依据": book.basis, "说明": book.note, "摘要": rules.digest[:16],
    }  # fmt: skip


def _grades(trace: Trace) -> str:
    grades = trace.grades
    return grades[0] if len(grades) == 1 else f"{grades[-1]}至{grades[0]}（待定）" if grades else "没有评定"


def _ended(parts: Sequence[str]) -> str:
    """Return parts as sentences: each ends in one full stop."""
    return "".join(f"{p.rstrip('。')}。" for p in parts if p)


# ---------- evidence ----------


@frozen
class _Index:
    """The materials that facts refer to, numbered in the order in which the rules ask for the facts."""

    facts: Facts
    program: tr.Program
    materials: dict[str, list[str]]

    @classmethod
    def of(cls, facts: Facts, program: tr.Program) -> _Index:
        found: dict[str, list[str]] = {}
        for what, material in _references(facts, program):
            found.setdefault(material, []).append(what)
        return cls(facts, program, found)

    def cited(self, of: Fact | Table) -> str:
        """Return what supports a value: a numbered material, the unit's word, or '' where nothing is asked."""
        if of.evidence is Evidence.NOT_ASKED:
            return ""
        if of.evidence is Evidence.PROVED and of.reference in self.materials:
            return f"佐证 {list(self.materials).index(of.reference) + 1}：{of.reference}"
        return "有佐证" if of.evidence is Evidence.PROVED else UNPROVED


def _in_order(program: tr.Program) -> list[str]:
    """Return all facts and ledgers by the first indicator that uses them: shared ones are declared elsewhere."""
    used = used_in(program)
    place = {node.name: i for i, node in enumerate(indicators(program.groups))}
    names = [*program.schema.facts, *program.schema.ledgers]
    return sorted(names, key=lambda n: min((place[w] for w in used.get(n, ()) if w in place), default=len(place)))


def _references(facts: Facts, program: tr.Program) -> Iterator[tuple[str, str]]:
    for name in _in_order(program):
        fact = facts.facts.get(name)
        if fact is not None and fact.evidence is Evidence.PROVED and fact.reference:
            yield name, fact.reference
        table = facts.ledgers.get(name)
        if table is None:
            continue
        if table.evidence is Evidence.PROVED and table.reference:
            yield f"明细“{name}”", table.reference
        for number, row in enumerate(table.rows or (), 1):
            for column, cell in row.items():
                if cell.evidence is Evidence.PROVED and cell.reference and cell.reference != table.reference:
                    yield f"“{name}”第 {number} 行{column}", cell.reference


# ---------- facts ----------


def _value(name: str, facts: Facts, program: tr.Program) -> str:
    """Return the value of a fact; one that is missing is said to be so, and never blank."""
    fact = facts.facts.get(name)
    if fact is None or fact.state is State.MISSING or (fact.value is None and fact.state is State.GIVEN):
        return f"【缺失：{name}】"
    if fact.state is State.NOT_APPLICABLE:
        return f"不适用（{fact.reason}）" if fact.reason else "不适用"
    assert fact.value is not None
    return fm.value_text(fact.value, program.schema.facts[name].type, bare=False)


def _given(name: str, facts: Facts) -> bool:
    fact = facts.facts.get(name)
    return fact is not None and fact.state is not State.MISSING


def _data(facts: Facts, program: tr.Program, index: _Index) -> list[Narrative]:
    found: list[Narrative] = []
    for number, name in enumerate(_in_order(program), 1):
        table = facts.ledgers.get(name)
        value, evidence, shown = "缺失", "", name
        if name in program.schema.ledgers:
            shown = f"{name}（明细）"
            if table is not None and table.rows is not None:
                value, evidence = f"{len(table.rows)} 行", index.cited(table)
        elif _given(name, facts):
            value, evidence = _value(name, facts, program), index.cited(facts.facts[name])
        found.append({"序号": str(number), "事实": shown, "值": value, "佐证": evidence})
    return found


def _asked_for(name: str, program: tr.Program) -> str:
    """Return which evidence or what else is asked for a name that a score waits for."""
    name = name.removesuffix("的佐证")  # the evidence itself may be what is missing
    fact, ledger = program.schema.facts.get(name), program.schema.ledgers.get(name)
    if fact is not None:
        return fact.evidence or type_text(fact.type)
    return (ledger.evidence or "逐行填报") if ledger is not None else ""


def _lacking(trace: Trace, facts: Facts) -> list[Narrative]:
    used = used_in(trace.program)
    return [
        {"序号": str(n), "事实": name, "佐证": _asked_for(name, trace.program),
         "用于": "、".join(w for w in used.get(name, []) if w != "勾稽")}
        for n, name in enumerate(missing(trace.total), 1)
    ]  # fmt: skip


def _unproved(facts: Facts, program: tr.Program) -> list[Narrative]:
    names = [n for n, f in facts.facts.items() if f.state is not State.MISSING and f.evidence is Evidence.CLAIMED]
    names += [n for n, t in facts.ledgers.items() if t.rows is not None and t.evidence is Evidence.CLAIMED]
    return [{"序号": str(n), "事实": name, "佐证": _asked_for(name, program)} for n, name in enumerate(names, 1)]


# ---------- indicators ----------


def _section(mine: Step, proved: Step, trace: Trace, index: _Index) -> Narrative:
    node = mine.term
    assert isinstance(node, tr.Group | tr.Indicator)
    below = list(_indicators(mine, proved, ""))
    score = prose.points(mine.value, places_of(node.rounding))
    return {
        "编号": node.number, "名称": node.name, "分值": brief(node.points),
        "得分": score, "得分数": score_text(mine.value, places_of(node.rounding)),
        "仅有佐证": score_text(proved.value, places_of(node.rounding)),
        "指标": [_indicator(a, b, under, node.number, trace, index) for a, b, under in below],
    }  # fmt: skip


def _indicators(mine: Step, proved: Step, under: str) -> Iterator[tuple[Step, Step, str]]:
    """Yield the indicators under a group in both traces, with the name of the 二级指标 over them."""
    if isinstance(mine.term, tr.Indicator):
        yield mine, proved, under
        return
    for a, b in zip(mine.kids, proved.kids, strict=True):
        over = a.term.name if isinstance(a.term, tr.Group) else under
        yield from _indicators(a, b, over)


def _indicator(mine: Step, proved: Step, under: str, group: str, trace: Trace, index: _Index) -> Narrative:
    node = mine.term
    assert isinstance(node, tr.Indicator)
    lines = explained(mine, trace, index.facts)
    places = places_of(node.rounding)
    return {
        "编号": node.number.removeprefix(group), "名称": node.name, "所属": under, "分值": brief(node.points),
        "得分": prose.points(mine.value, places), "得分数": score_text(mine.value, places),
        "仅有佐证": score_text(proved.value, places), "状态": state(mine), "扣分原因": prose.lost(mine) or reason(mine),
        "正文": _body(mine, lines, trace, index), "明细行": list(_rows(lines)), "依据": node.basis,
    }  # fmt: skip


def _body(step: Step, lines: list[Line], trace: Trace, index: _Index) -> str:
    """Return the paragraph of an indicator: its score, how it was got, the facts, and what is lost or missing."""
    node = step.term
    assert isinstance(node, tr.Indicator)
    score = prose.points(step.value, places_of(node.rounding))
    parts = [f"本项分值 {brief(node.points)} 分，{'' if score.startswith(('不计入', '无法')) else '得 '}{score}"]
    lets = [line.text for line in lines if line.kind == "let"]
    parts += prose.told(step, trace)
    parts += [f"其中，{'；'.join(lets)}"] if lets else []
    parts += [line.text for line in lines if line.kind == "note" and line.text.startswith("全体单位的")]
    parts += _facts_used(lines, index, not isinstance(step.value, Unknown))
    if not node.parts and not isinstance(node.base, tr.Plain):  # a formula has shown it already
        parts += [f"未得满分的原因：{why}" for why in (prose.lost(step),) if why]
    return _ended(parts)


def _facts_used(lines: list[Line], index: _Index, decided: bool) -> list[str]:
    """Return the facts with their values and evidence, and those that are missing."""
    facts = index.facts
    names = list(dict.fromkeys(line.text for line in lines if line.kind == "fact"))
    tables = list(dict.fromkeys(line.text for line in lines if line.kind == "ledger"))
    given = [n for n in names if _given(n, facts)]
    told = [(_fact_text(n, index), index.cited(facts.facts[n])) for n in given]
    found = [(n, facts.ledgers.get(n)) for n in tables]
    told += [(f"明细“{n}”{len(t.rows)} 行", index.cited(t)) for n, t in found if t is not None and t.rows is not None]
    absent = [n for n in names if n not in given]
    absent += [f"明细“{n}”" for n, t in found if t is None or t.rows is None]
    parts = [f"所用的事实：{_with_evidence(told)}"] if told else []
    if absent:
        parts.append(f"{'、'.join(absent)}没有填报，{'不影响本项得分' if decided else '补齐前得分不能最后确定'}")
    return parts


def _fact_text(name: str, index: _Index) -> str:
    fact = index.facts.facts[name]
    text = _value(name, index.facts, index.program)
    if fact.state is State.NOT_APPLICABLE:
        return f"{name}{text}"
    text = f"“{text}”" if isinstance(fact.value, bool) else f" {text}"
    return f"{name}为{text}" + (f"（理由：{fact.reason}）" if fact.reason else "")


def _with_evidence(told: list[tuple[str, str]]) -> str:
    """Return facts with what supports each; where nothing supports any of them it is said once."""
    if len(told) > 1 and all(cited == UNPROVED for _, cited in told):
        return f"{'、'.join(text for text, _ in told)}，均为{UNPROVED}"
    return "、".join(f"{text}（{cited}）" if cited else text for text, cited in told)


def _rows(lines: list[Line]) -> Iterator[str]:
    """Yield the rows of ledgers, and of units where a fact is summed up, that the score rests on."""
    for line in lines:
        if line.kind == "row":
            brought = line.value.removeprefix("→ ")
            yield f"{line.text}，计 {brought}" if brought else line.text
        elif line.kind == "note" and line.text.startswith("还有 "):
            yield line.text


# ---------- the total, and what is wrong ----------


def _adjustments(trace: Trace) -> list[str]:
    """Return what moved the total or the grade beyond the indicators, and how exact an interval is."""
    found = []
    if isinstance(trace.total, Unknown) and not trace.total.tight:
        found.append("缺的事实互相牵连，总分的实际范围可能比这里写的更窄。")
    for step in trace.steps:
        match step.term:
            case tr.Adjust(sign=sign, amount=amount):
                added = step.note if isinstance(step.note, Fraction | Unknown) else Fraction(0)
                if added != 0:
                    word = "加分" if sign > 0 else "减分"
                    found.append(
                        f"{word} {prose.points(added)}（{fm.names(amount)}），总分为 {prose.points(step.value)}。"
                    )
            case tr.Override(test=test, basis=basis) if step.value is not False:
                verdict = "成立" if step.value is True else prose.UNKNOWN_YET
                after = f"（依据 {basis}）" if basis else ""
                found.append(f"“{fm.names(test)}”{verdict}，影响总分或等级{after}。")
            case _:
                pass
    return found


def _problems(trace: Trace, facts: Facts) -> Narrative:
    """Return what a unit must look at, one sentence each: findings, lost points, scores that wait for facts."""
    lost, open_ = [], []
    for step in trace.indicators():
        node = step.term
        assert isinstance(node, tr.Indicator)
        score = score_text(step.value, places_of(node.rounding))
        if isinstance(step.value, Unknown):
            names = "、".join(missing(step.value))
            open_.append(f"“{node.name}”分值 {brief(node.points)} 分，得分只能确定为 {score} 分，缺：{names}。")
        elif isinstance(step.value, Fraction) and step.value < node.points:
            lost.append(f"“{node.name}”分值 {brief(node.points)} 分，得 {score} 分，原因：{prose.lost(step)}。")
    return {"勾稽": [_finding(d) for d in findings(trace, facts)], "失分": lost, "缺失": open_}


def _finding(found: Diagnostic) -> str:
    # Help beside a failed check is the rule's own; other help speaks of commands, which a report knows nothing of.
    own = found.help.rstrip("。") if found.code in _CHECKS else ""
    return f"{found.message}{f'：{own}' if own else ''}。".translate(_QUOTES)
