"""The documentation site builds strictly, opens from files without the network, and fits a telephone."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import REPOSITORY
from tests.report.test_browser import SHOTS, browser, opened, pytestmark, sized

__all__ = ["browser", "pytestmark"]  # the same browser, and the same reasons to skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=REPOSITORY, env=quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_it_has_a_page_for_every_page(site: Path) -> None:
    docs = REPOSITORY / "docs"
    for page in docs.rglob("*.md"):
        assert (site / page.relative_to(docs).with_suffix(".html")).is_file(), page


@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_fits_without_a_complaint_or_the_network(browser: Any, site: Path, width: int) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    with opened(browser, (site / "index.html").as_uri(), **sized(width)) as shown:
        # 404.html is shown at any address and so names its parts from the site's root.
        for page in sorted(set(site.rglob("*.html")) - {site / "404.html"}):
            shown.goto(page.as_uri())
            assert shown.evaluate("document.documentElement.scrollWidth") <= width, page
            if page.stem in ("index", "tutorial", "cli", "comparison"):
                shown.screenshot(path=SHOTS / f"docs-{page.stem}-{width}.png", full_page=True)


def test_the_search_works_on_files(browser: Any, site: Path) -> None:
    with opened(browser, (site / "index.html").as_uri(), **sized(1440)) as page:
        page.locator("input[name=query]").fill("reprints")
        page.locator(".md-search-result__link").first.wait_for()
        assert page.locator(".md-search-result__link").count() > 1


def test_arabic_output_is_set_from_the_right_and_wrapped(browser: Any, site: Path) -> None:
    with opened(browser, (site / "tutorial.html").as_uri(), **sized(390)) as page:
        block = page.locator("code.right-to-left").first
        assert block.evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"
        assert block.evaluate("e => e.scrollWidth <= e.clientWidth")
