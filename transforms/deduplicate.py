"""Drop what the dataset holds already, hold what is under embargo, number the versions of the rest."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

import apache_beam as beam
from apache_beam.utils.timestamp import Timestamp

from schemas.rows import Entry, HeldEntry, NewEntry, Reject, Version
from transforms.attempt import REJECTS, reject_of
from transforms.instants import utc_date

STAGE = "deduplicate"
HELD = "held"
OUTCOMES = "outcomes"
# A publisher that alternates texts (counters, clocks in the body) must not fill the dataset.
MAX_VERSIONS = 24
# Articles in one question: a ledger on a server is a round trip away.
ASKED = 500
# Before 1971 a date is an unset clock (epoch 0); a day ahead covers every time zone mistake.
EARLIEST = Timestamp.from_rfc3339("1971-01-01T00:00:00Z")
AHEAD_SECONDS = 86_400


class KnownArticle(Protocol):
    """What the ledger remembers of one article."""

    @property
    def versions(self) -> int:
        """How many versions the dataset holds."""

    @property
    def partition_date(self) -> str:
        """Its partition, YYYY-MM-DD."""

    @property
    def date_source(self) -> str:
        """Where the partition came from."""

    @property
    def first_seen_us(self) -> int:
        """When it was first fetched, microseconds since the epoch."""

    @property
    def contents(self) -> frozenset[str]:
        """The ``content_hash`` of each version."""


class Seen(Protocol):
    """An open ledger, as far as this stage needs one."""

    def known(self, article_ids: Iterable[str]) -> Mapping[str, KnownArticle]:
        """What is remembered of articles; new ones are left out."""

    def close(self) -> None:
        """Close it."""


class SeenReader(Protocol):
    """A picklable way to open the ledger in a worker."""

    def open(self) -> Seen:
        """Open a connection of the worker's own."""


class Fresh(NamedTuple):
    """What is new, what waits, what became of every entry, and what was refused."""

    entries: "beam.PCollection[NewEntry]"
    held: "beam.PCollection[HeldEntry]"
    outcomes: "beam.PCollection[tuple[str, str]]"
    rejects: "beam.PCollection[Reject]"


class DeduplicateEntries(beam.PTransform["beam.PCollection[Entry]", Fresh]):
    """Entries to new entries: each (article, content) once, against the ledger and within the run.

    Args:
        ledger: Opens the ledger of the root.
        now: Start of the run; embargoes are judged by it. None: by the moment at which an entry passes.
    """

    def __init__(self, ledger: SeenReader, now: Timestamp | None) -> None:
        super().__init__()
        self.ledger = ledger
        self.now = now

    def expand(self, entries: "beam.PCollection[Entry]") -> Fresh:  # noqa: D102
        unseen = (
            entries
            | "ask_of_entries" >> beam.BatchElements(ASKED, ASKED)
            | "drop_seen"
            >> beam.ParDo(_DropSeen(self.ledger, self.now))
            .with_outputs(HELD, OUTCOMES, main="unseen")
            .with_output_types(tuple[tuple[str, str], Entry])
        )
        numbered = (
            unseen["unseen"]
            | "group_by_article" >> beam.GroupByKey()
            | "ask_of_articles" >> beam.BatchElements(ASKED, ASKED)
            | "number_versions"
            >> beam.ParDo(_NumberVersions(self.ledger))
            .with_outputs(OUTCOMES, REJECTS, main="new")
            .with_output_types(NewEntry)
        )
        unseen[HELD].element_type = HeldEntry
        numbered[REJECTS].element_type = Reject
        for outputs in (unseen, numbered):
            outputs[OUTCOMES].element_type = tuple[str, str]
        outcomes = (unseen[OUTCOMES], numbered[OUTCOMES]) | "all_outcomes" >> beam.Flatten()
        return Fresh(numbered["new"], unseen[HELD], outcomes, numbered[REJECTS])


class _AsksLedger(beam.DoFn):
    def __init__(self, ledger: SeenReader) -> None:
        self.reader = ledger

    def setup(self) -> None:
        self.seen = self.reader.open()

    def teardown(self) -> None:
        self.seen.close()


class _DropSeen(_AsksLedger):
    def __init__(self, ledger: SeenReader, now: Timestamp | None) -> None:
        super().__init__(ledger)
        self.now = now

    def process(self, entries: list[Entry]) -> Iterable[Any]:
        remembered = self.seen.known({entry.article_id for entry in entries})
        for entry in entries:
            known = remembered.get(entry.article_id)
            if known is not None and entry.content_hash in known.contents:
                yield beam.pvalue.TaggedOutput(OUTCOMES, (entry.source_id, "seen"))
            elif (until := held_until(entry, self.now or Timestamp.now())) is not None:
                yield beam.pvalue.TaggedOutput(OUTCOMES, (entry.source_id, "held"))
                yield beam.pvalue.TaggedOutput(HELD, _held(entry, until))
            else:
                yield (entry.source_id, entry.article_id), entry


class _NumberVersions(_AsksLedger):
    def process(self, groups: list[tuple[tuple[str, str], Iterable[Entry]]]) -> Iterable[Any]:
        remembered = self.seen.known(article_id for (_, article_id), _ in groups)
        for (source_id, article_id), entries in groups:
            distinct, repeated = first_of_each_content(entries)
            for _ in range(repeated):
                yield beam.pvalue.TaggedOutput(OUTCOMES, (source_id, "repeated"))
            for new in number_versions(distinct, remembered.get(article_id)):
                yield from _outcome(source_id, new)


def _outcome(source_id: str, new: NewEntry) -> Iterable[Any]:
    if new.version.number > MAX_VERSIONS:
        yield beam.pvalue.TaggedOutput(REJECTS, _too_many(new.entry))
        yield beam.pvalue.TaggedOutput(OUTCOMES, (source_id, "error"))
        return
    yield beam.pvalue.TaggedOutput(OUTCOMES, (source_id, "new" if new.version.number == 1 else "edited"))
    yield new


def first_of_each_content(entries: Iterable[Entry]) -> tuple[list[Entry], int]:
    """The entries of one article with distinct content, oldest first, and how many repeated one.

    Within a run versions are ordered by when they were fetched, then by the date the feed gives, then by
    their place from the end of the document (feeds put the newest first).
    """
    ordered = sorted(entries, key=_age)
    distinct: dict[str, Entry] = {}
    for entry in ordered:
        distinct.setdefault(entry.content_hash, entry)
    return list(distinct.values()), len(ordered) - len(distinct)


def _age(entry: Entry) -> tuple[int, int, int, str]:
    revised = entry.updated_at or entry.published_at
    return (
        entry.fetched_at.micros,
        revised.micros if revised is not None else 0,
        -entry.position,
        entry.document_sha256,
    )


def number_versions(entries: list[Entry], known: KnownArticle | None) -> list[NewEntry]:
    """Number new contents of one article after the versions the dataset holds.

    The partition date is the first version's for ever, so that edits stay beside what they edit.
    """
    if not entries:
        return []
    if known is None:
        partition_date, date_source = partition_of(entries[0])
        first_seen, held = entries[0].fetched_at, 0
    else:
        partition_date, date_source = known.partition_date, known.date_source
        first_seen, held = Timestamp(micros=known.first_seen_us), known.versions
    return [
        NewEntry(entry, Version(number, partition_date, date_source, first_seen))
        for number, entry in enumerate(entries, start=held + 1)
    ]


def partition_of(entry: Entry) -> tuple[str, str]:
    """The partition date of a first version, and where it came from.

    The UTC date of publication; the date of first sight when that is missing or cannot be: before 1971 (an
    unset clock) or more than a day after it was fetched.
    """
    published = entry.published_at
    if published is not None and EARLIEST <= published <= entry.fetched_at + AHEAD_SECONDS:
        return utc_date(published), "published"
    return utc_date(entry.fetched_at), "first_seen"


def held_until(entry: Entry, now: Timestamp) -> Timestamp | None:
    """Until when an entry waits: for its embargo, or for the next run where its page was not reached."""
    if entry.embargo_until is not None and entry.embargo_until > now:
        return entry.embargo_until
    if entry.page is not None and entry.page.path is None:
        return now
    return None


def _held(entry: Entry, until: Timestamp) -> HeldEntry:
    return HeldEntry(
        entry.source_id,
        entry.article_id,
        entry.content_hash,
        entry.document_sha256,
        entry.title,
        until,
    )


def _too_many(entry: Entry) -> Reject:
    message = f"{entry.source_id}: article {entry.article_id} has {MAX_VERSIONS} versions; no more are kept"
    return reject_of(STAGE, entry.source_id, entry.feed_url, entry)._replace(
        exception="VersionLimit", message=message
    )
