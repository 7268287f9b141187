"""Records of a WARC file, from any place in it."""

import gzip
import io
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archives import Crawled, archive, page
from transforms.warc.members import Damage, Record, records

MAX = 1 << 20


def read(data: bytes, start: int = 0, end: int | None = None, limit: int = MAX) -> list[Record | Damage]:
    return list(records(io.BytesIO(data), start, len(data) if end is None else end, limit))


def urls(found: list[Record | Damage]) -> list[str]:
    """The pages of what was read, damages by their class."""
    return [name for name in map(_name, found) if name]


def _name(one: Record | Damage) -> str | None:
    if isinstance(one, Damage):
        return one.error_class
    target = re.search(rb"WARC-Target-URI: (\S+)", one.data)
    return target[1].decode() if target else None


PAGES = [Crawled(url=f"https://news.example/{n}", body=page(f"Story {n}") * (1 + n % 3)) for n in range(12)]
FILE = archive(*PAGES)
EXPECTED = [crawled.url for crawled in PAGES]
OFFSETS = [found.offset for found in read(FILE)]


def test_every_record_is_read_in_order() -> None:
    assert urls(read(FILE)) == EXPECTED


@given(st.lists(st.integers(0, len(FILE)), max_size=6))
def test_ranges_that_cover_a_file_hold_every_record_once(cuts: list[int]) -> None:
    edges = sorted({0, *cuts, len(FILE)})
    found = [one for a, b in pairwise(edges) for one in read(FILE, a, b)]
    assert urls(found) == EXPECTED


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_flipped_byte_costs_at_most_its_own_record(place: int, change: int) -> None:
    damaged = bytearray(FILE)
    damaged[place] ^= change
    hit = sum(offset <= place for offset in OFFSETS) - 2  # the first is warcinfo
    left = [url for url in urls(read(bytes(damaged))) if url in EXPECTED]
    assert set(EXPECTED) - set(left) <= {EXPECTED[hit]} if hit >= 0 else left == EXPECTED


def test_a_damaged_member_is_named_with_its_place_and_the_rest_is_read() -> None:
    damaged = bytearray(FILE)
    damaged[OFFSETS[4] + 100] ^= 0xFF
    found = read(bytes(damaged))
    [damage] = [one for one in found if isinstance(one, Damage)]
    assert (damage.offset, damage.error_class) == (OFFSETS[4], "bad_gzip")
    assert [url for url in urls(found) if url in EXPECTED] == EXPECTED[:3] + EXPECTED[4:]


def test_a_file_cut_off_ends_with_a_truncated_record() -> None:
    assert urls(read(FILE[: OFFSETS[6] + 50])) == [*EXPECTED[:5], "truncated"]


def test_junk_between_records_is_named_once() -> None:
    glued = FILE[: OFFSETS[3]] + b"<html>proxy error</html>" * 9 + FILE[OFFSETS[3] :]
    assert urls(read(glued)) == [*EXPECTED[:2], "junk", *EXPECTED[2:]]


def test_a_record_larger_than_the_limit_is_passed_over() -> None:
    big = archive(PAGES[0], Crawled(url="https://news.example/big", body=b"x" * MAX), PAGES[1])
    assert urls(read(big)) == [EXPECTED[0], "too_large", EXPECTED[1]]


def test_a_file_compressed_as_a_whole_is_told_what_to_do() -> None:
    whole = gzip.compress(archive(*PAGES, gzip=False))
    [damage] = read(whole, limit=2000)
    assert isinstance(damage, Damage)
    assert "warcio recompress" in damage.finding


def test_a_plain_file_is_read_as_a_whole() -> None:
    plain = archive(*PAGES, gzip=False)
    assert urls(read(plain)) == EXPECTED
    assert urls(read(plain[:-200])) == [*EXPECTED[:-1], "truncated"]


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", b"WARC/1.0", b"junk"])
def test_what_is_no_archive_gives_no_record(data: bytes) -> None:
    assert not [one for one in read(data) if isinstance(one, Record)]


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_raise_nothing(data: bytes) -> None:
    read(data)
    read(b"WARC/1.0\r\n" + data)
    read(FILE[: OFFSETS[1]] + data)
