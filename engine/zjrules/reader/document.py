"""From a rule set that was opened to its document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import define, field

from zjrules.explain import formula as fm
from zjrules.explain.standard import told
from zjrules.overlay.text import made_text, removals
from zjrules.overlay.whole import Entry, key_of
from zjrules.reader import model
from zjrules.reader.facts import fact, ledger
from zjrules.reader.lit import Piece, pieces
from zjrules.reader.opened import Volume
from zjrules.reader.totals import grades, steps
from zjrules.reader.uses import TOTAL, Asks, Uses, uses
from zjrules.span import NOWHERE, Span
from zjrules.syntax import decl as sd
from zjrules.syntax.expr import Words
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.unit import show

_TRENDS = {
    "不增": "「{}」变大时，得分不会升高",
    "不减": "「{}」变大时，得分不会降低",
    "递增": "「{}」变大时，得分跟着升高",
    "递减": "「{}」变大时，得分跟着降低",
}


def document(volume: Volume) -> model.Document:
    """Return the document of a rule set."""
    return _Maker(volume, uses(volume.program)).document()


@define
class _Maker:
    """Puts a document together."""

    volume: Volume
    uses: Uses
    named: Sequence[str] = field(init=False)
    """The words that are told."""
    targets: Mapping[str, str] = field(init=False)
    clauses: Mapping[tuple[str, ...], tuple[Entry, str]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        program = self.volume.program
        self.named = _words(self.volume)
        kinds: Iterable[tuple[str, Iterable[str]]] = (
            ("词", self.named), ("参数", program.params), ("明细", program.schema.ledgers), ("事实", program.schema.facts),
        )  # fmt: skip
        self.targets = {name: kind for kind, names in kinds for name in names}
        self.clauses = {entry.key: (entry, text) for entry, text in self.volume.entries}

    def document(self) -> model.Document:
        volume, program = self.volume, self.volume.program
        total = self.clauses.get((TOTAL, ""))
        return model.Document(
            self.head(),
            tuple(self.node(n) for n in program.groups),
            steps(program),
            self.clause((TOTAL, ""), NOWHERE) if total is not None else None,
            grades(program),
            tuple(self.param(p) for p in program.params.values()),
            tuple(self.check(c) for c in program.checks),
            self.facts(),
            tuple(ledger(asked, self.uses) for asked in program.schema.ledgers.values()),
            self.words(),
            tuple(self.clause(e.key, e.decl.span) for e, _ in volume.entries if isinstance(e.decl, sd.Notice)),
            tuple(made_text(a) for a in removals(volume.book)),
            volume.readme,
        )

    def facts(self) -> tuple[tuple[str, tuple[model.Fact, ...]], ...]:
        """Return the facts under the first level-1 indicator that asks them, or under what else does."""
        program = self.volume.program
        grouped = survey.grouped(program, survey.used_in(program))
        return tuple((title, tuple(fact(asked, self.uses) for asked in group)) for title, group in grouped)

    def lit(self, text: str, itself: str = "") -> tuple[Piece, ...]:
        return pieces(text, self.volume.lex, self.targets, itself)

    def clause(self, key: tuple[str, ...], span: Span) -> model.Clause:
        """Return a declaration of the book as it is written; of the library, where it alone knows it."""
        found = self.clauses.get(key)
        if found is None:
            return model.Clause(self.lit(span.text, key[1]), str(span))
        entry, text = found
        return model.Clause(self.lit(text, key[1]), str(entry.decl.span), tuple(made_text(a) for a in entry.made))

    def head(self) -> model.Head:
        volume, book, rules = self.volume, self.volume.program.book, self.volume.rules
        head = volume.book.head
        assert head is not None
        return model.Head(
            rules.id, book.name, book.year, book.issuer, book.nature, _texts(head.basis), _texts(head.note),
            book.full, str(rules.edition) if rules.edition is not None else "",
            tuple(d.message for d in rules.edited), str(volume.as_of or ""), tuple(b.id for b in rules.bases), rules.digest,
            tuple(" ".join(r.span.text.split()).removeprefix("舍入 ") for r in head.roundings), self.lit(volume.head, book.name),
        )  # fmt: skip

    # ---------- indicators ----------

    def node(self, node: tr.Group | tr.Indicator) -> model.Group | model.Indicator:
        if isinstance(node, tr.Indicator):
            return self.indicator(node)
        key = ("一级指标" if node.level == 1 else "二级指标", node.name)
        decl = self.decl(key)
        basis = _texts(decl.basis) if decl is not None else (node.basis,)
        children = tuple(self.node(n) for n in node.children)
        clause = self.clause(key, node.span)
        return model.Group(node.level, node.name, node.number, node.points, basis, node.note, children, clause)

    def indicator(self, node: tr.Indicator) -> model.Indicator:
        key, asks = ("指标", node.name), self.uses.indicators[node.name]
        decl = self.decl(key)
        params = self.volume.program.params
        own = model.Way("", node.points, "", tuple(told(node, params)))
        parts = (model.Way(p.name, p.points, p.basis, tuple(told(p, params))) for p in node.parts)
        return model.Indicator(
            node.name, node.number, node.points, _texts(decl.basis) if decl is not None else (node.basis,),
            node.note, (own, *parts), tuple(_TRENDS[t.direction].format(t.fact) for t in _trends(node)),
            asks.facts, asks.ledgers, asks.params, asks.words, self.checks_of(asks), self.clause(key, node.span),
        )  # fmt: skip

    def decl(self, key: tuple[str, ...]) -> sd.Group | sd.Indicator | None:
        found = self.clauses.get(key)
        decl = found[0].decl if found is not None else None
        assert decl is None or isinstance(decl, sd.Group | sd.Indicator)
        return decl

    def checks_of(self, asks: Asks) -> tuple[str, ...]:
        """Return the checks that compare what an indicator asks; one fact in common is enough to look there."""
        own = {*asks.facts, *asks.ledgers}
        return tuple(t for t, c in self.uses.checks.items() if own & {*c.facts, *c.ledgers})

    # ---------- the rest ----------

    def param(self, param: tr.Param) -> model.Param:
        value = param.text or show(param.value, param.type)
        return model.Param(param.name, value, param.basis, self.uses.of("params", param.name),
                           self.clause(("参数", param.name), param.span))  # fmt: skip

    def check(self, check: tr.Check) -> model.Check:
        asks = self.uses.checks[check.title]
        right = f" {check.op} {fm.names(check.right)}" if check.right is not None else ""
        tolerance = show(check.tolerance, check.left.type) if check.tolerance else ""
        when = fm.names(check.when) if check.when is not None else ""
        return model.Check(
            check.severity, check.title, when, f"{fm.names(check.left)}{right}", tolerance, check.basis, check.note,
            asks.facts, asks.ledgers, self.clause(("校验", check.title), check.span),
        )  # fmt: skip

    def words(self) -> tuple[model.Word, ...]:
        """Return the words that the rule set defines or names, and those that these are made of."""
        found = ((name, self.volume.words[name]) for name in self.named)
        return tuple(
            word(decl, self.uses.of("words", name), self.clause(key_of(decl), decl.span)) for name, decl in found
        )


def word(decl: sd.Word, used: tuple[str, ...], clause: model.Clause) -> model.Word:
    """Return the entry of a word: used by which indicators, and as it is written."""
    inputs = tuple(
        model.Input(i.name.text, _flat(i.type.span.text), _flat(i.default.span.text) if i.default else "")
        for i in decl.inputs
    )
    examples = tuple((_flat(e.call.span.text), _flat(e.expected.span.text)) for e in decl.examples)
    said = decl.said.text if decl.said is not None else ""
    return model.Word(decl.name.text, "\n".join(_texts(decl.note)), inputs, said, examples, used, clause)


def _words(volume: Volume) -> list[str]:
    """Return the rule set's own words, those that it names, and those that these are made of."""
    own = [e.decl.name.text for e, _ in volume.entries if isinstance(e.decl, sd.Word)]
    every = (e for top in survey.of_program(volume.program) for e in survey.deep(top))
    named = [e.body.word for e in every if isinstance(e, tm.Use)]
    return [n for n in dict.fromkeys([*own, *named]) if n in volume.words]


def _trends(node: tr.Indicator) -> tuple[tr.Trend, ...]:
    return (*node.trends, *(t for part in node.parts for t in part.trends))


def _texts(words: Iterable[Words]) -> tuple[str, ...]:
    return tuple(w.text for w in words)


def _flat(text: str) -> str:
    return " ".join(text.split())
