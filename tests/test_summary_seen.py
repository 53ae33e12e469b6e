"""The pages of a summary and of a dossier in Chromium: no request, no script needed, narrow and wide, in both schemes, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from batches import hand, last_of
from browser import Browser, axe, started
from test_dossier import example
from zjrules.dossier.page import html as dossier_page
from zjrules.summary.page import html
from zjrules.summary.tally import tally

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as found:
        yield found


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("seen") / "汇总.html"
    scored, facts = hand()
    found.write_text(html(tally(scored, facts, last_of({"甲局": Fraction(8)}, Fraction(1)))), "utf-8")
    return found


@pytest.fixture(scope="module")
def impact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("seen") / "影响.html"
    found.write_text(dossier_page(example()[0], "脚注"), "utf-8")
    return found


@pytest.mark.parametrize("which", ["path", "impact"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_asks_for_nothing_complains_of_nothing_and_nothing_sticks_out(
    browser: Browser, which: str, width: int, scheme: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(which)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: said.append(m.text))
    page.goto(path.as_uri())
    assert asked == [path.as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # No text of a plot is cut off by its frame.
    out = page.evaluate(
        """[...document.querySelectorAll("svg.plot")].flatMap((svg) => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll("text")].filter((t) => {
                const box = t.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
            }).map((t) => t.textContent);
        })"""
    )
    assert out == []
    # Colours come from the page's style, also without a script.
    fill = page.evaluate("getComputedStyle(document.querySelector('path.fill-main')).fill")
    assert fill == ("rgb(107, 166, 232)" if scheme == "dark" else "rgb(47, 109, 179)")
    page.evaluate(axe())
    result = page.evaluate("axe.run()")
    grave = [
        (v["id"], [n["html"][:120] for n in v["nodes"][:3]])
        for v in result["violations"]
        if v["impact"] in ("serious", "critical")
    ]
    assert grave == []
    context.close()


def test_on_paper_all_is_there(browser: Browser, path: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(path.as_uri())
    page.emulate_media(media="print")
    assert page.get_by_text("每百分之一，和图一样").is_visible()
    assert page.locator("nav").is_hidden()
    page.pdf(path=str(tmp_path / "汇总.pdf"), prefer_css_page_size=True)
    assert (tmp_path / "汇总.pdf").stat().st_size > 10_000
