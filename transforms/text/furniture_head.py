"""How an article begins: datelines, credits and bylines above and inside its first paragraph."""

import re
from datetime import date

from transforms.text.data_files import load
from transforms.text.datelines import read_date
from transforms.text.findings import Found
from transforms.text.lexicon import fold
from transforms.text.patterns import Family, families
from transforms.text.shapes import Shape, shape_of

_HEAD = families("head")
_OPENING = families("opening")
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
_CAPTION = re.compile(r"(?:^|.*[^A ]) ?\((?: ?F ?:? ?)*[^()]{0,40}?A[^()]{0,40}\) ?$")
_ASIDE = re.compile(r"[^-.!…]{1,60}? -+ [lwsqHdB]")
_TITLE = re.compile(r"P|[CUwaA](?: [CUPwaA]){0,2} ?(?::|- |-$)")
_DASH_LABEL = re.compile(r"\s*\S+(?: \S+)? [-–—ـ] ")
_PROMISING = re.compile(
    r"[Aa]|^\(?[BPD]|^[CUPwaq .,'\"-]*[HR]"
)  # no head family matches without one of these
_TERMINATED = re.compile(r"[.!?…؟۔。！？।:،,]\s*[\"”»’)]*\s*$")

# In Urdu, in the scripts of India and in English there, newspapers write "place: text"; elsewhere
# that is a headline.
_SOUTH_ASIAN = re.compile("[\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2\u0900-\u0dff]")

MAX_HEAD = 120  # code points of the first paragraph that are read
MAX_HEADLINE = 150  # code points of a headline
MAX_LINE = 160  # code points of a paragraph that may be furniture as a whole
SENTENCE = 60  # a longer paragraph that ends in a stop is a sentence, not a line of furniture
MIN_ALONE = 6  # code points of "TASS. ": a shorter name may be an abbreviation
MAX_OPENINGS = 6  # paragraphs above the body that are looked at


def _is_terminated(text: str) -> bool:
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
    if family.asks("place", "known") or (family.asks("cased", "known") and line[0] in "CU"):
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
    if not strong and _is_gloss(shape, match, text):
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
    is_sentence = not rest[:1].islower() and (_is_terminated(rest) or ". " in rest)
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
    before = match.string[: match.start("ag")].rstrip() if agency else ""
    return not agency or "A" in agency or not before or before[0] == "P" or before[-1] in '-/:,.("LRGBq'


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


def note_fields(found: Found, shape: Shape, match: re.Match[str], text: str, published: date | None) -> None:
    """Note what the named groups of a match say."""
    found.note("place", group(shape, match, "place", text))
    found.note("publisher", group(shape, match, "pub", text))
    for name in ("by", "by2"):
        byline = group(shape, match, name, text)
        if byline and " " in byline:
            found.note("byline", byline)
    if "ag" in match.re.groupindex and match.start("ag") >= 0:
        found.credit(agencies_in(shape, match, "ag"))
    if "date" in match.re.groupindex and match.start("date") >= 0:
        start, end = match.span("date")
        day, hijri = read_date(shape.line[start:end], shape.pieces[start:end], published)
        found.date = found.date or day
        found.note("hijri", hijri)


def _is_digest(paragraphs: list[str]) -> bool:
    """A digest labels several items with a place: none of them is the article's dateline."""
    return sum(bool(_DASH_LABEL.match(p)) and shape_of(p, 0, 30).line[:1] == "P" for p in paragraphs[:8]) > 1


def _inline(found: Found, index: int, published: date | None, *, agency: bool = False) -> bool:
    """Take a dateline or byline from the beginning of a paragraph; True when there was one."""
    text = found.text(index)
    shape = shape_of(text, 0, MAX_HEAD)
    if not _PROMISING.search(shape.line):
        return False
    for family in _HEAD:
        match = family.pattern.match(shape.line)
        if not match or not match.end() or not _place_fits(shape, match, family, text):
            continue
        if not _rest_fits(shape, match, family, text) or not _names_fit(shape, match, family, text):
            continue
        if family.asks("script", "caseless") and not _caseless(shape, match):
            continue
        if family.asks("who", "collective") and agencies_in(shape, match, "ag") != ["agencies"]:
            continue  # "رويترز: ..." is a headline's attribution
        if family.asks("who", "long") and match.end() and shape.start(match.end()) < MIN_ALONE:
            continue  # "PA. residents" is an abbreviation
        if family.asks("script", "south asian") and not _is_south_asian(shape, match, text):
            continue
        if family.name == "place -" and _is_digest(found.paragraphs):
            return False
        if agency and not agencies_in(shape, match, 0):
            continue
        kind = "byline" if family.asks("names", "full") else "dateline"
        note_fields(found, shape, match, text, published)
        found.cut_head(index, shape.start(match.end()), kind)
        return True
    return False


def _line(found: Found, index: int, published: date | None, *, captions: bool = True) -> bool:
    """Take a paragraph that is furniture as a whole."""
    text = found.text(index)
    if len(text) > MAX_LINE or (len(text) > SENTENCE and _is_terminated(text)):
        return False
    shape = shape_of(text)
    for family in _OPENING:
        match = family.pattern.fullmatch(shape.line.strip())
        if (
            match
            and _place_fits(shape, match, family, text)
            and _names_fit(shape, match, family, text)
            and _credit_fits(shape, match)
            and _is_publisher(shape, match, family)
        ):
            note_fields(found, shape, match, text, published)
            found.take(index, family.kind)
            return True
    return captions and _caption(found, index, shape)


def _is_publisher(shape: Shape, match: re.Match[str], family: Family) -> bool:
    """The name before a collective credit is a place when it is known as one, else the publisher."""
    if not family.asks("who", "collective"):
        return True
    return shape.line[match.start("pub")] != "P" and agencies_in(shape, match, "ag") == ["agencies"]


def _caption(found: Found, index: int, shape: Shape) -> bool:
    """Take a photo caption: no closing stop, an agency in brackets at its end, more text below."""
    line = shape.line.strip()
    if index + 1 >= len(found.paragraphs) or not (match := _CAPTION.fullmatch(line)):
        return False
    opening = line.rindex("(")
    words = sum(kind in "CUPwlsqBFGL" for kind in line[:opening])
    signed = re.search(r"A ?/ ?[CUw]|F", line[opening:])  # agency/photographer: a caption even after a stop
    if words < 2 or (line[:opening].rstrip()[-1:] in ".!…" and not signed):
        return False
    found.photo(agencies_in(shape, match, 0)[-1:])
    found.take(index, "caption")
    return True


def _above(found: Found, index: int) -> bool:
    """Take a short line above a dateline or credit line: the site's name or the place again."""
    text = found.text(index)
    if len(text) > 50 or _is_terminated(text) or index + 2 >= len(found.paragraphs):
        return False  # something must be left below the two
    below = found.text(index + 1)
    if len(below) > MAX_LINE or len(text.split()) > 3:
        return False
    line = shape_of(below).line.strip()
    return any(
        f.pattern.fullmatch(line) for f in _OPENING if f.kind in ("dateline", "credit") and "A" in line
    )


def strip_head(found: Found, published: date | None) -> None:
    """Take away the furniture above and at the beginning of an article."""
    for index in range(min(MAX_OPENINGS, len(found.paragraphs) - 1)):
        if _line(found, index, published):
            found.first = index + 1
        elif _above(found, index):
            is_place = shape_of(found.text(index)).line == "P"
            if not is_place:
                found.note("publisher", found.text(index).strip())
            found.take(index, "dateline" if is_place else "publisher")
            found.first = index + 1
        else:
            break
    if found.first < len(found.paragraphs) and not _inline(found, found.first, published):
        _below_headline(found, found.first, published)


def _below_headline(found: Found, index: int, published: date | None) -> None:
    """Look below a headline that the body repeats: there only what names an agency is a dateline."""
    text = found.text(index)
    is_last = index + 1 >= len(found.paragraphs)
    if is_last or not text.strip() or len(text) > MAX_HEADLINE or _is_terminated(text):
        return
    if index + 2 < len(found.paragraphs) and _line(found, index + 1, published, captions=False):
        return
    _inline(found, index + 1, published, agency=True)
