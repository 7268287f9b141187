"""``make demo``: serve the recorded feeds on loopback, poll them three times, show what came of it.

The origin behaves like a publisher's server: it sends an entity tag and answers 304 to one that matches.
"""

import hashlib
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pipelines import clock, logs
from pipelines.config import load_feeds, load_settings, shipped
from pipelines.job import Job, run_job
from pipelines.monitor import Monitor
from pipelines.summary import Summary, closing_lines

MEDIA_TYPES = {".xml": "application/rss+xml", ".rdf": "application/rdf+xml", ".atom": "application/atom+xml"}
# One loopback server plays all the publishers: nobody needs sparing.
CONFIG = """\
[fetch]
allow_addresses = ["127.0.0.0/8"]
per_host_spacing_seconds = 0
per_host_concurrency = 16
"""
SAMPLE = """
    SELECT source, date, language, agency, dateline_place AS place, version AS v, n_sentences AS sentences,
           left(title, 48) AS title
    FROM articles ORDER BY is_edit DESC, hash(article_id) LIMIT 12
"""


class Origin(ThreadingHTTPServer):
    """Serves the newest edition of each file, of the editions published so far."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.editions = ["edition-1"]

    @property
    def address(self) -> str:
        """``http://127.0.0.1:<port>``."""
        return f"http://127.0.0.1:{self.server_port}"

    def find(self, name: str) -> Path | None:
        """The file to serve, or None."""
        for edition in reversed(self.editions):
            path = self.folder / edition / Path(name).name
            if path.is_file():
                return path
        return None


class _Handler(BaseHTTPRequestHandler):
    server: Origin
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.server.find(self.path)
        if path is None:
            self.send_error(404)
            return
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        known = self.headers.get("If-None-Match") == etag
        self.send_response(304 if known else 200)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", MEDIA_TYPES.get(path.suffix, "application/json"))
        self.send_header("Content-Length", "0" if known else str(len(body)))
        self.end_headers()
        if not known:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the demo's own lines are what matters."""


@contextmanager
def serving(folder: Path) -> Iterator[Origin]:
    """An origin on a free loopback port, for as long as the block lasts."""
    origin = Origin(folder)
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    try:
        yield origin
    finally:
        origin.shutdown()
        origin.server_close()


def main() -> int:
    """Poll three times into the folder named on the command line and show a sample."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "demo-data")
    folder = shipped("khabar.toml").parent / "demo"
    logs.configure("demo", json_lines=False)
    with serving(folder) as origin, tempfile.TemporaryDirectory() as scratch:
        feeds, config = Path(scratch, "feeds.toml"), Path(scratch, "khabar.toml")
        template = (folder / "feeds.toml").read_text(encoding="utf-8")
        feeds.write_text(template.replace("{origin}", origin.address), encoding="utf-8")
        config.write_text(CONFIG, encoding="utf-8")
        _tell("first poll", _poll(root, feeds, config))
        _tell("the same feeds again, nothing changed", _poll(root, feeds, config))
        origin.editions.append("edition-2")
        _tell("three feeds changed: new, edited and vanished entries", _poll(root, feeds, config))
    _show(root)
    return 0


def _poll(root: Path, feeds: Path, config: Path) -> Summary:
    job = Job(
        run_id=clock.new_run_id(clock.now()),
        root=root,
        feeds=load_feeds(feeds),
        settings=load_settings(config),
        all_feeds=True,
    )
    return run_job(job, Monitor())


def _tell(what: str, summary: Summary) -> None:
    print(f"\n== khabar run: {what}")
    print("\n".join(closing_lines(summary)))


def _show(root: Path) -> None:
    print(f"\n== khabar sql --root {root} (a sample)")
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", "pipelines.cli", "sql", "--root", str(root), SAMPLE], check=True)
    print(
        f"\nThe dataset is in {root}/. Ask it:\n"
        f'  .venv/bin/khabar sql --root {root} "select language, count(*) from latest group by 1"'
    )


if __name__ == "__main__":
    sys.exit(main())
