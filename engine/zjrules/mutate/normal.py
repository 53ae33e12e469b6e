"""A rule in a normal form: words and names written out, what the declared ranges of facts settle left out.

Two rules with the same normal form are equivalent. What is left out is what the exact engine, run with every fact missing,
says of it: its enclosures hold for all facts within their declarations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import assert_never

from attrs import define, evolve, field

from zjrules.exact import indicator as exact
from zjrules.exact.expr import evaluate
from zjrules.exact.narrow import narrow
from zjrules.exact.scope import Scope, WorkCalendar, scope_of
from zjrules.fact import Facts
from zjrules.interval.sets import ZERO
from zjrules.mutate.simple import Simple, const, truth_of
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term.walk import children, with_children
from zjrules.unit import POINTS, Truth

MOST_NODES = 20_000
"""A rule that grows beyond this when its words are written out has no normal form here."""
Env = Mapping[str, tm.Expr]
NOTHING = tm.Arith("÷", const(Fraction(1)), const(ZERO), POINTS)
"""What has no value: where no band holds."""


class NoFormError(Exception):
    """The rule has no normal form here: never seen outside this package."""


def normal_form(program: tr.Program, node: tr.Indicator, calendar: WorkCalendar | None) -> tm.Expr:
    """Return the normal form of an indicator's rounded score. Raises NoFormError."""
    scope = scope_of(program, Facts("", {}, {}, {}), calendar, proved_only=False)
    return _Normal().whole(node, scope)


@define(eq=False)
class _Normal:
    """One writing out; simple leaves out what is settled."""

    simple: Simple = field(factory=Simple)
    nodes: int = 0

    # ---------- indicators ----------

    def whole(self, node: tr.Indicator, outer: Scope) -> tm.Expr:
        scope = exact.inside(node, outer)
        found = self.guarded(node, scope, node.na)
        mode = node.rounding.mode
        if isinstance(found, tm.Const) and isinstance(found.value, str):
            return found
        return found if mode is None else self.simple.of(tm.Round(found, node.rounding.quantum, mode, POINTS), scope)

    def guarded(self, node: tr.Indicator, scope: Scope, guards: Sequence[tr.NotApplicable]) -> tm.Expr:
        if not guards:
            return self.gated(node, scope)
        guard = guards[0]
        if guard.mean is not None:
            raise NoFormError
        test = self.of(guard.test, scope, {})
        known = truth_of(test)
        inside, after = (scope, scope) if known is not None else self.sides(guard.test, scope)
        if known is False:
            return self.guarded(node, scope, guards[1:])
        given = tm.Const(f"不计入{guard.drop}", POINTS) if guard.value is None else self.of(guard.value, inside, {})
        return given if known else tm.If(test, given, self.guarded(node, after, guards[1:]), POINTS)

    def gated(self, node: tr.Indicator, scope: Scope) -> tm.Expr:
        found = self.computed(node, scope)
        for gate in reversed(node.gates):
            proved = [tm.HasEvidence(name) for name in gate.facts]
            test = proved[0] if len(proved) == 1 else tm.Logic("且", tuple(proved))
            other = self.of(gate.otherwise, scope, {})
            found = found if found == other else tm.If(test, found, other, POINTS)
        return found

    def computed(self, node: tr.Indicator, scope: Scope) -> tm.Expr:
        if any(na.value is None for part in node.parts for na in part.na):
            raise NoFormError  # a part that does not count is no number
        if node.parts:
            found = self.added([self.whole(p, scope) for p in node.parts], scope)
        else:
            found = self.base(node.base, scope) if node.base is not None else const(node.points)
        if node.deduct is not None:
            found = self.deducted(node.deduct, found, scope)
        for clamp in node.clamps:
            low, high = self.of(clamp.low, scope, {}), self.of(clamp.high, scope, {})
            found = self.simple.of(tm.Extreme((found, low), True, POINTS), scope)
            found = self.simple.of(tm.Extreme((found, high), False, POINTS), scope)
        return found

    def added(self, parts: Sequence[tm.Expr], scope: Scope) -> tm.Expr:
        total: tm.Expr = const(ZERO)
        for part in parts:
            total = self.simple.of(tm.Arith("+", total, part, POINTS), scope)
        return total

    def base(self, base: tr.Base, scope: Scope) -> tm.Expr:
        match base:
            case tr.Plain(value):
                return self.of(value, scope, {})
            case tr.Bands(subject, bands, rest):
                tests = [tm.Logic("且", tuple(tm.Cmp(x.op, subject, x.bound) for x in band.limits)) for band in bands]
                return self.chain(list(zip(tests, (b.result for b in bands), strict=True)), rest, scope)
            case tr.Decide(cases, rest):
                return self.chain([(c.test, c.result) for c in cases], rest, scope)
            case tr.Checklist(ticks):
                return self.added([self.case(t, scope) for t in ticks], scope)
            case _:
                assert_never(base)

    def chain(self, cases: Sequence[tuple[tm.Expr, tm.Expr]], rest: tm.Expr | None, scope: Scope) -> tm.Expr:
        if not cases:
            return self.of(rest, scope, {}) if rest is not None else NOTHING
        test, result = cases[0]
        found = self.of(test, scope, {})
        known = truth_of(found)
        if known is not None:
            return self.of(result, scope, {}) if known else self.chain(cases[1:], rest, scope)
        inside, after = self.sides(test, scope)
        return self.branch(found, self.of(result, inside, {}), self.chain(cases[1:], rest, after), scope)

    def case(self, case: tr.Case, scope: Scope) -> tm.Expr:
        return self.chain([(case.test, case.result)], const(ZERO), scope)

    def deducted(self, deduct: tr.Deduct, base: tm.Expr, scope: Scope) -> tm.Expr:
        taken = []
        for item in deduct.items:
            if isinstance(item, tr.Case):
                taken.append(self.case(item, scope))
            else:
                steps, amount = self.of(item.steps, scope, {}), self.of(item.amount, scope, {})
                taken.append(self.simple.of(tm.Arith("×", steps, amount, POINTS), scope))
        total = self.added(taken, scope)
        if deduct.most is not None:
            total = self.simple.of(tm.Extreme((total, self.of(deduct.most, scope, {})), False, POINTS), scope)
        left = self.simple.of(tm.Arith("-", base, total, POINTS), scope)
        return self.simple.of(tm.Extreme((left, const(ZERO)), True, POINTS), scope) if deduct.to_zero else left

    # ---------- expressions ----------

    def of(self, e: tm.Expr, scope: Scope, env: Env) -> tm.Expr:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise NoFormError
        match e:
            case tm.Peers() | tm.Same() | tm.First():
                raise NoFormError
            case tm.Const(value) | tm.Const(value=value):
                return tm.Const(value, POINTS)
            case tm.ParamRef(name):
                return tm.Const(scope.run.program.params[name].value, POINTS)
            case tm.Var(name) if name in env:
                return env[name]
            case tm.Var(name) if name in scope.lets:
                return self.of(scope.lets[name].value, scope, env)
            case tm.Use():
                return self.use(e, scope, env)
            case tm.If(test, then, other):
                found = self.of(test, scope, env)
                known = truth_of(found)
                if known is not None:
                    return self.of(then if known else other, scope, env)
                one, two = self.sides(test, scope)
                return self.branch(found, self.of(then, one, env), self.of(other, two, env), scope)
            case tm.Logic():
                return self.logic(e, scope, env)
            case tm.Over():
                return self.over(e, scope, env)
            case _:
                known_now = evaluate(e, scope).value
                if isinstance(known_now, Fraction | bool | str):
                    return tm.Const(known_now, POINTS)
                kids = [self.of(k, scope, env) for k in children(e)]
                return self.simple.of(with_children(e, kids), scope)

    def use(self, e: tm.Use, scope: Scope, env: Env) -> tm.Expr:
        steps = {name: evaluate(arg, scope) for name, arg in zip(e.body.inputs, e.args, strict=True)}
        inner = Scope(scope.run, scope.facts, scope.ledgers, steps, e.body.lets, scope.row)
        given = {name: self.of(arg, scope, env) for name, arg in zip(e.body.inputs, e.args, strict=True)}
        return self.of(e.body.result, inner, given)

    def logic(self, e: tm.Logic, scope: Scope, env: Env) -> tm.Expr:
        stop = e.op == "或"
        kept: list[tm.Expr] = []
        for operand in e.operands:
            found = self.of(operand, scope, env)
            known = truth_of(found)
            if known is None:
                kept += found.operands if isinstance(found, tm.Logic) and found.op == e.op else (found,)
                scope = self.sides(operand, scope)[1 if stop else 0]
            elif known is stop:
                kept.append(found)
                break
        kept = list(dict.fromkeys(kept))
        if not kept:
            return tm.Const(not stop, Truth())
        return kept[0] if len(kept) == 1 else tm.Logic(e.op, tuple(kept))

    def over(self, e: tm.Over, scope: Scope, env: Env) -> tm.Expr:
        row = scope.ledgers[e.ledger].columns
        inner = Scope(scope.run, scope.facts, scope.ledgers, dict(scope.steps), scope.lets, row)
        where = self.of(e.where, inner, env) if e.where is not None else None
        except_ = self.of(e.except_, inner, env) if e.except_ is not None else None
        item = self.of(e.item, inner, env) if e.item is not None else None
        weight = self.of(e.weight, inner, env) if e.weight is not None else None
        where = None if where is not None and truth_of(where) is True else where
        except_ = None if except_ is not None and truth_of(except_) is False else except_
        return evolve(e, item=item, where=where, except_=except_, weight=weight)

    def branch(self, test: tm.Expr, then: tm.Expr, other: tm.Expr, scope: Scope) -> tm.Expr:
        return self.simple.of(tm.If(test, then, other, POINTS), scope)

    def sides(self, test: tm.Expr, scope: Scope) -> tuple[Scope, Scope]:
        """Return what is known where a test holds, and where not."""
        yes, no = (narrow(scope, test, truth, evaluate)[0] for truth in (True, False))
        return yes or scope, no or scope
