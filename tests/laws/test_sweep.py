"""Sweeps: every variant scores as the rule set with its file edited does, and scores again only what reads the parameter."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from given import drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import writable

from zjrules.batch.sweep import SweepError, axes, combinations
from zjrules.batch.swept import block_size, swept
from zjrules.batch.variants import variants
from zjrules.bulk.frame import Frame, frame_of
from zjrules.bulk.program import bulk
from zjrules.bulk.versions import version
from zjrules.inout.calendar import work_calendar
from zjrules.inout.table.scores import table_of
from zjrules.project import load
from zjrules.ruleset import RuleSet
from zjrules.summary.sweep import note, outcomes

BOOK = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 10 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 好，差 其余
参数 权 = 60%
参数 线 = 100 元
参数 好 = 6 分
参数 宽 = 线
参数 差额 = 1 元
参数 罚 = 2 分
参数 限 = 2026-01-10
事实 甲 : 金额 ≥ 0 元
事实 乙 : 金额 > 0 元
事实 戊 : 是否
事实 辛 : 日期 不早于 2026-01-01 且 不晚于 2026-01-20
明细 合同
  列名 额 : 金额 ≥ 0 元
定词 过了线
  说明 "超过线的得两分"
  输入 值 : 金额
  结果 若 值 > 宽 则 2 分 否则 0 分
  说成 "{值} 过了线没有"
校验 错误 "甲乙相近"
  应有 甲 = 乙 容差 差额
一级指标 全部 10 分
指标 一 4 分
  得分 满分 × 限于(甲 ÷ 乙, 下限：0, 上限：1) × 权
指标 二 2 分
  得分 过了线(合计(合同 的 额))
指标 三 2 分
  得分 若 辛 ≤ 限 则 2 分 否则 0 分
指标 四 2 分
  得分 若 戊 则 2 分 否则 0 分
总评
  减分项 若 戊 则 0 分 否则 罚 至多 5 分
  限于 0 分 至 10 分
  舍入 总分
  定级
"""


def edited(folder: Path, values: dict[str, str], to: Path) -> RuleSet:
    """Return a rule set of which the texts are edited in a copy, as a person would."""
    shutil.copytree(folder, to)
    for path in to.glob("*.zj"):
        text = path.read_text("utf-8")
        for name, value in values.items():
            text = re.sub(rf"(?m)^(参数 {name} = ).*?( # .*)?$", lambda m, v=value: m[1] + v, text)  # type: ignore[misc]
        path.write_text(text, "utf-8")
    found, problems = load(str(to))
    assert found is not None, problems
    return found


def agrees(rules: RuleSet, texts: list[str], frame: Frame, tmp: Path) -> None:
    """Hold every variant against the edited rule set, scored by itself."""
    found, _ = variants(rules, axes(texts, rules.program))
    first = bulk(rules.program, work_calendar())
    together, noted = swept(first, found, note).scored(frame, False)
    many = len(found)
    before = table_of(first.score(frame))
    for place, one in enumerate(found):
        other = edited(rules.path, dict(one.values), tmp / str(place))
        assert other.program == one.program
        alone = table_of(bulk(other.program, work_calendar()).score(frame))
        mine = together[place::many]
        assert mine.select(alone.columns).equals(alone), one.values
        for name, text in one.values.items():
            assert mine[f"参数·{name}"].unique().to_list() == [text]
        outcome = outcomes([noted])[place + 1]
        assert outcome.moved == int(alone["等级"].ne_missing(before["等级"]).sum())
        settled = alone.filter(pl.col("状态") == "已算")["总分"]
        assert outcome.settled == len(settled)
        assert outcome.sum.low == outcome.sum.high == sum(int(v * 100) for v in settled) * 10**4


@pytest.fixture
def book(tmp_path: Path) -> RuleSet:
    (tmp_path / "书").mkdir()
    (tmp_path / "书" / "书.zj").write_text(BOOK, "utf-8")
    found, problems = load(str(tmp_path / "书"))
    assert found is not None, problems
    return found


@pytest.mark.parametrize(
    "texts",
    [
        ["权=0%..100%/25%"], ["线=50元..150元/50元"], ["好=5分,6.5 分"], ["差额=0元,5元", "罚=0分..3分/1.5分"],
        ["限=次年1月5日..次年1月15日/5日", "权=60%"], ["宽=0元，1000元"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_variant_is_the_edited_rule_set_wherever_the_parameter_stands(
    texts: list[str], book: RuleSet, tmp_path: Path
) -> None:
    units = writable(drawn(book.program, seed, absent=6) for seed in range(60))
    agrees(book, texts, frame_of(book.program.schema, units), tmp_path)


@cache
def zhanjiang() -> RuleSet:
    found, _ = load("zhanjiang/2025")
    assert found is not None
    return found


@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_a_variant_of_a_real_rule_set_is_the_edited_one(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rules = zhanjiang()
    numbers = {
        "调剂权重": "%",
        "公开期限": "日",
        "意向提前期": "日",
        "大额预留比例": "%",
        "达成线": "%",
        "备案期限": "个工作日",
    }
    names = data.draw(st.lists(st.sampled_from(sorted(numbers)), min_size=1, max_size=2, unique=True))
    texts = []
    for name in names:
        values = data.draw(st.lists(st.integers(1, 90), min_size=1, max_size=2, unique=True))
        texts.append(f"{name}={','.join(f'{v}{numbers[name]}' for v in values)}")
    seed = data.draw(st.integers(0, 10**6))
    units = writable(drawn(rules.program, seed + i, absent=data.draw(st.sampled_from([0, 8]))) for i in range(12))
    agrees(rules, texts, frame_of(rules.program.schema, units), tmp_path_factory.mktemp("规则"))


def test_only_what_reads_the_parameter_is_scored_again(book: RuleSet) -> None:
    frame = frame_of(book.program.schema, writable(drawn(book.program, seed) for seed in range(20)))
    first = bulk(book.program, work_calendar())
    before = first.score(frame)

    def own(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        (found,), _ = variants(book, axes([text], book.program))
        made = version(first, found.program)
        after = made.score(frame, before)
        for place, (a, b) in enumerate(zip(before.indicators, after.indicators, strict=True)):
            assert (a is b) == (place not in made.indicators)
        return made.indicators, made.checks

    assert own("权=50%") == ((0,), ())
    assert own("线=7元") == ((1,), ())  # 宽 is 线
    assert own("限=2026-01-02") == ((2,), ())
    assert own("差额=0元") == ((), (0,))
    assert own("好=1分") == own("罚=1分") == ((), ())


def test_values_come_in_order_the_last_parameter_moving_fastest(book: RuleSet) -> None:
    found = axes(["权=60%,10%", "线=1万元..2.5万元/0.5万元"], book.program)
    texts = [tuple(one.text for one in some.values()) for some in combinations(found)]
    assert texts[:5] == [
        ("60%", "10000 元"),
        ("60%", "15000 元"),
        ("60%", "20000 元"),
        ("60%", "25000 元"),
        ("10%", "10000 元"),
    ]
    assert len(texts) == 8


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["权重=50%"], "是不是「权」"),
        (["权"], "写成"),
        (["权=50"], "单位不对"),
        (["权=0.5"], "单位不对"),
        (["线=50%"], "单位不对"),
        (["线=50"], "单位不对"),
        (["限=5日"], "是日期"),
        (["限=2026-02-30"], "读不成"),
        (["权=50%\n参数 乙 = 1"], "读不成"),
        (["权=40%..80%"], "从..到/步"),
        (["权=40%..80%/7%"], "整数倍"),
        (["权=80%..40%/5%"], "从小到大"),
        (["权=40%..80%/0%"], "步子大于 0"),
        (["限=2026-01-01..2026-01-05/5%"], "天数"),
        (["权=0%..100%/0.1%"], "最多 200"),
        (["权=1%..20%/1%", "线=1元..20元/1元"], "400 种取法"),
        (["权=50%,50%"], "写了两次"),
        (["权=1%", "权=2%"], "只写一次"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else "",
)
def test_what_is_no_sweep_is_refused(texts: list[str], said: str, book: RuleSet) -> None:
    with pytest.raises(SweepError, match=re.escape(said)):
        axes(texts, book.program)


def test_a_rule_set_that_amends_another_is_swept_as_it_stands(tmp_path: Path) -> None:
    def amended(value: str) -> RuleSet:
        notice = (
            "规则集 补充通知\n  语言 1\n  沿用 zhanjiang/2025\n  评价年度 2026\n  依据 《甲》\n  自 2026-03-01 起施行\n"
        )
        for name in ("调剂权重", "追加权重"):
            notice += f'修改 参数 {name} = {value}\n  依据 "乙"\n  突破 "要求"\n'
        (tmp_path / value).mkdir()
        (tmp_path / value / "书.zj").write_text(notice, "utf-8")
        found, problems = load(str(tmp_path / value))
        assert found is not None, problems
        return found

    rules = amended("50%")
    (found,), _ = variants(rules, axes(["调剂权重=45%", "追加权重=45%"], rules.program))
    assert found.program == amended("45%").program
    assert found.program != rules.program


def test_a_parameter_that_decides_what_may_be_filled_in_is_refused(tmp_path: Path) -> None:
    text = BOOK.replace("事实 甲 : 金额 ≥ 0 元", "参数 顶 = 5 元\n事实 甲 : 金额 ≥ 0 元 且 ≤ 顶")
    (tmp_path / "书.zj").write_text(text, "utf-8")
    found, problems = load(str(tmp_path / "书.zj"))
    assert found is not None, problems
    with pytest.raises(SweepError, match="读进来的表"):
        variants(found, axes(["顶=6元"], found.program))


def test_what_the_checks_say_of_a_value_is_said_once_with_the_value(book: RuleSet) -> None:
    none, said = variants(book, axes(["权=50%,60%,110%,120%"], book.program))
    assert len(none) == 4
    texts = [f"{d.code.number} {d.message}" for d in said]
    assert any("ZJ4054" in t and "权 = 110%；还有 1 种取值" in t for t in texts)


def test_a_block_has_fewer_units_the_more_variants_there_are() -> None:
    assert [block_size(100_000, n) for n in (1, 10, 200)] == [100_000, 10_000, 1000]
    assert block_size(10, 200) == 10


def test_a_note_of_no_units_counts_nothing(book: RuleSet) -> None:
    frame = frame_of(book.program.schema, [])
    scored = bulk(book.program, work_calendar()).score(frame)
    assert [o.units for o in outcomes([note(scored, [scored])])] == [0, 0]
    assert np.array_equal(scored.grades, np.zeros(0, np.int64))
