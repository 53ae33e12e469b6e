"""The report against the data table: the same thing must be the same in both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from zjrules.diag import Code, Diagnostic, Label
from zjrules.fact import Fact, Facts, Raw, RawFacts, State
from zjrules.fit import BLANK
from zjrules.num import fold
from zjrules.reconcile.flow import bare
from zjrules.reconcile.phrase import last_place
from zjrules.reconcile.statements import same
from zjrules.reconcile.tally import Summary
from zjrules.unit import Date, Number, Type, quantity, read_date, show

DIFFERS = Code("ZJ5080", "report-and-table-differ")
UNIT_DIFFERS = Code("ZJ5081", "unit-name-differs")
YEAR_DIFFERS = Code("ZJ5082", "year-differs")
DOCUMENT_DIFFERS = Code("ZJ5083", "document-number-differs")
CLAIMS_DIFFER = Code("ZJ5084", "claimed-scores-differ")

_HEAD = {"单位": UNIT_DIFFERS, "评价年度": YEAR_DIFFERS, "填报日期": DIFFERS, "通知文号": DOCUMENT_DIFFERS}


def worth_of(fact: Fact) -> Fraction:
    """Return what the last digit of a fact as written is worth."""
    return last_place(fold(fact.shown).replace("，", ",").strip())


def facts(
    report: Facts, table: Facts, types: Mapping[str, Type], summary: Summary
) -> tuple[frozenset[str], list[Diagnostic]]:
    """Compare the facts that both state; return the names that differ, and the findings."""
    differing: set[str] = set()
    found: list[Diagnostic] = []
    for name, said in report.facts.items():
        other = table.facts.get(name)
        if said.state is State.MISSING or other is None or other.state is State.MISSING:
            summary.count(None)
            continue
        agrees = _agree(said, other)
        summary.count(agrees)
        if not agrees:
            differing.add(name)
            found.append(_differ(said, other, types[name]))
    return frozenset(differing), found


def _agree(one: Fact, other: Fact) -> bool:
    if one.state is not other.state:
        return False
    if not isinstance(one.value, Fraction) or isinstance(one.value, bool):
        return one.value == other.value
    assert isinstance(other.value, Fraction)
    dated = read_date(one.shown) is not None
    worths = (Fraction(0), Fraction(0)) if dated else (worth_of(one), worth_of(other))
    return same(one.value, worths[0], other.value, worths[1])


def _differ(said: Fact, other: Fact, kind: Type) -> Diagnostic:
    texts = [f.shown if f.state is State.GIVEN else "不适用" for f in (said, other)]
    labels = (Label(said.span, f"报告 {texts[0]}"), Label(other.span, f"数据表 {texts[1]}"))
    gap = ""
    if isinstance(said.value, Fraction) and isinstance(other.value, Fraction) and isinstance(kind, Number):
        gap = f"，相差 {show(abs(said.value - other.value), kind)}"
    elif isinstance(said.value, Fraction) and isinstance(other.value, Fraction) and isinstance(kind, Date):
        gap = f"，相差 {abs(said.value - other.value)} 天"
    message = f"「{said.name}」报告写「{texts[0]}」，数据表写「{texts[1]}」{gap}"
    return Diagnostic(DIFFERS, message, labels, "查原始凭证或决算，改正写错的一份")


def heads(report: RawFacts, table: RawFacts, summary: Summary) -> list[Diagnostic]:
    """Compare what both covers say: the unit, the year, the day, the notice."""
    found = []
    for name, code in _HEAD.items():
        said, other = report.head.get(name), table.head.get(name)
        if said is None or other is None or fold(other.text).strip() in BLANK:
            continue
        agrees = _plain(name, said.text) == _plain(name, other.text)
        summary.count(agrees)
        if not agrees:
            labels = (Label(said.span, "报告"), Label(other.span, "数据表"))
            message = f"{name}：报告写「{said.text}」，数据表写「{other.text}」"
            found.append(Diagnostic(code, message, labels, "两份要是同一单位、同一年度的；核对后改正"))
    return found


def _plain(name: str, text: str) -> str:
    if name == "填报日期":
        return str(read_date(text) or text)
    plain = bare(text)
    if name == "单位":
        return re.sub(r"\([^()]*\)", "", plain)
    return plain.removesuffix("年度").removesuffix("年") if name == "评价年度" else plain.replace("第", "")


def claims(
    own: tuple[Raw, ...], others: tuple[Raw, ...], where: str, summary: Summary, here: str = "报告"
) -> list[Diagnostic]:
    """Compare the scores that the unit says it gave itself in two documents, named here and where."""
    elsewhere = {raw.name: raw for raw in others}
    found = []
    for said in own:
        other = elsewhere.get(said.name)
        one, two = points(said), points(other)
        if other is None or one is None or two is None:
            continue
        summary.count(one == two)
        if one != two:
            labels = (Label(said.span, f"{here} {said.text}"), Label(other.span, f"{where} {other.text}"))
            message = f"自评「{said.name}」{here}写「{said.text}」，{where}写「{other.text}」"
            found.append(Diagnostic(CLAIMS_DIFFER, message, labels, "三份材料的得分要一样；核对后改正"))
    return found


def points(raw: Raw | None) -> Fraction | None:
    """Return a score as a number, None where it is blank or no score."""
    if raw is None or fold(raw.text).strip() in BLANK:
        return None
    found = quantity(fold(raw.text).strip())
    return found[0] if found is not None and found[2] in ("", "分") else None
