"""A paragraph as a line of word classes, on which the shapes of furniture are regular expressions.

``موسكو، 26 يونيو. /تاس/.`` reads ``P, n m. /A/.``. The classes are listed in
``lexicons/furniture.toml``; the shapes there are compiled here.
"""

import re
from typing import Any, NamedTuple

from transforms.text.lexicon import LEXICON, TOKEN, Entry, fold

_SIGNS = {
    **dict.fromkeys("-‐‑‒–—―−ـ_", "-"),
    **dict.fromkeys("/∕⁄|｜\\", "/"),
    **dict.fromkeys(",،、，", ","),
    **dict.fromkeys(".。٫۔", "."),
    **dict.fromkeys(":：︰", ":"),
    **dict.fromkeys("([（【{〔", "("),
    **dict.fromkeys(")]）】}〕", ")"),
    **dict.fromkeys("\"'«»“”„‟‘’‚`´‹›", '"'),
    **dict.fromkeys("!?؟！？", "!"),
    "…": "…",
    "+": "+",
    "&": "&",
    "*": "*",
    "©": "©",
    "=": "=",
}
_NEAR_NUMBER = frozenset("nNo")
_YEARS = range(1200, 2101)


# One character of a shape: where it stands in the text (start, end), and its meaning.
Piece = tuple[int, int, Any]


class Shape(NamedTuple):
    """A paragraph's shape.

    Attributes:
        line: One class character a piece.
        pieces: As many, with offsets into the paragraph.
    """

    line: str
    pieces: list[Piece]

    def start(self, index: int) -> int:
        """Offset in the paragraph at which a piece of the shape begins."""
        return self.pieces[index][0] if index < len(self.pieces) else self.pieces[-1][1]

    def span(self, match: re.Match[str], group: str | int) -> tuple[int, int] | None:
        """Offsets in the paragraph of a group of a match; None when it took no part."""
        start, end = match.span(group)
        return None if start < 0 or start == end else (self.pieces[start][0], self.pieces[end - 1][1])


def _plain(token: str) -> str:
    if token[0].isupper():
        return "U" if token.isupper() else "C"
    return "l" if token[0].islower() else "w"


def _case_fits(written: str, found: str) -> bool:
    """A phrase written with a capital is not one in lower case; short acronyms must stay capitals."""
    if not written[0].isupper():
        return not (written.islower() and len(written) <= 4 and found.istitle() and len(found) > 1)
    if written.isupper() and len(written) <= 5:
        return found.isupper()
    return found[:1].isupper()


class _Reader:
    """Turns tokens into pieces; looks phrases up and decides between their meanings."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.tokens = [
            (match.lastgroup or "", match[0], match.start(), match.end())
            for match in TOKEN.finditer(text, start, end)
        ]
        self.line: list[str] = []
        self.pieces: list[Piece] = []

    def _phrase_end(self, index: int, tokens: tuple[str, ...]) -> int | None:
        """Index behind the phrase when it stands at ``index``; tokens may be spaced or not."""
        for token in tokens[1:]:
            index += 1
            if index < len(self.tokens) and self.tokens[index][0] == "s":
                index += 1
            if index >= len(self.tokens) or fold(self.tokens[index][1]) != token:
                return None
        return index + 1

    def _initials(self, index: int) -> tuple[int, Entry] | None:
        letters, ends = "", []
        while index < len(self.tokens) and len(letters) < 6:
            group, token, _, _ = self.tokens[index]
            if group == "w" and len(fold(token)) <= 2 and (len(fold(token)) == 1 or len(letters) < 2):
                letters += fold(token)
                ends.append((letters, index + 1))
            elif not (group == "s" or token in ".ـ"):
                break
            index += 1
        for joined, end in reversed(ends):
            entry = LEXICON.initials.get(joined)
            if entry and len(joined) > 1:
                dotted = "".join(token[1] for token in self.tokens[end : end + 2]) in (".)", "./", ".]")
                return end + dotted, entry  # "(A.F.P.)"
        return None

    def _near_number(self, start: int, end: int) -> bool:
        before = [kind for kind in self.line[-5:] if kind not in " .-/,qsdH"]
        if before and before[-1] in "nNom":
            return True
        after = [token for token in self.tokens[end : end + 4] if token[0] != "s" and token[1] not in ".-/,("]
        return bool(after) and (after[0][0] == "n" or self._is_month(after[0][1]))

    @staticmethod
    def _is_month(token: str) -> bool:
        return any(
            e.kind == "m"
            for tokens, es in LEXICON.phrases.get(fold(token), ())
            if len(tokens) == 1
            for e in es
        )

    def _allowed(self, entry: Entry, start: int, end: int) -> bool:
        found = self.text[self.tokens[start][2] : self.tokens[end - 1][3]]
        kind = entry.kind
        if kind in "mh":
            return self._near_number(start, end)
        if kind == "y":
            return bool(self.line) and "".join(self.line[-2:]).strip(" .")[-1:] in ("n", "N")
        if kind == "d":
            after = [token for token in self.tokens[end : end + 2] if token[0] != "s"]
            return bool(after) and (after[0][0] == "n" or self._starts(after[0][1], "ko"))
        if kind == "q":
            return found[0].islower()
        if kind == "o":
            return True
        if kind == "s" and found[-1] in "يى" and found[-1] != entry.written[-1]:
            return False  # على is a preposition, علي a name
        return _case_fits(entry.written, found)

    @staticmethod
    def _starts(token: str, kinds: str) -> bool:
        return any(entry.kind in kinds for _, es in LEXICON.phrases.get(fold(token), ()) for entry in es)

    def _lookup(self, index: int) -> tuple[int, Entry] | None:
        token = self.tokens[index][1]
        is_month = self._is_month(token) and self._near_number(index, index + 1)  # "8 أغسطس آب", not "أ ب"
        if len(token) <= 2 and not is_month and (found := self._initials(index)):
            return found
        for tokens, entries in LEXICON.phrases.get(fold(token), ()):
            end = self._phrase_end(index, tokens) if len(tokens) > 1 else index + 1
            if end is None:
                continue
            allowed = [entry for entry in entries if self._allowed(entry, index, end)]
            if allowed:
                return end, min(allowed, key=lambda entry: _PRIORITY.index(entry.kind))
        return None

    def _emit(self, kind: str, start: int, end: int, value: Any = None) -> None:
        self.line.append(kind)
        self.pieces.append((self.tokens[start][2], self.tokens[end - 1][3], value))

    def _number(self, index: int) -> None:
        token = self.tokens[index][1]
        if len(token) > 4:
            self._emit("_", index, index + 1)
        else:
            value = int(token)
            self._emit("N" if len(token) == 4 and value in _YEARS else "n", index, index + 1, value)

    def read(self) -> Shape:
        index, phrases = 0, LEXICON.phrases
        while index < len(self.tokens):
            group, token, start, end = self.tokens[index]
            if group == "s" or group == "p":
                self.line.append(" " if group == "s" else _SIGNS.get(token[0], "_"))
                self.pieces.append((start, end, None))
            elif (len(token) <= 2 or fold(token) in phrases) and (found := self._lookup(index)):
                self._emit(found[1].kind, index, found[0], found[1].value)
                index = found[0]
                continue
            elif group == "n":
                self._number(index)
            else:
                self.line.append(_SIGNS.get(token) or ("D" if group == "D" else _plain(token)))
                self.pieces.append((start, end, None))
            index += 1
        return Shape("".join(self.line), self.pieces)


_PRIORITY = "mhAaPoykdqgTBLFERGHs"


def shape_of(text: str, start: int = 0, end: int | None = None) -> Shape:
    """Read a stretch of a paragraph as word classes.

    >>> shape_of("موسكو، 26 يونيو. /تاس/. ناقش").line
    'P, n m. /A/. w'
    """
    return _Reader(text, start, len(text) if end is None else end).read()
