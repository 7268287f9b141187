"""Quality flags: what a modeller may want to filter on. A flag never drops an article.

The thresholds are the constants below; docs/quality-flags.md says where each comes from.
"""

import re
from collections import Counter

SHORT_LETTERS = 80
MIN_LETTER_SHARE = 0.5
MIN_LENGTH_FOR_SHARE = 40
MAX_REPEATED_SHARE = 0.3
GLUED_WORD_LETTERS = 40
MACHINE_DIGIT_SHARE = 0.2
MACHINE_LINES = 8
SHOUTED_SHARE = 0.7
MAX_REPLACEMENTS = 0

_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(rf"[^\W\d_]{{{GLUED_WORD_LETTERS},}}")
_GLUED = re.compile(r"[a-zа-яё]{2,}[.!?][A-ZА-ЯЁ][a-zа-яё]{2,}|[\u0620-\u064a]{3,}[.؟][\u0620-\u064a]{3,}")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TEASER = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"”»)]?$")
_ENDED = re.compile(r"[.!?…؟۔。！？।॥։፡።\])»\"”’:]\s*$")
_MARKUP = re.compile(r"</?(?:p|div|br|a|span|img|strong|b)\b[^>]*>|&(?:nbsp|amp|quot|#\d+);|\{\{|\[/?caption")


def _repeated(lines: list[str]) -> bool:
    counts = Counter(line for line in lines if len(line) > 20)
    repeated = sum((count - 1) * len(line) for line, count in counts.items())
    return repeated > MAX_REPEATED_SHARE * sum(map(len, lines))


def _machine_listing(lines: list[str], digits: int, visible: int) -> bool:
    if len(lines) < MACHINE_LINES:
        return False
    short = sum(len(line) < 60 and not _ENDED.search(line) for line in lines)
    return short > 0.6 * len(lines) or digits > MACHINE_DIGIT_SHARE * visible


def _glued(text: str) -> bool:
    if any(not _UNSPACED.search(word) for word in _WORD.findall(text)):
        return True
    return len(_GLUED.findall(text)) >= 2


def flags(text: str, title: str | None = None, *, repaired: bool = False, tails: int = 0) -> list[str]:
    """Name what may be wrong with an article's text.

    Args:
        text: Canonical text without furniture, paragraphs on lines of their own.
        title: The headline, or None.
        repaired: ``mojibake.repair`` changed this text.
        tails: How many teaser tails ``blocks.read_html`` cut.

    Returns:
        Flags in alphabetical order, empty for a sound article.

    >>> flags("", None)
    ['empty']
    """
    lines = [line for line in text.split("\n") if line]
    visible = sum(map(len, lines)) - text.count(" ")
    letters = len(_LETTER.findall(text))
    found = {
        "empty": letters == 0,
        "short": 0 < letters < SHORT_LETTERS,
        "mostly_non_letters": visible >= MIN_LENGTH_FOR_SHARE and letters < MIN_LETTER_SHARE * visible,
        "repeated_lines": _repeated(lines),
        "glued_words": _glued(text),
        "mojibake": repaired,
        "replacement_characters": "\ufffd" in text,
        "truncated_teaser": bool(lines) and (tails > 0 or bool(_TEASER.search(lines[-1]))),
        "machine_listing": _machine_listing(lines, len(_DIGIT.findall(text)), visible),
        "markup_left": bool(_MARKUP.search(text)),
        "title_only": title is not None and text != "" and text.strip(" .") == title.strip(" ."),
    }
    return sorted(name for name, is_set in found.items() if is_set)
