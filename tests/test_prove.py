"""The prover: known answers over a corpus of rules, its examples replayed, its command, and the book of 2025 settled."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from attrs import evolve
from books import compiled

from test_help import FRAME
from zjrules.cli import proving
from zjrules.exact.total import score
from zjrules.fit import fit
from zjrules.inout import factfile
from zjrules.inout.calendar import work_calendar
from zjrules.project import load
from zjrules.prove import run
from zjrules.prove.answer import answered
from zjrules.prove.equal import Pair
from zjrules.prove.example import Replay
from zjrules.prove.lab import Bench
from zjrules.prove.question import OPEN, PROVED, REFUTED, Answer, Question
from zjrules.prove.tell import gives
from zjrules.ruleset import RuleSet
from zjrules.span import Source
from zjrules.term.question import QUESTIONS

ROOT = Path(__file__).parent.parent
VERDICTS = ("已证", "反例", "未判定")


def _blocks() -> list[tuple[str, str, list[str]]]:
    found = []
    for path in sorted((ROOT / "tests/proofs").glob("*.txt")):
        for block in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            name, _, rest = block.partition("\n")
            given, _, expected = rest.partition("\n---\n")
            found.append((f"{path.stem}：{name}", given, expected.strip().splitlines()))
    return found


BLOCKS = _blocks()


def rules_of(text: str) -> RuleSet:
    """Return the rule set of a fragment; it may have warnings, of which some are what the prover shows."""
    program = compiled(FRAME + text + "\n")
    return RuleSet("试验", Path("试验.zj"), program, "", ())


@cache
def report_of(given: str) -> proving.Report:
    """Return what is proved of a fragment, or of two that are compared."""
    first, _, second = given.partition("\n+++\n")
    if second:
        replays = [Replay(rules_of(t).program, work_calendar()) for t in (first, second)]
        return proving.Report(rules_of(first), tuple(Pair(replays[0], replays[1], 700).answers()))
    return proving.proved(rules_of(first), ["一"], 700)


@pytest.mark.parametrize(("given", "expected"), [b[1:] for b in BLOCKS], ids=[b[0] for b in BLOCKS])
def test_known_answers(given: str, expected: list[str]) -> None:
    report = report_of(given)
    for line in expected:
        verdict = next(w for w in line.split() if w in VERDICTS)
        head, _, said = (part.strip() for part in line.partition(verdict))
        kind, _, subject = head.partition(" ")
        found = [a for a in report.answers if a.question.kind == kind and a.question.subject == subject.strip()]
        assert found, f"{line}: there is no such question: {[a.question.subject for a in report.answers]}"
        (answer,) = found[:1]
        assert answer.verdict == verdict, (line, answer)
        assert said == "认可" or said in answer.said, (line, answer)
        assert (said == "认可") == bool(answer.accepted)


def test_the_corpus_is_large() -> None:
    assert sum(b[0].startswith("good") for b in BLOCKS) >= 40
    assert sum(b[0].startswith("bad") for b in BLOCKS) >= 40


def _again(text: str, rules: RuleSet) -> str:
    """Return what check says of a fact file that the prover wrote, as the prover says it."""
    document, problems = factfile.facts(Source("例.yaml", text))
    assert document is not None, problems
    program = rules.program
    facts, more = fit(document.raw, program.schema, program.book.year, rules.indicator_names())
    assert not [d for d in (*problems, *more) if d.is_error], (text, problems, more)
    trace = score(program, facts, work_calendar())
    (first, *_) = [s for g in trace.groups for s in g.kids]
    return gives(first)


@pytest.mark.parametrize(
    ("given", "expected"), [b[1:] for b in BLOCKS if "+++" not in b[1]], ids=[b[0] for b in BLOCKS if "+++" not in b[1]]
)
def test_examples_are_fact_files_that_give_what_is_said(given: str, expected: list[str]) -> None:
    report = report_of(given)
    for answer in report.answers:
        if answer.verdict == REFUTED and answer.question.part in (None, next(report.rules.indicators())):
            for shown in answer.examples:
                assert _again(proving.file_text(shown.example, report), report.rules) == shown.gives, answer


# ---------- the book of 2025 ----------


@cache
def zhanjiang() -> proving.Report:
    found, _ = load("zhanjiang/2025")
    assert found is not None
    return proving.proved(found, (), 2000)


def test_every_question_about_2025_is_settled_and_nothing_is_refuted() -> None:
    answers = zhanjiang().answers
    assert len(answers) > 500
    assert {a.question.kind for a in answers} == set(QUESTIONS) - {"重叠"}  # no band of 2025 has limits on both sides
    assert [a.question.said for a in answers if a.verdict == OPEN] == []
    assert [a.question.said for a in answers if a.verdict == REFUTED and not a.accepted] == []


def test_the_directions_of_2025_that_are_declared_are_proved() -> None:
    answers = {(a.question.owner, a.question.subject): a for a in zhanjiang().answers if a.question.kind == "方向"}
    assert answers["预算编制约束性", "预算调剂额"].said == "不增（规则写明）"
    assert answers["预算编制约束性", "年初预算数"].said == "不减"
    assert answers["预决算公开", "预算批复日"].said == "不减"


def test_a_changed_indicator_alone_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("ZJRULES_NO_CACHE", raising=False)
    text = "指标 一 2 分\n  得分 满分 × 率\n指标 二 2 分\n  得分 满分 × {}\n"
    asked: list[str] = []

    def noted(question: Question, bench: Bench) -> Answer:
        asked.append(question.owner)
        return answered(question, bench)

    monkeypatch.setattr("zjrules.prove.run.answered", noted)
    for again in ("率", "率", "最小(率，50%)"):
        asked.clear()
        proving.proved(rules_of(text.format(again)), (), 1000)
        assert set(asked) == {"率": set(), "最小(率，50%)": {"二"}}[again] or (
            again == "率" and set(asked) == {"一", "二"}
        )
    assert set(asked) == {"二"}


def test_what_is_proved_and_recomputed_otherwise_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(question: Question, bench: Bench) -> Answer:
        found = answered(question, bench)
        return evolve(found, verdict=PROVED) if question.kind == "上界" else found

    monkeypatch.setattr("zjrules.prove.run.answered", wrong)
    with pytest.raises(run.DisagreeError):
        run.Prover(rules_of("指标 一 4 分\n  得分 满分 × (甲 ÷ 乙)").program, None).about(
            next(rules_of("指标 一 4 分\n  得分 满分 × (甲 ÷ 乙)").indicators())
        )


# ---------- the command ----------

BOOK = (
    FRAME.replace("规则集 试验", '规则集 试验\n  说明 "试验"')
    + """
指标 一 4 分
  依据 "试验"
  得分 满分 × 最大(1 - 甲 ÷ 乙，10%)
"""
)


def prove(*args: object, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zjrules.cli.main", "prove", *map(str, args)]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "rules/试验/2025"
    folder.mkdir(parents=True)
    (folder / "0.zj").write_text(BOOK, "utf-8")
    return tmp_path


def test_counterexamples_are_shown_and_written_as_cases_that_test_reads(book: Path) -> None:
    done = prove("试验/2025", "一", "--write-cases", "cases/新", cwd=book)
    assert done.returncode == 1, done.stderr
    assert "ZJ7010 反例：「一」取得到 0 分：最少也得一些分" in done.stdout
    assert "认可 零分" in done.stdout
    assert prove("试验/2025", "一", "--kind", "下界", cwd=book).returncode == 0


def test_written_cases_are_read_by_check(book: Path) -> None:
    (book / "rules/试验/2025/0.zj").write_text(BOOK.replace("最大(1 - 甲 ÷ 乙，10%)", "(1 - 甲 ÷ 乙)"), "utf-8")
    done = prove("试验/2025", "一", "--write-cases", "cases/新", cwd=book)
    assert done.returncode == 1
    (path,) = sorted((book / "cases/新").iterdir())
    assert "未签认" in path.read_text("utf-8")
    command = [sys.executable, "-m", "zjrules.cli.main"]
    result = subprocess.run([*command, "test", "试验/2025"], cwd=book, capture_output=True, text=True, check=False)
    assert "相符" in result.stdout and "不符" not in result.stdout, result.stdout + result.stderr
    again = prove("试验/2025", "一", "--write-cases", "cases/新", cwd=book)
    assert again.returncode == 3 and "已经有了" in again.stderr


def test_two_books_that_differ_in_an_edge(book: Path) -> None:
    other = book / "rules/试验/2026"
    other.mkdir()
    (other / "0.zj").write_text(BOOK.replace("10%", "20%").replace("2025", "2026"), "utf-8")
    done = prove("试验/2025", "--same-as", "试验/2026", cwd=book)
    assert done.returncode == 1
    assert "前一本得" in done.stdout and "后一本得" in done.stdout
    assert prove("试验/2025", "--same-as", "试验/2025", cwd=book).returncode == 0


def test_json_is_after_its_schema(book: Path) -> None:
    schema = json.loads((ROOT / "engine/zjrules/schema/prove.schema.json").read_text("utf-8"))
    found = json.loads(prove("试验/2025", "--format", "json", cwd=book).stdout)
    jsonschema.Draft202012Validator(schema).validate(found)
    assert found["计"]["反例"] >= 1


def test_what_is_not_proved_is_said_to_other_tools(book: Path) -> None:
    schema = json.loads((ROOT / "tests/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    log = json.loads(prove("试验/2025", "一", "--format", "sarif", cwd=book).stdout)
    jsonschema.Draft4Validator(schema).validate(log)
    assert {r["ruleId"] for r in log["runs"][0]["results"]} == {"ZJ7010"}
    assert prove("试验/2025", "一", "--format", "github", cwd=book).stdout.startswith("::warning ")
    assert 'failures="' in prove("试验/2025", "一", "--format", "junit", cwd=book).stdout


def test_without_a_solver_what_one_number_decides_is_answered(book: Path) -> None:
    (book / "rules/试验/2025/0.zj").write_text(BOOK.replace("最大(1 - 甲 ÷ 乙，10%)", "率"), "utf-8")
    blocked = book / "blocked"
    (blocked / "z3").mkdir(parents=True)
    code = (
        "import sys\n"
        "class No:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'z3': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda n, p=None: None if n == 'z3' else real(n, p)\n"
        "sys.argv = ['zjrules', 'prove', '试验/2025', '一', '--kind', '上界']\n"
        "from zjrules.cli.main import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=book, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ZJ7001" in done.stderr and "已证 1" in done.stdout


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("没有这本",), 2, "没有叫「没有这本」的规则集"),
        (("试验/2025", "二"), 3, "二"),
        (("试验/2025", "--kind", "别的"), 3, "不在可选的值之内"),
    ],
)
def test_wrong_usage(book: Path, args: tuple[str, ...], code: int, said: str) -> None:
    done = prove(*args, cwd=book)
    assert done.returncode == code and said in done.stderr and "Traceback" not in done.stderr
