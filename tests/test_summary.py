"""The summary of a batch: a small one worked out by hand, its JSON, the table that it is read from, the command, the page."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import jsonschema
import polars as pl
import pytest
from attrs import evolve

from batches import hand, last_of, table
from zjrules.inout.table.read_back import NotAResultError
from zjrules.summary import bars
from zjrules.summary.record import record
from zjrules.summary.table import last_of_table, tally_of_table
from zjrules.summary.tally import Tally, tally

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
    found = record(six if facts else evolve(six, amounts={}, change=None))
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
    written.write_csv(tmp_path / "得分.csv")
    written.write_ipc(tmp_path / "得分.arrow")
    same = evolve(six, amounts={}, change=None)
    assert tally_of_table(written, scored.program) == same
    assert tally_of_table(pl.scan_parquet(tmp_path / "得分.parquet"), scored.program) == same
    assert tally_of_table(pl.scan_csv(tmp_path / "得分.csv", infer_schema=False), scored.program) == same
    assert tally_of_table(pl.scan_ipc(tmp_path / "得分.arrow"), scored.program) == same


def test_last_years_totals_are_read_from_a_table_of_other_rules() -> None:
    scored, _ = hand()
    before = table(scored).select("单位", pl.col("总分") - 1, "状态")
    found = tally_of_table(table(scored), scored.program, last_of_table(before, Fraction(1))).change
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
    spent = tally_of_table(written, scored.program).indicators[0]
    assert spent.settled == 6
    assert spent.ends == (Fraction(4, 3), Fraction(4))
    # 4/3 is no whole millionth: the sum is known from below and from above.
    assert (spent.sum.low, spent.sum.high) == (17_833_333, 17_833_334)
    assert spent.histogram.between == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"总分": pl.lit(1.5)}, "不是准确的数"),
        ({"人次": pl.lit("一分")}, "「一分」不是得分"),
        ({"状态": pl.lit("好")}, "「好」不认识"),
        ({"状态": pl.lit("已算"), "总分": pl.lit(None, pl.Decimal(38, 2))}, "却没有总分"),
        ({"缺少": pl.lit("没有的事实")}, "这本规则没有"),
        ({"勾稽不符": pl.lit("没有的勾稽")}, "这本规则没有"),
    ],
)
def test_a_table_that_is_none_of_ours_is_told(change: dict[str, pl.Expr], said: str) -> None:
    scored, _ = hand()
    with pytest.raises(NotAResultError, match=said):
        tally_of_table(table(scored).with_columns(**change), scored.program)


def test_a_column_that_is_not_there_is_told_with_the_likely_one() -> None:
    scored, _ = hand()
    with pytest.raises(NotAResultError, match="没有「支出率」这一列，有一列叫「支出律」"):
        tally_of_table(table(scored).rename({"支出率": "支出律"}), scored.program)
