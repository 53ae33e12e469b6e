"""The page of an explanation in Chromium: with and without its script, narrow and wide, by keyboard and on paper."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from browser import Browser, Page, axe, started
from office import text_of
from zjrules.cli.explain import command

pytestmark = pytest.mark.slow
CASES = {
    "real": "cases/zhanjiang-2025/01-real-report.yaml",
    "full": "cases/zhanjiang-2025/05-full-department.xlsx",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("seen")
    found = {name: folder / f"{name}.html" for name in CASES}
    for name, path in found.items():
        CliRunner().invoke(command, [CASES[name], "-o", str(path)], standalone_mode=False, catch_exceptions=False)
    return found


class Opened:
    """A page that was opened, with all that it asked for and complained of."""

    def __init__(
        self, browser: Browser, path: Path, width: int = 1280, scheme: str = "light", script: bool = True
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
        )
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda r: self.asked.append(r.url))
        self.page.on("console", lambda m: self.said.append(m.text))
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self.page.goto(path.as_uri())


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Opened]:
    found = Opened(browser, files["real"])
    yield found
    found.context.close()


def test_it_asks_for_nothing_and_complains_of_nothing(opened: Opened, files: dict[str, Path]) -> None:
    opened.page.locator("#q").fill("预算")
    opened.page.get_by_role("button", name="全部展开").click()
    assert opened.asked == [files["real"].as_uri()]
    assert opened.said == []


def test_its_policy_is_in_force(opened: Opened) -> None:
    opened.page.evaluate(
        """() => {
            window.refused = [];
            document.addEventListener("securitypolicyviolation", (e) => refused.push(e.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            const image = document.createElement("img");
            image.src = "https://example.invalid/x.png";
            document.body.append(image);
        }"""
    )
    opened.page.wait_for_function("refused.length >= 2")
    assert set(opened.page.evaluate("refused")) == {"script-src-elem", "img-src"}
    assert opened.page.evaluate("window.ran === undefined")


def test_search_narrows_and_says_how_many(opened: Opened) -> None:
    page = opened.page
    assert page.locator("section.indicator:visible").count() == 27
    page.locator("#q").fill("调剂 追加")
    assert page.locator("section.indicator:visible h3 .name").all_inner_texts() == ["2.（1）预算编制约束性"]
    assert page.locator("#count").inner_text().startswith("找到 1 个指标")
    page.locator("#q").fill("预算调剂额")
    assert page.locator(".facts tbody tr:visible").count() >= 1
    page.locator("#q").press("Escape")
    assert page.locator("section.indicator:visible").count() == 27
    assert page.locator("#count").inner_text() == ""


def test_keys_unfold_move_and_can_be_turned_off(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("e")
    assert page.locator("details:not([open])").count() == 0
    page.keyboard.press("c")
    assert page.locator("details[open]").count() == 0
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "1.（2）" in str(page.evaluate("document.activeElement.textContent"))
    page.keyboard.press("/")
    page.keyboard.type("e")
    assert page.locator("#q").input_value() == "e"
    assert page.locator("details[open]").count() == 0, "letters that are typed are no keys"
    page.locator("#q").press("Escape")
    page.locator("#keys").uncheck()
    page.keyboard.press("e")
    assert page.locator("details[open]").count() == 0


def test_tab_reaches_the_skip_link_then_the_first_link_and_both_are_seen(opened: Opened) -> None:
    page = opened.page
    focused = "getComputedStyle(document.activeElement)"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.locator(".skip").bounding_box()
    assert box is not None and box["x"] >= 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "缺的全部列出"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#" + "%E5%BE%97%E5%88%86%E8%A1%A8"
    assert page.evaluate(f"{focused}.outlineStyle") == "solid"
    assert float(str(page.evaluate(f"parseFloat({focused}.outlineWidth)"))) >= 2


def test_an_anchor_leads_to_its_section(opened: Opened, files: dict[str, Path]) -> None:
    opened.page.goto(f"{files['real'].as_uri()}#指标-满意度")
    assert opened.page.evaluate("document.querySelector(':target h3').textContent").startswith("8.（3）满意度")


def test_without_script_all_is_there_and_unfolds(browser: Browser, files: dict[str, Path]) -> None:
    found = Opened(browser, files["full"], script=False)
    page = found.page
    assert page.locator("#tools").is_hidden()
    assert page.get_by_text("(1 - 5%) × 4 × 60% + (1 - 10%) × 4 × 40% = 3.72").first.is_visible()
    tree = page.locator("[id='指标-预算编制约束性'] .tree")
    step = tree.get_by_text("2,500,000 元 ÷ 50,000,000 元 = 5%")
    assert step.is_hidden()
    for _ in range(9):
        closed = tree.locator("xpath=self::*[not(@open)] | .//details[not(@open)]").locator("> summary").first
        if not closed.count():
            break
        closed.click()
    assert step.is_visible()
    assert found.said == []
    found.context.close()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_sticks_out(browser: Browser, files: dict[str, Path], name: str, width: int) -> None:
    found = Opened(browser, files[name], width)
    found.page.get_by_role("button", name="全部展开").click()
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    two = found.page.locator(".two").first
    assert len(two.evaluate("e => getComputedStyle(e).gridTemplateColumns").split()) == (2 if width > 1000 else 1)
    found.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", CASES)
def test_axe_finds_nothing_that_keeps_people_out(
    browser: Browser, files: dict[str, Path], name: str, scheme: str
) -> None:
    found = Opened(browser, files[name], 390, scheme)
    found.page.get_by_role("button", name="全部展开").click()
    found.page.evaluate(axe())
    result = found.page.evaluate("axe.run()")
    grave = [
        (v["id"], [n["html"][:120] for n in v["nodes"][:3]])
        for v in result["violations"]
        if v["impact"] in ("serious", "critical")
    ]
    assert grave == []
    assert len(result["passes"]) > 15
    found.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_unfolded(
    browser: Browser, files: dict[str, Path], tmp_path: Path, script: bool
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    found = Opened(browser, files["full"], script=script)
    # In dark, and with a search that hides nearly all: paper shows the whole, in black on white.
    found.page.emulate_media(color_scheme="dark")
    if script:
        found.page.locator("#q").fill("满意度")
    path = tmp_path / "解释.pdf"
    found.page.pdf(path=path, prefer_css_page_size=True)
    text = re.sub(r"\s+", "", text_of(path))
    names = found.page.locator("section.indicator h3 .name").all_text_contents()
    assert len(names) == 27
    for name in names:
        # A PDF may tell the number of a heading apart from its words.
        words = re.sub(r"^[\d.（）]+", "", name)
        assert f"指标{words}" in text and text.count(words) >= 2, name
    assert "2,500,000元÷50,000,000元=5%" in text, "the steps too"
    found.context.close()
