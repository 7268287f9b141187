"""The rows of ``fetch_log``, fetch failures in ``errors``, and what the schedule learns from parsing."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines import clock
from pipelines.polling import Polled
from transforms.fetch.schedule import Window
from transforms.fetch.state import FeedState
from transforms.fetch.urls import redact


def window_of(
    reports: Sequence[Mapping[str, Any]], counts: Mapping[str, int], body_sha256: str | None
) -> Window | None:
    """What parsing found in the documents of a feed; None when no document could be read.

    With ``body_sha256`` only that document says how fast the feed moves: older pages of a back-fill do not.
    """
    good = [
        report
        for report in reports
        if report["error_class"] is None and body_sha256 in (None, report["sha256"])
    ]
    if not good:
        return None
    last = good[-1]
    return Window(
        n_entries=sum(report["n_entries"] for report in good),
        n_new=counts.get("new", 0),
        n_seen=counts.get("seen", 0) + counts.get("edited", 0),
        published=[clock.from_us(moment) for report in good for moment in report["published_us"]],
        ttl_minutes=last["ttl_minutes"],
        skip_hours=tuple(last["skip_hours"]),
        skip_days=tuple(last["skip_days"]),
    )


def fetch_row(
    run_id: str,
    polled: Polled,
    reports: Sequence[Mapping[str, Any]],
    counts: Mapping[str, int],
    state: FeedState | None,
) -> dict[str, Any]:
    """The feed's row in ``fetch_log``."""
    fetched = polled.fetched
    first: Mapping[str, Any] = reports[0] if reports else {}
    failed = next((report for report in reports if report["error_class"]), None)
    return {
        "run_id": run_id,
        "source_id": fetched.feed.id,
        "feed_url": fetched.feed.url,
        "final_url": redact(fetched.final_url) or None,
        "started_at": fetched.started_at,
        "duration_ms": fetched.duration_ms,
        "http_status": fetched.http_status,
        "etag_sent": fetched.etag_sent,
        "not_modified": fetched.not_modified or fetched.unchanged_body,
        "bytes": fetched.bytes_received,
        "encoding": first.get("encoding"),
        "content_type": fetched.content_type,
        "format": first.get("format"),
        "bozo": first.get("bozo"),
        "flags": list(first.get("flags", ())),
        "body_sha256": fetched.body_sha256,
        "n_documents": len(polled.documents),
        "n_entries": sum(report["n_entries"] for report in reports),
        **{
            f"n_{name}": counts.get(name, 0)
            for name in ("new", "edited", "seen", "repeated", "held", "error")
        },
        "possible_gap": bool(state and state.possible_gap and polled.documents),
        "error_class": fetched.error_class or (failed["error_class"] if failed else None),
        "error": fetched.error or (failed["error"] if failed else None),
        "next_due": state.next_due if state else None,
    }


def error_row(run_id: str, at_us: int, polled: Polled) -> dict[str, Any] | None:
    """The row in ``errors`` of a feed that could not be fetched; None when it could."""
    fetched = polled.fetched
    if fetched.error_class is None:
        return None
    return {
        "run_id": run_id,
        "source_id": fetched.feed.id,
        "feed_url": fetched.feed.url,
        "stage": "fetch",
        "exception": fetched.error_class,
        "message": fetched.error or fetched.error_class,
        "raw_entry": None,
        "at": at_us,
    }
