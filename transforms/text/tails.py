"""Teaser tails of feed summaries: "Read more", "The post ... appeared first on ...", ``[…]``."""

import re

from transforms.text.data_files import load

_DATA = load("readmore.toml")

_ARROWS = r"[\s.…›»→>:⟶➔←«‹|\[\]()&;!،-]*"


def _any_of(phrases: list[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


# What may follow in the same block: "Continue reading about X", 'Continue reading "Title"'.
_TITLE = r"(?: (?:about|on|at|auf|su|på|sur|über|على|о) .{1,80}| ?[\"“«].{1,150}[\"”»])?"
_PHRASE = rf"(?:{_any_of(_DATA['phrases'])})(?: (?:{_any_of(_DATA['suffixes'])}))?"
_ALONE = re.compile(rf"{_ARROWS}{_PHRASE}{_TITLE}{_ARROWS}", re.I)
_AT_END = re.compile(
    rf"(?:[\s([]+|(?<=\.\.\.)|(?<=…)){_PHRASE}"
    rf"[\s.…›»→>:⟶➔←«‹|\])-]*$",
    re.I,
)
# The sentence before must be closed: "he asked them to read more" is content.
_CLOSED = re.compile(r"[.!?…؟۔。।\])»\"”:]\s*$")
_POST = re.compile(
    "|".join(
        rf"{re.escape(first)}.{{1,400}}?{re.escape(middle)}.{{0,200}}" for first, middle in _DATA["posts"]
    ),
    re.S,
)
_ELISION = re.compile(r"\s*(?:\[\s*(?:…|\.{3}|&hellip;)\s*\]|\(\s*(?:…|\.{3})\s*\)|\[\+\d+ chars\])\s*$")
_AD = re.compile(rf"[-–—\s\[(*]*(?:{_any_of(_DATA['ads'])})[-–—\s\])*:]*")
MAX_AD = 60  # code points of the label of an advertisement
WINDOW = 700  # code points at the end of a block in which a tail is looked for


def _cut(text: str, is_first: bool) -> int:
    """Offset at which a tail begins; ``len(text)`` when there is none."""
    if len(text) <= WINDOW and (_ALONE.fullmatch(text) or (not is_first and _POST.fullmatch(text))):
        return 0
    start = max(0, len(text) - WINDOW)
    window = text[start:]
    match = _AT_END.search(window)
    if match and _CLOSED.search(window[: match.start()]):
        return start + match.start()
    match = _ELISION.search(window)
    return start + match.start() if match else len(text)


def cut_tails(texts: list[str]) -> tuple[list[str], list[str]]:
    """Cut teaser tails from the last blocks of an entry.

    Args:
        texts: The text of each block, whitespace collapsed.

    Returns:
        ``(texts, tails)``: as many texts as came in, emptied where a block was nothing but a tail,
        and the tails in reading order.

    >>> cut_tails(["أعلن ذلك.", "Read more"])
    (['أعلن ذلك.', ''], ['Read more'])
    """
    texts, tails = list(texts), []
    for index in range(len(texts) - 1, -1, -1):
        text = texts[index]
        while text and (cut := _cut(text, index == 0)) < len(text):
            tails.append(text[cut:].strip())
            text = text[:cut].rstrip()
        texts[index] = text
        if text:
            break
    return texts, tails[::-1]


def is_advertisement(text: str) -> bool:
    """True when a block is nothing but the label of an advertisement.

    >>> is_advertisement("- Advertisement -"), is_advertisement("Anzeige erstattet")
    (True, False)
    """
    return len(text) < MAX_AD and _AD.fullmatch(text) is not None
