"""Facts as text to facts as values: units converted, types, ranges and names checked. Missing never becomes 0."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction

from attrs import evolve

from zjrules import mistyped, years
from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity, at
from zjrules.fact import Asked, AskedLedger, Evidence, Fact, Facts, Raw, RawFacts, RawLedger, Schema, State, Table
from zjrules.num import fold
from zjrules.spelling import nearest
from zjrules.unit import (
    MONEY_DIM,
    PURE,
    Choice,
    Date,
    Number,
    Scalar,
    Text,
    Truth,
    Year,
    dim_text,
    quantity,
    read_date,
    same,
    show,
    type_text,
)  # fmt: skip

UNKNOWN_FACT = Code("ZJ5010", "unknown-fact")
WRONG_TYPE = Code("ZJ5011", "wrong-type")
WRONG_UNIT = Code("ZJ5012", "wrong-unit")
UNIT_LEFT_OUT = Code("ZJ5013", "unit-left-out")
NO_SUCH_DATE = Code("ZJ5014", "no-such-date")
OUT_OF_RANGE = Code("ZJ5015", "out-of-range")
NOT_WHOLE = Code("ZJ5016", "not-whole")
GIVEN_TWICE = Code("ZJ5017", "given-twice")
NOT_NA = Code("ZJ5018", "cannot-be-not-applicable")
NA_REASON = Code("ZJ5019", "not-applicable-needs-reason")
REASON_MISSING = Code("ZJ5020", "reason-missing")
BAD_OPTION = Code("ZJ5021", "no-such-choice")
UNKNOWN_LEDGER = Code("ZJ5022", "unknown-ledger")
UNKNOWN_COLUMN = Code("ZJ5023", "unknown-column")
DUPLICATE_KEY = Code("ZJ5024", "duplicate-row")
WRONG_YEAR = Code("ZJ5025", "wrong-year")
UNIT_NAME_MISSING = Code("ZJ5026", "unit-name-missing", Severity.WARNING)
UNKNOWN_CLAIM = Code("ZJ5027", "unknown-claim")

KEY_MISSING = Code("ZJ5133", "row-without-name", Severity.WARNING)
PERCENT_MIXED = Code("ZJ5134", "percent-mixed", Severity.WARNING)

_DAY = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?")
NO_PROOF = frozenset({"无", "没有", "暂无", "待补", "缺", "否", "不详", "/", "-", "—", "——"})
"""What people write where they have no evidence."""
ALIKE = {">=": "≥", "=>": "≥", "<=": "≤", "=<": "≤", "==": "=", "正向": "≥", "反向": "≤", "负向": "≤"}
"""Other ways to write an option."""
BLANK = frozenset({"", "缺失", "未填", "暂缺", "~", "null"})
_TRUE, _FALSE = frozenset("是有√✓") | {"true"}, frozenset("否无×✗") | {"false"}


def fit(raw: RawFacts, schema: Schema, year: int, indicators: Iterable[str]) -> tuple[Facts, Diagnostics]:
    """Fit a unit's facts to what a rule set asks for. A value that does not fit is reported and left out."""
    problems: list[Diagnostic] = []
    facts: dict[str, Fact] = {}
    for entry in _once(raw.facts, schema.facts, problems):
        asked = schema.facts.get(entry.name)
        if asked is None and entry.name in schema.elsewhere:
            continue
        if asked is None:
            problems.append(_unknown(entry, schema))
        else:
            facts[entry.name] = _reviewed(entry, asked, problems)
    ledgers: dict[str, Table] = {}
    for ledger in raw.ledgers:
        asked_ledger = schema.ledgers.get(ledger.name)
        if asked_ledger is None and ledger.name in schema.elsewhere:
            continue
        if asked_ledger is None:
            problems.append(_no_ledger(ledger, schema))
        elif ledger.name in ledgers:
            labels = (Label(ledger.span), Label(ledgers[ledger.name].span, "已有"))
            problems.append(Diagnostic(GIVEN_TWICE, f"明细「{ledger.name}」给了两次", labels, "合成一张"))
        else:
            ledgers[ledger.name] = _table(ledger, asked_ledger, problems)
    scored = {*indicators, "总分"}
    claims = claimed(raw.claims, scored, schema.elsewhere, problems)
    reviews = claimed(raw.reviews, scored, schema.elsewhere, problems, "复核")
    _head(raw.head, year, problems)
    problems += years.impossible(facts, ledgers, schema, raw.head, year)
    head = {name: entry.text for name, entry in raw.head.items()}
    return Facts(head.get("单位", ""), facts, ledgers, claims, head, reviews), tuple(problems)


def single(entry: Raw, asked: Asked) -> tuple[Fact, Diagnostics]:
    """Fit one value to what is asked, as fit does with each of a unit's."""
    problems: list[Diagnostic] = []
    return _fact(entry, asked, problems), tuple(problems)


def _once(entries: tuple[Raw, ...], asked: Mapping[str, Asked], problems: list[Diagnostic]) -> list[Raw]:
    """Return the entries with each name once; two different values for one fact are an error that shows both."""
    seen: dict[str, Raw] = {}
    for entry in entries:
        first = seen.setdefault(entry.name, entry)
        together = _with_review(first, entry)
        if together is not None:
            seen[entry.name] = together
            continue
        if first is entry or (first.text == entry.text and first.not_applicable == entry.not_applicable):
            continue
        labels = (Label(entry.span, _brief(entry)), Label(first.span, _brief(first)))
        message = f"「{entry.name}」给了两个值：「{_brief(first)}」和「{_brief(entry)}」"
        problems.append(Diagnostic(GIVEN_TWICE, message, labels, "核对后只留一个"))
    return list(seen.values())


def _with_review(first: Raw, second: Raw) -> Raw | None:
    """Return a value and the review of it as one, where they come apart: a reviewer writes a file of his own."""
    for value, review in ((first, second), (second, first)):
        alone = review.review is not None and review.text in BLANK and review.not_applicable is None
        if alone and value.review is None:
            return evolve(value, review=review.review)
    return None


def _brief(entry: Raw) -> str:
    return entry.text if entry.not_applicable is None else "不适用"


def _unknown(entry: Raw, schema: Schema) -> Diagnostic:
    likely = nearest(entry.name, schema.facts)
    if entry.name in schema.ledgers:
        help_ = f"「{entry.name}」是一张明细，移到「明细:」下面"
    else:
        help_ = f"是不是「{likely}」？" if likely else "zjrules new 列出这本规则要的全部事实"
    return at(UNKNOWN_FACT, entry.name_span, f"这本规则没有叫「{entry.name}」的事实", help_)


def _no_ledger(ledger: RawLedger, schema: Schema) -> Diagnostic:
    likely = nearest(ledger.name, schema.ledgers)
    help_ = f"是不是「{likely}」？" if likely else f"这本规则的明细有 {'、'.join(schema.ledgers) or '（无）'}"
    if ledger.name in schema.facts:
        help_ = f"「{ledger.name}」是一个事实，移到「事实:」下面"
    return at(UNKNOWN_LEDGER, ledger.span, f"这本规则没有叫「{ledger.name}」的明细", help_)


def _evidence(asked: str, reference: str) -> Evidence:
    if not asked:
        return Evidence.NOT_ASKED
    return Evidence.PROVED if reference and fold(reference).strip() not in NO_PROOF else Evidence.CLAIMED


def _reviewed(entry: Raw, asked: Asked, problems: list[Diagnostic]) -> Fact:
    """Return a fact with what the reviewer set in its place; a reviewer's value counts as having evidence."""
    found = _fact(entry, asked, problems)
    if entry.review is None:
        return found
    review = _fact(entry.review, evolve(asked, needs_reason=False), problems)
    if not entry.review.reason:
        help_ = _beside(entry, "复核理由", "写成「{值: …, 复核: …, 复核理由: …}」")
        problems.append(at(REASON_MISSING, entry.review.span, f"「{asked.name}」的复核没有写理由", help_))
    evidence = Evidence.PROVED if asked.evidence else Evidence.NOT_ASKED
    return evolve(found, review=evolve(review, evidence=evidence))


def _beside(entry: Raw, part: str, written: str) -> str:
    """Return how something is written beside a value: in a column of a workbook, or in the text of a file."""
    return f"写在「{part}」一栏" if entry.span.source.cell is not None else written


def _fact(entry: Raw, asked: Asked, problems: list[Diagnostic]) -> Fact:
    state, value = State.MISSING, None
    text = fold(entry.text).strip()
    evidence = _evidence(asked.evidence, entry.evidence)
    if entry.not_applicable is not None or text == "不适用":
        reason = entry.not_applicable or ""
        if text not in BLANK and text != "不适用":
            message = f"「{asked.name}」填了值「{entry.text}」，又填了不适用"
            problems.append(at(GIVEN_TWICE, entry.span, message, "只留一个"))
        if not asked.may_be_na:
            help_ = "填实际的值；确实没有这回事的，看看该指标的「不适用」怎么说"
            problems.append(at(NOT_NA, entry.span, f"「{asked.name}」不能填不适用", help_))
        elif not reason:
            help_ = _beside(entry, "理由", "写成「不适用: 理由」")
            problems.append(at(NA_REASON, entry.span, f"「{asked.name}」填了不适用，没有写理由", help_))
        state = State.NOT_APPLICABLE
        return Fact(asked.name, state, None, evidence, "不适用", entry.evidence, entry.source, reason, span=entry.span)
    if text not in BLANK:
        found = _value(text, asked, entry, problems)
        if found is not None and _in_range(found, asked, entry, problems):
            state, value = State.GIVEN, found
        if asked.needs_reason and not entry.reason:
            help_ = _beside(entry, "理由", "写成「{值: …, 理由: …}」")
            problems.append(at(REASON_MISSING, entry.span, f"「{asked.name}」是评判的结果，要写理由", help_))
    shown = (entry.text, entry.evidence, entry.source, entry.reason)
    return Fact(asked.name, state, value, evidence, *shown, span=entry.span)


def _value(text: str, asked: Asked, entry: Raw, problems: list[Diagnostic]) -> Scalar | None:
    """Return the value of a text for a declared type, in base units; None after reporting."""
    name, span = asked.name, entry.span
    match asked.type:
        case Number() as kind:
            return _number(text, kind, asked, entry, problems)
        case Date():
            return _date(text, asked, entry, problems)
        case Truth():
            if text.lower() in _TRUE or text.lower() in _FALSE:
                return text.lower() in _TRUE
            message = f"「{name}」要填「是」或「否」，却是「{entry.text}」"
            problems.append(at(WRONG_TYPE, span, message, mistyped.truth(text)))
        case Choice(options):
            meant = meant_option(entry.text, options)
            if meant is not None:
                return meant
            likely = nearest(text, options, closed=True)
            help_ = f"是不是「{likely}」？" if likely else f"可填：{'、'.join(options)}"
            problems.append(at(BAD_OPTION, span, f"「{name}」没有「{entry.text}」这个选项", help_))
        case Year():
            digits = text.removesuffix("年度").removesuffix("年").strip()
            if digits.isdecimal() and len(digits) == 4:
                return Fraction(int(digits))
            problems.append(at(WRONG_TYPE, span, f"「{name}」要填四位年份，却是「{entry.text}」", "写四位，例如 2025"))
        case Text():
            return entry.text
        case _:
            raise AssertionError("a checked schema has no other types")
    return None


def meant_option(written: str, options: Collection[str]) -> str | None:
    """Return the option that a text of a fact file is; None where it is none."""
    text = fold(written).strip()
    return next((t for t in (written, text, ALIKE.get(text, "")) if t in options), None)


def _number(text: str, kind: Number, asked: Asked, entry: Raw, problems: list[Diagnostic]) -> Fraction | None:
    # A fact is one value: here the full-width comma can only group digits.
    found = quantity(text.replace("，", ","))
    if found is None:
        message = f"「{asked.name}」要填{type_text(kind)}，却是「{entry.text}」"
        problems.append(at(WRONG_TYPE, entry.span, message, mistyped.number(text, _sample(asked))))
        return None
    value, given, unit = found
    if not unit and value != 0 and kind.dim == MONEY_DIM:
        message = f"「{asked.name}」的「{entry.text}」没有写单位"
        help_ = f"写成「{entry.text} 元」或「{entry.text} 万元」"
        problems.append(at(UNIT_LEFT_OUT, entry.span, message, help_))
        return None
    # Where only one unit can be meant, it may be left out; a ratio without % is the ratio itself.
    bare = not unit and given in (PURE, Number(None))
    if not bare and (given.points or not same(given.dim, kind.dim)[0]):
        message = f"「{asked.name}」要填{type_text(kind)}，却写了「{unit or '不带单位的数'}」"
        problems.append(at(WRONG_UNIT, entry.span, message, f"例如「{_sample(asked)}」"))
        return None
    if kind.whole and value.denominator != 1:
        problems.append(at(NOT_WHOLE, entry.span, f"「{asked.name}」要填整数，却是「{entry.text}」", "核对是否填错"))
        return None
    return value


def _sample(asked: Asked) -> str:
    kind = asked.type
    if isinstance(kind, Number) and kind.dim:
        return "89.974 万元" if kind.dim == MONEY_DIM else f"3 {dim_text(kind.dim)}"
    return "93.5%"


def _date(text: str, asked: Asked, entry: Raw, problems: list[Diagnostic]) -> Fraction | None:
    found = read_date(text)
    if found is not None:
        return found
    if _DAY.fullmatch(text):
        problems.append(at(NO_SUCH_DATE, entry.span, f"「{asked.name}」：没有「{entry.text}」这一天", "核对年月日"))
    else:
        message = f"「{asked.name}」要填日期，却是「{entry.text}」"
        problems.append(at(WRONG_TYPE, entry.span, message, mistyped.day(text)))
    return None


def _in_range(value: Scalar, asked: Asked, entry: Raw, problems: list[Diagnostic]) -> bool:
    if not isinstance(value, Fraction) or isinstance(asked.type, Text) or asked.limits.holds(value):
        return True
    limits = asked.limits_text or ("≥ 0" if isinstance(asked.type, Number) else "")
    help_ = "核对数值和单位"
    kind = asked.type
    if isinstance(kind, Number) and kind.percent and "%" not in fold(entry.text) and asked.limits.holds(value / 100):
        help_ = f"是不是「{entry.text}%」？"
    message = f"「{asked.name}」的「{entry.text}」（{show(value, kind)}）超出声明的范围 {limits}"
    problems.append(at(OUT_OF_RANGE, entry.span, message, help_))
    return False


# ---------- ledgers, claims, head ----------


def _table(ledger: RawLedger, asked: AskedLedger, problems: list[Diagnostic]) -> Table:
    rows: list[Mapping[str, Fact]] = []
    keys: dict[Scalar, Fact] = {}
    for raw in ledger.rows:
        row: dict[str, Fact] = {}
        for entry in _once(raw, asked.columns, problems):
            column = asked.columns.get(entry.name)
            if column is None:
                likely = nearest(entry.name, asked.columns, closed=True)
                help_ = f"是不是「{likely}」？" if likely else f"列有 {'、'.join(asked.columns)}"
                message = f"明细「{asked.name}」没有叫「{entry.name}」的列"
                problems.append(at(UNKNOWN_COLUMN, entry.name_span, message, help_))
            else:
                row[entry.name] = _reviewed(entry, column, problems)
        _odd_row(raw, row, asked, problems)
        key = row.get(asked.key)
        if key is not None and key.value is not None:
            first = keys.setdefault(key.value, key)
            if first is not key:
                labels = (Label(key.span), Label(first.span, "已有"))
                message = f"明细「{asked.name}」里「{asked.key}」为「{key.shown}」的有两行"
                problems.append(Diagnostic(DUPLICATE_KEY, message, labels, "同一笔只填一次"))
        rows.append(row)
    evidence = _evidence(asked.evidence, ledger.evidence)
    return Table(asked.name, tuple(rows), evidence, ledger.evidence, span=ledger.span)


def _odd_row(raw: tuple[Raw, ...], row: Mapping[str, Fact], asked: AskedLedger, problems: list[Diagnostic]) -> None:
    """Say of a row that it has no name, or that of two bare numbers one is written with % and the other without."""
    given = [f for f in row.values() if f.state is not State.MISSING]
    if asked.key and given and (asked.key not in row or row[asked.key].state is State.MISSING):
        message = f"明细「{asked.name}」有一行没有「{asked.key}」，照样算了一笔"
        problems.append(at(KEY_MISSING, given[0].span, message, "补上；不是一笔的，删去这一行"))
    pure = [r for r in raw if (column := asked.columns.get(r.name)) is not None and column.type == PURE and r.text]
    marked = [r for r in pure if "%" in fold(r.text)]
    bare = [r for r in pure if "%" not in fold(r.text) and (q := quantity(r.text)) is not None and abs(q[0]) > 1]
    if marked and bare:
        message = (
            f"「{marked[0].name}」写「{marked[0].text}」，「{bare[0].name}」写「{bare[0].text}」：一个有 %，一个没有"
        )
        labels = (Label(bare[0].span), Label(marked[0].span))
        problems.append(Diagnostic(PERCENT_MIXED, message, labels, "两个数用同样的写法：都写 %，或都不写"))


def claimed(
    entries: Iterable[Raw],
    names: AbstractSet[str],
    elsewhere: frozenset[str],
    problems: list[Diagnostic],
    whose: str = "自评",
) -> dict[str, Fact]:
    """Return the scores that somebody gave (自评 or 复核), by indicator, group or 总分; what is no score is reported."""
    claims: dict[str, Fact] = {}
    for entry in entries:
        if fold(entry.text).strip() in BLANK or (entry.name in elsewhere and entry.name not in names):
            continue
        found = quantity(fold(entry.text).strip())
        if entry.name not in names:
            likely = nearest(entry.name, names)
            help_ = f"是不是「{likely}」？" if likely else f"{whose}只写「总分」和指标的名称"
            problems.append(at(UNKNOWN_CLAIM, entry.name_span, f"这本规则没有叫「{entry.name}」的指标", help_))
        elif found is None or found[2] not in ("", "分"):
            problems.append(at(WRONG_TYPE, entry.span, f"{whose}得分「{entry.text}」不是分数", "例如「4」或「4 分」"))
        else:
            shown = (entry.text, entry.evidence, entry.source, entry.reason)
            claims[entry.name] = Fact(entry.name, State.GIVEN, found[0], Evidence.CLAIMED, *shown, span=entry.span)
    return claims


def _head(head: Mapping[str, Raw], year: int, problems: list[Diagnostic]) -> None:
    said = head.get("评价年度")
    named = re.sub(r"\s*年度?$", "", fold(said.text).strip()) if said is not None else ""
    if said is not None and named not in ("", str(year)):
        message = f"事实的评价年度是「{said.text}」，规则的评价年度是 {year}"
        problems.append(at(WRONG_YEAR, said.span, message, years.other(named, year)))
    day = head.get("填报日期")
    if day is not None and fold(day.text).strip() not in BLANK and read_date(day.text) is None:
        problems.append(
            at(WRONG_TYPE, day.span, f"填报日期「{day.text}」不是日期", mistyped.day(fold(day.text).strip()))
        )
    unit = head.get("单位")
    if unit is None or not unit.text:
        place = (Label(unit.span),) if unit is not None else ()
        problems.append(Diagnostic(UNIT_NAME_MISSING, "没有写单位名称", place, "在封面（或文件开头）写上「单位」"))
