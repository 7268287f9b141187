"""Characters and character references an XML document may not hold."""

import re

# XML 1.0, 2.2 Characters: https://www.w3.org/TR/xml/#charsets
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
# What may be illegal: controls, surrogates, FFFE and FFFF, more than six digits.
_SUSPECT = re.compile(
    r"&(?:amp;)?#(?:[xX]0*(?:1?[0-9A-Fa-f]|[dD][89A-Fa-f][0-9A-Fa-f]{2}|[fF]{3}[eEfF]|[0-9A-Fa-f]{6,})(?![0-9A-Fa-f])"
    r"|0*(?:[12]?[0-9]|3[01]|5[5-7][0-9]{3}|6553[45]|[0-9]{7,})(?![0-9]))"
)
_REFERENCE = re.compile(r"(&(?:amp;)?#)(?:[xX]([0-9A-Fa-f]+)|([0-9]+))(;?)")
_PAIR = re.compile(
    r"&(?:amp;)?#(?:[xX]([dD][89abAB][0-9a-fA-F]{2})|(5[5-6][0-9]{3}));"
    r"&(?:amp;)?#(?:[xX]([dD][c-fC-F][0-9a-fA-F]{2})|(5[6-7][0-9]{3}));"
)


def clean(text: str, *, controls: bool = True) -> tuple[str, tuple[str, ...]]:
    r"""Make text safe for an XML parser.

    Byte order marks and white space at the start go, and illegal characters; references to the two
    halves of a surrogate pair are joined, references to illegal characters dropped.

    Args:
        text: Of a document.
        controls: False when the caller knows that there are no control characters or surrogates.

    Returns:
        The text and flags: ``illegal_characters``, ``bad_references``.

    >>> clean("a&#55357;&#56832;b&#0;c\x08d")
    ('a😀bcd', ('illegal_characters', 'bad_references'))
    """
    flags: tuple[str, ...] = ()
    if _may_be_illegal(text, controls) and _ILLEGAL.search(text):
        text, flags = _ILLEGAL.sub("", text), ("illegal_characters",)
    if "#" in text and _SUSPECT.search(text):
        repaired = _REFERENCE.sub(_keep_legal, _PAIR.sub(_join, text))
        if repaired != text and _SUSPECT.search(repaired):
            # Dropping one has joined the halves of another, as in &#xD8&#0;00; : nothing joins over U+FFFD.
            repaired = _REFERENCE.sub(_mark_illegal, repaired)
        flags += ("bad_references",) * (repaired != text)
        text = repaired
    return text.lstrip("\ufeff \t\r\n"), flags


def _may_be_illegal(text: str, controls: bool) -> bool:
    return controls or "\ufffe" in text or "\uffff" in text


def _join(match: re.Match[str]) -> str:
    high = int(match[1], 16) if match[1] else int(match[2])
    low = int(match[3], 16) if match[3] else int(match[4])
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return match[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _mark_illegal(match: re.Match[str]) -> str:
    return _keep_legal(match) or "\ufffd"


def _keep_legal(match: re.Match[str]) -> str:
    digits = (match[2] or match[3]).lstrip("0")
    if len(digits) > 7:
        return ""
    code = int(digits or "0", 16 if match[2] else 10)
    legal = (
        code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    )
    return match[0] if legal else ""
