"""The dossier as people get it: on a terminal, as a workbook, as a page, as JSON; and what the command refuses."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import jsonschema
import openpyxl
import polars as pl
import pytest
from departments import departments

from test_cli import ROOT, run
from test_dossier import NEW, OLD, by_hand, loaded, told
from zjrules.cli import impact_shown, say
from zjrules.dossier import shapley
from zjrules.dossier.dossier import Dossier
from zjrules.dossier.page import bars, html
from zjrules.dossier.record import document
from zjrules.dossier.sheets import xlsx

SCHEMA = json.loads((ROOT / "engine/zjrules/schema/dossier.schema.json").read_text("utf-8"))


def three(weights: shapley.Weights | None) -> Dossier:
    """Return the dossier of the three units that are worked out in test_dossier."""
    found, frames = by_hand()
    return told(found, frames, weights)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a table of 40 departments, of which some lack facts and one has a fact that cannot be."""
    found = tmp_path_factory.mktemp("全市") / "全市.parquet"
    drawn = departments(40, 3, missing=0.002)
    wrong = pl.when(pl.int_range(pl.len()) == 7).then(-1).otherwise(pl.col("预算调剂额（分）"))
    drawn.with_columns(wrong.alias("预算调剂额（分）")).write_parquet(found)
    return found


def diff(table: Path, *options: str) -> tuple[int, str, str]:
    done = run("diff", OLD, NEW, "--facts", str(table), *options)
    return done.returncode, done.stdout, done.stderr


# ---------- JSON ----------


def test_json_by_hand_after_the_schema() -> None:
    rules = loaded(OLD)
    found = document(three(shapley.weights(2)), rules, rules, "0")
    jsonschema.validate(found, SCHEMA)
    east, _, south = found["单位"]
    assert (east["旧"]["总分"], east["新"]["总分"], east["差额"], east["份额"]) == (
        "3",
        "16/5",
        "1/5",
        ["3/2", "-13/10"],
    )
    assert south["旧"] == {"总分": None, "最低": "0", "最高": "3", "等级": ["差", "良"], "名次": None, "缺": ["完成率"]}
    assert found["总览"]["未定"] == 1
    assert [c["合计"] for c in found["归因"]["条文"]] == ["9/4", "-39/20"]


def test_json_says_when_orders_were_drawn_and_when_nothing_was_attributed() -> None:
    rules = loaded(OLD)
    drawn = document(three(shapley.drawn_orders(2, 5, 7)), rules, rules, "0")
    jsonschema.validate(drawn, SCHEMA)
    assert (drawn["归因"]["准确"], drawn["归因"]["次序"], drawn["归因"]["种子"]) == (False, 5, 7)
    assert any("按种子 7 抽了 5 种次序" in s for s in drawn["说明"])
    none = document(three(None), rules, rules, "0")
    jsonschema.validate(none, SCHEMA)
    assert none["归因"] is None


# ---------- terminal, workbook, page ----------


def test_the_terminal_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    impact_shown.show(three(shapley.weights(2)), ((), ()), say.console())
    shown = capsys.readouterr().out
    assert "共 3 个单位，两边总分都已算的 2 个：升 2，降 0，不变 0，平均 +0.15 分；跨等级的 1 个。" in shown
    assert "另有 1 个单位缺事实或算不出，总分至少一边没有定：只列区间，不排名次，不归因。" in shown
    assert "合计 +2.25 分，平均 +1.125 分，增 2 个，减 0 个" in shown
    assert re.search(r"东局 +3 → 3.2 +\+0.2 +良 → 优 +1 → 1", shown)
    assert re.search(r"南局 +0至3 → 0至3.2 +— +差或良 → 差或良或优", shown)


def test_a_workbook_by_hand() -> None:
    made = xlsx(three(shapley.weights(2)))
    assert made == xlsx(three(shapley.weights(2)))
    book = openpyxl.load_workbook(BytesIO(made))
    assert book.sheetnames == ["总览", "各单位", "各条文", "跨档"]
    rows = list(book["各单位"].iter_rows(values_only=True))
    assert rows[1] == ("东局", 3, 3.2, 0.2, "良", "优", 1, 1, 1.5, -1.3)
    assert rows[3][:6] == ("南局", "0至3", "0至3.2", None, "差或良", "差或良或优")
    assert [r[0] for r in book["跨档"].iter_rows(values_only=True)] == ["单位", "东局"]
    assert [r[2:6] for r in book["各条文"].iter_rows(min_row=2, values_only=True)] == [
        (2.25, 1.125, 2, 0),
        (-1.95, -0.975, 0, 2),
    ]


def test_a_page_by_hand() -> None:
    pytest.importorskip("matplotlib")
    page = html(three(shapley.weights(2)), "脚注")
    assert page == html(three(shapley.weights(2)), "脚注")
    assert "default-src &#x27;none&#x27;" in page and "<script" not in page
    assert re.search(r"\sstyle=|(href|src)=\"(?!#)|url\(|@import", page) is None
    for name in ("总分的分布", "等级", "各条文", "升得最多", "跨等级的单位", "没有定的单位"):
        assert f"<h2>{name}</h2>" in page
    assert "降得最多" not in page
    assert page.count("<svg") == 3
    assert "+1.125 分" in page and "-0.975 分" in page


def test_bars_count_every_settled_total_once() -> None:
    found = three(None)
    got = bars([u.old for u in found.settled], Fraction(10))
    assert sum(b.many for b in got) == 2
    # 3 is the lower end of its bar of 0.2 points, and so is 1.4 that of 1.5.
    assert [b.low for b in got if b.many] == [Fraction(14, 10), Fraction(3)]


# ---------- the command ----------


def test_the_command_writes_all_its_forms(table: Path, tmp_path: Path) -> None:
    book, page = tmp_path / "影响.xlsx", tmp_path / "影响.html"
    code, out, err = diff(table, "-o", str(book), "--html", str(page), "--format", "json")
    assert code == 1
    found = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    assert found["总览"]["单位"] == 39 and found["总览"]["没有算"] == 1
    assert "预算调剂额" in err and "单位00000007" in err
    settled = [u for u in found["单位"] if u["差额"] is not None]
    assert 10 < len(settled) < 39
    for unit in found["单位"]:
        assert unit["份额"] is None or unit["差额"] is not None
        assert unit["份额"] is None or sum(map(Fraction, unit["份额"])) == Fraction(unit["差额"])
    assert openpyxl.load_workbook(book)["各单位"].max_row == 40
    assert "示例，非官方" in page.read_text("utf-8")
    code, _, err = diff(table, "-o", str(book), "--no-attribution")
    assert code == 3 and "--force" in err


def test_two_equal_rule_sets_leave_all_units_as_they_are(tmp_path: Path) -> None:
    found = tmp_path / "全市.parquet"
    departments(5, 4).write_parquet(found)
    done = run("diff", OLD, OLD, "--facts", str(found))
    assert done.returncode == 0
    assert "没有影响得分的条文，不用归因。" in done.stdout


def test_files_of_one_unit_each() -> None:
    done = run("diff", OLD, NEW, "--facts", str(ROOT / "cases/zhanjiang-2025/05-full-department.yaml"))
    assert done.returncode in (0, 1), done.stderr
    assert "共 1 个单位" in done.stdout


@pytest.mark.parametrize(
    "options", [("--html", "影响.html"), ("--no-attribution",), ("-o", "影响.xlsx"), ("--ignore", "甲")]
)
def test_what_needs_facts_is_refused_without(options: tuple[str, ...]) -> None:
    done = run("diff", OLD, NEW, *options)
    assert done.returncode == 3 and "--facts" in done.stderr


@pytest.mark.parametrize("options", [("--format", "md"), ("-o", "影响.md")])
def test_a_dossier_has_no_markdown(table: Path, options: tuple[str, ...]) -> None:
    assert diff(table, *options)[0] == 3


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    code, _, err = diff(tmp_path / "没有.parquet")
    assert code == 2 and "ZJ1050" in err


def test_units_that_are_compared_are_read_as_a_whole_and_nobody_is_attributed_where_nobody_is_settled() -> None:
    done = run("diff", "staffing/2024-city", "staffing/2024-district", "--facts", str(ROOT / "cases/staffing-2024"))
    assert done.returncode == 1, done.stderr
    assert "没有一个单位可以归因；影响得分的条文有 15 处。" in done.stdout
    # The three cases have their ranks among all units: 14, 12.78 and 6.65, signed in cases/staffing-2024.
    assert re.search(r"甲局（虚构） +14 → .*1 → —", done.stdout)
    assert "只有新规则要的事实：综合考核得分、办件效率值" in done.stdout
    assert "增减" not in done.stdout
