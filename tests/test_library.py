"""A rule set reads those standard words and shared facts that it names, and knows the others by name."""

from __future__ import annotations

from zjrules.build import build
from zjrules.inout.asset import standard
from zjrules.library import drawn_on
from zjrules.span import Source

STANDARD = tuple(Source(p.name, p.read_text("utf-8")) for p in standard())
HEAD = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 4 分
  舍入 各指标 不舍入
  舍入 各一级指标 不舍入
  舍入 总分 不舍入
  等级 优 ≥ 3 分，差 其余
一级指标 全部 4 分
指标 一 4 分
"""


def own(score: str) -> Source:
    return Source("规则.zj", HEAD + f"  得分 {score}\n")


def test_only_what_is_named_is_read_with_what_that_names() -> None:
    taken, spare = drawn_on([own("满分")], STANDARD)
    assert taken == ()
    assert {"每超", "保底"} <= spare.words and {"编制数", "绩效目标"} <= spare.facts
    taken, spare = drawn_on(
        [own("每超(在职人数 ÷ 编制数，基准：100%，步长：1 个百分点，每步扣：1 分，步法：整步)")], STANDARD
    )
    assert {"at-least.zj", "per-step-over.zj", "people.zj"} <= {s.name for s in taken}
    assert not {"late.zj", "goals.zj"} & {s.name for s in taken}
    assert "保底" not in spare.words and "每低" in spare.words


def test_a_misspelt_word_or_fact_is_still_known() -> None:
    source = own("引用折祘(3 分，原满分：5 分)")
    _, problems = build([source], *drawn_on([source], STANDARD))
    assert [d.help for d in problems] == ["是不是「引用折算」？"]


def test_a_rule_sets_own_fact_wins_over_the_shared_one() -> None:
    source = Source("规则.zj", own("满分 × 编制数").text + "事实 编制数 : 比率 介于 0% 至 100%\n")
    built, problems = build([source], *drawn_on([source], STANDARD))
    assert built is not None, problems
    assert built.program.schema.facts["编制数"].limits_text == "≥ 0%，≤ 100%"
