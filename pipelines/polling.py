"""Poll what is due and land its bytes. Imports no Beam: an unchanged poll ends here."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines import clock
from pipelines.drop import DropError, new_files
from pipelines.ledger import Drop, Ledger
from transforms.fetch import raw
from transforms.fetch.policy import Feed, FetchPolicy
from transforms.fetch.poll import poll
from transforms.fetch.result import Fetched
from transforms.fetch.state import FeedState

# A batch lives in the memory of the local runner at five to six times its size.
MAX_BATCH_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True)
class LandedPage:
    """An article's page on disk; ``sha256`` is None while it waits for the next run."""

    url: str
    final_url: str
    sha256: str | None
    content_type: str | None


@dataclass(frozen=True)
class Landed:
    """A document on disk: ``schemas.rows.Document`` without Beam, so that it can be kept as JSON."""

    source_id: str
    feed_url: str
    url: str
    sha256: str
    fetched_us: int
    content_type: str | None
    language: str | None
    timezone: str | None
    agency: str | None
    size: int
    pages: Sequence[LandedPage] = ()

    def to_json(self) -> str:
        """The document as one line of JSON, without its pages: they are looked for again."""
        return json.dumps(dataclasses.asdict(dataclasses.replace(self, pages=())), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Landed":
        """Read what ``to_json`` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Polled:
    """One feed of this run: what the source said and what was landed of it.

    Attributes:
        fetched: The outcome; for ``file:`` feeds made up of what the folder said, without HTTP fields.
        documents: What is new and on disk.
        drops: Files of a folder drop to remember as read.
    """

    fetched: Fetched
    documents: list[Landed] = field(default_factory=list)
    drops: list[Drop] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes to be parsed."""
        return sum(document.size for document in self.documents)


def poll_and_land(
    feeds: Sequence[Feed],
    states: Mapping[str, FeedState],
    policy: FetchPolicy,
    ledger: Ledger,
    raw_root: Path,
    *,
    deadline: float | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Polled]:
    """Poll every feed given; each is yielded as it finishes, with its new bytes on disk.

    Args:
        feeds: What is due.
        states: Where each feed stands, by id.
        policy: How politely.
        ledger: Asked for the files of folder drops that were read before.
        raw_root: The raw store.
        deadline: On the monotonic clock; what is not fetched by then stays due.
        stop: True once the run was asked to end.
    """
    for feed in feeds:
        if feed.url.startswith("file:"):
            if stop() or (deadline is not None and time.monotonic() > deadline):
                return
            yield _read_drop(feed, policy, ledger, raw_root)
    remote = [feed for feed in feeds if not feed.url.startswith("file:")]
    for fetched in poll(remote, states, policy, clock=clock.now, deadline=deadline, stop=stop):
        if fetched.body is None:
            yield Polled(fetched)
        else:
            document = land(fetched.feed, fetched.body, fetched.final_url, fetched.content_type, raw_root)
            yield Polled(dataclasses.replace(fetched, body=None), [document])


def land(feed: Feed, body: bytes, url: str, content_type: str | None, raw_root: Path) -> Landed:
    """Put one body into the raw store and describe it."""
    stored = raw.land(raw_root, body)
    return Landed(
        source_id=feed.id,
        feed_url=feed.url,
        url=url,
        sha256=stored.stem,
        fetched_us=clock.to_us(clock.now()),
        content_type=content_type,
        language=feed.language,
        timezone=feed.timezone,
        agency=feed.agency,
        size=len(body),
    )


def _read_drop(feed: Feed, policy: FetchPolicy, ledger: Ledger, raw_root: Path) -> Polled:
    started, since = clock.now(), time.monotonic()
    documents: list[Landed] = []
    drops: list[Drop] = []
    problems: list[str] = []
    try:
        for file in new_files(feed.id, feed.url, ledger.drops(feed.id)):
            try:
                body = read_file(file.path, policy.max_bytes)
            except (OSError, ValueError) as error:
                problems.append(f"{file.path}: {error}")
                continue
            documents.append(land(feed, body, file.path.as_uri(), None, raw_root))
            drops.append(Drop(feed.id, str(file.path), file.size, file.mtime_ns))
    except DropError as error:
        problems.append(str(error))
    fetched = Fetched(
        feed=feed,
        started_at=started,
        duration_ms=int((time.monotonic() - since) * 1000),
        final_url=feed.url,
        not_modified=not documents and not problems,
        bytes_received=sum(document.size for document in documents),
        error_class="unreadable_file" if problems else None,
        error=f"{feed.id}: {'; '.join(problems)}" if problems else None,
    )
    return Polled(fetched, documents, drops)


def read_file(path: Path, max_bytes: int) -> bytes:
    """The bytes of a dropped file.

    Raises:
        OSError: It cannot be read.
        ValueError: It is larger than ``max_bytes``.
    """
    with path.open("rb") as file:
        body = file.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise ValueError(f"larger than max_bytes = {max_bytes}")
    return body


def batches(polled: Iterable[Polled], max_bytes: int = MAX_BATCH_BYTES) -> Iterator[list[Polled]]:
    """Group polled feeds into batches of about ``max_bytes``; a large folder drop spans several."""
    batch: list[Polled] = []
    size = 0
    for part in (part for whole in polled for part in _parts(whole, max_bytes)):
        if batch and size + part.size > max_bytes:
            yield batch
            batch, size = [], 0
        batch.append(part)
        size += part.size
    if batch:
        yield batch


def _parts(polled: Polled, max_bytes: int) -> Iterator[Polled]:
    if polled.size <= max_bytes or not polled.drops:
        yield polled
        return
    start = size = 0
    for end, document in enumerate(polled.documents):
        if end > start and size + document.size > max_bytes:
            yield dataclasses.replace(
                polled, documents=polled.documents[start:end], drops=polled.drops[start:end]
            )
            start, size = end, 0
        size += document.size
    yield dataclasses.replace(polled, documents=polled.documents[start:], drops=polled.drops[start:])
