"""The scores of the chosen case, beside the points of each indicator; what facts are missing for is an interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen
from lsprotocol import types as lsp

from zjrules.explain import columns
from zjrules.explain.lines import score_text
from zjrules.lsp.document import Document
from zjrules.lsp.state import State
from zjrules.span import Span
from zjrules.syntax import decl as sd
from zjrules.term import rule as tr
from zjrules.trace import Step, Trace
from zjrules.value import Value


@frozen
class _Place:
    name: tuple[str, ...]
    span: Span


def inlay_hints(state: State, document: Document, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    """Return the scores beside the indicators, 分项 and groups of a document, and the total beside its head."""
    sample = state.sample(document)
    if sample is None:
        return []
    scores = dict(_scores(sample.scored.claimed.groups))
    about = f"案例 {sample.title}，按自述算的得分"
    hints = []
    for place in _places(state.parsed(document).file.decls):
        text = _total(sample.scored.claimed) if not place.name else _told(scores, place.name)
        at = state.encoding.position(document.source, place.span.end)
        if text and params.range.start.line <= at.line <= params.range.end.line:
            hints.append(lsp.InlayHint(at, text, padding_left=True, tooltip=about))
    return hints


def _places(decls: Iterable[sd.Decl]) -> Iterator[_Place]:
    for decl in decls:
        match decl:
            case sd.RuleSet():
                yield _Place((), decl.name.span)
            case sd.Group():
                yield _Place((decl.name.text,), decl.points.span)
            case sd.Indicator():
                yield _Place((decl.name.text,), decl.points.span)
                yield from (_Place((decl.name.text, part.name.text), part.points.span) for part in decl.parts)
            case _:
                pass


def _scores(steps: Iterable[Step], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Value]]:
    """Yield the scores of groups and indicators by name, of 分项 by their indicator's name and their own."""
    for step in steps:
        match step.term:
            case tr.Group():
                yield (step.term.name,), step.value
                yield from _scores(step.kids)
            case tr.Indicator():
                yield (*above, step.term.name), step.value
                yield from _scores(step.kids, (step.term.name,))
            case _:
                pass


def _told(scores: Mapping[tuple[str, ...], Value], name: tuple[str, ...]) -> str:
    return f"得 {_score(scores[name])}" if name in scores else ""


def _total(trace: Trace) -> str:
    return f"总分 {_score(trace.total)} {columns.span_of(trace.grades)}".rstrip()


def _score(value: Value) -> str:
    text = score_text(value)
    return text if text == "无法计算" else f"{text} 分"
