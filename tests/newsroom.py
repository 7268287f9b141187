"""A dataset under test: an origin on loopback, configuration files, and the real command line."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.dataset as ds

from pipelines import cli
from pipelines.arguments import LEDGER
from pipelines.layout import Root
from pipelines.ledger import Ledger
from pipelines.verify import Report, verify
from tests.origin import Origin
from transforms.s3 import S3Path
from transforms.storage import place

REPOSITORY = Path(__file__).parent.parent


def item(guid: str, title: str, body: str, date: str = "Thu, 05 Mar 2026 06:15:00 GMT", **extra: str) -> str:
    """One RSS item; ``body`` is HTML, ``extra`` further elements."""
    more = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in extra.items())
    return (
        f"<item><guid isPermaLink='false'>{escape(guid)}</guid><title>{escape(title)}</title>"
        f"<link>https://agency.example/{escape(guid)}</link><pubDate>{escape(date)}</pubDate>"
        f"<description>{escape(body)}</description>{more}</item>"
    )


def rss(*items: str) -> bytes:
    """An RSS 2.0 document."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Agency</title>'
        f"<link>https://agency.example/</link><description>d</description>{''.join(items)}</channel></rss>"
    ).encode()


def story(n: int, edition: int = 1) -> str:
    """A plausible item that differs by number and edition."""
    body = f"<p>The port of Aqaba handled {n} ships in March. Traffic rose by {edition} percent.</p>"
    return item(f"story-{n}", f"Port traffic report {n}", body)


@dataclass
class Newsroom:
    """One root with its feeds."""

    folder: Path
    origin: Origin
    feeds: dict[str, dict[str, str]] = field(default_factory=dict)
    bucket: str | None = None  # s3://bucket/prefix instead of a folder

    @property
    def root(self) -> Path:
        return self.folder / "root" if self.bucket is None else place(self.bucket)

    @property
    def ledger_given(self) -> str | None:
        """The ledger that every command of this test uses; None for the file under the root."""
        return os.environ.get(LEDGER)

    def ledger(self) -> Ledger:
        """The ledger, opened."""
        return Ledger(Root(self.root, self.ledger_given).ledger_place)

    def verify(self, *, deep: bool = False) -> Report:
        """What ``khabar verify`` finds."""
        return verify(self.root, deep=deep, ledger=self.ledger_given)

    def publish(self, feed_id: str, body: bytes, **keys: str) -> None:
        """Serve ``body`` as the feed's document, and configure the feed."""
        etag = f'"{hash(body):x}"'
        self.origin.serve(f"/{feed_id}.xml", body, etag=etag)
        self.feeds[feed_id] = {"url": self.origin.url(f"/{feed_id}.xml"), **keys}

    def command(self, *words: str) -> list[str]:
        """The words of ``khabar run`` on this newsroom, with its files written."""
        feeds, config = self.folder / "feeds.toml", self.folder / "khabar.toml"
        tables = [
            "\n".join(["[[feed]]", f'id = "{name}"', *(f"{k} = {json.dumps(v)}" for k, v in keys.items())])
            for name, keys in self.feeds.items()
        ]
        feeds.write_text("\n".join(tables), encoding="utf-8")
        if not config.exists():
            config.write_text('[fetch]\nallow_addresses = ["127.0.0.0/8"]\nper_host_spacing_seconds = 0\n')
        return [
            "run",
            "--root",
            str(self.root),
            "--feeds",
            str(feeds),
            "--config",
            str(config),
            "--json",
            *words,
        ]

    def run(self, *words: str, all_feeds: bool = True) -> dict[str, Any]:
        """Run in this process; the summary, with the exit code as ``exit``."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = cli.main(self.command(*(["--all"] if all_feeds else []), *words))
        text = out.getvalue()
        return (json.loads(text) if text else {}) | {"exit": code}

    def spawn(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        """Start a real process."""
        return subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", *self.command("--all", *words)],
            cwd=REPOSITORY,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def table(self, dataset: str) -> pa.Table:
        """A dataset as any reader sees it; no rows when it is not there."""
        folder = self.root / dataset
        if not folder.is_dir():
            return pa.table({})
        if isinstance(folder, S3Path):
            return ds.dataset(folder.key, filesystem=folder.store, partitioning="hive").to_table()
        return ds.dataset(folder, partitioning="hive").to_table()

    def rows(self, dataset: str = "articles") -> list[dict[str, Any]]:
        return self.table(dataset).to_pylist()


def build(folder: Path, editions: int, publish: Callable[[Newsroom, int], None]) -> Path:
    """A root in which editions 1, 2 ... of what ``publish`` serves were read, a run an edition."""
    with Origin() as origin:
        newsroom = Newsroom(folder, origin)
        for edition in range(1, editions + 1):
            publish(newsroom, edition)
            newsroom.run()
        return newsroom.root
