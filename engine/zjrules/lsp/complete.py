"""Completion: what the grammar takes at the cursor, and of names those that can be meant there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types as lsp

from zjrules.build import the_parser
from zjrules.elaborate.call import USAGE
from zjrules.elaborate.clause import DIRECTIONS, DROP_LEVELS, PEER_MEAN, STEP_MODES
from zjrules.elaborate.rule import SEVERITIES
from zjrules.lsp.cursor import Cursor, cursor
from zjrules.lsp.document import Document
from zjrules.lsp.lore import KEYWORDS, TYPES
from zjrules.lsp.mention import GRADE, INDICATOR, LET, OPTION, VALUE, Key, Mention
from zjrules.lsp.names import Names, names
from zjrules.lsp.offers import Offer, item, keyword, plain, unit_offers
from zjrules.lsp.offers import named as offered
from zjrules.lsp.state import State
from zjrules.lsp.vocabulary import Vocabulary, vocabulary
from zjrules.num import Rounding
from zjrules.pool import RULES
from zjrules.read.parser import DECLARATIONS, NAMED
from zjrules.resolve import FUNCTIONS
from zjrules.term.question import QUESTIONS

OPTIONS = lsp.CompletionOptions(trigger_characters=["：", ":", "（", "(", "，", " ", "的", "「"])
_PLACES = ("各指标", "各一级指标", "各二级指标", "总分", PEER_MEAN)
_MODES = (*(m.value for m in Rounding), "不舍入")
_COMPARE = {"GE": "不低于", "LE": "不超过", "GT": "超过", "LT": "低于", "EQ": "等于", "NE": "不等于"}
# These keywords are written where a name is declared or an expression goes on: useful, and not what one looks for first.
_LATE = frozenset("_OF _IS _ONE_OF _AND _OR _AS _WHERE _EXCEPT _SINCE _BREACH _PLACED _INTO _ADJUST _ACCEPT".split())
_FIXED: dict[str, Iterable[str]] = {
    "_ROUND": _PLACES, "_CHECK": SEVERITIES, "_POOL": RULES, "_DROP": DROP_LEVELS, "_ACCEPT": QUESTIONS,
}  # fmt: skip
_DECLARED = {"_PARAM": VALUE, "_FACT": VALUE, "_LEDGER": VALUE, "_INDICATOR": INDICATOR, "GROUP1": "一级指标", "GROUP2": "二级指标",
             "_WORD": "词"}  # fmt: skip


def complete(state: State, document: Document, params: lsp.CompletionParams) -> lsp.CompletionList | None:
    """Return what can be typed at the cursor; nothing inside a text or a comment."""
    at = cursor(state, document, state.offset(document, params.position))
    if at is None:
        return None
    if at.unit is not None:
        return _listed(state, at, unit_offers(), at.unit)
    found = vocabulary(state, document)
    offers = [*_names(at, found, names(state, document)), *_keywords(at)]
    return _listed(state, at, offers, at.begun)


def _listed(state: State, at: Cursor, offers: Iterable[Offer], span: object) -> lsp.CompletionList:
    each: dict[str, Offer] = {}
    for offer in offers:
        each.setdefault(offer.label, offer)
    where = state.range(span)  # type: ignore[arg-type]
    ordered = sorted(each.values(), key=lambda o: o.rank)
    return lsp.CompletionList(False, [item(o, where, place) for place, o in enumerate(ordered)])


# ---------- keywords ----------


def _keywords(at: Cursor) -> Iterator[Offer]:
    accepts = at.accepts | (DECLARATIONS if "$END" in at.accepts else frozenset())
    for word, terminal in the_parser().lex.words.items():
        if terminal in accepts and (terminal not in _COMPARE or _COMPARE[terminal] == word):
            rank = 4 if terminal in _LATE or (terminal in DECLARATIONS and "$END" in at.accepts) else 1
            yield keyword(word, KEYWORDS.get(word, "比较"), rank)


# ---------- names ----------


def _names(at: Cursor, found: Vocabulary, mentions: Names) -> Iterator[Offer]:
    """Yield the names that can be meant at a place, by what stands before it."""
    if "NAME" not in at.accepts:
        return
    fixed = _fixed(at)
    if fixed is not None:
        yield from (plain(name) for name in fixed)
        return
    kind, before = at.kind(1), at.kind(2)
    if kind == "_COLON" and before == "NAME" and at.kind(3) in ("_FACT", "_COLUMN", "_INPUT"):
        yield from (plain(name, TYPES[name], lsp.CompletionItemKind.TypeParameter) for name in TYPES)
    elif kind in ("_IS", "_LPAR") and (kind == "_IS" or before == "_ONE_OF"):
        yield from (plain(o) for o in _options(at.name(2 if kind == "_IS" else 3), mentions))
    elif kind in ("_OF", "_KEY"):
        owner = at.name(2) if kind == "_OF" else at.name(len(at.tokens) - 1)
        yield from (offered(d) for d in found.columns(owner))
    elif kind in NAMED:
        if before in ("_CHANGE", "_REMOVE", "_RENAME"):
            yield from (plain(m.name) for m in _once(mentions, _DECLARED.get(kind, "")))
    elif kind in ("_TREND", "_GATE") or (kind == "_LPAR" and at.name(2) in ("不适用", "有佐证")):
        yield from (offered(d) for d in found.facts())
    elif kind == "_APPLY":
        yield from (offered(d, apply=True) for d in found.words())
    elif kind in ("_CAP", "_BAR", "_REPLACE", "_PLACED", "_INTO"):
        of = {"_PLACED": INDICATOR, "_INTO": "一级指标"}.get(kind, GRADE)
        yield from (plain(m.name) for m in _once(mentions, of))
    else:
        yield from _in_expression(at, found, mentions)


def _fixed(at: Cursor) -> Iterable[str] | None:
    """Return the words of the language that can stand at a place and are no keywords, where only they can."""
    kind, before = at.kind(1), at.kind(2)
    if kind in _FIXED:
        return _FIXED[kind]
    if before == "_ROUND":
        return _MODES
    if before == "_TREND":
        return DIRECTIONS
    clause = at.clause()
    if (
        clause
        and at.kind(clause) == "_EACH"
        and any(t.type == "_TAKE" for t in at.tokens[-clause:])
        and kind != "_TAKE"
    ):
        return STEP_MODES
    return None


def _once(mentions: Names, kind: str) -> list[Mention]:
    return list({m.name: m for m in mentions.every() if m.declares and m.key[0] == kind}.values())


def _options(name: str, mentions: Names) -> list[str]:
    """Return the options of what is called so."""
    return [m.name for m in mentions.every() if m.declares and m.key[0] == OPTION and m.key[-2] == name]


def _in_expression(at: Cursor, found: Vocabulary, mentions: Names) -> Iterator[Offer]:
    """Yield what can stand in an expression: 令 and columns in sight first, then what has the type that is wanted."""
    yield from _labels(at, found)
    for key in _local(at, mentions):
        yield plain(key[-1], "令" if key[0] == LET else "输入", lsp.CompletionItemKind.Variable, 0)
    for ledger in _rows(at, found):
        yield from (offered(d) for d in found.columns(ledger))
    if at.tokens and at.tokens[0].type == "_WORD":
        yield from (offered(d) for d in found.words())
    else:
        wanted = _wanted(at, found)
        yield from (offered(d, rank=2 if found.is_like(d, wanted) else 3) for d in found.values())
        yield from (offered(d, rank=3) for d in found.words())
    yield from (
        Offer(f, f, USAGE.get(f, ""), "自带的函数", lsp.CompletionItemKind.Function, 3) for f in sorted(FUNCTIONS)
    )


def _labels(at: Cursor, found: Vocabulary) -> Iterator[Offer]:
    """Yield the inputs of the word that is called or applied, those that are given left out."""
    applied = _applied(at)
    word, back = (applied, at.clause() - 1) if applied else at.calls()[-1] if at.calls() else ("", 0)
    if not word or not (applied or at.kind(1) in ("_COMMA", "_LPAR")):
        return
    inside = at.tokens[len(at.tokens) - back + 1 :]
    given = {str(t) for t in inside}
    inputs = found.inputs(word)
    # The first input of a call may be given without its name.
    unnamed = not applied and at.kind(1) == "_COMMA" and [t.type for t in inside[:2]] != ["NAME", "_COLON"]
    for name, detail in inputs[1:] if unnamed else inputs:
        if name not in given:
            yield Offer(
                name, f"{name} " if applied else f"{name}：", detail, "词的输入", lsp.CompletionItemKind.Property, 0
            )


def _applied(at: Cursor) -> str:
    """Return the word of the 套用 that the cursor stands in, where the next thing can be the name of an input."""
    clause = at.clause()
    if not clause or at.kind(clause) != "_APPLY" or clause < 2:
        return ""
    behind_value = at.kind(1) in ("NAME", "QUANTITY", "_FULL", "_RPAR", "DATE", "RELDATE")
    return at.name(clause - 1) if behind_value else ""


def _local(at: Cursor, mentions: Names) -> list[Key]:
    """Return the 令 and inputs that are in sight: declared before, in the same declaration."""
    if not at.tokens:
        return []
    first, last = at.tokens[0].start_pos or 0, at.begun.start
    here = mentions.by_file.get(at.begun.source.name, ())
    near = (m for m in here if m.declares and m.key[0] in (LET, "输入") and first <= m.span.start < last)
    return list(dict.fromkeys(m.key for m in near))


def _rows(at: Cursor, found: Vocabulary) -> list[str]:
    """Return the ledgers whose rows the cursor stands among: behind 其中, 除外, 按 or 的（ of a call over a ledger."""
    ledgers = set(found.ledgers)
    for _, back in reversed(at.calls()):
        inside = at.tokens[len(at.tokens) - back + 1 :]
        if inside and str(inside[0]).strip("「」") in ledgers and len(inside) > 1:
            return [str(inside[0]).strip("「」")]
    return []


def _wanted(at: Cursor, found: Vocabulary) -> str:
    """Return the type that is wanted at a place, '' where any can be: that of what it is compared with, or 是否."""
    kind = at.kind(1)
    if kind in ("_EVERY", "_WHEN", "_SHOULD", "_IF", "_AND", "_OR", "_NOT", "_WHERE", "_EXCEPT"):
        return "是否"
    if kind in (*_COMPARE, "PLUS", "MINUS") and at.kind(2) == "NAME":
        return found.type_of(at.name(2))
    return "比率" if kind == "MUL" and at.kind(2) == "_FULL" else ""
