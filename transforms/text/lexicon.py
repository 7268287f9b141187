"""The words that furniture is made of, loaded once from the data files.

A phrase is a tuple of folded tokens; each maps to the classes of ``lexicons/words.toml`` with a
value: an agency id, a month, a day. Folding makes one spelling of أ.ف.ب, ا ف ب and "أ ف ب".
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from transforms.text.data_files import load

_FOLD = str.maketrans("أإآٱىیېےةۀۃكکەھہۆێڕ", "ااااييييهههككهههوير", "ـ\u200c\u200d’'ʻʼ‘`")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_DOMAIN = (
    r"(?:[a-z0-9-]{2,}\.)+"
    r"(?:com|net|org|info?|news|tv|ru|ua|ir|sa|ae|qa|eg|sy|iq|ma|dz|pk|cn|uk|de|fr|io|co|me"
    r"|ng|gh|ke|jp|kr|br|mx|pl|cz|hu|ro|bg|gr|rs|hr|tr|il|by|kz|uz|az|af|bd|lk|np|om|bh|kw|jo|ps|lb|ye|sd|tn|ly|mr"
    r"|eu|ch|nl|se|dk|fi|ca|au|nz|za|press|media|agency)(?!\w)"
)
_WORD = (
    r"[^\W\d_ـ](?:[\w\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u200c\u200d\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f]|['’ʻʼ‘`](?=[^\W\d_]))*"
)
TOKEN = re.compile(rf"(?P<D>(?i:{_DOMAIN}))|(?P<w>{_WORD})|(?P<n>\d+)|(?P<s>\s+)|(?P<p>ـ+|[^\w\s]|_)")

_CLASSES = {
    "source_label": "L",
    "byline_label": "B",
    "photo_label": "F",
    "end_mark": "E",
    "time_label": "T",
    "reporter": "R",
    "generic_agency": "G",
    "corresponding": "g",
    "from_name": "H",
    "weekday": "k",
    "particle": "q",
    "date_preposition": "d",
    "year_mark": "y",
    "not_place": "s",
}
_NOT_ALIASES = frozenset({"name", "kind", "country", "home", "weak"})


class Entry(NamedTuple):
    """One meaning of a phrase.

    Attributes:
        kind: Class character.
        value: Agency id, ``(calendar, month)``, day of the month, or None.
        written: The phrase as the data file writes it: case is compared with it.
    """

    kind: str
    value: Any
    written: str


@lru_cache(maxsize=1 << 15)
def fold(token: str) -> str:
    """Write a token as phrases are compared: without case, hamza, harakat and tatweel."""
    folded = token.casefold().translate(_FOLD)
    return folded if folded.isascii() else _MARKS.sub("", folded)


def tokens_of(phrase: str) -> tuple[str, ...]:
    """Split a phrase as a text is split; white space does not count."""
    return tuple(fold(match[0]) for match in TOKEN.finditer(phrase) if match.lastgroup != "s")


class Lexicon:
    """Every phrase, found by its first token.

    Attributes:
        agencies: The tables of ``agencies.toml`` by id.
        phrases: First folded token to ``[(tokens, entries)]``, longest first.
        initials: Joined single letters (``افب``) to agency id.
    """

    def __init__(self) -> None:
        self.agencies: dict[str, dict[str, Any]] = load("agencies.toml")
        self.initials: dict[str, Entry] = {}
        self._entries: dict[tuple[str, ...], list[Entry]] = {}
        self._add_agencies()
        self._add_calendars()
        self._add_words()
        self._add_places()
        self.phrases = self._by_first_token()

    def _add(self, phrase: str, entry: Entry) -> None:
        tokens = tokens_of(phrase)
        if tokens:
            self._entries.setdefault(tokens, []).append(entry)

    def _add_agencies(self) -> None:
        for agency_id, table in self.agencies.items():
            weak = {tokens_of(alias) for alias in table.get("weak", ())}
            aliases = {alias for key, value in table.items() if key not in _NOT_ALIASES for alias in value}
            for alias in aliases | {table["name"]}:
                # "apa" and "dpa" are words of some language: lower case never stands alone.
                is_weak = tokens_of(alias) in weak or (alias.islower() and alias.isascii() and len(alias) < 6)
                entry = Entry("a" if is_weak else "A", agency_id, alias)
                letters = [token for token in tokens_of(alias) if token != "."]
                if len(letters) > 1 and all(len(letter) == 1 and letter.isalpha() for letter in letters):
                    self.initials["".join(letters)] = entry
                else:
                    self._add(alias, entry)

    def _add_calendars(self) -> None:
        kinds = {"gregorian": "m", "jalali": "m", "hijri": "h"}
        for calendar, months in load("calendars.toml").items():
            for number, names in months.items():
                for name in set(names):
                    self._add(name, Entry(kinds[calendar], (calendar, int(number)), name.lower()))

    def _add_words(self) -> None:
        data = load("words.toml")
        for day, names in data["ordinals"].items():
            for name in names:
                self._add(name, Entry("o", int(day), name))
        for section, kind in _CLASSES.items():
            for word in data[section]["words"]:
                self._add(word, Entry(kind, None, word))

    def _add_places(self) -> None:
        names = {name for places in load("places.toml").values() for name in places}
        for name in names | {table["home"] for table in self.agencies.values()}:
            self._add(name, Entry("P", None, name))

    def _by_first_token(self) -> dict[str, list[tuple[tuple[str, ...], list[Entry]]]]:
        by_first: dict[str, list[tuple[tuple[str, ...], list[Entry]]]] = {}
        for tokens, entries in self._entries.items():
            by_first.setdefault(tokens[0], []).append((tokens, entries))
        for phrases in by_first.values():
            phrases.sort(key=lambda phrase: len(phrase[0]), reverse=True)
        return by_first


LEXICON = Lexicon()
