import contextlib
import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.fetch.decode import decode_body
from transforms.fetch.errors import FetchError

LIMIT = 1 << 20
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
# Feeds begin with markup; bytes that begin like a compressed stream are taken for one on purpose.
documents = st.binary().map(lambda tail: b"<rss>" + tail)


@given(documents, st.sampled_from(sorted(PACKERS)))
def test_decoding_gives_back_what_was_encoded(document: bytes, name: str) -> None:
    assert decode_body(PACKERS[name](document), name, LIMIT) == document


@given(documents, st.sampled_from(["gzip", "zstd"]))
def test_what_is_compressed_is_decompressed_unannounced(document: bytes, name: str) -> None:
    assert decode_body(PACKERS[name](document), "", LIMIT) == document


@given(documents, st.sampled_from(["", "identity", "utf-8", "gzip", "zstd", "none, none"]))
def test_a_plain_document_passes_whatever_is_announced(document: bytes, name: str) -> None:
    assert decode_body(document, name, LIMIT) == document


@given(documents, st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.data())
def test_a_cut_stream_is_never_taken_for_whole(document: bytes, name: str, data: st.DataObject) -> None:
    packed = PACKERS[name](document)
    cut = packed[: data.draw(st.integers(min_value=4, max_value=len(packed) - 1))]
    with pytest.raises(FetchError, match="truncated"):
        decode_body(cut, name, LIMIT)


@given(st.binary(), st.text(alphabet="gziplatebrsd,- ", max_size=30))
def test_any_bytes_give_a_body_or_a_named_error(body: bytes, encoding: str) -> None:
    # Anything but a FetchError, whose constructor checks the class, fails the test.
    with contextlib.suppress(FetchError):
        assert len(decode_body(body, encoding, LIMIT)) <= LIMIT


@given(st.integers(min_value=0, max_value=2000), st.sampled_from(["gzip", "deflate", "br", "zstd"]))
def test_the_limit_is_exact(size: int, name: str) -> None:
    document = b"<" * size
    assert decode_body(PACKERS[name](document), name, size) == document
    assume(size > 0)
    with pytest.raises(FetchError, match="too_large"):
        decode_body(PACKERS[name](document), name, size - 1)


@given(st.lists(documents, min_size=1, max_size=5), st.sampled_from(["gzip", "zstd"]))
def test_members_are_joined(parts: list[bytes], name: str) -> None:
    assert decode_body(b"".join(map(PACKERS[name], parts)), name, LIMIT) == b"".join(parts)


@given(documents, st.sampled_from(["gzip", "zstd"]))
def test_junk_after_the_last_member_is_ignored(document: bytes, name: str) -> None:
    assert decode_body(PACKERS[name](document) + b"\njunk", name, LIMIT) == document


@given(documents)
def test_layers_are_undone_from_the_outermost(document: bytes) -> None:
    packed = brotli.compress(zlib.compress(gzip.compress(document)))
    assert decode_body(packed, "gzip, deflate, br", LIMIT) == document


@given(documents)
def test_raw_deflate_is_understood(document: bytes) -> None:
    stream = zlib.compressobj(wbits=-15)
    assert decode_body(stream.compress(document) + stream.flush(), "deflate", LIMIT) == document


def test_an_empty_body_is_empty() -> None:
    assert decode_body(b"", "gzip", LIMIT) == b""
