"""Text that was decoded with the wrong charset: found cheaply, repaired when the gain is sure.

ftfy repairs UTF-8 read as a Western or Cyrillic single-byte charset. It does not know Arabic
cp1256, nor cp1251 or cp1256 bytes read as Latin-1; those rescues are here.
"""

import codecs
import re
import unicodedata
from itertools import pairwise

import ftfy

_CONFIG = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
)
# Lead bytes of UTF-8 seen through cp1252 or Latin-1, with a continuation byte behind.
_SUSPECT = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_MIN_PAIRS = 2  # two-byte sequences that must vanish before a text counts as UTF-8 read wrongly
_HIGH_RUN = re.compile(
    "[\u00a1-\u00ff\u0192\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u02c6\u2018-\u201e\u2020-\u2022\u2030\u2039\u203a\u2122\u2013\u2014\u20ac]{3,}"
)
_LATIN_1_HIGH = re.compile("[\u00c0-\u00ff]")
_ASCII_LETTER = re.compile("[A-Za-z]")
# The ten commonest letters of Arabic are 65-70 % of running text, those of Russian 60-65 %.
_COMMON = {"cp1256": frozenset("اليمنورتبةعدسهفكحق"), "cp1251": frozenset("оеаинтсрвлкмдпуязы")}
_MIN_COMMON = 0.7
_MIN_HIGH = 0.6  # share of À-ÿ among the letters: French has 0.04, Vietnamese 0.25, Icelandic 0.12


def _sloppy(error: UnicodeError) -> tuple[bytes, int]:
    """Bytes a charset leaves undefined are commonly passed through as U+0080-U+009F."""
    if isinstance(error, UnicodeEncodeError):
        letters = error.object[error.start : error.end]
        if all(0x80 <= ord(letter) < 0xA0 for letter in letters):
            return letters.encode("latin-1"), error.end
    raise error


codecs.register_error("khabar-sloppy", _sloppy)


def _recode(text: str, read_as: str, really: str) -> str | None:
    """Undo a wrong decoding, byte for byte; None when the text cannot have come that way."""
    try:
        return text.encode(read_as, "khabar-sloppy").decode(really)
    except UnicodeError:
        return None


def _plausible(text: str, charset: str) -> bool:
    letters = [
        letter for letter in text.lower() if ord(letter) > 0x7F and unicodedata.category(letter)[0] == "L"
    ]
    if len(letters) < 3:
        return False
    common = sum(letter in _COMMON[charset] for letter in letters)
    if charset == "cp1251":  # capitals stand at the head of words, not inside
        inside = sum(a.islower() and b.isupper() for a, b in pairwise(text))
        if inside > len(letters) / 20:
            return False
    return common >= _MIN_COMMON * len(letters)


def _single_byte(text: str) -> str | None:
    """Arabic (cp1256) or Cyrillic (cp1251) bytes that were read as Latin-1 or cp1252."""
    high = len(_LATIN_1_HIGH.findall(text))
    if high < 6 or high < _MIN_HIGH * (high + len(_ASCII_LETTER.findall(text))):
        return None
    for charset in ("cp1256", "cp1251"):
        repaired = _recode(text, "cp1252", charset)
        if repaired is not None and _plausible(repaired, charset):
            return repaired
    return None


def _utf8(text: str) -> str | None:
    """UTF-8 that was read as cp1256 or cp1251: no sound text survives the way back."""
    for charset in ("cp1256", "cp1251"):
        repaired = _recode(text, charset, "utf-8")
        if repaired is not None and len(repaired) <= len(text) - _MIN_PAIRS:
            return repaired
    return None


def repair(text: str) -> tuple[str, bool]:
    """Repair mojibake.

    Args:
        text: Any text; nearly all of it is sound and comes back as it is after one search.

    Returns:
        ``(text, repaired)``; ``repaired`` is True exactly when the text was changed.

    >>> repair("ÇáÚÑÈíÉ ãä ÃÌá")
    ('العربية من أجل', True)
    >>> repair("Ça été créé à l'île")
    ("Ça été créé à l'île", False)
    """
    if text.isascii():
        return text, False
    repaired = _utf8(text)
    if repaired is None and _HIGH_RUN.search(text):
        repaired = _single_byte(text)
    if repaired is None and _SUSPECT.search(text):
        repaired = ftfy.fix_text(text, _CONFIG)
    if repaired is None or repaired == text:
        return text, False
    return repaired, True
