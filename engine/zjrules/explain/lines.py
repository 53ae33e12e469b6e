"""Traces to lines: what every face (terminal, workbook, document, page) renders."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from zjrules.explain import formula as fm
from zjrules.fact import Evidence, Facts, State, Table
from zjrules.num import brief, decimal, fixed
from zjrules.span import NOWHERE
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.trace import Standing, Step, Tally, Trace
from zjrules.unit import POINTS
from zjrules.value import Problem, Unknown, Value, range_of

MOST_ROWS = 10
"""Rows of a ledger that are listed; the others are counted."""
EXACT_PLACES = 6
"""A score with at most this many decimals is shown with all of them."""


@frozen
class Line:
    """One line of an explanation. kind is title, formula, result, let, said, item, fact, ledger, note or clause."""

    level: int
    kind: str
    text: str
    value: str = ""
    evidence: str = ""
    origin: str = ""


def places_of(rounding: tr.RoundScore) -> int:
    """Return how many decimals a rounded score is shown with."""
    exact = decimal(rounding.quantum) if rounding.mode is not None else None
    return len(exact.partition(".")[2]) if exact else 2


def score_text(value: Value, places: int = 2) -> str:
    """Return a score with fixed decimals, an interval ``a 至 b``, or why there is none.

    An end that has more decimals than shown is marked ≈, so that nothing is rounded in silence.
    """
    match value:
        case Fraction():
            return _score(value, places)
        case Unknown():
            can = range_of(value)
            if can.is_empty:
                return "无法计算"
            hull = can.hull
            lo = "-∞" if hull.lo is None else _score(hull.lo, places)
            hi = "∞" if hull.hi is None else _score(hull.hi, places)
            return lo if lo == hi else f"{lo} 至 {hi}"
        case Problem(kind=why, detail=detail):
            return "不计入" if why == "不计入" else f"无法计算：{why}{f'（{detail}）' if detail else ''}"
        case _:
            return str(value)


def _score(value: Fraction, places: int) -> str:
    exact = decimal(value, most=EXACT_PLACES)
    if exact is None:
        return "≈" + fixed(value, places)
    return fixed(value, max(places, len(exact.partition(".")[2])))


def explained(step: Step, trace: Trace, facts: Facts) -> list[Line]:
    """Return the lines that explain one indicator."""
    node = step.term
    assert isinstance(node, tr.Indicator)
    value = f"{score_text(step.value, places_of(node.rounding))} / {brief(node.points)} 分"
    told = _Teller(trace, facts)
    lines = [Line(0, "title", f"{node.number}{node.name}", value)]
    lines += told.stages(step, 1)
    lines += told.clause(node)
    return lines


class _Teller:
    """Tells one indicator: each 令 and each fact once."""

    def __init__(self, trace: Trace, facts: Facts) -> None:
        self.program = trace.program
        self.facts = facts
        self.told: set[str] = set()

    # ---------- stages ----------

    def stages(self, step: Step, level: int) -> list[Line]:
        node = step.term
        assert isinstance(node, tr.Indicator)
        lines = [line for kid in step.kids for line in self._stage(kid, node, level)]
        lines += self._let_lines(step.kids, level)
        raw = step.note
        if node.rounding.mode is not None and isinstance(raw, Fraction) and raw != step.value:
            quantum = brief(node.rounding.quantum)
            exact = f"（准确值 {raw}）" if decimal(raw) is None else ""
            text = f"{node.rounding.mode.value}到 {quantum} 分：{brief(raw, 6)} → {score_text(step.value)}{exact}"
            lines.append(Line(level, "result", text))
        own = tuple(k for k in step.kids if not isinstance(k.term, tr.Indicator))
        lines += self._sources(own, level + 1, not isinstance(step.value, Unknown))
        return lines

    def _stage(self, step: Step, node: tr.Indicator, level: int) -> list[Line]:
        match step.term:
            case tr.Indicator():
                return self._parts(step, level)
            case tr.Plain(value):
                return self._formula(fm.names(value), step.kids[0], level)
            case tr.Bands():
                return self._bands(step, level)
            case tr.Decide():
                return [line for kid in step.kids for line in self._case(kid, level, "当")]
            case tr.Checklist():
                return [line for kid in step.kids for line in self._case(kid, level, "凡")]
            case tr.Deduct():
                return self._deduct(step, level)
            case tr.Clamp(low, high):
                text = f"限于 {fm.names(low)} 至 {fm.names(high)}：{score_text(step.value)}"
                return [Line(level, "result", text)]
            case tr.NotApplicable():
                return self._not_applicable(step, node, level)
            case tr.Gate():
                missing = "、".join(str(getattr(k.term, "fact", "")) for k in step.kids[:-1])
                state = "没有佐证" if step.kids[0].value is False else "的佐证未定"
                return [Line(level, "result", f"须佐证：「{missing}」{state}，得 {score_text(step.value)}")]
            case _:
                return []

    def _parts(self, step: Step, level: int) -> list[Line]:
        lines: list[Line] = []
        for part in step.kids:
            node = part.term
            assert isinstance(node, tr.Indicator)
            value = f"{score_text(part.value)} / {brief(node.points)} 分"
            lines.append(Line(level, "part", node.name, value))
            lines += self.stages(part, level + 1)
        return lines

    def _formula(self, text: str, step: Step, level: int) -> list[Line]:
        result = fm.value_text(step.value, POINTS)
        put_in = fm.values(step, self.program)
        lines = [Line(level, "formula", text)]
        lines.append(Line(level, "result", f"= {put_in} = {result}" if put_in != result else f"= {result}"))
        said = fm.sentence(step)
        return [*lines, Line(level, "said", said)] if said else lines

    def _bands(self, step: Step, level: int) -> list[Line]:
        base = step.term
        assert isinstance(base, tr.Bands)
        subject = step.kids[0]
        result = fm.value_text(subject.value, base.subject.type)
        put_in = fm.values(subject, self.program)
        lines = [Line(level, "formula", f"分档 {fm.names(base.subject)}")]
        lines.append(Line(level, "result", f"= {put_in} = {result}" if put_in != result else f"= {result}"))
        if isinstance(step.note, tr.Band):
            tests = " 且 ".join(f"{x.op} {fm.names(x.bound)}" for x in step.note.limits)
            lines.append(Line(level, "result", f"{tests}，得 {fm.names(step.note.result)} = {score_text(step.value)}"))
        elif step.note == "其余":
            lines.append(Line(level, "result", f"其余，得 {score_text(step.value)}"))
        else:
            lines.append(Line(level, "result", f"可能落在不止一档：{score_text(step.value)}"))
        return lines

    def _case(self, step: Step, level: int, word: str) -> list[Line]:
        case = step.term
        if not isinstance(case, tr.Case):
            return [Line(level, "item", f"其余，得 {fm.value_text(step.value, POINTS)}")]
        test = step.kids[0]
        verdict = {True: "成立", False: "不成立"}.get(test.value) if isinstance(test.value, bool) else "未定"
        gets = "不得分" if step.value is False or step.value == 0 else f"得 {fm.value_text(step.value, POINTS)}"
        shown = fm.values(test, self.program)
        detail = f"（{shown}）" if not isinstance(test.term, tm.FactRef) else ""
        lines = [Line(level, "item", f"{word} {fm.names(case.test)}{detail}：{verdict}，{gets}")]
        result = step.kids[1] if len(step.kids) > 1 else None
        if result is not None and not isinstance(result.term, tm.Const | tm.Var | tm.ParamRef):
            lines += self._formula(fm.names(case.result), result, level + 1)
        return lines

    def _deduct(self, step: Step, level: int) -> list[Line]:
        deduct = step.term
        assert isinstance(deduct, tr.Deduct)
        lines = [self._deduction(kid, level) for kid in step.kids if isinstance(kid.term, tr.Case | tr.PerStep)]
        end = "，扣完为止" if deduct.to_zero else f"，最多扣 {fm.names(deduct.most)}" if deduct.most is not None else ""
        taken = step.note
        assert not isinstance(taken, bool)
        lines.append(Line(level, "result", f"共扣 {score_text(taken)}{end}，得 {score_text(step.value)}"))  # type: ignore[arg-type]
        return lines

    def _deduction(self, step: Step, level: int) -> Line:
        takes = "不扣" if step.value == 0 else f"扣 {fm.value_text(step.value, POINTS)}"
        match step.term:
            case tr.PerStep(subject=subject, mode=mode):
                shown = fm.value_text(step.kids[0].value, subject.type)
                put_in = fm.values(step.kids[0], self.program)
                shown = f"= {put_in} = {shown}" if put_in != shown else shown
                steps = fm.value_text(step.kids[1].value, step.kids[1].term.type)  # type: ignore[union-attr]
                how = f"，{mode} {steps} 步" if mode else ""
                return Line(level, "item", f"{fm.names(subject)} {shown}{how}：{takes}")
            case tr.Case(test=test):
                verdict = {True: "成立", False: "不成立"}.get(step.kids[0].value)  # type: ignore[arg-type]
                put_in = "" if isinstance(test, tm.FactRef) else f"（{fm.values(step.kids[0], self.program)}）"
                return Line(level, "item", f"凡 {fm.names(test)}{put_in}：{verdict or '未定'}，{takes}")
        raise AssertionError("a deduction is one of two")

    def _not_applicable(self, step: Step, node: tr.Indicator, level: int) -> list[Line]:
        guard = step.term
        assert isinstance(guard, tr.NotApplicable)
        test = step.kids[0]
        how = f"按 {fm.names(guard.value)}" if guard.value is not None else f"不计入{guard.drop}"
        how = "按 同级平均" if guard.mean is not None else how
        if test.value is True:
            said = f"不适用：{fm.names(guard.test)} 成立，{how}，得 {score_text(step.value)}"
            proof = [Line(level, "note", f"须有佐证：{guard.evidence}")] if guard.evidence else []
            return [Line(level, "result", said), *proof]
        text = f"是否不适用未定（{fm.names(guard.test)}）；不适用则{how}"
        rest = [k for k in step.kids[1:] if not isinstance(k.term, tm.Const | tm.Var)]
        return [Line(level, "note", text), *(x for k in rest for x in self._stage(k, node, level))]

    # ---------- lets, facts, clause ----------

    def _let_lines(self, steps: tuple[Step, ...], level: int) -> list[Line]:
        lines: list[Line] = []
        for step in _walk(steps):
            if isinstance(step.term, tm.Var) and step.kids and step.term.name != "满分":
                name, value = step.term.name, step.kids[0]
                if name in self.told:
                    continue
                self.told.add(name)
                result = fm.value_text(step.value, step.term.type)
                put_in = fm.values(value, self.program)
                written = fm.names(value.term) if not isinstance(value.term, tr.Indicator) else ""  # type: ignore[arg-type]
                parts = [written, put_in, result]
                shown = [p for i, p in enumerate(parts) if p and p not in parts[:i]]
                lines.append(Line(level, "let", f"{name} = {' = '.join(shown)}"))
        return lines

    def _sources(self, steps: tuple[Step, ...], level: int, decided: bool) -> list[Line]:
        lines: list[Line] = []
        for step in _walk(steps):
            term = step.term
            name = term.name if isinstance(term, tm.FactRef) else getattr(term, "fact", "")
            if isinstance(term, tm.FactRef | tm.IsNA | tm.HasEvidence) and f"事实 {name}" not in self.told:
                self.told.add(f"事实 {name}")
                lines += [fact_line(name, self.program, self.facts, level, decided), *self._units(name, level + 1)]
            if isinstance(term, tm.Over):
                lines += self._ledger(step, term, level)
            if isinstance(step.note, Standing):
                lines += self._standing(step, step.note, level)
        return lines

    def _standing(self, step: Step, note: Standing, level: int) -> list[Line]:
        kind = step.term.operand.type if isinstance(step.term, tm.Peers) else POINTS
        text = f"{note.units} 个单位"
        if note.least is not None and note.most is not None:
            ends = ((f"{fm.value_text(value, kind, bare=False)}（{unit}）") for value, unit in (note.least, note.most))
            text += f"，{' 至 '.join(ends)}"
        what = fm.names(step.term.operand) if isinstance(step.term, tm.Peers) else "本项得分"
        key = f"全体 {what}"
        if key in self.told:
            return []
        self.told.add(key)
        return [Line(level, "note", f"全体单位的 {what}：{text}")]

    def _units(self, name: str, level: int) -> list[Line]:
        """Return what each unit brings to a pooled fact, with its place."""
        fact, kind = self.facts.facts.get(name), self.program.schema.facts[name].type
        lines = []
        for unit, part in (fact.parts if fact else ())[:MOST_ROWS]:
            value = fm.value_text(part.value, kind, bare=False) if part.value is not None else part.state.value
            origin = str(part.span) if part.span != NOWHERE else ""
            lines.append(Line(level, "row", f"{unit}：{value}", origin=origin))
        return [*lines, *_more(len(fact.parts) if fact else 0, "", level)]

    def _ledger(self, step: Step, e: tm.Over, level: int) -> list[Line]:
        key = f"明细 {fm.over_names(e)}"
        if key in self.told:
            return []
        self.told.add(key)
        table = self.facts.ledgers.get(e.ledger)
        if table is None or table.rows is None:
            lacking = f"（{'、'.join(table.lacking)}）" if table is not None and table.lacking else ""
            return [Line(level, "ledger", e.ledger, f"缺失{lacking}")]
        evidence = "" if table.evidence is Evidence.NOT_ASKED else table.evidence.value
        tally = step.note if isinstance(step.note, Tally) else None
        counted = f"{len(table.rows)} 行" + (f"，{tally.taken} 行符合" if tally else "")
        lines = [Line(level, "ledger", e.ledger, counted, evidence, str(table.span))]
        if tally is not None and e.kind == "计数" and e.where is not None:
            for what, rows in (("符合", tally.counted), ("未定", tally.unknown)):
                lines += [self._row(table, i, what, level + 1) for i in rows[:MOST_ROWS]]
                lines += _more(len(rows), what, level + 1)
        if tally is not None and e.kind in ("占比", "全部", "任一"):
            for what, rows in (("不符", tally.missed), ("未定", tally.unknown), ("不适用", tally.skipped)):
                lines += [self._row(table, i, what, level + 1) for i in rows[:MOST_ROWS]]
                lines += _more(len(rows), what, level + 1)
        if tally is not None and e.item is not None and tally.items:
            for i, value in tally.items[:MOST_ROWS]:
                lines.append(self._row(table, i, "", level + 1, fm.value_text(value, e.item.type)))
            lines += _more(len(tally.items), "", level + 1)
        return lines

    def _row(self, table: Table, index: int, what: str, level: int, value: str = "") -> Line:
        row = table.rows[index] if table.rows else {}
        owner = f"（{table.owners[index]}）" if table.owners else ""
        shown = "，".join(f"{n} {f.shown}" for n, f in list(row.items())[:6] if f.shown)
        first = next(iter(row.values()), None)
        origin = str(first.span) if first else ""
        return Line(level, "row", f"第 {index + 1} 行{owner}{what}：{shown}", f"→ {value}" if value else "", "", origin)

    def clause(self, node: tr.Indicator) -> list[Line]:
        """Return where the rule stands: its basis, its place, and the assumed parts of it."""
        return [Line(1, "clause", f"依据 {node.basis}" if node.basis else "依据 未写", origin=f"规则 {node.span}")]


def fact_line(name: str, program: tr.Program, facts: Facts, level: int = 0, decided: bool = False) -> Line:
    """Return a fact with its value, what supports it and where it stands; decided: no score waits for it."""
    fact = facts.facts.get(name)
    asked = program.schema.facts[name]
    if fact is None or fact.state is State.MISSING:
        needed = "不影响本项得分" if decided else f"需补：{asked.evidence or '填报'}"
        return Line(level, "fact", name, "缺失", "", needed)
    if fact.state is State.NOT_APPLICABLE:
        return Line(level, "fact", name, f"不适用（{fact.reason}）", fact.evidence.value, str(fact.span))
    value = fm.value_text(fact.value, asked.type, bare=False) if fact.value is not None else ""
    evidence = "" if fact.evidence is Evidence.NOT_ASKED else fact.evidence.value
    return Line(level, "fact", name, value, evidence, fact.shown if fact.parts else str(fact.span))


def _more(count: int, what: str, level: int) -> list[Line]:
    return [Line(level, "note", f"还有 {count - MOST_ROWS} 行{what}")] if count > MOST_ROWS else []


def _walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield steps and all under them, not going into the bodies of words (their arguments are enough)."""
    for step in steps:
        yield step
        kids = step.kids
        if isinstance(step.term, tm.Use):
            kids = kids[: len(step.term.args)]
        if not isinstance(step.term, tr.Indicator):
            yield from _walk(kids)
