"""Plain text wires: IPTC 7901 (dpa and most of Europe) and ANPA 1312 (AP, Kyodo)."""

import re
from dataclasses import dataclass

from transforms.feeds.context import FeedContext
from transforms.feeds.entry import FeedEntry, FeedError, ParsedFeed
from transforms.feeds.markup import plain_to_html
from transforms.feeds.values import Stamp, stamp, unique, urgency_of

# Transmission controls (SOH, STX, ETX, EOT, SYN ...); a charset stage may have removed them already.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]+")
_MAX_LINE = 200
# IPTC 7901-2: service and number, priority 1-6, category letter, word count, free information.
_IPTC_HEADER = re.compile(r"([a-z]{2,3})(\d{3,4}) ([1-9]) ([a-z]) +(\d+)\b(.*)$")
# ANPA 1312: transmission number and route; then level, category, keyword, date, word count.
_ANPA_NUMBER = re.compile(r"([a-zA-Z]\d{4})\S*\s*$")
_ANPA_HEADER = re.compile(r"([a-z]) ([a-z]) ?(\S.*?) +(\d\d-\d\d) (\d{4})\s*$")
# Ends of transmission: "131137 GMT Nov 13", "AP-WF-11-13-13 1509GMT<" (month first),
# "KWS-21:37-09-12-18" (Kyodo, day first).
_IPTC_END = re.compile(r"^(\d\d)(\d\d)(\d\d) ([A-Z]{3,4}) ([A-Za-zäé]{3})[a-z.]* (\d\d)\s*$", re.MULTILINE)
_AP_END = re.compile(r"^\s*[A-Z]{2}-[A-Z]{2}-(\d\d)-(\d\d)-(\d\d) (\d\d)(\d\d)GMT<?\s*$", re.MULTILINE)
_KYODO_END = re.compile(r"^[A-Z]{3}-(\d\d):(\d\d)-(\d\d)-(\d\d)-(\d\d)\s*$", re.MULTILINE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_SPELLING = {
    "mär": "mar",
    "mrz": "mar",
    "mai": "may",
    "okt": "oct",
    "dez": "dec",
    "avr": "apr",
    "aoû": "aug",
}
_ZONES = {
    "GMT": "+00:00",
    "UTC": "+00:00",
    "MEZ": "+01:00",
    "CET": "+01:00",
    "MESZ": "+02:00",
    "CEST": "+02:00",
}
# What follows is for editors only (dpa), or the transmission's own mark (AP).
_NOTES = re.compile(
    r"^(?:# .*(?:notebook|notizblock).*|\* \* \* \*|\^?END\^?<)\s*$", re.MULTILINE | re.IGNORECASE
)
_ANPA_BY = re.compile(r"^By (?!The Associated Press)(.+)$")


@dataclass(frozen=True, slots=True)
class _Header:
    format: str
    number: str
    urgency: int | None
    keyword: str
    rest: list[str]


def looks_like_wire(head: str) -> bool:
    r"""Whether text starts with a 7901 or ANPA header.

    >>> looks_like_wire("eca062 4 i 211 ccccb   dpa 061\r\n")
    True
    """
    return _header(head[:2000]) is not None


def parse(body: str, context: FeedContext) -> ParsedFeed:
    """Read one wire message.

    Format ``iptc7901`` or ``anpa1312``. The header has neither year nor zone; the date comes from the end of
    the transmission and is missing without it.

    Raises:
        FeedError: ``not_a_feed`` when there is no such header.
    """
    header = _header(body)
    if header is None:
        raise FeedError("not_a_feed", f"{context.url}: no IPTC 7901 or ANPA 1312 header")
    text = "\n".join(header.rest)
    sent, end = _sent(text, context)
    lines = [line.rstrip() for line in text[:end].split("\n")]
    if "\n".join(lines).lstrip().startswith("^"):
        return ParsedFeed(format=header.format, entries=[_anpa(header, lines, sent)])
    return ParsedFeed(format=header.format, entries=[_iptc(header, lines, sent)])


def _header(body: str) -> _Header | None:
    lines = _CONTROLS.sub("", body.replace("\r\n", "\n").replace("\r", "\n")).lstrip().split("\n")
    if iptc := _IPTC_HEADER.match(lines[0][:_MAX_LINE]):
        return _Header("iptc7901", f"{iptc[1]}{iptc[2]}", urgency_of(iptc[3]), "", lines[1:])
    number = _ANPA_NUMBER.match(lines[0][:_MAX_LINE])
    header = _ANPA_HEADER.match(lines[1][:_MAX_LINE]) if len(lines) > 1 else None
    if number and header:
        return _Header("anpa1312", number[1], None, header[3].strip(), lines[2:])
    return None


def _sent(text: str, context: FeedContext) -> tuple[Stamp, int]:
    """The end of the transmission: its date, and where the text before it stops."""
    if match := _last(_IPTC_END, text):
        day, hour, minute, zone, month, year = match.groups()
        number = _month(month)
        iso = f"20{year}-{number:02}-{day}T{hour}:{minute}:00{_ZONES.get(zone, '')}" if number else match[0]
    elif match := _last(_AP_END, text):
        month, day, year, hour, minute = match.groups()
        iso = f"20{year}-{month}-{day}T{hour}:{minute}:00+00:00"
    elif match := _last(_KYODO_END, text):
        hour, minute, day, month, year = match.groups()
        iso = f"20{year}-{month}-{day}T{hour}:{minute}:00"
    else:
        return Stamp(), len(text)
    read = stamp(context, iso)
    return Stamp(match[0].strip(), read.instant, read.quality), match.start()


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _month(name: str) -> int | None:
    short = _MONTH_SPELLING.get(name.lower(), name.lower())
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


def _guid(header: _Header, sent: Stamp) -> str | None:
    """Numbers start again every day: without a date they identify nothing."""
    return f"{header.number}:{sent.instant:%Y%m%d}" if sent.instant else None


def _iptc(header: _Header, lines: list[str], sent: Stamp) -> FeedEntry:
    """Keyword line ending in a slash, headline lines up to ``=`` or ``+``, then the text."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    head_end = next((index for index in filled[:8] if lines[index].rstrip().endswith(("=", "+"))), None)
    head = [lines[index].strip(" =+") for index in filled if head_end is not None and index <= head_end]
    slugs = [
        line
        for line in head
        if line.endswith("/") or (header.keyword and line.replace(" ", "") == header.keyword)
    ]
    bylines = [line for line in head if re.match(r"(?:By|Von|Par|Por) \S", line)]
    titles = [
        line for line in head if line not in slugs and line not in bylines and line not in ("1ST LEAD", "")
    ]
    text = "\n".join(lines[head_end + 1 if head_end is not None else 0 :])
    notes = _NOTES.search(text)
    return FeedEntry(
        guid=_guid(header, sent),
        title=titles[-1] if titles else None,
        content=plain_to_html(text[: notes.start()] if notes else text) or None,
        published_raw=sent.raw,
        published=sent.instant,
        date_quality=sent.quality,
        authors=unique(re.sub(r"^\S+ ", "", line).partition(",")[0] for line in bylines),
        slugline=(slugs[0].rstrip("/") if slugs else header.keyword) or None,
        byline=bylines[0] if bylines else None,
        urgency=header.urgency,
    )


def _anpa(header: _Header, lines: list[str], sent: Stamp) -> FeedEntry:
    """Lines set off by ``^`` before the text: slug, headline, notes, byline, agency."""
    start = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("^")), len(lines))
    heads = [line.strip(" ^<=") for line in lines[:start] if line.strip()]
    slug = re.sub(r",\d*$", "", heads[0]) if heads else header.keyword
    rest = heads[1:]
    byline = next((line for line in rest if _ANPA_BY.match(line)), None)
    title = next(
        (line for line in rest if not re.match(r"(?:By |Eds:|AP Photo|Associated Press)", line)), None
    )
    text = "\n".join(re.sub(r"^\^|[<=]\s*$", "", line) for line in lines[start:])
    notes = _NOTES.search("\n".join(lines[start:]))
    return FeedEntry(
        guid=_guid(header, sent),
        title=title or re.sub(r"^BC-(?:[A-Z]{2,3}--)?", "", slug) or None,
        content=plain_to_html(text[: notes.start()] if notes else text) or None,
        published_raw=sent.raw,
        published=sent.instant,
        date_quality=sent.quality,
        authors=unique(re.split(r" and |, ", byline[3:])) if byline else (),
        slugline=slug or None,
        byline=byline,
        provider="AP" if "AP-" in (sent.raw or "") else None,
    )
