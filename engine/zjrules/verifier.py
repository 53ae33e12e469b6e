# fmt: off
"""评分凭证的独立核对：每一步由它的操作数重算。One file, standard library only: copy it out, run it with Python 3.11 or later.

    python verifier.py 凭证.json

A step has an operation (运算), the numbers of earlier steps (用) and a result (得): a number "num/den", true or false,
{"文": text}; where facts are missing {"界": [low, high, open, open]} or {"可能": […]}; or {"无": why there is no value}.
"""
import hashlib
import json
import re
import sys
from bisect import bisect_left, bisect_right
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

FORMAT, READINGS, MOST_BYTES, MOST_BITS = "zjrules.certificate/1", ("按自述", "仅有佐证", "复核"), 64_000_000, 200_000
DECIDED, ZERO = (Fraction, bool, str), Fraction(0)
UP, DOWN = (1, ZERO, 0), (-1, ZERO, 0)
FURTHER = ("指标", "定级", "分组", "分档", "判定")  # operations that refer to steps beside 用
NO_CALENDAR, EMPTY, OUT = "没有该年的工作日历", "明细为空", ("不适用", "不算在同级平均里")

class Refused(Exception):
    """The certificate does not hold; the message says why."""
class Unreadable(Exception):
    """The file is no JSON at all."""
class Hull(NamedTuple):
    """What a number can be, or problems. An end is (infinity, value, 1 just above or -1 just below), so that ends compare."""
    lo: tuple[int, Fraction, int]
    hi: tuple[int, Fraction, int]
    also: frozenset[str] = frozenset()
class Some(NamedTuple):
    """What a condition or an option can be, or problems."""
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
        above, _, below = x.partition("/")
        found = Fraction(int(above), int(below or 1))
        if str(found) != x:
            raise Refused(f"「{x[:40]}」不是最简的「分子/分母」")
        return found
    if "文" in x or "无" in x:
        return str(x["文"]) if "文" in x else Nil(str(x["无"]), str(x.get("因", "")))
    also = frozenset(x.get("或", ()))
    if "可能" in x:
        return Some(frozenset(x["可能"]), also)
    lo, hi, above_lo, below_hi = x["界"]
    if (lo is None and above_lo) or (hi is None and below_hi):
        raise Refused("无穷的一端不写开闭")
    return Hull(DOWN if lo is None else (0, value(lo), +above_lo), UP if hi is None else (0, value(hi), -below_hi), also)

# ---------- numbers and conditions, of which some are open; None: not to be told simply ----------
def _hull(v: Any) -> Hull:
    return v if isinstance(v, Hull) else Hull((0, v, 0), (0, v, 0))
def _also(of: Any) -> frozenset[str]:
    return frozenset().union(*(v.also for v in of if isinstance(v, (Hull, Some))))
def _settled(lo: Any, hi: Any, *of: Any) -> Any:
    return lo[1] if lo == hi and not lo[0] and not _also(of) else Hull(lo, hi, _also(of))
def _choice(can: Any, *of: Any) -> Any:
    return next(iter(can)) if len(can) == 1 and not _also(of) else Some(frozenset(can), _also(of))
def _truths(v: Any) -> Any:
    return v.can if isinstance(v, Some) else frozenset([v])
def _nil(of: Any) -> Any:
    return next((v for v in of if isinstance(v, Nil)), None)
def _union(of: Any) -> Any:
    if None in of or _nil(of):
        return of[0] if len(set(of)) == 1 else None
    if any(isinstance(v, (bool, str, Some)) for v in of):
        return _choice(frozenset().union(*map(_truths, of)), *of)
    return _settled(min(_hull(v).lo for v in of), max(_hull(v).hi for v in of), *of)
def _negative(a: Any) -> Any:
    lo, hi = ((-e[0], -e[1], -e[2]) for e in ((a.hi, a.lo) if isinstance(a, Hull) else (UP, DOWN)))
    return Hull(lo, hi, a.also) if isinstance(a, Hull) else -a
def _plus(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        if a.denominator.bit_length() + b.denominator.bit_length() > MOST_BITS:
            raise Refused("数字太长")
        return a + b
    x, y = _hull(a), _hull(b)
    lo = DOWN if x.lo[0] or y.lo[0] else (0, x.lo[1] + y.lo[1], max(x.lo[2], y.lo[2]))
    return _settled(lo, UP if x.hi[0] or y.hi[0] else (0, x.hi[1] + y.hi[1], min(x.hi[2], y.hi[2])), a, b)
def _sum(of: Any) -> Any:
    total: Any = ZERO
    for v in of:
        total = _plus(total, v)
    return total
def _corner(x: Any, y: Any) -> tuple[int, Fraction, bool]:
    zeros = [e for e in (x, y) if e[:2] == (0, 0)]  # 0 times an open or infinite end is 0, attained as the 0 is
    signs = [e[0] or (e[1] > 0) - (e[1] < 0) for e in (x, y)]
    infinite = not zeros and bool(x[0] or y[0])
    return signs[0] * signs[1] if infinite else 0, ZERO if zeros or infinite else x[1] * y[1], (
        any(not e[2] for e in zeros) if zeros else not (infinite or x[2] or y[2]))
def _times(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a * b
    ends = [_corner(x, y) for x in _hull(a)[:2] for y in _hull(b)[:2]]
    lo, hi = min(ends, key=lambda e: (e[0], e[1], not e[2])), max(ends)
    return _settled(DOWN if lo[0] else (0, lo[1], +(not lo[2])), UP if hi[0] else (0, hi[1], -(not hi[2])), a, b)
def _over(a: Any, b: Any) -> Any:
    if isinstance(b, Fraction):
        return _times(a, 1 / b) if b else Nil("除数为 0")
    if b.hi < (0, ZERO, 0):
        return _over(_negative(a), _negative(b))
    ends = [UP if e[:2] == (0, 0) else (0, ZERO, 1) if e[0] else (0, 1 / e[1], -e[2]) for e in b[:2]]
    return _times(a, Hull(ends[1], ends[0], b.also)) if b.lo > (0, ZERO, 0) else None
def _extreme(pick: Any, of: Any) -> Any:
    if all(isinstance(v, Fraction) for v in of):
        return pick(of)
    return _settled(pick(_hull(v).lo for v in of), pick(_hull(v).hi for v in of), *of)
def _compared(op: str, a: Any, b: Any) -> Any:
    if op in "≥≤≠":
        return _not(_compared({"≥": "<", "≤": ">", "≠": "="}[op], a, b))
    if not all(isinstance(v, (Fraction, Hull)) for v in (a, b)):
        return _choice({x == y for x in _truths(a) for y in _truths(b)}, a, b) if op == "=" else None
    x, y = (_hull(b), _hull(a)) if op == ">" else (_hull(a), _hull(b))
    if op == "=":
        apart, same = x.hi < y.lo or y.hi < x.lo, x[:2] == y[:2] and x.lo == x.hi
        return _choice({False} if apart else {True} if same else {True, False}, a, b)
    return _choice({True} if x.hi < y.lo else {False} if x.lo >= y.hi else {True, False}, a, b)
def _not(v: Any) -> Any:
    return _choice({not t for t in _truths(v)}, v)
def _rounded(a: Any, mode: str, quantum: Fraction) -> Any:
    if isinstance(a, Hull):
        return _settled(*((e if e[0] else (0, _rounded(e[1], mode, quantum), 0)) for e in a[:2]), a)
    size = abs(a) / quantum
    down, rest = size // 1, size % 1 - Fraction(1, 2)
    up = {"四舍五入": rest >= 0, "四舍六入五成双": rest > 0 or (not rest and down % 2), "去尾": False, "进一": size > down}
    whole = {"向下": a // 1, "向上": -(-a // 1)}
    return Fraction(whole[mode]) if mode in whole else (down + bool(up[mode])) * quantum * (1 if a >= 0 else -1)
def _fixed(v: Any, how: Any) -> Any:
    return v if how is None or not isinstance(v, (Fraction, Hull)) else _rounded(v, how[0], value(how[1]))
def _logic(op: str, v: Any) -> Any:
    stop = op == "或"
    first = next((i for i, x in enumerate(v) if isinstance(x, Nil) or (x is stop and all(y is not None for y in v))), None)
    if first is not None and all(isinstance(x, bool) for x in v[:first]):
        return v[first]
    can = {stop for x in v if stop in _truths(x)} | ({not stop} if all((not stop) in _truths(x) for x in v) else set())
    return _nil(v) or _choice(can, *v)

# ---------- ledgers, calendar, other units ----------
def _placed(ids: Any, at: Any, beside: str) -> Any:
    out, kept, item, weight = (default if i is None else at[i] for i, default in zip(ids, (False, True, None, Fraction(1)), strict=True))
    if out is True or (kept is False and beside == "出"):
        return {"出"}, item, weight, ()
    places = {"出"} if True in _truths(out) else set()
    places |= {"内" if t else beside for t in _truths(kept) if False in _truths(out) and t in (True, False)}
    return _nil((out, kept, item, weight)) or (places, item, weight, (out, kept, item))
def _rows(s: Any, v: Any, at: Any, body: Any) -> Any:
    kind, table = s["运算"][2:], body.ledgers[s["明细"]]
    if s["各行"] is None or table["行"] is None:  # rows that nobody has seen
        return {"计数": Hull((0, ZERO, 0), UP), "占比": Hull((0, ZERO, 0), (0, Fraction(1), 0))}.get(kind)
    numbers, keys = [row[0] for row in s["各行"]], _keys(s, body) if s["运算"][:2] == "同项" else None
    if keys and any(isinstance(k, (Hull, Some)) for k in keys):
        return None
    if numbers != [n for n in range(len(table["行"])) if not keys or keys[n] == keys[s["本行"]]]:
        raise Refused(f"「{s['明细']}」的行不齐")
    rows = [_placed(ids, at, "外" if kind == "占比" else "出") for _, *ids in s["各行"]]
    bad = next((r for r in rows if isinstance(r, Nil) and r.kind != "不适用"), None)
    live = [r for r in rows if not isinstance(r, Nil) and r[0] != {"出"}]
    return bad or AGGREGATES[kind](kind, live, [t for r in live for t in r[3] if isinstance(t, (Hull, Some))], s["明细"])
def _counted(kind: str, live: Any, tests: Any, ledger: str) -> Any:
    return _settled(*((0, Fraction(n), 0) for n in (sum(r[0] == {"内"} for r in live), len(live))), *tests)
def _any(kind: str, live: Any, tests: Any, ledger: str) -> Any:
    stop = kind == "任一"
    hits = [r[0] == {"内"} and r[1] is stop for r in live if stop in _truths(r[1])]
    return _choice({stop} if any(hits) else {stop, not stop} if hits else {not stop}, *tests)
def _added(kind: str, live: Any, tests: Any, ledger: str) -> Any:
    return _sum(r[1] if r[0] == {"内"} else _union((r[1], ZERO)) for r in live)
def _share(kind: str, live: Any, tests: Any, ledger: str) -> Any:
    weights = [Fraction(1) if r[1] is None else r[1] for r in live]
    if any("出" in r[0] for r in live) or any(isinstance(w, Hull) or w < 0 for w in weights) or (live and not sum(weights)):
        return None
    tops = (sum(w for r, w in zip(live, weights, strict=True) if t(r[0])) for t in (lambda p: p == {"内"}, lambda p: "内" in p))
    return _settled(*((0, top / _sum(weights), 0) for top in tops), *tests) if live else Nil(EMPTY, ledger)
def _middle(kind: str, live: Any, tests: Any, ledger: str) -> Any:
    if not live or not all(r[0] == {"内"} and isinstance(r[2], Fraction) for r in live):
        return None if live else Nil(EMPTY, ledger)
    if kind != "平均":
        return _extreme(max if kind == "最大" else min, [r[1] for r in live])
    whole = _sum(r[2] for r in live)
    return _over(_sum(_times(r[1], r[2]) for r in live), whole) if whole else Nil("除数为 0", "权重合计")
AGGREGATES: Any = {"计数": _counted, "占比": _share, "合计": _added, "平均": _middle, "最大": _middle, "最小": _middle, "全部": _any, "任一": _any}
def _keys(s: Any, body: Any) -> Any:
    entries, name, found = [body.cell({**s, "行": n}) for n in range(len(body.ledgers[s["明细"]]["行"]))], s["读法"], []
    for x in entries:
        v = value(_source(x, _use(x, name)).get("值", body.columns[s["明细"], s["列"]]))
        found.append(re.sub(r"[\s“”\"'‘’（）()《》·「」]", "", v) if isinstance(v, str) else v)
    return found
def _first(s: Any, v: Any, at: Any, body: Any) -> Any:
    *earlier, own = _keys(s, body)[: s["行"] + 1]
    if isinstance(own, Nil) or not earlier:
        return own if isinstance(own, Nil) else True
    open_ = isinstance(own, (Hull, Some)) or any(isinstance(x, (Hull, Some)) for x in earlier)
    return False if own in earlier and not isinstance(own, (Hull, Some)) else Some(frozenset((True, False))) if open_ else True
def _year(day: Any) -> int:
    return date.fromordinal(int(day)).year if 1 <= day <= date.max.toordinal() else int(day)
def _dated(s: Any, v: Any, at: Any, body: Any) -> Any:
    op, days, start = s["运算"], body.days, v[0]
    if not all(isinstance(x, Fraction) for x in v):
        return None
    if op in body.feasts:
        return body.feasts[op].get(start, Nil(NO_CALENDAR, f"{start} 年"))
    unknown = [_year(d) for d in (v if op == "工作日数" else v[:1]) if _year(d) not in body.years]
    count = int(v[1]) if op == "加工作日" else 0
    if unknown or (op == "加工作日" and not count):
        return Nil(NO_CALENDAR, f"{unknown[0]} 年") if unknown else start
    place = bisect_right(days, start) + count - 1 if count > 0 else bisect_left(days, start) + count
    if op != "工作日数" and not 0 <= place < len(days):
        return Nil(NO_CALENDAR, f"{_year(start)} 年")
    last = v[1] if op == "工作日数" else Fraction(days[place])
    gap = next((y for y in range(*sorted((_year(start), _year(last)))) if y not in body.years), None)
    found = Fraction(bisect_right(days, last) - bisect_right(days, start)) if op == "工作日数" else last
    return found if gap is None else Nil(NO_CALENDAR, f"{gap} 年")
def _among(s: Any, v: Any, at: Any, body: Any) -> Any:
    op, place, values = s["运算"], s["位"], body.peers[s["同级"]]
    live = [x for i, x in enumerate(values) if i != place and not (isinstance(x, Nil) and x.kind in OUT)]
    live += [x for x in v if s.get("含己", True) and not (isinstance(x, Nil) and x.kind in OUT)]
    if not live or not all(isinstance(x, Fraction) for x in live) or not 0 <= place < len(values):
        return None if live else Nil("没有可比的单位")
    if op != "名次":
        return _fixed(_sum(live) / len(live) if op == "同级平均" else _extreme(max if op == "同级最大" else min, live), s.get("舍入"))
    ahead, tied = [x for x in live if (x < v[0] if s["从小"] else x > v[0])], live.count(v[0])
    ranks: Any = {"并列取后": len(ahead) + tied, "并列取均": Fraction(2 * len(ahead) + tied + 1, 2), "并列不空": len(set(ahead)) + 1}
    return Fraction(ranks.get(s["并列"], len(ahead) + 1)) if v[0] == values[place] else None

# ---------- leaves, branches, scores ----------
def _use(x: Any, reading: str) -> str:
    hidden = "值" not in x or (reading == "仅有佐证" and x["佐证"] == "自述")
    return "复核" if reading == "复核" and "复核" in x else "缺" if hidden else "值"
def _source(x: Any, use: str) -> Any:
    return {"值": x, "复核": x.get("复核", {}), "缺": {}}[use]
def leaf(s: Any, body: Any) -> Any:
    """Look a fact or a cell up in the list of facts."""
    x = body.cell(s) if s["运算"] == "格" else body.facts[s["名"]]
    if s["运算"] == "有佐证":
        said = {**x, **_source(x, s["取"])}
        return False if said["佐证"] == "自述" and said["态"] != "缺失" else _choice({True, s["取"] != "缺" or not x.get("要佐证")})
    return value(_source(x, s["取"]).get("值", x.get("缺") or body.columns.get((s.get("明细"), s.get("列")))))
def _constant(s: Any, v: Any, at: Any, body: Any) -> Any:
    found, written = value(s["得"]), re.match(r"-?[\d,]+(\.\d+)?(?!.*分钟)", s.get("原文", ""))
    scale = abs(found / (Fraction(written[0].replace(",", "")) or 1)) if written and isinstance(found, Fraction) else ZERO
    return found if not scale or re.fullmatch("10*", f"{scale.numerator * scale.denominator}") else Nil("与原文不符")
def _cases(s: Any, v: Any, at: Any, body: Any) -> Any:
    found = []
    for *tests, result in s["档"]:
        met = _logic("且", [_compared(t[0], v[0], at[t[1]]) if v else at[t] for t in tests])
        if isinstance(met, Nil):
            return met
        found += [None if result is None else at[result]] if True in _truths(met) else []
        if met is True:
            return _union(found)
    return _union([*found, Nil("没有一档符合") if s["其余"] is None else at[s["其余"]]])
def _branch(s: Any, v: Any, at: Any, body: Any) -> Any:
    op, test, rest = s["运算"], v[0], v[1:]
    if op == "须佐证":
        return _union(v) if s["未定"] else rest[-1] if not any(v[:-1]) else None
    if isinstance(test, Nil):
        return test
    if op == "应有":
        return Nil("输入不合要求", s["因"]) if test is False else rest[0] if test is True else None
    if op == "凡":
        return ZERO if test is False else _union(rest if test is True else (*rest, ZERO)) if rest else None
    return _union(rest) if len(rest) == (1 if isinstance(test, bool) else 2) and s.get("取") == (test if isinstance(test, bool) else None) else None
def _indicator(s: Any, v: Any, at: Any, body: Any) -> Any:
    if any(at[i] is not False for i in s["排除"]) or any(at[i] is False for i in s["佐证齐"]):
        raise Refused(f"「{s['名']}」不适用或须佐证的条件与走法不符")
    return _fixed(v[0], s["舍入"])
def _grouped(s: Any, v: Any, at: Any, body: Any) -> Any:
    points, parts, own, whole = value(s["分值"]), [], ZERO, ZERO
    for child, its in s["项"]:
        part, (group, total) = at[child], body.drops.get(child, (ZERO, ZERO))
        full = Hull((0, ZERO, 0), (0, value(its), 0))
        kinds = {x.split("：")[0] for x in part.also} if isinstance(part, Hull) else set()
        if isinstance(part, Nil) and part.kind == "不计入":
            group, total = (ZERO, value(its)) if part.detail == "总分" else (value(its), ZERO)
        if "不计入" in kinds:
            return None
        part = (ZERO if part.kind == "不计入" else full) if isinstance(part, Nil) else _settled(*part[:2]) if kinds else part
        parts.append(_union((part, full)) if kinds - {"输入不合要求"} else part)
        own, whole = own + group, whole + total
    counted, score = points - whole, _sum(parts)
    if s["级"] == 0:
        return _times(score, points / counted) if counted else Nil("不计入", "总分")
    if s["级"] == 1 and own == counted:
        body.drops[s["号"]] = (ZERO, points)
        return ZERO
    body.drops[s["号"]] = (ZERO, whole) if s["级"] == 1 else (own, whole)
    return _fixed(_times(score, counted / (counted - own)) if s["级"] == 1 else score, s["舍入"])
def _graded(s: Any, v: Any, at: Any, body: Any) -> Any:
    order, found, total = body.order, [], v[0]
    place = {g: i for i, g in enumerate(order)}
    if s["运算"] == "定级":
        if [line[0] for line in s["线"]] != order:
            raise Refused("等级不是规则的等级")
        for name, op, bound in s["线"]:
            met = op is None or _compared(op, total, at[bound])
            found += [name] if True in _truths(met) else []
            total = total if met is False or op is None else Hull(_hull(total).lo, min(_hull(total).hi, (0, at[bound], -(op == "≥"))))
            if met is True:
                break
        return found
    before, limit, last = body.grades.get(s["用"][0], []), place.get(s["等级"], 0), len(order) - 1
    for name in before:
        rank = place.get(name, last + 1)
        moved = order[limit] if s["运算"] == "等级不得高于" and rank < limit else name
        found.append(order[limit + 1] if s["运算"] == "不得评为" and rank == limit < last else moved)
    found = [s["等级"]] if s["运算"] == "评为" else [*dict.fromkeys(found)]
    both = sorted({*found, *before}, key=lambda g: (place.get(g, last + 1), g))
    return before if v[1] is False else found if v[1] is True else both

STRICT: Any = {  # a problem of an operand is the result
    "+": lambda s, v, at, body: _plus(*v), "-": lambda s, v, at, body: _plus(v[0], _negative(v[1])),
    "×": lambda s, v, at, body: _times(*v), "÷": lambda s, v, at, body: _over(*v),
    "负": lambda s, v, at, body: _negative(v[0]), "非": lambda s, v, at, body: _not(v[0]),
    "绝对值": lambda s, v, at, body: None if isinstance(v[0], Hull) else abs(v[0]),
    "取整": lambda s, v, at, body: _rounded(v[0], "向上" if s["向上"] else "向下", Fraction(1)),
    **{op: lambda s, v, at, body, pick=pick: _extreme(pick, v) if len(v) > 1 else None for op, pick in (("最大", max), ("最小", min))},
    "真数": lambda s, v, at, body: _settled(
        *((0, Fraction(sum(t(_truths(x)) for x in v)), 0) for t in (lambda c: c == {True}, lambda c: True in c)), *v),
    "比较": lambda s, v, at, body: _compared(s["号令"], *v),
    "属于": lambda s, v, at, body: _choice({x in s["选项"] for x in _truths(v[0])}, v[0]),
    "每超": lambda s, v, at, body: _times(v[1], v[2]),
    "分档": _cases, "判定": _cases, "名次": _among, "合计": lambda s, v, at, body: _sum(v),
    **dict.fromkeys(("工作日数", "加工作日", "顺延", "春节", "春节假期首日"), _dated),
}
LOOSE: Any = {
    "常数": _constant, "首次": _first, "指标": _indicator, "分组": _grouped,
    "参数": lambda s, v, at, body: value(body.params[s["名"]]),
    "满分": lambda s, v, at, body: value(s["分值"]) if s["分值"] in body.points[s["名"]] else Nil("分值不符"),
    "是否不适用": lambda s, v, at, body: v[0].kind == "不适用" if isinstance(v[0], Nil) else _choice({False, bool(_also(v))}),
    "不计入": lambda s, v, at, body: Nil("不计入", s["级"]), "待全体": lambda s, v, at, body: None,
    "舍入": lambda s, v, at, body: _fixed(v[0], s["舍入"]), "令": lambda s, v, at, body: v[0], "词": lambda s, v, at, body: v[0],
    "总分归零": lambda s, v, at, body: v[0] if v[1] is False else ZERO if v[1] is True else _union((ZERO, v[0])),
    **dict.fromkeys(("且", "或"), lambda s, v, at, body: _logic(s["运算"], v)),
    **dict.fromkeys(("事实", "格", "有佐证"), lambda s, v, at, body: leaf(s, body)),
    **dict.fromkeys(("若", "不适用", "须佐证", "应有", "凡"), _branch),
    **dict.fromkeys(("同级平均", "同级最大", "同级最小"), _among),
    **dict.fromkeys(("定级", "等级不得高于", "不得评为", "评为"), lambda s, v, at, body: v[0]),
    **{way + kind: _rows for way in ("逐行", "同项") for kind in AGGREGATES},
}

# ---------- the whole ----------
class Body:
    """The body of a certificate, by name."""
    def __init__(self, doc: Any) -> None:
        """Index what steps refer to."""
        self.doc, self.steps, self.order = doc, doc["步骤"], doc["规则"]["等级"]
        self.params, self.facts = {p["名"]: p["值"] for p in doc["参数"]}, {f["名"]: f for f in doc["事实"]}
        self.ledgers = {t["名"]: t for t in doc["明细"]}
        self.columns = {(t["名"], c["名"]): c.get("缺") for t in doc["明细"] for c in t["列"]}
        self.peers = [[value(x) for x in row] for row in doc["同级"]]
        self.years, self.days = {y["年"] for y in doc["日历"]}, sorted(d for y in doc["日历"] for d in _working(y))
        self.feasts = {name: {Fraction(y["年"]): Fraction(_day(y[name])) for y in doc["节日"] if name in y} for name in ("春节", "春节假期首日")}
        self.points, self.drops, self.grades, self.results, self.loose = {}, {}, {}, [], 0  # type: ignore[var-annotated]
    def cell(self, s: Any) -> Any:
        """Return the cell of a step."""
        table = self.ledgers[s["明细"]]
        return table["行"][s["行"]][[c["名"] for c in table["列"]].index(s["列"])]
def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()
def _working(year: Any) -> Any:
    off, on = ({_day(d) for d in year[k]} for k in ("放假", "上班"))
    every = range(date(year["年"], 1, 1).toordinal(), date(year["年"], 12, 31).toordinal() + 1)
    return [d for d in every if d in on or ((d - 1) % 7 < 5 and d not in off)]
def refs(s: Any) -> list[int]:
    """Return the steps that a step refers to."""
    if s["运算"] not in FURTHER and "各行" not in s:
        return s.get("用", [])  # type: ignore[no-any-return]
    found = [*s.get("用", ()), *s.get("排除", ()), *s.get("佐证齐", ()), s.get("其余"), *(b for _, _, b in s.get("线", ()))]
    found += [i for row in s.get("各行") or () for i in row[1:]] + [i for i, _ in s.get("项", ())]
    found += [t[-1] if isinstance(t, list) else t for case in s.get("档", ()) for t in case]
    return [i for i in found if i is not None]
def derive(s: Any, v: Any, at: Any, body: Any) -> Any:
    """Return the result of a step from those of its operands; None where that is not simple."""
    op = s["运算"]
    return (_nil(v) or STRICT[op](s, v, at, body)) if op in STRICT else LOOSE[op](s, v, at, body)
def _inside(a: Any, b: Any) -> bool:
    if isinstance(a, (Fraction, Hull)) and isinstance(b, (Fraction, Hull)):
        return _hull(b).lo <= _hull(a).lo and _hull(a).hi <= _hull(b).hi
    return not isinstance(b, DECIDED) if isinstance(a, Nil) else isinstance(b, Nil) or _truths(a) <= _truths(b)
def _rederive(s: Any, number: int, body: Any) -> None:
    operands, at, where = refs(s), body.results, f"第 {number} 步（{s['运算']}）"
    if s["号"] != number or not all(type(i) is int and 0 <= i < number for i in operands):
        raise Refused(f"{where}：号不对，或用到了后面的步骤")
    v, stated = [at[i] for i in s.get("用", ())], value(s["得"])
    found = derive(s, v, at, body)
    if s.get("未重推") is True:  # a narrower set may be stated where something is open, never a wider one
        body.loose += 1
        open_ = not isinstance(stated, DECIDED) or not all(isinstance(at[i], DECIDED) for i in operands) or isinstance(found, (Hull, Some))
        if not (open_ or s.get("各行", 0) is None) or not (found is None or _inside(stated, found)):
            raise Refused(f"{where}：不能只写结果")
    elif found != stated or type(found) is not type(stated):
        raise Refused(f"{where}：重算得 {_shown(found)}，凭证写的是 {_shown(stated)}")
    body.grades[number] = body.grades.get(s["用"][0], []) if s.get("用") else []
    if "等级后" in s or s["运算"] == "定级":
        body.grades[number] = _graded(s, v, at, body)
    if s.get("等级后", body.grades[number]) != body.grades[number]:
        raise Refused(f"{where}：等级不符")
    at.append(stated)
def _shown(v: Any) -> str:
    return str(v) if isinstance(v, DECIDED) else "（不能重算）" if v is None else "未定或没有值"
def _heads(nodes: Any, body: Any) -> Fraction:
    for node in nodes:
        for part in (node, *node.get("分项", ())):
            body.points.setdefault(part["名称"], set()).add(part["分值"])
        if "下级" in node and _heads(node["下级"], body) != value(node["分值"]):
            raise Refused(f"「{node['名称']}」下级的分值加起来不是 {node['分值']}")
    return sum((value(node["分值"]) for node in nodes), ZERO)
def _linked(nodes: Any, reading: str, level: int, body: Any) -> Any:
    for node in nodes:
        s, below = body.steps[node["步"][reading]], node.get("下级")
        kind = ("指标", s.get("级")) if below is None else ("分组", level)
        linked = below is None or s["项"] == _linked(below, reading, level + 1, body)
        if not linked or (s["分值"], s["名"], s["运算"], s.get("级")) != (node["分值"], node["名称"], *kind):
            raise Refused(f"「{node['名称']}」（{reading}）与它的步骤不符")
    return [[node["步"][reading], node["分值"]] for node in nodes]
def _reading(result: Any, body: Any) -> None:
    name, number, start = result["读法"], result["总步"], result["总步"]
    if value(result["总分"]) != body.results[number] or result["等级"] != body.grades[number]:
        raise Refused(f"{name}：总分或等级与步骤不符")
    while body.steps[start]["运算"] != "分组":
        start = body.steps[start]["用"][0]
    s, reach = body.steps[start], {number}
    if (s["级"], s["分值"], s["舍入"], s["项"]) != (0, body.doc["规则"]["满分"], None, _linked(body.doc["指标"], name, 1, body)):
        raise Refused(f"{name}：总分不是各一级指标相加")
    for s in (body.steps[i] for i in range(number, -1, -1) if i in reach):
        reach.update(refs(s))
        x = body.facts[s["名"]] if s["运算"] in ("事实", "有佐证") else body.cell(s) if s["运算"] == "格" else None
        table = body.ledgers[s["明细"]] if "各行" in s and s["各行"] is None else None
        hidden = table is None or table["行"] is None or s["运算"][:2] == "同项" or (name == "仅有佐证" and table["佐证"] == "自述")
        if (x is not None and s["取"] != _use(x, name)) or not hidden or s.get("读法", name) != name:
            raise Refused(f"{name}：第 {s['号']} 步不该这样取值")
def digests(body: Any) -> dict[str, Any]:
    """Return the digests of a body: those of its canonical JSON (RFC 8785)."""
    data = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    known = "sm3" in hashlib.algorithms_available
    return {"sha256": hashlib.sha256(data).hexdigest(), "sm3": hashlib.new("sm3", data).hexdigest() if known else None}
def _pairs(found: Any) -> Any:
    if len(dict(found)) < len(found):
        raise Refused("有重复的键")
    return dict(found)
def _whole(text: str) -> int:
    if len(text) > 18 or not re.fullmatch(r"-?[0-9]+", text):
        raise Refused(f"「{text[:40]}」：数只能是整数或「分子/分母」")
    return int(text)
def check(data: bytes) -> Any:
    """Return the certificate when everything in it holds. Raises Refused or Unreadable."""
    if len(data) > MOST_BYTES:
        raise Refused("文件太大")
    try:
        doc = json.loads(data.decode(), object_pairs_hook=_pairs, parse_float=_whole, parse_int=_whole, parse_constant=_whole)
    except (ValueError, RecursionError) as error:
        raise Unreadable("不是 JSON，或嵌套太深") from error
    body, stated = Body(doc["凭证"]), doc["摘要"]
    own = digests(body.doc)
    if body.doc["格式"] != FORMAT or stated["sha256"] != own["sha256"] or len({own["sm3"], stated["sm3"], None}) > 2:
        raise Refused("摘要不符：凭证被改过")
    if _heads(body.doc["指标"], body) != value(body.doc["规则"]["满分"]):
        raise Refused("各一级指标的分值加起来不是满分")
    for number, s in enumerate(body.steps):
        _rederive(s, number, body)
    for result in body.doc["结论"]:
        _reading(result, body)
    if [r["读法"] for r in body.doc["结论"]] not in ([*READINGS[:2]], [*READINGS]) or body.doc["未重推"] != body.loose:
        raise Refused("读法或未重推的步数不符")
    return doc
def verdict(data: bytes) -> tuple[int, str]:
    """Return 0 and what holds, 1 and why it does not, or 2 when it cannot be read."""
    try:
        return 0, _said(check(data))
    except Refused as error:
        return 1, f"不成立：{error}"
    except Unreadable as error:
        return 2, str(error)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError, RecursionError):
        return 1, "不成立：内容不合凭证的格式"
def _score(written: Any) -> str:
    if isinstance(written, dict) and isinstance(written.get("界"), list):
        return " 至 ".join("不限" if end is None else _score(end) for end in written["界"][:2])
    exact = Fraction(written) * 100 if isinstance(written, str) else None
    if exact is not None and exact.denominator == 1:
        return f"{exact.numerator // 100}.{exact.numerator % 100:02}"
    return written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)
def _said(doc: Any) -> str:
    body, shown = doc["凭证"], doc["摘要"]
    lines = [f"成立：{body['单位']}  {body['规则']['名称']}", f"核对 {len(body['步骤'])} 步，其中未重推 {body['未重推']} 步"]
    lines += [f"{r['读法']}  总分 {_score(r['总分'])}  {'、'.join(r['等级'])}" for r in body["结论"]]
    return "\n".join([*lines, f"SHA-256 {shown['sha256']}", f"SM3 {shown['sm3'] or '没有：出凭证的机器不会算'}"])
def main(args: list[str]) -> int:
    """Check one file and say so."""
    usage = "用法：python verifier.py 凭证.json\n每一步由操作数重算，再核对摘要。退出码：0 成立；1 不成立；2 读不了；3 用法不对。"
    if len(args) != 1 or args[0] in ("-h", "--help"):
        print(usage)
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
