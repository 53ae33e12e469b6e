"""What to say where the grammar did not take a token: the likely slip first, the plain expectation last."""

from __future__ import annotations

from collections.abc import Callable

from lark import Token

from zjrules.diag import Code, Diagnostic, Edit, Fix, Label, at
from zjrules.read import amends, amounts, naming
from zjrules.read.lexer import Lexicon
from zjrules.read.parser import AMENDING, CLAUSES, DECLARATIONS, Chunk, Slip
from zjrules.read.spot import VALUES, Spot
from zjrules.span import Source, Span
from zjrules.spelling import nearest

UNEXPECTED = Code("ZJ1010", "unexpected-token")
OPEN_BRACKET = Code("ZJ1014", "open-bracket")
CUT_SHORT = Code("ZJ1016", "cut-short")
MISSING_KEYWORD = Code("ZJ1017", "missing-keyword")
STRAY_TEXT = Code("ZJ1020", "stray-text")
STRAY_BRACKET = Code("ZJ1023", "stray-bracket")
BARE_TEXT = Code("ZJ1024", "bare-text")
MISSING_PART = Code("ZJ1025", "missing-part")


def explain(chunk: Chunk, slip: Slip, lex: Lexicon, source: Source) -> Diagnostic:
    """Return the diagnostic for a slip."""
    spot = Spot(chunk, slip, lex, source)
    for rule in _RULES:
        found = rule(spot)
        if found is not None:
            return found
    return _plain(spot)


def _opened(spot: Spot) -> list[Token]:
    """Return the brackets that are open before the slip."""
    opened: list[Token] = []
    for earlier in spot.chunk.tokens[: spot.slip.index]:
        if earlier.type == "_LPAR":
            opened.append(earlier)
        elif earlier.type == "_RPAR" and opened:
            opened.pop()
    return opened


def _bracket(spot: Spot) -> Diagnostic | None:
    """Find a bracket still open where a clause begins or the declaration ends, or closed without having been opened."""
    token, opened = spot.token(), _opened(spot)
    if token is not None and token.type == "_RPAR" and not opened:
        fix = Fix("删去它", (Edit(spot.span(token), ""),), safe=False)
        return at(STRAY_BRACKET, spot.span(token), "多了一个右括号", "删去它，或在前面补上「（」", fix=fix)
    if not opened or "_RPAR" not in spot.slip.accepts or (token is not None and token.type in VALUES):
        return None
    where = f"到「{spot.written(token)}」为止" if token is not None else "到这一条的结尾"
    return at(OPEN_BRACKET, spot.span(opened[-1]), f"这个括号{where}还没有收尾", "补上「）」")


def _bare_text(spot: Spot) -> Diagnostic | None:
    """依据 and its like without quotes."""
    token = spot.token()
    if spot.kind(-1) == "STRING":
        return None
    if token is None or "STRING" not in spot.slip.accepts or "NAME" in spot.slip.accepts or token.type not in VALUES:
        return None
    end = spot.source.text.find("\n", token.start_pos)
    span = Span(spot.source, token.start_pos or 0, end if end >= 0 else len(spot.source.text))
    text = span.text.split("#")[0].rstrip()
    span = Span(spot.source, span.start, span.start + len(text))
    fix = Fix(f'写成 "{text}"', (Edit(span, f'"{text}"'),), safe=False) if '"' not in text else None
    return at(BARE_TEXT, span, "这里要一段文字，文字要放在引号里", f'写成 "{text}"' if fix else "加上引号", fix=fix)


def _call_in_apply(spot: Spot) -> Diagnostic | None:
    """套用 按比例（…）: 套用 names its inputs without brackets."""
    token = spot.token()
    if token is None or token.type != "_LPAR" or (spot.kind(-2), spot.kind(-1)) != ("_APPLY", "NAME"):
        return None
    word = spot.written(spot.token(-1) or token)
    help_ = f"写成「套用 {word} 输入名 值 输入名 值」，或「得分 {word}(…)」"
    return at(UNEXPECTED, spot.span(token), "「套用」的输入不放在括号里", help_)


def _keyword(spot: Spot) -> Diagnostic | None:
    """Exactly one keyword would have fitted, or the usual one of a clause."""
    token = spot.token()
    likely = ("_GET", "_TAKE", "_THEN", "_ELSE", "_SHOULD", "_UPTO", "_AS", "_COLON")
    wanted = [w for w in likely if w in spot.slip.accepts]
    if "EQ" in spot.slip.accepts and "GE" not in spot.slip.accepts:
        wanted.append("EQ")
    if "_GET" in wanted and token is not None and token.type in ("_REST", "GE", "LE", "GT", "LT", "_BETWEEN"):
        last = spot.token(-1) or token
        return at(
            MISSING_KEYWORD, spot.span(last), f"「{spot.written(last)}」后面缺「得」", "每一档写成「界线 得 几分」"
        )
    if not wanted or (token is not None and token.type not in VALUES and wanted[0] not in ("_ELSE", "_THEN", "_COLON")):
        return None
    shown = "」或「".join(spot.lex.text_of(w) for w in wanted[:2])
    if token is None:
        last = spot.chunk.tokens[-1]
        return at(
            MISSING_KEYWORD, spot.span(last), f"「{spot.written(last)}」后面缺「{shown}」", f"补上「{shown}」和它的内容"
        )
    label = Label(spot.span(token))
    return Diagnostic(MISSING_KEYWORD, f"「{spot.written(token)}」前面缺「{shown}」", (label,), f"补上「{shown}」")


def _comparison(spot: Spot) -> Diagnostic | None:
    """Find a value where a comparison must come first: the head of a band, the range of a fact."""
    token = spot.token()
    if token is None or token.type not in VALUES or not {"GE", "LE"} <= spot.slip.accepts:
        return None
    if spot.kind(-1) in VALUES:
        return None
    help_ = f"前面加上 不低于、超过、不超过、低于 或 等于，例如「不低于 {spot.written(token)}」"
    return at(MISSING_KEYWORD, spot.span(token), f"「{spot.written(token)}」前面缺比较", help_)


def _missing_part(spot: Spot) -> Diagnostic | None:
    """Find what a declaration cannot do without: the points of an indicator, the severity of a check."""
    token, before = spot.token(), spot.token(-1)
    if before is None:
        return None
    if spot.kind(-1) == "_NOTICE" and spot.slip.accepts == {"QUANTITY"}:
        return at(MISSING_KEYWORD, spot.span(before), "「放假安排」后面缺年份", "写成「放假安排 2027」")
    if token is not None and spot.slip.accepts == {"DATE"}:
        return at(MISSING_KEYWORD, spot.span(token), "这里要写全年月日", "例如 2027-02-05，或 2027年2月5日")
    operand = "STRING" in spot.slip.accepts and spot.kind(-1) in VALUES and spot.kind() in CLAUSES
    if operand and "PLUS" in spot.slip.accepts:
        help_ = "补上引号里的一段文字，说明不符合时怎么说"
        return at(MISSING_KEYWORD, spot.span(before), f"「{spot.written(before)}」后面缺一段文字", help_)
    if spot.kind(-2) in ("_INDICATOR", "_PART", "GROUP1", "GROUP2") and spot.slip.accepts == {"QUANTITY"}:
        help_ = f"写成「{spot.written(spot.token(-2) or before)} {spot.written(before)} 几分」"
        return at(MISSING_PART, spot.span(before), f"「{spot.written(before)}」后面缺分值", help_)
    if before.type == "_CHECK" and token is not None and token.type == "STRING":
        help_ = f"写成「校验 错误 {spot.written(token)}」；也可用 警告、提示"
        return at(MISSING_PART, spot.span(before), "「校验」后面缺级别", help_)
    return None


def _colon(spot: Spot) -> Diagnostic | None:
    """得分：满分, as people write in prose."""
    token, before = spot.token(), spot.token(-1)
    if token is None or token.type != "_COLON" or before is None or str(before) not in spot.lex.words:
        return None
    fix = Fix("删去它", (Edit(spot.span(token), " "),))
    return at(UNEXPECTED, spot.span(token), f"「{spot.written(before)}」后面不写冒号", "换成空格", fix=fix)


def _misspelt_keyword(spot: Spot) -> Diagnostic | None:
    """得份 where a clause begins."""
    token = spot.token()
    if (
        token is None
        or token.type != "NAME"
        or spot.source.text[: token.start_pos].rstrip(" \t\u3000")[-1:] not in ("", "\n")
    ):
        return None
    fitting = [w for w, kind in spot.lex.words.items() if kind in spot.slip.accepts or kind in DECLARATIONS]
    likely = nearest(str(token), fitting, closed=True)
    if likely is None:
        return None
    fix = Fix(f"改成「{likely}」", (Edit(spot.span(token), likely),), safe=False)
    return at(UNEXPECTED, spot.span(token), f"没有「{token}」这个词", f"是不是「{likely}」？", fix=fix)


def _pairs(spot: Spot) -> Span | None:
    """Return the names side by side before a slip in a 套用, when there are more than a name and its value."""
    tokens, end = spot.chunk.tokens, spot.slip.index
    start = end
    while start > 0 and tokens[start - 1].type == "NAME":
        start -= 1
    # The first name after 套用 is the word.
    start += 1 if start > 0 and tokens[start - 1].type == "_APPLY" else 0
    clause = next((t.type for t in reversed(tokens[:start]) if t.type in CLAUSES), "")
    if clause != "_APPLY" or end - start < 3:
        return None
    return spot.span(tokens[start]).to(spot.span(tokens[end - 1]))


def _label(spot: Spot) -> Diagnostic | None:
    """Find a keyword, or names that make no pairs, where 套用 wants the name of an input and its value."""
    token = spot.token()
    pairs = _pairs(spot)
    if pairs is not None:
        help_ = "看哪两个名称之间少了运算符；输入的名称写在那个词的 定词 里"
        return at(naming.SIDE_BY_SIDE, pairs, f"「{pairs.text}」不成对：「套用」要写成 输入名 值 输入名 值", help_)
    if token is None or str(token) not in spot.lex.words or "NAME" not in spot.slip.accepts:
        return None
    clause = next((t for t in reversed(spot.chunk.tokens[: spot.slip.index]) if t.type in CLAUSES), None)
    if clause is None or clause.type != "_APPLY" or spot.kind(1) not in VALUES:
        return None
    help_ = "输入的名称写在那个词的 定词 里；自带的词在 rules/std/"
    return at(UNEXPECTED, spot.span(token), f"「{token}」是保留词，不会是「套用」的输入", help_)


_RULES: tuple[Callable[[Spot], Diagnostic | None], ...] = (
    amends.unclear, amounts.number, amounts.vague, amounts.dashed_range, _bracket, _missing_part, _colon, naming.reserved, naming.odd_name,
    naming.missing_space, naming.times, _misspelt_keyword, naming.unknown_unit, naming.side_by_side, _bare_text, _call_in_apply, _label,
    _keyword, _comparison,
)  # fmt: skip

# What an expression may go on with is known to everyone; naming it would hide what the place really asks for.
_OBVIOUS = frozenset("PLUS MINUS MUL DIV GE LE GT LT EQ NE _LPAR _RPAR _OF _IS _ONE_OF _AND _OR".split())
# Of use to those who amend another book; to all others they say nothing.
_OVERLAID = frozenset("_ADJUST _SINCE _BREACH _PLACED _INTO".split())


def _plain(spot: Spot) -> Diagnostic:
    token = spot.token()
    left_out = frozenset({"CLAMP"}) | (frozenset() if spot.chunk.tokens[0].type in AMENDING else _OVERLAID)
    names = [n for n in spot.slip.accepts if n not in left_out]
    wanted = sorted({spot.lex.text_of(name) for name in names if name not in _OBVIOUS or len(names) < 4})
    shown = "、".join(f"「{w}」" for w in wanted[:8]) + ("等" if len(wanted) > 8 else "")
    help_ = f"这里可以写 {shown}" if wanted else ""
    if token is None:
        last = spot.chunk.tokens[-1]
        return at(CUT_SHORT, spot.span(last), f"「{spot.written(last)}」之后还没有写完", help_)
    if token.type == "_IF":
        help_ = "运算中间的「若 … 则 … 否则 …」要放进括号里"
    if spot.slip.index == 0:
        help_ = "每一条以 规则集、参数、事实、明细、校验、一级指标、指标、总评 或 定词 开头"
        return at(STRAY_TEXT, spot.span(token), f"「{spot.written(token)}」不属于任何一条", help_)
    if spot.kind(-1) == "_COLON" and "NAME" in spot.slip.accepts and str(token) in spot.lex.words:
        help_ = "冒号后面写类型：金额、比率、个数（处）、天数、日期、是否、评分、选项（甲，乙）等"
    return at(UNEXPECTED, spot.span(token), f"这里不能写「{spot.written(token)}」", help_)
