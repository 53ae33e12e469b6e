"""The summary of a batch: a small one worked out by hand, its JSON, the table that it is read from, the command, the page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fractions import Fraction
from io import StringIO
from pathlib import Path

import jsonschema
import matplotlib as mpl
import polars as pl
import pyarrow.parquet as pq
import pytest
from attrs import evolve
from rich.console import Console

from batches import BOOK, hand, last_of, program, table
from test_cli import run
from zjrules.inout.table import read_back
from zjrules.inout.table.read_back import NotAResultError, opened
from zjrules.summary import bars
from zjrules.summary.page import html
from zjrules.summary.record import record
from zjrules.summary.source import Source
from zjrules.summary.table import last_of_table, tally_of_table
from zjrules.summary.tally import Tally, nothing, tally
from zjrules.summary.terminal import terminal

ROOT = Path(__file__).parent.parent
LAST = {
    "甲局": Fraction(10),
    "乙局": Fraction(13, 2),
    "丙局": Fraction(633, 100),
    "丁局": Fraction(401, 100),
    "庚局": Fraction(8),
}


@pytest.fixture(scope="module")
def six() -> Tally:
    """Return the tally of six units, whose scores stand beside them in batches.py."""
    scored, facts = hand()
    return tally(scored, facts, last_of(LAST, Fraction(2)))


def without_facts(found: Tally) -> Tally:
    """Return a tally as its table gives it: without facts, without last year's."""
    return evolve(found, seen=0, amounts={}, bands=((0, 0),) * len(found.bands), change=None)


# ---------- by hand ----------


def test_totals_by_hand(six: Tally) -> None:
    # 10, 9, 4.33, 4, 4.5 are settled; 戊局 lacks 培训人次 and has 6 to 10.
    assert (six.units, six.settled, six.open, six.none) == (6, 5, 1, 0)
    assert six.mean == Fraction(3183, 500)  # 31.83 ÷ 5
    assert six.ends == (Fraction(4), Fraction(10))
    # In order 4, 4.33, 4.5, 9, 10: the 2nd (⌈5/4⌉), the 3rd (⌈5/2⌉), the 4th (⌈15/4⌉).
    assert six.quartiles == (Fraction(433, 100), Fraction(9, 2), Fraction(9))
    assert six.totals.exact and six.sum.exact
    assert [b.many for b in bars.of_totals(six, 10)] == [0, 0, 0, 0, 3, 0, 0, 0, 0, 1, 1]


def test_grades_by_hand(six: Tally) -> None:
    assert [(g.grade, g.certain, g.possible) for g in bars.grades(six)] == [("优", 2, 1), ("良", 0, 1), ("差", 3, 0)]


def test_indicators_by_hand(six: Tally) -> None:
    spent, people, public = six.indicators
    assert (spent.full, spent.partial, spent.zero, spent.open, spent.none) == (3, 3, 0, 0, 0)
    assert spent.mean == Fraction(1783, 600)  # (4 + 3 + 1.33 + 4 + 4 + 1.5) ÷ 6
    assert spent.lost == Fraction(617, 100)
    assert (people.full, people.partial, people.zero, people.open) == (2, 2, 1, 1)
    assert people.share == Fraction(1, 2)  # (4 + 4 + 1 + 0 + 1) ÷ 5 ÷ 4
    assert (public.full, public.zero, public.lost) == (5, 1, Fraction(2))
    assert [m.name for m in bars.lost(six)] == ["人次", "支出率", "公开"]  # 10, 6.17, 2


def test_what_is_missing_failed_and_strange_by_hand(six: Tally) -> None:
    assert bars.missing(six) == [("培训人次", 1)]
    assert bars.failed(six) == [("支出不大于预算", 1)]
    assert (six.perfect, [n.unit for n in six.perfect_names]) == (1, ["甲局"])
    # 己局 has 结余 1000 万元, where the others have a tenth of their other amounts.
    assert [(name, many, [n.unit for n in who]) for name, many, _, who in six.slips] == [("结余", 1, ["己局"])]
    # 100 人 of 乙局 is just enough, 99 人 of 己局 just not: [100, 105) and [95, 100). Nobody is near 50 人.
    assert [(c.edge.text, c.better, c.worse, c.tail) for c in six.crowds] == [("100 人", 1, 1, Fraction(3, 4))]
    # [9, 9.1) has 乙局, [8.9, 9) has none.
    assert [(e.grade, e.above, e.below, e.tail) for e in six.edges] == [("优", 1, 0, Fraction(1, 2)), ("良", 0, 0, 1)]


def test_changes_by_hand(six: Tally) -> None:
    # 甲 10 → 10, 乙 6.5 → 9, 丙 6.33 → 4.33, 丁 4.01 → 4; 己 is new, 戊 is open.
    found = six.change
    assert found is not None
    assert (found.up, found.down, found.same, found.new, found.jumps) == (1, 2, 1, 1, 2)
    assert found.sum.value == Fraction(49, 100)
    assert [n.unit for n in found.farthest] == ["乙局", "丙局"]


# ---------- JSON ----------


@pytest.mark.parametrize("facts", [True, False])
def test_json_follows_the_published_schema_and_has_no_float(six: Tally, facts: bool) -> None:
    schema = json.loads((ROOT / "engine/zjrules/schema/summary.schema.json").read_text("utf-8"))
    found = record(six if facts else without_facts(six))
    jsonschema.validate(found, schema)
    assert (found["异常"]["金额"] is None, found["异常"]["较上年"] is None) == (not facts, not facts)

    def no_float(value: str) -> None:
        raise AssertionError(value)

    json.loads(json.dumps(found, ensure_ascii=False), parse_float=no_float)


# ---------- tables ----------


def test_a_table_gives_the_tally_of_what_it_was_written_from(six: Tally, tmp_path: Path) -> None:
    scored, _ = hand()
    written = table(scored)
    written.write_parquet(tmp_path / "得分.parquet")
    written.write_csv(tmp_path / "得分.csv", include_bom=True)
    written.write_ipc(tmp_path / "得分.arrow")
    same = without_facts(six)
    assert tally_of_table([written.head(2), written.tail(4)], scored.program) == same
    for suffix in ("parquet", "csv", "arrow"):
        found, problems = opened(tmp_path / f"得分.{suffix}")
        assert found is not None, problems
        assert tally_of_table(found.blocks(), scored.program) == same


def test_what_is_no_table_or_breaks_off_is_told(tmp_path: Path) -> None:
    table(hand()[0]).write_parquet(tmp_path / "好.parquet", row_group_size=2)
    data = (tmp_path / "好.parquet").read_bytes()
    (tmp_path / "坏.parquet").write_bytes(data[:200])
    (tmp_path / "坏.csv").write_bytes("单位,总分\n甲".encode("gbk"))
    (tmp_path / "坏.arrow").write_bytes(b"ARROW1")
    for name, said in (
        ("坏.parquet", "里面不是"),
        ("坏.csv", "里面不是"),
        ("坏.arrow", "里面不是"),
        ("表.xlsx", "结尾的表才读"),
        ("无.csv", "没有"),
    ):
        found, problems = opened(tmp_path / name)
        assert found is None
        assert said in problems[0].message


def test_a_table_that_breaks_further_on_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "坏.parquet"
    table(hand()[0]).write_parquet(path, row_group_size=2)
    at = pq.ParquetFile(path).metadata.row_group(2).column(0).data_page_offset
    data = path.read_bytes()
    path.write_bytes(data[:at] + bytes(20) + data[at + 20 :])
    monkeypatch.setattr(read_back, "BLOCK", 2)
    found, problems = opened(path)
    assert found is not None, problems
    with pytest.raises(NotAResultError, match="读不下去"):
        tally_of_table(found.blocks(), program())


def test_last_years_totals_are_read_from_a_table_of_other_rules() -> None:
    scored, _ = hand()
    before = table(scored).select("单位", pl.col("总分") - 1, "状态")
    found = tally_of_table([table(scored)], scored.program, last_of_table([before], Fraction(1))).change
    assert found is not None
    assert (found.up, found.both, found.new, found.jumps) == (5, 5, 0, 5)


def test_unrounded_scores_and_notes_are_read() -> None:
    scored, _ = hand()
    written = table(scored).drop("支出率", "支出率·至")
    ratios = [(4, 1), (3, 1), (4, 3), (4, 1), (4, 1), None]
    written = written.with_columns(
        pl.Series("支出率·分子", [r and r[0] for r in ratios], dtype=pl.Int64),
        pl.Series("支出率·分母", [r and r[1] for r in ratios], dtype=pl.Int64),
        pl.Series("支出率·注", [None] * 5 + ["3/2"]),
    )
    spent = tally_of_table([written], scored.program).indicators[0]
    assert spent.settled == 6
    assert spent.ends == (Fraction(4, 3), Fraction(4))
    # 4/3 is no whole millionth: the sum is known from below and from above.
    assert (spent.sum.low, spent.sum.high) == (17_833_333, 17_833_334)
    assert spent.histogram.between == 1


def test_open_scores_are_known_by_their_notes_and_rows_of_ledgers_count_once() -> None:
    scored, _ = hand()
    none = pl.lit(None, pl.Decimal(38, 2))
    notes = ["大于 1；小于 3", "没有下限；没有上限", "没有上限", "可能没有得分：除以零", "除以零", "得分 4"]
    written = table(scored).with_columns(
        pl.Series("人次", ["1", None, "1", "1", None, None]).cast(pl.Decimal(38, 2)), none.alias("人次·至"), pl.Series("人次·注", notes),
        pl.Series("缺少", [None] * 4 + ["合同 第 1 行「额」、合同 第 3 行「额」、培训人次", None]),
    )  # fmt: skip
    found = tally_of_table([written], scored.program)
    people = found.indicators[1]
    assert (people.open, people.none, people.full) == (4, 1, 1)
    assert found.missing == {"合同「额」": 1, "培训人次": 1}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"总分": pl.lit(1.5)}, "不是准确的数"),
        ({"人次": pl.lit("一分")}, "「一分」不是得分"),
        ({"状态": pl.lit("好")}, "「好」不认识"),
        ({"状态": pl.lit("已算"), "总分": pl.lit(None, pl.Decimal(38, 2))}, "却没有总分"),
        ({"勾稽不符": pl.lit("没有的勾稽")}, "这本规则没有"),
    ],
)
def test_a_table_that_is_none_of_ours_is_told(change: dict[str, pl.Expr], said: str) -> None:
    scored, _ = hand()
    with pytest.raises(NotAResultError, match=said):
        tally_of_table([table(scored).with_columns(**change)], scored.program)


def test_a_column_that_is_not_there_is_told_with_the_likely_one() -> None:
    scored, _ = hand()
    with pytest.raises(NotAResultError, match="没有「支出率」这一列，有一列叫「支出律」"):
        tally_of_table([table(scored).rename({"支出率": "支出律"})], scored.program)


# ---------- the command ----------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the rules and the table of the six units."""
    found = tmp_path_factory.mktemp("汇总")
    (found / "规则").mkdir()
    (found / "规则" / "book.zj").write_text(BOOK, "utf-8")
    table(hand()[0]).write_parquet(found / "得分.parquet")
    table(hand()[0]).write_csv(found / "得分.csv")
    return found


def test_the_command_tells_the_same_of_both_kinds_of_tables(folder: Path) -> None:
    one = run("summary", "得分.csv", "--rules", "规则", cwd=folder)
    other = run("summary", "得分.parquet", "--rules", "规则", "--last", "得分.csv", cwd=folder, NO_COLOR="1")
    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert "平均 6.37" in one.stdout
    assert other.stdout.startswith(one.stdout)
    assert "与上年都有总分的 5 个单位：升 0，降 0，不变 5" in other.stdout
    assert "\x1b" not in one.stdout + other.stdout


def test_the_command_writes_json_and_a_page_and_does_not_overwrite(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "汇总.html"
    asked = ("summary", "得分.parquet", "--rules", "规则", "--format", "json", "--html", str(page))
    result = run(*asked, cwd=folder)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    jsonschema.validate(document, json.loads((ROOT / "engine/zjrules/schema/summary.schema.json").read_text("utf-8")))
    assert document["来源"]["得分表"] == "得分.parquet"
    written = page.read_bytes()
    assert b"<svg" in written
    assert run(*asked, cwd=folder).returncode == 3
    assert run(*asked, "--force", cwd=folder).returncode == 0
    assert page.read_bytes() == written


def test_what_is_no_table_of_these_rules_is_2_and_wrong_usage_3(folder: Path) -> None:
    for asked, said in (
        (("没有.parquet", "--rules", "规则"), "没有这个文件"),
        (("规则/book.zj", "--rules", "规则"), "结尾的表才读"),
        (("得分.csv", "--rules", "规则", "--last", "规则/book.zj"), "结尾的表才读"),
        (("得分.csv", "--rules", str(ROOT / "rules/zhanjiang/2025")), "没有「编制规范」这一列"),
    ):
        result = run("summary", *asked, cwd=folder)
        assert result.returncode == 2
        assert "ZJ5190" in result.stderr and said in result.stderr
    assert run("summary", "得分.csv", cwd=folder).returncode == 3
    assert run("summary", "得分.csv", "--rules", "规则", "--jump", "0", cwd=folder).returncode == 3


@pytest.mark.parametrize(
    ("library", "command"),
    [("polars", "summary 得分.csv --rules 规则"), ("llvmlite", "batch 得分.csv -o 新.csv --rules 规则")],
)
def test_without_the_libraries_it_says_what_to_install(folder: Path, library: str, command: str) -> None:
    code = f"import sys; sys.modules['{library}'] = None; sys.argv = {['zjrules', *command.split()]}\n"
    code += "from zjrules.cli.main import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False
    )
    assert result.returncode == 2
    assert "ZJ5191" in result.stderr and library in result.stderr and "zjrules[bulk]" in result.stderr


# ---------- the page ----------


@pytest.fixture(scope="module")
def page(six: Tally) -> str:
    return html(six, Source("试验", "摘要", "0", "得分.parquet"))


def test_equal_tallies_give_equal_bytes(six: Tally, page: str) -> None:
    scored, facts = hand()
    again = tally(scored, facts, last_of(LAST, Fraction(2)))
    assert html(again, Source("试验", "摘要", "0", "得分.parquet")) == page
    assert re.search(r"20\d\d-\d\d-\d\d", page) is None


def test_settings_of_the_user_have_no_part_in_it(six: Tally, page: str) -> None:
    own = {"lines.marker": "o", "patch.linewidth": 5, "font.size": 30, "svg.fonttype": "path", "savefig.bbox": "tight"}
    with mpl.rc_context(own):  # type: ignore[arg-type]
        assert html(six, Source("试验", "摘要", "0", "得分.parquet")) == page


def test_scores_of_any_precision_are_read_from_text() -> None:
    scored, _ = hand()
    written = table(scored).with_columns(
        pl.Series("支出率", ["4", "3.0", "1.333333", "-0.5", None, "1.5"]), pl.lit("").alias("支出率·至")
    )
    spent = tally_of_table([written], scored.program).indicators[0]
    assert spent.ends == (Fraction(-1, 2), Fraction(4))
    assert (spent.settled, spent.zero, spent.histogram.between) == (5, 1, 1)
    assert spent.sum.value == Fraction(9_333_333, 1_000_000)


def test_the_page_loads_nothing_runs_nothing_and_has_no_style_that_its_policy_refuses(page: str) -> None:
    assert "default-src &#x27;none&#x27;" in page
    assert "<script" not in page
    assert re.search(r"\sstyle=", page) is None
    assert re.search(r"(href|src)=\"(?!#)", page) is None
    assert "url(" not in page and "@import" not in page


def test_every_plot_says_what_it_is_and_shows_and_ids_are_unique(page: str) -> None:
    plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(plots) == 6
    for plot in plots:
        named = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', plot)
        assert named is not None
        assert re.search(rf'<title id="{named[1]}">[^<]+</title><desc id="{named[2]}">[^<]+</desc>', plot)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_tables_have_the_numbers_of_the_plots(six: Tally, page: str) -> None:
    for mark in six.indicators:
        assert f'<tr><th scope="row">{mark.label}</th>' in page
        row = page.split(f'<tr><th scope="row">{mark.label}</th>')[1].split("</tr>")[0]
        cells = re.findall(r">([^<]+)</td>", row)
        assert cells[3:] == [str(n) for n in (mark.full, mark.partial, mark.zero, mark.open, mark.none)]
    shown = {"4 至 4.1", "4.3 至 4.4", "4.5 至 4.6", "9 至 9.1", "不低于 10"}
    assert all(f'<th scope="row">{text}</th><td class="num">1</td>' in page for text in shown)


def test_names_that_look_like_markup_or_formulas_are_text(six: Tally) -> None:
    first, *rest = six.indicators
    strange = evolve(six, indicators=(evolve(first, name="<b>$x^2$</b> & \u202e"), *rest))
    shown = html(strange)
    assert "<b>$" not in shown and "\u202e" not in shown
    assert shown.count("&lt;b&gt;$x^2$&lt;/b&gt; &amp; �") >= 4


def test_a_page_of_no_units_is_a_page() -> None:
    assert "没有一个单位的总分算得出" in html(nothing(program()))


def test_what_it_says_can_be_shown_on_a_gbk_console(six: Tally) -> None:
    text = StringIO()
    terminal(six, Console(file=text, width=120, highlight=False, markup=False))
    text.getvalue().encode("gbk")
