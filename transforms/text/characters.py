"""Tables of single characters that `canonical` maps or drops, made from the Unicode database."""

import re
import unicodedata
from typing import Literal

_KEPT_LIGATURES = range(0xFDF0, 0xFE00)  # ﷲ ﷺ ﷼ ﷽: symbols in print, words only in search


def _presentation_form(code: int) -> str | None:
    """The letters a presentation form stands for; None when it stays.

    Spacing forms of harakat decompose to U+0020 or U+0640 plus the mark: only the mark is meant.
    """
    form = unicodedata.decomposition(chr(code))
    if not form.startswith("<") or code in _KEPT_LIGATURES:
        return None
    letters = unicodedata.normalize("NFKC", chr(code))
    if unicodedata.category(letters[-1]) == "Mn":
        return letters.lstrip(" \u0640")
    return letters


def _presentation_forms() -> dict[int, str]:
    blocks = (range(0xFB00, 0xFB50), range(0xFB50, 0xFE00), range(0xFE70, 0xFF00))
    forms = ((code, _presentation_form(code)) for block in blocks for code in block)
    return {code: letters for code, letters in forms if letters is not None}


NEWLINES = "\v\f\x85\u2028\u2029"
SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_FORMAT = (
    [0xAD, 0x61C, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
    + [code for code in range(0x20) if chr(code) not in "\t\n\v\f\r"]
    + [code for code in range(0x7F, 0xA0) if code != 0x85]
    + [*range(0xFFF9, 0xFFFC)]
)

PRESENTATION_FORMS = _presentation_forms()
DROPPED = frozenset(_FORMAT)
CANONICAL: dict[int, str] = {
    **dict.fromkeys(DROPPED, ""),
    **dict.fromkeys(map(ord, NEWLINES), "\n"),
    **dict.fromkeys(map(ord, SPACES), " "),
    **PRESENTATION_FORMS,
}
# Scripts whose letters join, or whose clusters need a joiner: there ZWNJ and ZWJ are content.
ARABIC = (
    "\u0620-\u063f\u0641-\u064a\u066e-\u066f\u0671-\u06d3\u06d5\u06ee-\u06ef\u06fa-\u06ff"
    "\u0750-\u077f\u08a0-\u08c9\u0870-\u0887"
)
ARABIC_MARKS = (
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u08ca-\u08e1\u08e3-\u08ff"
)
ARABIC_DIGITS = "0-9\u0660-\u0669\u06f0-\u06f9"
INDIC = (
    "\u0710-\u074f\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\u1b00-\u1b7f\ua840-\ua8ff\ua980-\ua9df"
)
NO_SPACE_SCRIPTS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"  # Thai, Lao, Burmese, Khmer
)

_COMBINING = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
_MARK_RUN = re.compile(f"[{_COMBINING}]{{32,}}")


def _in_order(run: re.Match[str]) -> str:
    return "".join(sorted(run[0], key=unicodedata.combining))


def normalise_form(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Unicode normalisation in linear time.

    Python orders the marks of one letter by insertion, in the square of their number: long runs,
    which no language has, are put in order before.
    """
    if unicodedata.is_normalized(form, text):
        return text
    return unicodedata.normalize(form, _MARK_RUN.sub(_in_order, text))
