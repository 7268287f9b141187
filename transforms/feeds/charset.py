"""The byte stage: whatever a server sent, to clean text and a name for the charset it was in."""

import codecs
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a document, free of characters XML forbids.

    Attributes:
        text: No BOM, nothing before the root element's prolog, no illegal characters.
        encoding: Name of the charset the bytes were in.
        flags: What had to be repaired, in order, e.g. ``charset_mislabelled``.
    """

    text: str
    encoding: str
    flags: tuple[str, ...] = ()


_LABEL = re.compile(rb"^[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]+)")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(body: bytes, *, content_type: str | None = None, language: str | None = None) -> Decoded:
    """Turn bytes into clean text: BOM, then valid UTF-8, then the labels."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(_clean(body[len(mark) :].decode(name, "replace")), name)
    label = _LABEL.search(body)
    names = ["utf-8", *([label[1].decode("ascii")] if label else []), "cp1256"]
    for name in names:
        try:
            return Decoded(_clean(body.decode(name)), name)
        except (UnicodeDecodeError, LookupError):
            continue
    return Decoded(_clean(body.decode("utf-8", "replace")), "utf-8", ("bad_bytes",))


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text).lstrip("\ufeff \t\r\n")
