"""`zjrules batch` as a user runs it: formats, blocks, what is set aside, interruptions, and one row explained."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path

import jsonschema
import polars as pl
import pytest
from books import compiled
from click.testing import CliRunner, Result
from given import drawn
from sheets import sheet, writable

from test_help import FRAME
from zjrules.cli import batching
from zjrules.cli.main import group
from zjrules.project import load

ROOT = Path(__file__).parent.parent
ZHANJIANG = "zhanjiang/2025"
BOOK = f"""{FRAME}
指标 一 2 分
  得分 满分 × 限于(甲 ÷ 乙, 下限：0, 上限：1)
指标 二 2 分
  分档 合计(合同 的 额)
    不低于 100 元 得 满分
    其余          得 1 分
"""


def batch(*args: str, cwd: Path) -> Result:
    """Run the command in this process."""
    before = Path.cwd()
    os.chdir(cwd)
    try:
        return CliRunner().invoke(group, ["batch", *args], standalone_mode=False)
    finally:
        os.chdir(before)


def explain(*args: str, cwd: Path) -> Result:
    before = Path.cwd()
    os.chdir(cwd)
    try:
        return CliRunner().invoke(group, ["explain", *args], standalone_mode=False)
    finally:
        os.chdir(before)


@cache
def departments() -> pl.DataFrame:
    found, _ = load(ZHANJIANG)
    assert found is not None
    units = writable(drawn(found.program, i, absent=8) for i in range(23))
    return sheet(found.program.schema, units, "fen")


@cache
def small() -> pl.DataFrame:
    """Return a table for the small book."""
    program = compiled(BOOK)
    return sheet(program.schema, writable(drawn(program, i, absent=8) for i in range(23)), "fen")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    departments().write_parquet(tmp_path / "表.parquet")
    small().write_parquet(tmp_path / "小.parquet")
    (tmp_path / "书.zj").write_text(BOOK, "utf-8")
    return tmp_path


def outputs(folder: Path, name: str) -> dict[str, bytes]:
    """Return the bytes of an output and what stands beside it."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name.startswith(name) and "来历" not in p.name}


# ---------- formats and blocks ----------


@pytest.mark.parametrize("kind", ["parquet", "csv", "xlsx", "arrow"])
def test_the_output_is_the_same_whatever_the_blocks_are(kind: str, place: Path) -> None:
    found = []
    for size in ("1", "7", "100"):
        result = batch("小.parquet", "-o", f"得分.{kind}", "--rules", "书.zj", "--block", size, "--force", cwd=place)
        assert result.return_value == 1, result.output
        found.append(outputs(place, "得分"))
    assert found[0] == found[1] == found[2]
    assert not (place / f"得分.{kind}.未完").exists()


def read(path: Path) -> pl.DataFrame:
    """Return an output with every value as a text, a number without zeros at its end."""
    match path.suffix:
        case ".parquet":
            table = pl.read_parquet(path)
        case ".arrow":
            table = pl.read_ipc(path)
        case ".csv":
            table = pl.read_csv(path, infer_schema=False)
        case _:
            from openpyxl import load_workbook

            # Of bytes: a book that reads from the file keeps it open until it is collected.
            book = load_workbook(BytesIO(path.read_bytes()), read_only=True)
            rows = list(book.worksheets[0].iter_rows(values_only=True))
            width = len(rows[0])
            cells = [[None if v is None else str(v) for v in (*r, *[None] * (width - len(r)))] for r in rows[1:]]
            table = pl.DataFrame(cells, schema=[str(h) for h in rows[0]], orient="row")
    return table.with_columns(pl.all().cast(pl.String).replace("", None).map_elements(_plain, pl.String))


def _plain(text: str) -> str:
    try:
        return str(Fraction(text))
    except ValueError:
        return text


def test_every_format_out_holds_the_same(place: Path) -> None:
    tables = []
    for kind in ("parquet", "csv", "xlsx", "arrow"):
        batch("小.parquet", "-o", f"得分.{kind}", "--rules", "书.zj", cwd=place)
        tables.append(read(place / f"得分.{kind}"))
    assert tables[0].height == 23
    for other in tables[1:]:
        assert other.equals(tables[0])


def test_every_format_in_gives_the_same(place: Path) -> None:
    table = small().select(pl.exclude(pl.List))
    table.write_parquet(place / "甲.parquet")
    table.write_ipc(place / "甲.arrow")
    text = table.with_columns(pl.col(pl.Boolean).replace_strict({True: "是", False: "否"}, return_dtype=pl.String))
    text.write_csv(place / "甲.csv", include_bom=True)
    parts = place / "份"
    parts.mkdir()
    (parts / "_SUCCESS").touch()
    for start in range(0, 23, 5):
        table.slice(start, 5).write_parquet(parts / f"{start:02d}.parquet")
    for name in ("甲.parquet", "甲.arrow", "甲.csv", "份"):
        result = batch(name, "-o", f"{name}得分.csv", "--rules", "书.zj", "--block", "4", cwd=place)
        assert result.return_value == 1, result.output
    first, *others = [outputs(place, f"{n}得分.csv").popitem()[1] for n in ("甲.parquet", "甲.arrow", "甲.csv", "份")]
    assert all(o == first for o in others)


def test_a_ledger_of_its_own_in_any_order_is_the_nested_one(place: Path) -> None:
    table = departments()
    batch("表.parquet", "-o", "列表.csv", "--rules", ZHANJIANG, cwd=place)
    names = [n for n, t in table.schema.items() if isinstance(t, pl.List)]
    args = []
    for name in names:
        rows = table.select("单位", name).explode(name).drop_nulls().unnest(name)
        rows.sort("单位", descending=True, maintain_order=True).write_parquet(place / f"{name}.parquet")
        args += ["--ledger", f"{name}={name}.parquet", "--empty", name]
    table.drop(names).write_parquet(place / "主.parquet")
    result = batch("主.parquet", "-o", "另表.csv", "--rules", ZHANJIANG, "--block", "5", *args, cwd=place)
    assert result.return_value == 1, result.output
    assert read(place / "另表.csv").equals(read(place / "列表.csv"))


def test_a_unit_without_rows_in_a_ledger_of_its_own_lacks_it_unless_it_is_said_to_be_empty(place: Path) -> None:
    (place / "主.csv").write_text("单位,甲（元）,乙（元）\n一,1,2\n二,1,2\n", "utf-8")
    (place / "合同.csv").write_text("单位,额（元）\n一,60\n一,40\n三,5\n", "utf-8")
    args = ("主.csv", "--rules", "书.zj", "--ledger", "合同=合同.csv")
    result = batch(*args, "-o", "缺.csv", cwd=place)
    assert read(place / "缺.csv").select("单位", "二", "二·至").rows() == [("一", "2", None), ("二", "1", "2")]
    assert "ZJ5511" in result.output
    assert "合同.csv,三,3,单位,三,错误,ZJ5511" in (place / "缺.csv.退回.csv").read_text("utf-8-sig")
    batch(*args, "-o", "空.csv", "--empty", "合同", cwd=place)
    assert read(place / "空.csv").select("单位", "二", "二·至").rows() == [("一", "2", None), ("二", "1", None)]


# ---------- what is set aside ----------


def test_units_that_stand_twice_are_found_over_blocks_and_parts(place: Path) -> None:
    parts = place / "份"
    parts.mkdir()
    (parts / "1.csv").write_text("单位,甲（元）\n一,1\n二,2\n三,3\n", "utf-8")
    (parts / "2.csv").write_text("单位,甲（元）\n四,1,9\n五,5\n一,6\n", "utf-8")
    result = batch("份", "-o", "得分.csv", "--rules", "书.zj", "--block", "2", cwd=place)
    assert result.return_value == 1
    assert read(place / "得分.csv")["单位"].to_list() == ["二", "三", "五"]
    said = pl.read_csv(place / "得分.csv.退回.csv", infer_schema=False)
    assert said.select("文件", "行", "代码").rows() == [
        ("份/2.csv", "1", "ZJ5512"), ("份/1.csv", "1", "ZJ5509"), ("份/2.csv", "3", "ZJ5509"),
    ]  # fmt: skip


def test_a_folder_of_fact_files_and_workbooks_is_scored_as_check_scores_them(place: Path) -> None:
    folder = place / "全市"
    folder.mkdir()
    names = ("01-real-report.yaml", "05-full-department.xlsx")
    for name in names:
        shutil.copy(ROOT / "cases/zhanjiang-2025" / name, folder)
    assert batch("全市", "-o", "得分.parquet", cwd=place).return_value == 1
    rows = {str(row["单位"]): row for row in _rows(place / "得分.parquet")}
    for name in names:
        found = CliRunner().invoke(group, ["check", str(folder / name), "--format", "json"], standalone_mode=False)
        (unit,) = json.loads(found.output)["单位"]
        _agrees(rows[unit["单位"]], unit)


def test_units_of_two_files_and_files_that_cannot_be_read_are_set_aside(place: Path) -> None:
    folder = place / "全市"
    folder.mkdir()
    for name, unit, amount in (("1", "一", "5 元"), ("2", "二", "6 元"), ("3", "一", "7 元"), ("4", "四", "八元")):
        (folder / f"{name}.yaml").write_text(f"单位: {unit}\n事实:\n  甲: {amount}\n  乙: 10 元\n", "utf-8")
    result = batch("全市", "-o", "得分.csv", "--rules", "书.zj", cwd=place)
    assert result.return_value == 1, result.output
    assert read(place / "得分.csv").select("单位", "一").rows() == [("二", "6/5")]
    said = pl.read_csv(place / "得分.csv.退回.csv", infer_schema=False)
    assert sorted(said.select("文件", "代码").rows()) == [
        ("全市/1.yaml", "ZJ5509"), ("全市/3.yaml", "ZJ5509"), ("全市/4.yaml", "ZJ5011"),
    ]  # fmt: skip
    shown = explain("得分.csv", "一", "--unit", "二", cwd=place)
    assert "全市/2.yaml" in shown.output and "1.20" in shown.output


def test_more_rows_than_a_sheet_holds_are_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "MOST_ROWS", 22)
    result = batch("表.parquet", "-o", "得分.xlsx", "--rules", ZHANJIANG, cwd=place)
    assert result.return_value == 2 and "ZJ5513" in result.output and not (place / "得分.xlsx").exists()


def test_a_book_that_compares_units_reads_all_of_them(place: Path) -> None:
    found, _ = load("staffing/2024-city")
    assert found is not None
    sheet(found.program.schema, writable(drawn(found.program, i) for i in range(6)), "text").write_parquet(
        place / "编.parquet"
    )
    args = ("编.parquet", "--rules", "staffing/2024-city", "--block", "2")
    assert "全部单位一起读" in batch(*args, "--plan", cwd=place).output
    assert batch(*args, "-o", "得分.parquet", cwd=place).return_value in (0, 1)
    table = pl.read_parquet(place / "得分.parquet")
    assert table["总分·至"].null_count() == 6
    shown = explain("得分.parquet", "--unit", "单位3", cwd=place)
    assert shown.return_value in (0, 1), shown.output
    assert "单位3" in shown.output


# ---------- usage ----------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["表.parquet", "--rules", ZHANJIANG], "-o"),
        (["表.parquet", "-o", "得分.txt", "--rules", ZHANJIANG], "认不出写成什么"),
        (["表.parquet", "-o", "得分.csv"], "--rules"),
        (["表.parquet", "-o", "表.parquet", "--rules", ZHANJIANG], "已经有了"),
        (["表.parquet", "-o", "得分.csv", "--rules", ZHANJIANG, "--empty", "采购合同"], "--empty"),
        (["表.parquet", "-o", "得分.csv", "--rules", ZHANJIANG, "--ledger", "采购合同"], "明细名=文件"),
    ],
)
def test_wrong_usage(args: list[str], said: str, place: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "zjrules.cli.main", "batch", *args],
        capture_output=True, text=True, encoding="utf-8", cwd=place, check=False,
    )  # fmt: skip
    assert found.returncode == 3 and said in found.stderr


@pytest.mark.parametrize("name", ["没有.parquet", "坏.parquet", "空.csv", "国.csv", "空目录"])
def test_an_input_that_cannot_be_read_ends_with_2(name: str, place: Path) -> None:
    (place / "坏.parquet").write_bytes(b"PAR1 is not enough")
    (place / "空.csv").touch()
    (place / "空目录").mkdir()
    (place / "国.csv").write_bytes("单位,支出合计（元）\n某局,1\n".encode("gb18030"))
    result = batch(name, "-o", "得分.csv", "--rules", ZHANJIANG, cwd=place)
    assert result.return_value == 2 and "错误 ZJ" in result.output and "帮助" in result.output
    assert not (place / "得分.csv").exists()


def test_a_table_without_rows_gives_one(place: Path) -> None:
    (place / "头.csv").write_text("单位,甲（元）\n", "utf-8")
    for kind in ("parquet", "csv", "xlsx", "arrow"):
        assert batch("头.csv", "-o", f"得分.{kind}", "--rules", "书.zj", cwd=place).return_value == 0
    assert pl.read_parquet(place / "得分.parquet").columns == pl.read_ipc(place / "得分.arrow").columns


def test_the_counts_as_json(place: Path) -> None:
    result = batch("表.parquet", "-o", "得分.csv", "--rules", ZHANJIANG, "--format", "json", cwd=place)
    document = json.loads(result.stdout)
    assert document["格式"] == "zjrules.batch/1" and document["行数"] == document["已算"] == 23
    assert sum(document["状态"].values()) == sum(document["等级"].values()) == 23


@pytest.mark.parametrize(
    "more", [(), ("--html", "汇总.html"), ("--sweep", "界线=100元,200元")], ids=["plain", "page", "sweep"]
)
def test_what_is_written_of_a_batch_follows_the_published_schema(place: Path, more: tuple[str, ...]) -> None:
    schema = json.loads((ROOT / "engine/zjrules/schema/batch.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    valid = jsonschema.Draft202012Validator(schema)
    head, _, rest = BOOK.rpartition("一级指标")
    book = f"{head}参数 界线 = 100 元\n一级指标{rest}".replace("不低于 100 元", "不低于 界线")
    (place / "书.zj").write_text(book, "utf-8")
    small().with_columns(pl.lit("多").alias("闲")).write_parquet(place / "小.parquet")
    asked = ("小.parquet", "-o", "得分.parquet", "--rules", "书.zj", "--ignore", "闲", *more)
    plan = json.loads(batch(*asked, "--plan", "--format", "json", cwd=place).stdout)
    valid.validate(plan)
    told = json.loads(batch(*asked, "--format", "json", cwd=place).stdout)
    valid.validate(told)
    kept = json.loads((place / "得分.parquet.来历.json").read_text("utf-8"))
    valid.validate(kept)
    assert ("扫描" in kept, "汇总" in kept) == ("--sweep" in more, "--html" in more)
    assert ("扫描" in plan) == ("--sweep" in more)
    # Each of the three is told from the others, and what is not in the schema is refused.
    for document, name in ((kept, "来历"), (plan, "打算"), (told, "小结")):
        own = jsonschema.Draft202012Validator({**schema, "oneOf": [{"$ref": f"#/$defs/{name}"}]})
        own.validate(document)
        for field in document:
            if field not in ("扫描", "汇总"):
                assert not own.is_valid({k: v for k, v in document.items() if k != field}), field
        assert not own.is_valid({**document, "别的": 1})


# ---------- one row explained ----------


def _rows(path: Path) -> Iterator[dict[str, object]]:
    yield from pl.read_parquet(path).iter_rows(named=True)


def test_the_trace_of_a_row_is_its_scores(place: Path) -> None:
    batch("表.parquet", "-o", "得分.parquet", "--rules", ZHANJIANG, "--block", "4", cwd=place)
    for row in list(_rows(place / "得分.parquet"))[::9]:
        result = explain("得分.parquet", "--unit", str(row["单位"]), "--format", "json", cwd=place)
        assert result.return_value in (0, 1), result.output
        (unit,) = json.loads(result.output)["单位"]
        _agrees(row, unit)


def _agrees(row: dict[str, object], unit: dict[str, object]) -> None:
    """Hold a row against the JSON of check or explain."""
    seen = 0
    for name, found in _scores(unit):
        score = found["按自述"]
        if f"{name}·至" not in row or score["状态"] not in ("已定", "待定"):
            continue
        seen += 1
        low, high = row[name], row[f"{name}·至"]
        ends = (score["值"], None) if score["状态"] == "已定" else (score["下限"], score["上限"])
        assert [None if v is None else Fraction(str(v)) for v in (low, high)] == [e and Fraction(e) for e in ends], name
    assert seen > 20


def _scores(node: object) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    """Yield everything in a JSON document that has a name and a score."""
    if isinstance(node, dict):
        if "名称" in node and "按自述" in node:
            yield node["名称"], node
        for each in node.values():
            yield from _scores(each)
    elif isinstance(node, list):
        for each in node:
            yield from _scores(each)


def test_a_row_says_where_its_facts_stand(place: Path) -> None:
    (place / "主.csv").write_text("单位,甲（元）,乙（元）\n一,1,2\n二,3,4\n坏,五,6\n", "utf-8")
    batch("主.csv", "-o", "得分.csv", "--rules", "书.zj", cwd=place)
    assert "主.csv 第 2 行 甲（元）「3」" in explain("得分.csv", "一", "--unit", "二", cwd=place).output
    aside = explain("得分.csv", "--unit", "坏", cwd=place)
    assert aside.return_value == 2 and "ZJ5011" in aside.output
    nobody = explain("得分.csv", "--unit", "三", cwd=place)
    assert nobody.return_value == 2 and "ZJ5515" in nobody.output and "退回" in nobody.output


def test_an_input_that_changed_is_told_and_another_score_is_refused(place: Path) -> None:
    table = place / "主.csv"
    table.write_text("单位,甲（元）,乙（元）\n一,1,2\n二,3,4\n", "utf-8")
    batch("主.csv", "-o", "得分.csv", "--rules", "书.zj", cwd=place)
    table.write_text("单位,甲（元）,乙（元）\n一,1,2\n二,2,4\n", "utf-8")
    same = explain("得分.csv", "--unit", "一", "--format", "json", cwd=place)
    assert "ZJ5516" in same.output
    other = explain("得分.csv", "--unit", "二", cwd=place)
    assert other.return_value == 2 and "ZJ5517" in other.output and "ZJ5516" in other.output
    (place / "得分.csv.来历.json").unlink()
    lost = explain("得分.csv", "--unit", "一", cwd=place)
    assert lost.return_value == 2 and "ZJ5514" in lost.output
