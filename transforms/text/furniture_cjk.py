"""Furniture of Chinese, Japanese and Korean news: written without spaces, so found in the text itself."""

import re
from datetime import date, timedelta

from transforms.text.data_files import load
from transforms.text.findings import Found
from transforms.text.lexicon import LEXICON

_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LANGUAGES = ("zh", "ja", "ko")
_REPORTERS = re.compile(
    r"(?:记者|記者|通讯员|通訊員|本报记者|实习生|特约记者|作者|责任编辑|編輯|编辑)[ 　:：/]*"
)
MAX_HEAD = 80  # code points in which a dateline must end
MAX_LINE = 100
LINES = 6  # paragraphs at either end


def _names() -> tuple[dict[str, str], list[str]]:
    """Agency names by the id they stand for, longest first; and those in CJK script only."""
    names = {}
    for agency_id, table in LEXICON.agencies.items():
        for language in _LANGUAGES:
            names.update(dict.fromkeys(table.get(language, ()), agency_id))
    ordered = sorted(names, key=len, reverse=True)
    return {name: names[name] for name in ordered}, [name for name in ordered if _SCRIPT.search(name)]


_IDS, _CJK_ONLY = _names()
_ANY = "|".join(map(re.escape, _IDS))
_FRAGMENTS = {
    "{cjk}": f"(?:{_ANY}|AFP|AP|CNN|UPI|DPA|BBC|EPA|ＡＦＰ)",
    "{cjkl}": f"(?:{'|'.join(map(re.escape, _CJK_ONLY))})",
    "{cjkp}": r"[^\d，。、；：:（）()\s]{1,14}",
    "{cjkd}": r"(?:(?P<y>\d{4})年)?(?:(?P<m>\d{1,2})月)?(?P<d>\d{1,2})日",
    "{who}": r"(?P<by>[^（）()]{1,60})",
}
_LATIN_IDS = {
    "AFP": "afp",
    "ＡＦＰ": "afp",
    "AP": "ap",
    "CNN": "cnn",
    "UPI": "upi",
    "DPA": "dpa",
    "BBC": "bbc",
    "EPA": "epa",
}
_AGENCY = re.compile(_FRAGMENTS["{cjk}"])


def _compiled(where: str) -> list[tuple[str, re.Pattern[str]]]:
    rows = []
    for row in load("furniture.toml")["cjk"]:
        if row["where"] == where:
            shape = row["shape"]
            for name, fragment in _FRAGMENTS.items():
                shape = shape.replace(name, fragment)
            rows.append((row["kind"], re.compile(shape + (r"[ 　]*$" if where != "head" else ""))))
    return rows


_HEAD, _LINE, _TRAILING = _compiled("head"), _compiled("line"), _compiled("trailing")


def _agencies(text: str) -> list[str]:
    found = (match[0] for match in _AGENCY.finditer(text))
    return list(dict.fromkeys(_IDS.get(name) or _LATIN_IDS[name] for name in found))


def _day(match: re.Match[str], published: date | None) -> date | None:
    """A date of which year or month may be missing: the one nearest to publication."""
    groups = match.groupdict()
    if not groups.get("d"):
        return None
    day, month, year = int(groups["d"]), int(groups["m"] or 0), int(groups["y"] or 0)
    if year and month:
        try:
            return date(year, month, day)
        except ValueError:
            return None
    if year or published is None:
        return None
    near = min(max(published, date(2, 1, 1)), date(9998, 12, 31))  # half a year fits on either side
    window = [near + timedelta(offset) for offset in range(-183, 184)]
    candidates = [d for d in window if d.day == day and month in (0, d.month)]
    return min(candidates, key=lambda candidate: abs(candidate - near), default=None)


def _note(found: Found, match: re.Match[str], published: date | None) -> None:
    groups = match.groupdict()
    for name in ("ag", "ag2"):
        if groups.get(name):
            found.credit(_agencies(groups[name]))
    if groups.get("photo"):
        found.photo(_agencies(groups["photo"]))
    if groups.get("place"):
        found.note("place", groups["place"].strip())
    if groups.get("by"):
        found.note("byline", _REPORTERS.sub("", groups["by"]).strip(" 　、"))
    found.date = found.date or _day(match, published)


def is_cjk(text: str) -> bool:
    """True when a text begins in Chinese, Japanese or Korean script."""
    return _SCRIPT.search(text, 0, 20) is not None


def strip_cjk_head(found: Found, published: date | None) -> bool:
    """Take a dateline in one of these scripts from the first paragraph; True when there was one."""
    index = found.first
    while index < min(LINES, len(found.paragraphs) - 1) and _whole(found, index):
        index = found.first = index + 1
    text = found.text(index)
    for kind, pattern in _HEAD:
        match = pattern.match(text[:MAX_HEAD])
        if match and match.end() < len(text):
            _note(found, match, published)
            found.cut_head(index, match.end(), kind)
            return True
    return False


def _whole(found: Found, index: int) -> bool:
    text = found.text(index)
    if len(text) > MAX_LINE:
        return False
    for kind, pattern in _LINE + _TRAILING:
        if match := pattern.fullmatch(text.strip()):
            _note(found, match, None)
            found.take(index, kind)
            return True
    return False


def strip_cjk_tail(found: Found) -> None:
    """Take source lines, editors, credits and end marks from the end of the article."""
    for _ in range(LINES):
        index = found.last - 1
        if index > found.first and _whole(found, index):
            found.last = index
        elif index < found.first or not _end_of(found, index):
            return


def _end_of(found: Found, index: int) -> bool:
    text = found.text(index)
    start = max(0, len(text) - MAX_LINE)
    for kind, pattern in _TRAILING:
        if (match := pattern.search(text, start)) and match.start() > 0:
            _note(found, match, None)
            found.cut_tail(index, match.start(), kind)
            return True
    return False
