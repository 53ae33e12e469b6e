"""The page of an explanation, as it is written: what it holds, what it shuts out, what its colours are."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from zjrules.cli.explain import command
from zjrules.page.markup import el, joined
from zjrules.page.style import STYLE

REAL = "cases/zhanjiang-2025/01-real-report.yaml"
FULL = "cases/zhanjiang-2025/05-full-department.xlsx"
HOSTILE = '</script><script>alert(1)</script>&lt;b onload="x"\'|*_`[a](javascript:b)'
BOOK = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  性质 "虚构"
  依据 "试验"
  满分 4 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 3 分，差 其余
事实 率 : 比率 介于 0% 至 100%   说明 "<i>率</i>"   佐证 "材料"
事实 有 : 是否
一级指标 全部 4 分
指标 甲项 2 分
  依据 "<b>依据</b>"
  分档 率
    不低于 90% 得 满分
    不低于 60% 得 1 分
    其余       得 0 分
指标 乙项 2 分
  判定
    当 有 得 满分
    其余  得 1 分
"""


def written(folder: Path, facts: str, form: str = "html", rules: str | None = None, *names: str) -> str:
    out = folder / f"解释.{form}"
    args = [facts, *names, "--format", form, "-o", str(out), "--force", *(["--rules", rules] if rules else [])]
    result = CliRunner().invoke(command, args, standalone_mode=False, catch_exceptions=False)
    assert result.return_value in (0, 1), result.output
    return out.read_bytes().decode("utf-8")


def tried(folder: Path, facts: str, form: str = "html") -> str:
    (folder / "试验.zj").write_text(BOOK, "utf-8")
    path = folder / "事实.yaml"
    path.write_text(facts, "utf-8")
    return written(folder, str(path), form, str(folder / "试验.zj"))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("page"), REAL)


class Read(HTMLParser):
    """Tags and texts of a page, as a browser takes them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


# ---------- what it holds ----------


def test_it_holds_the_formula_the_numbers_the_facts_and_the_rule(real: str) -> None:
    text = Read(real).text
    assert "重构，非官方" in text and "按自述" in text and "仅有佐证" in text
    assert "(1 - 调剂率) × 满分 × 调剂权重 + (1 - 追加率) × 满分 × 追加权重" in text
    assert "(1 - 0%) × 4 × 60% + (1 - 0%) × 4 × 40% = 4" in text
    assert "令 调剂率 = 限于(预算调剂额 ÷ 年初预算数，下限：0%，上限：100%)" in text
    assert "参数 调剂权重 = 60%" in text and "rules/std/within.zj:3" in text, "what the rule is said with"
    assert "相差 1,060,516.63 元" in text and f"{REAL}:14" in text


def test_a_fact_of_a_workbook_has_its_cell_and_what_the_cell_displays(tmp_path: Path) -> None:
    assert f"{FULL} 事实!B17「2,500,000.00」" in Read(written(tmp_path, FULL)).text


def test_every_link_has_its_anchor_and_every_anchor_is_there_once(real: str) -> None:
    page = Read(real)
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = {unquote(str(a["href"])) for tag, a in page.tags if tag == "a"}
    assert links <= {f"#{i}" for i in ids}
    assert {"#指标-预算编制约束性", "#事实-预算调剂额", "#明细-采购合同"} <= links


def test_the_same_facts_give_the_same_bytes(tmp_path: Path, real: str) -> None:
    assert written(tmp_path, REAL) == real


def test_the_clause_that_decided_is_lit(tmp_path: Path) -> None:
    def lit(facts: str) -> list[str]:
        page = tried(tmp_path, f"单位: 甲\n事实:\n{facts}")
        return re.findall(r"<mark[^>]*>(?!加亮|虚线)[^<]*</mark>", page)

    assert lit("  率: {值: 75%, 佐证: 材料}\n  有: 否\n") == [
        "<mark>不低于 60% 得 1 分</mark>", "<mark>其余  得 1 分</mark>",
    ]  # fmt: skip
    assert lit("  率: 10%\n  有: 是\n") == ["<mark>其余       得 0 分</mark>", "<mark>当 有 得 满分</mark>"]
    opened = lit("  率:\n  有: 是\n")
    assert [x for x in opened if 'class="open"' in x] == [
        f'<mark class="open">{x}</mark>' for x in ("不低于 90% 得 满分", "不低于 60% 得 1 分", "其余       得 0 分")
    ]


def test_only_what_was_asked_for_has_a_section(tmp_path: Path) -> None:
    page = written(tmp_path, REAL, "html", None, "预算编制约束性")
    assert 'id="指标-预算编制约束性"' in page and 'id="指标-满意度"' not in page
    assert "满意度" in page, "the table of scores is whole"


def test_a_review_stands_beside_the_claim(tmp_path: Path) -> None:
    page = Read(
        tried(tmp_path, "单位: 甲\n事实:\n  率: {值: 95%, 佐证: 表, 复核: 70%, 复核理由: 多算}\n  有: 是\n")
    ).text
    assert "复核改了 1 项事实" in page and "偏差率" in page and "多算" in page
    assert "复核时决定得分的条款：不低于 60% 得 1 分" in page
    assert "≥ 60%，得 1 分 = 1.00" in page and "≥ 90%，得 满分 = 2.00" in page


# ---------- what it shuts out ----------


def test_text_is_never_taken_for_markup(tmp_path: Path) -> None:
    quoted = HOSTILE.replace("'", "''")
    facts = f"单位: '{quoted}'\n事实:\n  率: {{值: 75%, 佐证: '{quoted}', 出处: '{quoted}'}}\n  有: 是\n"
    page = tried(tmp_path, facts)
    read = Read(page)
    assert sum(tag == "script" for tag, _ in read.tags) == 1
    assert "i" not in {tag for tag, _ in read.tags}
    assert HOSTILE in read.text and "<b>依据</b>" in read.text and "<i>率</i>" in read.text
    assert page.count("<script>") == 1 and not any(name.startswith("on") for _, a in read.tags for name in a)
    links = [a["href"] for tag, a in read.tags if tag == "a"]
    assert all(x is not None and x.startswith("#") for x in links)


def test_what_cannot_be_seen_is_shown() -> None:
    assert el("p", "甲\u202e乙\x00\n丙").text == "<p>甲�乙�\n丙</p>"


def test_an_element_escapes_texts_and_attributes() -> None:
    assert el("p", "<&>", title="\"'").text == '<p title="&quot;&#x27;">&lt;&amp;&gt;</p>'
    assert joined("a<", el("br"), "b").text == "a&lt;<br>b"
    assert el("input", checked=True, hidden=False, for_=None).text == "<input checked>"


def test_nothing_comes_from_outside_and_the_policy_names_what_is_inside(real: str) -> None:
    page = Read(real)
    policy = next(str(a["content"]) for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    for tag in ("script", "style"):
        blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", real, re.DOTALL)
        assert len(blocks) == 1
        digest = base64.b64encode(hashlib.sha256(blocks[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert not [a for _, a in page.tags if {"src", "style", "srcset", "action"} & set(a)]
    assert "url(" not in real and "@import" not in real and "http://" not in real and "https://" not in real


def test_tables_headings_and_language_are_said_to_those_who_listen(real: str) -> None:
    page = Read(real)
    assert ("html", {"lang": "zh-CN"}) in page.tags
    assert all(a.get("scope") in ("row", "col") for tag, a in page.tags if tag == "th")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), "no level is left out"
    assert page.tags[[t for t, _ in page.tags].index("body") + 1][1]["class"] == "skip"


# ---------- its colours ----------

PAIRS = [
    *((ink, paper) for ink in ("ink", "soft", "link", "warn") for paper in ("paper", "panel")),
    ("lit-ink", "lit"), ("warn", "badge"),
]  # fmt: skip
EDGES = [("open", "panel"), ("focus", "paper"), ("focus", "panel"), ("soft", "paper")]


def schemes() -> dict[str, dict[str, str]]:
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    )
    return {"light": light, "dark": {**light, **dark}}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_can_be_read(scheme: str) -> None:
    colours = schemes()[scheme]
    assert set(colours) == {c for pair in (*PAIRS, *EDGES) for c in pair} | {"line"}
    for ink, paper in PAIRS:
        assert contrast(colours[ink], colours[paper]) >= 4.5, (scheme, ink, paper)
    for edge, paper in EDGES:
        assert contrast(colours[edge], colours[paper]) >= 3, (scheme, edge, paper)
    assert set(re.findall(r"(?<![&\w])#[0-9a-fA-F]{3,8}\b", STYLE)) <= {
        c for s in schemes().values() for c in s.values()
    }


# ---------- Markdown ----------


def test_markdown_has_headings_tables_and_fences(tmp_path: Path) -> None:
    text = written(tmp_path, REAL, "md")
    assert "### 2.（1）预算编制约束性　4.00 / 4 分" in text
    assert "| 预算调剂额 | 0 元 | 自述 |" in text
    assert "```text\n(1 - 调剂率) × 满分 × 调剂权重" in text
    assert text.count("```") % 2 == 0


def test_markdown_is_not_broken_by_what_people_write(tmp_path: Path) -> None:
    quoted = HOSTILE.replace("'", "''")
    facts = f"单位: '{quoted}'\n事实:\n  率: {{值: 75%, 佐证: '{quoted}'}}\n  有: 是\n"
    text = tried(tmp_path, facts, "md")
    first = text.splitlines()[0]
    plain = html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", first).replace("&lt;", "&amp;lt;"))
    assert plain == f"# {HOSTILE}　得分解释"
    assert not re.search(r"(?<!\\)[<*_`|\[&]", first)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) >= 4 for row in rows)
