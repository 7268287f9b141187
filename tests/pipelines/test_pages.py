"""``content = "page"``: the article's own page, politely, or the feed's text."""

import pytest

from tests.newsroom import Newsroom, item, rss

pytest.importorskip("trafilatura")

CONFIG = """\
[fetch]
allow_addresses = ["127.0.0.0/8"]
per_host_spacing_seconds = 0
page_spacing_seconds = 0.2
"""
PARAGRAPHS = (
    "The harbour authority of Aqaba said on Thursday that container traffic had risen for the third month.",
    "It attributed the rise to a new quay, opened in January, and to shorter waiting times at anchor.",
    "The authority expects traffic to settle in summer, when the second crane is taken out for repair.",
)


def page(*paragraphs: str) -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        "<!doctype html><html lang=en><head><title>Traffic rises</title></head>"
        "<body><nav><a href=/>Home</a></nav>"
        f"<main><article><h1>Traffic rises</h1>{body}</article></main><footer>Imprint</footer></body></html>"
    ).encode()


@pytest.fixture
def paged(newsroom: Newsroom) -> Newsroom:
    """One feed that asks for pages, with one entry a page."""
    (newsroom.folder / "khabar.toml").write_text(CONFIG)
    origin = newsroom.origin
    entries = []
    for name in ("a", "b"):
        origin.serve(f"/{name}", page(*PARAGRAPHS), content_type="text/html; charset=utf-8")
        entry = item(name, f"Traffic rises {name}", "<p>Container traffic rose.</p>")
        entries.append(entry.replace(f"https://agency.example/{name}", origin.url(f"/{name}")))
    newsroom.publish("port", rss(*entries), content="page")
    return newsroom


def test_the_text_comes_from_the_page_and_robots_is_asked_once(paged: Newsroom) -> None:
    assert paged.run()["new"] == 2
    for row in paged.rows():
        assert row["text_origin"] == "page"
        assert row["text"].split("\n") == list(PARAGRAPHS)
        assert row["extraction_confidence"] > 0.5
    assert paged.origin.hits("/robots.txt") == 1


def test_pages_of_known_entries_are_not_fetched_again(paged: Newsroom) -> None:
    paged.run()
    before = paged.origin.hits("/a")
    known = rss(item("c", "Other", "<p>Body.</p>"))
    paged.publish("port", known, content="page")
    paged.run()
    assert paged.origin.hits("/a") == before


def test_a_page_that_robots_denies_leaves_the_feeds_text(paged: Newsroom) -> None:
    paged.origin.serve("/robots.txt", b"User-agent: *\nDisallow: /a\n", content_type="text/plain")
    paged.run()
    origins = {row["guid"]: row["text_origin"] for row in paged.rows()}
    assert origins == {"a": "summary", "b": "page"}
    assert paged.origin.hits("/a") == 0


def test_a_missing_page_leaves_the_feeds_text(paged: Newsroom) -> None:
    paged.origin.serve("/a", b"gone", status=404)
    paged.run()
    assert {row["guid"]: row["text_origin"] for row in paged.rows()} == {"a": "summary", "b": "page"}


def test_a_page_not_reached_in_time_waits_for_the_next_run(paged: Newsroom) -> None:
    (paged.folder / "khabar.toml").write_text(CONFIG.replace("0.2", "60"))
    first = paged.run("--max-runtime", "20")
    assert (first["new"], first["held"]) == (1, 1)
    (paged.folder / "khabar.toml").write_text(CONFIG)
    assert paged.run()["new"] == 1
    assert {row["text_origin"] for row in paged.rows()} == {"page"}


def test_robots_out_of_order_defers_every_page(paged: Newsroom) -> None:
    paged.origin.serve("/robots.txt", b"", status=503)
    first = paged.run()
    assert (first["new"], first["held"]) == (0, 2)
    assert paged.origin.hits("/a") == 0
