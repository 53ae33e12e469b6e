"""What a report states: each fact with its place, and what it states in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from zjrules.diag import Code, Diagnostic, Label, Severity
from zjrules.fact import Raw, RawFacts
from zjrules.reconcile.flow import Flow, bare
from zjrules.reconcile.phrase import MOST_PLACES, Hit, last_place, written
from zjrules.reconcile.structure import Outline
from zjrules.reconcile.ways import Clash, Patterns, Ways
from zjrules.span import Span
from zjrules.unit import quantity, read_date

STATED_TWICE = Code("ZJ5072", "stated-in-two-ways")
WORDING = Code("ZJ5076", "doubtful-wording", Severity.NOTE)
TOO_OFTEN = Code("ZJ5079", "stated-too-often", Severity.WARNING)

_COUNTED = frozenset({"金额", "数", "率", "分"})
_CLAUSE = re.compile(r"[,，;；:。!?\n]")
_YEAR = re.compile(r"(?<![0-9.])(20[0-9]{2})(?=年|-|$)")
_YES = re.compile(r'"?(?:为|:|,)?"?(?:是|成立)')
_VALUE = 8
"""Characters after a fact's name in which its value stands."""
TITLE = "自评报告"


@frozen
class Statement:
    """A value that the report states at a place. worth is what the last digit is worth, 0 where there are no digits."""

    name: str
    text: str
    value: Fraction | str
    worth: Fraction
    span: Span
    source: str


@frozen
class Stated:
    """All that a report states: as facts, each once, and every statement by name."""

    raw: RawFacts
    all: dict[str, tuple[Statement, ...]]
    also: dict[Clash, tuple[Statement, ...]]
    """For each clash, the statements of what it says, those that are not the whole of the fact included."""


def same(one: Fraction | str, worth: Fraction, other: Fraction | str, other_worth: Fraction) -> bool:
    """Return whether two values agree within half a unit of the last place of the coarser one."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return abs(one - other) * 2 <= max(worth, other_worth) if one != other else True


def stated(flow: Flow, patterns: Patterns, outline: Outline, year: int) -> tuple[Stated, list[Diagnostic]]:
    """Find all statements of a report."""
    found: list[Diagnostic] = []
    finder = _Finder(flow, patterns, outline, year, found)
    every: dict[str, tuple[Statement, ...]] = {}
    blocks: list[dict[str, Raw]] = []
    for ways in (patterns.cover, patterns.claims, patterns.facts):
        block = finder.block(ways)
        if ways is patterns.claims:
            # A score is what it is: nobody rounds one in passing, and the papers must have the same.
            block = {name: tuple(evolve(s, worth=Fraction(0)) for s in at) for name, at in block.items()}
        every |= {name: at for name, at in block.items() if ways is not patterns.cover}
        blocks.append({n: r for n, at in block.items() if (r := _one(n, at, found)) is not None})
    also: dict[Clash, tuple[Statement, ...]] = {}
    for clash in patterns.clashes:
        own = next((w for w in patterns.facts if w.name == clash.said), Ways(clash.said, ()))
        wider = evolve(own, phrases=tuple((p, "是") for p in clash.also))
        further = finder.block([wider]).get(clash.said, ())
        also[clash] = (*every.get(clash.said, ()), *further)
    head, claims, facts = blocks
    return Stated(RawFacts(head, tuple(facts.values()), (), tuple(claims.values())), every, also), found


def wordings(flow: Flow, patterns: Patterns) -> list[Diagnostic]:
    """Return the words that are probably slips."""
    found = []
    for wording in patterns.wordings:
        for phrase, _ in wording.ways.phrases:
            for hit in phrase.hits(flow)[:1]:
                if not _follows(flow.text, hit.start, wording.ways.not_after):
                    span = flow.span(hit.start, hit.end)
                    found.append(Diagnostic(WORDING, f"「{phrase.text}」可能写错了", (Label(span),), wording.hint))
    return found


def _follows(text: str, start: int, words: Iterable[str]) -> bool:
    return any(text.endswith(word, 0, start) for word in words)


@frozen
class _Finder:
    """Looks for the ways in which things are stated."""

    flow: Flow
    patterns: Patterns
    outline: Outline
    year: int
    found: list[Diagnostic]

    def block(self, block: Sequence[Ways]) -> dict[str, tuple[Statement, ...]]:
        places: dict[str, dict[tuple[int, int], Statement]] = {}
        for ways in block:
            for phrase, meaning in ways.phrases:
                hits = phrase.hits(self.flow)
                if len(hits) == MOST_PLACES:
                    label = Label(self.flow.span(hits[0].start, hits[0].end), "第一处")
                    message = f"「{ways.name}」的句式在报告里出现 {MOST_PLACES} 次以上，只看了前面的"
                    self.found.append(Diagnostic(TOO_OFTEN, message, (label,), "核对文件是不是拼错了"))
                for hit in hits:
                    if self.counts(hit, ways, phrase.slot, meaning):
                        key = hit.value if meaning is None else (hit.start, hit.end)
                        here = self.statement(ways.name, hit, phrase.slot, meaning)
                        places.setdefault(ways.name, {}).setdefault(key, here)
        return {n: tuple(sorted(at.values(), key=lambda s: s.span.start)) for n, at in places.items()}

    def statement(self, name: str, hit: Hit, slot: str, meaning: str | None) -> Statement:
        text = meaning if meaning is not None else written(slot, hit.text)
        span = self.flow.span(*(hit.value if meaning is None else (hit.start, hit.end)))
        value: Fraction | str | None = None
        worth = Fraction(0)
        if meaning is not None or slot in _COUNTED:
            number = quantity(text)
            value, worth = (number[0], last_place(text)) if number is not None else (None, worth)
        elif slot == "日期":
            value = read_date(text)
        place = self.outline.path(span.start)
        return Statement(name, text, text if value is None else value, worth, span, f"{TITLE} {place}".rstrip())

    def counts(self, hit: Hit, ways: Ways, slot: str, meaning: str | None) -> bool:
        """Return whether a match is a statement of the report: of this year, and no requirement, condition or quotation."""
        text = self.flow.text
        if _follows(text, hit.start, ways.not_after):
            return False
        low, high = self.flow.sentence(hit.start, hit.end)
        sentence = text[low:high]
        if (
            any(word in sentence for word in ways.not_with)
            or any(word in text[low : hit.start] for word in ways.not_before)
            or any(word in text[hit.start : hit.end] for word in ways.not_inside)
        ):
            return False
        before = self._clause(text[low : hit.start])
        if meaning is None:
            # Where a … leads to the value, the year that stands before the value counts too.
            near = self._clause(text[low : hit.value[0]])
            first = text[hit.start]
            return slot not in _COUNTED or not (
                self._other_year(before + first)
                or self._other_year(near)
                or any(w in before for w in self.patterns.not_counted)
            )
        after = self._called(hit, bare(ways.name))
        if after is not None:
            return _YES.match(after) is not None
        said = not any(w in sentence for w in self.patterns.not_said)
        own = not any(w in before for w in self.patterns.not_said_clause)
        return said and own and not _quoted(sentence, hit.start - low, hit.end - low)

    def _called(self, hit: Hit, name: str) -> str | None:
        """Return what follows a fact that is called by its own name, as in a table of facts: then its value is said there."""
        text = self.flow.text
        at = text.find(name, max(0, hit.end - len(name)), hit.start + len(name))
        return text[at + len(name) : at + len(name) + _VALUE] if at >= 0 and at <= hit.start else None

    def _clause(self, before: str) -> str:
        """Return the end of a text that belongs to the same clause as what follows."""
        stops = [m.end() for m in _CLAUSE.finditer(before)]
        return before[stops[-1] :] if stops else before

    def _other_year(self, near: str) -> bool:
        """Return whether the last year that a clause names is another one; a match may begin with the 年 of 上年."""
        years = [(m.start(), int(m[1]) != self.year) for m in _YEAR.finditer(near)]
        years += [(near.rfind(w), True) for w in self.patterns.other_years if w in near]
        return max(years)[1] if years else False


def _quoted(sentence: str, start: int, end: int) -> bool:
    """Return whether a match stands wholly inside quotation marks: then somebody else's words are given."""
    return sentence.count('"', 0, start) % 2 == 1 and '"' not in sentence[start:end]


def _one(name: str, places: tuple[Statement, ...], found: list[Diagnostic]) -> Raw | None:
    """Return the most exact of the statements of one thing, telling of two that differ."""
    best = min(places, key=lambda s: s.worth)
    other = next((s for s in places if not same(s.value, s.worth, best.value, best.worth)), None)
    if other is not None:
        first, second = sorted((best, other), key=lambda s: s.span.start)
        labels = (Label(second.span, f"这里是 {second.text}"), Label(first.span, f"这里是 {first.text}"))
        message = f"报告里「{name}」前后不一：「{first.text}」和「{second.text}」"
        found.append(Diagnostic(STATED_TWICE, message, labels, "核对后改成一样的；说的不是一回事的，写明各是什么"))
    return Raw(name, best.text, source=best.source, span=best.span, name_span=best.span)
