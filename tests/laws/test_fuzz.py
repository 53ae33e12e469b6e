"""Whatever is read, there are diagnostics and no exception; reading and scoring stay within their steps, and none hangs.

2,000 runs here, 20,000 behind the slow marker. A run is named by its number, so that a failure can be had again alone:
``fuzz(kind, number)``.
"""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
from books import checked, head, lint_book, overlaid, parse
from meaning import meaning

from test_help import FRAME
from zjrules.build import the_parser
from zjrules.canonical import consolidated_text, format_text
from zjrules.diag import Diagnostic
from zjrules.exact import indicator
from zjrules.exact.scope import NARROW_STEPS, scope_of
from zjrules.exact.total import score
from zjrules.explain.findings import findings
from zjrules.explain.lines import explained
from zjrules.fact import Facts
from zjrules.fit import fit
from zjrules.inout import factfile
from zjrules.inout.text import decode
from zjrules.lint.edits import applied, chosen
from zjrules.lint.run import lint
from zjrules.project import load
from zjrules.read import lexer
from zjrules.read.parser import FEEDS_EACH, chunks
from zjrules.ruleset import RuleSet
from zjrules.span import Source
from zjrules.term import cost, survey
from zjrules.term.rule import Program

ROOT = Path(__file__).parents[2]
LONGEST = 2000
HANG = 5
"""Seconds that one run may take before it counts as hanging."""


# ---------- inputs ----------


@cache
def _rule_files() -> tuple[str, ...]:
    return tuple(p.read_text("utf-8") for p in sorted((ROOT / "rules").rglob("*.zj")))


@cache
def _small_books() -> tuple[str, ...]:
    """Complete books of a few lines: most of their mutations can still be scored."""
    found = []
    for path in sorted((ROOT / "tests" / "golden" / "score").glob("*.txt")):
        for block in path.read_text("utf-8").split("\n=== "):
            rules = block.partition("\n")[2].partition("\n+++\n")[0].removeprefix("全体\n")
            points = sum(int(n) for n in re.findall(r"^指标 \S+ (\d+) 分", rules, flags=re.MULTILINE))
            found.append(head(points) + rules)
    return tuple(book for book in found if len(book) < LONGEST)


@cache
def _amendments() -> tuple[tuple[str, ...], ...]:
    """Books and the files that amend them."""
    found = []
    for path in sorted((ROOT / "tests" / "golden" / "overlay").glob("*.txt")):
        for block in path.read_text("utf-8").split("\n=== "):
            text = re.sub(r"\A(?:全文|截至 \S+)\n", "", block.partition("\n")[2].partition("\n---\n")[0])
            found.append(tuple(text.split("\n+++\n")))
    return tuple(found)


@cache
def _fact_files() -> tuple[str, ...]:
    return tuple(p.read_text("utf-8") for p in sorted((ROOT / "cases").rglob("*.yaml")))


@cache
def _words() -> tuple[str, ...]:
    names: tuple[str, ...] = (
        "甲",
        "乙",
        "率",
        "是否项",
        "合同",
        "额",
        "免",
        "「三 公」",
        "按比例",
        "封顶",
        "计数",
        "金额",
        "个数",
    )
    names += (
        "名次",
        "同级平均",
        "首次",
        "同项合计",
        "春节",
        "次序",
        "并列取前",
        "自己",
        "计入",
        "同",
        "权重",
        "评价年度",
    )
    numbers = (
        "1",
        "0",
        "4 分",
        "60%",
        "1,200 元",
        "2026-05-30",
        "次年5月30日",
        "99999999999 亿元",
        "5 个百分点",
        "0.0001",
    )
    signs = tuple("（）()，,：:×÷+-=≥≤<>≠*/.。；;《》「」“”\"'#@[]{}!&|~%‰　\t\n\u200b")
    return (*the_parser().lex.words, *names, *numbers, *signs)


def _bytes(rng: random.Random) -> str | None:
    data = bytes(rng.randrange(256) for _ in range(rng.randrange(200)))
    if rng.random() < 0.5:
        data = "指标 一 4 分\n".encode(rng.choice(["utf-8", "gbk", "utf-16"])) + data
    source, problems = decode("文件", data)
    assert (source is None) == bool(problems)
    return source.text if source is not None else None


def _tokens(rng: random.Random) -> str:
    return FRAME + "".join(rng.choice(_words()) + rng.choice((" ", "", " ", "\n")) for _ in range(rng.randrange(150)))


def _mutated(rng: random.Random, files: tuple[str, ...]) -> str:
    text = rng.choice(files)
    start = rng.randrange(max(len(text) - LONGEST, 1))
    text = text[start : start + LONGEST - 100]
    for _ in range(rng.randrange(1, 6)):
        a = rng.randrange(len(text) + 1)
        b = min(a + rng.choice((1, 1, 2, 5, 30)), len(text))
        new = rng.choice(
            ("", text[a:b] * 2, rng.choice(_words()), rng.choice(files)[a : a + 20], chr(rng.randrange(0x3000)))
        )
        text = text[:a] + new + text[b:]
    return text[:LONGEST]


def _amended(rng: random.Random) -> str:
    base, *files = rng.choice(_amendments())
    other = tuple(f for _, *more in _amendments() for f in more)
    changed = [_mutated(rng, (f,)) if rng.random() < 0.5 else f for f in (*files, rng.choice(other))]
    return "\n+++\n".join([base if rng.random() < 0.8 else _mutated(rng, (base,)), *changed])


_LIKE = (
    (r"(?<![\d.])\d+(?:\.\d+)?", ("0", "1", "2", "3", "5", "7", "50", "100", "1000", "0.001", "0.5", "33.3", "999999")),
    (r"[-+×÷]", ("+", "-", "×", "÷")),
    (r"[≥≤<>=≠]|不低于|不超过|低于|超过", ("≥", "≤", "<", ">", "=", "≠", "不低于", "低于")),
    (r"\b(?:整步|进整|按比例)\b", ("整步", "进整", "按比例")),
    (r" (?:且|或) ", (" 且 ", " 或 ", " 且 非 ")),
    (r"(?:计数|占比|全部|任一|最大|最小|合计|平均)\(", ("计数(", "占比(", "全部(", "最大(", "合计(", "平均(")),
    (r"满分", ("满分", "0 分", "(满分 - 1 分)", "(1 分 + 满分 × 50%)")),
    (r" 其余 ", (" 其余 ",)),
)


def _swapped(rng: random.Random, files: tuple[str, ...]) -> str:
    """Put other numbers, signs and words of the same kind into a book, so that it often still checks."""
    text = rng.choice(files)
    at = text.index("一级指标")
    for _ in range(rng.randrange(1, 5)):
        pattern, others = rng.choice(_LIKE)
        found = list(re.compile(pattern).finditer(text, at))
        if found:
            match = rng.choice(found)
            text = text[: match.start()] + rng.choice(others) + text[match.end() :]
    return text


# ---------- runs ----------


def _rules(text: str) -> None:
    program, problems = checked(text)
    assert all(isinstance(d, Diagnostic) and d.message for d in problems)
    assert (program is None) == any(d.is_error for d in problems)
    if program is not None:
        _scored(program)
        _linted(text)
    source = Source("规则.zj", text)
    for chunk in chunks(lexer.tokens(source, the_parser().lex)[0], the_parser()):
        assert chunk.fed <= 2 * FEEDS_EACH * (len(chunk.tokens) + 20), chunk.fed
    canonical, _ = format_text("规则.zj", text)
    if canonical is not None:
        assert format_text("规则.zj", canonical)[0] == canonical
        assert not parse(canonical)[1] or parse(text)[1]


def _overlay(text: str) -> None:
    base, *files = text.split("\n+++\n")
    built, problems = overlaid(base, files)
    assert all(isinstance(d, Diagnostic) and d.message for d in problems)
    assert (built is None) == any(d.is_error for d in problems)
    if built is not None:
        assert built.book is not None
        consolidated_text(built.book, "全文")  # raises Changed where it would be read otherwise


def _linted(text: str) -> None:
    book = lint_book(text)
    assert book is not None
    found = lint(book)
    assert all(d.message and book.owns(d.labels[0].span) for d in found)
    after = lint_book(applied({"规则.zj": text}, chosen(found, unsafe=False))["规则.zj"])
    assert after is not None
    assert meaning(after.program) == meaning(book.program)


def _scored(program: Program) -> None:
    nothing = Facts("某局", {}, {}, {})
    trace = score(program, nothing)
    for step in trace.indicators():
        explained(step, trace, nothing)
    findings(trace, nothing)
    scope = scope_of(program, nothing, None, proved_only=False)
    for node in survey.indicators(program.groups):
        assert cost.of_indicator(node) <= cost.MAX_STEPS
        indicator.score(node, scope)
        assert scope.run.steps <= NARROW_STEPS + cost.MAX_DEPTH * cost.MAX_STEPS


@cache
def _book() -> RuleSet:
    found, problems = load("zhanjiang/2025")
    assert found is not None, problems
    return found


def _facts(text: str) -> None:
    document, problems = factfile.facts(Source("事实.yaml", text))
    assert (document is not None) or problems
    if document is None:
        return
    rules = _book()
    facts, _ = fit(document.raw, rules.program.schema, 2025, rules.indicator_names())
    for proved in (False, True):
        trace = score(rules.program, facts, None, proved_only=proved)
        for step in trace.indicators():
            explained(step, trace, facts)
        findings(trace, facts)


def _fact_tokens(rng: random.Random) -> str:
    words = (
        *list(_book().program.schema.facts)[:30],
        "事实",
        "明细",
        "自评",
        "单位",
        "值",
        "佐证",
        "理由",
        "不适用",
        "缺失",
    )
    values = (
        "1 元",
        "95%",
        "是",
        "2025-05-30",
        "3 处",
        "1e3",
        "010",
        "~",
        "null",
        "[]",
        "{}",
        "'",
        '"',
        "|",
        ">",
        "&a",
        "*a",
    )
    signs = (": ", ":", "\n", "\n  ", "\n    ", "- ", ", ", "{", "}", "[", "]", "#", " ", "\t", "：", "---\n", "!!int ")
    picks = [rng.choice(rng.choice((words, values, signs, signs))) for _ in range(rng.randrange(80))]
    return "单位: 某局\n事实:\n  " + "".join(picks)


KINDS: dict[str, tuple[Callable[[random.Random], str | None], Callable[[str], None]]] = {
    "rule bytes": (_bytes, _rules),
    "rule tokens": (_tokens, _rules),
    "mutated rules": (lambda rng: _mutated(rng, _rule_files()), _rules),
    "mutated books": (lambda rng: _mutated(rng, _small_books()), _rules),
    "swapped books": (lambda rng: _swapped(rng, _small_books()), _rules),
    "amended books": (_amended, _overlay),
    "fact bytes": (_bytes, _facts),
    "fact tokens": (_fact_tokens, _facts),
    "mutated facts": (lambda rng: _mutated(rng, _fact_files()), _facts),
}
SHARES = {
    "rule bytes": 1, "rule tokens": 4, "mutated rules": 3, "mutated books": 2, "swapped books": 4, "amended books": 1, "fact bytes": 1, "fact tokens": 2,
    "mutated facts": 3,
}  # fmt: skip
"""Runs of each kind in some twenty."""


@contextmanager
def _guarded(text: str) -> Iterator[None]:
    def hang(signum: int, frame: FrameType | None) -> None:
        raise AssertionError(f"hangs on {text!r}")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, hang)
    signal.setitimer(signal.ITIMER_REAL, HANG)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fuzz(kind: str, number: int) -> None:
    """Make and run one input."""
    make, run = KINDS[kind]
    text = make(random.Random(f"{kind} {number}"))
    if text is None:
        return
    with _guarded(text):
        try:
            run(text)
        except Exception as error:
            raise AssertionError(f"fuzz({kind!r}, {number}) on {text!r}") from error


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_is_read_breaks(kind: str) -> None:
    for number in range(100 * SHARES[kind]):
        fuzz(kind, number)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_is_read_breaks_at_length(kind: str) -> None:
    for number in range(1000 * SHARES[kind]):
        fuzz(kind, 1_000_000 + number)
