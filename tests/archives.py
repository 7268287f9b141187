"""WARC files as news crawls write them: one gzip member a record, made with warcio."""

import io
from dataclasses import dataclass, field
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PARAGRAPHS = (
    "The harbour authority of Aqaba said on Thursday that container traffic had risen for the third month.",
    "It attributed the rise to a new quay, opened in January, and to shorter waiting times at anchor.",
    "The authority expects traffic to settle in summer, when the second crane is taken out for repair.",
)


def page(
    title: str = "Traffic rises",
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    *,
    canonical: str | None = None,
    published: str | None = "2026-03-05T06:15:00Z",
    language: str = "en",
    head: str = "",
) -> bytes:
    """An article's page with a menu and an imprint around it, UTF-8."""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    date = f'<meta property="article:published_time" content="{published}">' if published else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang={language}><head>{head}<title>{title}</title>{link}{date}</head>"
        "<body><nav><ul><li><a href=/>Home</a></li><li><a href=/w>World</a></li></ul></nav>"
        f"<main><article><h1>{title}</h1>{body}</article></main><footer>Imprint</footer></body></html>"
    ).encode()


@dataclass(frozen=True, kw_only=True)
class Crawled:
    """One record to write.

    Attributes:
        headers: HTTP headers besides Content-Type.
        warc: WARC headers besides those the writer sets.
    """

    url: str = "https://news.example/a"
    body: bytes = field(default_factory=page)
    status: str = "200 OK"
    content_type: str | None = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    date: str = "2026-03-05T08:00:00Z"
    kind: str = "response"
    warc: dict[str, str] = field(default_factory=dict)


def archive(*crawled: Crawled, gzip: bool = True) -> bytes:
    """The bytes of a WARC file: a warcinfo record, then these."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gzip)
    writer.write_record(writer.create_warcinfo_record("test.warc.gz", {"software": "tests"}))
    for record in crawled:
        writer.write_record(_record(writer, record))
    return out.getvalue()


def record_bytes(crawled: Crawled) -> bytes:
    """One record, not compressed."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    writer.write_record(_record(writer, crawled))
    return out.getvalue()


def _record(writer: WARCWriter, crawled: Crawled):
    fields = list(crawled.headers.items())
    if crawled.content_type is not None:
        fields.append(("Content-Type", crawled.content_type))
    http = StatusAndHeaders(crawled.status, fields, protocol="HTTP/1.1")
    return writer.create_warc_record(
        crawled.url,
        crawled.kind,
        payload=io.BytesIO(crawled.body),
        http_headers=http,
        warc_headers_dict={"WARC-Date": crawled.date, **crawled.warc},
    )


def write(path: Path, *crawled: Crawled) -> Path:
    """Write a WARC file, and say where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(archive(*crawled))
    return path
