"""The one table of operations: routes, their checks of queries, and their description all come from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from attrs import field, frozen

from zjrules.web.api import work
from zjrules.web.api.body import JSON
from zjrules.web.pages.documents import ADDRESSES, KINDS

ROOT = "/api/v1"
LONGEST = 2_000
"""Characters of one query parameter."""
MOST = 200
"""Query parameters of one request."""
_ID = r"^[^\x00-\x1f]*$"


@frozen
class Query:
    """A query parameter, a text. many: it may stand several times."""

    name: str
    about: str
    example: str
    required: bool = False
    many: bool = False


@frozen
class Operation:
    """One way to ask: what it does (work, in a lane), what it takes, and what it gives.

    schema names the shape of a JSON answer (a key of openapi.schemas); '' for a file. upload: it takes a fact file.
    """

    path: str
    id: str
    title: str
    about: str
    work: Callable[..., work.Reply]
    queries: tuple[Query, ...] = ()
    schema: str = ""
    media: str = JSON
    upload: bool = False
    errors: tuple[int, ...] = field(factory=tuple)
    """What else it can answer than every operation can, by HTTP status."""

    @property
    def method(self) -> str:
        """How it is asked: what takes a fact file is POST, for the file is its body; nothing is kept."""
        return "POST" if self.upload else "GET"


_BOOK = Query("id", "规则集的编号；可以写 @ 和日期", "zhanjiang/2025", required=True)
_RULES = Query("rules", "按哪一本规则；默认看事实文件里的「规则」", "zhanjiang/2025")
_ONE = (_RULES,)
_OF_RULES = (404, 409)
_OF_UNITS = (403, 404, 408, 409, 413, 415, 422)


def _papers() -> tuple[Operation, ...]:
    about = {
        "scores": "各指标的得分和扣分原因", "live": "得分是公式的评分表，改数会跟着变", "data": "事实和明细，和传来的一样",
        "report": "按规则的 Word 模板写的自评报告", "all": "评分表、数据表、自评报告，一个压缩包",
    }  # fmt: skip
    return tuple(
        Operation(
            f"/documents/{what}", f"document_{what}", ADDRESSES[what].partition(".")[0], text,
            partial(work.paper, what=what), _ONE, media=KINDS[ADDRESSES[what][ADDRESSES[what].rindex(".") :]],
            upload=True, errors=_OF_UNITS,
        )
        for what, text in about.items()
    )  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    Operation("/rules", "rules", "有哪些规则集", "编号、年度、发布、性质。", work.rules, schema="rules"),
    Operation(
        "/rules/document", "rules_document", "一本规则的全文", "合并了修改，分成指标、参数、勾稽、事实、明细、词；每一条有原文和出处。",
        work.document, (_BOOK,), "rulebook", errors=_OF_RULES,
    ),
    Operation(
        "/rules/facts", "rules_facts", "一本规则要填什么", "每项事实和明细的类型、单位、范围、要的佐证、用在哪。", work.facts,
        (_BOOK,), "facts", errors=_OF_RULES,
    ),
    Operation(
        "/diff", "diff", "两本规则有什么不同", "每处变化一句话、两边的原文。只按写法比，没有证明得分是不是真的不同。", work.diff,
        (
            Query("old", "旧的规则集", "zhanjiang/2025", required=True),
            Query("new", "新的规则集", "example/2026", required=True),
        ),
        "diff", errors=_OF_RULES,
    ),
    Operation(
        "/check", "check", "算分", "和 zjrules check --format json 一样：得分、发现、勾稽、逐项解释。事实有错、算不了的，只有「发现」。",
        work.check, _ONE, "check", upload=True, errors=_OF_UNITS,
    ),
    Operation(
        "/explain", "explain", "解释某几个指标", "同上，只有写明的指标。", work.explain,
        (_RULES, Query("indicator", "指标的名称，可以写几次", "预算编制约束性", required=True, many=True)), "check",
        upload=True, errors=_OF_UNITS,
    ),
    Operation(
        "/whatif", "whatif", "改几个数会怎样", "现在和改后的得分；没有变的指标不列。", work.whatif,
        (_RULES, Query("set", "名称=值，可以写几次", "预算调剂额=5万元", required=True, many=True)), "whatif",
        upload=True, errors=_OF_UNITS,
    ),
    Operation(
        "/margins", "margins", "离界线多远", "每项事实往上、往下到哪里得分就变。一次只动一项，别的不变。", work.near, _ONE,
        "margins", upload=True, errors=_OF_UNITS,
    ),
    Operation(
        "/certificate", "certificate", "评分凭证", "可以离开本程序核对的凭证（zjrules verify）；没有签名。", work.certificate, _ONE,
        "certificate", upload=True, errors=_OF_UNITS,
    ),
    *_papers(),
)  # fmt: skip
