"""The rules in the browser, in Chromium: from a search to the place that it found, with script and without, for everyone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser import Browser, axe, started
from test_web_seen import WIDTHS, visiting
from webwork import Server, serving

pytestmark = pytest.mark.slow
PAGES = (
    "read", "read?q=%E6%BB%A1%E6%84%8F", "read?q=zzz", "read/book?id=mof/2020", "read/words", "read/facts", "diff",
    "diff?old=zhanjiang/2025&new=example/2026", "api",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("serve")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as found:
        yield found


@pytest.mark.parametrize("script", [True, False])
def test_a_search_leads_to_the_place_that_it_found(browser: Browser, server: Server, script: bool) -> None:
    with visiting(browser, 1280, script) as page:
        page.goto(server.address)
        page.get_by_role("link", name="规则", exact=True).click()
        page.get_by_role("searchbox").fill("调剂权重")
        page.get_by_role("button", name="找").click()
        page.locator("li", has_text="参数").get_by_role("link", name="调剂权重").last.click()
        row = page.locator("[id='参数-调剂权重']")
        assert row.is_visible() and "60%" in row.inner_text()
        assert page.locator("#filter").is_visible() == script


def test_the_filter_works_under_the_policy_of_the_server(browser: Browser, server: Server) -> None:
    with visiting(browser, 1280) as page:
        page.goto(f"{server.address}read/book?id=zhanjiang/2025")
        page.locator("#q").fill("调剂权重 追加")
        assert page.locator("section.indicator:visible h4 .name").all_inner_texts() == ["2.（1）预算编制约束性"]


def test_two_years_are_chosen_and_compared_without_script(browser: Browser, server: Server) -> None:
    with visiting(browser, 390, script=False) as page:
        page.goto(f"{server.address}diff")
        page.get_by_label("旧的").select_option("zhanjiang/2025")
        page.get_by_label("新的").select_option("example/2026")
        page.get_by_role("button", name="比较").click()
        assert page.get_by_text("参数「调剂权重」由 60% 改为 50%").is_visible()
        assert page.get_by_text("没有证明得分是不是真的不同").is_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_and_axe_finds_nothing(browser: Browser, server: Server, width: int, scheme: str) -> None:
    with visiting(browser, width, scheme=scheme) as page:
        for address in PAGES:
            page.goto(server.address + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            page.evaluate(axe())
            result = page.evaluate("axe.run()")
            found = [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in result["violations"]]
            assert found == [], address
            assert len(result["passes"]) > 15
