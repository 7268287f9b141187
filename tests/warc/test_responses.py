"""One WARC record to a page: HTTP as crawlers store it, right and wrong."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archives import Crawled, page, record_bytes
from transforms.fetch.errors import FetchError
from transforms.warc.responses import Refused, Response, Skipped, WarcPage, dechunked, read_responses

HTML = page()
PIECES = [HTML[i : i + 100] for i in range(0, len(HTML), 100)]
CHUNKED = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in PIECES) + b"0\r\nX-Trailer: 1\r\n\r\n"


def read(crawled: Crawled, limit: int = 1 << 20) -> Response:
    [response] = read_responses(record_bytes(crawled), limit)
    return response


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, HTML),
        ({"Transfer-Encoding": "chunked"}, CHUNKED),
        ({"Transfer-Encoding": "chunked"}, HTML),  # stored undone, header kept
        ({"Content-Encoding": "gzip"}, gzip.compress(HTML)),
        ({"Content-Encoding": "gzip"}, HTML),
        ({"Content-Encoding": "br"}, brotli.compress(HTML)),
        ({"Content-Encoding": "deflate"}, zlib.compress(HTML)),
        ({"Content-Length": "99999"}, HTML),  # of the coded body, long undone
        ({"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}, b"%x\r\n%b\r\n0\r\n\r\n"),
    ],
)
def test_a_page_comes_out_as_the_reader_saw_it(headers: dict[str, str], body: bytes) -> None:
    if b"%x" in body:
        packed = gzip.compress(HTML)
        body = body % (len(packed), packed)
    response = read(Crawled(body=body, headers=headers))
    assert isinstance(response, WarcPage)
    assert response.body == HTML
    assert response.fetched_at.isoformat() == "2026-03-05T08:00:00+00:00"


@pytest.mark.parametrize(
    ("crawled", "reason"),
    [
        (Crawled(status="404 Not Found"), "http_404"),
        (Crawled(status="301 Moved"), "http_301"),
        (Crawled(content_type="application/pdf"), "not_html"),
        (Crawled(content_type="text/plain"), "not_html"),
        (Crawled(kind="request", status="GET / HTTP/1.1"), "request_record"),
        (Crawled(kind="revisit"), "revisit_record"),
        (Crawled(url="dns:news.example"), "not_http"),
        (Crawled(body=b"  \n"), "empty_body"),
    ],
)
def test_what_is_no_page_is_left_out_for_a_reason(crawled: Crawled, reason: str) -> None:
    assert read(crawled) == Skipped(reason)


@pytest.mark.parametrize(
    ("crawled", "error_class"),
    [
        (Crawled(warc={"WARC-Truncated": "length"}), "truncated"),
        (Crawled(body=CHUNKED[:500], headers={"Transfer-Encoding": "chunked"}), "truncated"),
        (Crawled(body=gzip.compress(HTML)[:-20], headers={"Content-Encoding": "gzip"}), "truncated"),
        (Crawled(body=brotli.compress(HTML)[:-9], headers={"Content-Encoding": "br"}), "truncated"),
        (Crawled(body=b"\xff" * 50, headers={"Content-Encoding": "br"}), "bad_encoding"),
        (Crawled(body=gzip.compress(b"a" * 2_000_000), headers={"Content-Encoding": "gzip"}), "too_large"),
        (Crawled(date="yesterday"), "bad_record"),
    ],
)
def test_what_should_be_a_page_and_cannot_be_read_is_named(crawled: Crawled, error_class: str) -> None:
    response = read(crawled)
    assert isinstance(response, Refused)
    assert (response.url, response.error_class) == (crawled.url, error_class)


def test_a_record_shorter_than_it_says_is_truncated() -> None:
    [response] = read_responses(record_bytes(Crawled())[:-300], 1 << 20)
    assert isinstance(response, Refused)
    assert response.error_class == "truncated"


def test_a_page_without_a_type_is_taken_for_html() -> None:
    assert isinstance(read(Crawled(content_type=None)), WarcPage)


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_refused_or_skipped(data: bytes) -> None:
    for response in read_responses(data, 1000):
        assert not isinstance(response, WarcPage)
    list(read_responses(b"WARC/1.0\r\nWARC-Type: response\r\n" + data, 1000))


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=8), st.booleans())
def test_chunks_are_joined_whatever_they_hold(chunks: list[bytes], extended: bool) -> None:
    mark = b";x=1" if extended else b""
    body = b"".join(b"%X%b\r\n%b\r\n" % (len(chunk), mark, chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert dechunked(body) == b"".join(chunks)


def test_chunks_that_stop_are_an_error() -> None:
    with pytest.raises(FetchError, match="truncated"):
        dechunked(b"3\r\nabc\r\n")
