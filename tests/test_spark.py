"""Departments on Spark: what a worker does with its rows, and a real local Spark against the local engine, row for row."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from comparing import text, units
from departments import departments
from given import drawn
from sheets import sheet, writable

from test_batch import ZHANJIANG, batch
from zjrules.bulk.program import bulk
from zjrules.cli import sparking
from zjrules.fact import Facts
from zjrules.inout.calendar import work_calendar
from zjrules.inout.table import scores
from zjrules.inout.table.frame import frame_from
from zjrules.pack import packed_whole, unpacked_whole
from zjrules.project import load, rule_sets
from zjrules.ruleset import RuleSet
from zjrules.spark import scored
from zjrules.workers import ASIDE, TOLD, SparkError, Task, digest_of, stamp

ROOT = Path(__file__).parent.parent
LACKING = (
    "pyspark and pandas are not installed: pip install 'zjrules[spark]'"
    if find_spec("pyspark") is None or find_spec("pandas") is None
    else "Java is not installed"
    if shutil.which("java") is None
    else ""
)
needs_spark = pytest.mark.skipif(bool(LACKING), reason=LACKING)


def rules_of(name: str = ZHANJIANG) -> RuleSet:
    found, problems = load(name)
    assert found is not None, problems
    return found


# ---------- what a worker does ----------


def task(**changed: object) -> Task:
    """Return the task that is sent to workers, as it is there."""
    data = json.dumps(packed_whole(rules_of().program)).encode()
    load_ = {"规则": data, "日历": work_calendar(), "重名": ["单位00000007"], "不用的列": (), **changed}
    return Task(SimpleNamespace(value=load_), digest_of(data), stamp())


def some(first: int) -> pl.DataFrame:
    return departments(50, 3, missing=0.03, evidence=True, first=first)


@pytest.mark.parametrize("name", sorted(rule_sets()))
def test_a_rule_set_travels_whole(name: str) -> None:
    program = rules_of(name).program
    again = unpacked_whole(json.loads(json.dumps(packed_whole(program))))
    assert again == program
    assert [g.span for g in again.groups] == [g.span for g in program.groups]


def test_a_worker_scores_its_rows_as_the_local_engine_does_and_tells_of_the_others() -> None:
    tables = [some(0), some(50)]
    back = pa.Table.from_batches(list(task()(b for t in tables for b in t.to_arrow().combine_chunks().to_batches())))
    found = pl.from_arrow(back)
    assert isinstance(found, pl.DataFrame)
    assert not any(pa.types.is_large_string(t) for t in back.schema.types)
    program = rules_of().program
    frame, said = frame_from(program, pl.concat(tables), twice=pl.Series(["单位00000007"]))
    expected = scores.table_of(bulk(program, work_calendar()).score(frame))
    scored = found.filter(pl.col(f"{ASIDE}代码").is_null()).select(expected.columns)
    assert scored.height == 99 and scored.equals(expected)
    told = found.filter(pl.col(f"{ASIDE}代码").is_not_null()).select("单位", *(ASIDE + n for n in TOLD))
    assert told.rename({ASIDE + n: n for n in TOLD}).equals(said.select("单位", *TOLD))
    assert told[f"{ASIDE}代码"].to_list() == ["ZJ5509"]


def test_a_worker_refuses_other_rules_and_another_engine() -> None:
    batches = some(0).to_arrow().to_batches()
    other = json.dumps(packed_whole(rules_of("mof/2020").program)).encode()
    with pytest.raises(SparkError, match="摘要不符"):
        list(task(规则=other)(iter(batches)))
    with pytest.raises(SparkError, match="不是一版"):
        list(Task(task().load, task().digest, "0" * 64)(iter(batches)))


# ---------- what is refused before Spark is started ----------


@pytest.fixture
def place(tmp_path: Path) -> Path:
    some(0).write_parquet(tmp_path / "表.parquet")
    some(0).select("单位").write_csv(tmp_path / "表.csv")
    return tmp_path


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["表.parquet", "-o", "得分.csv", "--rules", ZHANJIANG], "只写 Parquet"),
        (["表.csv", "-o", "得分.parquet", "--rules", ZHANJIANG], "只读 Parquet"),
        (["表.parquet", "-o", "得分.parquet"], "--rules"),
        (["表.parquet", "-o", "得分.parquet", "--rules", ZHANJIANG, "--sweep", "调剂权重=40%"], "没有 --sweep"),
        (["表.parquet", "-o", "得分.parquet", "--rules", ZHANJIANG, "--resume"], "没有 --resume"),
        (["表.parquet", "-o", "表.parquet", "--rules", ZHANJIANG], "已经有了"),
    ],
)
def test_what_spark_does_not_do_is_refused(args: list[str], said: str, place: Path) -> None:
    found = batch(*args, "--engine", "spark", cwd=place)
    assert said in str(found.exception), (found.output, found.exception)


def test_what_is_not_installed_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("表.parquet", "-o", "得分.parquet", "--rules", ZHANJIANG, "--engine", "spark")
    monkeypatch.setattr(sparking, "find_spec", lambda _: None)
    assert "zjrules[spark]" in str(batch(*args, cwd=place).exception)
    monkeypatch.setattr(sparking, "find_spec", lambda _: object())
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert "Java" in str(batch(*args, cwd=place).exception)


def test_columns_that_do_not_fit_end_with_2(place: Path) -> None:
    pl.DataFrame({"单位": ["一"], "没有的列": ["二"]}).write_parquet(place / "错.parquet")
    found = batch("错.parquet", "-o", "得分.parquet", "--rules", ZHANJIANG, "--engine", "spark", cwd=place)
    assert found.return_value == 2 and "没有的列" in found.output


# ---------- a real Spark ----------


def command(*args: str, cwd: Path, rules: str = ZHANJIANG) -> tuple[dict[str, object], float]:
    """Run batch as a user does; return its JSON and how many seconds it took."""
    start = time.monotonic()
    line = [sys.executable, "-m", "zjrules.cli.main", "batch", *args, "--rules", rules, "--format", "json"]
    done = subprocess.run(line, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout), time.monotonic() - start


def odd() -> pl.DataFrame:
    """Return 200,000 departments: most of them whole, some with facts missing, names that stand twice, values out of range."""
    whole = departments(180_000, 11, evidence=True)
    lacking = departments(20_000, 12, missing=0.02, evidence=True, first=180_000)
    table = pl.concat([whole, lacking.select(whole.columns)])
    row = pl.int_range(table.height)
    name = pl.when(row % 9973 == 5).then(pl.lit("重名局")).otherwise(pl.col("单位")).alias("单位")
    money = pl.when(row % 7001 == 3).then(-1).otherwise(pl.col("年初预算数（分）")).alias("年初预算数（分）")
    return table.with_columns(name, money)


def ranked() -> pl.DataFrame:
    """Return 60,000 units that are ranked, with many ties: one lacks a fact, a name stands twice, some values are refused."""
    row = pl.int_range(60_000)
    name = pl.when(row % 49_999 == 5).then(pl.lit("重名区")).otherwise(pl.format("区{}", row))
    score = pl.when(row % 40_009 == 3).then(-1).otherwise(row * 7919 % 9973)
    speed = pl.when(row % 100_003 == 7).then(None).otherwise(row * 104_729 % 1_299_709)
    return pl.select(name.alias("单位"), score.alias("综合考核得分"), speed.alias("办件效率值"))


@needs_spark
@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "rules", "scored_", "said_"),
    [
        pytest.param(odd, ZHANJIANG, 199_000, 40, id="200,000 departments"),
        pytest.param(ranked, "staffing/2024-district", 59_990, 3, id="units that are compared"),
    ],
)
def test_spark_scores_many_units_as_the_local_engine_does(
    table: Callable[[], pl.DataFrame], rules: str, scored_: int, said_: int, tmp_path: Path
) -> None:
    table().write_parquet(tmp_path / "全国.parquet", row_group_size=25_000)
    local, took = command("全国.parquet", "-o", "本机.parquet", cwd=tmp_path, rules=rules)
    args = ("全国.parquet", "-o", "云上.parquet", "--engine", "spark", "--master", "local[2]")
    spark, took_too = command(*args, cwd=tmp_path, rules=rules)
    print(f"local {took:.1f} s, Spark {took_too:.1f} s")
    assert {**local, "输出": 0, "退回文件": 0} == {**spark, "输出": 0, "退回文件": 0}
    one = pl.read_parquet(tmp_path / "本机.parquet").sort("单位")
    other = pl.read_parquet(tmp_path / "云上.parquet").sort("单位")
    assert one.height > scored_ and one.equals(other)
    said = [
        pl.read_csv(tmp_path / f"{name}.parquet.退回.csv", infer_schema=False).select("单位", *TOLD).sort(pl.all())
        for name in ("本机", "云上")
    ]
    assert said[0].height > said_ and said[0].equals(said[1])


@needs_spark
@pytest.mark.slow
def test_the_documented_program_runs_under_spark_submit(tmp_path: Path) -> None:
    text = (ROOT / "engine" / "README.md").read_text("utf-8")
    found = re.search(r"```python\n(# score\.py\n.*?)```", text, re.DOTALL)
    assert found is not None
    (tmp_path / "score.py").write_text(found[1], "utf-8")
    table = some(0).with_columns(
        pl.when(pl.col("单位") == "单位00000004").then(None).otherwise(pl.col("单位")).alias("单位")
    )
    table.write_parquet(tmp_path / "units.parquet")
    submit = Path(sys.executable).parent / "spark-submit"
    env = {**os.environ, "PYSPARK_PYTHON": sys.executable}
    line = [str(submit), "--master", "local[2]", "score.py"]
    done = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert pl.read_parquet(tmp_path / "scores.parquet" / "*.parquet").height == 49
    assert pl.read_parquet(tmp_path / "rejects.parquet" / "*.parquet")["代码"].to_list() == ["ZJ5508"]


# ---------- units that are compared ----------


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A local Spark that reads files in pieces so small that some hold no rows."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    found = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    found.sparkContext.setLogLevel("ERROR")
    yield found
    found.stop()


def same(rules: RuleSet, rows: Sequence[Facts], spark: Any, folder: Path) -> pl.DataFrame:
    """Hold Spark's rows to those of all units at once, in at least seven partitions; return them."""
    table = sheet(rules.program.schema, rows, "text").with_columns(pl.col(pl.Null).cast(pl.Boolean))
    path = folder / "表.parquet"
    table.write_parquet(path, row_group_size=max(table.height // 5, 1))
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(max(path.stat().st_size // 7, 1)))
    df = spark.read.parquet(str(path))
    assert df.rdd.getNumPartitions() >= 7 or not rows
    done, problems = scored(df, rules)
    assert done is not None, problems
    found = pl.from_arrow(done.scores.toArrow())
    assert isinstance(found, pl.DataFrame)
    frame, _ = frame_from(rules.program, table)
    expected = scores.table_of(bulk(rules.program, work_calendar()).score(frame, whole=True)).sort("单位")
    found = found.sort("单位")
    for name in expected.columns:
        assert found[name].to_list() == expected[name].to_list(), name
    return expected


@needs_spark
@pytest.mark.slow
@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(units(60, 1, missing=0.03, na=0.2), id="ties, gaps, 不适用"),
        pytest.param(units(60, 2, missing=0.03, zero=0.1), id="no value"),
        pytest.param(units(90, 3, na=0.1, few=10**5), id="all known"),
        pytest.param(units(40, 4, few=10**30), id="long numbers"),
        pytest.param(units(12, 5, na=1.0), id="nobody to compare with"),
        pytest.param(units(1, 6), id="one"),
        pytest.param([], id="none"),
    ],
)
def test_spark_compares_units_as_the_local_engine_does(rows: Sequence[Facts], session: Any, tmp_path: Path) -> None:
    (tmp_path / "书.zj").write_text(text(), "utf-8")
    found = same(rules_of(str(tmp_path / "书.zj")), rows, session, tmp_path)
    assert found.height == len(rows)


@needs_spark
@pytest.mark.slow
@pytest.mark.parametrize("name", ["staffing/2024-city", "staffing/2024-district"])
@pytest.mark.parametrize("absent", [0, 40])
def test_spark_compares_units_by_the_books_of_the_repository(
    name: str, absent: int, session: Any, tmp_path: Path
) -> None:
    rules = rules_of(name)
    rows = writable(drawn(rules.program, seed, absent) for seed in range(60))
    assert same(rules, rows, session, tmp_path).height == 60


@needs_spark
@pytest.mark.slow
def test_too_many_units_without_a_value_are_refused(
    session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = rules_of("staffing/2024-district")
    pl.DataFrame({"单位": [f"单位{i}" for i in range(4)], "办件效率值": [None, None, None, 1]}).write_parquet(
        tmp_path / "表.parquet"
    )
    monkeypatch.setattr("zjrules.spark.MOST_OPEN", 2)
    with pytest.raises(SparkError, match="最多 2 个"):
        scored(session.read.parquet(str(tmp_path / "表.parquet")), rules)
