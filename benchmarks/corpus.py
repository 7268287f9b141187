"""Feeds for benchmarks: deterministic, in five languages, with sentences made here from parts made here.

Sixty feeds of fifty entries (24 Arabic, 12 Russian, 12 English, 6 French, 6 Persian). The second edition
drops the ten oldest entries of each feed, adds ten and edits one: 660 of 3 000 entries are new or edited.
"""

import random
import tomllib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

FEEDS = 60
WINDOW = 50
NEW_PER_FEED = 10
EDITED_PER_FEED = 1
LANGUAGES = ("ar",) * 24 + ("ru",) * 12 + ("en",) * 12 + ("fr",) * 6 + ("fa",) * 6
NEWEST = datetime(2025, 3, 5, 18, 0, tzinfo=UTC)


PARTS = tomllib.loads(Path(__file__).with_name("corpus.toml").read_text("utf-8"))


def feed_id(number: int) -> str:
    return f"feed_{number:02d}"


def document(number: int, edition: int) -> bytes:
    """One feed as RSS 2.0; ``edition`` 1 or 2, newest entry first."""
    shift = NEW_PER_FEED if edition == 2 else 0
    items = "\n".join(_item(number, entry, edition) for entry in reversed(range(shift, shift + WINDOW)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{feed_id(number)}</title><link>https://{feed_id(number)}.example/</link>"
        f"<description>benchmark</description><language>{LANGUAGES[number]}</language>\n"
        f"{items}\n</channel></rss>\n"
    ).encode()


def _item(number: int, entry: int, edition: int) -> str:
    chosen = random.Random(number * 1000 + entry)
    parts = PARTS[LANGUAGES[number]]
    title = sentence(parts, chosen).rstrip(".")
    paragraphs = [
        " ".join(sentence(parts, chosen) for _ in range(chosen.randint(2, 4)))
        for _ in range(chosen.randint(3, 6))
    ]
    if edition == 2 and NEW_PER_FEED <= entry < NEW_PER_FEED + EDITED_PER_FEED:
        paragraphs.append(sentence(parts, chosen))
    published = NEWEST - timedelta(minutes=61 * (WINDOW + NEW_PER_FEED - entry) + number)
    body = "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in paragraphs)
    link = f"https://{feed_id(number)}.example/news/{entry}?utm_source=rss&amp;utm_medium=feed"
    return (
        f"<item><title>{escape(title, quote=False)}</title><link>{link}</link>"
        f'<guid isPermaLink="false">{feed_id(number)}-{entry}</guid>'
        f"<pubDate>{format_datetime(published)}</pubDate>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded></item>"
    )


def sentence(parts: dict[str, list[str]], chosen: random.Random) -> str:
    frame = chosen.choice(parts["frames"])
    slots = {name: chosen.choice(parts[name]) for name in ("who", "what", "where")}
    return frame.format(n=chosen.randint(2, 9999), **slots)
