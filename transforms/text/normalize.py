r"""Canonical text: typing and encoding noise removed, nothing an author wrote changed.

The contract of ``canonical`` (properties of these are tests): idempotent; no letter is replaced
by another, presentation forms and canonical equivalents excepted; no visible character is
deleted, tatweel inside a word excepted; the only white space left is ``' '`` and ``'\n'``.
"""

import re
from collections.abc import Callable

from transforms.text.characters import (
    ARABIC,
    ARABIC_DIGITS,
    ARABIC_MARKS,
    CANONICAL,
    INDIC,
    NO_SPACE_SCRIPTS,
    normalise_form,
)
from transforms.text.search import search_form

_SPECIAL = re.compile("[" + "".join(f"\\U{code:08x}" for code in sorted(CANONICAL)) + "]")
_EMOJI = "\u203c-\u3299\ufe0f\U0001f000-\U0001ffff"
_STRAY_JOINERS = re.compile(
    # ZWNJ stays between letters (or a digit and a letter) of a joining or cluster-forming script.
    f"\u200c(?:(?<![{ARABIC}{ARABIC_MARKS}{ARABIC_DIGITS}{INDIC}]\u200c)"
    f"|(?![\u200c\u200d]*[{ARABIC}{ARABIC_DIGITS}{INDIC}]))"
    # ZWJ stays after a letter whose joining form it shows (ه‍.ش), in Indic clusters and in emoji.
    f"|\u200d(?!(?<=[{ARABIC}]\u200d)(?![\u200b-\u200d]*[{ARABIC}{ARABIC_MARKS}])"
    f"|(?<=[{INDIC}]\u200d)(?!\u200d)|(?<=[{_EMOJI}]\u200d)(?=[{_EMOJI}]))"
    # ZWSP is a line-break opportunity: only scripts without spaces need it.
    f"|\u200b(?!(?<=[{NO_SPACE_SCRIPTS}]\u200b)(?=[{NO_SPACE_SCRIPTS}]))"
)
_TATWEEL_INSIDE = re.compile(f"(?<=[{ARABIC}{ARABIC_MARKS}])\u0640+(?=[{ARABIC}{ARABIC_MARKS}])")
_TATWEEL_RUN = re.compile("\u0640\u0640+")
_TATWEEL_ALONE = re.compile("(?:(?<=[ \n])|^)\u0640(?=[ \n]|$)")
_EDGES = re.compile(r" +\n *|\n +")
_EMPTY_LINES = re.compile(r"\n{3,}")
# A space before closing punctuation is typing noise; before a stop that starts a token
# (" .NET", " ...") it is not. Arabic punctuation starts no token.
_SPACED = tuple(f" {mark}" for mark in ".,;!?،؛؟۔，。；！？、")
_ALWAYS = "[،؛؟۔，。；！？、]"
_COMMON = re.compile(rf" +(?={_ALWAYS}|,(?=[^\W\d_])|(?:[.,;]|[!?]+)(?![\w.=]))")
_FRENCH = re.compile(rf" +(?={_ALWAYS}|,(?=[^\W\d_])|[.,](?![\w.,]))")
_NOT_LATIN = re.compile(r"(?<![A-Za-z\u00c0-\u024f]) +(?=(?:;|[!?]+)(?![\w.=]))")
_BRACKETS = re.compile(r"[(«\n]| *[)»]")
_OPENS_AFTER = re.compile(
    r"(?:^|[\s(\[«“‘/:،,.–—-]|(?:^|[\s،؛:,(«])[وفبكل]{1,2}|(?:^|\s)(?:و?ال|و?ب?ال)ـ?|ـ)$"
)
_CLOSES_BEFORE = re.compile(r"(?:$|[\s)\]»”’/:;.,!?،؛؟۔…–—-])")
_SPACED_TYPOGRAPHY = frozenset({"fr", "br"})


def _tatweel(text: str) -> str:
    text = _TATWEEL_RUN.sub("\u0640", _TATWEEL_INSIDE.sub("", text))
    return _TATWEEL_ALONE.sub("-", text)


def _white_space(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    if " \n" in text or "\n " in text:
        text = _EDGES.sub("\n", text)
    if "\n\n\n" in text:
        text = _EMPTY_LINES.sub("\n\n", text)
    return text.strip(" \n")


def _closers(keep_guillemet: bool) -> Callable[[re.Match[str]], str]:
    """Replacement that drops the space before ``)`` and ``»`` where one of them is open."""
    depth = {")": 0, "»": 0}

    def replace(match: re.Match[str]) -> str:
        token = match[0]
        mark = token[-1]
        if mark == "\n":
            depth.update({")": 0, "»": 0})
            return token
        if mark in "(«":
            depth[")" if mark == "(" else "»"] += 1
            return token
        if depth[mark] == 0 or (mark == "»" and keep_guillemet):
            return token
        depth[mark] -= 1
        return mark

    return replace


def _punctuation(text: str, language: str | None) -> str:
    french = language in _SPACED_TYPOGRAPHY
    if not any(pair in text for pair in _SPACED):
        pass
    elif french:
        text = _FRENCH.sub("", text)
    elif language is None:  # French puts a space there: without a language, leave Latin script alone
        text = _NOT_LATIN.sub("", _FRENCH.sub("", text))
    else:
        text = _COMMON.sub("", text)
    if " )" in text or " »" in text:
        text = _BRACKETS.sub(_closers(french or language is None), text)
    return text


def _trim_quotes(line: str) -> str:
    """Trim the padding inside balanced straight quotes; a line where pairing is unsure stays."""
    parts = line.split('"')
    if len(parts) % 2 == 0:
        return line
    trimmed = list(parts)
    for index in range(1, len(parts), 2):
        if not (_OPENS_AFTER.search(parts[index - 1][-6:]) and _CLOSES_BEFORE.match(parts[index + 1])):
            return line
        trimmed[index] = parts[index].strip(" ") or parts[index]
    return '"'.join(trimmed)


def _quotes(text: str) -> str:
    if '" ' not in text and ' "' not in text:
        return text
    return "\n".join(_trim_quotes(line) if '"' in line else line for line in text.split("\n"))


def canonical(text: str, language: str | None) -> str:
    """Write a text as it is published in the dataset.

    Args:
        text: Plain text in any Unicode form.
        language: BCP 47 tag; None when unknown. French and Breton keep their spaces before ; : ! ? ».

    Returns:
        NFC text without controls, bidi marks or soft hyphens, with single spaces, at most one
        empty line, no space before closing punctuation and no justification tatweel.

    >>> canonical("كبيـــــر  جداً ، عام 1444 هـ", "ar")
    'كبير جداً، عام 1444 هـ'
    """
    language = language.partition("-")[0].lower() if language else None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        if _SPECIAL.search(text):
            text = text.translate(CANONICAL)
        if "\u200b" in text or "\u200c" in text or "\u200d" in text:
            text = _STRAY_JOINERS.sub("", text)
        if "\u0640" in text:
            text = _tatweel(text)
        text = normalise_form("NFC", text)
    elif _SPECIAL.search(text):
        text = text.translate(CANONICAL)
    text = _white_space(text)
    text = _punctuation(text, language)
    return _quotes(text) if '"' in text else text


__all__ = ["canonical", "search_form"]
