"""Names: every declaration of a rule set and of the standard words, found by name, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from attrs import field, frozen

from zjrules import numeral
from zjrules.diag import Code, Diagnostic, Diagnostics, Edit, Fix, Label, Severity, at
from zjrules.library import Spare
from zjrules.span import Span
from zjrules.spelling import nearest, plain_form, quoted
from zjrules.syntax import decl as sd
from zjrules.syntax.clause import Let
from zjrules.syntax.expr import Ident

DUPLICATE = Code("ZJ2001", "duplicate-name")
UNKNOWN_NAME = Code("ZJ2002", "unknown-name")
LOOKALIKE = Code("ZJ2003", "lookalike-names", Severity.WARNING)
NO_HEAD = Code("ZJ2004", "no-ruleset-head")
SHADOWED = Code("ZJ2005", "column-hides-name")
BUILT_IN_NAME = Code("ZJ2006", "built-in-name")

_One = TypeVar("_One", sd.RuleSet, sd.Total)
_Named = TypeVar("_Named", sd.Param, sd.FactDecl, sd.LedgerDecl, sd.Word, sd.Indicator)

FUNCTIONS = frozenset(
    """计数 占比 合计 平均 最大 最小 全部 任一 绝对值 向下取整 向上取整 四舍五入 真数 工作日数 顺延 有佐证
    春节 春节假期首日 首次 同项合计 同项平均 同级平均 同级最大 同级最小 名次""".split()
)
CONSTANTS = frozenset({"是", "否"})


@frozen
class Index:
    """The declarations of a rule set by name; outline keeps groups and indicators in their order."""

    head: sd.RuleSet | None
    params: Mapping[str, sd.Param]
    facts: Mapping[str, sd.FactDecl]
    ledgers: Mapping[str, sd.LedgerDecl]
    words: Mapping[str, sd.Word]
    checks: tuple[sd.CheckDecl, ...]
    outline: tuple[sd.Group | sd.Indicator, ...]
    total: sd.Total | None
    notices: tuple[sd.Notice, ...] = ()
    shared: frozenset[str] = field(factory=frozenset)
    """Facts and ledgers of the shared dictionary, whether this rule set names them or not."""
    spare: frozenset[str] = field(factory=frozenset)
    """Standard words that were not read, since nothing names them."""
    lost: frozenset[str] = field(factory=frozenset)
    lets: Mapping[str, Ident] = field(factory=dict)
    """Every 令 of an indicator or a part, to tell a name out of sight from a misspelt one."""

    def kind_of(self, name: str) -> str | None:
        """Return what a name stands for, in the user's words, or None."""
        for kind, table in (("参数", self.params), ("事实", self.facts), ("明细", self.ledgers), ("词", self.words)):
            if name in table:
                return kind
        return "内置函数" if name in FUNCTIONS else None


def index(files: Iterable[sd.File], std: Iterable[sd.File], spare: Spare | None = None) -> tuple[Index, Diagnostics]:
    """Gather the declarations of a rule set and, from the std files, words and the shared facts that it names.

    A fact that the rule set declares itself is its own, whatever the dictionary says.
    """
    files, std = list(files), list(std)
    problems: list[Diagnostic] = []
    own = [d for f in files for d in f.decls]
    shared = [d for f in std for d in f.decls if isinstance(d, sd.FactDecl | sd.LedgerDecl)]
    named = _named(shared, own, files)
    words = [d for f in std for d in f.decls if isinstance(d, sd.Word)]
    taken: dict[str, Ident] = {}
    heads = _only(own, sd.RuleSet, "规则集", problems)
    totals = _only(own, sd.Total, "总评", problems)
    found = Index(
        heads,
        _table([d for d in own if isinstance(d, sd.Param)], taken, problems),
        _table([d for d in (*own, *named) if isinstance(d, sd.FactDecl)], taken, problems),
        _table([d for d in (*own, *named) if isinstance(d, sd.LedgerDecl)], taken, problems),
        _table([*words, *(d for d in own if isinstance(d, sd.Word))], taken, problems),
        tuple(d for d in own if isinstance(d, sd.CheckDecl)),
        tuple(d for d in own if isinstance(d, sd.Group | sd.Indicator)),
        totals,
        tuple(d for d in own if isinstance(d, sd.Notice)),
        frozenset(d.name.text for d in shared) | (spare.facts if spare else frozenset()),
        spare.words if spare else frozenset(),
        frozenset(name for f in files for name in f.lost),
        {let.name.text: let.name for d in own if isinstance(d, sd.Indicator) for let in _lets(d)},
    )
    _table([d for d in own if isinstance(d, sd.Indicator)], {}, problems, called=False)
    problems += _columns(found) + _lookalikes(taken)
    return found, tuple(problems)


def _named(
    shared: list[sd.FactDecl | sd.LedgerDecl], own: list[sd.Decl], files: list[sd.File]
) -> list[sd.FactDecl | sd.LedgerDecl]:
    """Return the declarations of the dictionary that a rule set's text names and does not make itself."""
    declared = {d.name.text for d in own if isinstance(d, sd.FactDecl | sd.LedgerDecl)}
    texts = [f.span.source.text for f in files]
    return [d for d in shared if d.name.text not in declared and any(d.name.text in text for text in texts)]


def _lets(indicator: sd.Indicator) -> Iterator[Let]:
    for clauses in (indicator.clauses, *(p.clauses for p in indicator.parts)):
        yield from (c for c in clauses if isinstance(c, Let))


def _only(decls: list[sd.Decl], kind: type[_One], word: str, problems: list[Diagnostic]) -> _One | None:
    found = [d for d in decls if isinstance(d, kind)]
    for extra in found[1:]:
        labels = (Label(_head(extra.span), "又写了一次"), Label(_head(found[0].span), "已有"))
        problems.append(Diagnostic(DUPLICATE, f"一本规则只能有一个「{word}」", labels, "合成一个"))
    return found[0] if found else None


def _head(span: Span) -> Span:
    end = span.source.text.find("\n", span.start, span.end)
    return Span(span.source, span.start, end if end >= 0 else span.end)


def _table(
    decls: Iterable[_Named], taken: dict[str, Ident], problems: list[Diagnostic], called: bool = True
) -> dict[str, _Named]:
    """Return declarations by name; taken holds the names that share one space.

    Indicators are never called, so that one may be named like a built-in function.
    """
    table: dict[str, _Named] = {}
    for decl in decls:
        name = decl.name
        if name.text in taken:
            labels = (Label(name.span, "又声明了一次"), Label(taken[name.text].span, "已有"))
            problems.append(Diagnostic(DUPLICATE, f"「{name.text}」声明了两次", labels, "改名，或删去其中一个"))
            continue
        if called and name.text in FUNCTIONS | CONSTANTS:
            problems.append(at(BUILT_IN_NAME, name.span, f"「{name.text}」是语言自带的，不能再声明", "换一个名称"))
            continue
        taken[name.text] = name
        table[name.text] = decl
    return table


def _columns(found: Index) -> list[Diagnostic]:
    problems = []
    for ledger in found.ledgers.values():
        seen: dict[str, Ident] = {}
        for column in ledger.columns:
            name = column.name
            other = found.facts.get(name.text) or found.params.get(name.text)
            if name.text in seen:
                labels = (Label(name.span), Label(seen[name.text].span, "已有"))
                problems.append(Diagnostic(DUPLICATE, f"明细「{ledger.name.text}」里「{name.text}」写了两次", labels))
            elif other is not None:
                labels = (Label(name.span, "列"), Label(other.name.span, "同名"))
                message = f"列「{name.text}」与「{found.kind_of(name.text)}」同名，条件里会分不清"
                problems.append(Diagnostic(SHADOWED, message, labels, "给列换一个名称"))
            seen[name.text] = name
    return problems


def _lookalikes(taken: Mapping[str, Ident]) -> list[Diagnostic]:
    seen: dict[str, Ident] = {}
    problems = []
    for name in taken.values():
        first = seen.setdefault(plain_form(name.text), name)
        if first is not name:
            labels = (Label(name.span), Label(first.span))
            message = f"「{name.text}」与「{first.text}」只差引号、括号或空格"
            problems.append(Diagnostic(LOOKALIKE, message, labels, "统一写法，免得填到另一个上"))
    return problems


def unknown(name: str, span: Span, known: Iterable[str], what: str = "名称") -> Diagnostic:
    """Return the diagnostic for a name that nothing declares, with the likely one."""
    known = list(known)
    likely = nearest(name, known)
    number = numeral.digits(name)
    if number is not None:
        fix = Fix(f"写成「{number}」", (Edit(span, number),), safe=False)
        return at(UNKNOWN_NAME, span, f"没有叫「{name}」的{what}", f"若是一个数，写成「{number}」", fix=fix)
    if likely is None and what.startswith("列"):
        return at(UNKNOWN_NAME, span, f"没有叫「{name}」的{what}", f"列有 {'、'.join(known)}")
    if likely is None and what == "词":
        help_ = "zjrules help 列出标准的词；自己的写成「定词」"
        return at(UNKNOWN_NAME, span, f"没有叫「{name}」的{what}", help_)
    if likely is None:
        return at(UNKNOWN_NAME, span, f"没有叫「{name}」的{what}", "先用 事实、参数 或 令 声明它，或核对写法")
    fix = Fix(f"改成「{likely}」", (Edit(span, quoted(likely)),), safe=False)
    return at(UNKNOWN_NAME, span, f"没有叫「{name}」的{what}", f"是不是「{likely}」？", fix=fix)
