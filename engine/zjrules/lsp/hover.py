"""What a name is: its type and unit, what it means, by which clause, and what it is in the chosen case."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from zjrules.explain.formula import names as written
from zjrules.explain.formula import value_text
from zjrules.explain.prose import gained, told
from zjrules.explain.standard import standard
from zjrules.fact import State as Given
from zjrules.lsp.cards import about, declaration, lexeme
from zjrules.lsp.document import Document
from zjrules.lsp.mention import INDICATOR, LET, PART, VALUE, Mention
from zjrules.lsp.names import names
from zjrules.lsp.sample import Sample
from zjrules.lsp.state import State
from zjrules.term import expr as tm
from zjrules.term import rule as tr
from zjrules.term import survey
from zjrules.trace import Step
from zjrules.unit import show, type_text


def hover(state: State, document: Document, params: lsp.HoverParams) -> lsp.Hover | None:
    """Return what is known of the name or word at the cursor."""
    offset = state.offset(document, params.position)
    found = names(state, document)
    at = found.at(document.source, offset)
    if at is None:
        word = lexeme(document.source, offset)
        return _card(state, [word[1]], word[0]) if word is not None and word[1] else None
    decl = declaration(state, document, at.key)
    lines = list(about(decl, at.key)) if decl is not None else [f"**{at.name}**"]
    lines += _meaning(state, document, at)
    sample = state.sample(document)
    lines += [line for line in (_sample(sample, at) if sample is not None else ()) if line]
    return _card(state, lines, at.span)


def _card(state: State, lines: list[str], span: object) -> lsp.Hover:
    text = lsp.MarkupContent(lsp.MarkupKind.Markdown, "\n\n".join(lines))
    return lsp.Hover(text, state.range(span))  # type: ignore[arg-type]


# ---------- what it means ----------


def _meaning(state: State, document: Document, at: Mention) -> Iterator[str]:
    """Yield the type, and the sentence that a formula reads as, where the rules have no errors."""
    good = state.last_good(document)
    if good is None or good.book is None:
        return
    program = good.book.program
    match at.key:
        case (kind, name) if kind == VALUE and name in program.params:
            param = program.params[name]
            yield f"= {show(param.value, param.type)}（{type_text(param.type)}）"
        case (kind, *_, _) if kind in (INDICATOR, PART):
            node = _node(program, at.key)
            text = standard(node, program.params) if node is not None else ""
            yield text.replace("\n", "\n\n")
        case (kind, *owner, name) if kind == LET:
            node = _node(program, tuple(owner))
            let = node.lets.get(name) if node is not None else None
            if let is not None:
                yield f"{name} = {written(let.value)}（{type_text(let.value.type)}）"


def _node(program: tr.Program, key: tuple[str, ...]) -> tr.Indicator | None:
    """Return an indicator, or a part of one, by its key."""
    for node in survey.indicators(program.groups):
        if key == (INDICATOR, node.name):
            return node
        if key[:2] == (PART, node.name):
            return next((p for p in node.parts if p.name == key[-1]), None)
    return None


# ---------- what it is in the chosen case ----------


def _sample(sample: Sample, at: Mention) -> Iterator[str]:
    scored = sample.scored
    beside = f"案例 {sample.title}："
    match at.key:
        case (kind, name) if kind == VALUE and name in scored.facts.facts:
            fact = scored.facts.facts[name]
            said = fact.shown if fact.state is Given.GIVEN else fact.state.value
            yield f"{beside}{said}（{fact.evidence.value}{'：' + fact.reference if fact.reference else ''}）"
        case (kind, name) if kind == VALUE and name in scored.facts.ledgers:
            rows = scored.facts.ledgers[name].rows
            yield f"{beside}缺失" if rows is None else f"{beside}{len(rows)} 行"
        case (kind, *_, name) if kind in (INDICATOR, PART):
            step = _step(sample, at.key)
            if step is not None:
                yield f"{beside}{gained(step.value)}。{'；'.join(told(step, scored.claimed))}"
        case (kind, *owner, name) if kind == LET:
            step = _step(sample, tuple(owner))
            value = next((s for s in _steps(step) if isinstance(s.term, tm.Var) and s.term.name == name), None)
            if value is not None and isinstance(value.term, tm.Var):
                yield f"{beside}{value_text(value.value, value.term.type, bare=False)}"


def _step(sample: Sample, key: tuple[str, ...]) -> Step | None:
    for step in sample.scored.claimed.indicators():
        assert isinstance(step.term, tr.Indicator)
        if key == (INDICATOR, step.term.name):
            return step
        if key[:2] == (PART, step.term.name):
            return next((s for s in _steps(step) if isinstance(s.term, tr.Indicator) and s.term.name == key[-1]), None)
    return None


def _steps(step: Step | None) -> Iterator[Step]:
    left = [step] if step is not None else []
    while left:
        found = left.pop()
        yield found
        left.extend((*reversed(found.kids), *reversed(found.aside)))
