"""What to say where the grammar did not take a token: the likely slip first, the plain expectation last."""

from __future__ import annotations

import re
from collections.abc import Callable

from attrs import frozen
from lark import Token

from zjrules.diag import Code, Diagnostic, Edit, Fix, Label, at
from zjrules.num import fold
from zjrules.read.build_clause import MISSING_SPACE
from zjrules.read.build_expr import BROKEN_NUMBER, chinese_percent, is_chinese_percent
from zjrules.read.lexer import Lexicon
from zjrules.read.parser import Chunk, Slip
from zjrules.span import Source, Span
from zjrules.unit import measure

UNEXPECTED = Code("ZJ1010", "unexpected-token")
SIDE_BY_SIDE = Code("ZJ1012", "names-side-by-side")
RESERVED_NAME = Code("ZJ1013", "reserved-name")
OPEN_BRACKET = Code("ZJ1014", "open-bracket")
VAGUE_BOUND = Code("ZJ1015", "vague-bound")
CUT_SHORT = Code("ZJ1016", "cut-short")
MISSING_KEYWORD = Code("ZJ1017", "missing-keyword")
DIGIT_IN_NAME = Code("ZJ1018", "digit-in-name")
STRAY_TEXT = Code("ZJ1020", "stray-text")

_VAGUE = re.compile(r"(?P<unit>.*?)(?P<word>以上|以下|以内|之内|以外)")


@frozen
class Spot:
    """Where a chunk went wrong, with what its rules look at."""

    chunk: Chunk
    slip: Slip
    lex: Lexicon
    source: Source

    def token(self, offset: int = 0) -> Token | None:
        """Return the token at an offset from the slip, or None outside the chunk."""
        index = self.slip.index + offset
        return self.chunk.tokens[index] if 0 <= index < len(self.chunk.tokens) else None

    def span(self, token: Token) -> Span:
        """Return the place of a token."""
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def written(self, token: Token) -> str:
        """Return a token as the user wrote it."""
        return self.span(token).text


def explain(chunk: Chunk, slip: Slip, lex: Lexicon, source: Source) -> Diagnostic:
    """Return the diagnostic for a slip."""
    spot = Spot(chunk, slip, lex, source)
    for rule in _RULES:
        found = rule(spot)
        if found is not None:
            return found
    return _plain(spot)


def _number_like(spot: Spot) -> Diagnostic | None:
    """Find 3。5 and 百分之五."""
    token, before = spot.token(), spot.token(-1)
    if token is None:
        return None
    after = spot.token(1)
    if token.type == "_COMMA" and before is not None and after is not None and before.type == after.type == "QUANTITY":
        span = spot.span(before).to(spot.span(after))
        if re.match(r"\d{1,3}(?:，\d{3})+(?!\d)", fold(span.text)):
            fix = Fix("逗号改用半角「,」", (Edit(span, fold(span.text).replace("，", ",")),))
            return at(BROKEN_NUMBER, span, f"「{span.text}」是一个数吗？", "数里的逗号要用半角「,」，或不写", fix=fix)
    if is_chinese_percent(spot.written(token)):
        return chinese_percent(spot.span(token))
    if before is not None and before.type == token.type == "QUANTITY":
        between = spot.source.text[before.end_pos : token.start_pos]
        if between == "。":
            span = spot.span(before).to(spot.span(token))
            fix = Fix("小数点改用「.」", (Edit(span, span.text.replace("。", ".")),))
            return at(BROKEN_NUMBER, span, f"「{span.text}」里的句号不是小数点", "小数点请用「.」", fix=fix)
    return None


def _vague(spot: Spot) -> Diagnostic | None:
    """90 分以上: the real tables are ambiguous here, so the language asks."""
    for offset in (0, -1, 1):
        token = spot.token(offset)
        match = _VAGUE.fullmatch(spot.written(token)) if token is not None and token.type == "NAME" else None
        before = spot.token(offset - 1)
        if token is None or match is None or (match["unit"] and measure(match["unit"]) is None):
            continue
        number = before is not None and before.type == "QUANTITY"
        value = f"{before} {match['unit']}".strip() if number and match["unit"] else str(before) if number else "x"
        low = match["word"] in ("以上", "以外")
        kept, left = ("不低于", "超过") if low else ("不超过", "低于")
        span = spot.span(before).to(spot.span(token)) if number and before is not None else spot.span(token)
        help_ = f"含这个数写「{kept} {value}」，不含写「{left} {value}」"
        return at(VAGUE_BOUND, span, f"「{match['word']}」没有说清含不含这个数", help_)
    return None


def _bracket(spot: Spot) -> Diagnostic | None:
    """Find an opening bracket that is still open where a clause begins or the declaration ends."""
    token = spot.token()
    opened: list[Token] = []
    for earlier in spot.chunk.tokens[: spot.slip.index]:
        if earlier.type == "_LPAR":
            opened.append(earlier)
        elif earlier.type == "_RPAR" and opened:
            opened.pop()
    if not opened or "_RPAR" not in spot.slip.accepts or (token is not None and _is_value(token)):
        return None
    where = f"到「{spot.written(token)}」为止" if token is not None else "到这一条的结尾"
    return at(OPEN_BRACKET, spot.span(opened[-1]), f"这个括号{where}还没有收尾", "补上「）」")


def _is_value(token: Token) -> bool:
    return token.type in ("NAME", "QUANTITY", "DATE", "RELDATE", "STRING")


def _splits(spot: Spot, token: Token) -> tuple[str, str] | None:
    """Return a name cut into a keyword that fits here and a rest (得满分 → 得, 满分), or a rest and a keyword."""
    text, start = str(token), token is spot.token()
    for cut in range(1, len(text)):
        head, tail = text[:cut], text[cut:]
        accepted = spot.slip.accepts
        if start and spot.lex.words.get(head) in accepted and spot.lex.words.get(head) != "NAME":
            return head, tail
        if not start and spot.lex.words.get(tail) in accepted and spot.lex.words.get(tail) not in ("_IS", "_OF"):
            return head, tail
    return None


def _missing_space(spot: Spot) -> Diagnostic | None:
    """得满分, 每1处问题数, 若x则y: Chinese has no spaces, the language needs them around its words."""
    for offset in (0, -1):
        token = spot.token(offset)
        if token is None or token.type != "NAME" or "「" in token:
            continue
        cut = _splits(spot, token)
        before = spot.token(offset - 1)
        head = spot.token(offset - 2)
        counted = head is not None and head.type in ("_EACH", "_TAKE", "_GET", "_EVERY")
        if cut is None and offset == 0 and before is not None and before.type == "QUANTITY" and counted:
            units = [n for n in (3, 2, 1) if measure(str(token)[:n]) and len(token) > n]
            if units and before.end_pos == token.start_pos:
                cut = str(token)[: units[0]], str(token)[units[0] :]
        if cut is None:
            continue
        span = spot.span(token)
        joined = " ".join(cut)
        fix = Fix(f"写成「{joined}」", (Edit(span, joined),))
        return at(MISSING_SPACE, span, f"「{token}」中间少一个空格？", f"写成「{joined}」", fix=fix)
    return None


def _reserved(spot: Spot) -> Diagnostic | None:
    """Find a keyword where a name must stand."""
    token, before = spot.token(), spot.token(-1)
    if token is None or "NAME" not in spot.slip.accepts or token.type == "NAME" or str(token) not in spot.lex.words:
        return None
    # After a declaration keyword or 令 a name must follow; elsewhere a keyword may well start the next clause.
    heads = ("_FACT", "_LEDGER", "_COLUMN", "_PARAM", "_LET", "_INDICATOR", "_PART", "GROUP1", "GROUP2", "_KEY", "_OF")
    if before is None or before.type not in (*heads, "_INPUT", "_WORD", "_RULESET", "_TREND", "_GATE"):
        return None
    span = spot.span(token)
    quoted = f"「{span.text}」"
    follower = spot.token(1)
    starts_clause = follower is not None and follower.type in ("QUANTITY", "_COLON", "EQ")
    if before.type in ("_LET", "_OF", "_TREND", "_GATE") and not starts_clause and before.type != "_OF":
        return None
    fix = Fix(f"写成 {quoted}", (Edit(span, quoted),))
    return at(RESERVED_NAME, span, f"「{span.text}」是保留词，不能直接作名称", f"用到它的地方都写成 {quoted}", fix=fix)


def _side_by_side(spot: Spot) -> Diagnostic | None:
    """Two names with nothing between them, or a name that begins with or holds a digit."""
    token, before = spot.token(), spot.token(-1)
    if token is None or before is None:
        return None
    span = spot.span(before).to(spot.span(token))
    close = before.end_pos == token.start_pos
    kinds = (before.type, token.type)
    if close and kinds in (("QUANTITY", "NAME"), ("NAME", "QUANTITY")) and "「" not in span.text:
        fix = Fix(f"写成「{span.text}」", (Edit(span, f"「{span.text}」"),), safe=False)
        help_ = f"名称含数字时写成「{span.text}」；若不是一个名称，中间加空格或运算符"
        return at(DIGIT_IN_NAME, span, f"「{span.text}」是一个名称，还是数和名称？", help_, fix=fix)
    if kinds == ("NAME", "NAME"):
        help_ = "中间加运算符；若本是一个名称，去掉空格"
        return at(SIDE_BY_SIDE, span, f"「{before}」和「{token}」之间少了运算符，或名称里多了空格", help_)
    return None


def _keyword(spot: Spot) -> Diagnostic | None:
    """Exactly one keyword would have fitted, or the usual one of a clause."""
    token = spot.token()
    wanted = [w for w in ("_GET", "_TAKE", "_THEN", "_ELSE", "_SHOULD", "_UPTO", "_AS", "_COLON", "EQ")
              if w in spot.slip.accepts]  # fmt: skip
    if not wanted or (token is not None and not _is_value(token) and wanted[0] not in ("_ELSE", "_THEN", "_COLON")):
        return None
    shown = "」或「".join(spot.lex.text_of(w) for w in wanted[:2])
    if token is None:
        last = spot.chunk.tokens[-1]
        return at(MISSING_KEYWORD, spot.span(last), f"「{spot.written(last)}」后面缺「{shown}」")
    label = Label(spot.span(token))
    return Diagnostic(MISSING_KEYWORD, f"「{spot.written(token)}」前面缺「{shown}」", (label,), f"补上「{shown}」")


_RULES: tuple[Callable[[Spot], Diagnostic | None], ...] = (
    _number_like, _vague, _bracket, _reserved, _missing_space, _side_by_side, _keyword,
)  # fmt: skip


def _plain(spot: Spot) -> Diagnostic:
    token = spot.token()
    wanted = sorted({spot.lex.text_of(name) for name in spot.slip.accepts if not name.startswith("CLAMP")})
    shown = "、".join(f"「{w}」" for w in wanted[:8]) + ("等" if len(wanted) > 8 else "")
    help_ = f"这里可以写 {shown}" if wanted else ""
    if token is None:
        last = spot.chunk.tokens[-1]
        return at(CUT_SHORT, spot.span(last), f"「{spot.written(last)}」之后还没有写完", help_)
    if spot.slip.index == 0:
        help_ = "每一条以 规则集、参数、事实、明细、校验、一级指标、指标、总评 或 定词 开头"
        return at(STRAY_TEXT, spot.span(token), f"「{spot.written(token)}」不属于任何一条", help_)
    return at(UNEXPECTED, spot.span(token), f"这里不能写「{spot.written(token)}」", help_)
