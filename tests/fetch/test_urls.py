import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fetch.errors import FetchError
from transforms.fetch.urls import Target, parse_target, redact, redirect_target

BASE = parse_target("https://news.example/a/b?c")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://news.example", Target("http", "news.example", 80, "/")),
        ("HTTPS://News.Example:8443/A", Target("https", "news.example", 8443, "/A")),
        ("http://أخبار.example/", Target("http", "xn--igbicxr.example", 80, "/")),
        ("http://[2A02:06B8::1]/", Target("http", "2a02:6b8::1", 80, "/")),
        ("http://1.1.1.1/", Target("http", "1.1.1.1", 80, "/")),
        (
            "https://news.example/a?q=خبر&x=%D8#f",
            Target("https", "news.example", 443, "/a?q=%D8%AE%D8%A8%D8%B1&x=%D8"),
        ),
    ],
)
def test_a_url_is_read(url: str, target: Target) -> None:
    assert parse_target(url) == target


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://x/",
            "//x/",
            "x",
            "http://",
            "http:///x",
            "http://a b/",
            "http://a\\@b/",
            "http://a/\r\nX: y",
        ),
        *("http://u@x/", "http://u:p@x/", "http://x:0/", "http://x:99999/", "http://x:y/", "http://[::1/"),
        *("http://" + "a" * 64 + ".example/", "http://a..example/", "http://x/\x00"),
    ],
)
def test_a_url_two_programs_may_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(FetchError, match="bad_url"):
        parse_target(url)


@pytest.mark.parametrize(
    "host", ["0x7f000001", "2130706433", "0177.0.0.1", "127.1", "1.2.3", "0x7f.1", "127.0.0.1."]
)
def test_an_address_in_disguise_is_refused(host: str) -> None:
    with pytest.raises(FetchError, match="blocked_address"):
        parse_target(f"http://{host}/")


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/x", "https://news.example/x"),
        ("x", "https://news.example/a/x"),
        ("?d", "https://news.example/a/b?d"),
        ("//other.example/x", "https://other.example/x"),
        (" https://other.example/ ", "https://other.example/"),
        ("/أخبار".encode().decode("latin-1"), "https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"),
        ("/caf\xe9", "https://news.example/caf%C3%A9"),
        ("/a b", "https://news.example/a%20b"),
    ],
)
def test_a_location_is_read_against_its_page(location: str, url: str) -> None:
    assert redirect_target(BASE, location).url == url


@pytest.mark.parametrize(
    "location", ["javascript:x", "mailto:x@y", "/a\r\nb", "/a\tb\\c", "http://[x/", "file:///x"]
)
def test_a_location_that_leads_nowhere_is_refused(location: str) -> None:
    with pytest.raises(FetchError, match="redirect"):
        redirect_target(BASE, location)


@given(st.text())
def test_any_text_is_a_url_or_a_named_error(text: str) -> None:
    try:
        target = parse_target("http://" + text)
    except FetchError:
        return
    assert target.url.isascii()
    assert target.url.isprintable()


@given(st.text())
def test_reading_a_url_again_changes_nothing(text: str) -> None:
    try:
        target = parse_target("http://news.example/" + text)
    except FetchError:
        return
    assert parse_target(target.url) == target


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_any_location_is_a_target_or_a_named_error(location: str) -> None:
    try:
        target = redirect_target(BASE, location)
    except FetchError:
        return
    assert target.scheme in ("http", "https")


@pytest.mark.parametrize(
    "key", ["apikey", "api_key", "access_token", "Signature", "password", "X-Amz-Credential"]
)
def test_a_secret_looking_parameter_is_masked(key: str) -> None:
    assert "hunter2" not in redact(f"https://news.example/rss?a=1&{key}=hunter2")


def test_a_url_without_secrets_is_shown_as_it_is() -> None:
    assert redact("https://news.example/rss?lang=ar&page=2") == "https://news.example/rss?lang=ar&page=2"


def test_user_information_is_not_shown() -> None:
    assert redact("https://u:hunter2@news.example/rss") == "https://news.example/rss"


@given(st.text())
def test_anything_can_be_shown(text: str) -> None:
    assert isinstance(redact("http://" + text), str)
