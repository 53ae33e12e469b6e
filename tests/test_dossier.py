"""zjrules diff --facts: who gains, who loses, and by which clause; a case by hand, and 200 departments from 2025 to 2026."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from books import compiled
from departments import departments

from zjrules.bulk.frame import Frame, frame_of
from zjrules.diff.compare import compare
from zjrules.dossier import shapley
from zjrules.dossier.dossier import Dossier, dossier
from zjrules.dossier.replay import Replay, replay
from zjrules.exact.total import score
from zjrules.fact import Evidence, Fact, Facts, State
from zjrules.inout.calendar import work_calendar
from zjrules.inout.table.frame import frame_from
from zjrules.project import load
from zjrules.ruleset import RuleSet

OLD, NEW = "zhanjiang/2025", "example/2026"
F = Fraction


def told(found: Replay, frames: list[Frame], weights: shapley.Weights | None) -> Dossier:
    return dossier(found, frames, weights, (lambda _: None, lambda _: None))


# ---------- a case by hand ----------

# Two edits of one product, so that what one of them moves hangs on whether the other was made.
BY_HAND = """规则集 某市部门自评
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 10 分
  舍入 各指标 不舍入
  舍入 各一级指标 不舍入
  舍入 总分 不舍入
  等级 优 ≥ 3.2 分，良 ≥ 1 分，差 其余
参数 甲 = {}
参数 乙 = {}
一级指标 产出 10 分
指标 完成 10 分
  得分 满分 × 完成率 × 甲 × 乙
事实 完成率 : 比率 介于 0% 至 100%
"""


def unit(name: str, value: Fraction | None) -> Facts:
    state = State.MISSING if value is None else State.GIVEN
    return Facts(name, {"完成率": Fact("完成率", state, value, Evidence.NOT_ASKED)}, {}, {})


def by_hand() -> tuple[Replay, list[Frame]]:
    diff = compare(compiled(BY_HAND.format("50%", "60%")), compiled(BY_HAND.format("80%", "40%")))
    found = replay(diff, lambda _: None)
    return found, [frame_of(found.schema, [unit("东局", F(1)), unit("西局", F(1, 2)), unit("南局", None)])]


def test_a_case_by_hand() -> None:
    found, frames = by_hand()
    assert [c.subject for c in found.players] == ["甲", "乙"]
    east, west, south = told(found, frames, shapley.weights(2)).units
    # 东局, 完成率 1: neither 10 × 50% × 60% = 3; 甲 alone 10 × 80% × 60% = 4.8; 乙 alone 10 × 50% × 40% = 2; both 3.2.
    assert (east.old.total, east.new.total) == (F(3), F(32, 10))
    # 甲 first moves 4.8 - 3 = 1.8, 甲 second 3.2 - 2 = 1.2: in the mean 1.5. 乙 first 2 - 3, second 3.2 - 4.8: -1.3.
    assert east.parts == (F(15, 10), F(-13, 10))
    # 西局, 完成率 1/2: half of all that.
    assert (west.old.total, west.new.total) == (F(15, 10), F(16, 10))
    assert west.parts == (F(75, 100), F(-65, 100))
    # 南局: 0 to 3 before, 0 to 3.2 now; not settled, so that there is no difference to attribute.
    assert south.change is None and south.parts is None
    assert [[e.value for e in s.ends or ()] for s in (south.old, south.new)] == [[0, 3], [0, F(32, 10)]]
    # 3 is 良 and 3.2 is 优; 1.5 and 1.6 are 良; ranks are those of settled totals.
    assert [(u.old.grade, u.new.grade, u.crosses) for u in (east, west)] == [("良", "优", True), ("良", "良", False)]
    assert [(u.old.rank, u.new.rank) for u in (east, west, south)] == [(1, 1), (2, 2), (None, None)]


def test_a_case_by_hand_all_together() -> None:
    found, frames = by_hand()
    got = told(found, frames, shapley.weights(2))
    # 1.5 + 0.75 and -1.3 - 0.65 over the two units that are settled.
    assert [(s.sum, s.mean, s.gain, s.lose) for s in got.shares] == [
        (F(225, 100), F(1125, 1000), 2, 0),
        (F(-195, 100), F(-975, 1000), 0, 2),
    ]
    assert [u.name for u in got.winners] == ["东局", "西局"]
    assert not got.losers
    assert [u.name for u in got.open] == ["南局"]
    assert [u.name for u in got.crossing] == ["东局"]


def test_equal_totals_share_the_better_rank() -> None:
    found, _ = by_hand()
    frame = frame_of(found.schema, [unit(str(i), v) for i, v in enumerate((F(1, 2), F(1), F(1, 2), F(0)))])
    assert [u.old.rank for u in told(found, [frame], None).units] == [2, 1, 2, 4]


def test_what_is_open_in_between_alone_is_not_attributed() -> None:
    # Before, 甲 is 0 and the product is 0 whatever the fact is; after, 乙 is. Where 甲 alone was made, it is open.
    diff = compare(compiled(BY_HAND.format("0%", "60%")), compiled(BY_HAND.format("80%", "0%")))
    found = replay(diff, lambda _: None)
    got = told(found, [frame_of(found.schema, [unit("南局", None), unit("东局", F(1))])], shapley.weights(2))
    south, east = got.units
    assert south.change == 0 and south.parts is None
    assert got.between == (south,)
    # 甲 first 0 → 4.8, second 0 → 0; 乙 first 0 → 0, second 4.8 → 0.
    assert east.parts == (F(24, 10), F(-24, 10))


# ---------- orders ----------


def test_all_orders_of_three_clauses() -> None:
    found = shapley.all_orders(3)
    assert found.over == 6 and len(found.by_set) == 8
    # By hand: clause 0 comes first in 2 of 6 orders, after 1 alone in 1, after 2 alone in 1, last in 2.
    assert found.by_set[frozenset()] == (-2, -2, -2)
    assert found.by_set[frozenset({1})] == (-1, 2, -1)
    assert found.by_set[frozenset({0, 1, 2})] == (2, 2, 2)


def test_orders_that_are_drawn_are_those_of_their_seed_and_add_up() -> None:
    found = shapley.weights(12, orders=5, seed=7)
    assert (found.sampled, found.seed) == (5, 7)
    assert found == shapley.weights(12, orders=5, seed=7) != shapley.weights(12, orders=5, seed=8)
    for made, counts in found.by_set.items():
        assert sum(counts) == {0: -5, 12: 5}.get(len(made), 0)


def test_many_orders_come_near_all_orders() -> None:
    found, frames = by_hand()
    east = told(found, frames, shapley.drawn_orders(2, 400, 1)).units[0]
    assert east.parts is not None
    assert abs(east.parts[0] - F(15, 10)) < F(1, 20)
    assert sum(east.parts) == F(2, 10)


# ---------- 200 departments from 2025 to 2026 ----------


def loaded(name: str) -> RuleSet:
    found, problems = load(name)
    assert found is not None, problems
    return found


@cache
def example() -> tuple[Dossier, Frame]:
    found = replay(compare(loaded(OLD).program, loaded(NEW).program), lambda _: work_calendar())
    frame, said = frame_from(found.diff.hybrid(frozenset()), departments(200, 9))
    assert said.is_empty()
    return told(found, [frame], shapley.weights(len(found.players))), frame


def test_two_hundred_departments_score_what_the_exact_engine_says() -> None:
    got, frame = example()
    assert len(got.units) == len(got.settled) == 200
    programs = (loaded(OLD).program, got.replay.diff.as_of_one_year)
    for place, each in list(enumerate(got.units))[::20]:
        for program, standing in zip(programs, (each.old, each.new), strict=True):
            trace = score(program, frame.facts_of(place, program.schema), work_calendar())
            assert (trace.total, trace.grades) == (standing.total, standing.grades)


def test_the_differences_of_two_hundred_departments_are_attributed_to_the_last_digit() -> None:
    got, _ = example()
    assert got.attributed == got.units and got.weights is not None and not got.weights.sampled
    assert all(sum(u.parts or ()) == u.change for u in got.units)
    assert sum(s.sum for s in got.shares) == sum((u.change or F(0) for u in got.units), F(0))
    felt = {s.change.subject: s.felt for s in got.shares}
    assert felt == {
        "调剂权重": True,
        "追加权重": True,
        "采购政策效能": False,
        "固定资产利用率": True,
        "三公经费控制": False,
    }
    # A higher edge of a band only takes; it is 1.5 points against 1, alone in its indicator.
    (edge,) = (s for s in got.shares if s.change.subject == "固定资产利用率")
    assert (edge.gain, edge.sum) == (0, F(-1, 2) * edge.lose)
