"""The Arrow schemas of the datasets: the one source of column names, types and descriptions.

``docs/dataset.md`` is generated from here (``python -m schemas.arrow``); a test compares them.
"""

import pyarrow as pa

SCHEMA_VERSION = 1
VERSION_KEY = b"khabar.schema_version"

INSTANT = pa.timestamp("us", tz="UTC")
STRINGS = pa.list_(pa.string())
LINKS = pa.list_(
    pa.struct(
        [
            ("href", pa.string()),
            ("rel", pa.string()),
            ("type", pa.string()),
            ("length", pa.int64()),
            ("title", pa.string()),
        ]
    )
)
SUBJECTS = pa.list_(pa.struct([("name", pa.string()), ("scheme", pa.string()), ("code", pa.string())]))
SPANS = pa.list_(
    pa.struct(
        [("paragraph", pa.int32()), ("start", pa.int32()), ("end", pa.int32()), ("language", pa.string())]
    )
)
REMOVED = pa.list_(pa.struct([("where", pa.string()), ("kind", pa.string()), ("text", pa.string())]))
SHARES = pa.list_(pa.struct([("language", pa.string()), ("share", pa.float32())]))


def _required(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, nullable=False, metadata={"description": description})


def _nullable(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, nullable=True, metadata={"description": description})


def _schema(dataset: str, fields: list[pa.Field]) -> pa.Schema:
    metadata = {VERSION_KEY: str(SCHEMA_VERSION).encode(), b"khabar.dataset": dataset.encode()}
    return pa.schema(fields, metadata=metadata)


ARTICLES = _schema(
    "articles",
    [
        _required("article_id", pa.string(), "Identity of the article in its source, 32 hex digits: hash of source and guid, else canonical link, else title and date."),
        _required("content_hash", pa.string(), "Hash of the visible title and body as published, 32 hex digits; (article_id, content_hash) is unique."),
        _required("version", pa.int32(), "1 for the first content seen of this article, then 2, 3 ..."),
        _required("is_edit", pa.bool_(), "True from version 2 on."),
        _required("source_id", pa.string(), "The feed's id in feeds.toml; equals the path's source=."),
        _required("partition_date", pa.date32(), "Equals the path's date=; sticky per article, so edits stay with the first version."),
        _required("date_source", pa.string(), "Where partition_date comes from: published (UTC date of published_at) or first_seen (date missing, unreadable or out of range)."),
        _nullable("published_at", INSTANT, "Publication instant as the feed says, UTC; null when missing or unreadable, never the time of reading."),
        _nullable("updated_at", INSTANT, "Modification instant as the feed says, UTC."),
        _nullable("published_raw", pa.string(), "The publication date as published, verbatim."),
        _required("date_quality", STRINGS, "Flags on the date: assumed_zone, date_only, future, out_of_range, ... (docs/feeds.md)."),
        _required("first_seen_at", INSTANT, "When khabar first fetched any version of this article."),
        _required("fetched_at", INSTANT, "When the document that held this version was fetched."),
        _required("ingested_at", INSTANT, "Start of the run that wrote this row."),
        _required("feed_url", pa.string(), "The feed's address as configured."),
        _nullable("url", pa.string(), "Link to the article as published, made absolute."),
        _nullable("url_canonical", pa.string(), "url without known tracking parameters and fragments."),
        _nullable("guid", pa.string(), "The publisher's identifier, verbatim."),
        _nullable("title", pa.string(), "Headline: canonical text on one line."),
        _nullable("summary", pa.string(), "The feed's summary as canonical text, when it is not the body itself."),
        _nullable("text", pa.string(), "Body: canonical text, one paragraph a line, furniture removed. Null when the feed gives no body."),
        _nullable("text_search", pa.string(), "text folded for search: no diacritics, one form per letter, ASCII digits, lower case."),
        _nullable("text_origin", pa.string(), "What text was made from: content, summary or page."),
        _required("text_len", pa.int32(), "Length of text in code points; 0 when null."),
        _required("n_sentences", pa.int32(), "Number of sentence_spans."),
        _nullable("language", pa.string(), "Identified language, BCP 47; und when it cannot be told, zxx when there is no language."),
        _nullable("language_confidence", pa.float32(), "Probability of language, 0..1."),
        _nullable("language_feed", pa.string(), "Language the feed declares or the configuration gives; a prior, not a fact."),
        _nullable("language_detector", pa.string(), "Name and version of the detector."),
        _required("languages", SHARES, "Languages with at least 10 % of the letters, largest first."),
        _nullable("script", pa.string(), "Dominant script, ISO 15924."),
        _required("sentence_spans", SPANS, "Sentences as code points [start, end) of text, with paragraph number; language only where it differs."),
        _nullable("agency", pa.string(), "Agency the text is credited to (canonical id), else the one configured for the feed."),
        _required("agencies", STRINGS, "All agencies credited, in order of appearance."),
        _nullable("dateline_place", pa.string(), "Place in the dateline, as written."),
        _nullable("dateline_date", pa.date32(), "Date in the dateline (Gregorian)."),
        _nullable("dateline_hijri", pa.string(), "Hijri date in the dateline, as written."),
        _nullable("byline", pa.string(), "Author line removed from the body, or the format's own byline field."),
        _nullable("publisher", pa.string(), "Publisher line removed from the end of the body."),
        _required("photo_credits", STRINGS, "Photo credits removed from the body."),
        _required("furniture_removed", REMOVED, "Every piece taken out of the body, verbatim, with where and kind."),
        _required("captions", STRINGS, "Captions found in the body, kept out of text."),
        _required("embeds", STRINGS, "Text of embedded posts and players, kept out of text."),
        _required("authors", STRINGS, "Authors as the feed names them."),
        _required("categories", STRINGS, "Free tags as published."),
        _required("subjects", SUBJECTS, "Controlled subjects (IPTC and others) with scheme and code."),
        _required("enclosures", LINKS, "Enclosures, renditions and associations by reference."),
        _nullable("slugline", pa.string(), "Agency slugline."),
        _nullable("located", pa.string(), "Dateline place from the format's own field."),
        _nullable("urgency", pa.int32(), "IPTC urgency, 1 (flash) to 9."),
        _nullable("usage_terms", pa.string(), "Usage terms as published."),
        _nullable("copyright", pa.string(), "Copyright notice as published."),
        _nullable("provider", pa.string(), "Provider or credit the document names, verbatim."),
        _nullable("provider_version", pa.string(), "The provider's own revision number, verbatim."),
        _nullable("extraction_confidence", pa.float32(), "Agreement of two extractors, 0..1; only for text_origin page."),
        _nullable("content_sha256", pa.string(), "SHA-256 of text_search (hex): equal for texts that differ only in form."),
        _nullable("minhash_b8", pa.binary(), "128 bytes, one of each MinHash value of text_search: the share of equal bytes estimates similarity. Null without words."),
        _required("lsh32", pa.list_(pa.uint32()), "32 band hashes of the signature: two articles that share one are probably near-duplicates."),
        _required("sent_fp", pa.list_(pa.uint64()), "Hash of the search form of each sentence of five words (ten letters in Chinese, Japanese, Thai) or more."),
        _nullable("dup_cluster_id", pa.string(), "Reserved, always null: clusters change as articles arrive (khabar reprints)."),
        _nullable("dup_kind", pa.string(), "Reserved, always null, likewise."),
        _nullable("origin", pa.string(), "Reserved, always null, likewise."),
        _required("status", pa.string(), "published, or withdrawn when the agency canceled or withheld it."),
        _required("quality_flags", STRINGS, "Findings of use to a modeller; nothing is dropped because of them (docs/quality-flags.md)."),
        _required("document_sha256", pa.string(), "The feed document this row was read from: name of its file in raw/."),
        _required("run_id", pa.string(), "The run that wrote this row."),
        _required("pipeline_version", pa.string(), "Version of khabar that wrote this row."),
        _nullable("extra", pa.string(), "JSON object; langdetect's own answer where backend is langdetect-parity, else null."),
    ],
)  # fmt: skip

SENTENCES = _schema(
    "sentences",
    [
        _required("article_id", pa.string(), "Article the sentence belongs to."),
        _required("version", pa.int32(), "Version of the article."),
        _required("source_id", pa.string(), "As in articles."),
        _required("partition_date", pa.date32(), "As in articles."),
        _required("paragraph", pa.int32(), "0-based paragraph of the article's text."),
        _required("idx", pa.int32(), "0-based position in the article, in reading order."),
        _required("start", pa.int32(), "First code point in the article's text."),
        _required("end", pa.int32(), "One past the last code point in the article's text."),
        _required("text", pa.string(), "The sentence: text[start:end]."),
        _nullable("language", pa.string(), "The sentence's language: its own where a paragraph switches, else the article's."),
    ],
)  # fmt: skip

FETCH_LOG = _schema(
    "fetch_log",
    [
        _required("run_id", pa.string(), "The run."),
        _required("source_id", pa.string(), "The feed's id."),
        _required("feed_url", pa.string(), "The feed's address as configured."),
        _nullable("final_url", pa.string(), "Address that answered, after redirects."),
        _required("started_at", INSTANT, "When the request began."),
        _required("duration_ms", pa.int64(), "Whole request, milliseconds."),
        _nullable("http_status", pa.int32(), "Status of the last answer; null without one, and for file: feeds."),
        _required("etag_sent", pa.bool_(), "A validator was sent."),
        _required("not_modified", pa.bool_(), "304, or 200 with the same bytes as last time."),
        _required("bytes", pa.int64(), "Bytes received on the wire (file: bytes read)."),
        _nullable("encoding", pa.string(), "Charset the body was decoded with."),
        _nullable("content_type", pa.string(), "Content-Type as sent."),
        _nullable("format", pa.string(), "rss20, rss10, atom10, jsonfeed, newsml-g2 ...; null when not parsed."),
        _nullable("bozo", pa.string(), "Why the document is not well-formed; null when it is."),
        _required("flags", STRINGS, "Repairs made to read the document."),
        _nullable("body_sha256", pa.string(), "Hash of the decoded body: name of its file in raw/ when it was new."),
        _required("n_documents", pa.int32(), "Documents read (several for a folder drop)."),
        _required("n_entries", pa.int32(), "Entries found: n_new + n_edited + n_seen + n_repeated + n_held + n_error."),
        _required("n_new", pa.int32(), "Articles never seen before."),
        _required("n_edited", pa.int32(), "New versions of known articles."),
        _required("n_seen", pa.int32(), "Entries the dataset holds already."),
        _required("n_repeated", pa.int32(), "Entries repeated within this run."),
        _required("n_held", pa.int32(), "Entries held back: under embargo, or waiting for their page."),
        _required("n_error", pa.int32(), "Entries rejected; they are in errors/."),
        _required("possible_gap", pa.bool_(), "Nothing of the previous window was left: entries may have been missed."),
        _nullable("error_class", pa.string(), "Class of failure: timeout, dns, http_404, not_a_feed ...; null on success."),
        _nullable("error", pa.string(), "One line naming feed and finding."),
        _nullable("next_due", INSTANT, "When the feed is due again."),
    ],
)  # fmt: skip

ERRORS = _schema(
    "errors",
    [
        _required("run_id", pa.string(), "The run."),
        _required("source_id", pa.string(), "The feed's id."),
        _nullable("feed_url", pa.string(), "The feed's address as configured."),
        _required("stage", pa.string(), "fetch, parse, deduplicate, clean, identify, segment ..."),
        _required("exception", pa.string(), "Class of the exception or of the failure."),
        _required("message", pa.string(), "What was found."),
        _nullable("raw_entry", pa.string(), "The element as far as it was read, for replay."),
        _required("at", INSTANT, "Start of the run."),
    ],
)  # fmt: skip

DATASETS: dict[str, pa.Schema] = {
    "articles": ARTICLES,
    "sentences": SENTENCES,
    "fetch_log": FETCH_LOG,
    "errors": ERRORS,
}

MONTHLY_SUFFIX = "_monthly"
# What `khabar rollup` makes beside the long datasets: the same columns, a month of one source in one file.
MONTHLY: dict[str, pa.Schema] = {
    f"{name}{MONTHLY_SUFFIX}": DATASETS[name].with_metadata(
        DATASETS[name].metadata | {b"khabar.dataset": f"{name}{MONTHLY_SUFFIX}".encode()}
    )
    for name in ("articles", "sentences")
}
# Footer key of a monthly file: the daily files it holds, below their source=, as a JSON list.
ROLLUP_OF = b"khabar.rollup_of"
# What a file in a store replaces: a JSON list of names in its own folder.
REPLACES = b"khabar.replaces"

SCHEMAS: dict[str, pa.Schema] = DATASETS | MONTHLY

SORTED_BY: dict[str, tuple[str, ...]] = {
    "articles": ("published_at", "article_id", "version"),
    "sentences": ("article_id", "version", "idx"),
    "fetch_log": ("source_id",),
    "errors": ("source_id", "stage"),
}
# Days first, so that statistics find the row groups of a day.
SORTED_BY |= {name: ("partition_date", *SORTED_BY[name.removesuffix(MONTHLY_SUFFIX)]) for name in MONTHLY}


def describe() -> str:
    """Render every dataset's columns as Markdown tables (the generated part of docs/dataset.md)."""
    parts = []
    for name, schema in DATASETS.items():
        rows = [
            f"| `{field.name}` | `{str(field.type).replace('|', chr(92) + '|')}` | {'yes' if field.nullable else ''} "
            f"| {field.metadata[b'description'].decode()} |"
            for field in schema
        ]
        parts.append(
            "\n".join([f"### {name}", "", "| column | type | null | meaning |", "|---|---|---|---|", *rows])
        )
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    print(describe(), end="")
