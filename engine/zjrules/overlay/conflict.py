"""What an amendment touches, and which of those that begin on one day get in each other's way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zjrules.diag import Code, Diagnostic, Label
from zjrules.overlay.clauses import refs_of
from zjrules.overlay.rename import VALUES
from zjrules.overlay.whole import Key, key_of, said
from zjrules.span import Span
from zjrules.syntax import decl as sd

CONFLICT = Code("ZJ4106", "conflicting-amendments")


def inside(target: sd.Target) -> Key:
    """Return what an amendment is about, down to the 分项 or column."""
    top = (target.kind, target.name)
    return (*top, f"{'列名' if target.kind == '明细' else '分项'} {target.part}") if target.part else top


def touched(amendment: sd.Amendment) -> tuple[Key, ...]:
    """Return what an amendment touches; two meet where one's is the beginning of the other's."""
    about = inside(amendment.target)
    content = amendment.content
    if amendment.verb == "更名":
        assert amendment.to is not None
        # A name of its own is another thing than the names of what stands inside.
        own = about if amendment.target.part else (*about, "")
        return ("更名", *own), ("名称", _space(amendment.target), amendment.to.text)
    if amendment.target.ref is not None:
        return ((*about, str(amendment.target.ref)),)
    if isinstance(content, sd.Patch):
        return tuple((*about, str(r)) for r in refs_of(content)) or (about,)
    if amendment.verb == "删除":
        return about, ("更名", *about)
    if amendment.verb == "新增" and content is not None:
        return about, ("名称", _space(amendment.target), key_of(content)[1])
    return (about,)


def _space(target: sd.Target) -> str:
    """Return what names the name must differ from."""
    if target.part:
        return f"{target.kind} {target.name}"
    return "值" if target.kind in (*VALUES, "定词") else target.kind


def conflicts(same_day: Sequence[sd.Amendment]) -> Iterator[tuple[sd.Amendment, Diagnostic]]:
    """Yield the amendments that touch what an earlier one of the same day touches, with what is wrong."""
    for index, later in enumerate(same_day):
        for earlier in same_day[:index]:
            shared = next((a for a in touched(later) for b in touched(earlier) if _meet(a, b)), None)
            if shared is not None:
                labels = (Label(head(later.span), "这一条"), Label(head(earlier.span), "和这一条"))
                message = f"两条修改同一天起施行，都动了{_shown(shared)}，不知道按哪一条"
                help_ = "合成一条，或写明各自从哪天起施行：日子在后的，在前面那条的基础上改"
                yield later, Diagnostic(CONFLICT, message, labels, help_)
                break


def _meet(one: Key, other: Key) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _shown(key: Key) -> str:
    if key[0] == "名称":
        return f"名称「{key[2]}」"
    return said(tuple(k for k in key[1:] if k) if key[0] == "更名" else key)


def head(span: Span) -> Span:
    """Return the first line of a place."""
    end = span.source.text.find("\n", span.start, span.end)
    return span if end < 0 else Span(span.source, span.start, end)
