"""评分凭证的独立核对：每一步由它的操作数重算。One file, standard library only: copy it out and run it with Python ≥ 3.11.

    python verifier.py 凭证.json

A step names an operation, its operands (numbers of earlier steps) and its result. A result is a number "num/den", true or
false, {"文": text}, {"界": [low, high, open, open]} or {"可能": […]} while facts are missing, or {"无": why there is none}.
"""

import hashlib
import json
import re
import sys
from bisect import bisect_left, bisect_right
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

FORMAT = "zjrules.certificate/1"
MOST_BYTES, MOST_BITS = 64_000_000, 200_000
READINGS = ("按自述", "仅有佐证", "复核")
DECIDED = (Fraction, bool, str)
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:/[1-9][0-9]*)?")
UP, DOWN = (1, Fraction(0), 0), (-1, Fraction(0), 0)


class Refused(Exception):
    """The certificate does not hold; the message says why."""


class Hull(NamedTuple):
    """What a number can be: ends are (infinity, value, +1 or -1 beside it when open), so that they compare; or a problem."""

    lo: tuple[int, Fraction, int]
    hi: tuple[int, Fraction, int]
    also: frozenset[str] = frozenset()


class Some(NamedTuple):
    """What a condition or an option can be, or a problem."""

    can: frozenset[Any]
    also: frozenset[str] = frozenset()


class Nil(NamedTuple):
    """Why there is no value."""

    kind: str
    detail: str = ""


def value(x: Any) -> Any:
    """Read a result."""
    if isinstance(x, bool):
        return x
    if isinstance(x, str):
        if not NUMBER.fullmatch(x):
            raise Refused(f"「{x[:40]}」不是「分子/分母」")
        above, _, below = x.partition("/")
        found = Fraction(int(above), int(below or 1))
        if str(found) != x:
            raise Refused(f"「{x[:40]}」没有约到最简")
        return found
    if "文" in x:
        return str(x["文"])
    if "无" in x:
        return Nil(x["无"], x.get("因", ""))
    also = frozenset(x.get("或", ()))
    if "可能" in x:
        return Some(frozenset(x["可能"]), also)
    lo, hi, lo_open, hi_open = x["界"]
    return Hull(DOWN if lo is None else (0, value(lo), int(lo_open)), UP if hi is None else (0, value(hi), -hi_open), also)


def hull(v: Any) -> Hull:
    """Return a number as the set that it is."""
    return v if isinstance(v, Hull) else Hull((0, v, 0), (0, v, 0))


def settled(lo: Any, hi: Any, *of: Any) -> Any:
    """Return a number where only one is left and nothing can go wrong."""
    also = frozenset().union(*(v.also for v in of if isinstance(v, (Hull, Some))))
    return lo[1] if lo == hi and not lo[0] and not also else Hull(lo, hi, also)


def choice(can: Any, *of: Any) -> Any:
    """Return a truth or an option where only one is left."""
    also = frozenset().union(*(v.also for v in of if isinstance(v, (Hull, Some))))
    return next(iter(can)) if len(can) == 1 and not also else Some(frozenset(can), also)


def truths(v: Any) -> frozenset[Any]:
    """Return what a condition can be."""
    return v.can if isinstance(v, Some) else frozenset([v])


def nil(of: Any) -> Any:
    """Return the first problem: it wins over every value."""
    return next((v for v in of if isinstance(v, Nil)), None)


def union(of: Any) -> Any:
    """Join what branches give; None where that cannot be told simply."""
    live = [v for v in of if not isinstance(v, Nil)]
    if len(live) < len(of):
        return of[0] if len(set(of)) == 1 else None
    if any(isinstance(v, (bool, str, Some)) for v in live):
        return choice(frozenset().union(*(truths(v) for v in live)), *live)
    return settled(min(hull(v).lo for v in live), max(hull(v).hi for v in live), *live)


def negative(a: Any) -> Any:
    """Return -a."""
    if not isinstance(a, Hull):
        return -a
    return Hull((-a.hi[0], -a.hi[1], -a.hi[2]), (-a.lo[0], -a.lo[1], -a.lo[2]), a.also)


def plus(a: Any, b: Any) -> Any:
    """Return a + b."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        if (a.denominator * b.denominator).bit_length() > MOST_BITS:
            raise Refused("数字太长")
        return a + b
    x, y = hull(a), hull(b)
    lo = DOWN if x.lo[0] or y.lo[0] else (0, x.lo[1] + y.lo[1], max(x.lo[2], y.lo[2]))
    return settled(lo, UP if x.hi[0] or y.hi[0] else (0, x.hi[1] + y.hi[1], min(x.hi[2], y.hi[2])), a, b)


def corner(x: Any, y: Any) -> tuple[int, Fraction, bool]:
    """Return the product of two ends, and whether it is attained."""
    if (not x[0] and not x[1]) or (not y[0] and not y[1]):
        return 0, Fraction(0), any(not e[0] and not e[1] and not e[2] for e in (x, y))
    sign = (x[0] or (1 if x[1] > 0 else -1)) * (y[0] or (1 if y[1] > 0 else -1))
    return (sign, Fraction(0), False) if x[0] or y[0] else (0, x[1] * y[1], not (x[2] or y[2]))


def times(a: Any, b: Any) -> Any:
    """Return a × b."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a * b
    if a == 0 or b == 0:
        return settled((0, Fraction(0), 0), (0, Fraction(0), 0), a, b)
    ends = [corner(x, y) for x in hull(a)[:2] for y in hull(b)[:2]]
    lo, hi = min(ends, key=lambda e: (e[0], e[1], not e[2])), max(ends)
    return settled(DOWN if lo[0] else (0, lo[1], int(not lo[2])), UP if hi[0] else (0, hi[1], -int(not hi[2])), a, b)


def over(a: Any, b: Any) -> Any:
    """Return a ÷ b; None where b may be 0."""
    if isinstance(b, Fraction):
        return times(a, 1 / b) if b else Nil("除数为 0")
    if b.hi < (0, Fraction(0), 0):
        return over(negative(a), negative(b))
    if b.lo <= (0, Fraction(0), 0):
        return None
    ends = [UP if not e[0] and not e[1] else (0, 1 / e[1], -e[2]) if not e[0] else (0, Fraction(0), 1) for e in b[:2]]
    return times(a, Hull(ends[1], ends[0], b.also))


def extreme(most: bool, of: Any) -> Any:
    """Return the largest or smallest."""
    pick: Any = max if most else min
    return settled(pick(hull(v).lo for v in of), pick(hull(v).hi for v in of), *of)


def compared(op: str, a: Any, b: Any) -> Any:
    """Return whether a op b."""
    if isinstance(a, (bool, str, Some)) or isinstance(b, (bool, str, Some)):
        return choice({(x == y) == (op == "=") for x in truths(a) for y in truths(b)}, a, b)
    if op in "≥≤≠":
        found = compared({"≥": "<", "≤": ">", "≠": "="}[op], a, b)
        return choice({not t for t in truths(found)}, found)
    x, y = (hull(b), hull(a)) if op == ">" else (hull(a), hull(b))
    if op == "=":
        apart = x.hi < y.lo or y.hi < x.lo
        return choice({False} if apart else {True} if x.lo == x.hi == y.lo == y.hi else {True, False}, a, b)
    return choice({True} if x.hi < y.lo else {False} if x.lo >= y.hi else {True, False}, a, b)


def rounded(a: Any, mode: str, quantum: Fraction) -> Any:
    """Round to a multiple of quantum, by magnitude."""
    if isinstance(a, Hull):
        ends = [e if e[0] else (0, rounded(e[1], mode, quantum), 0) for e in a[:2]]
        return settled(*ends, a)
    if mode in ("向下", "向上"):
        return Fraction(a // 1 if mode == "向下" else -(-a // 1))
    size = abs(a) / quantum
    down = size.numerator // size.denominator
    half = size - down - Fraction(1, 2)
    up = {"四舍五入": half >= 0, "四舍六入五成双": half > 0 or (half == 0 and down % 2 == 1), "去尾": False, "进一": size > down}
    return (down + up[mode]) * quantum * (1 if a >= 0 else -1)


def aggregate(s: Any, at: Any) -> Any:
    """Count, share, add or compare the rows of a ledger; None where it is open in a way that is not simple."""
    kind, live, tests = s["运算"][2:], [], []
    for _, *ids in s["各行"]:
        out, kept, item, weight = (default if i is None else at[i] for i, default in zip(ids, (False, True, None, 1)))
        if out is True or kept is False and kind != "占比":
            continue
        bad = nil((out, kept, item, weight))
        if bad and bad.kind != "不适用":
            return bad
        places = {"出"} if True in truths(out) else set()
        places |= {{True: "内", False: "外" if kind == "占比" else "出"}[t] for t in truths(kept) if False in truths(out)}
        if not bad and places != {"出"}:
            live.append((places, item, weight))
            tests += [v for v in (out, kept, item) if isinstance(v, (Hull, Some))]
    sure, empty = all(p == {"内"} for p, _, _ in live), Nil("明细为空", s["明细"])
    items, zero = [i for _, i, _ in live], Fraction(0)
    if kind == "计数":
        return settled(*((0, Fraction(n), 0) for n in (sum(p == {"内"} for p, _, _ in live), len(live))), *tests)
    if kind in ("全部", "任一"):
        stop = kind == "任一"
        hits = [p == {"内"} and i is stop for p, i, _ in live if stop in truths(i)]
        return choice({stop} if any(hits) else {stop, not stop} if hits else {not stop}, *tests)
    if kind == "合计":
        total: Any = zero
        for places, item, _ in live:
            total = plus(total, item if places == {"内"} else union((item, zero)))
        return total
    if not live or (not sure and kind != "占比"):
        return None if live else empty
    if kind in ("最大", "最小"):
        return extreme(kind == "最大", items)
    if kind == "占比":
        weights = [Fraction(1) if i is None else i for i in items]
        if any("出" in p for p, _, _ in live) or any(isinstance(w, Hull) or w < 0 for w in weights) or not sum(weights):
            return None
        tops = [sum((w for (p, _, _), w in zip(live, weights) if t(p)), zero) for t in (lambda p: p == {"内"}, lambda p: "内" in p)]
        return settled(*((0, top / sum(weights), 0) for top in tops), *tests)
    loads = [Fraction(w) if isinstance(w, (int, Fraction)) else None for _, _, w in live]
    whole = None if None in loads else sum(loads)
    total = zero
    for item, load in zip(items, loads):
        total = plus(total, times(item, load)) if whole else total
    return total if whole is None else over(total, whole) if whole else Nil("除数为 0", "权重合计")


def on_calendar(op: str, v: Any, body: Any) -> Any:
    """Count working days, by the years that the certificate carries."""
    days, years, feast = body.days, body.years, body.feasts.get(op)
    if not all(isinstance(x, Fraction) for x in v):
        return None
    if feast is not None:
        return feast.get(v[0], Nil("没有该年的工作日历", f"{v[0]} 年"))
    ends = v[:1] if op == "加工作日" else v
    for day in ends:
        if year_of(day) not in years:
            return Nil("没有该年的工作日历", f"{year_of(day)} 年")
    if op == "工作日数":
        found = Fraction(bisect_right(days, v[1]) - bisect_right(days, v[0]))
        last = v[1]
    else:
        step = int(v[1]) if op == "加工作日" else None
        if step == 0:
            return v[0]
        place = bisect_left(days, v[0]) if step is None else bisect_right(days, v[0]) + step - 1 if step > 0 else bisect_left(days, v[0]) + step
        if not 0 <= place < len(days):
            return Nil("没有该年的工作日历", f"{year_of(v[0])} 年")
        found = last = Fraction(days[place])
    gap = next((y for y in range(*sorted((year_of(v[0]), year_of(last)))) if y not in years), None)
    return found if gap is None else Nil("没有该年的工作日历", f"{gap} 年")


def year_of(day: Any) -> int:
    """Return the year of a day."""
    return date.fromordinal(int(day)).year if 1 <= day <= date.max.toordinal() else int(day)


def among(s: Any, v: Any, body: Any) -> Any:
    """Take a mean, best or rank over all units; None where one of them is open."""
    op, mine, values = s["运算"], v[0] if v else None, body.peers[s["同级"]]
    counts = mine is not None and s.get("含己", True) and not (isinstance(mine, Nil) and mine.kind == "不适用")
    live = [x for i, x in enumerate(values) if i != s["位"] and not (isinstance(x, Nil) and x.kind in ("不适用", "不算在同级平均里"))]
    live += [mine] if counts else []
    if not live:
        return Nil("没有可比的单位")
    if not all(isinstance(x, Fraction) for x in live):
        return None
    if op != "名次":
        return sum(live) / len(live) if op == "同级平均" else extreme(op == "同级最大", live)
    if mine != values[s["位"]]:
        return None
    ahead = [x for x in live if (x < mine if s["从小"] else x > mine)]
    tied = live.count(mine)
    ranks = {"并列取后": len(ahead) + tied, "并列取均": Fraction(2 * len(ahead) + tied + 1, 2), "并列不空": len(set(ahead)) + 1}
    return Fraction(ranks.get(s["并列"], len(ahead) + 1))


def leaf(s: Any, body: Any) -> Any:
    """Look a fact or a cell up in the list of facts."""
    x = body.facts[s["名"]] if s["运算"] in ("事实", "有佐证") else body.cell(s)
    if s["运算"] == "有佐证":
        x = {**x, **(x["复核"] if s["取"] == "复核" else {})}
        if x["佐证"] == "自述" and x["态"] != "缺失":
            return False
        return Some(frozenset((True, False))) if s["取"] == "缺" and x.get("要佐证") else True
    lacking = x.get("缺") or body.columns.get((s.get("明细"), s.get("列")))
    return value({"值": x, "复核": x.get("复核", {}), "缺": {}}[s["取"]].get("值", lacking))


def first(s: Any, body: Any) -> Any:
    """Tell whether no earlier row has the value of this one; texts without blanks and brackets."""
    column = [value(x) for x in body.column(s)[: s["行"] + 1]]
    *earlier, own = [re.sub(r"[\s“”\"'‘’（）()《》·「」]", "", x) if isinstance(x, str) else x for x in column]
    if isinstance(own, Nil) or not earlier:
        return own if isinstance(own, Nil) else True
    open_ = [x for x in (own, *earlier) if isinstance(x, (Hull, Some))]
    return False if own in earlier and not isinstance(own, (Hull, Some)) else Some(frozenset((True, False))) if open_ else True


def logic(op: str, v: Any) -> Any:
    """且, 或."""
    stop, known = op == "或", True
    for x in v:
        if isinstance(x, Nil) or (x is stop and known):
            return x
        known = known and isinstance(x, bool)
    can = {stop} if any(stop in truths(x) for x in v) else set()
    return choice(can | ({not stop} if all((not stop) in truths(x) for x in v) else set()), *v)


def cases(s: Any, at: Any) -> Any:
    """判定 and 分档: the first case whose tests hold."""
    found = []
    for *tests, result in s["档"]:
        if s["运算"] == "分档":
            subject = at[s["用"][0]]
            tests = [compared(op, subject, at[i]) for op, i in tests]
        else:
            tests = [at[i] for i in tests]
        met = logic("且", tests) if tests else True
        if isinstance(met, Nil):
            return met
        if True in truths(met):
            found.append(None if result is None else at[result])
            if found[-1] is None:
                return None
        if met is True:
            break
    else:
        found.append(Nil("没有一档符合") if s["其余"] is None else at[s["其余"]])
    return union(found)


def deducted(s: Any, v: Any, at: Any) -> Any:
    """扣分: what is left of the base."""
    base, *items = v
    taken: Any = Fraction(0)
    for item in items:
        taken = plus(taken, item)
    taken = taken if s["至多"] is None else extreme(False, (taken, at[s["至多"]]))
    left = plus(base, negative(taken))
    return extreme(True, (left, Fraction(0))) if s["扣完为止"] else left


def grouped(s: Any, at: Any, drops: Any) -> Any:
    """一级指标, 二级指标 and the sum of all: points that dropped out are spread over the rest."""
    total, own, whole = Fraction(0), Fraction(0), Fraction(0)
    points = value(s["分值"])
    for child, its in s["项"]:
        v, (a, b) = at[child], drops.get(child, (0, 0))
        if isinstance(v, Nil) and v.kind == "不计入":
            a, b, v = (0, value(its), Fraction(0)) if v.detail == "总分" else (value(its), 0, Fraction(0))
        elif isinstance(v, Nil):
            v = Hull((0, Fraction(0), 0), (0, value(its), 0))
        elif isinstance(v, Hull) and v.also:
            kinds = {x.split("：")[0] for x in v.also}
            if "不计入" in kinds:
                return None
            v = settled(*v[:2]) if kinds <= {"输入不合要求"} else union((Hull(*v[:2]), Hull((0, Fraction(0), 0), (0, value(its), 0))))
        total, own, whole = plus(total, v), own + a, whole + b
    if s["级"] == 1:
        if own == points - whole:
            drops[s["号"]] = (0, points)
            return Fraction(0)
        total, own = times(total, (points - whole) / (points - whole - own)), Fraction(0)
    if s["级"] == 0:
        return times(total, points / (points - whole)) if points != whole else Nil("不计入", "总分")
    drops[s["号"]] = (own, whole)
    return fixed(total, s["舍入"])


def fixed(v: Any, how: Any) -> Any:
    """Round as declared, None for 不舍入."""
    return v if how is None or not isinstance(v, (Fraction, Hull)) else rounded(v, how[0], value(how[1]))


def graded(s: Any, v: Any, at: Any, body: Any) -> Any:
    """A step of the total: its grades; best first."""
    before, order = body.grades.get(s["用"][0], []), body.order
    if s["运算"] == "定级":
        found, total = [], v[0]
        for name, op, bound in s["线"]:
            met = True if op is None else compared(op, total, at[bound])
            found += [name] if True in truths(met) else []
            if met is True:
                return found
            if met is not False:
                lo, hi = hull(total)[:2]
                total = Hull(lo, min(hi, (0, at[bound], -1 if op == "≥" else 0)))
        return found
    if s["运算"] not in ("等级不得高于", "不得评为", "评为") or v[1] is False:
        return before
    limit = order.index(s["等级"]) if s["等级"] in order else 0
    moved = []
    for name in before:
        at_ = order.index(name) if name in order else len(order)
        capped = s["运算"] == "等级不得高于" and at_ < limit
        barred = s["运算"] == "不得评为" and at_ == limit and limit + 1 < len(order)
        moved.append(s["等级"] if s["运算"] == "评为" else order[limit] if capped else order[limit + 1] if barred else name)
    moved = [*dict.fromkeys(moved)] if s["运算"] != "评为" else [s["等级"]]
    if v[1] is True:
        return moved
    return sorted({*moved, *before}, key=lambda g: (order.index(g) if g in order else len(order), g))


PLAIN: Any = {
    "+": lambda s, v: plus(*v), "-": lambda s, v: plus(v[0], negative(v[1])), "×": lambda s, v: times(*v),
    "÷": lambda s, v: over(*v), "负": lambda s, v: negative(*v), "最大": lambda s, v: extreme(True, v),
    "最小": lambda s, v: extreme(False, v), "非": lambda s, v: choice({not t for t in truths(*v)}, *v),
    "绝对值": lambda s, v: abs(*v) if isinstance(v[0], Fraction) else v[0] if v[0].lo >= (0, 0, 0) else None,
    "取整": lambda s, v: rounded(v[0], "向上" if s["向上"] else "向下", Fraction(1)),
    "舍入": lambda s, v: fixed(v[0], s["舍入"]), "真数": lambda s, v: settled(
        *((0, Fraction(sum(t(x) for x in v)), 0) for t in (lambda x: x is True, lambda x: True in truths(x))), *v),
    "比较": lambda s, v: compared(s["号令"], *v), "属于": lambda s, v: choice({x in s["选项"] for x in truths(v[0])}, v[0]),
    "令": lambda s, v: v[0], "词": lambda s, v: v[-1], "合计分项": lambda s, v: summed(v), "清单": lambda s, v: summed(v),
    "每超": lambda s, v: times(v[1], v[2]), "限于": lambda s, v: extreme(False, (extreme(True, v[:2]), v[2])),
    "加分": lambda s, v: plus(v[0], extreme(False, v[1:])), "减分": lambda s, v: plus(v[0], negative(extreme(False, v[1:]))),
}


def summed(v: Any) -> Any:
    """Add."""
    total: Any = Fraction(0)
    for x in v:
        total = plus(total, x)
    return total


def derive(s: Any, v: Any, at: Any, body: Any) -> Any:
    """Return the result of a step from those of its operands; None where that is not simple."""
    op = s["运算"]
    if op in PLAIN:
        bad = nil(v if op != "词" else v[-1:])
        return bad or PLAIN[op](s, v)
    match op:
        case "常数":
            return value(s["得"])
        case "满分":
            return value(s["分值"]) if s["分值"] in body.points[s["名"]] else Nil("分值不符")
        case "参数":
            return value(body.params[s["名"]])
        case "事实" | "格" | "有佐证":
            return leaf(s, body)
        case "首次":
            return first(s, body)
        case "且" | "或":
            return logic(op, v)
        case "是否不适用":
            return v[0].kind == "不适用" if isinstance(v[0], Nil) else choice({True, False}) if getattr(v[0], "also", ()) else False
        case "若" | "不适用" | "须佐证" | "应有" | "凡":
            return branch(op, s, v)
        case "分档" | "判定":
            return nil(v) or cases(s, at)
        case "扣分":
            return nil(v) or deducted(s, v, at)
        case "工作日数" | "加工作日" | "顺延" | "春节" | "春节假期首日":
            return nil(v) or on_calendar(op, v, body)
        case "同级平均" | "同级最大" | "同级最小" | "名次":
            return (nil(v) if op == "名次" else None) or fixed(among(s, v, body), s.get("舍入"))
        case "不计入":
            return Nil("不计入", s["级"])
        case "指标":
            if any(at[i] is not False for i in s["排除"]) or any(at[i] is False for i in s["佐证齐"]):
                raise Refused("不适用或须佐证的条件与走法不符")
            return fixed(v[-1], s["舍入"])
        case "分组":
            return grouped(s, at, body.drops)
        case "定级" | "等级不得高于" | "不得评为" | "评为":
            return v[0]
        case "总分归零":
            return v[0] if v[1] is False else Fraction(0) if v[1] is True else union((Fraction(0), v[0]))
        case _:
            return body.aggregated(s, at)


def branch(op: str, s: Any, v: Any) -> Any:
    """A test and what follows; where it is open, all that can follow."""
    test, *rest = v
    if op == "须佐证":
        return union(v) if s["未定"] else rest[-1] if not any(v[:-1]) else None
    if isinstance(test, Nil):
        return test
    if op == "凡":
        return Fraction(0) if test is False else union(rest) if test is True else union((*rest, Fraction(0))) if rest else None
    if op == "应有":
        return Nil("输入不合要求", s["因"]) if test is False else rest[0] if test is True else None
    if isinstance(test, bool):
        return rest[0] if test == s["取"] and len(rest) == 1 else None
    return union(rest) if len(rest) == 2 else None


class Body:
    """The body of a certificate, by name."""

    def __init__(self, doc: Any) -> None:
        """Index what steps refer to."""
        self.doc, self.steps, self.order = doc, doc["步骤"], doc["规则"]["等级"]
        self.params = {p["名"]: p["值"] for p in doc["参数"]}
        self.facts = {f["名"]: f for f in doc["事实"]}
        self.ledgers = {t["名"]: t for t in doc["明细"]}
        self.columns = {(t["名"], c["名"]): c.get("缺") for t in doc["明细"] for c in t["列"]}
        self.peers = [[value(x) for x in row] for row in doc["同级"]]
        self.years = {y["年"] for y in doc["日历"]}
        self.days = [d for y in sorted(doc["日历"], key=lambda y: y["年"]) for d in working(y)]
        self.feasts = {
            name: {Fraction(y["年"]): Fraction(date.fromisoformat(y[name]).toordinal()) for y in doc["节日"] if name in y}
            for name in ("春节", "春节假期首日")
        }
        self.points: dict[str, set[str]] = {}
        self.drops: dict[int, Any] = {}
        self.grades: dict[int, list[str]] = {}
        self.results: list[Any] = []
        self.loose = 0

    def cell(self, s: Any) -> Any:
        """Return the cell of a step."""
        table = self.ledgers[s["明细"]]
        place = next(i for i, c in enumerate(table["列"]) if c["名"] == s["列"])
        return table["行"][s["行"]][place]

    def column(self, s: Any) -> list[Any]:
        """Return a column as a reading has it."""
        found = []
        for row in range(len(self.ledgers[s["明细"]]["行"])):
            x = self.cell({**s, "行": row})
            use = "缺" if "值" not in x or (s["读法"] == "仅有佐证" and x["佐证"] == "自述") else "复核" if s["读法"] == "复核" and "复核" in x else "值"
            found.append(self.columns[s["明细"], s["列"]] if use == "缺" else (x["复核"] if use == "复核" else x)["值"])
        return found

    def aggregated(self, s: Any, at: Any) -> Any:
        """Return what an operation over rows gives; all rows of the ledger must be there, or all that are alike."""
        kind = s["运算"][2:]
        if s["运算"] == "待全体":
            return None
        if s["运算"][:2] not in ("逐行", "同项") or kind not in ("计数", "占比", "合计", "平均", "最大", "最小", "全部", "任一"):
            raise Refused(f"没有「{s['运算']}」这种运算")
        rows = self.ledgers[s["明细"]]["行"]
        if s["各行"] is None or rows is None:
            return None
        numbers = [row[0] for row in s["各行"]]
        if s["运算"][:2] == "逐行" and numbers != list(range(len(rows))):
            raise Refused(f"「{s['明细']}」的行数不符")
        if s["运算"][:2] == "同项":
            keys = [value(x) for x in self.column({**s, "行": 0})]
            if any(isinstance(k, (Hull, Some)) for k in keys):
                return None
            if numbers != [n for n, k in enumerate(keys) if plain(k) == plain(keys[s["本行"]])]:
                raise Refused("同项的行不符")
        return aggregate(s, at)


def plain(x: Any) -> Any:
    """Return a text without blanks, quotes and brackets."""
    return re.sub(r"[\s“”\"'‘’（）()《》·「」]", "", x) if isinstance(x, str) else x


def working(year: Any) -> Any:
    """Return the working days of a year: weekdays that are not off, and days that were moved to."""
    first, last = date(year["年"], 1, 1).toordinal(), date(year["年"], 12, 31).toordinal()
    off, on = ({date.fromisoformat(d).toordinal() for d in year[k]} for k in ("放假", "上班"))
    return [d for d in range(first, last + 1) if d in on or ((d - 1) % 7 < 5 and d not in off)]


def refs(s: Any) -> list[int]:
    """Return the steps that a step refers to."""
    found = [*s.get("用", ()), *s.get("排除", ()), *s.get("佐证齐", ()), *(i for row in s.get("各行") or () for i in row[1:])]
    found += [i for i, _ in s.get("项", ())] + [s.get("至多"), s.get("其余")]
    for *tests, result in s.get("档", ()):
        found += [*(t[-1] if isinstance(t, list) else t for t in tests), result]
    return [i for i in [*found, *(b for _, _, b in s.get("线", ()))] if i is not None]


def inside(a: Any, b: Any) -> bool:
    """Return whether a result lies in what was derived."""
    if isinstance(a, (Fraction, Hull)) and isinstance(b, (Fraction, Hull)):
        return hull(b).lo <= hull(a).lo and hull(a).hi <= hull(b).hi
    return isinstance(a, Nil) or isinstance(b, Nil) or truths(a) <= truths(b)


def rederive(s: Any, number: int, body: Any) -> Any:
    """Check one step; return its result."""
    if not all(type(i) is int and 0 <= i < number for i in refs(s)) or s["号"] != number:
        raise Refused(f"第 {number} 步：引用了不在前面的步骤")
    v, stated = [body.results[i] for i in s.get("用", ())], value(s["得"])
    found = derive(s, v, body.results, body)
    if s.get("未重推"):
        body.loose += 1
        operands = [body.results[i] for i in refs(s)]
        open_ = not isinstance(stated, DECIDED) or not all(isinstance(x, DECIDED) for x in operands)
        if not (open_ or isinstance(found, (Hull, Some)) or s.get("各行", 0) is None) or not (found is None or inside(stated, found)):
            raise Refused(f"第 {number} 步（{s['运算']}）：不该是「未重推」")
    elif found != stated or type(found) is not type(stated):
        raise Refused(f"第 {number} 步（{s['运算']}）：由操作数重算得 {shown(found)}，凭证写的是 {shown(stated)}")
    if "等级后" in s:
        body.grades[number] = s["等级后"]
        if graded(s, v, body.results, body) != s["等级后"]:
            raise Refused(f"第 {number} 步（{s['运算']}）：等级不符")
    elif s.get("用"):
        body.grades[number] = body.grades.get(s["用"][0], [])
    return stated


def shown(v: Any) -> str:
    """Return a result in a message."""
    return str(v) if isinstance(v, DECIDED) else "（不能重算）" if v is None else "未定或没有值"


def heads(nodes: Any, body: Any) -> Fraction:
    """Check that points add up, and note what 满分 may be; return the sum."""
    total = Fraction(0)
    for node in nodes:
        points, below = value(node["分值"]), node.get("下级")
        total += points
        for part in (node, *node.get("分项", ())):
            body.points.setdefault(part["名称"], set()).add(part["分值"])
        if below is not None and heads(below, body) != points:
            raise Refused(f"「{node['名称']}」下级的分值加起来不是 {points}")
    return total


def linked(nodes: Any, reading: str, body: Any) -> list[list[Any]]:
    """Check that groups add what stands under them; return the steps of the nodes with their points."""
    found = []
    for node in nodes:
        number = node["步"][reading]
        step, below = body.steps[number], node.get("下级")
        same = step["分值"] == node["分值"] and step["名"] == node["名称"] and step["运算"] == ("指标" if below is None else "分组")
        if not same or (below is not None and step["项"] != linked(below, reading, body)):
            raise Refused(f"「{node['名称']}」（{reading}）与它的步骤不符")
        found.append([number, node["分值"]])
    return found


def reading(result: Any, body: Any) -> None:
    """Check one reading: its sum, its steps to the total, its grades, and that each fact is read as it must be."""
    name, number = result["读法"], result["总步"]
    if value(result["总分"]) != body.results[number] or result["等级"] != body.grades.get(number, []):
        raise Refused(f"{name}：总分或等级与步骤不符")
    reach, start = {number}, number
    while body.steps[start]["运算"] != "分组":
        start = body.steps[start]["用"][0]
    head = body.steps[start]
    if head["级"] != 0 or head["分值"] != body.doc["规则"]["满分"] or head["项"] != linked(body.doc["指标"], name, body):
        raise Refused(f"{name}：总分不是各一级指标相加")
    for at in range(number, -1, -1):
        if at not in reach:
            continue
        s = body.steps[at]
        reach.update(refs(s))
        if s["运算"] in ("事实", "格"):
            x = body.facts[s["名"]] if s["运算"] == "事实" else body.cell(s)
            hidden = "值" not in x or (name == "仅有佐证" and x["佐证"] == "自述")
            want = "复核" if name == "复核" and "复核" in x else "缺" if hidden else "值"
            if s["取"] != want:
                raise Refused(f"{name}：「{s.get('名', s.get('列'))}」不该这样取值")


def check(text: bytes) -> Any:
    """Return the certificate when everything in it holds. Raises Refused."""
    doc = read(text)
    body = Body(doc["凭证"])
    if body.doc["格式"] != FORMAT:
        raise Refused(f"不是 {FORMAT}")
    if doc["摘要"] != digests(body.doc) | ({"sm3": None} if doc["摘要"]["sm3"] is None else {}):
        raise Refused("摘要不符：凭证被改过")
    if heads(body.doc["指标"], body) != value(body.doc["规则"]["满分"]):
        raise Refused("各指标的分值加起来不是满分")
    for number, step in enumerate(body.steps):
        body.results.append(rederive(step, number, body))
    for result in body.doc["结论"]:
        reading(result, body)
    if [r["读法"] for r in body.doc["结论"]] not in ([*READINGS[:2]], [*READINGS]) or body.doc["未重推"] != body.loose:
        raise Refused("结论或未重推的步数不符")
    return doc


def digests(body: Any) -> dict[str, Any]:
    """Return the digests of a body: canonical JSON, as RFC 8785 has it for these values."""
    data = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    sm3 = hashlib.new("sm3", data).hexdigest() if "sm3" in hashlib.algorithms_available else None
    return {"sha256": hashlib.sha256(data).hexdigest(), "sm3": sm3}


def read(text: bytes) -> Any:
    """Read JSON without floats, long numbers or keys that stand twice."""
    def pairs(found: Any) -> Any:
        if len(dict(found)) < len(found):
            raise Refused("有重复的键")
        return dict(found)

    def refuse(x: str) -> Any:
        if len(x) < 18 and re.fullmatch(r"-?\d+", x):
            return int(x)
        raise Refused(f"「{x[:40]}」：数只能是整数或「分子/分母」")

    if len(text) > MOST_BYTES:
        raise Refused("文件太大")
    try:
        return json.loads(text.decode(), object_pairs_hook=pairs, parse_float=refuse, parse_int=refuse, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Unreadable("不是 JSON，或嵌套太深") from error


class Unreadable(Exception):
    """The file is no JSON at all."""


def verdict(text: bytes) -> tuple[int, str]:
    """Return 0 and what holds, 1 and why it does not, or 2 when it cannot be read."""
    try:
        doc = check(text)
    except Refused as error:
        return 1, f"不成立：{error}"
    except Unreadable as error:
        return 2, str(error)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError, RecursionError, StopIteration):
        return 1, "不成立：内容不合凭证的格式"
    body = doc["凭证"]
    lines = [f"成立：{body['单位']}  {body['规则']['名称']}", f"重推 {len(body['步骤'])} 步，其中未重推 {body['未重推']} 步"]
    lines += [f"{r['读法']}  总分 {json.dumps(r['总分'], ensure_ascii=False)}  {'、'.join(r['等级'])}" for r in body["结论"]]
    return 0, "\n".join([*lines, f"SHA-256 {doc['摘要']['sha256']}", f"SM3 {doc['摘要']['sm3'] or '这台机器没有，未核'}"])


def main(args: list[str]) -> int:
    """Check one file and say so."""
    if args in (["-h"], ["--help"]) or len(args) != 1:
        print("用法：python verifier.py 凭证.json\n由操作数重算每一步，核对摘要。退出码：0 成立；1 不成立；2 读不了；3 用法不对。")
        return 0 if args in (["-h"], ["--help"]) else 3
    try:
        with open(args[0], "rb") as file:
            code, message = verdict(file.read(MOST_BYTES + 1))
    except OSError as error:
        code, message = 2, f"读不了「{args[0]}」：{error.strerror}"
    print(message)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
