"""Other names: every mention in every file that means the same thing, or a sentence that says why not.

What comes out is read and checked again before the editor is given it: the program must be the same but for the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from lsprotocol import types as lsp

from zjrules.bookshelf import rule_sets
from zjrules.build import the_parser
from zjrules.diag import Edit, Fix
from zjrules.fit import ALIKE, BLANK
from zjrules.lint.edits import applied
from zjrules.lsp.alike import same_but
from zjrules.lsp.checked import Checked, check
from zjrules.lsp.document import Document
from zjrules.lsp.mention import COLUMN, GRADE, INDICATOR, INPUT, LET, OPTION, PART, VALUE, WORD, Key, Mention
from zjrules.lsp.names import Names, names_in
from zjrules.lsp.papers import in_fact_files
from zjrules.lsp.shelf import Shelf, drafts, gathered
from zjrules.lsp.state import RefusedError, State
from zjrules.num import fold
from zjrules.resolve import CONSTANTS, FUNCTIONS
from zjrules.span import Source, Span
from zjrules.spelling import quoted

_RENAMED = {VALUE, WORD, COLUMN, INDICATOR, PART, LET, INPUT, OPTION, GRADE, "一级指标", "二级指标"}
_IN_EXPRESSIONS = {VALUE, WORD, COLUMN, LET, INPUT}
_OWNERS = {PART: INDICATOR, INPUT: WORD, COLUMN: VALUE}
_IN_NO_LIST = "〇〇改着名的选项〇〇"
_UNFIT = re.compile(r"[「」\"“”《》#\n\r\t]")
_PART_OF_NAME = re.compile(r"[㐀-䶿一-鿿〇·A-Za-z0-9_]")


def prepare(state: State, document: Document, params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder:
    """Return the name at the cursor that can be renamed. Raises RefusedError with the reason where none can."""
    at, _ = _renamable(state, document, params.position)
    return lsp.PrepareRenamePlaceholder(state.range(at.span), at.name)


def rename(state: State, document: Document, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
    """Return the edits that give the name at the cursor another one. Raises RefusedError with the reason."""
    at, own = _renamable(state, document, params.position)
    new = fold(params.new_name).strip().removeprefix("「").removesuffix("」").strip()
    if new == at.name:
        return lsp.WorkspaceEdit({})
    shelves = [own, *_dependents(state, own, at)]
    for each in shelves:
        _fits(new, at.key, names_in(each.files.values()))
    edits: list[Edit] = []
    # Where two lists of options meet, a name that both have hides what became of it: first one that none has is tried.
    for name in (_IN_NO_LIST, new) if at.key[0] == OPTION else (new,):
        edits = _everywhere(shelves, at.key, name)
        for each in shelves:
            _recheck(state, each, edits, at, name, new)
    options = [m.name for m in names_in(own.files.values()).every() if m.declares and m.key[:-1] == at.key[:-1]]
    edits += in_fact_files({each.shelf.id for each in shelves}, at.key, new, options)
    changes: dict[str, list[lsp.TextEdit]] = {}
    for e in edits:
        changes.setdefault(state.uri(e.span.source), []).append(lsp.TextEdit(state.range(e.span), e.text))
    return lsp.WorkspaceEdit(changes)


# ---------- whether ----------


def _renamable(state: State, document: Document, position: lsp.Position) -> tuple[Mention, Checked]:
    own = _checked_now(state, state.shelf(document))
    found = names_in(own.files.values())
    offset = state.offset(document, position)
    at = found.at(document.source, offset)
    if at is None or at.key[0] not in _RENAMED:
        raise RefusedError(_why_not(document.source, offset))
    declared = found.declared(at.key)
    if not declared:
        raise RefusedError(f"「{at.name}」没有声明过，没有可改的名称；写错的，看它的改法")
    mine = {s.name for s in own.own}
    other = next((m for m in declared if m.span.source.name not in mine), None)
    if other is not None:
        where = other.span.source.name
        raise RefusedError(
            f"「{at.name}」写在 {where}，别的规则也用它，在这里不能改名：打开 {where} 去改，或在本规则里另写一个"
        )
    return at, own


def _why_not(source: Source, offset: int) -> str:
    """Return why nothing can be renamed at a place."""
    for match in the_parser().lex.pattern.finditer(source.text):
        if match.start() <= offset <= match.end() and match[0] in {*the_parser().lex.words, *FUNCTIONS, *CONSTANTS}:
            return f"「{match[0]}」是语言自带的词，不能改名"
    return "这里没有能改名的名称"


def _fits(new: str, key: Key, found: Names) -> None:
    """Refuse a new name that cannot be written, or that something near is called."""
    if not new or _UNFIT.search(new):
        raise RefusedError("名称里不能有引号、书名号、「」、# 和换行，也不能是空的")
    if new in the_parser().lex.words:
        raise RefusedError(f"「{new}」是保留词，换一个名称")
    if new in FUNCTIONS | CONSTANTS and key[0] in _IN_EXPRESSIONS:
        raise RefusedError(f"「{new}」是语言自带的，换一个名称")
    if key[0] == OPTION and new in BLANK:
        raise RefusedError(f"「{new}」在事实文件里是没有值的意思，不能是选项，换一个名称")
    for other in found.every():
        if other.declares and other.name == new and _meet(key, other.key):
            raise RefusedError(f"已经有「{new}」了（{other.span}），换一个名称")
        if key[0] == OPTION and other.key == (*key[:-1], ALIKE.get(new)) != key:
            raise RefusedError(f"事实文件里「{new}」是「{other.name}」的另一种写法，换一个名称")


def _meet(key: Key, other: Key) -> bool:
    """Return whether two things may not have one name: what stands in expressions, and what stands in one owner."""
    if key[0] in _IN_EXPRESSIONS and other[0] in (VALUE, WORD):
        return True
    if key[0] in (VALUE, WORD) and other[0] in _IN_EXPRESSIONS:
        return True
    return key[:-1] == other[:-1] or {key[0], other[0]} == {INPUT, LET}


# ---------- where ----------


def _checked_now(state: State, shelf: Shelf) -> Checked:
    """Return a shelf checked as its texts are now."""
    texts = gathered(shelf, state.documents, drafts(state.documents.values()))
    return check(shelf, texts, state.readings, lambda: False)


def _dependents(state: State, own: Checked, at: Mention) -> list[Checked]:
    """Return the other rule sets that stand on the same declaration, wherever they are found."""
    declared = {(m.span.source.name, m.span.start) for m in names_in(own.files.values()).declared(at.key)}
    shelves = {Shelf(path) for path in rule_sets().values()} | set(state.shelves)
    found = []
    for shelf in sorted(shelves - {own.shelf}, key=lambda s: (str(s.path), s.uri)):
        _, texts, _ = gathered(shelf, state.documents, drafts(state.documents.values()))
        if texts is None or not any(s.name in {n for n, _ in declared} for s in texts.texts):
            continue
        if any(at.name in s.text for s in texts.own):
            found.append(_checked_now(state, shelf))
    return found


def _everywhere(shelves: Iterable[Checked], key: Key, new: str) -> list[Edit]:
    """Return the edits in all rule files, each place once."""
    mentions = [m for each in shelves for m in names_in(each.files.values()).of(key)]
    places = {(m.span.source.name, m.span.start): m.span for m in mentions}
    return [Edit(span, _written(span, new)) for span in places.values()]


def _written(span: Span, new: str) -> str:
    """Return a name as it must be written in a place: in 「」 where a neighbour would run into it."""
    plain = quoted(new)
    text = span.source.text
    beside = text[span.start - 1 : span.start] + text[span.end : span.end + 1]
    kept = span.text.startswith("「") and (bool(_PART_OF_NAME.search(beside)) or _after_number(text, span.start))
    return f"「{new}」" if kept and not plain.startswith("「") else plain


def _after_number(text: str, start: int) -> bool:
    """Return whether a number stands before a place: 「处」 behind it would be its unit."""
    return bool(re.search(r"\d\s*$", text[:start]))


# ---------- whether it came out right ----------


def _recheck(state: State, before: Checked, edits: Iterable[Edit], at: Mention, new: str, asked: str) -> None:
    """Read a shelf with its edits and compare. Raises RefusedError where it does not mean the same any more.

    asked: the name that is spoken of.
    """
    texts = {s.name: s.text for s in before.sources}
    done = applied(texts, [Fix("", tuple(e for e in edits if e.span.source.name in texts))])
    over = {Path(n).resolve(): Source(n, t) for n, t in done.items() if ":" not in n}
    documents: Mapping[str, Document] = {
        uri: Document(uri, d.path, Source(d.source.name, done.get(d.source.name, d.text)), d.version)
        for uri, d in state.documents.items()
    }
    after = check(before.shelf, gathered(before.shelf, documents, over), state.readings, lambda: False)
    a, b = names_in(before.files.values()), names_in(after.files.values())
    # A file of the library that only has the old name in a text is not drawn on any more, or another one is.
    both = a.by_file.keys() & b.by_file.keys()
    kept = all([_under(m.key, at.key, new) for m in a.by_file[f]] == [m.key for m in b.by_file[f]] for f in both)
    errors, left = ([d for d in c.problems if d.is_error] for c in (before, after))
    fresh = next((d for d in left if d.code not in {e.code for e in errors}), None)
    if fresh is not None:
        where = fresh.labels[0].span if fresh.labels else before.shelf.id
        raise RefusedError(f"改名为「{asked}」以后 {where} 有错：{fresh.message}；先改好那里，或换一个名称")
    same_errors = [d.code for d in errors] == [d.code for d in left]
    alike = before.book is None or (
        after.book is not None and same_but(before.book.program, after.book.program, at.name, new)
    )
    if not (kept and same_errors and alike):
        raise RefusedError(f"改名为「{asked}」以后，{before.shelf.id} 的意思会变，所以没有改；换一个名称")


def _under(key: Key, old: Key, new: str) -> Key:
    """Return a key after the rename: its own, and that of what it owns."""
    if key == old:
        return (*old[:-1], new)
    match key:
        case (kind, owner, name) if kind in _OWNERS:
            return kind, _under((_OWNERS[kind], owner), old, new)[-1], name
        case (kind, *owner, name) if kind in (LET, OPTION):
            return kind, *_under(tuple(owner), old, new), name
        case _:
            return key
