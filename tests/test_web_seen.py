"""The pages of zjrules serve in Chromium: a clerk's way through them, wide and narrow, with script and without, and by axe."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest

from browser import Browser, Page, axe, started
from webwork import DEPARTMENT, REAL, Server, serving

pytestmark = pytest.mark.slow
WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("serve")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as found:
        yield found


@contextmanager
def visiting(browser: Browser, width: int, script: bool = True, scheme: str = "light") -> Iterator[Page]:
    """Open a page of a visitor's own; in the end nothing was asked of others, and nothing complained."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=script, accept_downloads=True,
        color_scheme="dark" if scheme == "dark" else "light",
    )  # fmt: skip
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: said.append(m.text))
    page.on("pageerror", lambda e: said.append(str(e)))
    yield page
    assert said == []
    assert not [url for url in asked if not url.startswith("http://127.0.0.1:")]
    context.close()


def saved(page: Page, name: str) -> tuple[str, bytes]:
    """Click on a link, and return the name and the bytes of the file that is saved."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def filled(data: bytes, values: dict[str, object]) -> bytes:
    """Return a workbook with other values of some facts."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            if row[0].value in values:
                row[1].value = values[row[0].value]  # type: ignore[index,assignment]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def give(page: Page, name: str, data: bytes) -> None:
    """Choose a file, send it, and wait for what comes back: looking at a page that is being left fails."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": data})
    with page.expect_navigation():
        page.get_by_role("button", name="上传并算分").click()


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_template_to_the_three_documents(browser: Browser, server: Server, width: int, script: bool) -> None:
    with visiting(browser, width, script) as page:
        page.goto(server.address)
        page.get_by_role("link", name="湛江市部门整体绩效自评").last.click()
        page.get_by_text("重构，非官方").first.wait_for()
        name, template = saved(page, "下载数据表（Excel）")
        assert name == "数据表 zhanjiang 2025.xlsx"
        # Filled in with one value that is none.
        give(page, "填错.xlsx", filled(template, {"单位": "甲局", "预算调剂额": "很多"}))
        assert "这份数据还不能算分" in page.get_by_role("status").inner_text()
        finding = page.locator(".finding").first
        assert re.search(r"表「事实」 B\d+ 格", finding.inner_text())
        assert "写的是「很多」" in finding.inner_text() and "怎么办" in finding.inner_text()
        # Mended: now there is a score, an interval, since nearly all is missing; (1 - 0%) × 4 × 60% = 2.40 is sure.
        give(page, "改好.xlsx", filled(template, {"单位": "甲局", "预算调剂额": 0}))
        assert page.locator(".totals .total").first.inner_text() == "2.40 至 100.00"
        # The department that has everything.
        give(page, DEPARTMENT.name, DEPARTMENT.read_bytes())
        assert page.locator(".totals .total").first.inner_text() == "87.32"
        assert page.get_by_role("heading", name="没有发现问题").is_visible()
        page.get_by_role("link", name="2.（1）预算编制约束性").click()
        section = page.locator("[id='指标-预算编制约束性']")
        assert "(1 - 5%) × 4 × 60% + (1 - 10%) × 4 × 40% = 3.72" in section.inner_text()
        assert section.get_by_role("heading", name="规则原文").is_visible()
        page.get_by_role("link", name="离界线多远").click()
        assert "超过 30,000,000 元" in page.locator("main").inner_text()
        page.get_by_role("link", name="材料", exact=True).click()
        for link, shown in (("评分表", "评分表.xlsx"), ("数据表", "数据表.xlsx"), ("自评报告", "自评报告.docx")):
            name, data = saved(page, link)
            assert name == f"某市示范局（虚构） {shown}" and data.startswith(b"PK")
        name, data = saved(page, "三份材料一起下载（zip）")
        assert sorted(zipfile.ZipFile(io.BytesIO(data)).namelist()) == ["数据表.xlsx", "自评报告.docx", "评分表.xlsx"]
        assert saved(page, "评分凭证")[0].endswith("凭证.json")
    assert server.left() == []


@pytest.mark.parametrize("width", WIDTHS)
def test_scores_move_as_one_types(browser: Browser, server: Server, width: int) -> None:
    with visiting(browser, width) as page:
        page.goto(server.address)
        give(page, DEPARTMENT.name, DEPARTMENT.read_bytes())
        page.get_by_role("link", name="试改").click()
        total = page.locator("#result .total").first
        assert total.inner_text() == "87.32"
        page.get_by_label("预算调剂额").fill("0 元")
        page.locator("#result").get_by_text("+0.12").first.wait_for()
        assert total.inner_text() == "87.44"
        assert page.locator("#said").inner_text() == "87.44 +0.12现在 87.32"
        # The result is in sight where one types.
        box = total.bounding_box()
        assert box is not None and 0 <= box["y"] <= 900
        page.get_by_label("预算调剂额").fill("很多")
        page.locator("#result .finding").wait_for()
        page.get_by_label("预算调剂额").fill("2,500,000 元")
        page.locator("#result").get_by_text("改一项或几项").wait_for()
        page.get_by_label("存在截留挤占挪用").select_option("是")
        page.locator("#result .moved").wait_for()
        assert page.locator(".fact.changed label").all_inner_texts() == ["存在截留挤占挪用"]


@pytest.mark.parametrize("width", WIDTHS)
def test_without_script_a_button_does_the_same(browser: Browser, server: Server, width: int) -> None:
    with visiting(browser, width, script=False) as page:
        page.goto(server.address)
        give(page, DEPARTMENT.name, DEPARTMENT.read_bytes())
        page.get_by_role("link", name="试改").click()
        page.get_by_label("预算调剂额").fill("0 元")
        page.get_by_role("button", name="看得分").click()
        assert page.locator("#result .total").first.inner_text() == "87.44"
        assert page.get_by_label("预算调剂额").input_value() == "0 元"
        assert page.locator(".fact.changed .hint").inner_text() == "现在：2,500,000 元"


def test_while_a_table_is_read_the_button_says_so_and_a_second_click_sends_nothing(
    browser: Browser, server: Server
) -> None:
    with visiting(browser, 1280) as page:
        sent: list[str] = []
        page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
        page.goto(f"{server.address}rules?id=zhanjiang/2025")
        page.locator("input[type=file]").set_input_files(DEPARTMENT)
        button = page.get_by_role("button", name="上传并算分")
        assert button.evaluate("b => { b.click(); b.click(); return b.textContent; }") == "正在读表、算分……"
        page.wait_for_url("**/unit/*")
        assert sent == [f"{server.address}unit"]
        page.go_back()
        assert page.get_by_role("button", name="上传并算分").is_visible()
        page.goto(server.address)
        assert page.locator(".cards li").count() == 1


def pages_of(page: Page, server: Server) -> Iterator[str]:
    """Open one page after another, and yield what each is."""
    for name, address in (("home", ""), ("book", "rules?id=zhanjiang/2025"), ("failure", "none")):
        page.goto(f"{server.address}{address}")
        yield name
    for path in (REAL, DEPARTMENT):
        page.goto(server.address)
        give(page, path.name, path.read_bytes())
        unit = page.url
        yield f"unit of {path.stem}"
        for end in ("explain", "whatif", "margins", "files"):
            page.goto(f"{unit}/{end}")
            yield f"{end} of {path.stem}"
    page.goto(server.address)
    give(page, "坏.xlsx", b"PK")
    yield "unreadable"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_that_keeps_people_out_and_nothing_sticks_out(
    browser: Browser, server: Server, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True
    )
    page = context.new_page()
    seen = []
    for name in pages_of(page, server):
        page.evaluate(axe())
        result = page.evaluate("axe.run()")
        grave = [
            (v["id"], [n["html"][:160] for n in v["nodes"][:3]])
            for v in result["violations"]
            if v["impact"] in ("serious", "critical")
        ]
        assert grave == [], name
        assert len(result["passes"]) > 12
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        seen.append(name)
    assert len(seen) == 14
    context.close()


def test_by_keyboard_the_way_to_the_form_is_short_and_seen(browser: Browser, server: Server) -> None:
    with visiting(browser, 1280) as page:
        page.goto(f"{server.address}rules?id=zhanjiang/2025")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        found = []
        for _ in range(4):
            page.keyboard.press("Tab")
            found.append(page.evaluate("document.activeElement.innerText || document.activeElement.id"))
            style = "getComputedStyle(document.activeElement)"
            assert page.evaluate(f"{style}.outlineStyle") == "solid"
            assert float(str(page.evaluate(f"parseFloat({style}.outlineWidth)"))) >= 2
        assert found == ["下载数据表（Excel）", "空的 YAML 文件", "file", "上传并算分"]


def test_a_page_of_another_site_cannot_use_ours(browser: Browser, server: Server, tmp_path: Path) -> None:
    """Neither framed, nor read, nor sent a form: the browser's own requests from a page that is not ours."""
    page = browser.new_page()
    page.goto("about:blank")
    page.set_content(
        f'<iframe src="{server.address}"></iframe><form method="post" action="{server.address}unit"></form>'
    )
    assert page.evaluate(f"fetch('{server.address}').then(() => 'read', () => 'refused')") == "refused"
    with page.expect_navigation():
        page.evaluate("document.forms[0].submit()")
    assert "ZJ5205" in page.content()
    page.close()
