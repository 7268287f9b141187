"""The report in a real browser: Chromium, headless, at the widths people have.

Screenshots stay in ``build/screenshots``. ``KHABAR_CHROMIUM`` names the browser where it is not on the path.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.report.page import render
from tests.report.poison import poisoned

CHROMIUM = os.environ.get("KHABAR_CHROMIUM") or shutil.which("chromium")
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
WIDTHS = (390, 768, 1440)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path and KHABAR_CHROMIUM is not set"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(facts: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the page and of its hostile twin."""
    folder = tmp_path_factory.mktemp("pages")
    made = datetime(2026, 4, 1, tzinfo=UTC)
    for name, said in (("report", facts), ("hostile", poisoned(facts))):
        (folder / f"{name}.html").write_text(render(said, made), "utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in ("report", "hostile")}


@contextmanager
def opened(browser: Any, address: str, **options: Any) -> Iterator[Any]:
    """A page in a context of its own; whatever it complains of, or asks the network for, fails the test."""
    context = browser.new_context(**options)
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "request", lambda request: trouble.append(request.url) if request.url.startswith("http") else None
    )
    page.goto(address)
    yield page
    context.close()
    assert trouble == []


def sized(width: int, **more: Any) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": 900}, **more}


@pytest.mark.parametrize("name", ["report", "hostile"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_and_shows_every_chart_once(
    browser: Any, pages: dict[str, str], width: int, name: str
) -> None:
    with opened(browser, pages[name], **sized(width)) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shown = page.evaluate(
            "[...document.querySelectorAll('svg')].filter(s => s.getClientRects().length).length"
        )
        assert shown == page.locator("figure").count() == 11
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious(browser: Any, pages: dict[str, str], scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with opened(browser, pages["report"], **sized(width, color_scheme=scheme)) as page:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page).response["violations"]
        grave = [
            (v["id"], [n["html"][:120] for n in v["nodes"][:3]])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert grave == []
        page.screenshot(path=SHOTS / f"open-{scheme}-{width}.png", full_page=True)


def test_dark_is_dark(browser: Any, pages: dict[str, str]) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        with opened(browser, pages["report"], **sized(1440, color_scheme=scheme)) as page:
            grounds[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
            bar = page.locator("#chart-languages .wide .role-mark path").first
            grounds[f"{scheme} bar"] = bar.evaluate("node => getComputedStyle(node).fill")
            page.screenshot(path=SHOTS / f"{scheme}.png", full_page=True)
    assert len(set(grounds.values())) == 4


def test_it_prints(browser: Any, pages: dict[str, str]) -> None:
    with opened(browser, pages["report"], **sized(1440, color_scheme="dark")) as page:
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.locator("nav").is_visible()
        page.pdf(path=SHOTS / "report.pdf", format="A4")
        page.screenshot(path=SHOTS / "print.png", full_page=True)


def test_arrow_keys_tell_the_figures_of_a_chart(browser: Any, pages: dict[str, str]) -> None:
    with opened(browser, pages["report"], **sized(1440)) as page:
        page.locator("#chart-languages .plot").focus()
        page.keyboard.press("ArrowRight")
        first = page.locator("#live").text_content()
        page.keyboard.press("ArrowRight")
        second = page.locator("#live").text_content()
        assert "language: ar" in first
        assert "articles: " in second != first
        assert page.locator("#tip").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#tip").is_visible()


def test_a_table_is_sorted_by_its_headings_from_the_keyboard(browser: Any, pages: dict[str, str]) -> None:
    with opened(browser, pages["report"], **sized(1440)) as page:
        table = page.locator("section[aria-labelledby=feeds] table")
        table.get_by_role("button", name="failed").press("Enter")
        assert table.locator("tbody th").first.text_content() == "feed_02"
        assert table.locator("thead th[aria-sort=descending]").text_content() == "failed"


def test_without_scripts_everything_is_there(browser: Any, pages: dict[str, str]) -> None:
    with opened(browser, pages["report"], **sized(1440, java_script_enabled=False)) as page:
        assert page.locator("figure svg").count() == 22
        assert page.get_by_role("heading", name="Reprints").is_visible()


def test_what_a_feed_sends_never_runs(browser: Any, pages: dict[str, str]) -> None:
    with opened(browser, pages["hostile"], **sized(1440)) as page:
        assert page.evaluate("window.hacked") is None
        assert page.locator("img").count() == 0
        assert "{{7*7}}" in page.locator("main").text_content()


def test_arabic_runs_from_the_right_and_keeps_to_itself(browser: Any, pages: dict[str, str]) -> None:
    with opened(browser, pages["report"], **sized(390)) as page:
        title = page.locator("article[aria-label='Sample in ar'] h4")
        assert title.evaluate("node => getComputedStyle(node).direction") == "rtl"
        assert (
            page.locator(".stories bdi").first.evaluate("node => getComputedStyle(node).unicodeBidi")
            == "isolate"
        )
