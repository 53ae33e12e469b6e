"""`zjrules batch --sweep` as a user runs it: the table, what is told, interruptions, and what a sweep cannot be used for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from test_sweep import BOOK

from test_batch import ZHANJIANG, batch, departments, explain, outputs
from zjrules.batch import run as running
from zjrules.cli import batching
from zjrules.cli.main import group
from zjrules.inout.table.write import Piece, written

SWEEP = ("--sweep", "调剂权重=40%..80%/20%")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    departments().write_parquet(tmp_path / "表.parquet")
    return tmp_path


def swept(place: Path, out: str, *args: str) -> str:
    result = batch("表.parquet", "-o", out, "--rules", ZHANJIANG, *SWEEP, *args, cwd=place)
    assert result.return_value == 1, (result.output, result.exception)
    return result.stdout


def test_a_unit_has_a_row_for_every_value_and_that_of_the_rules_is_the_plain_one(place: Path) -> None:
    said = swept(place, "扫描.parquet")
    batch("表.parquet", "-o", "得分.parquet", "--rules", ZHANJIANG, cwd=place)
    table, plain = pl.read_parquet(place / "扫描.parquet"), pl.read_parquet(place / "得分.parquet")
    assert table.columns == ["参数·调剂权重", *plain.columns]
    assert table["参数·调剂权重"].to_list() == ["40%", "60%", "80%"] * 23
    assert table.filter(pl.col("参数·调剂权重") == "60%").drop("参数·调剂权重").equals(plain)
    moved = [
        int(table[i::3]["等级"].ne_missing(plain["等级"]).sum()) for i in range(3)
    ]  # fmt: skip
    rows = {line.split()[0]: line.split()[-1] for line in said.splitlines() if line.strip()[:2] in ("40", "60", "80")}
    assert rows == {"40%": str(moved[0]), "60%": "0", "80%": str(moved[2])}
    assert "规则原样" in said


@pytest.mark.parametrize("kind", ["parquet", "csv", "xlsx", "arrow"])
def test_the_rows_do_not_depend_on_the_blocks(kind: str, place: Path) -> None:
    found = []
    for size in ("4", "100"):
        said = swept(place, f"扫描.{kind}", "--block", size, "--force", "--format", "json")
        found.append((outputs(place, "扫描"), json.loads(said)["扫描"]))
    assert found[0] == found[1]


def test_the_outcome_as_json(place: Path) -> None:
    document = json.loads(swept(place, "扫描.csv", "--format", "json"))
    assert document["取值"] == 3 and document["行数"] == document["已算"] == 23
    assert [s["参数"] for s in document["扫描"]] == [{}, *({"调剂权重": f"{v}%"} for v in (40, 60, 80))]
    for some in document["扫描"]:
        assert sum(some["等级"].values()) == some["单位数"] == 23
    standing, same = document["扫描"][0], document["扫描"][2]
    assert {**standing, "参数": 0} == {**same, "参数": 0}


def test_a_sweep_is_resumed_and_another_is_not(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = swept(place, "扫描.parquet", "--block", "5"), outputs(place, "扫描")

    def full(_: str, __: Path, ___: pl.Schema, pieces: Iterable[Piece]) -> None:
        assert sum(len(piece) for piece in pieces)
        raise OSError(28, "磁盘满了")

    monkeypatch.setattr(running, "written", full)
    args = ("表.parquet", "-o", "扫描.parquet", "--rules", ZHANJIANG, "--block", "5")
    assert batch(*args, *SWEEP, "--force", cwd=place).return_value == 2
    monkeypatch.setattr(running, "written", written)
    blocks = sorted((place / "扫描.parquet.未完").glob("*.块"))
    assert len(blocks) == 5
    blocks[2].unlink()
    for other in ((), ("--sweep", "调剂权重=40%"), ("--sweep", "追加权重=40%..80%/20%")):
        found = batch(*args, *other, "--resume", cwd=place)
        assert "接不上" in str(found.exception) and "扫描" in str(found.exception)
    assert (swept(place, "扫描.parquet", "--block", "5", "--resume"), outputs(place, "扫描")) == expected


def test_several_parameters_are_swept_together(place: Path) -> None:
    swept(place, "扫描.csv", "--sweep", "公开期限=10日，20日")
    table = pl.read_csv(place / "扫描.csv", infer_schema=False)
    assert table.columns[:3] == ["参数·调剂权重", "参数·公开期限", "单位"]
    assert table.select(table.columns[:2]).unique().height == 6 and table.height == 23 * 6


def test_what_a_value_breaks_is_told_and_what_makes_it_no_rule_set_ends_with_2(place: Path) -> None:
    result = batch("表.parquet", "-o", "一.csv", "--rules", ZHANJIANG, "--sweep", "调剂权重=90%", cwd=place)
    assert result.return_value == 1 and "ZJ4054" in result.output and "调剂权重 = 90%" in result.output


def test_a_sweep_cannot_be_explained_or_summed_up(place: Path) -> None:
    swept(place, "扫描.parquet")
    assert "不带 --sweep" in str(explain("扫描.parquet", "--unit", "单位1", cwd=place).exception)
    path = str(place / "扫描.parquet")
    told = CliRunner().invoke(group, ["summary", path, "--rules", ZHANJIANG], standalone_mode=False)
    assert told.return_value == 2 and "先筛出一种取值" in told.output
    one = pl.read_parquet(path).filter(pl.col("参数·调剂权重") == "40%")
    one.write_parquet(path)
    told = CliRunner().invoke(group, ["summary", path, "--rules", ZHANJIANG], standalone_mode=False)
    assert told.return_value == 0 and "共 23 个单位" in told.output


def test_all_rows_of_a_sweep_must_fit_a_sheet(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "MOST_ROWS", 68)
    result = batch("表.parquet", "-o", "扫描.xlsx", "--rules", ZHANJIANG, *SWEEP, cwd=place)
    assert result.return_value == 2 and "有 69 行" in result.output


def test_units_that_are_compared_are_compared_under_every_value(tmp_path: Path) -> None:
    old, new = "得分 若 戊 则 2 分 否则 0 分", "得分 若 甲 ≥ 同级平均(甲, 自己：计入) × 权 则 2 分 否则 0 分"
    book = BOOK.replace(old, new)
    (tmp_path / "书.zj").write_text(book, "utf-8")
    (tmp_path / "主.csv").write_text("单位,甲（元）,乙（元）\n一,1,2\n二,2,4\n三,3,5\n", "utf-8")
    args = ("主.csv", "--rules", "书.zj", "--sweep", "权=0%..150%/75%", "--block", "1")
    result = batch(*args, "-o", "得分.csv", cwd=tmp_path)
    assert result.return_value == 1, (result.output, result.exception)
    table = pl.read_csv(tmp_path / "得分.csv", infer_schema=False)
    # The mean of 甲 is 2 元: at 0% all reach it, at 75% (1.5 元) 二 and 三, at 150% (3 元) 三.
    assert table["四"].to_list() == ["2.00", "0.00", "0.00", "2.00", "2.00", "0.00", "2.00", "2.00", "2.00"]
