import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.fetch.robots import MAX_ROBOTS_BYTES, RobotsDecision, decide

pytest.importorskip("protego")

URL = "https://nahr.example/news/71"
AGENT = "khabar/0.1 (+https://khabar.example/bot)"


def decision(robots: bytes | str, url: str = URL, status: int | None = 200) -> RobotsDecision:
    body = robots.encode() if isinstance(robots, str) else robots
    return decide(status, body, url, AGENT).decision


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 301, 302])
def test_a_missing_robots_file_allows(status: int) -> None:
    assert decision(b"User-agent: *\nDisallow: /", status=status) is RobotsDecision.ALLOW


@pytest.mark.parametrize("status", [None, 429, 500, 502, 503, 504, 522])
def test_a_server_in_trouble_defers(status: int | None) -> None:
    assert decision(b"", status=status) is RobotsDecision.DEFER


def test_a_disallowed_path_is_denied() -> None:
    assert decision("User-agent: *\nDisallow: /news/") is RobotsDecision.DENY


def test_the_longer_rule_wins() -> None:
    assert decision("User-agent: *\nDisallow: /news/\nAllow: /news/71") is RobotsDecision.ALLOW


def test_our_own_group_wins_over_the_general_one() -> None:
    assert decision("User-agent: *\nDisallow: /\n\nUser-agent: khabar\nDisallow:") is RobotsDecision.ALLOW


def test_a_group_for_another_robot_does_not_count() -> None:
    assert decision("User-agent: otherbot\nDisallow: /") is RobotsDecision.ALLOW


def test_the_name_of_the_robot_is_matched_whatever_its_case() -> None:
    assert decision("User-agent: KHABAR\nDisallow: /") is RobotsDecision.DENY


def test_an_arabic_path_is_matched_in_either_spelling() -> None:
    url = "https://nahr.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/71"
    assert decision("User-agent: *\nDisallow: /أخبار/", url) is RobotsDecision.DENY


def test_a_byte_order_mark_before_the_first_group_is_skipped() -> None:
    assert decision(b"\xef\xbb\xbfUser-agent: *\nDisallow: /") is RobotsDecision.DENY


def test_an_html_page_in_place_of_rules_allows() -> None:
    assert decision("<html><body>Not found</body></html>") is RobotsDecision.ALLOW


def test_what_lies_beyond_the_limit_is_not_read() -> None:
    padding = b"# comment\n" * (MAX_ROBOTS_BYTES // 10 + 1)
    assert decision(padding + b"User-agent: *\nDisallow: /\n") is RobotsDecision.ALLOW


def test_a_line_cut_by_the_limit_is_left_out() -> None:
    start = b"User-agent: *\nDisallow: /x\n"
    padding = b"#" * (MAX_ROBOTS_BYTES - len(start) - len(b"\nDisallow: /")) + b"\n"
    assert decision(start + padding + b"Disallow: /news-archive/\n") is RobotsDecision.ALLOW


def test_the_crawl_delay_is_reported() -> None:
    assert decide(200, b"User-agent: *\nCrawl-delay: 12", URL, AGENT).crawl_delay_seconds == 12.0


@pytest.mark.parametrize("delay", ["0", "-3", "soon", "nan"])
def test_a_crawl_delay_that_is_none_is_not_reported(delay: str) -> None:
    robots = f"User-agent: *\nCrawl-delay: {delay}".encode()
    assert decide(200, robots, URL, AGENT).crawl_delay_seconds is None


def test_an_endless_crawl_delay_is_bounded() -> None:
    assert decide(200, b"User-agent: *\nCrawl-delay: 1e9", URL, AGENT).crawl_delay_seconds == 3600.0


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([200, 204, None, 404, 500]))
def test_any_body_gives_a_verdict(body: bytes, status: int | None) -> None:
    assert decide(status, body, URL, AGENT).decision in RobotsDecision
