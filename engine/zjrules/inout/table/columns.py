"""The columns of an input table, told by their names and types before the first row is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import polars as pl
from attrs import field, frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, Label, Severity
from zjrules.fact import Asked, Schema
from zjrules.span import Source, Span
from zjrules.spelling import nearest
from zjrules.unit import MONEY_DIM, Choice, Date, Number, Truth, Type, Year, dim_text, same, type_text, unit

UNKNOWN = Code("ZJ5501", "unknown-table-column")
TWICE = Code("ZJ5502", "column-twice")
WRONG_KIND = Code("ZJ5503", "wrong-column-type")
WRONG_UNIT = Code("ZJ5504", "wrong-column-unit")
NO_UNITS = Code("ZJ5505", "no-unit-column")
NO_REASONS = Code("ZJ5506", "reasons-not-in-table", Severity.NOTE)

UNIT, YEARS = "单位", ("年度", "评价年度")
NA, PROOF, REASON = "不适用", "佐证", "理由"
FEN = "分"
_BRACKET = re.compile(r"(.+?)\s*[（(]\s*([^（）()]+?)\s*[)）]")


@frozen
class Column:
    """A column that holds a fact or a ledger's column: its name in the table, what is asked, and the unit in its name."""

    name: str
    asked: Asked
    unit: str = ""
    scale: Fraction | None = None
    """How many base units one of its unit is; None where its name says no unit."""
    na: str = ""
    proof: str = ""
    reason: str = ""
    """The columns beside it, '' for what there is not."""


@frozen
class Nested:
    """A column that holds a ledger as lists of rows."""

    name: str
    columns: Mapping[str, Column]
    proof: str = ""


@frozen
class Reading:
    """How a table is read. Facts and ledgers that have no column are missing in every row."""

    facts: Mapping[str, Column]
    ledgers: Mapping[str, Nested]
    year: str = ""
    spare: tuple[str, ...] = ()
    """Columns that are passed over: only other rule sets ask for them, or the user said so."""
    absent: tuple[str, ...] = ()
    """Facts and ledgers without a column."""
    said: Diagnostics = field(factory=tuple)


@frozen
class _Check:
    file: str
    problems: list[Diagnostic]

    def say(self, code: Code, message: str, help_: str) -> None:
        place = (Label(Span(Source(self.file, ""), 0, 0)),) if self.file else ()
        self.problems.append(Diagnostic(code, message, place, help_))


def reading(
    schema: Schema, given: Mapping[str, pl.DataType], file: str = "", ignored: Sequence[str] = ()
) -> tuple[Reading | None, Diagnostics]:
    """Return how a table with these columns is read for a rule set; None with the reasons where it cannot be.

    file is the name that the diagnostics give; ignored are columns to pass over.
    """
    check = _Check(file, [])
    rest = {n: t for n, t in given.items() if n not in ignored}
    year = next((n for n in YEARS if n in rest and n not in schema.facts), "")
    _units(rest, check)
    facts = _of({n: t for n, t in rest.items() if n not in (UNIT, year)}, schema.facts, check)
    ledgers = {n: _nested(n, rest, schema, check) for n in schema.ledgers if n in rest}
    spare = [n for n in rest if _spare(*_stem(n)[:2], schema)]
    known = {UNIT, year, *(x for c in facts.values() for x in (c.name, c.na, c.proof, c.reason))}
    known |= {x for n in ledgers.values() for x in (n.name, n.proof)}
    spare = [n for n in spare if n not in known]
    known |= set(spare)
    for name in rest:
        if name not in known and not any(f"「{name}」" in d.message for d in check.problems):
            check.say(UNKNOWN, f"这本规则没有叫「{name}」的列", _likely(name, schema))
    if check.problems:
        return None, tuple(check.problems)
    absent = tuple(n for n in (*schema.facts, *schema.ledgers) if n not in facts and n not in ledgers)
    for column in (c for c in facts.values() if c.asked.needs_reason and not c.reason):
        name = column.asked.name
        check.say(NO_REASONS, f"没有「{name}·{REASON}」这一列：「{name}」的理由没有查", "要查就加上这一列，写理由")
    said = tuple(check.problems)
    return Reading(facts, ledgers, year, (*spare, *(n for n in given if n in ignored)), absent, said), said


def _units(given: Mapping[str, pl.DataType], check: _Check) -> None:
    if UNIT not in given:
        likely = nearest(UNIT, given, closed=True)
        help_ = f"是不是「{likely}」？改名为「{UNIT}」" if likely else f"加一列「{UNIT}」，写单位的名称，每行不同"
        check.say(NO_UNITS, f"表里没有「{UNIT}」这一列", help_)
    elif given[UNIT] not in (pl.String, pl.Null) and not _worded(given[UNIT]):
        check.say(
            WRONG_KIND, f"「{UNIT}」要是文字，却是 {given[UNIT]}", "单位写名称；编码也按文字写，前面的 0 才不会丢"
        )


def _stem(name: str) -> tuple[str, str, str]:
    """Return the fact that a column's name speaks of, what of it (不适用 …), and the unit in brackets."""
    head, _, part = name.rpartition("·")
    if head and part in (NA, PROOF, REASON):
        return head, part, ""
    match = _BRACKET.fullmatch(name)
    return (match[1], "", match[2]) if match else (name, "", "")


def _spare(stem: str, part: str, schema: Schema) -> bool:
    """Return whether nobody asks for a column here: other rule sets do, or it is evidence that is not asked for."""
    if part in (PROOF, REASON) and (stem in schema.facts or stem in schema.ledgers):
        return True
    return stem in schema.elsewhere and stem not in schema.facts


def _of(
    given: Mapping[str, pl.DataType], asked: Mapping[str, Asked], check: _Check, inside: str = ""
) -> dict[str, Column]:
    """Return the columns that hold what is asked, by its name."""
    found: dict[str, Column] = {}
    for name, kind in given.items():
        stem, part, said = (name, "", "") if name in asked else _stem(name)
        if part or stem not in asked:
            continue
        if stem in found:
            message = f"{inside}「{stem}」有两列：「{found[stem].name}」和「{name}」"
            check.say(TWICE, message, "只留一列")
            continue
        scale = _scale(name, said, asked[stem], kind, check, inside)
        _kind(name, asked[stem], kind, check, inside)
        found[stem] = Column(name, asked[stem], said, scale, *_beside(stem, given, asked[stem], check, inside))
    return found


def _beside(
    stem: str, given: Mapping[str, pl.DataType], asked: Asked, check: _Check, inside: str
) -> tuple[str, str, str]:
    wanted = {NA: asked.may_be_na, PROOF: bool(asked.evidence), REASON: asked.needs_reason}
    names = []
    for part, wants in wanted.items():
        name = f"{stem}·{part}"
        names.append(name if name in given and wants else "")
        if not names[-1]:
            continue
        kind = given[name]
        if kind not in (pl.Boolean, pl.Null) and not _worded(kind):
            check.say(WRONG_KIND, f"{inside}「{name}」要是文字或是否，却是 {kind}", "写文字，或 true、false")
    return names[0], names[1], names[2]


def _worded(kind: pl.DataType) -> bool:
    return kind == pl.String or isinstance(kind, pl.Categorical | pl.Enum)


def _scale(name: str, said: str, asked: Asked, kind: pl.DataType, check: _Check, inside: str) -> Fraction | None:
    """Return how many base units a column's unit is; a unit that does not fit, or is needed and not there, is reported."""
    if not isinstance(asked.type, Number):
        if said:
            check.say(
                WRONG_UNIT, f"{inside}「{name}」写了单位，「{asked.name}」是{type_text(asked.type)}", "去掉括号里的单位"
            )
        return None
    money = asked.type.dim == MONEY_DIM
    if not said:
        if money and not _worded(kind) and kind != pl.Null:
            help_ = f"列名写成「{asked.name}（元）」「{asked.name}（万元）」，以分为单位的整数写「{asked.name}（分）」"
            check.say(WRONG_UNIT, f"{inside}「{name}」是金额，列名里没有写单位", help_)
        return None
    if money and said == FEN:
        return Fraction(1, 100)
    found = unit(said)
    if found is None or found[0].points or not same(found[0].dim, asked.type.dim)[0]:
        own = "元、万元、分" if money else "%" if not asked.type.dim else dim_text(asked.type.dim)
        message = f"{inside}「{name}」的单位「{said}」不合：「{asked.name}」是{type_text(asked.type)}"
        check.say(WRONG_UNIT, message, f"可以写 {own}")
        return None
    return found[1]


def _kind(name: str, asked: Asked, kind: pl.DataType, check: _Check, inside: str) -> None:
    if kind == pl.Null or _worded(kind):
        return
    allowed, told = _allowed(asked.type)
    if not isinstance(kind, allowed):
        message = f"{inside}「{name}」要是{type_text(asked.type)}，这一列的类型是 {kind}"
        check.say(WRONG_KIND, message, f"换成{told}，或文字")


_WHOLE = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)


def _allowed(kind: Type) -> tuple[tuple[type[pl.DataType], ...], str]:
    match kind:
        case Number():
            return (*_WHOLE, pl.Decimal, pl.Float64), "整数或 Decimal（Float64 只收不超过 15 位的小数）"
        case Truth():
            return (pl.Boolean,), "是否（Boolean）"
        case Date():
            return (pl.Date, pl.Datetime), "日期（Date）"
        case Year():
            return _WHOLE, "整数"
        case Choice() | _:
            return (), "文字"


def _nested(name: str, given: Mapping[str, pl.DataType], schema: Schema, check: _Check) -> Nested:
    ledger, kind = schema.ledgers[name], given[name]
    beside = f"{name}·{PROOF}" if f"{name}·{PROOF}" in given and ledger.evidence else ""
    inner = kind.inner if isinstance(kind, pl.List) else None
    if kind == pl.Null or (isinstance(kind, pl.List) and inner == pl.Null):
        return Nested(name, {}, beside)
    if not isinstance(inner, pl.Struct):
        help_ = f"写成一列行的列表（List(Struct)）；放不下的，另作一张表，用 --ledger {name}=文件"
        check.say(WRONG_KIND, f"「{name}」是一张明细，这一列的类型是 {kind}", help_)
        return Nested(name, {}, beside)
    return inside(name, pl.Schema(inner.to_schema()), schema, check.file, check.problems, beside)


def inside(
    name: str, fields: Mapping[str, pl.DataType], schema: Schema, file: str, problems: list[Diagnostic], proof: str = ""
) -> Nested:
    """Return how the rows of a ledger are read; what is wrong with its columns is added to problems."""
    ledger, check = schema.ledgers[name], _Check(file, problems)
    where = f"明细「{name}」的"
    columns = _of(fields, ledger.columns, check, where)
    known = {x for c in columns.values() for x in (c.name, c.na, c.proof, c.reason)}
    for each in fields:
        if each not in known and not any(f"「{each}」" in d.message for d in problems):
            likely = nearest(_stem(each)[0], ledger.columns, closed=True)
            help_ = f"是不是「{likely}」？" if likely else f"列有 {'、'.join(ledger.columns)}"
            check.say(UNKNOWN, f"{where}列里没有「{each}」", help_)
    return Nested(name, columns, proof)


def _likely(name: str, schema: Schema) -> str:
    stem, part, _ = _stem(name)
    asked = schema.facts.get(stem)
    if part == NA and asked is not None:
        return f"「{stem}」不能填不适用，去掉这一列"
    likely = nearest(stem, (*schema.facts, *schema.ledgers))
    if likely:
        return f"是不是「{likely}」？改列名；不用的列，加 --ignore {name}"
    return f"zjrules new 列出这本规则要的全部事实；不用的列，加 --ignore {name}"
