"""No letter is lost between a feed's HTML and the columns: text, furniture, typed blocks, dropped parts.

``python -m benchmarks.lossless [FOLDER]`` reads every feed below FOLDER, by default
``$KHABAR_SHARED/samples``. Letters are counted as a multiset, three times: all letters of the
HTML against blocks and dropped parts; blocks against their canonical text; canonical text against
body and furniture. Every loss is listed; the exit code is 1 when there is one.
"""

import argparse
import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from transforms.feeds.entry import FeedEntry, FeedError
from transforms.feeds.parse import parse
from transforms.text.blocks import TEXT_KINDS, read_html
from transforms.text.furniture import strip_furniture
from transforms.text.markup import prepare, unescape_again
from transforms.text.normalize import canonical

_UNSEEN = {"script", "style", "title", "textarea", "iframe", "noscript", "svg"}


class Letters(HTMLParser):
    """The letters of a document, by the standard library's own reading."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self._unseen += tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        self._unseen -= tag in _UNSEEN and self._unseen > 0

    def handle_data(self, data: str) -> None:  # noqa: D102
        if not self._unseen:
            self.found.append(data)


class Loss(NamedTuple):
    """Letters one step lost, and where."""

    source: str
    step: str
    letters: str


def letters(text: str) -> Counter[str]:
    """The letters of a text, whatever form they are written in; tatweel and marks are none."""
    plain = unicodedata.normalize("NFKD", text)
    return Counter(char for char in plain if unicodedata.category(char)[0] == "L" and char != "\u0640")


def letters_of_html(html: str) -> Counter[str]:
    """All letters a browser could show."""
    reader = Letters()
    reader.feed(prepare(html))
    reader.close()
    return letters(unescape(unescape_again("".join(reader.found))))


def losses_of(source: str, entry: FeedEntry) -> Iterator[Loss]:
    """What cleaning one entry loses."""
    html = entry.content or entry.summary or ""
    page = read_html(html)
    kept = letters("".join(block.text for block in page.blocks) + "".join(text for _, text in page.dropped))
    paragraphs = []
    steps = [("blocks", letters_of_html(html) - kept)]
    for block in page.blocks:
        text = canonical(block.text, entry.language)
        steps.append(("canonical", letters(block.text) - letters(text)))
        if block.kind in TEXT_KINDS:
            paragraphs.append(text)
    found = strip_furniture(paragraphs, entry.language, entry.published.date() if entry.published else None)
    left = letters("".join(found.body) + "".join(piece.text for piece in found.removed))
    steps.append(("furniture", letters("".join(paragraphs)) - left))
    for step, lost in steps:
        if lost:
            yield Loss(source, step, "".join(sorted(lost.elements()))[:80])


def entries(folder: Path) -> Iterator[tuple[str, FeedEntry]]:
    """Every entry of every readable document below a folder."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            feed = parse(
                path.read_bytes(),
                url=path.as_uri(),
                content_type=None,
                language=None,
                timezone=None,
                fetched_at=datetime.now(UTC),
            )
        except FeedError:
            continue
        for entry in feed.entries:
            yield path.name, entry


def main() -> int:
    """List losses; 1 when there are any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path)
    folder = parser.parse_args().folder
    if folder is None:
        if not os.environ.get("KHABAR_SHARED"):
            print("skipped: KHABAR_SHARED is not set and no folder is given")
            return 0
        folder = Path(os.environ["KHABAR_SHARED"]) / "samples"
    read, lost = 0, 0
    for source, entry in entries(folder):
        read += 1
        for loss in losses_of(source, entry):
            lost += 1
            print(f"{loss.source}: {loss.step} lost {loss.letters!r}")
    print(f"{read} entries read, {lost} losses")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
