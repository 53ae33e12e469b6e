"""Snippets for the common declarations and clauses, in the canonical form of rule files.

Placeholders are those of VS Code (https://code.visualstudio.com/docs/editing/userdefinedsnippets): ``${1:text}``, ``${1|a,b|}``.
A snippet has a Chinese prefix and the initials of its pinyin, for typing without an input method.
"""

from __future__ import annotations

from typing import Any

from attrs import field, frozen


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip("\n").split("\n"))


@frozen
class Snippet:
    """A snippet: its name, its initials, its lines, and the declaration in which it stands ("" for one of its own)."""

    name: str
    initials: str
    lines: tuple[str, ...] = field(converter=_lines)
    inside: str = ""


_INDICATOR = "指标"
SNIPPETS = (
    Snippet("规则集", "gzj", """
规则集 ${1:某市整体绩效自评}
  语言 1
  评价年度 ${2:2025}
  发布 "${3:某市财政局}"
  依据 《${4:某财绩〔2026〕1号}》
  满分 ${5:100} 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 90 分，良 ≥ 80 分，中 ≥ 60 分，差 其余
"""),
    Snippet("沿用", "yy", """
规则集 ${1:某市整体绩效自评}
  语言 1
  沿用 ${2:某市}/${3:2025}
  评价年度 ${4:2026}
  依据 《${5:某财绩〔2026〕8号}》
  自 ${6:2026-03-01} 起施行
"""),
    Snippet("参数", "cs", """
参数 ${1:扣分比例} = ${2:60%}
  依据 "${3:评分表 1}"
"""),
    Snippet("事实 金额", "ssje", """
事实 ${1:名称} : 金额 ${2|≥,>|} 0 元
  说明 "${3:这个数是什么}"
  佐证 "${4:用什么证明}"
"""),
    Snippet("事实 比率", "ssbl", """
事实 ${1:名称} : 比率 介于 0% 至 100%
  说明 "${2:这个数是什么}"
  佐证 "${3:用什么证明}"
"""),
    Snippet("事实 个数", "ssgs", """
事实 ${1:名称} : 个数（${2|处,项,个,次,人|}） ≥ 0 ${2}
  说明 "${3:这个数是什么}"
  佐证 "${4:用什么证明}"
"""),
    Snippet("事实 是否", "sssf", """
事实 ${1:名称} : 是否
  说明 "${2:什么情况算是}"
  佐证 "${3:用什么证明}"
"""),
    Snippet("事实 选项", "ssxx", """
事实 ${1:名称} : 选项（${2:甲}，${3:乙}）
  说明 "${4:怎么选}"
"""),
    Snippet("明细", "mx", """
明细 ${1:采购合同}
  主键 ${2:合同名称}
  列名 ${2} : 文本
  列名 ${3:合同额} : 金额 ≥ 0 元
"""),
    Snippet("列名", "lm", """
  列名 ${1:名称} : ${2|金额,比率,日期,是否,文本|}
""", "明细"),
    Snippet("校验", "jy", """
校验 ${1|错误,警告,提示|} "${2:甲不超过乙}"
  应有 ${3:甲 ≤ 乙}
  说明 "${4:不符合的，去核对什么}"
"""),
    Snippet("一级指标", "yjzb", """
一级指标 ${1:名称} ${2:10} 分
  依据 "${3:评分表 1}"
"""),
    Snippet("指标", "zb", """
指标 ${1:名称} ${2:4} 分
  依据 "${3:评分表 1.（1）}"
  得分 ${4:满分 × 完成率}
"""),
    Snippet("分项", "fx", """
  分项 ${1:名称} ${2:2} 分
    得分 ${3:满分 × 完成率}
""", _INDICATOR),
    Snippet("令", "l", """
  令 ${1:完成率} = 限于(${2:完成数} ÷ ${3:计划数}，下限：0%，上限：100%)
  得分 满分 × ${1}
""", _INDICATOR),
    Snippet("得分", "df", """
  得分 ${1:满分 × 完成率}
""", _INDICATOR),
    Snippet("分档", "fd", """
  分档 ${1:完成率}
    不低于 ${2:90%} 得 满分
    不低于 ${3:60%} 得 ${4:2} 分
    其余       得 0 分
""", _INDICATOR),
    Snippet("判定", "pd", """
  判定
    当 ${1:按时报送} 得 满分
    其余        得 0 分
""", _INDICATOR),
    Snippet("清单", "qd", """
  清单
    凡 ${1:制度健全} 得 ${2:2} 分
    凡 ${3:执行到位} 得 ${4:2} 分
""", _INDICATOR),
    Snippet("扣分", "kf", """
  扣分
    每 1 ${1|处,项,个,次|} ${2:问题数} 扣 ${3:1} 分
    扣完为止
""", _INDICATOR),
    Snippet("扣分 凡", "kff", """
  扣分
    凡 ${1:有挪用} 扣 ${2|满分,1 分,2 分|}
    扣完为止
""", _INDICATOR),
    Snippet("套用", "ty", """
  套用 每超 值 ${1:完成率} 基准 ${2:100%} 步长 1 个百分点 每步扣 ${3:0.1} 分 步法 ${4|整步,进整,按比例|}
""", _INDICATOR),
    Snippet("不适用", "bsy", """
  不适用 当 ${1:没有项目} 按 ${2|满分,不计入 本一级指标,不计入 总分|}
  得分 满分
""", _INDICATOR),
    Snippet("须佐证", "xzz", """
  须佐证 ${1:满意度} 否则 得 0 分
  得分 满分 × ${1}
""", _INDICATOR),
    Snippet("限于", "xy", """
  得分 ${1:满分 × 完成率}
  限于 0 分 至 满分
""", _INDICATOR),
    Snippet("随", "s", """
  得分 满分 × ${1:完成率}
  随 ${1} ${2|不减,不增,递增,递减|}
""", _INDICATOR),
    Snippet("认可", "rk", """
  得分 满分
  认可 ${1|零分,满分,方向|} "${2:为什么留着它}"
""", _INDICATOR),
    Snippet("总评", "zp", """
总评
  限于 0 分 至 满分
  舍入 总分
  定级
"""),
    Snippet("定词", "dc", """
定词 ${1:折半}
  说明 "${2:达标得满分，不达标得一半}"
  输入 ${3:条件} : 是否
  结果 若 ${3} 则 满分 否则 满分 × 50%
  说成 "${4:达标得满分，否则得一半}"
"""),
    Snippet("修改 参数", "xgcs", """
修改 参数 ${1:扣分比例} = ${2:50%}
  依据 "${3:某财绩〔2026〕8号第一条}"
"""),
    Snippet("修改 指标 分值", "xgzb", """
修改 指标 ${1:名称} 的 分值 ${2:5} 分
  依据 "${3:某财绩〔2026〕8号第二条}"
"""),
    Snippet("删除 指标", "sczb", """
删除 指标 ${1:名称}
  依据 "${2:某财绩〔2026〕8号第三条}"
"""),
    Snippet("更名 事实", "gmss", """
更名 事实 ${1:旧名} 为 ${2:新名}
  依据 "${3:某财绩〔2026〕8号第四条}"
"""),
    Snippet("放假安排", "fjap", """
放假安排 ${1:2031}
  依据 "${2:放假安排的文号}"
  放假 ${3:2031-01-01} "${4:元旦}"
  调休上班 ${5:2031-01-19}
"""),
)  # fmt: skip


def snippets() -> dict[str, Any]:
    """Return the snippets as what VS Code's JSON file holds; in a clause the editor itself adds the indentation."""
    return {
        s.name: {
            "prefix": [s.name.replace(" ", ""), s.initials],
            "body": [line.removeprefix("  ") if s.inside else line for line in s.lines],
            "description": f"{s.name}（{'写在' + s.inside + '下面' if s.inside else '一条声明'}）",
        }
        for s in SNIPPETS
    }
