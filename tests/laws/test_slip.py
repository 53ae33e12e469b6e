"""The hint of a failed check that an amount was typed in 万元 for 元: said only where the check then holds, and found where it was done."""

from __future__ import annotations

import re
from fractions import Fraction

from attrs import evolve
from books import compiled
from hypothesis import assume, example, given
from hypothesis import strategies as st

from test_help import FRAME
from zjrules.exact.total import score
from zjrules.explain.findings import findings
from zjrules.fact import Evidence, Fact, Facts, State, Table

BOOK = (
    FRAME.replace("\n一级指标", "\n事实 丙 : 金额 介于 0 元 至 10 亿元\n一级指标")
    + """指标 一 4 分
  得分 满分 × 限于(甲 ÷ 乙, 下限：0, 上限：1)
校验 错误 "甲是乙与丙的和"
  应有 甲 = 乙 + 丙 容差 1 元
校验 警告 "合同不超过乙"
  应有 合计(合同 的 额) ≤ 乙
校验 警告 "三成"
  应有 甲 ÷ 乙 ≤ 30%
"""
)
PROGRAM = compiled(BOOK)
NAMES = ("甲", "乙", "丙")
amounts = st.one_of(
    st.integers(0, 10**6).map(Fraction),
    st.integers(1, 10**10).map(lambda n: Fraction(n, 100)),
    st.sampled_from([Fraction(n) for n in (1, 2, 10**4, 2 * 10**4, 10**8, 10**9, 10**9 + 10**4)]),
)


def unit(values: dict[str, Fraction], rows: list[Fraction]) -> Facts:
    facts = {n: Fact(n, State.GIVEN, v, Evidence.NOT_ASKED) for n, v in values.items()}
    cells = tuple({"额": Fact("额", State.GIVEN, v, Evidence.NOT_ASKED)} for v in rows)
    return Facts("某局", facts, {"合同": Table("合同", cells, Evidence.NOT_ASKED)}, {})


def holds(title: str, a: dict[str, Fraction], rows: list[Fraction]) -> bool:
    """Return whether a check holds, in plain fractions."""
    match title:
        case "甲是乙与丙的和":
            return abs(a["甲"] - a["乙"] - a["丙"]) <= 1
        case "合同不超过乙":
            return sum(rows) <= a["乙"]
        case _:
            return a["甲"] / a["乙"] <= Fraction(3, 10)


def hinted(facts: Facts) -> dict[str, list[tuple[list[str], Fraction]]]:
    """Return what is hinted by the title of each failed check: the amounts, and how many times as much they would be."""
    found = {}
    for said in findings(score(PROGRAM, facts), facts):
        title, _, rest = said.message.partition("：不成立")
        if not rest and not said.message.endswith("不成立"):
            continue
        hint = re.search("若(.*)，勾稽就成立；", said.help or "")
        parts = re.findall("((?:「[^」]+」)+)是按(万元|元)填的", hint[1]) if hint else []
        assert bool(hint) == bool(parts)
        found[title] = [
            (re.findall("「([^」]+)」", names), Fraction(10**4) if u == "万元" else Fraction(1, 10**4))
            for names, u in parts
        ]
    return found


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, amounts)), st.lists(amounts, max_size=3))
@example({"甲": Fraction(3), "乙": Fraction(10_000), "丙": Fraction(20_000)}, [])
@example({"甲": Fraction(30_000), "乙": Fraction(1), "丙": Fraction(2)}, [Fraction(10_000)])
@example({"甲": Fraction(5), "乙": Fraction(1, 100), "丙": Fraction(0)}, [Fraction(100)])
def test_a_hint_is_given_only_where_the_check_then_holds(values: dict[str, Fraction], rows: list[Fraction]) -> None:
    assume(values["乙"] > 0)
    facts = unit(values, rows)
    for title, hints in hinted(facts).items():
        assert not holds(title, values, rows)
        for names, factor in hints:
            other = {n: v * (factor if n in names else 1) for n, v in values.items()}
            assert holds(title, other, [r * (factor if "合同 的 额" in names else 1) for r in rows])
            assert "丙" not in names or other["丙"] <= 10**9, "the amount stays in its range"


@given(st.integers(2, 10**8), st.integers(1, 10**8), st.booleans())
def test_a_slip_in_one_amount_is_named(second: int, third: int, times: bool) -> None:
    values = {"甲": Fraction(second + third), "乙": Fraction(second), "丙": Fraction(third)}
    factor = Fraction(10**4) if times else Fraction(1, 10**4)
    slipped = {**values, "甲": values["甲"] / factor}
    assume(not holds("甲是乙与丙的和", slipped, []))
    assert (["甲"], factor) in hinted(unit(slipped, []))["甲是乙与丙的和"]


@given(st.integers(1, 10**9), st.integers(2, 1000))
def test_what_any_smaller_number_would_mend_is_no_sign(amount: int, times: int) -> None:
    values = {"甲": Fraction(0), "乙": Fraction(amount), "丙": Fraction(0)}
    assert hinted(unit(values, [Fraction(amount * times)]))["合同不超过乙"] == []


def test_it_is_said_as_the_help_of_the_finding() -> None:
    values = {"甲": Fraction(1000), "乙": Fraction(10**7), "丙": Fraction(0)}
    facts = unit(values, [Fraction(2 * 10**10), Fraction(3 * 10**10)])
    said = {
        f.code.number: f.help for f in findings(score(PROGRAM, facts), facts) if f.code.number in ("ZJ6001", "ZJ6002")
    }
    assert said["ZJ6001"] == (
        "甲 = 1,000 元；乙 + 丙 = 10,000,000 元。若「甲」是按万元填的，或「乙」是按元填的，勾稽就成立；核对这几项事实"
    )
    assert said["ZJ6002"].startswith(
        "合计(合同 的 额) = 50,000,000,000 元；乙 = 10,000,000 元。若「合同 的 额」是按元填的"
    )


def test_all_amounts_of_a_side_are_named_where_it_takes_all_of_them() -> None:
    facts = unit({"甲": Fraction(30_000), "乙": Fraction(1), "丙": Fraction(2)}, [])
    both = [(["甲"], Fraction(1, 10**4)), (["乙", "丙"], Fraction(10**4))]
    assert hinted(facts)["甲是乙与丙的和"] == both


def test_what_is_missing_or_not_applicable_says_nothing() -> None:
    facts = unit({"甲": Fraction(1000), "乙": Fraction(10**7), "丙": Fraction(0)}, [])
    missing = evolve(facts, facts={k: v for k, v in facts.facts.items() if k != "丙"})
    assert hinted(missing) == {"甲是乙与丙的和": []}
