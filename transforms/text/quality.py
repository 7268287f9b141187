"""Quality flags: what a modeller may want to filter on. A flag never drops an article.

The thresholds are the constants below; docs/quality-flags.md says where each comes from.
"""

import re
from collections import Counter

SHORT_LETTERS = 80
SHORT_LETTERS_UNSPACED = 40
MIN_LETTER_SHARE = 0.5
MIN_LENGTH_FOR_SHARE = 40
MAX_REPEATED_SHARE = 0.3
MIN_REPEATED_LENGTH = 21
GLUED_WORD_LETTERS = 40
GLUED_SENTENCES = 2
MACHINE_LINES = 8
MACHINE_LINE_LENGTH = 60
MACHINE_LINE_SHARE = 0.6
MACHINE_DIGIT_SHARE = 0.2
SHOUTED_SHARE = 0.7
MIN_CASED_LETTERS = 40

# Vowel signs and harakat belong to letters, though Unicode calls them marks.
_LETTERS = re.compile(r"[^\W\d_]+|[\u064b-\u065f\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_DIGIT = re.compile(r"\d")
_UPPER = re.compile("[A-ZÀ-ÖØ-ÞΑ-ΩА-ЯЁЂ-Џ]")
_LOWER = re.compile("[a-zß-öø-ÿα-ωа-яёђ-џ]")
_GLUED = re.compile(
    r"(?<=[a-zа-яё]{2})[.!?](?=[A-ZА-ЯЁ][a-zа-яё]{2})|(?<=[\u0620-\u064a]{3})[.؟](?=[\u0620-\u064a]{3})"
)
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TEASER = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"”»)]?$")
_ENDED = re.compile(r"[.!?…؟۔。！？।॥։፡።\])»\"”’:]\s*$")
_MARKUP = re.compile(
    r"</?(?:p|div|br|a|span|img|strong|b)\b[^<>]*>|&(?:nbsp|amp|quot|#\d+);|\{\{|\[/?caption"
)


def _is_short(text: str, letters: int) -> bool:
    limit = SHORT_LETTERS_UNSPACED if _UNSPACED.search(text) else SHORT_LETTERS
    return 0 < letters < limit


def _repeats(lines: list[str]) -> bool:
    counts = Counter(line for line in lines if len(line) >= MIN_REPEATED_LENGTH)
    repeated = sum((count - 1) * len(line) for line, count in counts.items())
    return repeated > MAX_REPEATED_SHARE * sum(map(len, lines))


def _is_listing(lines: list[str], digits: int, visible: int) -> bool:
    if len(lines) < MACHINE_LINES:
        return False
    short = sum(len(line) < MACHINE_LINE_LENGTH and not _ENDED.search(line) for line in lines)
    return short > MACHINE_LINE_SHARE * len(lines) or digits > MACHINE_DIGIT_SHARE * visible


def _is_glued(text: str, words: list[str]) -> bool:
    longest = max(words, key=len, default="")
    if len(longest) >= GLUED_WORD_LETTERS and any(
        len(word) >= GLUED_WORD_LETTERS and not _UNSPACED.search(word) for word in words
    ):
        return True
    return len(_GLUED.findall(text)) >= GLUED_SENTENCES


def _shouts(text: str) -> bool:
    upper, lower = len(_UPPER.findall(text)), len(_LOWER.findall(text))
    return upper + lower >= MIN_CASED_LETTERS and upper > SHOUTED_SHARE * (upper + lower)


def _bare(text: str) -> str:
    return " ".join(text.casefold().strip(" .!?؟۔…\n").split())


def flags(text: str, title: str | None = None, *, repaired: bool = False, tails: int = 0) -> list[str]:
    """Name what may be wrong with an article's text.

    Args:
        text: Canonical text without furniture, paragraphs on lines of their own.
        title: The headline as canonical text, or None.
        repaired: ``mojibake.repair`` changed this text.
        tails: How many teaser tails ``blocks.read_html`` cut.

    Returns:
        Flags in alphabetical order, none for a sound article; docs/quality-flags.md lists them.

    >>> flags("", None)
    ['empty']
    """
    lines = [line for line in text.split("\n") if line]
    visible = sum(map(len, lines)) - text.count(" ")
    words = _LETTERS.findall(text)
    letters = sum(map(len, words))
    found = {
        "empty": letters == 0,
        "short": _is_short(text, letters),
        "mostly_non_letters": visible >= MIN_LENGTH_FOR_SHARE and letters < MIN_LETTER_SHARE * visible,
        "repeated_lines": _repeats(lines),
        "glued_words": _is_glued(text, words),
        "mojibake": repaired,
        "replacement_characters": "\ufffd" in text,
        "truncated_teaser": bool(lines) and (tails > 0 or bool(_TEASER.search(lines[-1]))),
        "machine_listing": _is_listing(lines, len(_DIGIT.findall(text)), visible),
        "shouting": _shouts(text),
        "markup_left": bool(_MARKUP.search(text)),
        "title_only": bool(title) and letters > 0 and _bare(text) == _bare(title or ""),
    }
    return sorted(name for name, is_set in found.items() if is_set)
