"""The clauses of an indicator by what they are called, and what 修改, 新增 and 删除 make of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve

from zjrules.syntax import clause as cl
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.syntax.mark import Ref
from zjrules.syntax.walk import nodes

_KINDS: dict[type, str] = {
    cl.Let: "令", cl.Score: "算法", cl.Bands: "算法", cl.Decide: "算法", cl.Checklist: "算法", cl.Apply: "算法",
    cl.Deduct: "扣分", cl.Clamp: "限于", cl.NotApplicable: "不适用", cl.Gate: "须佐证", cl.Trend: "随", cl.Accept: "认可",
    cl.RoundingDecl: "舍入",
}  # fmt: skip
# The order in which the clauses of an indicator are read, whatever the order in which they were added.
_RANKS = ("不适用", "须佐证", "令", "算法", "扣分", "限于", "舍入", "随", "认可")
SEVERAL = frozenset({"不适用", "须佐证", "认可"})
"""Kinds of which an indicator may have several without a name: 修改 writes all of them anew."""

Owner = sd.Indicator | sd.Part


def ref_of(clause: cl.Clause) -> Ref:
    """Return what a clause is called."""
    match clause:
        case cl.Let(name=name):
            return Ref("令", name.text)
        case cl.Trend(fact=fact):
            return Ref("随", fact.text)
        case _:
            return Ref(_KINDS[type(clause)])


def refs_of(patch: sd.Patch) -> Iterator[Ref]:
    """Yield what a patch speaks of inside its declaration, 分项 and columns aside."""
    if patch.points is not None:
        yield Ref("分值")
    if patch.number is not None:
        yield Ref("编号")
    if patch.note:
        yield Ref("说明")
    yield from dict.fromkeys(ref_of(c) for c in patch.clauses)


def has(owner: Owner | sd.Group, ref: Ref) -> bool:
    """Return whether a declaration has a clause."""
    match ref.kind:
        case "分值":
            return True
        case "编号":
            return owner.number is not None
        case "说明":
            return bool(owner.note)
        case _:
            return not isinstance(owner, sd.Group) and any(ref_of(c) == ref for c in owner.clauses)


def changed(owner: Owner, patch: sd.Patch) -> Owner:
    """Return an indicator or 分项 with clauses replaced by those of the same name, where they stood."""
    clauses: list[cl.Clause] = []
    done: set[Ref] = set()
    wanted = {ref_of(c) for c in patch.clauses}
    for clause in owner.clauses:
        ref = ref_of(clause)
        if ref not in wanted:
            clauses.append(clause)
        elif ref not in done:
            clauses += [c for c in patch.clauses if ref_of(c) == ref]
            done.add(ref)
    return evolve(_headed(owner, patch), clauses=tuple(clauses))


def added(owner: Owner, patch: sd.Patch) -> Owner:
    """Return an indicator or 分项 with more clauses, each where its kind stands."""
    clauses = list(owner.clauses)
    for clause in patch.clauses:
        clauses.insert(_place(clauses, clause), clause)
    return evolve(_headed(owner, patch), clauses=tuple(clauses))


def _headed(owner: Owner, patch: sd.Patch) -> Owner:
    return evolve(
        owner,
        points=patch.points or owner.points,
        number=patch.number or owner.number,
        note=patch.note or owner.note,
    )


def _place(clauses: Sequence[cl.Clause], clause: cl.Clause) -> int:
    """Return where a new clause goes: behind those of its rank, and a 令 before the first that names it."""
    rank = _rank(clause)
    last = next((i for i, c in enumerate(clauses) if _rank(c) > rank), len(clauses))
    if isinstance(clause, cl.Let):
        return next((i for i, c in enumerate(clauses[:last]) if _names(c, clause.name.text)), last)
    return last


def _rank(clause: cl.Clause) -> int:
    return _RANKS.index(_KINDS[type(clause)])


def _names(clause: cl.Clause, name: str) -> bool:
    return any(isinstance(n, sx.Name) and n.text == name for n in nodes(clause))


def without(owner: Owner, ref: Ref) -> Owner:
    """Return an indicator or 分项 without a clause."""
    match ref.kind:
        case "编号":
            return evolve(owner, number=None)
        case "说明":
            return evolve(owner, note=())
        case _:
            return evolve(owner, clauses=tuple(c for c in owner.clauses if ref_of(c) != ref))
