"""What the columns promise beyond their types; every exported schema says it in its own words."""

from typing import NamedTuple


class Constraint(NamedTuple):
    """Limits of one column's values; a null is judged by the column's nullability alone."""

    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None  # of the whole value
    enum: tuple[str, ...] = ()


_COUNT = Constraint(minimum=0)
_ID = Constraint(pattern="[0-9a-f]{32}")
_SHA256 = Constraint(pattern="[0-9a-f]{64}")
_SLUG = Constraint(pattern="[a-z][a-z0-9_]*")
_TAG = Constraint(pattern="[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_VERSION = Constraint(minimum=1)

CONSTRAINTS: dict[str, dict[str, Constraint]] = {
    "articles": {
        "article_id": _ID,
        "content_hash": _ID,
        "version": _VERSION,
        "source_id": _SLUG,
        "date_source": Constraint(enum=("published", "first_seen")),
        "text_origin": Constraint(enum=("content", "summary", "page")),
        "text_len": _COUNT,
        "n_sentences": _COUNT,
        "language": _TAG,
        "language_confidence": Constraint(minimum=0, maximum=1),
        "script": Constraint(pattern="[A-Z][a-z]{3}"),
        "extraction_confidence": Constraint(minimum=0, maximum=1),
        "content_sha256": _SHA256,
        "dup_kind": Constraint(enum=("exact", "reprint", "excerpt", "update", "related")),
        "status": Constraint(enum=("published", "withdrawn")),
        "document_sha256": _SHA256,
    },
    "sentences": {
        "article_id": _ID,
        "version": _VERSION,
        "source_id": _SLUG,
        "paragraph": _COUNT,
        "idx": _COUNT,
        "start": _COUNT,
        "end": _COUNT,
        "language": _TAG,
    },
    "fetch_log": {
        "source_id": _SLUG,
        "duration_ms": _COUNT,
        "bytes": _COUNT,
        **{
            f"n_{name}": _COUNT
            for name in ("documents", "entries", "new", "edited", "seen", "repeated", "held", "error")
        },
    },
    "errors": {"source_id": _SLUG},
}

# Columns whose values together are there once; none for errors.
UNIQUE: dict[str, tuple[str, ...]] = {
    "articles": ("article_id", "content_hash"),
    "sentences": ("article_id", "version", "idx"),
    "fetch_log": ("run_id", "source_id"),
    "errors": (),
}

SUMMARIES: dict[str, str] = {
    "articles": "One row per version of an article.",
    "sentences": "One row per sentence of an article version.",
    "fetch_log": "One row per feed and run: how it answered and what was in it.",
    "errors": "What a stage could not process, and why.",
}

# Columns that the path of a file gives.
PARTITIONED_BY: dict[str, tuple[str, ...]] = {
    "articles": ("source", "date"),
    "sentences": ("source", "date"),
    "fetch_log": ("date",),
    "errors": ("date",),
}
