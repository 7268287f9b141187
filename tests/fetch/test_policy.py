from dataclasses import fields
from typing import Any

import pytest

from transforms.fetch.policy import Feed, FetchPolicy


def feed(**changes: Any) -> Feed:
    return Feed(**({"id": "tass_ar", "url": "https://tass.example/rss"} | changes))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "TASS"),
        ("id", "9news"),
        ("id", "a-b"),
        ("id", ""),
        ("id", "a\n"),
        ("url", "tass.example/rss"),
        ("url", "ftp://tass.example/rss"),
        ("url", "https://"),
        ("url", "https://user:secret@tass.example/rss"),
        ("url", "https://tass.example/a b"),
        ("url", "https://tass.example:port/"),
        ("url", "https://tass.example/\r\nX: y"),
        ("url", "file:"),
        ("home", "tass.example"),
        ("terms", "tass.example/terms"),
        ("license", " "),
        ("content", "both"),
        ("language", "arabic language"),
        ("language", ""),
        ("timezone", "Moscow"),
        ("timezone", ""),
        ("timezone", "../../etc/passwd"),
        ("timezone", "Europe"),
        ("headers", {"Host": "x"}),
        ("headers", {"Accept-Encoding": "x"}),
        ("headers", {"X-Y": "a\r\nb"}),
        ("headers", {"X Y": "a"}),
        ("headers", {"X-Y": "خبر"}),
        ("headers", {"Authorization": "Bearer x"}),
        ("headers", {"Cookie": "x"}),
        ("header_secrets", {"X-Key": "hunter2"}),
        ("header_secrets", {"Host": "env:X"}),
        ("bearer_token_from", "hunter2"),
        ("password_from", "hunter2"),
        ("min_interval_seconds", 0),
        ("max_interval_seconds", -1),
    ],
)
def test_a_bad_value_is_refused_with_feed_and_key(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"feed .*{key}"):
        feed(**{key: value})


@pytest.mark.parametrize("key", ["bearer_token_from", "password_from"])
def test_a_secret_pasted_in_place_of_its_name_is_not_shown(key: str) -> None:
    with pytest.raises(ValueError, match="never the secret itself") as caught:
        feed(**{key: "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_a_user_needs_a_password() -> None:
    with pytest.raises(ValueError, match="username and password_from go together"):
        feed(username="x")


def test_two_ways_to_authenticate_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="exclude"):
        feed(username="x", password_from="env:P", bearer_token_from="env:T")


@pytest.mark.parametrize(
    "url",
    [
        "https://tass.example/rss",
        "http://xn--p1ai.example:8080/",
        "file:drop/*.xml",
        "file:///var/drop/",
        "http://أخبار.example/",
    ],
)
def test_http_https_and_file_urls_are_accepted(url: str) -> None:
    assert feed(url=url).url == url


@pytest.mark.parametrize("tag", ["ar", "zh-Hant", "pt-BR", "ckb", "de-1996", "x-klingon"[2:]])
def test_language_tags_are_accepted(tag: str) -> None:
    assert feed(language=tag).language == tag


def test_a_feed_can_be_hashed() -> None:
    assert len({feed(headers={"X-Y": "z"}), feed(headers={"X-Y": "z"})}) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("timeout_seconds", 0),
        ("max_bytes", -1),
        ("concurrency", 0),
        ("per_host_concurrency", 0),
        ("per_host_spacing_seconds", -0.1),
        ("max_redirects", -1),
        ("allow_addresses", ["10.0.0.1/8"]),
        ("allow_addresses", ["localhost"]),
        ("allow_ports", [0]),
        ("allow_ports", [70_000]),
        ("user_agent", "a\r\nb"),
        ("contact", "خبر"),
        ("min_interval_seconds", 7200),
        ("timeout_seconds", float("nan")),
    ],
)
def test_a_bad_policy_is_refused_with_its_key(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=key):
        FetchPolicy(**{key: value})  # type: ignore[arg-type]


def test_lists_from_a_file_become_tuples() -> None:
    policy = FetchPolicy(allow_addresses=["127.0.0.0/8"], allow_ports=[80])
    assert (policy.allow_addresses, policy.allow_ports) == (("127.0.0.0/8",), (80,))


@pytest.mark.parametrize("record", [Feed, FetchPolicy])
def test_every_key_is_documented(record: type) -> None:
    assert record.__doc__ is not None
    missing = [f.name for f in fields(record) if f"{f.name}:" not in record.__doc__]
    assert missing == []
