"""One rule file: text in, syntax and diagnostics out."""

from __future__ import annotations

from lark import Token, Tree

from zjrules.diag import Code, Diagnostic, Diagnostics, Severity, at
from zjrules.read import lexer, mistakes
from zjrules.read.build_amend import OF_AMENDMENTS, declaration
from zjrules.read.build_expr import TOO_DEEP, Builder
from zjrules.read.parser import CLAUSES, Chunk, Parser, Slip, chunks
from zjrules.span import Source, Span
from zjrules.syntax import decl as sd

MISLEADING_LAYOUT = Code("ZJ1040", "misleading-layout", Severity.WARNING)

MAX_LENGTH = 2_000_000
"""Characters of one rule file; the largest real book has under 100,000."""
TOO_LONG = Code("ZJ1041", "file-too-long")
TOO_MANY = Code("ZJ1042", "too-many-problems")
MOST_PROBLEMS = 100
"""Problems shown of one file; beyond it the file is hardly a rule file."""


def read(source: Source, parser: Parser) -> tuple[sd.File, Diagnostics]:
    """Read a rule file; all its errors are reported together, and what could be read is there."""
    whole = Span(source, 0, len(source.text))
    if len(source.text) > MAX_LENGTH:
        return sd.File((), span=whole), (at(TOO_LONG, Span(source, 0, 0), "规则文件太大，不像是手写的规则"),)
    tokens, comments, problems = lexer.tokens(source, parser.lex)
    odd = [d.labels[0].span.start for d in problems]
    builder = Builder(source, problems)
    decls: list[sd.Decl] = []
    lost: list[str] = []
    damaged: list[Span] = []
    for chunk in chunks(tokens, parser):
        slips = [s for s in chunk.slips if not _follows(chunk, s, odd)]
        problems.extend(mistakes.explain(chunk, slip, parser.lex, source) for slip in slips)
        damaged.extend(_clause(builder, chunk, slip) for slip in chunk.slips)
        if chunk.tree is None:
            lost.extend(_names(builder, chunk))
            continue
        problems.extend(_layout(builder, chunk))
        decls.append(declaration(builder, chunk.tree, bool(chunk.slips)))
        if any(p.code is TOO_DEEP for p in problems[builder.since :]):
            damaged.append(builder.span(chunk.tree))
        if chunk.slips:
            lost.extend(_names(builder, chunk))
    kept = tuple(sd.Comment(str(c), span=builder.span(c)) for c in comments)
    problems.sort(key=lambda d: d.labels[0].span.start)
    if len(problems) > MOST_PROBLEMS:
        more = at(TOO_MANY, whole, f"还有 {len(problems) - MOST_PROBLEMS} 处，先改前面的", "核对是不是选错了文件")
        problems = [*problems[:MOST_PROBLEMS], more]
    return sd.File(tuple(decls), kept, tuple(lost), tuple(damaged), span=whole), tuple(problems)


def _follows(chunk: Chunk, slip: Slip, odd: list[int]) -> bool:
    """Return whether a slip only follows from something that the lexer reported just before it."""
    if not 0 < slip.index < len(chunk.tokens):
        return False
    before, token = chunk.tokens[slip.index - 1], chunk.tokens[slip.index]
    return any((before.end_pos or 0) <= start < (token.start_pos or 0) for start in odd)


def _clause(builder: Builder, chunk: Chunk, slip: Slip) -> Span:
    """Return the place of the clause that a slip spoils."""
    first = min(slip.index, len(chunk.tokens) - 1)
    while first > 0 and chunk.tokens[first].type not in CLAUSES:
        first -= 1
    return builder.span(chunk.tokens[first]).to(builder.span(chunk.tokens[max(slip.resumed - 1, first)]))


def _names(builder: Builder, chunk: Chunk) -> list[str]:
    """Names that a damaged declaration declares, so that their uses elsewhere are not reported as unknown."""
    heads = ("_FACT", "_LEDGER", "_PARAM", "_COLUMN", "_LET", "_INDICATOR", "_WORD")
    pairs = zip(chunk.tokens, chunk.tokens[1:], strict=False)
    return [builder.ident(name).text for head, name in pairs if head.type in heads and name.type == "NAME"]


_OWNERS = ("part", "indicator", "ledger", "word", "total", "check", "fact", "column", "ruleset", "group")


def _layout(builder: Builder, chunk: Chunk) -> list[Diagnostic]:
    """Warn where a clause that begins a line stands no deeper than the owner that it was read into."""
    assert chunk.tree is not None
    found: list[Diagnostic] = []
    stack: list[tuple[Tree[Token], Tree[Token] | None]] = [(chunk.tree, None)]
    while stack:
        tree, owner = stack.pop()
        if owner is not None and not tree.meta.empty and not owner.meta.empty:
            span, over = builder.span(tree), builder.span(owner)
            if (
                tree.data not in ("band_test", "type", *OF_AMENDMENTS)
                and _leads(span)
                and _leads(over)
                and span.column <= over.column
            ):
                message = f"这一句写在左边，却属于「{over.text.split(chr(10))[0].strip()}」"
                help_ = "属于它就往右缩进；不属于它就移到它前面"
                found.append(at(MISLEADING_LAYOUT, _first_line(span), message, help_))
        inner = tree if tree.data in _OWNERS else None
        stack.extend((c, inner) for c in tree.children if isinstance(c, Tree) and (inner is not None or owner is None))
    return found


def _leads(span: Span) -> bool:
    return not span.source.line_text(span.line)[: span.column - 1].strip()


def _first_line(span: Span) -> Span:
    end = span.source.text.find("\n", span.start, span.end)
    return span if end < 0 else Span(span.source, span.start, end)
