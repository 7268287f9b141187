"""The byte stage: whatever a server sent, to clean text and the name of the charset it was in."""

import codecs
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass

from transforms.feeds import charset_guess
from transforms.feeds.characters import clean
from transforms.feeds.entry import FeedError

MAX_BYTES = 10 * 2**20
# "A few bad sequences" are still UTF-8: a cut character, a stray byte. FEEDS: a share and an allowance.
BAD_SHARE = 0.02
BAD_ALLOWED = 3

_XML_LABEL = re.compile(rb"^[^>]{0,300}?encoding\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)")
_HTTP_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.I)
_NO_PROFILE = frozenset(
    ["gb18030", "big5hkscs", "cp949", "cp932", "euc_jp", "iso2022_jp", "hz", "cp874", "johab", "iso2022_kr"]
)
_SEVEN_BIT = frozenset(["iso2022_jp", "hz", "iso2022_kr"])
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 13))
_UTF8_BOMS = re.compile(rb"^(?:\s*\xef\xbb\xbf)+")
_ESCAPED = re.compile("[\udc80-\udcff]+")
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a document, free of characters XML forbids.

    Attributes:
        text: No BOM, no white space before the first character, no illegal characters.
        encoding: Python name of the charset the bytes were in.
        flags: What had to be repaired, e.g. ``charset_mislabelled``, ``bad_bytes``.
    """

    text: str
    encoding: str
    flags: tuple[str, ...] = ()


def decode(body: bytes, *, content_type: str | None = None, language: str | None = None) -> Decoded:
    """Turn the bytes of a document into clean text.

    The order of evidence: BOM, the NULs of UTF-16, valid UTF-8 whatever the labels say, nearly valid
    UTF-8 (bad sequences become U+FFFD), the HTTP label, the XML label, the letters themselves.

    Args:
        body: As received; a gzip body is inflated.
        content_type: HTTP header; only its charset is read.
        language: BCP 47 tag of the source, a hint where the letters decide.

    Raises:
        FeedError: ``too_large`` when a gzip body inflates beyond ``MAX_BYTES``.

    >>> decode("<title>خبر</title>".encode("cp1256"), language="ar").text
    '<title>خبر</title>'
    """
    flags: tuple[str, ...] = ()
    if body.startswith(b"\x1f\x8b"):
        body, flags = _inflate(body)
    text, encoding, found = _to_text(body, content_type, language)
    # In UTF-8 only bytes below 0x20 become control characters: a scan of bytes is cheap.
    controls = encoding != "utf-8" or len(body.translate(None, _CONTROLS)) != len(body)
    text, repaired = clean(text, controls=controls)
    return Decoded(text, encoding, (*flags, *found, *repaired))


def _inflate(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    stream = zlib.decompressobj(31)
    try:
        data = stream.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise FeedError("bad_gzip", f"the body is damaged gzip: {error}") from error
    if len(data) > MAX_BYTES:
        raise FeedError("too_large", f"the gzip body inflates beyond {MAX_BYTES} bytes")
    return data, ("gzip",) if stream.eof else ("gzip", "gzip_truncated")


def _to_text(body: bytes, content_type: str | None, language: str | None) -> tuple[str, str, tuple[str, ...]]:
    for mark, name in _BOMS:
        if body.startswith(mark) and _has_markup(body[len(mark) : 4096], name):
            return body[len(mark) :].decode(name, "replace"), name, ()
    body = _UTF8_BOMS.sub(b"", body)
    if wide := _wide(body):
        return body.decode(wide, "replace"), wide, ("no_bom",)
    wanted = _labels(body, content_type)
    bad, good = _count_utf8(body)
    if bad <= good and bad <= BAD_ALLOWED + BAD_SHARE * good:
        return _as_utf8(body, bad, good, wanted)
    return _legacy(body, wanted, language)


def _has_markup(head: bytes, name: str) -> bool:
    """Whether a BOM keeps its word: some servers put one in front of another charset."""
    return any(sign in head.decode(name, "replace") for sign in "<{[")


def _wide(body: bytes) -> str | None:
    """UTF-16 without a BOM: markup is ASCII, so every other byte of it is NUL."""
    head = body[:400]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) * 0.2 and even < odd / 8:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) * 0.2 and odd < even / 8 else None


def _labels(body: bytes, content_type: str | None) -> list[str]:
    http = _HTTP_LABEL.search(content_type or "")
    xml = _XML_LABEL.search(body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n"))
    names = [http[1]] if http else []
    names += [xml[1].decode("ascii")] if xml else []
    return [known for name in names if (known := _known(name))]


def _known(label: str) -> str | None:
    name = charset_guess.labels().get(label.lower(), label.lower())
    try:
        codec = codecs.lookup(name)
    except LookupError:
        return None
    return codec.name if codec._is_text_encoding else None


def _count_utf8(body: bytes) -> tuple[int, int]:
    """Bad sequences, and good characters beyond ASCII (1 for any number when none is bad), read as UTF-8."""
    if body.isascii():
        return 0, 0
    with suppress(UnicodeDecodeError):
        body.decode("utf-8")
        return 0, 1
    text = body.decode("utf-8", "surrogateescape")
    rest = len(text.encode("ascii", "ignore"))
    runs = _ESCAPED.findall(text)
    return len(runs), len(text) - rest - sum(map(len, runs))


def _as_utf8(body: bytes, bad: int, good: int, wanted: list[str]) -> tuple[str, str, tuple[str, ...]]:
    seven_bit = next((name for name in wanted if name in _SEVEN_BIT), None)
    if seven_bit and not good and not bad:
        return body.decode(seven_bit, "replace"), seven_bit, ()
    mislabelled = bool(good) and any(name != "utf-8" for name in wanted)
    flags = ("charset_mislabelled",) * mislabelled + ("bad_bytes",) * bool(bad)
    return body.decode("utf-8", "replace"), "utf-8", flags


def _legacy(body: bytes, wanted: list[str], language: str | None) -> tuple[str, str, tuple[str, ...]]:
    for name in wanted:
        with suppress(UnicodeDecodeError):
            if name in _NO_PROFILE:  # their letters are not judged: a strict decoding is evidence enough
                return body.decode(name), name, ()
    ranked = charset_guess.rank(body, language)
    scores = {name: value for value, name in ranked}
    # Without a letter to judge (curly quotes alone) nothing beats the commonest charset of the Web.
    best_score, best = ranked[0] if ranked and ranked[0][0] > 0 else (0.0, "cp1252")
    for name in wanted:
        if name in scores and scores[name] >= best_score - charset_guess.LABEL_MARGIN:
            return body.decode(name, "replace"), name, ()
    flag = "charset_mislabelled" if wanted else "charset_guessed"
    return body.decode(best, "replace"), best, (flag,)
