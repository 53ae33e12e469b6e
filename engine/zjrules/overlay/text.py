"""A consolidated book as one rule text, with a comment over every clause that says where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from zjrules.overlay.clauses import refs_of
from zjrules.overlay.whole import Entry, Whole, key_of, said
from zjrules.span import Span
from zjrules.syntax import decl as sd
from zjrules.syntax.expr import Words


def text(book: Whole) -> str:
    """Return the text of a book; it reads to the book's own declarations and is yet to be brought into canonical form."""
    writer = _Writer(book)
    blocks = [writer.head(book.head)] if book.head is not None else []
    blocks += [writer.entry(e) for e in book.entries]
    blocks += writer.removed()
    return "\n\n".join(blocks) + "\n"


@frozen
class _Writer:
    """Takes the pieces of a book from where they stand."""

    book: Whole

    def piece(self, span: Span) -> str:
        """Return the text of a place with the names that hold now, without what only an amendment says."""
        inside = [e for e in self.book.edits if e.source is span.source and span.start <= e.start and e.end <= span.end]
        found, place = "", span.start
        for edit in sorted(inside, key=lambda e: e.start):
            new = self.book.edits[edit]
            before = found + span.source.text[place : edit.start]
            found = f"{before}「{new}」" if new else before.rstrip()
            place = edit.end
        return found + span.source.text[place : span.end]

    def amending(self, span: Span) -> sd.Amendment | None:
        """Return the amendment that something was written in, None for what the base says."""
        for a in self.book.amendments:
            if a.span.source is span.source and a.span.start <= span.start and span.end <= a.span.end:
                return a
        return None

    # ---------- declarations ----------

    def entry(self, entry: Entry) -> str:
        """Return a declaration under the comments that say where it came from."""
        decl = entry.decl
        origin = [] if self.amending(decl.span) else [f"# 出自 {decl.span}"]
        lines = [*origin, *(f"# {made_text(a)}" for a in entry.made)]
        return "\n".join([*lines, *(self.patched(decl) if entry.patched else [self.piece(decl.span)])])

    def removed(self) -> list[str]:
        """Return a comment for each declaration that is no more."""
        gone = removals(self.book)
        return ["\n".join(f"# {made_text(a)}" for a in gone)] if gone else []

    def patched(self, decl: sd.Declared) -> Iterator[str]:
        """Yield the lines of a declaration some of whose clauses were changed."""
        match decl:
            case sd.Indicator():
                yield f"指标 「{decl.name.text}」 {self.piece(decl.points.span)}"
                yield from self.scored(decl)
                for part in decl.parts:
                    yield from self.noted(part.span)
                    yield f"分项 「{part.name.text}」 {self.piece(part.points.span)}"
                    yield from self.scored(part)
            case sd.Group():
                yield f"{key_of(decl)[0]} 「{decl.name.text}」 {self.piece(decl.points.span)}"
                yield from self.about(decl)
            case sd.LedgerDecl():
                yield f"明细 「{decl.name.text}」"
                yield from [f"主键 「{decl.key.text}」"] if decl.key is not None else []
                yield from self.words("说明", decl.note)
                yield from self.words("依据", decl.basis)
                yield from self.words("佐证", decl.evidence)
                yield from [self.piece(decl.mark.span)] if decl.mark is not None else []
                for column in decl.columns:
                    yield from self.noted(column.span)
                    yield self.piece(column.span)
            case _:
                yield self.piece(decl.span)

    def scored(self, owner: sd.Indicator | sd.Part) -> Iterator[str]:
        """Yield what stands under the head of an indicator or 分项."""
        yield from self.about(owner)
        for clause in owner.clauses:
            yield from self.noted(clause.span)
            yield self.piece(clause.span)

    def noted(self, span: Span) -> Iterator[str]:
        """Yield a comment for what was written in an amendment."""
        found = self.amending(span)
        if found is not None:
            yield f"# 下一句：{_since(found)}{span}"

    def about(self, owner: sd.Indicator | sd.Part | sd.Group) -> Iterator[str]:
        """Yield 编号, 依据, 说明 and 可调."""
        yield from [f"编号 {self.piece(owner.number.span)}"] if owner.number is not None else []
        yield from self.words("依据", owner.basis)
        yield from self.words("说明", owner.note)
        yield from [self.piece(owner.mark.span)] if owner.mark is not None else []

    def words(self, keyword: str, said_: Iterable[Words]) -> Iterator[str]:
        """Yield strings after a keyword."""
        for each in said_:
            yield f"{keyword} {each.span.text}"

    def head(self, head: sd.RuleSet) -> str:
        """Return the head of the book; what it amends is in it now, and only the comment names it."""
        lines = [f"# 出自 {h.span}" for h in self.book.heads]
        lines.append(f"规则集 「{head.name.text}」")
        lines += [f"语言 {head.language.span.text}"] if head.language is not None else []
        lines += [f"性质 {head.nature.span.text}"] if head.nature is not None else []
        lines += [f"评价年度 {head.year.span.text}"] if head.year is not None else []
        lines += [f"发布 {head.issuer.span.text}"] if head.issuer is not None else []
        lines += self.words("依据", head.basis)
        lines += [f"满分 {head.full.span.text}"] if head.full is not None else []
        lines += [self.piece(r.span) for r in head.roundings]
        lines += [f"等级 {'，'.join(self.piece(g.span) for g in head.grades)}"] if head.grades else []
        lines += self.words("说明", head.note)
        lines += [self.piece(a.span) for a in head.accepts]
        lines += [self.piece(head.mark.span)] if head.mark is not None else []
        return "\n".join(lines)


def removals(book: Whole) -> list[sd.Amendment]:
    """Return the amendments that took a whole declaration out of the book."""
    return [a for a in book.amendments if a.verb == "删除" and not a.target.part and a.target.ref is None]


def made_text(amendment: sd.Amendment) -> str:
    """Say what an amendment did: the verb, what it is about, from when, on what grounds, and where it stands."""
    target, content = amendment.target, amendment.content
    refs = [target.ref] if target.ref is not None else []
    refs += list(refs_of(content)) if isinstance(content, sd.Patch) else []
    inside = [target.part, "、".join(map(str, refs))]
    what = "的".join([said((target.kind, target.name)), *(f"「{x}」" for x in inside if x)])
    new = f"为「{amendment.to.text}」" if amendment.to is not None else ""
    basis = "；".join(w.text for w in amendment.basis)
    breach = f"，突破：{amendment.breach.text}" if amendment.breach is not None else ""
    return f"{amendment.verb}{what}{new}：{_since(amendment)}{amendment.span}，依据 {basis}{breach}"


def _since(amendment: sd.Amendment) -> str:
    day = amendment.since
    return f"自 {day.year}-{day.month:02}-{day.day:02} 起施行，" if day is not None else ""
