"""What must hold besides its shape before a piece of text is taken for furniture."""

import re

from transforms.text.data_files import load
from transforms.text.lexicon import fold
from transforms.text.patterns import Family
from transforms.text.shapes import Shape

_WORDS = load("words.toml")
_AFTER_ATTRIBUTION = frozenset(map(fold, _WORDS["after_attribution"]["words"]))
_GIVEN_NAMES = frozenset(map(fold, _WORDS["given_names"]["words"]))
# "كتب الله لنا", "كتب التاريخ": the article begins few given names.
_NO_NAME = re.compile(
    "ال(?!سيد |شيخ |حسن |حسين |دكتور |طاهر |هادي |مختار |شريف |ياس |أمين |زبير |صادق |عربي |محرر )"
)
_NAME_PARTS = frozenset(map(fold, ("عبد", "أبو", "بن", "آل")))
_COLON_PLACES = frozenset(map(str.lower, _WORDS["colon_places"]["words"]))
_BEFORE_NAMES = frozenset(map(str.lower, _WORDS["before_names"]["words"]))
_ARTICLES = frozenset(_WORDS["articles"]["words"])
_ASIDE = re.compile(r"[^-.!…]{1,60}? -+ [lwsqHdB]")
_TITLE = re.compile(r"P|[CUwaA](?: [CUPwaA]){0,2} ?(?::|- |-$)")
# "الإمارات (وام) والسعودية (واس) وقعتا"
_SECOND_AGENCY = re.compile(r"w(?: w){0,2} ?\([^()]{0,20}[Aa]")
_TERMINATED = re.compile(r"[.!?…؟۔。！？।:،,]\s*[\"”»’)]*\s*$")
# In Urdu, in the scripts of India and in English there, newspapers write "place: text"; elsewhere
# that is a headline.
_SOUTH_ASIAN = re.compile("[\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2\u0900-\u0dff]")

MAX_HEAD = 120  # code points of the first paragraph that are read
MIN_ALONE = 6  # code points of "TASS. ": a shorter name may be an abbreviation


def is_terminated(text: str) -> bool:
    """True when a paragraph ends with a stop, a colon or a comma, quotes and brackets behind it allowed."""
    return _TERMINATED.search(text, max(0, len(text) - 24)) is not None


def agencies_in(shape: Shape, match: re.Match[str], group: str | int) -> list[str]:
    """Ids of the agencies in a group of a match, in order."""
    start, end = match.span(group)
    ids = [
        piece[2]
        for kind, piece in zip(shape.line[start:end], shape.pieces[start:end], strict=True)
        if kind in "Aa"
    ]
    return list(dict.fromkeys(ids))


def group(shape: Shape, match: re.Match[str], name: str, text: str) -> str | None:
    """The text of a named group; None when the shape has none or it took no part."""
    if name not in match.re.groupindex:
        return None
    span = shape.span(match, name)
    return text[span[0] : span[1]].strip() if span else None


def _place_fits(shape: Shape, match: re.Match[str], family: Family, text: str) -> bool:
    if "place" not in match.re.groupindex or match.start("place") < 0:
        return True
    line = shape.line[match.start("place") : match.end("place")]
    if (group(shape, match, "place", text) or "").lower() in _ARTICLES:
        return False  # "The BBC - Britain's broadcaster - said"
    if family.asks("place", "unknown"):
        return line[0] != "P"
    is_score = family.asks("numeric", "known") and not set("mh") & set(match.groupdict().get("date") or "m")
    if is_score or family.asks("place", "known") or (family.asks("cased", "known") and line[0] in "CU"):
        return line[0] == "P" or bool(re.fullmatch(r"U[U ]*, ?[CU][CU. ]*", line))
    words = max(sum(kind in "CUPw" for kind in part) for part in re.split(r"[-/,]", line))
    return words <= (3 if "w" in line else 5)


def _rest_fits(shape: Shape, match: re.Match[str], family: Family, text: str) -> bool:
    """What follows must be able to begin a sentence: else the agency is named inside one."""
    rest = shape.line[match.end() :].lstrip(' "(')
    if not rest:
        return False
    consumed = match[0].rstrip()
    strong = consumed[-1:] in "-/" or (consumed[-1:] == "." and "/" in consumed)
    is_cased_place = "place" in match.re.groupindex and text[: shape.start(match.end())].isupper()
    bold = strong and (not family.asks("aside", "no") or is_cased_place)
    if family.asks("rest", "sentence") and rest[0] in "lqd" and not bold:
        following = text[shape.start(match.end()) :].lstrip(' "«“(‘')[:1]
        if following.islower():
            return False
    if not strong and (_is_gloss(shape, match, text) or _SECOND_AGENCY.match(rest)):
        return False
    if not strong:
        first = shape.pieces[match.end()]
        if fold(text[first[0] : first[1]]) in _AFTER_ATTRIBUTION:
            return False
    if family.asks("aside", "no"):
        is_short = family.asks("place", "known") and rest.count(" ") < 3
        return not is_short and not (_ASIDE.match(rest) or _TITLE.match(rest))
    return True


def _is_south_asian(shape: Shape, match: re.Match[str], text: str) -> bool:
    if _SOUTH_ASIAN.search(text, 0, MAX_HEAD):
        return True
    rest = text[shape.start(match.end()) :]
    is_sentence = not rest[:1].islower() and (is_terminated(rest) or ". " in rest)
    return is_sentence and (group(shape, match, "place", text) or "").lower() in _COLON_PLACES


def _is_gloss(shape: Shape, match: re.Match[str], text: str) -> bool:
    """True when Latin initials in brackets explain a name in a script without case: "پی ٹی آئی (PTI) نے"."""
    line = match[0].rstrip()
    if line[-1:] != ")" or line[:1] != "w":
        return False
    opening = match[0].rindex("(")
    inside = text[shape.start(match.start() + opening + 1) : shape.start(match.end())]
    return inside.isascii() and inside.rstrip(") ").isupper()


def _caseless(shape: Shape, match: re.Match[str]) -> bool:
    return not any(kind in "CUl" for kind in shape.line[match.end() : match.end() + 12])


def _credit_fits(shape: Shape, match: re.Match[str]) -> bool:
    """An agency whose name is a common word needs a known place or a sign before it: "استقبل الملك الوفد"."""
    agency = match["ag"] if "ag" in match.re.groupindex else None
    if not agency or "A" in agency:
        return True
    before = match.string[: match.start("ag")].rstrip()
    place = match.groupdict().get("place")
    is_signed = not before or before[-1] in '-/:,.("LRGBq' or not before.strip("P ")
    return is_signed and (not place or place[0] == "P" or match.start("place") < match.start("ag"))


def is_full_name(text: str) -> bool:
    """True for a given name of ``lexicons/words.toml`` and a family name."""
    given, *more = [fold(name) for name in text.split()] or [""]
    return given in _GIVEN_NAMES and (len(more) == 1 or (len(more) == 2 and more[0] in _NAME_PARTS))


def _names_fit(shape: Shape, match: re.Match[str], family: Family, text: str) -> bool:
    if family.asks("names", "given"):
        return is_full_name(group(shape, match, "by", text) or "")
    if not family.asks("names", "full"):
        return True
    name = group(shape, match, "by", text) or ""
    if _NO_NAME.match(name):
        return False
    label = re.match(r"B [^-:/]", match[0])
    if label and text[: shape.pieces[0][1]].lower() not in _BEFORE_NAMES and not is_full_name(name):
        return False  # "تقرير أممي جديد: ..."
    line = shape.line[match.start("by") : match.end("by")]
    return 2 <= sum(kind in "CUPwA" for kind in line) <= 4


def byline_fits(shape: Shape, match: re.Match[str], family: Family, text: str) -> bool:
    """Without case, a labelled line that ends in a stop needs a known name: "تقرير: الفقر يزداد."."""
    name = group(shape, match, "by", text) if family.kind == "byline" else None
    if not name or name != name.lower() or not text.rstrip().endswith((".", "!", "؟", "۔")):
        return True
    return is_full_name(name) or all(len(word) <= 2 for word in name.split())


def _script_fits(shape: Shape, match: re.Match[str], family: Family, text: str) -> bool:
    if family.asks("script", "caseless") and not _caseless(shape, match):
        return False
    return not family.asks("script", "south asian") or _is_south_asian(shape, match, text)


def _agency_fits(shape: Shape, match: re.Match[str], family: Family) -> bool:
    if family.asks("who", "collective") and agencies_in(shape, match, "ag") != ["agencies"]:
        return False  # "رويترز: ..." is a headline's attribution
    return not family.asks("who", "long") or shape.start(match.end()) >= MIN_ALONE


def _publisher_fits(shape: Shape, match: re.Match[str], family: Family) -> bool:
    """The name before a collective credit is a place when it is known as one, else the publisher."""
    if not family.asks("who", "collective"):
        return True
    is_place = not shape.line[slice(*match.span("pub"))].strip("P /-")
    return not is_place and _agency_fits(shape, match, family)


def head_fits(shape: Shape, match: re.Match[str], family: Family, text: str) -> bool:
    """True when a match at the beginning of a paragraph is furniture and what follows the story."""
    return (
        match.end() > 0
        and _place_fits(shape, match, family, text)
        and _rest_fits(shape, match, family, text)
        and _names_fit(shape, match, family, text)
        and _script_fits(shape, match, family, text)
        and _agency_fits(shape, match, family)
    )


def line_fits(shape: Shape, match: re.Match[str], family: Family, text: str) -> bool:
    """True when a paragraph that matches as a whole is furniture."""
    return (
        _place_fits(shape, match, family, text)
        and _names_fit(shape, match, family, text)
        and byline_fits(shape, match, family, text)
        and _credit_fits(shape, match)
        and _publisher_fits(shape, match, family)
    )
