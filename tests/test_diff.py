"""zjrules diff: what it says is in golden/diff; here what is proved of it, its forms, its command, and the book of 2026."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from books import FACTS, compiled, head

from amended import Edit, amended, edits_of
from test_cli import ROOT, run
from zjrules.cli import differing
from zjrules.diff.change import ACTS, KINDS, Change
from zjrules.diff.compare import compare
from zjrules.diff.markdown import markdown
from zjrules.diff.record import document
from zjrules.diff.report import NOT_WANTED, Report, headline
from zjrules.diff.settle import APART, SAME, UNASKED
from zjrules.exact import indicator
from zjrules.exact.total import score
from zjrules.fact import Facts
from zjrules.inout.calendar import work_calendar
from zjrules.prove.example import Replay
from zjrules.prove.tell import gives
from zjrules.ruleset import RuleSet
from zjrules.term import survey
from zjrules.term.rule import Program

SCHEMA = json.loads((ROOT / "engine/zjrules/schema/diff.schema.json").read_text("utf-8"))
OLD, NEW = "zhanjiang/2025", "example/2026"


def _blocks(name: str) -> Iterator[tuple[str, str, str]]:
    text = (ROOT / f"tests/golden/diff/{name}.txt").read_text("utf-8")
    for block in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = block.partition("\n")
        given, _, expected = rest.partition("\n---\n")
        yield title, given, expected.strip()


CHANGES, NOTHING = list(_blocks("changes")), list(_blocks("same"))


def _rules(program: Program, id_: str) -> RuleSet:
    return RuleSet(id_, Path(id_), program, "", ())


def report_of(old: Program, new: Program, unasked: str = "") -> Report:
    return differing.compared(_rules(old, "旧"), _rules(new, "新"), unasked, 60_000)


def edited(*edits: Edit) -> Report:
    return report_of(amended("2025"), amended("2026", edits))


@cache
def example() -> Report:
    return differing.compared(_loaded(OLD), _loaded(NEW), "", 5000)


def _loaded(name: str) -> RuleSet:
    from zjrules.project import load

    found, problems = load(name)
    assert found is not None, problems
    return found


# ---------- what is said ----------


def test_twenty_kinds_of_changes_are_shown_and_five_edits_that_are_none() -> None:
    assert len(CHANGES) >= 20
    assert len(NOTHING) >= 5
    assert all(expected == "没有变化" for _, _, expected in NOTHING)
    said = "\n".join(expected for _, _, expected in CHANGES)
    kinds = set(re.findall(r"^(\S+?)(?:（不影响得分）)?  \S", said, flags=re.MULTILINE))
    # A head, groups and notices of other years are in the tests below.
    assert kinds >= set(KINDS) - {"书头", "二级指标", "一级指标", "放假安排"}


@pytest.mark.parametrize(("title", "given"), [b[:2] for b in CHANGES], ids=[b[0] for b in CHANGES])
def test_every_change_is_one_sentence_with_its_clauses(title: str, given: str) -> None:
    both, own = edits_of(given)
    for change in compare(amended("2025", both), amended("2026", own)).changes:
        assert change.kind in KINDS and change.act in ACTS
        assert change.said and not re.search(r"[。\n]", re.sub("「.*」", "", change.said))
        assert change.old is not None or change.new is not None
        assert (change.old is None) <= (change.act == "新增" or change.kind == "承诺")
        assert (change.new is None) <= (change.act == "去掉" or change.kind == "承诺")
        for clause, folder in ((change.old, "2025/"), (change.new, "2026/")):
            assert clause is None or clause.place.source.name.startswith(folder)
            assert clause is None or clause.line


def test_a_rule_set_has_not_changed_from_itself() -> None:
    for name in ("zhanjiang/2025", "staffing/2024-city", "hubei/2020"):
        program = _loaded(name).program
        assert compare(program, program).changes == ()


def test_one_clause_that_was_changed_is_one_change() -> None:
    """The mutants of the book, each of one clause: what they are called in the diff is what was done."""
    from zjrules.mutate.book import mutants

    program = amended("2025")
    every = [m for m in mutants(program) if m.change.kind in ("界线", "比较", "舍入", "步法", "步长", "不计入", "容差")]
    for mutant in every[::12]:
        (change,) = compare(program, mutant.program).changes
        assert change.act == "修改", mutant.change.said
    assert len(every[::12]) >= 10


def test_groups_and_notices() -> None:
    notice = '放假安排 2031\n  依据 "文号"\n  放假 2031-01-01 "元旦"\n'
    text = FACTS + head(4) + "指标 第一 4 分\n得分 满分 × 丙\n"
    other = text.replace("一级指标 全部", "一级指标 所有").replace("规则集 试验", "规则集 试验二") + notice
    said = [c.said for c in compare(compiled(text), compiled(other)).changes]
    assert said == ["规则集的名称由「试验」改为「试验二」", "一级指标「全部」改称「所有」", "新增 2031 年的放假安排"]
    halves = text.replace(
        "指标 第一 4 分\n得分 满分 × 丙",
        "指标 第一 2 分\n得分 满分 × 丙\n一级指标 另一 2 分\n指标 第二 2 分\n得分 满分 × 丙",
    )
    halves = halves.replace("一级指标 全部 4 分", "一级指标 全部 2 分")
    said = [c.said for c in compare(compiled(text), compiled(halves)).changes]
    assert "新增一级指标「另一」（2 分）" in said
    assert "一级指标「另一」新增指标「第二」（2 分）" in said


def test_names_that_are_used_ever_again_are_read_in_no_time() -> None:
    lets = "\n".join(f"令 a{i} = a{i - 1} + a{i - 1}" for i in range(1, 40))
    text = FACTS + head(4) + "指标 第一 4 分\n令 a0 = 丙\n{}\n得分 限于(满分 × a39，下限：0 分，上限：满分)\n"
    text = re.sub(r"\ba(\d+)", r"「a\1」", text)
    lets = re.sub(r"\ba(\d+)", r"「a\1」", lets)
    old, new = text.format(lets), text.format(lets).replace("「a0」 = 丙", "「a0」 = 1 - 丙")
    assert [c.kind for c in compare(compiled(old), compiled(new)).changes] == ["令"]


# ---------- what is proved ----------

REWRITTEN = (
    "2-execution.zj",
    "  得分 (1 - 调剂率) × 满分 × 调剂权重 + (1 - 追加率) × 满分 × 追加权重",
    "  得分 满分 × (1 - 调剂率 × 调剂权重 - 追加率 × 追加权重)",
)
INLINED = (
    "7-costs.zj",
    "  得分 若 三公经费支出 ≤ 三公经费预算 则 满分 否则 0 分",
    "  判定\n    当 三公经费支出 > 三公经费预算 得 0 分\n    其余 得 满分",
)


def test_what_is_only_written_otherwise_is_proved_and_is_no_change() -> None:
    report = edited(REWRITTEN, INLINED)
    assert report.changes == () and report.code == 0
    assert {c.owner for c in report.rewritten} == {"预算编制约束性", "三公经费控制"}
    assert [v.state for v in report.verdicts] == [SAME, SAME]
    assert headline(report) == "没有变化，2 处只是写法不同，证明未变"


def test_without_a_solver_it_says_that_it_could_not_ask() -> None:
    report = report_of(amended("2025"), amended("2026", (REWRITTEN,)), NOT_WANTED)
    (verdict,) = report.verdicts
    assert verdict.state == UNASKED
    assert report.code == 1
    assert NOT_WANTED in differing.document(report, "text")
    # What words, parameters and 令 written out make the same needs none.
    named = ("2-execution.zj", REWRITTEN[1], REWRITTEN[1].replace("调剂权重", "60%"))
    report = report_of(amended("2025"), amended("2026", (named,)), NOT_WANTED)
    assert report.code == 0
    assert [c.said for c in report.rewritten] == ["指标「预算编制约束性」的得分公式里，「调剂权重」改为 60%"]


def test_clauses_that_make_up_for_a_changed_parameter_are_told_with_it() -> None:
    """60% is written out where the parameter, used elsewhere too, becomes 50%: the one indicator is the same, not the rest."""
    old = (
        FACTS
        + '参数 权 = 60%   依据 "甲"\n'
        + head(8)
        + "指标 第一 4 分\n得分 满分 × 丙 × 权 ÷ 120%\n指标 第二 4 分\n得分 满分 × 丙 × 权 ÷ 120%\n"
    )
    new = old.replace("权 = 60%", "权 = 50%").replace(
        "第一 4 分\n得分 满分 × 丙 × 权", "第一 4 分\n得分 满分 × 丙 × 60%"
    )
    report = report_of(compiled(old), compiled(new))
    assert [c.said for c in report.changes] == ["参数「权」由 60% 改为 50%，用在「第一」、「第二」"]
    assert [c.said for c in report.rewritten] == ["指标「第一」的得分公式里，「权」改为 60%"]
    assert [v.state for v in report.verdicts] == [SAME, APART]
    every = report.diff.hybrid(frozenset(report.diff.changes))
    first, second = survey.indicators(every.groups)
    scope = Replay(every, None).scope(report.apart[0].example)  # type: ignore[arg-type]
    assert gives(indicator.score(second, scope)) == report.apart[0].scores[1]
    assert first.name == "第一"


EVERY = "舍入：各指标"
"""Here every indicator is asked."""


@pytest.mark.parametrize("title", [b[0] for b in CHANGES if b[0] != EVERY])
def test_facts_that_show_a_difference_are_scored_as_said(title: str) -> None:
    _replayed(title)


@pytest.mark.slow
def test_facts_that_show_a_difference_of_all_indicators_are_scored_as_said() -> None:
    _replayed(EVERY)


def _replayed(title: str) -> None:
    both, own = edits_of(next(given for name, given, _ in CHANGES if name == title))
    old, new = amended("2025", both), amended("2026", own)
    report = report_of(old, new)
    assert all(v.state in (SAME, APART) for v in report.verdicts), [(v.touched.names, v.why) for v in report.verdicts]
    for verdict in report.apart:
        assert verdict.example is not None
        assert verdict.scores[0] != verdict.scores[1]
        for program, names, said in zip((old, report.other), verdict.touched.names, verdict.scores, strict=True):
            scope = Replay(program, work_calendar()).scope(verdict.example)
            steps = [indicator.score(n, scope) for n in survey.indicators(program.groups) if n.name in names]
            if len(steps) == 1:
                assert gives(steps[0]) == said


# ---------- the book of 2026 ----------


def test_the_example_of_2026_is_four_changes_and_a_year() -> None:
    report = example()
    scoring = [c for c in report.changes if c.scores]
    assert [(c.kind, c.subject) for c in scoring] == [
        ("年度", "评价年度"), ("参数", "调剂权重"), ("参数", "追加权重"), ("指标", "采购政策效能"), ("界线", "固定资产利用率"),
        ("不适用", "三公经费控制"),
    ]  # fmt: skip
    assert len(scoring) <= 8, "so many are attributed exactly"
    states = {v.touched.owner: v.state for v in report.verdicts}
    assert states == {"采购政策效能": SAME, "预算编制约束性": APART, "固定资产利用率": APART, "三公经费控制": APART}


def test_the_example_of_2026_is_labelled() -> None:
    assert _loaded(NEW).title.endswith("（示例，非官方）")
    assert "示例，非官方" in run("check", "cases/example-2026/01-full-department.yaml", "--brief").stdout


def test_between_2025_and_2026_every_order_of_the_changes_adds_up() -> None:
    """What attribution needs: with the changes made one after another, the differences add up to that of the years."""
    diff = example().diff
    free = frozenset(c for c in diff.changes if not c.scores)
    scoring = [c for c in diff.changes if c.scores]
    facts = _full_department(diff.new)

    def total(made: frozenset[Change]) -> Fraction:
        found = score(diff.hybrid(made | free), facts, work_calendar()).total
        assert isinstance(found, Fraction)
        return found

    first, last = total(frozenset()), total(frozenset(scoring))
    assert first == score(diff.old, facts, work_calendar()).total
    for order in (scoring, scoring[::-1]):
        steps = [total(frozenset(order[: i + 1])) - total(frozenset(order[:i])) for i in range(len(order))]
        assert sum(steps) == last - first
    assert last == Fraction(873, 10)


def _full_department(program: Program) -> Facts:
    from zjrules.fit import fit
    from zjrules.inout import factfile
    from zjrules.span import Source

    text = (ROOT / "cases/example-2026/01-full-department.yaml").read_text("utf-8")
    document, _ = factfile.facts(Source("案例.yaml", text))
    assert document is not None
    return fit(document.raw, program.schema, 2026, [])[0]


# ---------- forms ----------


def test_json_follows_the_published_schema() -> None:
    for report in (example(), edited(REWRITTEN), edited(("0-book.zj", "优 ≥ 90 分", "优 ≥ 91 分"))):
        found = json.loads(differing.document(report, "json"))
        jsonschema.validate(found, SCHEMA)
        assert found == document(report, found["引擎"])
    enums = SCHEMA["$defs"]["change"]["properties"]
    assert enums["类"]["enum"] == list(KINDS)
    assert enums["动作"]["enum"] == list(ACTS)


def test_json_tells_facts_and_scores() -> None:
    found = document(example(), "")
    (verdict,) = [v for v in found["指标"] if v["旧"] == ["三公经费控制"]]
    assert verdict["事实"]["值"] == {"三公经费预算": "0", "三公经费支出": "0"}
    assert (verdict["旧得"], verdict["新得"]) == ("得 2 分", "没有得分：不计入（本一级指标）")


def test_markdown_has_every_sentence_and_nobodys_words_break_out() -> None:
    text = markdown(example())
    for change in example().changes:
        assert change.said.split("「")[0] in text
    assert "## 影响得分的（6）" in text
    nasty = ("6-assets.zj", '  依据 "评分表 6.（6）"', '  依据 "```\\n# 标题 | <b>x</b>"')
    found = markdown(edited(nasty))
    assert "\n# 标题" not in found and "<b>" not in re.sub(r"```+text\n.*?\n```+", "", found, flags=re.DOTALL)


# ---------- the command ----------


def test_the_command_tells_and_its_exit_code_says_whether_something_changed(tmp_path: Path) -> None:
    done = run("diff", OLD, NEW)
    assert done.returncode == 1, done.stderr
    assert "参数「调剂权重」由 60% 改为 50%，用在「预算编制约束性」。" in done.stdout
    assert "旧 rules/zhanjiang/2025/2-execution.zj:10" in done.stdout
    assert "指标「采购政策效能」（2 分）拆成「中小企业采购」（1 分）、「平台采购」（1 分）。" in done.stdout
    assert "\x1b" not in done.stdout
    same = run("diff", OLD, OLD)
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "没有变化")
    assert run("diff", "没有/2025", NEW).returncode == 2
    assert run("diff", OLD).returncode == 3
    broken = tmp_path / "坏"
    broken.mkdir()
    (broken / "0-book.zj").write_text("规则集 坏\n  满分 一 分\n", "utf-8")
    assert run("diff", OLD, str(broken)).returncode == 2


def test_the_command_writes_files_whole_and_once(tmp_path: Path) -> None:
    path = tmp_path / "变化.md"
    assert run("diff", OLD, NEW, "--no-prove", "-o", str(path)).returncode == 1
    assert path.read_text("utf-8").startswith("# 湛江市")
    assert run("diff", OLD, NEW, "--no-prove", "-o", str(path)).returncode == 3
    assert run("diff", OLD, NEW, "--no-prove", "-o", str(path), "--format", "json", "--force").returncode == 1
    jsonschema.validate(json.loads(path.read_text("utf-8")), SCHEMA)
    assert run("diff", OLD, NEW, "--no-prove", "-o", str(tmp_path / "没有" / "x.md")).returncode == 2


def test_help_says_the_exit_codes() -> None:
    assert "0 没有变化；1 有变化；2 规则读不了或不合格；3 用法不对" in run("diff", "--help").stdout


def test_the_command_without_a_solver_says_so() -> None:
    code = (
        "import sys\n"
        "class No:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'z3': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda n, p=None: None if n == 'z3' else real(n, p)\n"
        f"sys.argv = ['zjrules', 'diff', '{OLD}', '{NEW}']\n"
        "from zjrules.cli.main import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1, done.stderr
    assert "ZJ7001" in done.stderr
    assert "没有装求解器" in done.stdout
    assert "固定资产利用率  没有问" in done.stdout
