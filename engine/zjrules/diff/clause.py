"""The clauses of an indicator side by side: 不适用, 须佐证, 限于, 扣分."""

from __future__ import annotations

from attrs import evolve

from zjrules.diff.change import EDITED, Chosen, Patch, changed, distinct, fields, still, swapped
from zjrules.diff.context import Place, edited, quoted
from zjrules.diff.expression import Told, expression, optional
from zjrules.diff.form import Form, Reader
from zjrules.diff.listing import keyed, listed, saying, shares
from zjrules.diff.meaning import WHOLE, per_step
from zjrules.explain import formula
from zjrules.mutate.clause import counted, step_const
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.unit import show

# ---------- 不适用, 须佐证, 限于 ----------


def not_applicables(
    old: tuple[tr.NotApplicable, ...], new: tuple[tr.NotApplicable, ...], place: Place
) -> Patch[tuple[tr.NotApplicable, ...]]:
    """Return the patch of 不适用: the first that holds decides."""
    sides = place.sides

    def alike(a: tr.NotApplicable, b: tr.NotApplicable) -> int:
        test, given = sides.same(a.test, b.test), _outcome(a) == _outcome(b)
        return 60 if test else 40 if given and shares(a.test, b.test) else 0

    def both(a: tr.NotApplicable, b: tr.NotApplicable) -> Patch[tr.NotApplicable]:
        return _not_applicable(a, b, place)

    key = keyed(old, new, lambda n, r: r.table.of(r.of(n.test), _given(n, r)), place)
    return listed(old, new, key, alike, both, saying(place, "不适用", "一句"), ordered=True)


def _given(na: tr.NotApplicable, reader: Reader) -> Form:
    return reader.of(na.value) if na.value is not None else reader.table.of("另", na.drop, na.mean is not None)


def _outcome(na: tr.NotApplicable) -> str:
    if na.value is not None:
        return f"按 {formula.names(na.value)}"
    return "按 同级平均" if na.mean is not None else f"不计入 {na.drop}"


def _not_applicable(old: tr.NotApplicable, new: tr.NotApplicable, place: Place) -> Patch[tr.NotApplicable]:
    test = expression(old.test, new.test, place, Told("不适用", "不适用的条件"))
    evidence = _evidence(old, new, place)
    if old.value is not None and new.value is not None:
        value = expression(old.value, new.value, place, Told("不适用", "不适用时的得分"))
        return fields(old, test=test, evidence=evidence, value=value)
    if _outcome(old) == _outcome(new):
        mean = rounding_shared(old.mean, new.mean, place, "同级平均")
        return fields(old, test=test, evidence=evidence, mean=mean)
    said = edited("不适用时", quoted(_outcome(old)), quoted(_outcome(new)))
    change = place.change("不适用", EDITED, said, (old.span, new.span))
    given = {name: swapped(change, getattr(old, name), getattr(new, name)) for name in ("value", "drop", "mean")}
    return fields(old, test=test, evidence=evidence, **given)


def _evidence(old: tr.NotApplicable, new: tr.NotApplicable, place: Place) -> Patch[str]:
    if old.evidence == new.evidence:
        return still(old.evidence)
    said = edited("不适用要的佐证", *(quoted(n.evidence or "（没有）") for n in (old, new)))
    change = place.change("不适用", EDITED, said, (old.span, new.span), scores=False)
    return swapped(change, old.evidence, new.evidence)


def rounding_shared(
    old: tr.RoundScore | None, new: tr.RoundScore | None, place: Place, where: str
) -> Patch[tr.RoundScore | None]:
    """Return the patch of a rounding that is declared for many clauses at once."""
    change = place.shared.get(where)
    return still(old) if change is None else swapped(change, old, new)


def gates(old: tuple[tr.Gate, ...], new: tuple[tr.Gate, ...], place: Place) -> Patch[tuple[tr.Gate, ...]]:
    """Return the patch of 须佐证."""

    def alike(a: tr.Gate, b: tr.Gate) -> int:
        return 60 if set(a.facts) & set(b.facts) else 0

    def both(a: tr.Gate, b: tr.Gate) -> Patch[tr.Gate]:
        otherwise = expression(a.otherwise, b.otherwise, place, Told("须佐证", "没有佐证时的得分"))
        if set(a.facts) == set(b.facts):
            return fields(a, otherwise=otherwise)
        said = edited("须有佐证的事实", quoted("、".join(a.facts)), quoted("、".join(b.facts)))
        change = place.change("须佐证", EDITED, said, (a.span, b.span))
        return fields(a, otherwise=otherwise, facts=swapped(change, a.facts, b.facts))

    key = keyed(old, new, lambda g, r: r.table.of(frozenset(g.facts), r.of(g.otherwise)), place)
    return listed(old, new, key, alike, both, saying(place, "须佐证", "一句"), ordered=True)


def clamps(old: tuple[tr.Clamp, ...], new: tuple[tr.Clamp, ...], place: Place) -> Patch[tuple[tr.Clamp, ...]]:
    """Return the patch of 限于."""

    def both(a: tr.Clamp, b: tr.Clamp) -> Patch[tr.Clamp]:
        return clamp(a, b, place)

    key = keyed(old, new, lambda c, r: r.table.of(r.of(c.low), r.of(c.high)), place)
    return listed(old, new, key, lambda *_: 10, both, saying(place, "限于", "一句"), ordered=True)


def clamp(old: tr.Clamp, new: tr.Clamp, place: Place) -> Patch[tr.Clamp]:
    """Return the patch of one 限于."""
    low = expression(old.low, new.low, place, Told("限于", "的得分下限"))
    return fields(old, low=low, high=expression(old.high, new.high, place, Told("限于", "的得分上限")))


# ---------- 扣分 ----------


def deduction(old: tr.Deduct | None, new: tr.Deduct | None, place: Place) -> Patch[tr.Deduct | None]:
    """Return the patch of 扣分."""
    if old is None or new is None:
        if old is new:
            return still(old)
        act, found = ("新增", new) if old is None else ("去掉", old)
        assert found is not None
        sides = (None, found.span) if old is None else (found.span, None)
        return swapped(place.change("扣分", act, f"{act}扣分：{quoted(found.span.text)}", sides), old, new)
    key = keyed(old.items, new.items, _item_key, place)
    items = listed(
        old.items, new.items, key, lambda a, b: _alike(a, b, place), lambda a, b: _item(a, b, place),
        saying(place, "扣分", "一条扣分"), ordered=False,
    )  # fmt: skip
    most = optional(old.most, new.most, place, Told("扣分", "的最多扣"), (old.span, new.span))
    found_patch: Patch[tr.Deduct] = fields(old, items=items, most=most, to_zero=_to_zero(old, new, place))
    return changed(found_patch, lambda d: d)


def _to_zero(old: tr.Deduct, new: tr.Deduct, place: Place) -> Patch[bool]:
    if old.to_zero == new.to_zero:
        return still(old.to_zero)
    act = "新增" if new.to_zero else "去掉"
    return swapped(place.change("扣分", act, f"{act}「扣完为止」", (old.span, new.span)), old.to_zero, new.to_zero)


def _item_key(item: tr.Case | tr.PerStep, reader: Reader) -> Form:
    if isinstance(item, tr.Case):
        return reader.table.of(reader.of(item.test), reader.of(item.result))
    return per_step(item, reader)


def _alike(a: tr.Case | tr.PerStep, b: tr.Case | tr.PerStep, place: Place) -> int:
    one, other = (x.test if isinstance(x, tr.Case) else x.subject for x in (a, b))
    alike = 40 if shares(one, other) else 0
    return 60 if place.sides.same(one, other) else alike // (1 + (type(a) is not type(b)))


def _item(old: tr.Case | tr.PerStep, new: tr.Case | tr.PerStep, place: Place) -> Patch[tr.Case | tr.PerStep]:
    if isinstance(old, tr.Case) and isinstance(new, tr.Case):
        found = case(old, new, place, "扣分", "一条扣分", "扣")
        return changed(found, lambda c: c)
    if isinstance(old, tr.PerStep) and isinstance(new, tr.PerStep):
        return changed(_per_step(old, new, place), lambda c: c)
    said = edited("的一条扣分", quoted(old.span.text), quoted(new.span.text))
    return swapped(place.change("扣分", EDITED, said, (old.span, new.span)), old, new)


def case(old: tr.Case, new: tr.Case, place: Place, kind: str, called: str, verb: str) -> Patch[tr.Case]:
    """Return the patch of a condition and what it gives (得) or takes (扣)."""
    text = quoted(formula.names(old.test))
    test = expression(old.test, new.test, place, Told(kind, f"的{called}的条件"))
    return fields(old, test=test, result=expression(old.result, new.result, place, Told(kind, f"的{text}{verb}的分")))


def _per_step(old: tr.PerStep, new: tr.PerStep, place: Place) -> Patch[tr.PerStep]:
    """Return the patch of 每 step subject 扣 amount, whose count of steps is made of what is chosen."""
    name = quoted(formula.names(old.subject))
    subject = expression(old.subject, new.subject, place, Told("扣分", "扣分所看的数"))
    amount = expression(old.amount, new.amount, place, Told("扣分", f"的{name}每步扣的分"))
    steps = (step_const(old), step_const(new))
    step: Patch[tm.Const] = still(steps[0])
    if old.step != new.step:
        sizes = (quoted(f"每 {show(s.value, s.type)}") for s in steps)
        step = swapped(
            place.change("扣分", EDITED, edited(f"的{name}扣分的步长", *sizes), (old.span, new.span)), *steps
        )
    modes = (old.mode or WHOLE, new.mode or WHOLE) if old.mode or new.mode else ("", "")
    mode = still(modes[0])
    if modes[0] != modes[1]:
        said = edited(f"的{name}不满一步时", *map(quoted, modes))
        mode = swapped(place.change("扣分", EDITED, said, (old.span, new.span)), *modes)

    def build(chosen: Chosen) -> tr.PerStep:
        of, size, how = subject.build(chosen), step.build(chosen), mode.build(chosen)
        assert not isinstance(size.value, bool | str)
        like = evolve(old, steps=tm.Arith("÷", of, size, size.type))
        return evolve(
            old,
            subject=of,
            step=size.value,
            mode=how,
            amount=amount.build(chosen),
            steps=counted(of, like, size.value, how),
        )

    return Patch(distinct([c for p in (subject, amount, step, mode) for c in p.changes]), build)
