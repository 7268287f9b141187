"""How an article begins: datelines, credits and bylines above and inside its first paragraph."""

import re
from datetime import date

from transforms.text.datelines import read_date
from transforms.text.findings import Found
from transforms.text.furniture_fits import MAX_HEAD, agencies_in, group, head_fits, is_terminated, line_fits
from transforms.text.patterns import families
from transforms.text.shapes import Shape, shape_of

_HEAD = families("head")
_OPENING = families("opening")
_CAPTION = re.compile(r"(?:^|.*[^A ]) ?\((?: ?F ?:? ?)*[^()]{0,40}?A[^()]{0,40}\) ?$")
_DASH_LABEL = re.compile(r"\s*\S+(?: \S+)? [-–—ـ] ")
_PROMISING = re.compile(
    r"[Aa]|^\(?[BPD]|^[CUPwaq .,'\"-]*[HR]"
)  # no head family matches without one of these
MAX_HEADLINE = 150  # code points of a headline
MAX_LINE = 160  # code points of a paragraph that may be furniture as a whole
SENTENCE = 60  # a longer paragraph that ends in a stop is a sentence, not a line of furniture
MAX_OPENINGS = 6  # paragraphs above the body that are looked at


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
        if not match or not head_fits(shape, match, family, text):
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
    if len(text) > MAX_LINE or (len(text) > SENTENCE and is_terminated(text)):
        return False
    shape = shape_of(text)
    for family in _OPENING:
        match = family.pattern.fullmatch(shape.line.strip())
        if match and line_fits(shape, match, family, text):
            note_fields(found, shape, match, text, published)
            found.take(index, family.kind)
            return True
    return captions and _caption(found, index, shape)


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
    if len(text) > 50 or is_terminated(text) or index + 2 >= len(found.paragraphs):
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
    if is_last or not text.strip() or len(text) > MAX_HEADLINE or is_terminated(text):
        return
    if index + 2 < len(found.paragraphs) and _line(found, index + 1, published, captions=False):
        return
    _inline(found, index + 1, published, agency=True)
