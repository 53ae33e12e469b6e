"""What completion offers: a label, what is typed for it, and a few words on it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen
from lsprotocol import types as lsp

from zjrules.lsp.cards import Owned, about
from zjrules.lsp.mention import VALUE, WORD
from zjrules.lsp.pinyin import filter_text
from zjrules.lsp.vocabulary import Named
from zjrules.spelling import quoted
from zjrules.syntax import decl as sd
from zjrules.unit import UNITS

_Kind = lsp.CompletionItemKind


@frozen
class Offer:
    """One thing that can be typed; the lower the rank, the earlier it is shown."""

    label: str
    text: str
    detail: str = ""
    note: str = ""
    kind: lsp.CompletionItemKind = _Kind.Value
    rank: int = 1
    snippet: bool = False


def item(offer: Offer, where: lsp.Range, place: int) -> lsp.CompletionItem:
    """Return an offer as the editor takes it; place keeps the order."""
    note = lsp.MarkupContent(lsp.MarkupKind.Markdown, offer.note) if offer.note else None
    form = lsp.InsertTextFormat.Snippet if offer.snippet else lsp.InsertTextFormat.PlainText
    return lsp.CompletionItem(
        offer.label,
        kind=offer.kind,
        detail=offer.detail or None,
        documentation=note,
        sort_text=f"{place:04}",
        filter_text=filter_text(offer.label),
        insert_text_format=form,
        text_edit=lsp.TextEdit(where, offer.text),
    )


def keyword(word: str, note: str, rank: int) -> Offer:
    """Return the offer of a keyword."""
    return Offer(word, word, "关键字", note, _Kind.Keyword, rank)


def plain(name: str, detail: str = "", kind: lsp.CompletionItemKind = _Kind.EnumMember, rank: int = 1) -> Offer:
    """Return the offer of a name."""
    return Offer(name, quoted(name), detail, "", kind, rank)


def named(decl: Named, rank: int = 1, apply: bool = False) -> Offer:
    """Return the offer of something declared; a word with its inputs to be filled in, as a call or (apply) for 套用."""
    name = decl.name.text
    match decl:
        case sd.Word():
            note = "\n\n".join(about(Owned(decl), (WORD, name)))
            return Offer(name, _call(decl, apply), "词", note, _Kind.Function, rank, snippet=True)
        case sd.FactDecl(type=kind):
            detail = f"事实 {' '.join(kind.span.text.split())}"
        case sd.Param(value=value):
            detail = f"参数 = {' '.join(value.span.text.split())}"
        case sd.LedgerDecl():
            detail = "明细"
    note = "\n\n".join(list(about(Owned(decl), (VALUE, name)))[1:])
    return Offer(name, quoted(name), detail, note, _Kind.Field, rank)


def _call(word: sd.Word, apply: bool) -> str:
    """Return a word as a snippet: 保底(${1:值}，下限：${2:下限}), or for 套用 保底 值 ${1:值} 下限 ${2:下限}."""
    name = quoted(word.name.text)
    needed = [i.name.text for i in word.inputs if i.default is None]
    fields = [f"${{{place}:{n}}}" for place, n in enumerate(needed, 1)]
    if apply:
        return " ".join([name, *(f"{n} {f}" for n, f in zip(needed, fields, strict=True))])
    first = word.inputs[0].name.text if word.inputs else ""
    inside = [f if n == first else f"{n}：{f}" for n, f in zip(needed, fields, strict=True)]
    return f"{name}({'，'.join(inside)})"


def unit_offers() -> Iterator[Offer]:
    """Yield the units that can stand behind a number."""
    for name in UNITS:
        yield Offer(name, name, "单位", "", _Kind.Unit)
