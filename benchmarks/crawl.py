"""Web archives as news crawls write them: made-up articles from 40 sites, a gzip member a record.

Articles are in five languages, each in a page with menus, scripts and an imprint.
"""

import gzip
import random
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from benchmarks.corpus import PARTS, sentence

SITES = 40
PER_ARCHIVE = 5000
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
PER_DAY = 20_000
MENU = "".join(f"<li><a href='/section/{n}'>Section {n}</a></li>" for n in range(60))
SCRIPT = "".join(f"var a{n}={n};function f{n}(x){{return x+{n}}};" for n in range(60))


def write_archives(folder: Path, articles: int) -> None:
    """Write the archives, where they are not there from an earlier run."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, articles, PER_ARCHIVE):
        path = folder / f"crawl-{start:07d}.warc.gz"
        count = min(PER_ARCHIVE, articles - start)
        marker = path.with_suffix(f".{count}")
        if not marker.exists():
            path.write_bytes(b"".join(record(number) for number in range(start, start + count)))
            marker.touch()


def record(number: int) -> bytes:
    """One page as a WARC response record, compressed by itself."""
    url, body, crawled = page(number)
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: {crawled:%Y-%m-%dT%H:%M:%SZ}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + http + b"\r\n\r\n", compresslevel=1, mtime=0)


def page(number: int) -> tuple[str, bytes, datetime]:
    """Address, HTML and crawl time of an article."""
    chosen = random.Random(number)
    language = sorted(PARTS)[number % len(PARTS)]
    parts = PARTS[language]
    published = FIRST + timedelta(days=1) * (number / PER_DAY)
    title = sentence(parts, chosen).rstrip(".")
    paragraphs = "".join(
        f"<p>{escape(' '.join(sentence(parts, chosen) for _ in range(chosen.randint(2, 4))))}</p>"
        for _ in range(chosen.randint(4, 8))
    )
    date = f'<meta property="article:published_time" content="{published.isoformat()}">'
    head = f"<meta charset=utf-8><title>{escape(title)}</title>{date}<script>{SCRIPT}</script>"
    article = f"<main><article><h1>{escape(title)}</h1>{paragraphs}</article></main>"
    body = f"<nav><ul>{MENU}</ul></nav>{article}<footer>Imprint</footer>"
    html = f"<!doctype html><html lang={language}><head>{head}</head><body>{body}</body></html>"
    return (
        f"https://site{number % SITES}.example/news/{number}",
        html.encode(),
        published + timedelta(hours=1),
    )


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.warc.gz"))
