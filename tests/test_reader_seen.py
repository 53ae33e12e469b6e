"""The document of a rule set in Chromium: narrow and wide, with and without its script, filtered, for everyone, on paper."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from browser import Browser, axe, started
from office import text_of
from test_page_seen import Opened
from zjrules.cli.main import group

pytestmark = pytest.mark.slow
BOOKS = ("zhanjiang/2025", "staffing/2024-city")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reader")
    found = {name: folder / f"{name.replace('/', '-')}.html" for name in BOOKS}
    for name, path in found.items():
        result = CliRunner().invoke(group, ["show", name, "-o", str(path)], standalone_mode=False)
        assert result.return_value == 0, result.output
    return found


def test_it_asks_for_nothing_and_complains_of_nothing(browser: Browser, files: dict[str, Path]) -> None:
    path = files["zhanjiang/2025"]
    found = Opened(browser, path)
    found.page.locator("#q").fill("预算")
    found.page.get_by_role("button", name="全部展开").click()
    assert found.asked == [path.as_uri()] and found.said == []
    found.context.close()


def test_the_filter_leaves_what_has_all_words_and_a_link_leads_out_of_it(
    browser: Browser, files: dict[str, Path]
) -> None:
    found = Opened(browser, files["zhanjiang/2025"])
    page = found.page
    assert page.locator("section.indicator:visible").count() == 27
    page.locator("#q").fill("调剂权重 追加")
    assert page.locator("section.indicator:visible h4 .name").all_inner_texts() == ["2.（1）预算编制约束性"]
    assert page.locator(".part:visible > h3 .name").all_inner_texts() == ["2. 预算执行情况"]
    assert re.fullmatch(r"找到 \d+ 处", page.locator("#count").inner_text())
    page.locator(".outline").get_by_role("link", name="8.（3）满意度").click()
    page.wait_for_function("document.getElementById('q').value === ''")
    assert page.locator("[id='指标-满意度']").is_visible()
    page.locator("#q").fill("没有这样的话")
    assert page.locator("section.indicator:visible").count() == 0
    page.locator("#q").press("Escape")
    assert page.locator("section.indicator:visible").count() == 27
    found.context.close()


def test_without_script_all_is_there(browser: Browser, files: dict[str, Path]) -> None:
    found = Opened(browser, files["zhanjiang/2025"], script=False)
    assert found.page.locator("#filter").is_hidden()
    assert found.page.locator("section.indicator:visible").count() == 27
    assert found.page.locator("[id='词-限于']").is_visible()
    found.context.close()


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_and_axe_finds_nothing(
    browser: Browser, files: dict[str, Path], name: str, width: int, scheme: str
) -> None:
    found = Opened(browser, files[name], width, scheme)
    found.page.get_by_role("button", name="全部展开").click()
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    beside = found.page.locator("div.book").evaluate("e => getComputedStyle(e).display")
    assert beside == ("grid" if width > 1100 else "block"), "the outline stands beside the text where there is room"
    found.page.evaluate(axe())
    result = found.page.evaluate("axe.run()")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in result["violations"]] == []
    assert len(result["passes"]) > 15
    found.context.close()


def test_on_paper_everything_is_unfolded(browser: Browser, files: dict[str, Path], tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    found = Opened(browser, files["zhanjiang/2025"])
    found.page.locator("#q").fill("满意度")
    path = tmp_path / "规则.pdf"
    found.page.pdf(path=path, prefer_css_page_size=True)
    text = re.sub(r"\s+", "", text_of(path))
    assert "令调剂率=限于(预算调剂额÷年初预算数" in text, "what the filter hides is on paper"
    assert "封顶(98%，上限：100%)" in text
    assert '校验错误"支出合计等于基本支出与项目支出之和"' in text, "folded rule texts too"
    found.context.close()
