"""核式 being written: a list of nodes, each after the nodes that it uses; nothing in it depends on the facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import define, field

from zjrules.certificate.plain import Plain, Record, written
from zjrules.certificate.tables import place
from zjrules.span import NOWHERE, Span
from zjrules.term.expr import Let

ZERO, ONE = Fraction(0), Fraction(1)


@define(eq=False)
class Names:
    """One place of the rules: what names stand for there, where its nodes are written, and which they are."""

    out: list[Record]
    lets: Mapping[str, Let] = field(factory=dict)
    outer: Names | None = None
    """Where names that are not known here are looked up."""
    known: dict[str, int] = field(factory=dict)
    """The nodes of inputs, of 满分 and of those 令 that were asked for."""
    nodes: dict[object, int] = field(factory=dict)
    """The node of each term that was met here, by its identity."""
    inner: dict[object, Names] = field(factory=dict)
    """The places inside: words at work, indicators and their parts."""
    unit: Names | None = None
    """The place where facts are read: the top, or the other units that are gone through."""
    ledger: str = ""
    """For a row: its ledger."""
    averaging: bool = False
    """Whether this is for 按 同级平均: a unit to which the indicator does not apply is then left out."""

    @property
    def facts(self) -> Names:
        """The place where facts are read."""
        return self.unit or self

    def visible(self) -> dict[str, Let]:
        """Return every 令 that can be named here."""
        return {**(self.outer.visible() if self.outer else {}), **self.lets}


@define(eq=False)
class Writer:
    """The nodes written so far."""

    top: Names = field(factory=lambda: Names([]))
    by_number: list[Record] = field(factory=list)
    constants: dict[object, int] = field(factory=dict)
    places: dict[int, int] = field(factory=dict)
    """Where an indicator or group stands in 指标, by its identity."""
    compared: set[str] = field(factory=set)
    """The facts and ledgers of which other units' values are needed."""
    params: set[str] = field(factory=set)

    def add(self, names: Names, op: str, use: Sequence[int] | None, span: Span = NOWHERE, **more: Any) -> int:
        """Write a node and return its number."""
        number = len(self.by_number)
        node: Record = {"号": number, "式": op}
        if use is not None:
            node["用"] = list(use)
        node |= more
        if span is not NOWHERE:
            node["处"] = place(span)
        self.by_number.append(node)
        names.out.append(node)
        return number

    def constant(self, value: Plain, text: str = "") -> int:
        """Return the node of a constant; text is how the rules have it."""
        key = (type(value), value, text)
        if key not in self.constants:
            self.constants[key] = self.add(self.top, "常数", None, 值=written(value))
            self.by_number[-1] |= {"原文": text} if text else {}
        return self.constants[key]

    def read(self, op: str, name: str | int, names: Names) -> int:
        """Return the node that reads a fact, a parameter or points; one for each place where facts are read."""
        where = names.facts if op in ("事实", "有佐证") else self.top
        if where is not self.top:
            self.compared.add(str(name))
        if op == "参数":
            self.params.add(str(name))
        if (op, name) not in where.nodes:
            where.nodes[op, name] = self.add(where, op, None, 源=[name])
        return where.nodes[op, name]

    def cell(self, column: str, names: Names) -> int:
        """Return the node that reads a column of the row at hand."""
        if ("格", column) not in names.nodes:
            names.nodes["格", column] = self.add(names, "格", None, 源=[names.ledger, column])
        return names.nodes["格", column]

    def points(self, node: object) -> int:
        """Return the node of an indicator's or group's points."""
        return self.read("分值", self.places[id(node)], self.top)

    def rows(self, names: Names, op: str, source: Sequence[str], fill: Callable[[Names], Any]) -> tuple[int, Any]:
        """Write a body for each row of a ledger or each other unit; return its node, and what fill returns."""
        inner = Names([], outer=names, unit=names.facts)
        if op == "各单位":
            # Another unit knows the same 令, but no input and no row.
            inner = Names([], names.visible(), averaging=names.averaging)
            inner.known = {"满分": full} if (full := self.find("满分", names)) is not None else {}
        else:
            inner.ledger = source[0]
            if names.facts is not self.top:
                self.compared.add(source[0])
        found = fill(inner)
        return self.add(names, op, None, 源=list(source), 步=inner.out), found

    def find(self, name: str, names: Names | None) -> int | None:
        """Return the node of a name that is no 令 still to be written."""
        while names is not None:
            if name in names.known:
                return names.known[name]
            names = names.outer
        return None

    def name(self, number: int, name: str) -> None:
        """Let a node bear a name for the reader; the first one stays."""
        if "用" in self.by_number[number]:
            self.by_number[number].setdefault("名", name)

    def branch(self, names: Names, test: int, then: int, other: int, span: Span = NOWHERE) -> int:
        """Write 若."""
        return self.add(names, "若", (test, then, other), span)
