"""Text to tokens. The terminals come from grammar/zj.lark, so that nothing here repeats it.

Keywords are whole words: a NAME that equals a keyword is that keyword, wherever it stands.
"""

from __future__ import annotations

import re

from attrs import frozen
from lark import Lark, Token
from lark.lexer import PatternStr, TerminalDef

from zjrules.diag import Code, Diagnostic, at
from zjrules.num import MAX_DIGITS, fold
from zjrules.read import foreign
from zjrules.span import Source, Span

ODD_CHARACTER = Code("ZJ1001", "odd-character")
OPEN_QUOTE = Code("ZJ1002", "open-quote")
LONG_NUMBER = Code("ZJ1003", "long-number")

_LIKELY = {"㎡": "平方米", "㎥": "立方米", "∕": "÷", "≧": "≥", "≦": "≤", "≒": "=", "∶": ":", "∙": "×", "＊": "×"}
_WHY = {"%": "百分号紧跟在数后面，例如 5%；没有取余这种运算", "^": "没有乘方，写成连乘", "'": "文字用双引号",
        "‘": "文字用双引号", "$": "引用事实直接写它的名称", "?": "条件写成 若 … 则 … 否则 …"}  # fmt: skip
_OPENERS = {'"': '直引号 "', "“": "引号 “", "「": "名称的 「", "《": "书名号 《"}
# Characters that show nothing: worth naming by number, since the user cannot see them.
_UNSEEN = re.compile(
    r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u00ad\u034f\u061c\u180e]"
)


@frozen
class Lexicon:
    """The terminals of the grammar: one pattern for everything, and the words that are not names."""

    pattern: re.Pattern[str]
    words: dict[str, str]
    """Keyword or spelled-out operator → terminal name."""
    parts: tuple[tuple[str, str], ...] = ()
    """Terminal name and pattern of everything that is no word, in the order in which they are tried."""

    def text_of(self, terminal: str) -> str:
        """Return how a user writes a terminal: the keyword, or the kind of thing it stands for."""
        return next((word for word, name in self.words.items() if name == terminal), _KINDS.get(terminal, terminal))


_KINDS = {
    "NAME": "名称", "QUANTITY": "数", "STRING": "“文字”", "DATE": "日期", "RELDATE": "日期", "_LPAR": "（", "_RPAR": "）",
    "_COLON": "：", "_COMMA": "，", "PLUS": "+", "MINUS": "-", "MUL": "×", "DIV": "÷", "EQ": "=", "GE": "≥", "LE": "≤",
    "GT": ">", "LT": "<", "NE": "≠", "INCL": "（含）", "EXCL": "（不含）", "$END": "这一条的结尾",
}  # fmt: skip


def _spellings(terminal: TerminalDef) -> list[str]:
    """Return the literal alternatives of a terminal, or nothing when it is a pattern."""
    if isinstance(terminal.pattern, PatternStr):
        return [terminal.pattern.value]
    body = re.fullmatch(r"\(\?:(.*)\)", terminal.pattern.value)
    if body is None or terminal.priority:
        return []
    return [re.sub(r"\\(.)", r"\1", part) for part in body[1].split("|")]


def lexicon(grammar: Lark) -> Lexicon:
    """Return the lexicon of a grammar."""
    words: dict[str, str] = {}
    patterns: list[tuple[int, str, str]] = []
    for terminal in grammar.terminals:
        symbols = []
        for spelling in _spellings(terminal):
            if re.match(r"[一-鿿]", spelling):
                words[spelling] = terminal.name
            else:
                symbols.append(re.escape(spelling))
        if symbols:
            patterns.append((0, "|".join(sorted(symbols, key=len, reverse=True)), terminal.name))
        elif not _spellings(terminal):
            patterns.append((terminal.priority, terminal.pattern.value, terminal.name))
    patterns.sort(key=lambda item: -item[0])
    known = "|".join(f"(?P<{name}>{body})" for _, body, name in patterns)
    parts = tuple((name, body) for _, body, name in patterns)
    return Lexicon(re.compile(f"(?P<FOREIGN>{foreign.PATTERN})|{known}"), words, parts)


def lexicon_of(grammar_text: str) -> Lexicon:
    """Return the lexicon of the text of grammar/zj.lark; the parser's tables, which take long, are not worked out."""
    return lexicon(Lark(grammar_text, parser=None, lexer="basic", start=["decl"]))


def tokens(source: Source, lex: Lexicon) -> tuple[list[Token], list[Token], list[Diagnostic]]:
    """Cut a source into tokens and comments; what cannot be read is reported and left out to the end of its line."""
    text = fold(source.text)
    found: list[Token] = []
    comments: list[Token] = []
    problems: list[Diagnostic] = []
    match_at, words = lex.pattern.match, lex.words
    index, end = 0, len(text)
    while index < end:
        match = match_at(text, index)
        if match is None:
            stop = _odd(source, text, index, problems)
            found.extend(_rescued(text, index, stop))
            index = stop
            continue
        kind, value, stop = match.lastgroup or "", match[0], match.end()
        if kind == "NAME":
            kind = words.get(value, kind)
        elif kind == "QUANTITY" and sum(c.isdigit() for c in value) > MAX_DIGITS:
            problems.append(_too_long(source, index, stop))
            value = "0"
        elif kind in ("STRING", "COMMENT") and _UNSEEN.search(value):
            _unseen(source, value, index, problems)
        elif kind == "FOREIGN":
            kind, value = _foreign(source, found, value, index, stop, problems)
        if kind == "COMMENT":
            comments.append(_token(kind, value, index, stop))
        elif kind != "WS":
            found.append(_token(kind, value, index, stop))
        index = stop
    return (_glued(found, text, words) if problems else found), comments, problems


def _unseen(source: Source, value: str, start: int, problems: list[Diagnostic]) -> None:
    """Report unseen characters in a text or a comment, where they may hide or turn what it says."""
    for match in _UNSEEN.finditer(value):
        if match[0] not in "\t\ufeff":
            span = Span(source, start + match.start(), start + match.end())
            problems.append(at(ODD_CHARACTER, span, f"文字里有看不见的字符 U+{ord(match[0]):04X}", "删去它"))


def _foreign(
    source: Source, found: list[Token], value: str, start: int, stop: int, problems: list[Diagnostic]
) -> tuple[str, str]:
    number = str(found[-1]) if found and found[-1].type == "QUANTITY" else ""
    meant = foreign.meant(value, Span(source, start, stop), number)
    problems.append(meant.finding)
    if meant.kind == "_UPTO" and number:
        found.insert(-1, _token("_BETWEEN", "介于", found[-1].start_pos or 0, found[-1].start_pos or 0))
    return meant.kind, meant.text


def _glued(found: list[Token], text: str, words: dict[str, str]) -> list[Token]:
    """Join the halves of a word that an unseen character cut in two, so that it is found once."""
    whole: list[Token] = []
    for token in found:
        before = whole[-1] if whole else None
        if before is not None and _is_word(before) and _is_word(token):
            between = text[before.end_pos : token.start_pos]
            if between and all(_UNSEEN.match(c) and not c.isspace() for c in between):
                value = f"{before}{token}"
                whole[-1] = _token(words.get(value, "NAME"), value, before.start_pos or 0, token.end_pos or 0)
                continue
        whole.append(token)
    return whole


def _is_word(token: Token) -> bool:
    return token.type == "NAME" or "一" <= token[:1] <= "鿿"


def _token(kind: str, value: str, start: int, stop: int) -> Token:
    # Lark copies positions into its tree only from tokens that have a line; our spans need the offsets alone.
    return Token(kind, value, start, 0, 0, 0, 0, stop)


def _too_long(source: Source, start: int, stop: int) -> Diagnostic:
    span = Span(source, start, stop)
    return at(LONG_NUMBER, span, f"这个数超过 {MAX_DIGITS} 位", "请核对是否多粘贴了数字")


def _rescued(text: str, start: int, stop: int) -> list[Token]:
    """Return what an open quote was meant to be, so that the one mistake is reported once."""
    if text[start] not in _OPENERS:
        return []
    return [_token("NAME" if text[start] == "「" else "STRING", text[start:stop], start, stop)]


def _odd(source: Source, text: str, index: int, problems: list[Diagnostic]) -> int:
    """Report what stands at index and return where to go on: an open quote costs its line, other things themselves."""
    char = source.text[index]
    line_end = text.find("\n", index)
    line_end = len(text) if line_end < 0 else line_end
    if text[index] in _OPENERS:
        # A name has no spaces; a text may run to the end of its line.
        name = text[index] == "「"
        end = index + len(text[index:line_end].split(maxsplit=1)[0]) if name else line_end
        message = f"{_OPENERS[text[index]]} 没有收尾，只到{'空格' if name else '本行末'}为止"
        problems.append(at(OPEN_QUOTE, Span(source, index, end), message, "在同一行里补上收尾的符号"))
        return end
    stop = index + 1
    while stop < line_end and text[stop] == text[index]:
        stop += 1
    shown = f"U+{ord(char):04X}" if _UNSEEN.match(char) else f"「{char}」（U+{ord(char):04X}）"
    what = "看不见的字符" if _UNSEEN.match(char) else "认不出的字符"
    help_ = (
        f"改写成「{_LIKELY[char]}」" if char in _LIKELY else _WHY.get(text[index], "删去它；名称里要用符号时写在「」里")
    )
    problems.append(at(ODD_CHARACTER, Span(source, index, stop), f"这里有{what} {shown}", help_))
    return stop
