"""Expressions of a trace as steps: each once, its operands before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, get_args

from attrs import define, field

from zjrules import verifier
from zjrules.certificate.plain import Plain, Record, seen, written
from zjrules.fact import Evidence
from zjrules.term import expr as tm
from zjrules.term.expr import Expr
from zjrules.trace import Standing, Step
from zjrules.value import Problem, Value

EXPR = get_args(Expr)
_KNOWN = (Fraction, bool, str)


@define(eq=False)
class Writer:
    """The steps written so far. Equal steps are one, so that readings share what they have in common."""

    body: verifier.Body
    found: dict[Any, int] = field(factory=dict)
    peers: dict[Any, int] = field(factory=dict)
    years: set[int] = field(factory=set)
    feasts: set[int] = field(factory=set)

    def add(self, op: str, use: Sequence[int], value: Plain, **more: Any) -> int:
        """Return the number of a step, which is new unless it stands there already."""
        key = (op, tuple(use), type(value), value, repr(more) if more else "")
        number = self.found.get(key)
        if number is not None:
            return number
        number = self.found[key] = len(self.body.steps)
        step: Record = {"号": number, "运算": op, "得": written(value), **more}
        if use:
            step["用"] = list(use)
        results = self.body.results
        if (
            op == "分组"
            or not isinstance(value, _KNOWN)
            or not all(isinstance(results[i], _KNOWN) for i in verifier.refs(step))
        ):
            # The checker's own way says whether it can derive an open value; what it cannot is only stated.
            derived = verifier.derive(step, [results[i] for i in use], results, self.body)
            if derived != value or type(derived) is not type(value):
                step["未重推"] = True
                self.body.loose += 1
        self.body.steps.append(step)
        results.append(value)
        return number


@define(eq=False)
class Reading:
    """One trace being written: 按自述, 仅有佐证 or 复核."""

    name: str
    out: Writer
    own: str = ""
    """The indicator at hand."""
    done: dict[int, int] = field(factory=dict)

    def expr(self, step: Step, ledger: str = "", row: int = 0) -> int:
        """Return the number of an expression's step."""
        number = self.done.get(id(step))
        if number is None:
            number = self.done[id(step)] = self._expr(step, ledger, row)
        return number

    def _expr(self, step: Step, ledger: str, row: int) -> int:
        e, value = step.term, seen(step.value)
        add = self.out.add
        match e:
            case tm.Const(text="满分"):
                return add("满分", (), value, 名=self.own, 分值=written(value))
            case tm.Const(text=text):
                return add("常数", (), value, **({"原文": text} if text else {}))
            case tm.ParamRef(name):
                return add("参数", (), value, 名=name)
            case tm.FactRef(name):
                return self.fact(name, value)
            case tm.HasEvidence(name):
                return add("有佐证", (), value, 名=name, 取=self._use(self.out.body.facts[name]))
            case tm.IsNA(name):
                return add("是否不适用", (self.fact(name),), value)
            case tm.Column(name):
                return self._cell(name, value, ledger, row)
            case tm.First(ledger=of, column=column):
                return add("首次", (), value, 明细=of, 列=column, 行=row, 读法=self.name)
            case tm.Over() | tm.Same():
                return self._rows(e, step, value, row)
            case tm.Peers():
                return self._peers(e, step, value, ledger, row)
            case _:
                assert isinstance(e, EXPR)
                return self._operation(e, step, value, ledger, row)

    def _operation(self, e: Any, step: Step, value: Plain, ledger: str, row: int) -> int:
        kids = [self.expr(k, ledger, row) for k in step.kids]
        op, more = OPERATIONS[type(e)](e)
        match e:
            case tm.Use():
                # The arguments are reached through the names that the word gives them.
                kids = kids[-1:]
            case tm.If() if isinstance(step.kids[0].value, bool):
                more["取"] = step.kids[0].value
            case tm.Require() if step.aside:
                kids = [self.expr(step.aside[0], ledger, row), *kids]
            case tm.Workdays() | tm.AddWorkdays() | tm.RollOn() | tm.Festival():
                self._dated(e, [*step.kids, step])
            case _:
                pass
        return self.out.add(op, kids, value, **more)

    def _dated(self, e: Expr, steps: Sequence[Step]) -> None:
        """Note the years that a working-day operation looks at."""
        known = [int(s.value) for s in steps if isinstance(s.value, Fraction)]
        if isinstance(e, tm.Festival):
            self.out.feasts.update(known[:1])
            return
        if isinstance(e, tm.AddWorkdays):
            del known[1:2]
        if isinstance(e, tm.Workdays):
            del known[2:]
        years = [date.fromordinal(d).year for d in known if 1 <= d <= date.max.toordinal()]
        self.out.years.update(range(min(years), max(years) + 1) if years else ())

    # ---------- facts, cells, rows ----------

    def _use(self, entry: Record) -> str:
        if self.name == "复核" and "复核" in entry:
            return "复核"
        hidden = "值" not in entry or (self.name == "仅有佐证" and entry["佐证"] == Evidence.CLAIMED.value)
        return "缺" if hidden else "值"

    def fact(self, name: str, value: Plain | None = None) -> int:
        """Return the number of a fact's step; without a value, as the list of facts has it."""
        leaf = {"运算": "事实", "名": name, "取": self._use(self.out.body.facts[name])}
        listed = verifier.leaf(leaf, self.out.body)
        value = listed if value is None else value
        narrowed = {} if value == listed else {"未重推": True}
        return self._leaf("事实", value, narrowed, 名=name, 取=leaf["取"])

    def _cell(self, column: str, value: Plain, ledger: str, row: int) -> int:
        places = self.out.body.ledgers[ledger]["列"]
        place = next(i for i, c in enumerate(places) if c["名"] == column)
        rows = self.out.body.ledgers[ledger]["行"]
        use = self._use(rows[row][place])
        listed = verifier.leaf({"运算": "格", "明细": ledger, "行": row, "列": column, "取": use}, self.out.body)
        return self._leaf(
            "格", value, {} if value == listed else {"未重推": True}, 明细=ledger, 行=row, 列=column, 取=use
        )

    def _leaf(self, op: str, value: Plain, narrowed: Record, **more: Any) -> int:
        before = len(self.out.body.steps)
        number = self.out.add(op, (), value, **more)
        if narrowed and number == before and not self.out.body.steps[number].get("未重推"):
            self.out.body.steps[number]["未重推"] = True
            self.out.body.loose += 1
        return number

    def _rows(self, e: tm.Over | tm.Same, step: Step, value: Plain, row: int) -> int:
        over = e.over if isinstance(e, tm.Same) else e
        roles = (over.except_, over.where, over.item, over.weight)
        found = []
        for each in step.aside:
            assert isinstance(each.value, Fraction)
            number = int(each.value)
            ids = {id(k.term): self.expr(k, over.ledger, number) for k in each.kids}
            found.append([number, *(None if part is None else ids.get(id(part)) for part in roles)])
        unseen = not found and step.note is None
        more: Record = {"明细": over.ledger, "各行": None if unseen else found}
        if isinstance(e, tm.Same):
            more |= {"列": e.column, "本行": row, "读法": self.name}
        return self.out.add(("同项" if isinstance(e, tm.Same) else "逐行") + over.kind, (), value, **more)

    # ---------- all units ----------

    def _peers(self, e: tm.Peers, step: Step, value: Plain, ledger: str, row: int) -> int:
        kids = [self.expr(k, ledger, row) for k in step.kids]
        if not isinstance(step.note, Standing):
            return self.out.add("待全体", kids, value)
        more: Record = {"同级": self.group(step.note.values), "位": step.note.unit}
        more |= {"从小": e.rising, "并列": e.ties} if e.kind == "名次" else {"含己": e.own}
        return self.out.add(e.kind, kids, value, **more)

    def group(self, values: Sequence[Value]) -> int:
        """Return the number of a list of peers' values, which bear no names."""
        plain = tuple(verifier.Nil(v.kind) if isinstance(v, Problem) else seen(v) for v in values)
        peers, lists = self.out.peers, self.out.body.peers
        if plain not in peers:
            peers[plain] = len(lists)
            lists.append(list(plain))
        return peers[plain]


OPERATIONS: dict[type, Callable[[Any], tuple[str, Record]]] = {
    tm.Arith: lambda e: (e.op, {}),
    tm.Neg: lambda _: ("负", {}),
    tm.Abs: lambda _: ("绝对值", {}),
    tm.Whole: lambda e: ("取整", {"向上": e.up}),
    tm.Round: lambda e: ("舍入", {"舍入": [e.mode.value, str(e.quantum)]}),
    tm.Extreme: lambda e: ("最大" if e.most else "最小", {}),
    tm.CountTrue: lambda _: ("真数", {}),
    tm.Cmp: lambda e: ("比较", {"号令": e.op}),
    tm.Logic: lambda e: (e.op, {}),
    tm.Not: lambda _: ("非", {}),
    tm.IsOption: lambda e: ("属于", {"选项": list(e.options)}),
    tm.If: lambda _: ("若", {}),
    tm.Require: lambda e: ("应有", {"因": e.message}),
    tm.Var: lambda e: ("令", {"名": e.name}),
    tm.Use: lambda e: ("词", {"名": e.body.word}),
    tm.Workdays: lambda _: ("工作日数", {}),
    tm.AddWorkdays: lambda _: ("加工作日", {}),
    tm.RollOn: lambda _: ("顺延", {}),
    tm.Festival: lambda e: ("春节假期首日" if e.leave else "春节", {}),
}
"""The name of a kernel operation whose operands are its kids, and what it needs beside them."""
LEAVES = (tm.Const, tm.ParamRef, tm.FactRef, tm.HasEvidence, tm.IsNA, tm.Column, tm.First, tm.Over, tm.Same, tm.Peers)
"""The other kinds of expressions (tests/test_house.py)."""
