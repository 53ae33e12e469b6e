"""The rules of lint as a whole: complete, calibrated on every book, their fixes sound, their findings in every form."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from attrs import evolve
from books import lint_book
from meaning import meaning

from test_cli import run
from test_golden import FOLDER, _blocks, _book, _scored_book
from zjrules.diag import Diagnostic, Edit, Fix, at
from zjrules.lint import github, junit, record, sarif
from zjrules.lint.discover import pages, rules
from zjrules.lint.edits import applied, chosen
from zjrules.lint.rules import __path__ as rules_path
from zjrules.lint.run import lint
from zjrules.lint.silence import NO_REASON, SILENT
from zjrules.linted import book_of, everything, linted, mended
from zjrules.span import Source, Span

ROOT = Path(__file__).parent.parent
CLEAN = {"zhanjiang/2025", "rules/std", "rules/facts"}
MOST_FALSE = 20
"""One firing in so many may be false."""
# The schema as it is published with Microsoft's SARIF SDK (jest-sarif 1.0.0-beta.0), which takes it from SchemaStore.
SARIF = json.loads((ROOT / "tests/sarif-2.1.0-rtm.5.json").read_text("utf-8"))

FIXABLE = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 4 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 3 分，差 其余
事实 报送日 : 日期   佐证 "回执"
一级指标 全部 4 分
指标 一 4 分
  依据 "通知[2025]3号"
  令 不用的 = 1 日
  令 也不用的 = 2 日
  # 忽略 ZJ8026 早就改好了
  得分 若 报送日 不晚于 2026-05-29 则 满分 否则 0 分
"""


# ---------- the rules ----------


def test_there_are_enough_rules_and_each_is_whole() -> None:
    assert len(rules()) >= 30
    files = {p.stem for folder in rules_path for p in Path(folder).glob("*.py")} - {"__init__"}
    assert files == {r.code.name.replace("-", "_") for r in rules()}
    assert all(r.code.number.startswith("ZJ80") and r.title and "```zj" in r.page for r in rules())


@pytest.mark.parametrize("name", [name for name, _, _ in pages().values()])
def test_each_code_has_a_golden_that_it_fires_on_and_a_near_miss(name: str) -> None:
    names = [block for path, block, _, _ in _blocks() if path.parent.name == "lint" and path.stem == name]
    near = sum(block.startswith("不报") for block in names)
    assert near
    assert len(names) - near


def test_every_golden_is_of_a_code() -> None:
    assert {p.stem for p in (FOLDER / "lint").glob("*.txt")} == {name for name, _, _ in pages().values()}


# ---------- calibration ----------


@cache
def _fired() -> dict[str, tuple[Diagnostic, ...]]:
    return {result.id: result.found for result in map(linted, everything())}


def test_the_book_of_zhanjiang_and_the_library_have_nothing_to_find_and_silence_nothing() -> None:
    assert {name for name, found in _fired().items() if not found} >= CLEAN
    for name in CLEAN:
        result = linted(name)
        assert result.book is not None
        assert not result.told
        assert not any("忽略" in c.text for file in result.book.files for c in file.comments)


def test_every_firing_on_the_other_books_is_judged_and_few_are_false() -> None:
    rows = re.findall(r"^\| (\S+) \| (ZJ\d+) \| (\S+:\d+) \| (.*?) \| ([真假]) \| (.+) \|$", _table(), re.MULTILINE)
    judged = [(book, code, where, what) for book, code, where, what, _, _ in rows]
    fired = [
        (book, d.code.number, f"{Path(span.source.name).name}:{span.line}", span.text.split("\n")[0].strip())
        for book, found in _fired().items()
        for d in found
        for span in [d.labels[0].span]
    ]
    assert sorted(judged) == sorted(fired)
    assert sum(row[4] == "假" for row in rows) * MOST_FALSE <= len(rows)


def _table() -> str:
    return (ROOT / "tests/lint-firings.md").read_text("utf-8")


# ---------- fixes ----------


def _texts() -> list[str]:
    found = [FIXABLE]
    for path, _, given, _ in _blocks():
        kind = path.parent.name
        if kind == "lint":
            found.append(_book(given))
        elif kind in ("score", "audit"):
            found.append(_scored_book(given.removeprefix("全体\n").split("\n+++\n")[0]))
        elif kind in ("rules", "mended") and not given.startswith("编码 "):
            found.append(_book(given.split("\n+++\n")[-1]))
    return found


def test_a_safe_fix_keeps_the_meaning_and_every_fix_leaves_a_rule_set_that_reads() -> None:
    safe = other = 0
    for text in _texts():
        book = lint_book(text)
        if book is None:
            continue
        findings = lint(book)
        for number, fix in ((d.code.number, d.fix) for d in findings if d.fix is not None):
            after = lint_book(applied({"规则.zj": text}, [fix])["规则.zj"])
            assert after is not None, (fix, text)
            left = [sum(d.code.number == number for d in found) for found in (findings, lint(after))]
            assert left[1] < left[0], (fix, text)
            if fix.safe:
                safe += 1
                assert meaning(after.program) == meaning(book.program), (fix, text)
                assert after.program == book.program
            else:
                other += 1
    assert safe > 5
    assert other > 20


def test_the_meaning_sees_what_a_let_says() -> None:
    text = FIXABLE.replace("2026-05-29", "期限").replace("令 不用的 = 1 日", "令 期限 = 次年5月29日")
    other = text.replace("次年5月29日", "次年5月28日")
    one, two = lint_book(text), lint_book(other)
    assert one is not None
    assert two is not None
    assert one.program == two.program
    assert meaning(one.program) != meaning(two.program)


def test_fixes_that_touch_are_not_applied_together() -> None:
    source = Source("甲.zj", "abcdef")

    def found(*edits: tuple[int, int, str], safe: bool = True) -> Diagnostic:
        fix = Fix("改", tuple(Edit(Span(source, a, b), text) for a, b, text in edits), safe)
        return at(SILENT, Span(source, 0, 1), "某", fix=fix)

    several = [
        found((0, 2, "X")),
        found((1, 3, "Y")),
        found((2, 2, "!")),
        found((3, 4, "Z"), (5, 6, "W")),
        found((4, 5, "V"), safe=False),
    ]
    kept = chosen(several, unsafe=False)
    assert [f.edits[0].text for f in kept] == ["X", "Z"]
    assert applied({"甲.zj": "abcdef"}, kept) == {"甲.zj": "XcZeW"}
    assert [f.edits[0].text for f in chosen(several[4:], unsafe=True)] == ["V"]


def test_a_fix_that_would_break_the_rule_set_is_left_out_and_the_others_are_not(tmp_path: Path) -> None:
    path = tmp_path / "0-book.zj"
    path.write_text(FIXABLE, "utf-8")
    result = linted(str(path))
    whole = [d for d in result.found if d.code.number == "ZJ8068"]
    assert len(whole) == 2
    assert whole[0].fix is not None
    (edit,) = whole[0].fix.edits
    bad = evolve(whole[0], fix=evolve(whole[0].fix, edits=(evolve(edit, text="令 甲 = \n"),)))
    after = mended(evolve(result, found=(bad, whole[1])), unsafe=False)
    (text,) = after.texts.values()
    assert "也不用的" not in text
    assert "令 不用的" not in text or "令 甲" not in text


# ---------- silences ----------


def test_a_silence_of_a_rule_that_did_not_run_is_not_called_useless() -> None:
    book = lint_book(FIXABLE)
    assert book is not None
    assert SILENT not in {d.code for d in lint(book, only=("ZJ8068",))}
    assert {d.code for d in lint(book, only=(SILENT.number,))} == {SILENT}
    assert SILENT not in {d.code for d in lint(book, without=("silence-of-nothing",))}
    assert NO_REASON not in {d.code for d in lint(book)}


@pytest.mark.parametrize("number", range(60))
def test_a_damaged_library_is_looked_through_or_refused(number: int) -> None:
    rng = random.Random(f"library {number}")
    paths = sorted((ROOT / "rules/std").glob("*.zj"))
    texts = {p.name: p.read_text("utf-8") for p in rng.sample(paths, 3)}
    name = rng.choice(sorted(texts))
    start = rng.randrange(len(texts[name]))
    texts[name] = (
        texts[name][:start]
        + rng.choice(("", "令", "默认 ", "# 忽略 ZJ8090", "0"))
        + texts[name][start + rng.randrange(4) :]
    )
    found, problems = book_of([Source(n, t) for n, t in texts.items()])
    assert (found is None) == any(d.is_error for d in problems)
    assert found is None or (not found.whole and all(d.message for d in lint(found)))


# ---------- forms ----------


def test_sarif_follows_the_schema_and_names_its_rules() -> None:
    validator = jsonschema.Draft4Validator(SARIF)
    every = [(name, tuple(found)) for name, found in _fired().items()]
    log = sarif.document([*every, ("试验", _all(FIXABLE))], "0", pages())
    validator.validate(log)
    (one,) = log["runs"]
    listed = one["tool"]["driver"]["rules"]
    assert [r["id"] for r in listed] == sorted({r["ruleId"] for r in one["results"]})
    assert all(listed[r["ruleIndex"]]["id"] == r["ruleId"] for r in one["results"])
    assert sum("fixes" in r for r in one["results"]) >= 5
    validator.validate(sarif.document([], "0", pages()))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**log, "version": "2.0.0"})


def _all(text: str) -> tuple[Diagnostic, ...]:
    book = lint_book(text)
    assert book is not None
    return lint(book)


def test_sarif_columns_count_code_points_as_it_says() -> None:
    text = FIXABLE.replace('发布 "某市"', '发布 "𠮷市[2025]3号"')
    log = sarif.document([("试验", _all(text))], "0", pages())
    assert log["runs"][0]["columnKind"] == "unicodeCodePoints"
    places = [r["locations"][0]["physicalLocation"] for r in log["runs"][0]["results"] if r["ruleId"] == "ZJ8075"]
    regions = [p["region"] for p in places]
    # 发布 "𠮷市[2025]3号": two blanks, 发布, a blank, the quote, 𠮷, 市 stand before the bracket, one column each.
    assert regions[0] == {"startLine": 4, "startColumn": 9, "endLine": 4, "endColumn": 15}
    assert places[0]["artifactLocation"]["uri"] == "%E8%A7%84%E5%88%99.zj"


def test_json_follows_the_published_schema() -> None:
    schema = json.loads((ROOT / "engine/zjrules/schema/lint.schema.json").read_text("utf-8"))
    found = record.document([("试验", _all(FIXABLE)), ("空的", ())], "0")
    jsonschema.validate(found, schema)
    assert json.loads(json.dumps(found)) == found
    unsafe = [d["改法"]["意思不变"] for d in found["规则集"][0]["发现"] if d["改法"] is not None]
    assert set(unsafe) == {True, False}


def test_junit_counts_what_was_found() -> None:
    found = _all(FIXABLE)
    root = ET.fromstring(junit.document([("试验 <&>", found), ("空的", ())]))
    suites = root.findall("testsuite")
    assert [s.get("failures") for s in suites] == [str(len(found)), "0"]
    assert [len(s.findall("testcase")) for s in suites] == [len(found), 1]
    assert root.get("failures") == str(len(found))
    failures = root.findall(".//failure")
    assert [f.get("message") for f in failures] == [d.message for d in found]


def test_github_lines_are_escaped_and_one_each() -> None:
    source = Source("a,b:c.zj", "50%\n")
    odd = at(SILENT, Span(source, 0, 3), "50%，一行\n两行", "帮助: 1,2")
    (line,) = github.document([("试验", (odd,))]).splitlines()
    assert line == (
        "::warning file=a%2Cb%3Ac.zj,line=1,endLine=1,col=1,endColumn=4,title=ZJ8099 silence-of-nothing"
        "::50%25，一行%0A两行%0A帮助: 1,2"
    )


# ---------- the command ----------


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "某市").mkdir()
    (tmp_path / "某市" / "0-book.zj").write_text(FIXABLE, "utf-8")
    return tmp_path


def test_the_command_is_clean_on_zhanjiang() -> None:
    result = run("lint", "zhanjiang/2025", "rules/std", "rules/facts")
    assert result.returncode == 0
    assert result.stdout == ""
    assert "3 本规则，没有发现" in result.stderr


def test_findings_end_with_1_and_are_plain_text_when_piped(book: Path) -> None:
    result = run("lint", "某市", cwd=book, COLUMNS="20")
    assert result.returncode == 1
    assert "\x1b" not in result.stdout
    assert "某市/0-book.zj:15" in result.stdout
    assert "处可用 --fix 改" in result.stderr


def test_select_and_ignore_take_numbers_and_names(book: Path) -> None:
    result = run("lint", "某市", "--select", "ZJ8068,date-of-one-year", "--ignore", "zj8068", cwd=book)
    assert set(re.findall(r"ZJ\d{4}", result.stdout)) == {"ZJ8073"}
    wrong = run("lint", "某市", "--select", "ZJ8168", cwd=book)
    assert wrong.returncode == 3
    assert "是不是「ZJ80" in wrong.stderr


def test_fix_writes_what_is_safe_and_tells_what_is_left(book: Path) -> None:
    result = run("lint", "某市", "--fix", cwd=book)
    text = (book / "某市" / "0-book.zj").read_text("utf-8")
    assert "不用的" not in text
    assert "忽略" not in text
    assert "2026-05-29" in text
    assert result.returncode == 1
    assert "已改  某市/0-book.zj  3 处" in result.stderr
    assert "ZJ8073" in result.stdout
    assert [p.name for p in (book / "某市").iterdir()] == ["0-book.zj"]


def test_unsafe_fix_mends_the_rest(book: Path) -> None:
    result = run("lint", "某市", "--unsafe-fix", cwd=book)
    text = (book / "某市" / "0-book.zj").read_text("utf-8")
    assert "次年5月29日" in text
    assert "〔2025〕" in text
    assert (result.returncode, result.stdout) == (0, "")


def test_diff_shows_and_does_not_write(book: Path) -> None:
    result = run("lint", "某市", "--diff", cwd=book)
    assert result.returncode == 1
    assert "-  令 不用的 = 1 日" in result.stdout
    assert "次年5月29日" not in result.stdout
    assert (book / "某市" / "0-book.zj").read_text("utf-8") == FIXABLE
    more = run("lint", "某市", "--unsafe-fix", "--diff", cwd=book)
    assert "+  得分 若 报送日 不晚于 次年5月29日 则 满分 否则 0 分" in more.stdout
    assert (book / "某市" / "0-book.zj").read_text("utf-8") == FIXABLE
    assert run("lint", "zhanjiang/2025", "--diff").returncode == 0


def test_a_file_that_cannot_be_written_ends_with_2(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from zjrules.cli import lint as command

    def full(path: Path, text: str) -> None:
        raise OSError(28, "磁盘满了")

    monkeypatch.chdir(book)
    monkeypatch.setattr(command, "write_text", full)
    result = CliRunner().invoke(command.command, ["某市", "--fix"], standalone_mode=False)
    assert result.return_value == 2
    assert (book / "某市" / "0-book.zj").read_text("utf-8") == FIXABLE


def test_a_rule_set_with_errors_ends_with_2_in_every_form(book: Path) -> None:
    path = book / "某市" / "0-book.zj"
    path.write_text(FIXABLE.replace("得分 若", "得分 如果"), "utf-8")
    assert run("lint", "某市", cwd=book).returncode == 2
    assert run("lint", "某市", "--fix", cwd=book).returncode == 2
    log = run("lint", "某市", "--format", "sarif", cwd=book)
    assert log.returncode == 2
    jsonschema.Draft4Validator(SARIF).validate(json.loads(log.stdout))
    assert {r["level"] for r in json.loads(log.stdout)["runs"][0]["results"]} == {"error"}
    assert run("lint", "没有这本", cwd=book).returncode == 2


@pytest.mark.parametrize("args", [("--fix",), ("--diff",), ("某市", "--diff", "--format", "json")])
def test_wrong_usage_ends_with_3(args: tuple[str, ...], book: Path) -> None:
    assert run("lint", *args, cwd=book).returncode == 3


def test_a_folder_of_rule_sets_is_each_of_them(book: Path) -> None:
    result = run("lint", ".", "--format", "json", cwd=book)
    assert [b["id"] for b in json.loads(result.stdout)["规则集"]] == ["某市"]


def test_one_file_of_a_rule_set_is_the_rule_set(book: Path) -> None:
    head, _, rest = FIXABLE.partition("一级指标 全部")
    (book / "某市" / "0-book.zj").write_text(head, "utf-8")
    (book / "某市" / "1-all.zj").write_text(f"一级指标 全部{rest}", "utf-8")
    result = run("lint", "某市/1-all.zj", "--select", "let-unused", cwd=book)
    assert result.returncode == 1
    assert "某市/1-all.zj:4" in result.stdout


def test_rules_without_a_head_are_no_library(book: Path) -> None:
    path = book / "某市" / "0-book.zj"
    path.write_text("一级指标 全部 4 分\n指标 一 4 分\n  得分 满分\n", "utf-8")
    result = run("lint", "某市", cwd=book)
    assert result.returncode == 2
    assert "ZJ2004" in result.stdout
