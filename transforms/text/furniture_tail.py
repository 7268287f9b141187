"""How an article ends: source lines, credits, end marks, initials, notices."""

import re
from datetime import date

from transforms.text import closing_marks as marks
from transforms.text.findings import Found
from transforms.text.furniture_fits import agencies_in, byline_fits, group, is_full_name
from transforms.text.furniture_head import SENTENCE, note_fields
from transforms.text.patterns import families
from transforms.text.shapes import Shape, shape_of

_CLOSING = families("closing")
_TRAILING = families("trailing")

MAX_LINE = 220  # code points of a closing line
MAX_NOTICE = 600  # code points of a notice or a credit of people
MAX_CREDIT = 400  # code points of a credit of people inside the last paragraph
MAX_TRAIL = 110  # code points of the last paragraph that are read
MAX_LABEL = 40  # code points of a source label on a line of its own
MAX_VALUE_WORDS = 7  # a source that is no known agency
MAX_SENTENCE_WORDS = 4  # the same when the line ends in a stop
LOOK_BACK = 5  # paragraphs in which an end mark is looked for
MAX_CODE = 12  # letters of a name or code behind an agency in a credit
MAX_CODE_OF_WORD = 4  # the same behind an agency whose name is a common word
MAX_SPACED_CODE = {"U": 6, "C": 0, "l": 2, "w": 2}  # letters, by class, of a code after a mere space
MAX_CLOSINGS = 10


def _end_mark(found: Found) -> bool:
    """Take an end mark, and the clock times and numbers below it."""
    for index in range(found.last - 1, max(found.first + 1, found.last - LOOK_BACK) - 1, -1):
        text = found.text(index)
        match = marks.END_LINE.fullmatch(text) if len(text) <= 60 else None
        if match and marks.CODES.fullmatch(match["codes"] or ""):
            if not all(marks.CODES.fullmatch(found.text(below)) for below in range(index + 1, found.last)):
                return False
            for below in range(index, found.last):
                found.take(below, "end_mark")
            found.last = index
            return True
        if len(text) > 40:
            return False
    return False


def _value(found: Found, shape: Shape, match: re.Match[str], text: str) -> bool:
    """Read the value of a source label: agencies, or the short name of somebody else."""
    agencies = agencies_in(shape, match, "value")
    value = (group(shape, match, "value", text) or "").strip(" \"'«»“”")
    line = shape.line[match.start("value") : match.end("value")]
    named = agencies and (
        "A" in line or re.fullmatch('["G ]*a[" ]*', line)
    )  # "الوطن العمانية" is not "الوطن"
    most = MAX_SENTENCE_WORDS if marks.is_ended(text) else MAX_VALUE_WORDS
    if named and sum(kind in "CUPwlqs" for kind in line) > most:
        return False  # a sentence that a source speaks and an agency heard
    if named:
        found.credit(agencies)
    elif marks.is_ended(text) and marks.PLURAL_SOURCE.match(text):
        return False  # "مصادر: الاتفاق قريب."
    elif len(value.split()) > most or marks.is_ended(value) or "," in value or "،" in value:
        return False
    else:
        found.note("publisher", value)
    return True


def _codes_fit(shape: Shape, match: re.Match[str], text: str) -> bool:
    """What follows an agency in a credit must look like editors' codes: short words, or a place.

    Without a bracket or bar before the agency or the word, "Reuters was there" is a sentence.
    """
    if "codes" not in match.re.groupindex:
        return True
    longest = MAX_CODE if "A" in shape.line[slice(*match.span("ag"))] else MAX_CODE_OF_WORD
    is_marked = match[0].lstrip()[:1] in '-(/*"=+'
    spans = [match.span(name) for name in ("codes", "codes2") if name in match.re.groupindex]
    if not is_marked and marks.is_ended(text) and sum(shape.line[slice(*s)].count("l") for s in spans) > 1:
        return False  # "Avec AFP, tout va bien."
    for index in (index for span in spans for index in range(*span)):
        kind, (start, end, _) = shape.line[index], shape.pieces[index]
        spaced = (
            not is_marked
            and not marks.INDIC.match(text, start)
            and shape.line[index - 1] == " "
            and shape.line[index - 2] not in "-/,.)"
        )
        limit = MAX_SPACED_CODE.get(kind, longest) if spaced else longest
        if kind in "CUwlA" and end - start > (MAX_CODE_OF_WORD if kind == "l" and not is_marked else limit):
            return False
    return True


def _closing(found: Found, index: int, text: str, published: date | None) -> str | None:
    if len(text) > SENTENCE and marks.is_ended(text) and ":" not in text:
        return None
    shape = shape_of(text)
    line = shape.line.strip()
    for family in _CLOSING:
        match = family.pattern.fullmatch(line)
        if not match or not _codes_fit(shape, match, text) or not byline_fits(shape, match, family, text):
            continue
        if "value" in match.re.groupindex:
            if not _value(found, shape, match, text):
                continue
        elif "ag" not in match.re.groupindex and "by" not in match.re.groupindex:
            found.credit(agencies_in(shape, match, 0)[:1])
        note_fields(found, shape, match, text, published)
        found.take(index, family.kind)
        return "timestamp" if family.kind == "timestamp" else "credit"
    return None


def _signed(found: Found, index: int, text: str) -> bool:
    """Take the reporter's name: a known given name, or any below a credit in slashes or brackets."""
    if found.agencies and is_full_name(text):
        found.note("byline", text.strip())
        found.take(index, "byline")
        return True
    above = found.text(index - 1).strip() if index > found.first + 1 else ""
    if above[:1] not in "/(-" or not above or len(above) > 30 or len(text.split()) not in (2, 3, 4):
        return False
    if not re.fullmatch(r"[^\W\d_]+(?: [^\W\d_]+)+", text.strip()) or not re.search(
        "[Aa]", shape_of(above).line
    ):
        return False
    found.note("byline", text.strip())
    found.take(index, "byline")
    return True


def _is_label(text: str) -> bool:
    return len(text) <= MAX_LABEL and marks.LABEL_ALONE.fullmatch(text) is not None


def _labelled_above(found: Found, index: int) -> bool:
    """Take a source given in two paragraphs: the label, and below it a name we do not know."""
    above = index - 1
    if above < found.first or not _is_label(found.text(above)):
        return False
    if len(found.text(index).split()) > MAX_VALUE_WORDS:
        return False
    found.note("publisher", found.text(index).strip())
    found.take(index, "attribution")
    return True


def _photo(found: Found, index: int, text: str) -> bool:
    match = marks.PHOTO_LINE.fullmatch(text)
    if not match or len(text) > 140:
        return False
    shape = shape_of(text)
    agencies = [piece[2] for kind, piece in zip(shape.line, shape.pieces, strict=True) if kind in "Aa"]
    if not agencies and len(match["value"].split()) > (3 if marks.is_ended(text) else 6):
        return False
    found.photo(agencies[-1:])
    found.take(index, "photo_credit")
    return True


def _publisher_above(found: Found) -> None:
    """Take a short unterminated line directly above a removed credit: who put the text out."""
    index = found.last - 1
    if index <= found.first:
        return
    text = found.text(index)
    above = [found.text(i) for i in range(found.first, index)]
    if (
        len(text) > 90
        or len(text.split()) > 10
        or marks.is_ended(text)
        or re.search("[:：]|[،,;؛]$", text.rstrip())
    ):
        return
    if sum(marks.is_ended(p) for p in above) < 0.7 * len(above) or not marks.is_ended(above[-1]):
        return
    found.note("publisher", text.strip())
    found.take(index, "publisher")
    found.last = index


def _line(found: Found, index: int, published: date | None) -> str | None:
    """Take the last paragraph when all of it is furniture; say its kind."""
    text = found.text(index)
    if len(text) > MAX_LINE:
        return _long_line(found, index, text)
    if _photo(found, index, text):
        return "photo_credit"
    if kind := _closing(found, index, text, published):
        return kind
    if _signed(found, index, text):
        return "byline"
    if _is_label(text) or _labelled_above(found, index):
        found.take(index, "attribution") if index not in found.cuts else None
        return "credit"
    if len(text) <= 48 and (marks.INITIALS.fullmatch(text) or marks.MAIL.fullmatch(text)):
        found.take(index, "initials")
        return "initials"
    return _long_line(found, index, text)


def _long_line(found: Found, index: int, text: str) -> str | None:
    """Take a notice, or the credit of the people who made the story."""
    is_notice = len(text) <= MAX_NOTICE and marks.BOILERPLATE.match(text)
    if is_notice or (len(text) < MAX_LINE and marks.FOLLOW.match(text)):
        if marks.COPYRIGHT.match(text):
            shape = shape_of(text, 0, MAX_TRAIL)
            found.credit(
                [piece[2] for kind, piece in zip(shape.line, shape.pieces, strict=True) if kind == "A"][:1]
            )
        found.take(index, "boilerplate")
        return "boilerplate"
    if len(text) <= MAX_NOTICE and (
        marks.CREDIT_LINE.match(text) or (len(text) < MAX_LINE and marks.HELPED.search(text))
    ):
        found.take(index, "credit")
        return "people"
    return None


def _marked(found: Found, index: int, text: str) -> bool:
    """Take an end mark or the credit of people from the end of a paragraph."""
    start = max(0, len(text) - MAX_TRAIL)
    if match := marks.CREDIT_AT_END.search(text, max(0, len(text) - MAX_CREDIT)):
        kind = "credit"
    elif (match := marks.END_INLINE.search(text, start)) and marks.CODES.fullmatch(match["codes"]):
        if match["initials"] and "A" in shape_of(match["initials"]).line:
            return False  # "أ.ف.ب"
        kind = "end_mark"
    else:
        return False
    found.cut_tail(index, len(text[: match.start()].rstrip()), kind)
    return True


def _trailing(found: Found, index: int) -> bool:
    """Take a credit from the end of the last paragraph."""
    text = found.text(index)
    if _marked(found, index, text):
        return True
    if marks.is_ended(text) and not marks.CREDIT_SIGN.search(text, max(0, len(text) - 70)):
        return False
    shape = shape_of(text, max(0, len(text) - MAX_TRAIL))
    line = shape.line.rstrip()
    for family in _TRAILING:
        match = family.pattern.search(line)
        if not match or not match.start() or line[: match.start()].rstrip()[-1:] in "GA":
            continue
        if not _codes_fit(shape, match, text):
            continue
        if "value" not in match.re.groupindex:
            found.credit(agencies_in(shape, match, "ag"))
        elif not _value(found, shape, match, text):
            continue
        found.cut_tail(index, len(text[: shape.start(match.start())].rstrip()), family.kind)
        return True
    return False


def strip_tail(found: Found, published: date | None) -> None:
    """Take away the furniture at the end of an article; at least one paragraph stays."""
    credited = False
    for _ in range(MAX_CLOSINGS):
        if found.last - 1 > found.first and _end_mark(found):
            continue
        index = found.last - 1
        if index > found.first and index in found.cuts and not found.text(index):
            found.last = index  # taken as a line below a headline
            continue
        if index > found.first and (kind := _line(found, index, published)):
            found.last = index
            credited = credited or kind == "credit"
            if kind == "credit":
                _publisher_above(found)
            continue
        if index < found.first or not _trailing(found, index):
            return
