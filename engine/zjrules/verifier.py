# fmt: off
"""评分凭证的独立核对：照核式由事实重算每一步，和凭证写的逐步比较。One file that runs alone: python verifier.py 凭证.json

核式 is the rule set as a list of nodes; it says nothing of the unit. A node has a number (号), an operation (式) and
operands (用: earlier nodes); one with 步 does these for each row of a ledger or each other unit. All are worked out over
the facts, once a reading; 步骤 must be the steps met: node, operation, operands (用: steps, 数: values), result (得). A
value is "num/den", true, false, {"文": text} or {"无": why there is none}; with facts missing {"界": [low, high, open,
open]} or {"可能": […]}, and there a step may state less than is found here, and says so (未重推).
"""
import hashlib
import json
import re
import sys
from bisect import bisect_left, bisect_right
from collections import namedtuple
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import product
from math import prod
from typing import Any

FORMAT, READINGS, NO_YEAR = "zjrules.certificate/1", ("按自述", "仅有佐证", "复核"), "没有该年的工作日历"
LEAVES, FEASTS = ("事实", "格", "有佐证", "常数", "参数", "分值"), ("春节", "春节假期首日")
OUT = ("不在内", "不适用", "不算在同级平均里")  # a row with one of these for its value takes no part
MOST_BYTES, MOST_BITS, MOST_WORK, MOST_WAYS = 64_000_000, 20_000, 6_000_000, 64
ZERO, ONE, MARKS = Fraction(0), Fraction(1), re.compile(r"[\s“”\"'‘’（）()《》·「」]")
class Refused(Exception):
    """The certificate does not hold; the message says why."""
Hull = namedtuple("Hull", "lo hi")  # what a number can be: ends (infinity, value, 1 just above or -1 just below)
Nil = namedtuple("Nil", "why")  # no value
DOWN, UP, OPEN = (-1, ZERO, 0), (1, ZERO, 0), (Hull, frozenset)  # what is open is a Hull, or a set of what it can be
EITHER, ANY = frozenset((True, False)), frozenset((Hull(DOWN, UP), Nil("不能简单推出")))
def value(x: Any) -> Any:
    """Read a value."""
    if isinstance(x, bool):
        return x
    if isinstance(x, str):
        above, _, below = x.partition("/")
        found = Fraction(int(above), int(below or 1))
        if str(found) != x:
            raise Refused(f"「{x[:40]}」不是最简的「分子/分母」")
        return found
    if "界" in x:
        lo, hi, above_lo, below_hi = x["界"]
        low, high = (-1, ZERO) if lo is None else (0, value(lo)), (1, ZERO) if hi is None else (0, value(hi))
        return Hull((*low, +above_lo), (*high, -below_hi))
    return frozenset(map(value, x["可能"])) if "可能" in x else str(x["文"]) if "文" in x else Nil(str(x["无"]))
# ---------- operations; a number that is known is the hull of its own two ends ----------
def _hull(v: Any) -> Any:
    return v if isinstance(v, Hull) else Hull((0, v, 0), (0, v, 0))
def _ways(v: Any) -> Any:
    return v if isinstance(v, frozenset) else frozenset((v,))
def _settled(lo: Any, hi: Any) -> Any:
    return lo[1] if lo == hi and not lo[0] else Hull(lo, hi)
def _joined(*of: Any) -> Any:
    """Return what can be when it is open which of several results holds."""
    every = frozenset().union(*map(_ways, of))
    numbers = [_hull(v) for v in every if isinstance(v, (Fraction, Hull))]
    rest = {v for v in every if not isinstance(v, (Fraction, Hull))}
    rest |= {_settled(min(v.lo for v in numbers), max(v.hi for v in numbers))} if numbers else set()
    return rest.pop() if len(rest) == 1 else frozenset(rest)
def _each(act: Any, v: Any) -> Any:
    """Return the result of an operation; where operands are open, what it is for each that they can be."""
    if frozenset not in map(type, v):
        return act(*v)
    ways = [_ways(x) for x in v]
    return ANY if prod(map(len, ways)) > MOST_WAYS else _joined(*(act(*way) for way in product(*ways)))
def _plus(a: Any, b: Any) -> Any:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        if a.denominator.bit_length() + b.denominator.bit_length() > MOST_BITS:
            raise Refused("数字太长")
        return a + b
    x, y = _hull(a), _hull(b)
    lo = DOWN if x.lo[0] or y.lo[0] else (0, x.lo[1] + y.lo[1], max(x.lo[2], y.lo[2]))
    return _settled(lo, UP if x.hi[0] or y.hi[0] else (0, x.hi[1] + y.hi[1], min(x.hi[2], y.hi[2])))
def _times(a: Any, b: Any) -> Any:
    if isinstance(a, Hull):
        return ANY if isinstance(b, Hull) else _times(b, a)
    sign = (a > 0) - (a < 0)
    return a * b if isinstance(b, Fraction) else _settled(*sorted((e[0] * sign, e[1] * a, e[2] * sign) for e in b))
def _extreme(pick: Any, of: Any) -> Any:
    return _settled(pick(_hull(v).lo for v in of), pick(_hull(v).hi for v in of)) if of else Nil("明细为空")
def _less(a: Any, b: Any) -> Any:
    x, y = _hull(a), _hull(b)
    return True if x.hi < y.lo else False if x.lo >= y.hi else EITHER
def _same(a: Any, b: Any) -> Any:
    return a == b if Hull not in (type(a), type(b)) else False if True in (_less(a, b), _less(b, a)) else EITHER
def _rounded(mode: str, a: Any, quantum: Any) -> Any:
    if isinstance(a, Hull):
        return _settled(*((e if e[0] else (0, _rounded(mode, e[1], quantum), 0)) for e in a))
    size = (a if mode in ("向上", "向下") else abs(a)) / quantum
    found = {"四舍五入": (2 * size + 1) // 2, "四舍六入五成双": round(size), "去尾": size // 1, "向下": size // 1}
    return found.get(mode, -(-size // 1)) * quantum * (-1 if a < 0 and mode[0] != "向" else 1)  # 进一, 向上
def _logic(stop: bool, of: Any) -> Any:
    return next((v for v in of if v is stop or isinstance(v, Nil)), EITHER if Hull in map(type, of) else not stop)
def _if(test: Any, then: Any, other: Any) -> Any:
    return then if test is True else other if test is False else test if isinstance(test, Nil) else _joined(then, other)
LAZY: Any = {  # of the others, the first problem of an operand is the result
    "且": lambda *v: _logic(False, v), "或": lambda *v: _logic(True, v), "若": _if,
    "无": lambda v, why="": isinstance(v, Nil) and v.why.startswith(why),
    "可知": lambda v: EITHER if isinstance(v, Nil) else v,
    "计": lambda v, points: Hull((0, ZERO, 0), (0, points, 0)) if isinstance(v, Nil) else v}
OPERATIONS: Any = LAZY | {
    "+": _plus, "-": lambda a, b: _plus(a, _times(-ONE, b)), "×": _times, "合计": lambda *v: reduce(_plus, v, ZERO),
    "÷": lambda a, b: ANY if isinstance(b, Hull) else _times(a, 1 / b) if b else Nil("除数为 0"), "取行": lambda v: v,
    "<": _less, ">": lambda a, b: _less(b, a), "≥": lambda a, b: _if(_less(a, b), False, True), "=": _same,
    "≤": lambda a, b: _if(_less(b, a), False, True), "≠": lambda a, b: _if(_same(a, b), False, True),
    "属于": lambda v, *options: EITHER if isinstance(v, Hull) else v in options,
    "最大": lambda *v: _extreme(max, v), "最小": lambda *v: _extreme(min, v), "个数": lambda *v: Fraction(len(v)),
    "真数": lambda *v: ANY if Hull in map(type, v) else Fraction(v.count(True)),
    "种数": lambda *v: ANY if Hull in map(type, v) else Fraction(len(set(v))),
    **dict.fromkeys(("工作日数", "加工作日", "顺延", *FEASTS)),  # these are for the calendar
    **{m: lambda a, q, m=m: _rounded(m, a, q) for m in ("四舍五入", "四舍六入五成双", "去尾", "进一", "向上", "向下")}}

class Calendar:
    """Working days and festivals, as ordinals, of the years that are known."""
    def __init__(self, years: Any, feasts: Any) -> None:
        known = sorted({y["年"] for y in years})
        self.every = [n for y in known for n in range(date(y, 1, 1).toordinal(), date(y + 1, 1, 1).toordinal())]
        off, on = ({date.fromisoformat(day).toordinal() for y in years for day in y[kind]} for kind in ("放假", "上班"))
        self.days = [n for n in self.every if n in on or ((n - 1) % 7 < 5 and n not in off)]
        self.feasts = {k: {y["年"]: date.fromisoformat(y[k]).toordinal() for y in feasts if k in y} for k in FEASTS}
    def found(self, op: str, v: Any) -> Any:
        """Return the result of 工作日数, 加工作日, 顺延 or a festival; over a year that is not known there is none."""
        if Hull in map(type, v):
            return ANY
        if op in self.feasts:
            return Fraction(self.feasts[op].get(v[0], 0)) or Nil(NO_YEAR)
        start, count = v[0], int(v[1]) if op == "加工作日" else 0
        place = (bisect_right(self.days, start) - 1 if count > 0 else bisect_left(self.days, start)) + count
        rolled = Fraction(self.days[place] if 0 <= place < len(self.days) else -1)
        last = v[1] if op == "工作日数" else rolled if op == "顺延" or count else start
        lo, hi = sorted((start, last))
        if bisect_right(self.every, hi) - bisect_left(self.every, lo) != hi - lo + 1:
            return Nil(NO_YEAR)
        return Fraction(bisect_right(self.days, last) - bisect_right(self.days, start)) if op == "工作日数" else last
class Walk:
    """The nodes of 核式, worked out over the facts. Steps that are the same are one step."""
    def __init__(self, doc: Any, calendar: Any) -> None:
        self.doc, self.kernel, self.calendar, self.loose, self.work = doc, doc["核式"], calendar, 0, 0
        self.values, self.known, self.cells, self.params = [], {}, [], {p["名"]: p["值"] for p in doc["核式"]["参数"]}
    def read(self, reading: str) -> Any:
        """Return what one reading gives, as 结论 has it."""
        self.reading, kernel, steps = reading, self.kernel, self.doc["步骤"]
        if (cells := [self.seen(unit) for unit in (self.doc, *(self.doc["同级"] or ()))]) != self.cells:
            self.cells, self.at = cells, {}  # what is open may be narrower or wider, where a reading knows less or more
            self.known = {k: n for k, n in self.known.items() if not isinstance(self.values[n], OPEN)}
            self.run(kernel["式"], 0, -1)
        total, grade = self.at[kernel["总分"]], self.at[kernel["定级"]]
        scores = [{"名称": x["名称"], "步": self.at[x["式"]], "得": steps[self.at[x["式"]]]["得"]} for x in kernel["指标"]]
        grades = [name for name in self.doc["规则"]["等级"] if name in _ways(self.values[grade])]
        return {"读法": reading, "总步": total, "总分": steps[total]["得"], "级步": grade, "等级": grades, "得分": scores}
    def seen(self, unit: Any) -> Any:
        """Return what a reading knows of a unit: facts, ledgers' sizes and columns (at -1: a cell that nobody saw)."""
        cells: Any = {("行",): None if self.doc["同级"] is None else len(self.doc["同级"])}
        for x in unit["事实"]:
            cells["事实", x["名"]], cells["有佐证", x["名"]] = zip(self.given(x, x.get("缺")), strict=True)
        for t in unit["明细"]:
            hidden = t["行"] is None or (self.reading == "仅有佐证" and t["佐证"] == "自述")
            cells["行", t["名"]] = None if hidden else len(t["行"])
            for i, c in enumerate(t["列"]):
                column = [self.given(row[i], c["缺"])[0] for row in t["行"] or ()]
                cells["格", t["名"], c["名"]] = [*column, value(c["缺"])]
                cells["同", t["名"], c["名"]] = [re.sub(MARKS, "", v) if isinstance(v, str) else v for v in column]
        return cells
    def given(self, x: Any, missing: Any) -> tuple[Any, Any]:
        """Return what counts of a fact or cell in this reading, and whether it has evidence."""
        said = x.get("复核", x) if self.reading == "复核" else {} if self.reading == "仅有佐证" and x["佐证"] == "自述" else x
        proved = EITHER if "值" not in said and "要佐证" in x else True
        return value(said.get("值", missing)), False if {**x, **said}["佐证"] == "自述" else proved
    def run(self, nodes: Any, unit: int, row: int) -> bool:
        """Work out nodes for a unit (0: itself) and a row (-1: one that nobody saw); False where it takes no part."""
        for node in nodes:
            given = [self.at[i] for i in node.get("用", ())]
            lists, found = list in map(type, given), None
            use = [i for x in given for i in (x if isinstance(x, list) else [x])] if lists else given
            if "用" not in node:
                use, found = self.rows(node, unit, row) if "步" in node else self.leaf(node, unit, row)
            self.work, key = self.work + 1 + len(use), (id(node), *use, found)
            if self.work > MOST_WORK:
                raise Refused("步数太多")
            if key not in self.known:
                if "用" in node:  # None stands for rows that nobody has seen
                    found = ANY if None in use else self.worked(node["式"], use, lists)
                self.known[key] = self.step(node, use, found)
            self.at[node["号"]] = self.known[key]
            if node["式"] == "取行" and row >= 0 and self.values[self.known[key]] is False:
                return False
        return True
    def rows(self, node: Any, unit: int, row: int) -> Any:
        """Work out nodes for each row of a ledger or each other unit; then each stands for all that it gave."""
        source, body, size = node["源"], [each["号"] for each in node["步"]], self.cells[unit]["行", *node["源"][:1]]
        turns = None if size is None else [(unit, n) if source else (n + 1, -1) for n in range(size)]
        if len(source) == 2 and turns is not None:  # only the rows that are alike in a column
            keys = self.cells[unit]["同", *source]
            known = row >= 0 and not any(isinstance(key, OPEN) for key in keys)
            turns = [turn for turn in turns if keys[turn[1]] == keys[row]] if known else None
        self.work += len(turns or ()) + (size or 0) // 64
        met = [[self.at[i] for i in body] for turn in turns or () if self.run(node["步"], *turn)]
        if not met:
            self.run(node["步"], unit, -1)  # the steps still say what would be done
        self.at.update({number: [None] if turns is None else [x[i] for x in met] for i, number in enumerate(body)})
        if node["式"] == "首次":
            return [*source, unit, row], EITHER if turns is None else turns[0][1] == row
        return [*source, unit], Hull((0, ZERO, 0), UP) if turns is None else Fraction(len(turns))
    def leaf(self, node: Any, unit: int, row: int) -> Any:
        """Return what a node reads that uses no other, and its value."""
        op, source = node["式"], node.get("源", [])
        if op in ("事实", "格", "有佐证"):
            return [*source, unit, row], self.cells[unit][op, *source][row]
        points = self.kernel["指标"][source[0]]["分值"] if op == "分值" else None
        return source, value(node["值"] if op == "常数" else points or self.params[source[0]])
    def worked(self, op: str, use: Any, lists: bool) -> Any:
        """Return the result of an operation; of rows, those count that take part, and none of them may lack a value."""
        def act(*way: Any) -> Any:
            live = [x for x in way if not isinstance(x, Nil) or not x.why.startswith(OUT)] if lists else way
            if Nil in map(type, live) and (lists or op not in LAZY):
                return next(x for x in live if isinstance(x, Nil))
            return OPERATIONS[op](*live) if OPERATIONS[op] else self.calendar.found(op, live)
        return _each(act, [self.values[i] for i in use])
    def step(self, node: Any, use: Any, found: Any) -> int:
        """Hold the next recorded step to what was found, and return its number."""
        number, op, steps = len(self.values), node["式"], self.doc["步骤"]
        said, where = steps[number], f"第 {number} 步（{' '.join((op, str(node.get('处', '')))).strip()}）"
        stated = found if isinstance(found, Fraction) and said["得"] == str(found) else value(said["得"])
        want = {"式": node["号"], "运算": op, "用": use, "得": said["得"]}
        want |= {"数": [None if i is None else steps[i]["得"] for i in use]} if "用" in node else {}
        if "未重推" in said:
            want["未重推"], self.loose = True, self.loose + 1
        less = "未重推" in said and op not in LEAVES and inside(stated, found)
        if not less and (stated != found or type(stated) is not type(found)):
            raise Refused(f"{where}：重算得 {_shown(found)}，凭证写的是 {_shown(stated)}")
        if said != want:
            raise Refused(f"{where}：运算或操作数不是核式和事实给的")
        self.values.append(stated)
        return number
def inside(a: Any, b: Any) -> bool:
    """Return whether a says no more than b does, and b is open: what is known throughout is never only stated."""
    own = [v for v in _ways(a) if not isinstance(v, Nil) or Nil not in map(type, _ways(b))]
    return isinstance(b, OPEN) and (b == ANY or _joined(b, *own) == b)
def _shown(v: Any) -> str:
    if isinstance(v, Hull):
        return " 至 ".join("不限" if end[0] else _shown(end[1]) for end in v)
    exact = Decimal(v.numerator) / v.denominator if isinstance(v, Fraction) else ZERO
    written = str(exact) if isinstance(v, Fraction) and Fraction(exact) == v else str(v)
    return {Nil: "没有值", frozenset: "未定"}.get(type(v), written)
# ---------- the whole ----------
def canonical(x: Any) -> str:
    """Return canonical JSON (RFC 8785; the only numbers in a certificate are small integers)."""
    return json.dumps(x, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
def together(texts: Any) -> str:
    """Return the canonical JSON of an object, given that of its parts."""
    return "{" + ",".join(f'"{key}":{texts[key]}' for key in sorted(texts)) + "}"
def digests(body: Any) -> dict[str, Any]:
    """Return the digests of a body, or of its canonical JSON."""
    data, known = (body if isinstance(body, str) else canonical(body)).encode(), "sm3" in hashlib.algorithms_available
    return {"sha256": hashlib.sha256(data).hexdigest(), "sm3": hashlib.new("sm3", data).hexdigest() if known else None}
def check(data: bytes) -> Any:
    """Return the certificate when everything in it holds. Raises Refused, or what Python raises where it is none."""
    whole = json.loads(data.decode())
    doc, stated, parts = whole["凭证"], whole["摘要"], {key: canonical(x) for key, x in whole["凭证"].items()}
    if together({k: canonical(x) for k, x in whole.items() if x is not doc} | {"凭证": together(parts)}) != data.decode():
        raise Refused("不是规范的 JSON：有重复的键，或重新排过版")
    own, kernel = digests(together(parts)), hashlib.sha256(parts["核式"].encode()).hexdigest()
    sealed = (stated["sha256"], doc["核式摘要"]) == (own["sha256"], kernel) and len({own["sm3"], stated["sm3"], None}) <= 2
    if doc["格式"] != FORMAT or not sealed:
        raise Refused("摘要不符：凭证被改过")
    walk = Walk(doc, Calendar(doc["日历"], doc["节日"]))
    read = [walk.read(reading) for reading in READINGS[: max(2, len(doc["结论"]))]]
    if read != doc["结论"] or (len(walk.values), walk.loose) != (len(doc["步骤"]), doc["未重推"]):
        raise Refused("结论、步数或未重推的步数与步骤不符")
    return whole
def verdict(data: bytes) -> tuple[int, str]:
    """Return 0 and what holds, 1 and why it does not, or 2 when it cannot be read."""
    try:
        return 0, _said(check(data))
    except Refused as error:
        return 1, f"不成立：{error}"
    except (UnicodeDecodeError, json.JSONDecodeError):
        return 2, "不是 JSON"
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError, RecursionError):
        return 1, "不成立：内容不合凭证的格式"
def _said(whole: Any) -> str:
    doc, seal = whole["凭证"], whole["摘要"]
    lines = [f"成立：{doc['单位']}  {doc['规则']['名称']}", f"核对 {len(doc['步骤'])} 步，其中未重推 {doc['未重推']} 步"]
    lines += [f"{r['读法']}  总分 {_shown(value(r['总分']))}  {'、'.join(r['等级'])}" for r in doc["结论"]]
    return "\n".join([*lines, f"核式 SHA-256 {doc['核式摘要']}", f"SHA-256 {seal['sha256']}", f"SM3 {seal['sm3'] or '没有'}"])
if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print("用法：python verifier.py 凭证.json\n照核式由事实重算每一步。退出码：0 成立；1 不成立；2 读不了；3 用法不对。")
        sys.exit(0 if len(sys.argv) == 2 else 3)
    try:
        with open(sys.argv[1], "rb") as file:
            code, message = verdict(file.read(MOST_BYTES))
    except OSError as error:
        code, message = 2, f"读不了「{sys.argv[1]}」：{error.strerror}"
    print(message)
    sys.exit(code)
