"""Indicators, groups and the total as steps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from attrs import define

from zjrules import verifier
from zjrules.certificate.plain import Plain, Record, seen
from zjrules.certificate.steps import Reading
from zjrules.term import rule as tr
from zjrules.trace import Standing, Step, Trace

ZERO = Fraction(0)


def rounding(how: tr.RoundScore | None) -> list[str] | None:
    """Return mode and quantum, None for 不舍入."""
    return None if how is None or how.mode is None else [how.mode.value, str(how.quantum)]


@define(eq=False)
class Scores(Reading):
    """The reading of whole indicators."""

    def indicator(self, step: Step) -> int:
        """Return the number of an indicator's (or part's) step."""
        node, outer = step.term, self.own
        assert isinstance(node, tr.Indicator)
        self.own = node.name
        last = self._chain(step.kids, node)
        out_of = [self.expr(t) for s in step.aside if isinstance(s.term, tr.NotApplicable) for t in s.kids]
        proved = [self.expr(t) for s in step.aside if isinstance(s.term, tr.Gate) for t in s.kids]
        self.own = outer
        more: Record = {"名": node.name, "分值": str(node.points), "舍入": rounding(node.rounding)}
        return self.out.add("指标", (last,), seen(step.value), **more, 排除=out_of, 佐证齐=proved)

    def _chain(self, stages: Sequence[Step], node: tr.Indicator) -> int:
        last = -1
        for stage in stages:
            last = self._stage(stage, last, node)
        return last

    def _stage(self, step: Step, last: int, node: tr.Indicator) -> int:
        term, value, add = step.term, seen(step.value), self.out.add
        match term:
            case tr.Indicator():
                return add("合计", [self.indicator(k) for k in step.kids], value)
            case tr.NotApplicable():
                return self._guard(step, term, value, node)
            case tr.Gate():
                kids = [self.expr(k) for k in step.kids]
                if step.kids[0].value is False:
                    return add("须佐证", kids, value, 未定=False)
                return add("须佐证", (last, kids[-1]), value, 未定=True)
            case tr.Plain():
                return self.expr(step.kids[0])
            case tr.Bands():
                return self._bands(step, value)
            case tr.Decide():
                return self._decide(step, value)
            case tr.Checklist():
                return add("合计", [self._item(k) for k in step.kids], value)
            case tr.Deduct():
                return self._deducted(step, term, last)
            case tr.Clamp():
                return self._clamped(step, last)
            case _:
                return self.expr(step)

    def _guard(self, step: Step, guard: tr.NotApplicable, value: Plain, node: tr.Indicator) -> int:
        test = step.kids[0]
        first = self.expr(test)
        if test.value is True:
            return self.out.add("不适用", (first, self._policy(step.kids[1], guard)), value, 取=True)
        policy = [self._policy(s, guard) for s in step.aside]
        rest = step.kids[1 + len(policy) :]
        chain = [self._chain(rest, node)] if rest else []
        return self.out.add("不适用", (first, *policy, *chain), value)

    def _policy(self, step: Step, guard: tr.NotApplicable) -> int:
        value = seen(step.value)
        if guard.value is not None:
            return self.expr(step)
        if guard.mean is None:
            return self.out.add("不计入", (), value, 级=guard.drop)
        if not isinstance(step.note, Standing):
            return self.out.add("待全体", (), value)
        more: Record = {"同级": self.group(step.note.values), "位": step.note.unit, "舍入": rounding(guard.mean)}
        return self.out.add("同级平均", (), value, **more)

    def _bands(self, step: Step, value: Plain) -> int:
        subject = self.expr(step.kids[0])
        rows: list[list[Any]] = []
        rest: int | None = None
        for each in step.aside:
            if not isinstance(each.term, tr.Band):
                rest = self.expr(each)
                continue
            limits = each.term.limits
            tests = [[x.op, self.expr(k)] for x, k in zip(limits, each.kids, strict=False)]
            hit = each.kids[len(limits) :]
            rows.append([*tests, self.expr(hit[0]) if hit else None])
        return self.out.add("分档", (subject,), value, 档=rows, 其余=rest)

    def _decide(self, step: Step, value: Plain) -> int:
        rows: list[list[Any]] = []
        rest: int | None = None
        for each in step.kids:
            if not isinstance(each.term, tr.Case):
                rest = self.expr(each)
                continue
            test, *hit = (self.expr(k) for k in each.kids)
            rows.append([test, hit[0] if hit else None])
        return self.out.add("判定", (), value, 档=rows, 其余=rest)

    def _deducted(self, step: Step, deduct: tr.Deduct, last: int) -> int:
        taken = self._simple("合计", [self._item(k) for k in step.kids[: len(deduct.items)]])
        if deduct.most is not None:
            taken = self._simple("最小", (taken, self.expr(step.kids[-1])))
        if not deduct.to_zero:
            return self.out.add("-", (last, taken), seen(step.value))
        zero = self.out.add("常数", (), ZERO, 原文="0 分")
        return self.out.add("最大", (self._simple("-", (last, taken)), zero), seen(step.value))

    def _clamped(self, step: Step, last: int) -> int:
        low, high = (self.expr(k) for k in step.kids)
        return self.out.add("最小", (self._simple("最大", (last, low)), high), seen(step.value))

    def _simple(self, op: str, use: Sequence[int]) -> int:
        """Return the number of a step between, whose value the trace does not keep: as the checker derives it."""
        results = self.out.body.results
        return self.out.add(op, use, verifier.derive({"运算": op}, [results[i] for i in use], results, self.out.body))

    def _item(self, step: Step) -> int:
        kids = [self.expr(k) for k in step.kids]
        return self.out.add("每超" if isinstance(step.term, tr.PerStep) else "凡", kids, seen(step.value))

    # ---------- groups and the total ----------

    def node(self, step: Step, numbers: dict[int, int]) -> int:
        """Return the number of a group's or indicator's step; numbers keeps those of all under it by identity."""
        node = step.term
        if isinstance(node, tr.Group):
            items = [[self.node(k, numbers), str(k.term.points)] for k in step.kids]  # type: ignore[union-attr]
            more: Record = {"级": node.level, "名": node.name, "分值": str(node.points)}
            found = self.out.add("分组", (), seen(step.value), **more, 项=items, 舍入=rounding(node.rounding))
        else:
            found = self.indicator(step)
        numbers[id(node)] = found
        return found

    def total(self, trace: Trace, tops: Sequence[tuple[int, str]]) -> int:
        """Return the number of the last step of the total."""
        more: Record = {"级": 0, "名": "总分", "分值": str(trace.program.book.full)}
        last = self.out.add("分组", (), seen(trace.added), **more, 项=[list(t) for t in tops], 舍入=None)
        for step in trace.steps:
            last = self._towards(step, last, trace.program)
        return last

    def _towards(self, step: Step, last: int, program: tr.Program) -> int:
        term, value, add = step.term, seen(step.value), self.out.add
        kids = [self.expr(k) for k in (*step.kids, *step.aside)]
        match term:
            case tr.Adjust(sign=sign, basis=basis):
                amount = self._simple("最小", kids) if step.aside else kids[0]
                return add("+" if sign > 0 else "-", (last, amount), value, 依据=basis)
            case tr.Clamp():
                return self._clamped(step, last)
            case tr.RoundScore():
                return add("舍入", (last,), value, 舍入=rounding(term))
            case tr.Regrade():
                bounds = iter(kids)
                lines = [
                    [g.name, g.limit.op if g.limit else None, next(bounds) if g.limit else None] for g in program.grades
                ]
                return add("定级", (last,), self.out.body.results[last], 线=lines, 等级后=_listed(step.note))
            case tr.Override(kind="veto"):
                results = self.out.body.results
                stands = verifier.derive(
                    {"运算": "总分归零"}, [results[last], results[kids[0]]], results, self.out.body
                )
                return add("总分归零", (last, *kids), stands, 依据=term.basis)
            case tr.Override(kind=kind, grade=grade):
                op = {"cap": "等级不得高于", "bar": "不得评为", "replace": "评为"}[kind]
                more: Record = {"等级": grade, "等级后": _listed(step.note), "依据": term.basis}
                return add(op, (last, *kids), self.out.body.results[last], **more)
            case _:
                raise TypeError(term)


def _listed(note: object) -> list[str]:
    assert isinstance(note, tuple)
    return list(note)
