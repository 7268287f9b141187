"""The work every peer does to an entry: the same libraries, the same columns. Standalone: no khabar."""

import calendar
import hashlib
import html
import re
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import feedparser
from langdetect import DetectorFactory, detect
from langdetect.lang_detect_exception import LangDetectException

DetectorFactory.seed = 0
TAG = re.compile(r"<[^>]*>")
SPACE = re.compile(r"\s+")
STOP = re.compile(r"(?<=[.!?؟۔])\s+")


def addresses() -> tuple[str, list[tuple[str, str]]]:
    """Output folder and ``(source, url)`` pairs from the command line: ``OUT ORIGIN COUNT``."""
    out, origin, count = sys.argv[1:4]
    sources = [f"feed_{number:02d}" for number in range(int(count))]
    return out, [(source, f"{origin}/{source}.xml") for source in sources]


def entries(source: str, url: str) -> Iterator[dict[str, Any]]:
    """Entries of one feed with a hash of what was published, nothing else done to them yet."""
    with urllib.request.urlopen(url, timeout=20) as response:
        parsed = feedparser.parse(response.read())
    for entry in parsed.entries:
        body = entry.content[0].value
        yield {
            "article_id": entry.id,
            "content_hash": hashlib.sha256(f"{entry.title}\0{body}".encode()).hexdigest(),
            "source": source,
            "published": datetime.fromtimestamp(calendar.timegm(entry.published_parsed), UTC),
            "url": entry.link,
            "title": entry.title,
            "body": body,
        }


def article(entry: dict[str, Any]) -> dict[str, Any]:
    """Clean, identify, segment: the row that is stored."""
    text = SPACE.sub(" ", html.unescape(TAG.sub(" ", entry["body"]))).strip()
    try:
        language = detect(text)
    except LangDetectException:
        language = None
    row = {key: value for key, value in entry.items() if key != "body"}
    return row | {
        "date": entry["published"].date().isoformat(),
        "text": text,
        "language": language,
        "sentences": STOP.split(text),
    }
