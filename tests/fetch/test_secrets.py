"""Credentials: from the environment or a file, to the feed's own origin, never into a log."""

import base64
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.asking import RSS, ask_feed, loopback_policy
from tests.fetch.fake import FakeTransport, redirect, rss
from tests.origin import Origin
from transforms.fetch.fetcher import Fetcher
from transforms.fetch.policy import Feed

SECRET = "s3cr3t-and-unusual"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", SECRET)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        origin.serve("/feed", RSS)
        yield origin


def with_token(url: str) -> Feed:
    return Feed(id="a_feed", url=url, bearer_token_from="env:A_TOKEN")


def test_a_bearer_token_comes_from_the_environment(origin: Origin) -> None:
    ask_feed(with_token(origin.url("/feed")))
    assert origin.requests[0].headers["authorization"] == f"Bearer {SECRET}"


def test_basic_authentication_is_utf8_in_base64(origin: Origin) -> None:
    ask_feed(Feed(id="a_feed", url=origin.url("/feed"), username="خبر", password_from="env:A_TOKEN"))
    sent = origin.requests[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == f"خبر:{SECRET}"


def test_a_secret_header_comes_from_the_environment(origin: Origin) -> None:
    ask_feed(Feed(id="a_feed", url=origin.url("/feed"), header_secrets={"X-Api-Key": "env:A_TOKEN"}))
    assert origin.requests[0].headers["x-api-key"] == SECRET


def test_a_plain_header_is_sent(origin: Origin) -> None:
    ask_feed(Feed(id="a_feed", url=origin.url("/feed"), headers={"Accept-Language": "ar"}))
    assert origin.requests[0].headers["accept-language"] == "ar"


def test_a_secret_comes_from_a_private_file(origin: Origin, tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text(f'tass = "{SECRET}"')
    path.chmod(0o600)
    ask_feed(
        Feed(id="a_feed", url=origin.url("/feed"), bearer_token_from="secret:tass"), secrets_file=str(path)
    )
    assert origin.requests[0].headers["authorization"] == f"Bearer {SECRET}"


def test_a_secrets_file_others_can_read_is_refused(origin: Origin, tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text(f'tass = "{SECRET}"')
    path.chmod(0o644)
    feed = Feed(id="a_feed", url=origin.url("/feed"), bearer_token_from="secret:tass")
    found = ask_feed(feed, secrets_file=str(path))
    assert (found.error_class, origin.connections) == ("credentials", 0)
    assert "chmod 600" in (found.error or "")


@pytest.mark.parametrize("reference", ["env:NO_SUCH_VARIABLE", "secret:tass"])
def test_a_missing_secret_is_named_and_nothing_is_sent(origin: Origin, reference: str) -> None:
    found = ask_feed(Feed(id="a_feed", url=origin.url("/feed"), bearer_token_from=reference))
    assert (found.error_class, origin.connections) == ("credentials", 0)


def test_a_secret_that_would_break_the_request_apart_is_refused(
    origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_TOKEN", "x\r\nEvil: 1")
    assert ask_feed(with_token(origin.url("/feed"))).error_class == "credentials"


def test_credentials_do_not_follow_a_redirect_to_another_port(origin: Origin) -> None:
    with Origin() as other:
        other.serve("/feed", RSS)
        origin.redirect("/go", other.url("/feed"), status=302)
        assert ask_feed(with_token(origin.url("/go"))).ok
        assert "authorization" not in other.requests[0].headers


def test_plain_headers_do_not_follow_a_redirect_to_another_port(origin: Origin) -> None:
    with Origin() as other:
        other.serve("/feed", RSS)
        origin.redirect("/go", other.url("/feed"), status=302)
        ask_feed(Feed(id="a_feed", url=origin.url("/go"), headers={"X-Customer": "42"}))
        assert "x-customer" not in other.requests[0].headers


def test_credentials_follow_a_redirect_on_the_same_origin(origin: Origin) -> None:
    origin.redirect("/go", "/feed", status=302)
    ask_feed(with_token(origin.url("/go")))
    assert origin.requests[1].headers["authorization"] == f"Bearer {SECRET}"


def asked_with(first: str, then: str) -> list[bool]:
    """Whether credentials went to each hop."""
    transport = FakeTransport({first: redirect(then), then: rss()})
    policy = loopback_policy(allow_downgrade=True)
    from tests.fetch.asking import NOW

    Fetcher(policy, clock=lambda: NOW, transport=transport).fetch(with_token(first))
    return ["Authorization" in asked.headers for asked in transport.asked]


def test_credentials_follow_an_upgrade_of_the_same_host_to_https() -> None:
    assert asked_with("http://news.example/", "https://news.example/") == [True, True]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("https://news.example/", "http://news.example/"),
        ("https://news.example/", "https://evil.example/"),
        ("https://news.example/", "https://sub.news.example/"),
        ("https://news.example/", "https://news.example.evil.example/"),
        ("https://news.example/", "https://news.example:444/"),
    ],
)
def test_credentials_go_nowhere_else(first: str, then: str) -> None:
    assert asked_with(first, then) == [True, False]


def test_no_secret_gets_into_results_or_logs(origin: Origin, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    origin.serve("/feed", b"denied", status=403)
    found = ask_feed(with_token(origin.url("/feed")))
    assert SECRET not in repr(found) + caplog.text


def test_a_key_in_a_query_is_masked_in_messages(origin: Origin) -> None:
    found = ask_feed(Feed(id="a_feed", url=origin.url(f"/none?lang=ar&apikey={SECRET}")))
    assert found.error is not None
    assert SECRET not in found.error
    assert "lang=ar" in found.error


def test_the_environment_is_left_as_it_was(origin: Origin) -> None:
    before = dict(os.environ)
    ask_feed(with_token(origin.url("/feed")))
    assert dict(os.environ) == before
